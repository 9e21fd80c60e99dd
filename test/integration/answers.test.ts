import assert from "node:assert/strict";
import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ConfigurationTarget, workspace } from "vscode";
import { tmpdir } from "node:os";
import type { FoundAnswer } from "../../src/editor/documents/answers";
import type { ExportReport } from "../../src/datasets/export/export";
import type { UndoneImport } from "../../src/datasets/import/undo";
import type { ImportReport } from "../../src/datasets/import/carry-out";
import { answersIn } from "../../src/documents/answers";
import { TEXT, api, closeAll, labelOn, logged, run, select, showFile, until } from "./helpers";

const QUESTION = "Who visited Paris?";

describe("questions", () => {
  afterEach(closeAll);

  it("finds an answer in the file, highlights and selects it", async () => {
    const shown = await showFile(TEXT);
    const found = (await run("ask", QUESTION)) as FoundAnswer[];
    const [best] = found;
    assert.ok(best);
    assert.equal(shown.document.getText().slice(best.start, best.end), best.text);
    assert.match(best.text, /Merkel/);
    assert.ok(best.score > 0 && best.score <= 1);
    assert.equal(shown.document.offsetAt(shown.editor.selection.start), best.start);
    await until("a drawn answer", async () => {
      const drawn = Object.keys((await api()).drawn(shown.uri));
      return drawn.some((look) => look.startsWith("answers"));
    });
    if (found.length > 1) {
      await run("nextAnswer");
      assert.notEqual((await api()).currentAnswer(shown.uri)?.span.start, best.start);
      await run("previousAnswer");
      assert.equal((await api()).currentAnswer(shown.uri)?.span.start, best.start);
    }
  });

  it("records an accepted answer, a corrected one, and that there is none", async () => {
    const shown = await showFile(TEXT);
    await run("ask", QUESTION);
    await run("acceptAnswer");
    assert.equal(answersIn((await api()).questions(shown.uri)![0]!.answers).length, 1);
    select(shown, "Angela Merkel");
    await run("correctAnswer");
    const [answer] = answersIn((await api()).questions(shown.uri)![0]!.answers);
    assert.equal(answer?.quote.exact, "Angela Merkel");
    await run("noAnswer");
    assert.equal((await api()).questions(shown.uri)?.[0]?.answers, "none");
    assert.deepEqual(
      (await logged(shown)).map(({ kind }) => kind),
      ["answered", "answered", "answered"],
    );
    await run("undo");
    assert.notEqual((await api()).questions(shown.uri)?.[0]?.answers, "none");
  });

  it("shows no answer of negligible probability, and says so", async () => {
    const shown = await showFile(TEXT);
    await run("ask", QUESTION);
    const settings = workspace.getConfiguration("glossator.answers");
    await settings.update("minimumConfidence", 1, ConfigurationTarget.Global);
    try {
      assert.deepEqual(await run("ask", QUESTION), []);
      assert.equal((await api()).currentAnswer(shown.uri), undefined);
    } finally {
      await settings.update("minimumConfidence", undefined, ConfigurationTarget.Global);
    }
  });

  it("keeps a document indexed from the first question on, through edits, until told to stop", async () => {
    const shown = await showFile(TEXT);
    const tests = await api();
    const edit = (text: string) => shown.editor.edit((builder) => builder.insert(shown.document.positionAt(0), text));
    assert.equal(tests.indexed(shown.uri), false);
    await run("ask", QUESTION);
    await until("the index", () => tests.indexed(shown.uri));
    await edit("Barack Obama flew to Berlin.\n\n");
    await until("the index after an edit", () => tests.indexed(shown.uri));
    await run("stopIndexing");
    assert.equal(tests.indexed(shown.uri), false);
    await run("ask", QUESTION);
    assert.equal(tests.indexed(shown.uri), false, "it was told to stop");
    await run("indexDocument");
    assert.equal(tests.indexed(shown.uri), true);
  });

  it("clears answers", async () => {
    const shown = await showFile(TEXT);
    await run("ask", QUESTION);
    await run("clearAnswers");
    assert.equal((await api()).currentAnswer(shown.uri), undefined);
  });
});

describe("export", () => {
  let target: string;
  before(async () => {
    target = await mkdtemp(path.join(tmpdir(), "glossator-export-"));
  });
  after(() => rm(target, { recursive: true, force: true }));
  afterEach(closeAll);

  it("writes what was decided in every format, with a report of losses", async () => {
    const shown = await showFile(TEXT, "exported.txt");
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    select(shown, "The hotel");
    await run("setSentiment", "positive");
    await run("ask", QUESTION);
    select(shown, "Angela Merkel");
    await run("correctAnswer");
    const request = { formats: ["huggingface", "conll2003", "squad"], target };
    const reports = (await run("exportDataset", request)) as ExportReport[] | undefined;
    assert.equal(reports?.length, 3);
    const squad = reports[2];
    const file = squad?.files.find((name) => name.endsWith(".json") && name !== "losses.json");
    const parsed = JSON.parse(await readFile(path.join(target, "squad", file ?? ""), "utf8")) as {
      data: { paragraphs: { context: string; qas: { answers: { text: string; answer_start: number }[] }[] }[] }[];
    };
    const paragraphs = parsed.data.flatMap((article) => article.paragraphs);
    const answers = paragraphs.flatMap(({ context, qas }) =>
      qas.flatMap((qa) => qa.answers.map((answer) => ({ context, ...answer }))),
    );
    assert.ok(answers.some(({ text }) => text === "Angela Merkel"));
    for (const { context, text, answer_start } of answers) {
      assert.equal(
        Array.from(context)
          .slice(answer_start, answer_start + Array.from(text).length)
          .join(""),
        text,
      );
    }
    const conll = reports[1]?.files.find((name) => /train/.test(name));
    assert.match(await readFile(path.join(target, "conll2003", conll ?? ""), "utf8"), /^Paris \S+ \S+ B-LOC$/m);
  });

  it("imports a dataset into an open document and a new one, and takes all of it back", async () => {
    const text = "Grace Hopper wrote to Alan Turing.\n\nNobody answered.\n";
    const shown = await showFile(text, "imported.txt");
    const article = (title: string, context: string): unknown => ({
      title,
      paragraphs: [
        { context, qas: [{ id: title, question: "Who wrote?", answers: [{ text: "Grace Hopper", answer_start: 0 }] }] },
      ],
    });
    const source = path.join(target, "dev.json");
    const data = [article("imported.txt", text), article("made.txt", "Grace Hopper was an admiral.")];
    await writeFile(source, JSON.stringify({ version: "1.1", data }));
    const report = (await run("importDataset", { source, into: "from dataset" })) as ImportReport | undefined;
    assert.deepEqual(report?.created, ["from dataset/made.txt"]);
    assert.equal(report.decisions, 2);
    const testApi = await api();
    const answered = (): string[] => (testApi.questions(shown.uri) ?? []).map(({ question }) => question);
    await until("the imported answer in the open document", () => answered().includes("Who wrote?"));
    const undone = (await run("undoImport")) as UndoneImport;
    assert.deepEqual(undone.documents, ["from dataset/made.txt", "imported.txt"]);
    assert.deepEqual([undone.removed, undone.kept], [["from dataset/made.txt"], []]);
    await until("the answer gone again", () => testApi.questions(shown.uri) !== undefined && answered().length === 0);
  });
});
