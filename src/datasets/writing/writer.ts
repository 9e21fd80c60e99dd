/** What all writers share: the shape of their result, checked conversion of spans, lines of JSON. */
import { TASKS } from "../../model/task";
import type { Task } from "../../model/task";
import { OffsetMap } from "../../text/offsets";
import type { OffsetUnit } from "../../text/offsets";
import type { Span } from "../../text/span";
import type { LabelledDocument, WriterOptions } from "../document";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { drawSplits } from "../splits";
import type { Split } from "../splits";

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

/** A span did not come out as the text it went in with: a fault in this program, found before anything is written. */
export class SpanCheckError extends Error {
  override readonly name = "SpanCheckError";
}

/** Converts spans of a piece of a document to another unit, counted from the piece's start, and checks each one. */
export class CheckedOffsets {
  readonly #map: OffsetMap;
  readonly #slice: (start: number, end: number) => string;

  constructor(
    private readonly document: LabelledDocument,
    private readonly piece: Span,
    private readonly unit: OffsetUnit,
  ) {
    const { text } = this;
    this.#map = new OffsetMap(text);
    this.#slice = slicer(text, unit);
  }

  /** The piece's text. */
  get text(): string {
    return this.document.text.slice(this.piece.start, this.piece.end);
  }

  /** A span of the document in the unit. @throws {SpanCheckError} if it does not hold there the text it holds in the document. */
  span({ start, end }: Span): Span {
    const exact = this.document.text.slice(start, end);
    const converted = {
      start: this.#map.fromUtf16(start - this.piece.start, this.unit),
      end: this.#map.fromUtf16(end - this.piece.start, this.unit),
    };
    const back = this.#slice(converted.start, converted.end);
    if (back !== exact) {
      const problem = `${this.unit} ${converted.start}–${converted.end} hold ${JSON.stringify(back)}, not ${JSON.stringify(exact)}`;
      throw new SpanCheckError(
        `${this.document.path}, UTF-16 ${start}–${end}: ${problem}. Nothing was exported; please report this.`,
      );
    }
    return converted;
  }
}

/** {@link CheckedOffsets} in code points, what most formats count. */
export class CodePoints extends CheckedOffsets {
  constructor(document: LabelledDocument, piece: Span) {
    super(document, piece, "codepoint");
  }
}

/** Cuts a text by another way than {@link OffsetMap} counts, so that a check with it is one. */
function slicer(text: string, unit: OffsetUnit): (start: number, end: number) => string {
  if (unit === "utf16") return (start, end) => text.slice(start, end);
  if (unit === "byte") {
    const bytes = Buffer.from(text, "utf8");
    return (start, end) => bytes.toString("utf8", start, end);
  }
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

/** One line of JSON Lines. Separators that some readers take for a line's end are escaped. */
export function jsonLine(row: unknown): string {
  return `${escapeSeparators(JSON.stringify(row))}\n`;
}

/** JSON with U+0085, U+2028 and U+2029 escaped. */
export function escapeSeparators(json: string): string {
  return json.replace(/[\u0085\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
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
export function rejectedLosses(document: LabelledDocument, tasks: readonly Task[] = TASKS): Loss[] {
  return document.rejected
    .filter(({ task }) => tasks.includes(task))
    .map(({ task, start, end, label, exact }) => {
      const reason = "a rejected label; the format holds right ones only";
      return { kind: "dropped", document: document.path, task, span: { start, end }, label, exact, reason };
    });
}
