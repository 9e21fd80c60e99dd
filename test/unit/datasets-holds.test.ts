/** What a format says that it holds, and what of a document it does not: no decision goes missing without a word. */
import type { OfTask } from "../../src/documents/layers";
import type { DecidedLabel, Provenance, Rejection, StaleLabel } from "../../src/documents/labelled";
import { layersByKind, mapLayers, rejectedIn, staleIn } from "../../src/documents/layers";
import assert from "node:assert/strict";
import { LABEL_TASKS, TASK_NAMES, CLASSES, QUESTIONS, SPANS } from "../../src/documents/tasks";
import type { LabelTask, Task } from "../../src/documents/tasks";
import { isLossless } from "../../src/datasets/format";
import type { DatasetFormat, ReadDocument } from "../../src/datasets/format";
import type { LabelledDocument } from "../../src/datasets/document";
import { WRITABLE, formatOf } from "../../src/datasets/formats";
import { lossesJson, lossesMarkdown } from "../../src/datasets/losses";
import type { Loss } from "../../src/datasets/losses";
import { writeDataset } from "../../src/datasets/writing/drive";
import type { Written } from "../../src/datasets/writing/drive";
import { answersSaid } from "../../src/documents/answers";
import { withSeveral } from "../../src/labels/labelset";
import { splitSentences } from "../../src/text/sentences";
import type { Span } from "../../src/text/span";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";

const TEXT = "Ada Lovelace met Bob.\nIt was a great day.\nNobody looked at this.\nEve came.";
const BY: Provenance & { readonly author: string } = {
  author: "ann",
  time: "2026-01-02T03:04:05.000Z",
  model: { name: "m", version: "v1" },
  score: 0.75,
};

function at(exact: string): Span & { readonly exact: string } {
  const start = TEXT.indexOf(exact);
  assert.ok(start >= 0, exact);
  return { start, end: start + exact.length, exact };
}

const label = (id: string, exact: string, name: string): DecidedLabel => ({ id, ...at(exact), label: name, ...BY });
const rejection = (task: Task, exact: string, name: string): OfTask<Rejection> => ({
  task,
  ...at(exact),
  label: name,
  ...BY,
});
const stale = (task: Task): StaleLabel => ({ label: "X", exact: `lost ${task}`, span: { start: 0, end: 4 } });

/** Every kind of decision there is: overlapping spans, two classes of one sentence, questions with and without answers, rejections, and what is gone. */
function everything(): LabelledDocument {
  const spans = [label("e1", "Ada Lovelace", "PER"), label("e2", "Lovelace", "ORG"), label("e3", "Bob", "PER")];
  const classes = [label("c1", "It was a great day.", "positive"), label("c2", "It was a great day.", "negative")];
  const rejected = [
    rejection(SPANS, "Eve", "LOC"),
    rejection(CLASSES, "Eve came.", "negative"),
    { ...rejection(QUESTIONS, "Eve", "answer"), question: "Who came?" },
  ];
  const reviewed = [at("Ada Lovelace met Bob."), at("It was a great day.")];
  const layers = layersByKind({ spans, classes, reviewed, rejected, decided: [...spans, rejected[0]!] });
  return {
    ...{ path: "sub/all.txt", text: TEXT, sentences: splitSentences(TEXT) },
    layers: mapLayers(layers, (_, task) => ({ stale: [stale(task)] })),
    questions: [
      { id: "q1", question: "Who met Bob?", answers: answersSaid([at("Ada Lovelace")]), plausible: [], ...BY },
      { id: "q2", question: "Why?", answers: "none", plausible: [], ...BY },
    ],
  };
}

/** A decision, and whether a loss names it: by its task, and by its text or place. */
interface Decision {
  readonly name: string;
  readonly isRead: (documents: readonly ReadDocument[]) => boolean;
  readonly isNamed: (loss: Loss) => boolean;
}

/** Whether a loss names a label, or drops all of the text that it is on. */
const names = ({ kind, task, label: name, span }: Loss, of: Task, item: DecidedLabel | OfTask<Rejection>): boolean =>
  task === of &&
  (name === item.label || (name === undefined && kind === "dropped")) &&
  span !== undefined &&
  span.start < item.end &&
  item.start < span.end;

