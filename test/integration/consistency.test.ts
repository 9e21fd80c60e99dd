/** The same words labelled in several ways: told of, made one in all open documents, and taken back by one undo; their references and the outline. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { commands, ConfigurationTarget, DiagnosticSeverity, languages, window, workspace } from "vscode";
import type { CodeAction, Diagnostic, DocumentSymbol, Location, SymbolInformation, Uri } from "vscode";
import {
  acceptList,
  api,
  checkInList,
  closeAll,
  focusInList,
  labelOn,
  logged,
  run,
  select,
  showFile,
  until,
} from "./helpers";
import type { Shown } from "./helpers";

/** Words that stand in no other test, and that no model takes for a name. */
const words = (): string => `zwc-${Date.now().toString(36)}`;

const problems = (uri: Uri): readonly Diagnostic[] =>
  languages.getDiagnostics(uri).filter(({ source }) => source === "Glossator");

async function keep(text: string): Promise<Shown> {
  const shown = await showFile(text);
  await commands.executeCommand("workbench.action.keepEditor");
  return shown;
}

async function label(shown: Shown, word: string, name: string): Promise<void> {
  const editor = await window.showTextDocument(shown.document);
  select({ ...shown, editor }, word);
  await run("addEntity", name);
  await until(`${name} on ${word}`, async () => (await labelOn(shown, word))?.label === name);
}

/** A document with the words as one label, and one with them as another. */
async function contradictory(word: string): Promise<[Shown, Shown]> {
  const one = await keep(`We met ${word} there.`);
  await label(one, word, "PER");
  const other = await keep(`Nobody likes ${word}.`);
  await label(other, word, "LOC");
  return [one, other];
}

async function fixes({ document, uri }: Shown, at: Diagnostic): Promise<CodeAction[]> {
  const found = await commands.executeCommand<CodeAction[]>("vscode.executeCodeActionProvider", uri, at.range);
  assert.ok(document.validateRange(at.range).isEqual(at.range));
  return found;
}

async function fix(shown: Shown, title: RegExp): Promise<void> {
  const [problem] = problems(shown.uri);
  assert.ok(problem);
  const all = await fixes(shown, problem);
  const chosen = all.find((one) => title.test(one.title));
  assert.ok(chosen?.command, `${title} among ${all.map((one) => one.title).join(", ")}`);
  await commands.executeCommand(chosen.command.command, ...((chosen.command.arguments ?? []) as unknown[]));
}

const labelsOf = async (word: string, ...all: Shown[]): Promise<(string | undefined)[]> =>
  Promise.all(all.map(async (shown) => (await labelOn(shown, word))?.label));

const set = (key: string, value: unknown): Thenable<void> =>
  workspace.getConfiguration("glossator").update(key, value, ConfigurationTarget.Global);

