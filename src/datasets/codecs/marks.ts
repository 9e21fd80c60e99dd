/**
 * What a row of a format has no place of its own for, under one key that tools carry along or ignore: which document the text is from and where
 * in it, what of it was reviewed, what was said to be wrong, and of every label who decided, when, what the model had said, and its attributes.
 */
import type { Details, Provenance, Rejection } from "../../documents/labelled";
import type { OfTask } from "../../documents/layers";
import { LABEL_TASKS, TASK_NAMES, perTask } from "../../documents/tasks";
import type { LabelTask, Task } from "../../documents/tasks";
import { addTo } from "../../text/grouped";
import type { Span } from "../../text/span";
import { OFFSET_UNITS } from "../../text/offsets";
import type { OffsetUnit } from "../../text/offsets";
import type { LabelledDocument } from "../document";
import { inOrder } from "./in-order";
import { ATTRIBUTES, attributesRow, readAttributes } from "./attributes";
import type { Row } from "../reading/bytes";
import { PROVENANCE, provenanceOf, provenanceRow } from "./provenance";
import { flag, list, number, object, oneOf, SPAN, span, text } from "../reading/shape";
import type { Of } from "../reading/shape";
import type { CheckedOffsets } from "../../text/checked-offsets";

/** The key. */
export const MARKS = "glossator";

type Labelled = Span & Details & { readonly label: string };

/** What {@link marksRow} writes. */
export interface Marked {
  readonly document: LabelledDocument;
  /** The row's text, in the document. */
  readonly piece: Span;
  readonly unit: OffsetUnit;
  readonly offsets: CheckedOffsets;
  readonly labels: Readonly<Partial<Record<LabelTask, readonly Labelled[]>>>;
  readonly reviewed?: readonly Span[];
  readonly rejected?: readonly OfTask<Rejection>[];
  /** Relations with the labels that they join. */
  readonly relations?: readonly MarkedRelation[];
}

/** A relation whose labels are told by what they say, and where. */
export interface MarkedRelation extends Details {
  readonly type: string;
  readonly from: Labelled;
  readonly to: Labelled;
}

/** Labels that say the same of the same place, once. In order. */
export function distinct<T extends Labelled>(labels: readonly T[]): T[] {
  return inOrder(labels).filter((item, index, all) => {
    const last = all[index - 1];
    return last?.start !== item.start || last.end !== item.end || last.label !== item.label;
  });
}

/** The row's marks. Spans are checked and in the row's unit, except `start_utf16`: where the row's text starts in its document. */
export function marksRow(marked: Marked): Row {
  const { document, piece, unit, offsets, labels, reviewed = [], rejected = [], relations = [] } = marked;
  const whole = piece.start === 0 && piece.end === document.text.length;
  const place = (span: Span): Span => offsets.span({ start: span.start, end: span.end });
  const listed = Object.entries(labels).map(([task, some]): [string, Row[]] => [
    task,
    inOrder(some).map((item) => ({
      ...place(item),
      label: item.label,
      ...provenanceRow(item),
      ...attributesRow(item),
    })),
  ]);
  return {
    path: document.path,
    ...(whole ? { whole } : { start_utf16: piece.start }),
    unit,
    ...(reviewed.length > 0 && { reviewed: reviewed.map(place) }),
    ...(Object.fromEntries(listed.filter(([, some]) => some.length > 0)) as Row),
    ...(rejected.length > 0 && {
      rejected: inOrder(rejected).map((item) => {
        const { task, label, question } = item;
        return { task, ...place(item), label, ...(question !== undefined && { question }), ...provenanceRow(item) };
      }),
    }),
    ...(relations.length > 0 && {
      relations: relations.map((item) => {
        const end = (label: Labelled): Row => ({ ...place(label), label: label.label });
        const { type, from, to } = item;
        return { type, from: end(from), to: end(to), ...provenanceRow(item), ...attributesRow(item) };
      }),
    }),
  };
}

/** A rejection as rows hold it. */
export interface RawRejection extends Provenance {
  readonly task: Task;
  /** In the row's unit; absent: the whole text. */
  readonly span?: Span;
  readonly label: string;
  readonly question?: string;
}