function decisionsOf(document: LabelledDocument): Decision[] {
  const labels = LABEL_TASKS.flatMap((task: LabelTask) =>
    document.layers[task].labels.map((item): Decision => ({
      name: `${task} ${item.label} on ${item.exact}`,
      isRead: (all) =>
        all.some((one) => one.layers[task].labels.some((it) => it.exact === item.exact && it.label === item.label)),
      isNamed: (loss) => names(loss, task, item),
    })),
  );
  const questions = document.questions.map((item): Decision => ({
    name: `question ${item.question}`,
    isRead: (all) =>
      all.some((one) =>
        one.questions.some(
          (it) => it.question === item.question && (it.answers === "none") === (item.answers === "none"),
        ),
      ),
    isNamed: (loss) => loss.task === QUESTIONS && loss.exact?.startsWith(item.question) === true,
  }));
  const rejected = rejectedIn(document).map((item): Decision => ({
    name: `not ${item.task} ${item.label} on ${item.exact}`,
    isRead: (all) =>
      all.some((one) =>
        rejectedIn(one).some((it) => it.task === item.task && it.exact === item.exact && it.label === item.label),
      ),
    isNamed: (loss) => names(loss, item.task, item),
  }));
  const gone = staleIn(document).map((item): Decision => ({
    name: `stale ${item.task}`,
    isRead: () => false,
    isNamed: ({ task, exact, reason }) => task === item.task && exact === item.exact && reason.startsWith("stale"),
  }));
  return [...labels, ...questions, ...rejected, ...gone];
}

const lostIn = (document: LabelledDocument, documents: readonly ReadDocument[], losses: readonly Loss[]): string[] =>
  decisionsOf(document)
    .filter(({ isRead, isNamed }) => !isRead(documents) && !losses.some(isNamed))
    .map(({ name }) => name);

async function written(format: DatasetFormat): Promise<{ written: Written; documents: readonly ReadDocument[] }> {
  const labels = withSeveral(WRITER_OPTIONS.labels, [CLASSES]);
  const made = await writeDataset(format, [everything()], { ...WRITER_OPTIONS, labels });
  const read = await format.read!(bytesOf(made), { misaligned: "refuse" });
  return { written: made, documents: read.documents };
}

