/** Import Dataset… inside the editor: from the process that reads to what is drawn, and cancelling it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { UndoneImport } from "../../src/datasets/import/undo";
import type { ImportOutcome } from "../../src/datasets/process/protocol";
import { commands } from "vscode";
import type { Hover, MarkdownString } from "vscode";
import { api, closeAll, folder, labelOn, run, showFile, until } from "./helpers";

const TEXT = "Nothing that a model would label is in this line: qwertz.\n";

describe("import", () => {
  let sources: string;
  before(async () => {
    sources = await mkdtemp(path.join(tmpdir(), "glossator-import-"));
  });
  after(() => rm(sources, { recursive: true, force: true }));
  afterEach(closeAll);

  const everything = async (): Promise<string[]> => (await readdir(folder().fsPath, { recursive: true })).sort();

  it("labels the document that is open, hovers say what labels say besides, and undo takes the labels away", async () => {
    const shown = await showFile(TEXT, "imported.txt");
    const start = TEXT.indexOf("qwertz");
    const source = path.join(sources, "labels.csv");
    const heads =
      "document,kind,task,label,start_utf16,end_utf16,text,question,question_id,author,time,model,model_version,score";
    const said = JSON.stringify({ certainty: "low [x](command:y)", Negation: true }).replaceAll('"', '""');
    const row = `imported.txt,label,entities,MISC,${start},${start + 6},qwertz,,,,,,,,"${said}"`;
    await writeFile(source, `${heads},attributes\n${row}\n`);
    const report = (await run("importDataset", { source })) as ImportOutcome;
    assert.deepEqual([report.decisions, report.losses, report.documents], [1, 0, ["imported.txt"]]);
    await until("the imported label", async () => (await labelOn(shown, "qwertz"))?.label === "MISC");
    const hovers = await commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      shown.uri,
      shown.document.positionAt(start + 1),
    );
    const shownText = hovers
      .flatMap((hover) => (hover.contents as MarkdownString[]).map(({ value }) => value))
      .join("\n");
    assert.match(shownText.replace(/\\|&nbsp;/g, " ").replace(/ +/g, " "), /Negation: true · certainty: low/);
    assert.doesNotMatch(shownText, /\]\(command:y\)/);
    const undone = (await run("undoImport")) as UndoneImport;
    assert.deepEqual([undone.documents, undone.removed, undone.kept], [["imported.txt"], [], []]);
    await until("its end", async () => (await labelOn(shown, "qwertz")) === undefined);
  });

  it("that is cancelled in the middle of reading leaves the workspace as it was", async () => {
    const source = path.join(sources, "large.jsonl");
    const row = JSON.stringify({ text: TEXT, spans: [{ start: 0, end: 7, label: "MISC" }] });
    await writeFile(source, `${row}\n`.repeat(200_000));
    const before = await everything();
    const tests = await api();
    const work = run("importDataset", { source, format: "prodigy", into: "made" });
    await until("reading", () => tests.underWay().some((message) => message.startsWith("reading 0 of 1")));
    await tests.cancelAll();
    assert.equal(await work, undefined);
    assert.deepEqual(await everything(), before);
    assert.ok(!existsSync(path.join(folder().fsPath, "made")));
    assert.deepEqual(tests.underWay(), []);
  });
});