const LABELLED = object({ ...SPAN, label: text, ...PROVENANCE, attributes: ATTRIBUTES }, "start", "end");
const REJECTED = object(
  { ...SPAN, task: oneOf(TASK_NAMES), label: text, question: text, ...PROVENANCE },
  ...(["start", "end", "task", "label"] as const),
);

const END = object({ ...SPAN, label: text }, "start", "end", "label");
const RELATION = object(
  { type: text, from: END, to: END, ...PROVENANCE, attributes: ATTRIBUTES },
  ...(["type", "from", "to"] as const),
);

/** What {@link marksRow} writes, in a shape. */
export const MARKED = object({
  path: text,
  unit: oneOf(OFFSET_UNITS),
  whole: flag,
  start_utf16: number,
  reviewed: list(span),
  rejected: list(REJECTED),
  relations: list(RELATION),
  ...perTask(LABEL_TASKS, () => list(LABELLED)),
});

/** Reads {@link marksRow} back. Untrusted: what is not what it must be is told of, and as if it were absent. Offsets are in the row's unit. */
export class Marks {
  readonly path: string | undefined;
  readonly unit: OffsetUnit | undefined;
  readonly whole: boolean;
  /** Where the row's text starts in its document, in UTF-16 units. */
  readonly start: number | undefined;
  readonly reviewed: readonly Span[];
  readonly rejected: readonly RawRejection[];
  #labels: Map<string, Details[]> | undefined;
  #relations: Map<string, Details[]> | undefined;

  private constructor(private readonly row: Of<typeof MARKED>) {
    this.path = row.path;
    this.unit = row.unit;
    this.whole = row.whole === true;
    const start = row.start_utf16;
    this.start = start !== undefined && Number.isInteger(start) && start >= 0 ? start : undefined;
    this.reviewed = row.reviewed ?? [];
    this.rejected = (row.rejected ?? []).map(({ task, start, end, label, question, ...by }) => ({
      ...{ task, span: { start, end }, label },
      ...(question !== undefined && { question }),
      ...provenanceOf(by),
    }));
  }

  /** The marks of a row; undefined if it has none. */
  static of(row: Of<typeof MARKED> | undefined): Marks | undefined {
    return row && new Marks(row);
  }

  /** Who labelled this so: one entry a person; one empty entry if the row does not say. */
  by(task: LabelTask, { start, end }: Span, label: string): readonly Details[] {
    this.#labels ??= this.#index();
    return this.#labels.get(keyOf(task, { start, end }, label)) ?? [{}];
  }

  /** Who related two labels of spans so: one entry a person; undefined if the row does not say. */
  relation(type: string, from: RawEnd, to: RawEnd): readonly Details[] | undefined {
    this.#relations ??= this.#indexRelations();
    return this.#relations.get(relationKey(type, from, to));
  }

  #indexRelations(): Map<string, Details[]> {
    const relations = new Map<string, Details[]>();
    for (const item of this.row.relations ?? []) {
      const [from, to] = [item.from, item.to].map(({ label, ...span }) => ({ span, label })) as [RawEnd, RawEnd];
      const details = { ...provenanceOf(item), ...readAttributes(item.attributes) };
      addTo(relations, relationKey(item.type, from, to), [details]);
    }
    return relations;
  }

  #index(): Map<string, Details[]> {
    const labels = new Map<string, Details[]>();
    for (const task of LABEL_TASKS) {
      for (const item of this.row[task] ?? [])
        addTo(labels, keyOf(task, item, item.label ?? ""), [
          { ...provenanceOf(item), ...readAttributes(item.attributes) },
        ]);
    }
    return labels;
  }
}

/** A label that a relation joins, in the row's unit. */
interface RawEnd {
  readonly span?: Span;
  readonly label: string;
}

function relationKey(type: string, from: RawEnd, to: RawEnd): string {
  const end = ({ span, label }: RawEnd): unknown => [span?.start, span?.end, label];
  return JSON.stringify([type, end(from), end(to)]);
}

function keyOf(task: string, { start, end }: Span, label: string): string {
  return `${task} ${start} ${end} ${label}`;
}
