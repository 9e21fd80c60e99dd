/** Questions come back with the paragraph that they are about and with their ids, counted apart from the program. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { logFiles } from "../../src/labels/log/read-log";
import { SourceWorkspace } from "./support/source-workspace";

const EXCERPT = path.resolve(__dirname, "../fixtures/excerpts/squad-v2.json");
const UNANSWERABLE = path.resolve(__dirname, "../../../shared/data/squad/train-noanswer.json");

interface Squad {
  readonly data: readonly {
    readonly title: string;
    readonly paragraphs: readonly {
      readonly context: string;
      readonly qas: readonly {
        readonly id: string;
        readonly question: string;
        readonly is_impossible?: boolean;
        readonly answers: readonly { readonly text: string; readonly answer_start: number }[];
      }[];
    }[];
  }[];
}

/** What a SQuAD file says, a line a question, in order of the lines: id, question, context, answers. */
function asked(json: string): string[] {
  const { data } = JSON.parse(json) as Squad;
  const rows = data.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ context, qas }) =>
      qas.map(({ id, question, answers }) => {
        const places = new Set(answers.map(({ text, answer_start: start }) => `${start} ${text}`));
        return JSON.stringify([id, question.trim(), context, [...places].sort()]);
      }),
    ),
  );
  return rows.sort();
}

