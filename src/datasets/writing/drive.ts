/** What every writer does alike: splits, documents that files cannot hold, and the list of what a format has no place for. */
import { attributesInOrder, withAttributes } from "../../documents/attributes";
import { replaceRelations } from "../../documents/relations";
import { decidedOn, mapAttributes, onlyRejected, onlyTasks } from "../../documents/select";
import { LABEL_TASKS, QUESTIONS, TASK_NAMES } from "../../documents/tasks";
import { append, eachTime } from "../../text/grouped";
import type { Documents, LabelledDocument, WriterOptions } from "../document";
import type { DatasetFormat, Holds } from "../format";
import { withSourceSentences } from "../source-tokens";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";
import { drawSplits } from "../splits";
import type { Split, SplitDocument } from "../splits";
import { unwritable, UNWRITABLE, wellFormed } from "../../text/well-formed";
import type { PackedList } from "../packed-list";
import { LongText } from "./contents";
import type { Contents } from "./contents";
import { Collected } from "./output";
import {
  attributeLosses,
  contextLosses,
  decisionLosses,
  hasProvenance,
  rejectedLosses,
  staleLosses,
  unheldAtAll,
  unheldRelations,
  unreviewedLosses,
} from "./unheld";
import { writable } from "./writable";

/** What a format makes of documents: the same bytes for the same input. */
export interface Written {
  /** By path relative to the target folder, with `/`, in order of name. */
  readonly files: ReadonlyMap<string, Contents>;
  readonly losses: readonly Loss[];
  /** Examples by file. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A document as `drawSplits` looks at it: labels of different tasks apart. */
function labelCounts(document: LabelledDocument): SplitDocument {
  const counts = new Map<string, number>();
  const names = [
    ...LABEL_TASKS.flatMap((task) => document.layers[task].labels.map(({ label }) => `${task} ${label}`)),
    ...document.questions.map(({ answers }) => (answers === "none" ? "answers none" : "answers some")),
  ];
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return { path: document.path, labels: counts };
}

/** Documents in order of path. Those that a list has in another order are sorted, which takes all of them at once. */
function inOrder(documents: Documents): Documents {
  let last = "";
  for (const { path } of documents) {
    if (path < last) return [...documents].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    last = path;
  }
  return documents;
}

/** The document with such attributes as the format has a place for, in a form that any file holds. */
function withHeldAttributes(document: LabelledDocument, { attributes: held }: Holds): LabelledDocument {
  return mapAttributes(document, (attributes) =>
    withAttributes(
      held ? attributesInOrder(attributes).map(([name, value]) => [wellFormed(name), wellFormed(value)]) : [],
    ),
  );
}

/** The document with its relations, if the format has a place for them, in a form that any file holds. */
function withHeldRelations(document: LabelledDocument, { relations: held }: Holds): LabelledDocument {
  const { relations = [] } = document;
  return replaceRelations(
    document,
    held === true ? relations.map((one) => ({ ...one, type: wellFormed(one.type) })) : [],
  );
}

/** Whether the format leaves out a document as a whole, since no file can hold its text. */
function isRefused({ holds }: DatasetFormat, { text }: LabelledDocument): boolean {
  return holds.surrogates === "refused" && unwritable(text);
}

function refusedLosses({ holds }: DatasetFormat, document: LabelledDocument): Loss[] {
  const why = `its document ${UNWRITABLE}`;
  const { path, relations = [] } = onlyTasks(document, holds.tasks);
  return [
    // Rejections that have no place anyhow are listed as those of every document are.
    ...decisionLosses(onlyRejected(document, holds.rejected), holds.tasks, why),
    ...(holds.relations === true ? relationLosses(relations, { document: path }, why) : []),
  ];
}

/** A document as the format gets it: with what it has a place for. */
interface Ready {
  readonly document: LabelledDocument;
  readonly losses: readonly Loss[];
  /** Its place among those that are not refused. */
  readonly number: number;
}

/** Documents as the format gets them; those that nothing is left of that was decided are left out. */
function* readyIn(format: DatasetFormat, documents: Documents, { tokens }: WriterOptions): Generator<Ready> {
  const { holds } = format;
  let number = 0;
  for (const source of documents) {
    if (isRefused(format, source)) continue;
    number++;
    const tasks = withHeldRelations(onlyTasks(source, holds.tasks), holds);
    const all = withHeldAttributes(onlyRejected(tasks, holds.rejected), holds);
    if (!decidedOn(all)) continue;
    const held = tokens === "own" ? all : withSourceSentences(all);
    yield { number, ...(holds.surrogates === "replaced" ? writable(held) : { document: held, losses: [] }) };
  }
}

/** What the format has no place for in a document. */
function unheld({ holds }: DatasetFormat, document: LabelledDocument): Loss[] {
  const tasks = TASK_NAMES.filter((task) => !holds.tasks.includes(task));
  const rejected = holds.tasks.filter((task) => !holds.rejected.includes(task));
  const only = holds.tasks.length === 0 ? "no labels" : `${new Intl.ListFormat("en").format(holds.tasks)} only`;
  return [
    ...decisionLosses(document, tasks, `the format holds ${only}`),
    ...rejectedLosses(document, rejected),
    ...(holds.attributes ? [] : attributeLosses(onlyTasks(document, holds.tasks))),
    ...unheldRelations(document, holds),
  ];
}

/** Documents of so many characters in all are made ready once and kept; longer ones are made ready anew each time, so that they are never there all at once. */
const KEPT = 10_000_000;

/** What the driver finds out about documents before the first is written. */
interface Overview {
  readonly of: ReadonlyMap<string, Split>;
  /** Whether it is known of a decision who made it. */
  readonly known: boolean;
  /** Characters of all texts. */
  readonly length: number;
  readonly losses: readonly Loss[];
}

function lookThrough(format: DatasetFormat, documents: Documents, options: WriterOptions): Overview {
  const counts: SplitDocument[] = [];
  const [refused, stale, without]: [Loss[], Loss[], Loss[]] = [[], [], []];
  let known = false;
  let length = 0;
  for (const document of documents) {
    length += document.text.length;
    if (isRefused(format, document)) append(refused, refusedLosses(format, document));
    else counts.push(labelCounts(document));
    append(stale, staleLosses(document));
    append(without, unheld(format, document));
    known ||= hasProvenance(document);
  }
  const { of, losses } = drawSplits(counts, options);
  return { of, known, length, losses: [...losses, ...refused, ...stale, ...without] };
}

/** A file of rows: a long one is made of them when it is written. */
function fileOf(
  { join = (rows) => rows }: DatasetFormat,
  rows: PackedList<string>,
  name: string,
  out: Collected,
): Contents {
  const joined = join(rows, name, out);
  if (joined instanceof Uint8Array) return joined;
  return rows.isLong ? new LongText(() => join(rows, name, out) as Iterable<string>) : [...joined].join("");
}

/**
 * Writes documents, one after another: of a list that reads them anew they are never there all at once. Of the losses those that follow from what the
 * format holds are the driver's, all others the format's own.
 * @param kept up to so many characters in all, documents are kept as they are made ready
 * @throws what the format does; {@link RangeError} for shares that leave nothing to train on, and for a format that is read only.
 */
export async function writeDataset(
  format: DatasetFormat,
  documents: Documents,
  options: WriterOptions,
  kept = KEPT,
): Promise<Written> {
  const { holds, title, write } = format;
  if (write === undefined) throw new RangeError(`${title} can only be read.`);
  const sorted = inOrder(documents);
  const { of, known, length, losses: before } = lookThrough(format, sorted, options);
  const anew: Iterable<Ready> = { [Symbol.iterator]: () => readyIn(format, sorted, options) };
  const ready = length <= kept ? [...anew] : anew;
  const collected = new Collected(
    eachTime(ready, ({ document }) => document),
    options,
  );
  collected.report(before);
  for (const { document, losses, number } of ready) {
    collected.report(losses);
    write(document, collected.of(of.get(document.path) ?? "train", number));
    collected.report(unreviewedLosses(document, holds.reviewed));
    if (holds.contexts !== true && holds.tasks.includes(QUESTIONS)) collected.report(contextLosses(document));
  }
  const { files, rows, counts } = collected;
  for (const [name, some] of rows) files.set(name, fileOf(format, some, name, collected));
  if (files.size > 0) await format.finish?.(collected);
  if (files.size > 0) collected.report(unheldAtAll(holds, known));
  return {
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    losses: collected.losses,
    counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
