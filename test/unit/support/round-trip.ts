/** Holds a format to `import(export(x)) = x`, up to exactly the losses it reports. */
import { attributesInOrder } from "../../../src/documents/attributes";
import type { Details, Label, Labelled, Provenance } from "../../../src/documents/labelled";
import { CLASSES, LABEL_TASKS, QUESTIONS, SPANS } from "../../../src/documents/tasks";
import { joined, labelsById } from "../../../src/documents/relations";
import { rejectedIn } from "../../../src/documents/layers";
import assert from "node:assert/strict";
import { answersIn } from "../../../src/documents/answers";
import { Aligner } from "../../../src/datasets/import/align";
import type { LabelledDocument, WriterOptions } from "../../../src/datasets/document";
import type { Loss } from "../../../src/datasets/losses";
import { isLossless } from "../../../src/datasets/format";
import type { DatasetFormat, ReaderOptions, ReadResult } from "../../../src/datasets/format";
import type { Written } from "../../../src/datasets/writing/drive";
import { defaultLabelSets } from "../../../src/labels/labelset";
import { covered, mergeSpans } from "../../../src/text/spans";
import { overlaps } from "../../../src/text/span";
import type { Span } from "../../../src/text/span";
import type { Task } from "../../../src/documents/tasks";
import { writeDataset } from "../../../src/datasets/writing/drive";
import { detect } from "../../../src/datasets/reading/signs";
import { encoded } from "./labelled";

/** Everything in `train`. */
export const WRITER_OPTIONS: WriterOptions = { labels: defaultLabelSets(), seed: 1, validation: 0, test: 0 };

/** How to run a round trip. */
export interface RoundTripOptions {
  readonly write?: Partial<WriterOptions>;
  readonly read?: Partial<ReaderOptions>;
  /**
   * What of each decision's provenance must come back; default: nothing, or, for a format that is lossless (`isLossless`), `author`, `time`, `model` and `score`.
   */
  readonly provenance?: readonly (keyof Provenance)[];
  /** Rejected labels must come back or be reported; default true. */
  readonly rejected?: boolean;
}

/** What a round trip went through, for more checks. */
export interface RoundTrip {
  readonly written: Written;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly read: ReadResult;
  /** By path. */
  readonly aligned: ReadonlyMap<string, readonly Labelled[]>;
}

/** A written export's files as a reader gets them. */
export function bytesOf(written: Written): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [name, contents] of [...written.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    files.set(name, encoded(contents));
  }
  return files;
}

interface Decision {
  readonly task: Task;
  readonly key: string;
  readonly spans: readonly Span[];
  /** Names by which a loss may speak of it. */
  readonly labels: readonly string[];
  /** Of a question: the paragraph it is about. */
  readonly context?: Span;
}

function decisionsOf(
  document: Labelled,
  { provenance = [], rejected = true }: RoundTripOptions,
  { contexts, attributes, relations }: DatasetFormat["holds"],
): Decision[] {
  const asked = ({ id = "", sourceId = id, context }: Labelled["questions"][number]): string =>
    contexts === true ? `, ${sourceId} about ${context === undefined ? "all" : `${context.start}–${context.end}`}` : "";
  const by = (item: Details): string =>
    [
      ...provenance.map((name) => JSON.stringify(item[name])),
      ...(attributes ? [JSON.stringify(attributesInOrder(item.attributes))] : []),
    ].join(" ");
  const label = (task: Task, kind: string, item: Label): Decision => ({
    task,
    key: `${task} ${kind} ${item.start}–${item.end} ${item.label} ${by(item)}`,
    spans: [item],
    labels: [item.label],
  });
  const byId = labelsById(document);
  const end = (item: Label): string => `${item.start}–${item.end} ${item.label}`;
  const joins = joined(document.relations ?? [], byId).kept.map((item): Decision => {
    const [from, to] = [byId.get(item.from)!, byId.get(item.to)!];
    const key = `relation ${item.type} from ${end(from)} to ${end(to)} ${by(item)}`;
    return { task: SPANS, key, spans: [from, to], labels: [item.type, from.label, to.label] };
  });
  return [
    ...(relations === true ? joins : []),
    ...LABEL_TASKS.flatMap((task) => document.layers[task].labels.map((item) => label(task, "is", item))),
    ...(rejected ? rejectedIn(document).map((item) => label(item.task, "is not", item)) : []),
    ...document.questions.map((item): Decision => {
      const answers = [...answersIn(item.answers)].sort((a, b) => a.start - b.start || a.end - b.end);
      const key = `answers to ${item.question}: ${answers.map(({ start, end }) => `${start}–${end}`).join(", ")}${asked(item)} ${by(item)}`;
      const { context } = item;
      return { task: QUESTIONS, key, spans: answers, labels: [], ...(context && { context }) };
    }),
  ];
}

