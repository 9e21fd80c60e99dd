/** What all writers share: the shape of their result, splits, lines of JSON, what none can hold. */
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { LabelledDocument, WriterOptions } from "../document";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { drawSplits } from "../splits";
import type { Split } from "../splits";
import { lineSafeJson } from "../../text/print";

/** What a format makes of documents: the same bytes for the same input. Text is written in UTF-8. */
export interface Written {
  /** By path relative to the target folder, with `/`. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly losses: readonly Loss[];
  /** Examples by file. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A format's writer: a pure function; a promise where a library needs one. */
export type DatasetWriter = (
  documents: readonly LabelledDocument[],
  options: WriterOptions,
) => Written | Promise<Written>;

/** One line of JSON Lines. */
export function jsonLine(row: unknown): string {
  return `${lineSafeJson(row)}\n`;
}

/** How often each label occurs in a document, tasks apart; for drawing splits. */
function labelCounts({ entities, sentiment, questions }: LabelledDocument): Map<string, number> {
  const counts = new Map<string, number>();
  const names = [
    ...entities.map(({ label }) => `entities ${label}`),
    ...sentiment.map(({ label }) => `sentiment ${label}`),
    ...questions.map(({ answers }) => (answers === "none" ? "answers none" : "answers some")),
  ];
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Documents in order of path, with the split of each. */
export function inSplits(
  documents: readonly LabelledDocument[],
  options: WriterOptions,
): { readonly documents: readonly (readonly [LabelledDocument, Split])[]; readonly losses: readonly Loss[] } {
  const sorted = [...documents].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const { of, losses } = drawSplits(
    sorted.map((document) => ({ path: document.path, labels: labelCounts(document) })),
    options,
  );
  return { documents: sorted.map((document) => [document, of.get(document.path) ?? "train"] as const), losses };
}

/** What no format can hold: decisions whose text is gone. */
export function staleLosses(documents: readonly LabelledDocument[]): Loss[] {
  return documents.flatMap(({ path, stale }) =>
    stale.map(({ task, label, exact, span, proposal, rejected }): Loss => {
      const gone = rejected === true ? "stale rejection: its text" : "stale: its text";
      const reason =
        proposal === undefined
          ? `${gone} is no longer in the document`
          : `${gone} may be ${JSON.stringify(excerpt(proposal.exact))} at ${proposal.start}–${proposal.end} now; it counts once somebody agrees (Review Moved Labels)`;
      return { kind: "dropped", document: path, task, span, label, exact, reason };
    }),
  );
}

/** For formats that have no place for rejected labels. @param tasks those whose rejected labels have none; default: all. */
export function rejectedLosses(document: LabelledDocument, tasks: readonly Task[] = TASK_NAMES): Loss[] {
  return document.rejected
    .filter(({ task }) => tasks.includes(task))
    .map(({ task, start, end, label, exact }) => {
      const reason = "a rejected label; the format holds right ones only";
      return { kind: "dropped", document: document.path, task, span: { start, end }, label, exact, reason };
    });
}
