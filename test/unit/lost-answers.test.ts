import type { Question } from "../../src/documents/labelled";
import { staleIn } from "../../src/documents/layers";
import assert from "node:assert/strict";
import { answersIn, answersLeft, answersSaid, keptAnswers, mapAnswers } from "../../src/documents/answers";
import type { DecidedAnswers } from "../../src/documents/answers";
import { annotatorLabels } from "../../src/labels/agreement/annotators";
import type { DecisionEvent } from "../../src/labels/events";
import { DocumentLabels } from "../../src/labels/store";
import type { LabelledDocument } from "../../src/datasets/document";
import { FORMATS } from "../../src/datasets/formats";
import { Aligner } from "../../src/datasets/import/align";
import type { Loss } from "../../src/datasets/losses";
import { documentFrom } from "../../src/datasets/workspace/collect";
import { writable } from "../../src/datasets/writing/writable";
import { finish } from "../../src/text/slices";
import { labelled } from "./support/labelled";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import { isQuestionTask } from "../../src/documents/tasks";

const WHO = "Who met Bob?";
const WHY = "Why?";
const FILLER = "It rained on the hills all day. ";
/** Long enough for its answer's offsets to be numbers that are nothing else in a file. */
const TEXT = `${FILLER.repeat(24)}Bob met Charlotte. ${FILLER.repeat(3)}`;

/** One answered question, with what a model had said instead of the answer, and one that has none. */
function asked(): LabelledDocument {
  const document = labelled("a.txt", TEXT, {
    questions: [
      [WHO, ["Charlotte"]],
      [WHY, []],
    ],
  });
  const start = TEXT.indexOf("hills");
  const plausible = [{ start, end: start + 5, exact: "hills" }];
  return { ...document, questions: document.questions.map((item) => ({ ...item, plausible })) };
}

const { start: AT, end: END } = answersIn(asked().questions[0]!.answers)[0]!;
const WITH_ANSWERS = Object.entries(FORMATS).filter(
  ([, { holds, write }]) => write !== undefined && holds.tasks.some(isQuestionTask),
);

const said = (questions: readonly Pick<Question, "question" | "answers">[]): string[] =>
  questions.map(({ question, answers }) => {
    return `${question} ${answers === "none" ? answers : answers.map(({ exact }) => exact).join("|")}`;
  });

function assertTold(losses: readonly Loss[]): void {
  const told = losses.filter(({ kind, task, exact }) => kind === "dropped" && task === "answers" && exact === WHO);
  assert.equal(told.length, 1, JSON.stringify(losses, undefined, 1));
  assert.match(told[0]!.reason, /so the question is left out/);
}