describe("datasets: what formats hold", () => {
  // A DocBin is written by spaCy, in a Python of its own test (datasets-docbin.test.ts).
  for (const name of WRITABLE.filter((one) => one !== "docbin")) {
    const format = formatOf(name);
    const { holds } = format;

    it(`${format.title}: every decision comes back or is listed`, async () => {
      const { written: made, documents } = await written(format);
      assert.deepEqual(lostIn(everything(), documents, made.losses), []);
    });

    it(`${format.title}: holds what it says it does, and no more`, async () => {
      const { documents } = await written(format);
      const found = (task: Task): number =>
        documents.reduce((sum, one) => sum + (task === QUESTIONS ? one.questions : one.layers[task].labels).length, 0);
      assert.deepEqual(
        TASK_NAMES.filter((task) => found(task) > 0),
        [...holds.tasks],
      );
      const rejected = new Set(documents.flatMap((one) => rejectedIn(one).map(({ task }) => task)));
      assert.deepEqual([...rejected].sort(), [...holds.rejected].sort());
      const labels = documents.flatMap((one) => [
        ...one.layers[SPANS].labels,
        ...one.layers[CLASSES].labels,
        ...one.questions,
      ]);
      assert.equal(
        labels.some(({ author }) => author === BY.author),
        holds.provenance,
      );
      const spans = new Set(documents.flatMap((one) => one.layers[SPANS].labels.map(({ exact }) => exact)));
      assert.equal(spans.has("Ada Lovelace") && spans.has("Lovelace"), holds.overlaps);
      const classes = new Set(documents.flatMap((one) => one.layers[CLASSES].labels.map(({ label: is }) => is)));
      assert.equal(classes.size > 1, holds.severalClasses);
      assert.equal(
        documents.every(({ path }) => path === everything().path),
        holds.paths,
      );
      if (isLossless(format)) {
        const reviewed = documents.flatMap((one) =>
          one.layers[SPANS].reviewed.map(({ start, end }) => one.text.slice(start, end)),
        );
        for (const { exact } of everything().layers[SPANS].reviewed.map(({ start, end }) => ({
          exact: TEXT.slice(start, end),
        })))
          assert.ok(reviewed.includes(exact), `not reviewed any more: ${exact}`);
      }
    });

    it(`${format.title}: takes the report beside its files for no data`, async () => {
      const files = bytesOf(await writeDataset(format, [everything()], WRITER_OPTIONS));
      const losses: Loss[] = [{ kind: "dropped", reason: "begins with __label__, as labels do" }];
      const report = [
        ["losses.json", Buffer.from(String(lossesJson(losses)))],
        ["LOSSES.md", Buffer.from(lossesMarkdown(losses))],
      ] as const;
      const alone = await format.read!(files, { misaligned: "refuse" });
      assert.deepEqual(await format.read!(new Map([...files, ...report]), { misaligned: "refuse" }), alone);
    });

    it(`${format.title}: half surrogate pairs cost what it says they do`, async () => {
      const whole = everything();
      const text = `${TEXT}\nHere is \ud800 half.`;
      const half = { ...label("e9", "Eve", "PER"), start: text.indexOf("\ud800"), end: text.length - 1 };
      const spans = [...whole.layers[SPANS].labels, { ...half, exact: text.slice(half.start, half.end) }];
      const sentences = splitSentences(text);
      const layers = layersByKind({ spans, decided: [...whole.layers[SPANS].decided, half] }, whole.layers);
      const document: LabelledDocument = {
        ...whole,
        text,
        sentences,
        layers: mapLayers(layers, () => ({ stale: [] })),
      };
      const made = await writeDataset(format, [document], WRITER_OPTIONS);
      const { size } = made.files;
      const documents = size === 0 ? [] : (await format.read!(bytesOf(made), { misaligned: "refuse" })).documents;
      assert.deepEqual(lostIn(document, documents, made.losses), []);
      if (holds.surrogates === "refused") assert.equal(size, 0);
      assert.equal(
        made.losses.some(({ reason }) => reason.includes("are U+FFFD")),
        holds.surrogates === "replaced",
      );
    });
  }

  it("an answer that is wrong is listed where its question cannot be written", async () => {
    const whole = everything();
    const wrong: Rejection = { start: 0, end: 3, exact: "Ada", label: "answer", question: "Who \ud800?" };
    const layers = mapLayers(whole.layers, (_, task) => (task === QUESTIONS ? { rejected: [wrong] } : {}));
    const { losses } = await writeDataset(formatOf("csv"), [{ ...whole, layers }], WRITER_OPTIONS);
    assert.ok(losses.some(({ task, reason }) => task === QUESTIONS && reason.startsWith("its question")));
  });

  it("a format that holds nothing and writes nothing loses nothing in silence", async () => {
    const none: DatasetFormat = {
      title: "nothing",
      holds: {
        tasks: [],
        rejected: [],
        provenance: false,
        reviewed: "none",
        attributes: false,
        overlaps: false,
        severalClasses: false,
        paths: false,
        surrogates: "skipped",
      },
      extensions: [],
      write: () => undefined,
      signs: [],
    };
    const { files, losses } = await writeDataset(none, [everything()], WRITER_OPTIONS);
    assert.equal(files.size, 0);
    assert.deepEqual(lostIn(everything(), [], losses), []);
    assert.equal(losses.length, decisionsOf(everything()).length);
  });

  it("a writer gets what its format holds, and nothing else", async () => {
    const got: LabelledDocument[] = [];
    const some: DatasetFormat = {
      ...formatOf("fasttext"),
      write: (document) => got.push(document),
    };
    await writeDataset(some, [everything()], WRITER_OPTIONS);
    const document = got[0]!;
    const { labels, reviewed } = document.layers[SPANS];
    assert.deepEqual([labels, document.questions, rejectedIn(document), reviewed], [[], [], [], []]);
    assert.equal(document.layers[CLASSES].labels.length, 2);
  });
});
