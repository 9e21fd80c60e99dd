/** What every writer does alike: splits, documents that files cannot hold, and the list of what a format has no place for. */
import { attributesInOrder, withAttributes } from "../../documents/attributes";
import { replaceRelations } from "../../documents/relations";
import { decidedOn, mapAttributes, onlyRejected, onlyTasks } from "../../documents/select";
import { LABEL_TASKS, QUESTIONS, TASK_NAMES } from "../../documents/tasks";
import { append } from "../../text/grouped";
import type { LabelledDocument, WriterOptions } from "../document";
import type { DatasetFormat, Holds } from "../format";
import { withSourceSentences } from "../source-tokens";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";
import { drawSplits } from "../splits";
import type { Split, SplitDocument } from "../splits";
import { unwritable, UNWRITABLE, wellFormed } from "../../text/well-formed";
import { Collected } from "./output";
import {
  attributeLosses,
  contextLosses,
  decisionLosses,
  rejectedLosses,
  staleLosses,
  unheldAtAll,
  unheldRelations,
  unreviewedLosses,
} from "./unheld";
import { writable } from "./writable";

/** What a format makes of documents: the same bytes for the same input. Text is written in UTF-8. */
export interface Written {
  /** By path relative to the target folder, with `/`, in order of name. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly losses: readonly Loss[];
  /** Examples by file. */
  readonly counts: Readonly<Record<string, number>>;
}

interface Placed {
  /** With what the format has a place for. */
  readonly document: LabelledDocument;
  readonly split: Split;
  readonly number: number;
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

function byPath(a: LabelledDocument, b: LabelledDocument): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
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

/** Documents in order of path as the format gets them, with the split of each; those that nothing was decided on are left out. */
function placed(
  { holds }: DatasetFormat,
  sorted: readonly LabelledDocument[],
  options: WriterOptions,
  losses: Loss[],
): Placed[] {
  const kept = sorted.filter((document) => {
    if (holds.surrogates !== "refused" || !unwritable(document.text)) return true;
    // Rejections that have no place anyhow are listed as those of every document are.
    append(losses, decisionLosses(onlyRejected(document, holds.rejected), holds.tasks, `its document ${UNWRITABLE}`));
    if (holds.relations === true) {
      const { path, relations = [] } = onlyTasks(document, holds.tasks);
      append(losses, relationLosses(relations, { document: path }, `its document ${UNWRITABLE}`));
    }
    return false;
  });
  const { of, losses: tooFew } = drawSplits(kept.map(labelCounts), options);
  losses.unshift(...tooFew);
  return kept.flatMap((source, index) => {
    const tasks = withHeldRelations(onlyTasks(source, holds.tasks), holds);
    const all = withHeldAttributes(onlyRejected(tasks, holds.rejected), holds);
    if (!decidedOn(all)) return [];
    const held = options.tokens === "own" ? all : withSourceSentences(all);
    const { document, losses: lost } =
      holds.surrogates === "replaced" ? writable(held) : { document: held, losses: [] };
    append(losses, lost);
    return [{ document, split: of.get(source.path) ?? "train", number: index + 1 }];
  });
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

/**
 * Writes documents. Of the losses those that follow from what the format holds are the driver's, all others the format's own.
 * @throws what the format does; {@link RangeError} for shares that leave nothing to train on, and for a format that is read only.
 */
export async function writeDataset(
  format: DatasetFormat,
  documents: readonly LabelledDocument[],
  options: WriterOptions,
): Promise<Written> {
  const { holds, title, write, join = (rows: readonly string[]) => rows.join("") } = format;
  if (write === undefined) throw new RangeError(`${title} can only be read.`);
  const sorted = [...documents].sort(byPath);
  const losses: Loss[] = [];
  const all = placed(format, sorted, options, losses);
  const collected = new Collected(
    all.map(({ document }) => document),
    options,
  );
  collected.report([...losses, ...staleLosses(sorted)]);
  for (const document of sorted) collected.report(unheld(format, document));
  for (const { document, split, number } of all) {
    write(document, collected.of(split, number));
    collected.report(unreviewedLosses(document, holds.reviewed));
    if (holds.contexts !== true && holds.tasks.includes(QUESTIONS)) collected.report(contextLosses(document));
  }
  const { files, rows, counts } = collected;
  for (const [name, some] of rows) files.set(name, join(some, name, collected));
  if (files.size > 0) await format.finish?.(collected);
  if (files.size > 0) collected.report(unheldAtAll(holds, sorted));
  return {
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    losses: collected.losses,
    counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