/**
 * Whether a loss speaks of a decision. It must name it: by its place, by its label, or by both. Without a place and a label it speaks of
 * nothing in particular, and excuses nothing: a reader that drops a whole task would otherwise pass for one lost word.
 */
function concerns(loss: Loss, document: string, { task, spans, labels }: Decision): boolean {
  if (loss.document !== undefined && loss.document !== document) return false;
  if (loss.task !== undefined && loss.task !== task) return false;
  const named = loss.label !== undefined && labels.length > 0;
  if (named && !labels.includes(loss.label)) return false;
  const { span } = loss;
  if (span === undefined || spans.length === 0) return named;
  return spans.some((one) => overlaps(one, span));
}

const LOST: readonly Loss["kind"][] = ["dropped", "trimmed", "merged", "split", "renamed", "snapped", "left-out"];
const CHANGED: readonly Loss["kind"][] = ["trimmed", "merged", "split", "renamed", "snapped"];

/**
 * Writes, checks that the bytes are the same twice and that the format knows its own files, reads, places what was read on the documents and
 * compares: what is missing was reported lost, what is new was reported changed, what was reported dropped is not there, and nothing is taken
 * for reviewed that was not. Documents without a path in the format are told apart by order: give one document then.
 */
export async function roundTrip(
  format: DatasetFormat,
  documents: readonly LabelledDocument[],
  options: RoundTripOptions = {},
): Promise<RoundTrip> {
  const write = { ...WRITER_OPTIONS, ...options.write };
  const written = await writeDataset(format, documents, write);
  const again = await writeDataset(format, [...documents].reverse(), write);
  assert.deepEqual(bytesOf(again), bytesOf(written), "the same documents give other bytes");
  const files = bytesOf(written);
  if (files.size === 0) return { written, files, read: { documents: [], losses: [] }, aligned: new Map() };
  const { confidence, reason } = detect([format], files)[0]!;
  assert.ok(confidence > 0, `does not know its own files: ${reason}`);
  assert.ok(format.read, "has no reader");
  const read = await format.read(files, { misaligned: "refuse", ...options.read });

  const aligned = new Map<string, Labelled[]>();
  /** Documents of which some text was said to be there several times. */
  const unsure = new Set<string>();
  const losses: Loss[] = [...written.losses];
  for (const document of documents) {
    const mine = read.documents.filter(
      ({ path = documents.length === 1 ? document.path : "" }) => path === document.path,
    );
    const aligner = new Aligner(document.path, document.text, "refuse");
    const found = mine.map((one) => {
      for (const item of [
        ...one.layers[SPANS].labels,
        ...one.layers[CLASSES].labels,
        ...rejectedIn(one),
        ...one.questions.flatMap(({ answers }) => answersIn(answers)),
      ])
        assert.equal(one.text.slice(item.start, item.end), item.exact, "a read span does not hold its text");
      return aligner.align(one);
    });
    aligned.set(document.path, found);
    losses.push(...aligner.losses.filter(({ kind }) => kind !== "assumed"));
    const told = aligner.losses.some(
      ({ kind, reason }) => kind === "assumed" && /^the text is \d+ times in the document/.test(reason),
    );
    if (told) unsure.add(document.path);
  }
  assert.deepEqual(
    read.losses.filter(({ kind }) => kind === "dropped"),
    [],
    "the reader dropped what the writer wrote",
  );
  losses.push(...read.losses);

  const wanted: RoundTripOptions = {
    ...(isLossless(format) && { provenance: ["author", "time", "model", "score"] as const }),
    ...options,
  };
  for (const document of documents) {
    const found = aligned.get(document.path) ?? [];
    compare(document, found, { losses, unsure: unsure.has(document.path) }, wanted, format);
  }
  const known = new Set(documents.map(({ path }) => path));
  for (const { path } of read.documents)
    assert.ok(path === undefined || known.has(path), `read a document nobody wrote: ${path}`);
  return { written, files, read, aligned };
}