describe("words with several labels", function () {
  this.timeout(240_000);
  before(() => set("consistency", "open"));
  after(() => set("consistency", "off"));
  afterEach(closeAll);

  it("are problems of both documents, are made one by a quick fix, and are as before after one undo", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    const [here] = await until("the problem here", () =>
      problems(one.uri).length > 0 ? problems(one.uri) : undefined,
    );
    const [there] = await until("the problem there", () =>
      problems(other.uri).length > 0 ? problems(other.uri) : undefined,
    );
    assert.equal(here?.severity, DiagnosticSeverity.Information);
    assert.equal(one.document.getText(here.range), word);
    const name = workspace.asRelativePath(other.uri);
    assert.equal(here.message, `"${word}" is PER here and LOC in 1 other place (first: ${name}:1)`);
    assert.deepEqual(
      here.relatedInformation?.map(({ location }) => location.uri.toString()),
      [other.uri.toString()],
    );
    assert.equal(other.document.getText(there?.range), word);
    const before = await Promise.all([one, other].map(async (shown) => (await logged(shown)).length));

    // The document in front is the other one: what a quick fix of the list of problems is about need not be.
    assert.equal(window.activeTextEditor?.document.uri.toString(), other.uri.toString());
    await fix(one, /in all open documents as PER/);
    await until("PER in both", async () => (await labelsOf(word, one, other)).join() === "PER,PER");
    await until("no problem", () => problems(one.uri).length + problems(other.uri).length === 0);
    const changes = (await logged(other)).slice(before[1]);
    assert.deepEqual(
      changes.map((event) => [event.kind, "new" in event && "label" in event.new && event.new.label]),
      [["relabelled", "PER"]],
    );
    assert.equal((await logged(one)).length, before[0], "what was PER already is not decided anew");

    await run("undo");
    await until("both as before", async () => (await labelsOf(word, one, other)).join() === "PER,LOC");
    await until("the problems again", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
  });

  it("change everywhere by one act: undo in one document takes it back in both, redo brings it again", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    await until("the problems", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
    await fix(one, /in all open documents as LOC/);
    await until("LOC in both", async () => (await labelsOf(word, one, other)).join() === "LOC,LOC");
    // Now both change together.
    const third = await keep(`And ${word} again.`);
    await label(third, word, "ORG");
    await until("the problem of the third", () => problems(third.uri).length === 1);
    await fix(third, /in all open documents as ORG/);
    await until("ORG everywhere", async () => (await labelsOf(word, one, other, third)).join() === "ORG,ORG,ORG");
    const last = async (shown: Shown): Promise<string | undefined> => (await logged(shown)).at(-1)?.act;
    const shared = await last(one);
    assert.equal(await last(other), shared, "one act in both logs");
    await window.showTextDocument(other.document);
    await run("undo");
    await until("both as before", async () => (await labelsOf(word, one, other, third)).join() === "LOC,LOC,ORG");
    const undone = await Promise.all([one, other].map(async (shown) => (await logged(shown)).at(-1)));
    for (const event of undone)
      assert.deepEqual([event?.kind, event && "undoes" in event && event.undoes], ["undone", shared]);
    await window.showTextDocument(one.document);
    await run("redo");
    await until("ORG again", async () => (await labelsOf(word, one, other, third)).join() === "ORG,ORG,ORG");

    // What was decided later in the other document is not undone, and neither is what lies before it.
    await window.showTextDocument(other.document);
    select({ ...other, editor: window.activeTextEditor! }, "Nobody");
    await run("addEntity", "PER");
    await window.showTextDocument(one.document);
    await run("undo");
    await until("LOC in one alone", async () => (await labelsOf(word, one, other)).join() === "LOC,ORG");
    assert.equal((await labelOn(other, "Nobody"))?.label, "PER");

    await run("redo");
    await until("ORG in one again", async () => (await labelOn(one, word))?.label === "ORG");

    // Nor is anything in a document that is not labelled any more; there its part is taken back by itself, later.
    await window.showTextDocument(other.document);
    await run("undo");
    const lines = (await logged(other)).length;
    const file = (await api()).logFile(other.uri)!;
    const json = await languages.setTextDocumentLanguage(other.document, "json");
    await until("no session", async () => (await api()).labels(other.uri) === undefined);
    await window.showTextDocument(one.document);
    await run("undo");
    await until("LOC in one", async () => (await labelOn(one, word))?.label === "LOC");
    assert.equal((await readFile(file, "utf8")).trim().split("\n").length, lines);
    await window.showTextDocument(await languages.setTextDocumentLanguage(json, "plaintext"));
    await until("the session", async () => (await labelOn(other, word))?.label === "ORG");
    await run("undo");
    await until("LOC there, too", async () => (await labelsOf(word, one, other)).join() === "LOC,LOC");
    const each = await Promise.all([one, other].map(async (shown) => (await logged(shown)).at(-1)));
    assert.notEqual(each[0]?.act, each[1]?.act, "each by itself");
  });

  it("change everywhere after a look at all of them, but for those that are unticked", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    await label(other, word, "PER");
    await label(one, "We", "PER");
    await window.showTextDocument(one.document);
    const item = await labelOn(one, word);
    const changing = run("changeLabelEverywhere", item!.id, "MISC");
    await focusInList("All open documents");
    await acceptList();
    assert.deepEqual(await labelsOf(word, one, other), ["PER", "PER"], "nothing is changed before somebody looked");
    await focusInList(`Nobody likes [${word}].`);
    await acceptList();
    await changing;
    assert.deepEqual(await labelsOf(word, one, other), ["MISC", "MISC"]);
    assert.equal((await labelOn(one, "We"))?.label, "PER", "other words stay");
    await run("undo");
    assert.deepEqual(await labelsOf(word, one, other), ["PER", "PER"]);
    const again = run("changeLabelEverywhere", item!.id, "MISC");
    await focusInList("All open documents");
    await acceptList();
    await checkInList(`Nobody likes [${word}].`);
    await acceptList();
    await again;
    assert.deepEqual(await labelsOf(word, one, other), ["MISC", "PER"], "one was unticked");
  });

  it("are labelled wherever the words stand in open documents, but where somebody or something says otherwise", async () => {
    const word = words();
    // What the model takes such a word for is no business of this test: it suggests nothing.
    await set("entities.minimumConfidence", 1);
    const one = await keep(`We met ${word} there.`);
    const other = await keep(`Nobody likes ${word}, and ${word} likes nobody.`);
    const third = await keep(`All know ${word}.`);
    await label(third, word, "LOC");
    await label(one, word, "PER");
    const item = await labelOn(one, word);
    const labelling = run("labelOccurrencesInOpen", item!.id);
    await focusInList(word);
    assert.equal((await labelOn(other, word))?.label, undefined, "nothing is labelled before somebody looked");
    await acceptList();
    await labelling;
    const count = async (): Promise<number> =>
      ((await api()).labels(other.uri) ?? []).filter(
        ({ label: name, status }) => name === "PER" && status === "accepted",
      ).length;
    assert.equal(await count(), 2, "both places of the other document");
    assert.equal((await labelOn(third, word))?.label, "LOC", "a decision is no place to label, unless it is ticked");
    await window.showTextDocument(other.document);
    await run("undo");
    await until("none", async () => (await count()) === 0);
    await run("redo");
    await until("both again", async () => (await count()) === 2);
    await window.showTextDocument(one.document);
    const again = run("labelOccurrencesInOpen", item!.id);
    await checkInList(`All know [${word}]`);
    await acceptList();
    await again;
    assert.equal((await labelOn(third, word))?.label, "PER");
    await run("labelOccurrencesInOpen", item!.id);
    assert.equal((await api()).openList(), undefined, "nothing is left to label");
    await set("entities.minimumConfidence", undefined);
  });

  it("can be kept, and reported again", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    await until("the problems", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
    await fix(other, /^Keep both/);
    await until("no problem", () => problems(one.uri).length + problems(other.uri).length === 0);
    assert.deepEqual(await labelsOf(word, one, other), ["PER", "LOC"]);
    const asked = run("reportKeptWords");
    await checkInList(word);
    await acceptList();
    await asked;
    await until("the problems again", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
  });

  it("go along with edits, go when labels are hidden, when one document closes, and as the setting says", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    await until("the problems", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
    const editor = await window.showTextDocument(one.document);
    await editor.edit((edit) => edit.insert(one.document.positionAt(0), "\n\nSo. "));
    await until("the place after the edit", () => {
      const [problem] = problems(one.uri);
      return problem !== undefined && one.document.getText(problem.range) === word && problem.range.start.line === 2;
    });
    await set("consistencySeverity", "warning");
    await until("a warning", () => problems(one.uri)[0]?.severity === DiagnosticSeverity.Warning);
    await set("consistencySeverity", undefined);
    await run("toggleLabels");
    await until("no problem of hidden labels", () => problems(one.uri).length + problems(other.uri).length === 0);
    await run("toggleLabels");
    await until("the problems again", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
    await set("consistency", "document");
    await until("no problem in one document", () => problems(one.uri).length + problems(other.uri).length === 0);
    await set("consistency", "open");
    await until("the problems once more", () => problems(one.uri).length === 1 && problems(other.uri).length === 1);
    await one.document.save();
    await window.showTextDocument(one.document);
    await commands.executeCommand("workbench.action.closeActiveEditor");
    await until("no problem with one document", () => problems(one.uri).length + problems(other.uri).length === 0);
  });

  it("have references and an outline", async () => {
    const word = words();
    const [one, other] = await contradictory(word);
    const at = one.document.positionAt(one.document.getText().indexOf(word) + 1);
    const found = await commands.executeCommand<Location[]>("vscode.executeReferenceProvider", one.uri, at);
    const places = async (shown: Shown): Promise<string[]> =>
      ((await api()).labels(shown.uri) ?? [])
        .filter(({ span }) => shown.document.getText().slice(span.start, span.end) === word)
        .map(({ span }) => `${shown.uri.toString()} ${shown.document.positionAt(span.start).line}`);
    const expected = [...(await places(one)), ...(await places(other))];
    assert.ok(expected.length >= 2);
    assert.deepEqual(
      found.map(({ uri, range }) => `${uri.toString()} ${range.start.line}`),
      expected,
    );
    const outline = async (): Promise<DocumentSymbol[]> =>
      ((await commands.executeCommand<(DocumentSymbol | SymbolInformation)[] | undefined>(
        "vscode.executeDocumentSymbolProvider",
        other.uri,
      )) ?? []) as DocumentSymbol[];
    const group = await until("the outline", async () => (await outline()).find(({ name }) => name === "LOC"));
    assert.deepEqual(
      group.children.map(({ name, range }) => [name, range.start.line]),
      [[word, 0]],
    );
    await set("outline", "off");
    await until("no outline", async () => (await outline()).length === 0);
    await set("outline", undefined);
    const markdown = await showFile(`# Title\n\nWe met ${word} there.`, `${word}.md`);
    await label(markdown, word, "PER");
    const symbols = await commands.executeCommand<DocumentSymbol[] | undefined>(
      "vscode.executeDocumentSymbolProvider",
      markdown.uri,
    );
    assert.ok(!(symbols ?? []).some(({ name }) => name === "PER"), "headings stay alone");
  });
});
