/** What is decided on words in one document, suggested in the others. */
import assert from "node:assert/strict";
import { commands, ConfigurationTarget, Position, window, workspace } from "vscode";
import type { Hover, MarkdownString } from "vscode";
import type { Annotation } from "../../src/labels/annotation";
import { api, closeAll, labelOn, logged, run, select, showFile, until } from "./helpers";
import type { Shown } from "./helpers";

/** Words that stand in no other test, and that no model takes for a name. */
const words = (): string => `zwq${Date.now().toString(36)}`;

async function repeatsIn({ uri }: Shown): Promise<Annotation[]> {
  const found = (await api()).labels(uri) ?? [];
  return found.filter(({ suggestedBy }) => suggestedBy === "repeat");
}

async function keep(text: string): Promise<Shown> {
  const shown = await showFile(text);
  await commands.executeCommand("workbench.action.keepEditor");
  return shown;
}

/** For all suites they are off: `scripts/integration.mjs` says why. */
const set = (on: boolean): Thenable<void> =>
  workspace.getConfiguration("glossator").update("repeatDecisions", on, ConfigurationTarget.Global);

describe("repeats of decisions", function () {
  this.timeout(240_000);
  before(() => set(true));
  after(() => set(false));
  afterEach(closeAll);

  it("are suggested in every open document at once, say so, and are decided on like any suggestion", async () => {
    const word = words();
    const other = await keep(`They use ${word} daily.\n\nNobody likes ${word}.`);
    const shown = await keep(`We use ${word}, and ${word} again.`);
    select(shown, word);
    await run("addEntity", "ORG");
    const [, second] = await until("the repeats", async () => {
      const found = [...(await repeatsIn(shown)), ...(await repeatsIn(other))];
      return found.length === 3 ? found : undefined;
    });
    assert.equal(second?.label, "ORG");
    const hovers = await until("the hover", async () => {
      const at = shown.document.positionAt(shown.document.getText().lastIndexOf(word) + 1);
      const all = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", shown.uri, at);
      return all.length > 0 ? all : undefined;
    });
    const said = hovers
      .flatMap(({ contents }) => contents as MarkdownString[])
      .map(({ value }) => value.replaceAll("&nbsp;", " "));
    assert.match(said.join("\n"), /As you decided on the same words elsewhere/);
    assert.doesNotMatch(said.join("\n"), /Model [^h]/);
    await commands.executeCommand("glossator.reviewQueue.focus");
    const row = await until("the row", async () =>
      (await api()).queue().rows.find(({ label, description }) => label === word && /as you decided/.test(description)),
    );
    assert.match(row.says, /ORG, as you decided elsewhere/);
    await run("accept", (await repeatsIn(shown))[0]!.id);
    const decided = (await logged(shown)).filter(({ kind }) => kind === "accepted" || kind === "added");
    assert.deepEqual(
      decided.map((event) => [event.kind, "suggestedBy" in event && event.suggestedBy, event.model]),
      [
        ["added", false, undefined],
        ["accepted", "repeat", undefined],
      ],
    );
    // Text that is typed gets them, too.
    await shown.editor.edit((edit) => edit.insert(new Position(0, 0), `${word} it is. `));
    await until("the repeat in new text", async () => (await repeatsIn(shown)).length === 1);
    // Commands act on the document in front.
    await window.showTextDocument(other.document);
    await run("reject", (await repeatsIn(other))[0]!.id);
    await until("no repeats of what was contradicted", async () => {
      return (await repeatsIn(other)).length === 0 && (await repeatsIn(shown)).length === 0;
    });
  });

  it("can be switched off", async () => {
    const word = words();
    const shown = await keep(`We use ${word}, and ${word} again.`);
    await set(false);
    select(shown, word);
    await run("addEntity", "ORG");
    await until("the decision", async () => (await labelOn(shown, word))?.status === "accepted");
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(await repeatsIn(shown), []);
    await set(true);
    await until("the repeat", async () => (await repeatsIn(shown)).length === 1);
  });
});