function compare(
  document: LabelledDocument,
  found: readonly Labelled[],
  { losses, unsure }: { readonly losses: readonly Loss[]; readonly unsure: boolean },
  options: RoundTripOptions,
  format: DatasetFormat,
): void {
  const before = decisionsOf(document, options, format.holds).filter(({ task }) => format.holds.tasks.includes(task));
  const after = found.flatMap((one) => decisionsOf(one, options, format.holds));
  const [wrote, read] = [new Set(before.map(({ key }) => key)), new Set(after.map(({ key }) => key))];
  const about = (decision: Decision, kinds: readonly Loss["kind"][]): boolean =>
    losses.some((loss) => kinds.includes(loss.kind) && concerns(loss, document.path, decision));
  // A format without places says so once; then a text that is there more than once may come back at another place.
  const bare = (text: string): string => text.replace(/[\s\u0085]+/g, " ").trim();
  if (format.holds.relations !== true) {
    const count = losses
      .filter(({ document: of, reason }) => of === document.path && reason.startsWith("a relation: "))
      .reduce((sum, loss) => sum + (loss.count ?? 1), 0);
    assert.equal(count, document.relations?.length ?? 0, "relations that have no place are counted");
  }
  const placeless = losses.some(
    ({ kind, reason }) => kind === "assumed" && /which document its text is from/.test(reason),
  );
  const isRepeated = ({ start, end }: Span): boolean => {
    const [whole, exact] = [bare(document.text), bare(document.text.slice(start, end))];
    return whole.indexOf(exact) !== whole.lastIndexOf(exact);
  };
  const moved = ({ spans: [span, ...more], context }: Decision): boolean =>
    (unsure && context !== undefined && isRepeated(context)) ||
    (placeless && span !== undefined && more.length === 0 && isRepeated(span));
  const where = `${document.path} ${JSON.stringify(document.text)}`;
  for (const decision of before) {
    if (read.has(decision.key)) continue;
    assert.ok(
      about(decision, LOST) || moved(decision),
      `lost without a word: ${decision.key}\n${where}\nread: ${[...read].join("\n")}`,
    );
  }
  for (const decision of after) {
    if (wrote.has(decision.key)) continue;
    assert.ok(
      about(decision, CHANGED) || moved(decision),
      `came from nowhere: ${decision.key}\n${where}\nwrote: ${[...wrote].join("\n")}`,
    );
  }
  for (const { kind, document: of, task, span, label, reason } of losses) {
    if (kind !== "dropped" || of !== document.path || task !== "entities" || span === undefined || label === undefined)
      continue;
    const back = after.find(
      (one) => one.task === task && one.labels[0] === label && one.key.includes(` is ${span.start}–${span.end} `),
    );
    // Another one may have been changed into just this.
    assert.ok(
      back === undefined || about(back, CHANGED),
      `reported lost but came back: ${label} ${span.start}–${span.end} (${reason})`,
    );
  }
  const allowed = mergeSpans([
    ...document.layers[SPANS].reviewed,
    ...losses.flatMap(({ kind, document: of, span }) =>
      kind === "assumed" && of === document.path && span ? [span] : [],
    ),
  ]);
  for (const span of found.flatMap(({ layers }) => layers[SPANS].reviewed)) {
    const exact = document.text.slice(span.start, span.end);
    const start = span.start + exact.length - exact.trimStart().length;
    const end = start + exact.trim().length;
    if (end <= start) continue;
    assert.ok(
      covered(allowed, { start, end }),
      `taken for reviewed: ${start}–${end} ${JSON.stringify(exact)}\n${where}`,
    );
  }
}