describe("answers that are lost", () => {
  it("are not an empty list, which is no answers by type", () => {
    // @ts-expect-error An empty list is not "none".
    const empty: DecidedAnswers<string> = [];
    const list: readonly string[] = [];
    // @ts-expect-error What may be empty is not known to be answers.
    const unknown: DecidedAnswers<string> = list;
    // @ts-expect-error Nor is what is left of some answers.
    const question: Pick<Question, "answers"> = { answers: list.map((exact) => ({ start: 0, end: 1, exact })) };
    assert.deepEqual([empty, unknown, question.answers], [[], [], []]);
  });

  it("leave some, or no question, but never one without an answer", () => {
    assert.deepEqual(
      [answersSaid([]), answersSaid([1]), answersIn("none"), answersIn([1, 2])],
      ["none", [1], [], [1, 2]],
    );
    assert.deepEqual([answersLeft([], []), answersLeft([1, 2], [2]), answersLeft([1], [])], ["none", [2], undefined]);
    const even = (value: number): string | undefined => (value % 2 === 0 ? `${value}` : undefined);
    assert.deepEqual(
      [keptAnswers("none", even), keptAnswers([1, 2], even), keptAnswers([1, 3], even)],
      ["none", ["2"], undefined],
    );
    assert.deepEqual([mapAnswers<number, number>("none", (n) => -n), mapAnswers([1], (n) => -n)], ["none", [-1]]);
  });

  it("are known for every format that has answers", () => {
    const names = ["huggingface", "squad", "brat", "labelstudio", "cas", "xmi", "webannotation", "csv"];
    assert.deepEqual(WITH_ANSWERS.map(([name]) => name).sort(), names.sort());
  });

  for (const [name, format] of WITH_ANSWERS) {
    it(`${name}: a question whose answers are not in the document is reported`, async () => {
      const files = bytesOf(await writeDataset(format, [asked()], WRITER_OPTIONS));
      const read = await format.read!(files, { misaligned: "refuse" });
      assert.deepEqual(said(read.documents.flatMap(({ questions }) => questions)).sort(), [
        `${WHO} Charlotte`,
        `${WHY} none`,
      ]);
      const aligner = new Aligner("a.txt", TEXT.replace("Charlotte", "nobody whom I know"), "snap");
      const aligned = read.documents.flatMap((one) => aligner.align(one).questions);
      assert.deepEqual(said(aligned.filter(({ question }) => question === WHO)), []);
      assertTold(aligner.losses);
    });

    it(`${name}: a question whose answers do not fit in the file is reported`, async () => {
      const files = bytesOf(await writeDataset(format, [asked()], WRITER_OPTIONS));
      let moved = 0;
      for (const [file, bytes] of files) {
        const text = new TextDecoder().decode(bytes);
        const other = text.replace(new RegExp(`\\b(?:${AT}|${END})\\b`, "g"), (offset) => {
          moved++;
          return `99${offset}`;
        });
        files.set(file, new TextEncoder().encode(other));
      }
      assert.ok(moved > 0, "no offset was found");
      const { documents, losses } = await format.read!(files, { misaligned: "refuse", unit: "codepoint" });
      assert.deepEqual(said(documents.flatMap(({ questions }) => questions)), [`${WHY} none`]);
      assertTold(losses);
    });
  }

  it("brat: answers that glossator.json keeps beside those of the .ann", async () => {
    const row = (answers: unknown): Map<string, Uint8Array> => {
      const questions = [{ id: "q", question: WHO, answers, plausible: [] }];
      const json = { format: "brat", documents: { a: { path: "a.txt", questions } } };
      const files = { "a.ann": "", "a.txt": TEXT, "glossator.json": JSON.stringify(json) };
      return new Map(Object.entries(files).map(([file, text]) => [file, new TextEncoder().encode(text)]));
    };
    for (const answers of [[[0, 99_000, 99_001]], "?"]) {
      const { documents, losses } = await FORMATS.brat.read!(row(answers), { misaligned: "refuse" });
      assert.deepEqual(documents[0]!.questions, []);
      assertTold(losses);
    }
    const { documents, losses } = await FORMATS.brat.read!(row([]), { misaligned: "refuse" });
    assert.deepEqual([said(documents[0]!.questions), losses], [[`${WHO} none`], []]);
  });

  it("that UTF-8 cannot hold leave no question in a written document", () => {
    const text = "A \ud800 is half.";
    const answer = { start: 2, end: 3, exact: "\ud800" };
    const document = labelled("a.txt", text, { questions: [[WHY, []]] });
    const [why] = document.questions;
    const who = { ...why!, id: "q", question: WHO, answers: [answer] as const };
    const { document: written, losses } = writable({ ...document, questions: [why!, who] });
    assert.deepEqual(said(written.questions), [`${WHY} none`]);
    assertTold(losses);
  });

  it("in a text of later leave no question in a comparison or an export", () => {
    const events: DecisionEvent[] = [];
    const sink = {
      append: (more: readonly DecisionEvent[]): Promise<void> => {
        events.push(...more);
        return Promise.resolve();
      },
    };
    const labels = new DocumentLabels({ text: TEXT, author: "ann", sink });
    labels.answer(WHO, [{ start: AT, end: END }]);
    labels.answer(WHY, []);
    const later = TEXT.replace("Charlotte", "nobody whom I know");
    const compared = finish(annotatorLabels("ann", events, later));
    assert.deepEqual(said(compared.questions), [`${WHY} none`]);
    assert.equal(compared.stale, 1);
    const exported = finish(documentFrom("a.txt", later, [events], []));
    assert.deepEqual(said(exported.questions), [`${WHY} none`]);
    assert.deepEqual(
      staleIn(exported).map(({ task, exact }) => [task, exact]),
      [["answers", "Charlotte"]],
    );
  });
});
