/** Reads doccano's JSON Lines, and the JSON of its older versions: spans as lists or objects, classes, relations, both units. */
import type { Span } from "../../../text/span";
import { LabelNames, labelName } from "../../reading/label-names";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { MARKED, Marks, MARKS } from "../../codecs/marks";
import { CLASSES, SPANS } from "../../../documents/tasks";
import type { Input } from "../../reading/drive";
import type { RowPlace } from "../../reading/ledger";
import { Twins } from "../../reading/twins";
import { markedPlace, rowReader } from "../../codecs/texts";
import type { RawLabel, RawRelation, RawText } from "../../codecs/texts";
import {
  anything,
  anyText,
  either,
  having,
  list,
  mapped,
  named,
  number,
  object,
  perhaps,
  take,
  text,
  textOrNumber,
  tuple,
} from "../../reading/shape";
import type { Of, Shape } from "../../reading/shape";
import type { LabelTask } from "../../../documents/tasks";

/** Where doccano's versions and project types keep labels. */
const COLUMNS = ["label", "labels", "entities", "annotations", "cats"] as const;

/** One item of a column of labels: a span as list or object, or a class by its name. */
interface Item {
  readonly span?: Span;
  readonly label: unknown;
  /** The id of whom it is from. */
  readonly user?: string;
  /** By which relations name it. */
  readonly id?: string;
}

const SPAN_LIST: Shape<Item> = mapped(tuple(number, number, anything), ([start, end, label]) => ({
  span: { start, end },
  label,
}));
const USER = perhaps(textOrNumber);
const OFFSETS = { start_offset: number, end_offset: number };
const SPAN_OBJECT: Shape<Item> = mapped(
  having(
    Object.keys(OFFSETS),
    object({ ...OFFSETS, label: anything, user: USER, id: USER }, "start_offset", "end_offset"),
  ),
  ({ start_offset: start, end_offset: end, label, user, id }) => ({
    ...{ span: { start, end }, label },
    ...(user !== undefined && { user }),
    ...(id !== undefined && { id }),
  }),
);
const CLASS: Shape<Item> = either(
  mapped(object({ label: anything, user: USER }), ({ label, user }): Item => ({
    label,
    ...(user !== undefined && { user }),
  })),
  mapped(anything, (label) => ({ label })),
);
const ITEM = named("a span or a label", either(SPAN_LIST, either(SPAN_OBJECT, CLASS)));
const NAME: Shape<readonly Item[]> = mapped(either(anyText, number), (label) => [{ label }]);
const COLUMN = named("a list of labels or a label", either(list(ITEM), NAME));

const RELATION = object({ type: either(text, number), from_id: USER, to_id: USER });

const FIELDS = {
  ...{ id: anything, text: perhaps(text), data: perhaps(text), [MARKS]: MARKED },
  ...{ label: COLUMN, labels: COLUMN, entities: COLUMN, annotations: COLUMN, cats: COLUMN },
  relations: list(RELATION),
  Comments: anything,
  comments: anything,
};
const ROW = object(FIELDS);

type Report = (reason: string, of?: Partial<Loss>) => void;

class RowReader {
  readonly labels: RawLabel[] = [];
  readonly relations: RawRelation[] = [];
  #byId: ReadonlyMap<string, RawLabel> | undefined;

  constructor(
    private readonly marks: Marks | undefined,
    private readonly names: LabelNames,
    private readonly sample: (span: Span | undefined) => string,
    private readonly at: RowPlace,
    private readonly report: Report,
  ) {}

  #name(value: unknown, task: LabelTask, span: Span | undefined): string | undefined {
    if (typeof value === "number" && Number.isInteger(value))
      return this.names.name(value, task, this.at, () => this.sample(span));
    const { name, problem } = labelName(value, undefined);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  /** After all labels. */
  relation({ type: said, from_id: from = "", to_id: to = "" }: Of<typeof RELATION>): void {
    const type = said === undefined ? "" : String(said);
    this.#byId ??= new Map(this.labels.flatMap((item) => (item.id === undefined ? [] : [[item.id, item] as const])));
    const [start, end] = [this.#byId.get(from), this.#byId.get(to)];
    const people = start && end && this.marks?.relation(type, start, end);
    if (said === undefined) this.report("a relation without a type");
    else for (const by of people ?? [{}]) this.relations.push({ type, from, to, ...by });
  }

  item({ span, label: value, user, id }: Item): void {
    const label = this.#name(value, span === undefined ? CLASSES : SPANS, span);
    if (label === undefined) return;
    const by = [user === undefined ? {} : { author: user }];
    if (span === undefined) this.labels.push({ task: CLASSES, label, by });
    else
      this.labels.push({
        task: SPANS,
        ...(id !== undefined && { id }),
        span,
        label,
        by: this.marks?.by(SPANS, span, label) ?? by,
      });
  }
}

function readRow(
  value: unknown,
  at: RowPlace,
  { losses }: Input,
  names: LabelNames,
  twins: Twins,
): RawText | undefined {
  const report: Report = (reason, of = {}) => losses.push({ kind: "dropped", ...at, ...of, reason });
  const row = take(ROW, value, at, losses);
  const text = row?.text ?? row?.data;
  if (row === undefined || text === undefined) {
    report('it has no "text"', { exact: excerpt(JSON.stringify(value)) });
    return undefined;
  }
  const marks = Marks.of(row[MARKS]);
  const sample = (span: Span | undefined): string => (span === undefined ? text : text.slice(span.start, span.end));
  const reader = new RowReader(marks, names, sample, at, report);
  for (const column of COLUMNS) for (const item of row[column] ?? []) reader.item(item);
  for (const relation of row.relations ?? []) reader.relation(relation);
  const comments = row.Comments ?? row.comments;
  if (Array.isArray(comments) && comments.length > 0) {
    report(`${comments.length} comment(s) have no place here`, { exact: excerpt(JSON.stringify(comments)) });
  }
  const id = JSON.stringify(row.id) as string | undefined;
  if (id !== undefined) twins.note(`${at.file} ${id}`, `its id ${id}`, at);
  const labels = marks === undefined ? reader.labels : withClasses(reader.labels, marks, text);
  return { ...at, text, ...markedPlace(marks), labels, relations: reader.relations };
}

/** Who chose a class is marked with the span of the whole text. */
function withClasses(labels: readonly RawLabel[], marks: Marks, text: string): RawLabel[] {
  const end = marks.unit === "codepoint" ? Array.from(text).length : text.length;
  return labels.map((item) =>
    item.span === undefined ? { ...item, by: marks.by(CLASSES, { start: 0, end }, item.label) } : item,
  );
}

/** Reads rows. @throws {ReadError} if there is none with a text. */
export const readDoccano = rowReader("No line has a text", ["utf16", "codepoint"], (input) => {
  const twins = new Twins(input.losses);
  const names = new LabelNames(input);
  return {
    take: (row, place) => readRow(row, place, input, names, twins),
    finish: () => ({ ...names.finish(), fields: new Set(Object.keys(FIELDS)) }),
  };
});