describe("datasets: questions keep their paragraph and their id", function () {
  this.timeout(120_000);
  let made: SourceWorkspace;
  beforeEach(async () => (made = await SourceWorkspace.make()));
  afterEach(() => made.remove());

  const excerpt = readFileSync(EXCERPT, "utf8");
  const questions = async (): Promise<readonly { question: string; context?: unknown; sourceId?: string }[]> =>
    (await collectDocuments({ workspace: made.workspace })).documents.flatMap((one) => one.questions);

  it("in SQuAD and in Hugging Face's rows", async () => {
    const report = await made.import(EXCERPT);
    assert.equal(report.decisions, 29);
    const squad = await made.export("squad");
    assert.deepEqual(asked(await squad.text("train.json")), asked(excerpt));
    assert.deepEqual(
      squad.losses.filter(({ kind, reason }) => kind === "trimmed" || /context|paragraph/.test(reason)),
      [],
    );
    const rows = (await (await made.export("huggingface")).text("answers/train.jsonl")).trimEnd().split("\n");
    const back = rows.map((row) => {
      const { id, question, context, answers } = JSON.parse(row) as {
        id: string;
        question: string;
        context: string;
        answers: { text: string[]; answer_start: number[] };
      };
      const places = answers.text.map((text, index) => `${answers.answer_start[index]} ${text}`);
      return JSON.stringify([id, question, context, places.sort()]);
    });
    assert.deepEqual(back.sort(), asked(excerpt));
  });

  it("twice over: what was exported is known when it is imported again", async () => {
    await made.import(EXCERPT);
    const { target } = await made.export("squad");
    const again = await made.import(target);
    assert.deepEqual([again.decisions, again.same], [0, 29]);
    const other = await SourceWorkspace.make();
    try {
      await other.import(target);
      const back = await other.export("squad");
      assert.deepEqual(asked(await back.text("train.json")), asked(excerpt));
    } finally {
      await other.remove();
    }
  });

  it("where one question is asked of two paragraphs, and asked twice of one", async () => {
    const paragraph = (context: string, ...ids: string[]): unknown => ({
      context,
      qas: ids.map((id) => ({ id, question: "When was it?", is_impossible: true, answers: [] })),
    });
    const paragraphs = [paragraph("Nobody knows.", "a", "b"), paragraph("It was long ago.", "c")];
    const json = JSON.stringify({ version: "v2.0", data: [{ title: "one", paragraphs }] });
    await made.import(await made.put("in/dev.json", json));
    assert.deepEqual(asked(await (await made.export("squad")).text("train.json")), asked(json));
  });

  it("after edits around and in a paragraph; a question that a lost paragraph does not answer is told of", async () => {
    await made.import(EXCERPT);
    const [, second, third] = (JSON.parse(excerpt) as Squad).data[0]!.paragraphs;
    const was = await made.read("Normans.txt");
    const edited = was
      .replace(third!.context, third!.context.replace(/ the /, " quite another "))
      .replace(/^/, "# Normans\n\n");
    await writeFile(path.join(made.workspace, "Normans.txt"), edited);
    const contexts = (json: string): Set<string> =>
      new Set((JSON.parse(json) as Squad).data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context)));
    const after = contexts(await (await made.export("squad")).text("train.json"));
    assert.ok(after.has(second!.context), "text before it moved the paragraph");
    assert.ok(after.has(third!.context.replace(/ the /, " quite another ")), "the paragraph was edited");
    await writeFile(path.join(made.workspace, "Normans.txt"), was.replace(second!.context, "Gone."));
    const { losses, text } = await made.export("squad");
    const lost = second!.qas.filter((one) => one.is_impossible === true).map(({ question }) => question.trim());
    assert.ok(lost.length > 0);
    const told = losses.filter(
      ({ label, reason }) => label === "no answer" && /no longer in the document/.test(reason),
    );
    assert.deepEqual(told.map(({ exact }) => exact).sort(), lost.sort());
    assert.ok(!(await text("train.json")).includes(JSON.stringify(lost[0])));
  });

  it("an answer that is changed later leaves them as they are, and a log of before reads the same", async () => {
    await made.import(EXCERPT);
    const root = path.join(made.workspace, ".glossator");
    const [file] = await logFiles(root, "Normans.txt");
    const lines = (await readFile(file!, "utf8")).trimEnd().split("\n");
    const events = lines.map((line) => decodeLine(line).event!);
    const first = events.find((event) => event.kind === "answered")!;
    const { context, sourceId, ...own } = first;
    assert.ok(context !== undefined && sourceId !== undefined);
    const rest = { ...own };
    delete (rest as { origin?: unknown }).origin;
    const change = { ...rest, id: "01ZZZZZZZZZZZZZZZZZZZZZZZZ", act: "01ZZZZZZZZZZZZZZZZZZZZZZZZ", new: [] };
    await writeFile(file!, `${lines.join("\n")}\n${encodeLine(change)}`);
    const changed = (await questions()).find((one) => one.question === first.question);
    assert.deepEqual([changed?.context, changed?.sourceId], [context.span, sourceId]);
    const old = events.map((event) => {
      if (event.kind !== "answered") return event;
      const before = { ...event };
      delete (before as { context?: unknown }).context;
      delete (before as { sourceId?: unknown }).sourceId;
      return before;
    });
    await writeFile(file!, old.map((event) => encodeLine(event)).join(""));
    const before = (await questions()).filter((one) =>
      old.some((event) => "question" in event && event.question === one.question),
    );
    assert.equal(before.length, old.filter(({ kind }) => kind === "answered").length);
    assert.ok(before.every((one) => one.context === undefined && one.sourceId === undefined));
  });

  it("a format that has no place for them says so", async () => {
    await made.import(EXCERPT);
    const { losses } = await made.export("brat");
    const told = losses.filter(({ reason }) => /which part of the document it is about/.test(reason));
    assert.deepEqual(
      told.map(({ document }) => document),
      ["Computational_complexity_theory.txt", "Normans.txt"],
    );
  });

  it("in 40 articles of questions without an answer", async function () {
    if (!existsSync(UNANSWERABLE)) this.skip();
    const { version, data } = JSON.parse(readFileSync(UNANSWERABLE, "utf8")) as Squad & { readonly version: string };
    const some = JSON.stringify({ version, data: data.slice(0, 40) });
    await made.import(await made.put("in/train.json", some));
    assert.deepEqual(asked(await (await made.export("squad")).text("train.json")), asked(some));
  });
});
