/** Rows as documents and questions. Offsets are code points unless the spans say otherwise. */
import { layersByKind, ofTask } from "../../../documents/layers";
import type { Label } from "../../../documents/labelled";
import { CLASSES, LABEL_TASKS, perTask, SPANS as SPAN_TASK } from "../../../documents/tasks";
import type { Task } from "../../../documents/tasks";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import { decodeTags, labelOfTag } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";
import { FLAT_PROVENANCE, flatProvenanceOf } from "../../codecs/provenance";
import type { SpanList } from "../../codecs/span-lists";
import { joinWords } from "../../format";
import type { NumberNames, ReadDocument } from "../../format";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { UNLABELLED } from "../../reading/builder";
import { toNumber } from "../../reading/bytes";
import { classNamesIn } from "../../reading/column-types";
import type { Input } from "../../reading/drive";
import { typeName } from "../../reading/json-types";
import type { LabelNames } from "../../reading/label-names";
import { anything, fields, list, object, take, text } from "../../reading/shape";
import type { Shape } from "../../reading/shape";
import { isEmptyList } from "../../reading/ledger";
import { spanIn } from "../../reading/units";
import { QUESTION } from "../squad/read";
import type { Paragraph } from "../squad/read";
import { labelColumn, textIn } from "./columns";
import type { ChosenColumns, Found } from "./columns";
import { ownClasses, placeIn } from "./row-shape";
import type { RowShape, ShapedRow } from "./row-shape";
import type { Placed } from "./rows";
import type { TagNames } from "./tag-names";

const SPANS = list(object({ start: anything, end: anything, label: text, ...FLAT_PROVENANCE }, "label"));
/** The parts of a row that are not columns of texts, tags or a label. */
const ROW = object({ title: text, spans: list(anything), ...FLAT_PROVENANCE });
const CLASS_LIST = object({ classes: list(object({ label: text, ...FLAT_PROVENANCE }, "label")) });
const TEXT_OF_TOKENS = object({ text, spans: list(anything) });

type Of<Kind> = Extract<RowShape, { readonly kind: Kind }>;

/** Takes rows as what they hold. */
export class RowReader {
  readonly documents: ReadDocument[] = [];
  readonly paragraphs: Paragraph[] = [];
  readonly names = perTask(LABEL_TASKS, () => new Set<string>());
  #tagsListed: { readonly types: Placed["types"]; readonly column: string } | undefined;

  constructor(
    private readonly input: Input,
    private readonly unit: OffsetUnit,
    private readonly scheme: TagScheme,
    private readonly labels: LabelNames,
    private readonly tags: TagNames,
    private readonly chosen: ChosenColumns,
  ) {}

  read(placed: ShapedRow): void {
    const { shape } = placed;
    if (shape.kind === "question") this.#question(placed, shape.context);
    else if (shape.kind === "own") this.#own(placed, shape);
    else if (shape.kind === "tokens") this.#tokens(placed, shape);
    else if (shape.kind === "tokenSpans") this.#tokenSpans(placed, shape);
    else if (shape.kind === "text") this.#text(placed, shape);
    else this.#report(placed, "dropped", "a row without tokens, without a text and without a context");
  }

  #report({ file, line, row }: Placed, kind: Loss["kind"], reason: string, task?: Task, label?: string): void {
    const text = textIn(row, this.chosen)?.value;
    const { path } = placeIn(row["id"]);
    const of = {
      ...(path !== undefined && { document: path }),
      ...(task && { task }),
      ...(label !== undefined && { label }),
    };
    this.input.losses.push({ kind, file, line, ...of, ...(text !== undefined && { exact: excerpt(text) }), reason });
  }

  #take<T>(shape: Shape<T>, { row, file, line }: Placed): T | undefined {
    return take(shape, row, { file, line }, this.input.losses);
  }

  #question(placed: Placed, context: string): void {
    const { file, line } = placed;
    const title = this.#take(ROW, placed)?.title;
    const question = this.#take(QUESTION, placed);
    // SQuAD as `datasets` has it says "no answer" by empty lists.
    const said = question?.answers;
    const impossible = fields.fits(placed.row["answers"]) && Array.isArray(said) && said.length === 0;
    this.paragraphs.push({
      ...{ file, line, at: "row", context },
      questions: [question && (impossible ? { ...question, is_impossible: true } : question)],
      ...(title !== undefined && { title }),
    });
  }

  /** Names of tags that a file lists, whether or not they occur. */
  #listTags({ types }: Placed, { tags }: Of<"own" | "tokens">): void {
    const column = tags?.name ?? "ner_tags";
    // The rows of a file share what it says of its columns.
    if (this.#tagsListed?.types === types && this.#tagsListed.column === column) return;
    this.#tagsListed = { types, column };
    for (const label of this.#classes(types, column, SPAN_TASK) ?? []) {
      if (label !== undefined && label !== "O") this.names[SPAN_TASK].add(labelOfTag(label));
    }
  }

  #own(placed: Placed, shape: Of<"own">): void {
    const { row, file, line } = placed;
    const { text } = shape;
    this.#listTags(placed, shape);
    this.documents.push({
      ...{ ...UNLABELLED, file, line, ...placeIn(row["id"]), text, kind: "excerpt" },
      layers: layersByKind({
        spans: this.#spans(placed, text, "spans"),
        rejected: ofTask(SPAN_TASK, this.#spans(placed, text, "rejected")),
        reviewed: [{ start: 0, end: text.length }],
      }),
    });
  }

  #tokens(placed: Placed, shape: Of<"tokens">): void {
    const { row, file, line } = placed;
    const { value: tokens } = shape.tokens;
    this.#take(TEXT_OF_TOKENS, placed);
    this.#listTags(placed, shape);
    const tags = shape.tags === undefined ? [] : this.tags.of(placed, shape.tags, tokens);
    if (tags.length !== tokens.length) {
      this.#report(placed, "dropped", `${tokens.length} tokens and ${tags.length} tags`, SPAN_TASK);
      return;
    }
    const { text: joined, words } = joinWords([tokens]);
    const { entities, problems } = decodeTags(tags, this.scheme);
    for (const { index, reason } of problems) this.#report(placed, "assumed", reason, SPAN_TASK, tokens[index]);
    // −1 is "unknown" in `datasets`, which is not "outside"; nor is a number that nothing names.
    const known = !tags.includes("") && !(shape.tags !== undefined && this.tags.unnamed(placed, shape.tags));
    this.documents.push({
      ...{ ...UNLABELLED, file, line, ...placeIn(row["id"]), text: joined, kind: "tokens", words: words[0]! },
      layers: layersByKind({
        spans: entities.map(({ first, last, label }): Label => {
          const span = { start: words[0]![first]!.start, end: words[0]![last]!.end };
          return { ...span, label, exact: joined.slice(span.start, span.end), line };
        }),
        reviewed: known ? [{ start: 0, end: joined.length }] : [],
      }),
    });
  }

  /** A text with classes, spans, or both. */
  #text(placed: Placed, { text: { value: text }, spans, classes: found, lost }: Of<"text">): void {
    const { row, file, line, types } = placed;
    if (lost !== undefined) this.#report(placed, "dropped", lost, SPAN_TASK, String(row[spans?.name ?? ""]));
    const rest = { ...UNLABELLED, file, line, ...placeIn(row["id"]), text, kind: "excerpt" } as const;
    for (const label of (found && this.#classes(types, found.name, CLASSES)) ?? [])
      if (label !== undefined) this.names[CLASSES].add(label);
    const odd = spans === undefined && found === undefined ? labelColumn(row, this.chosen) : undefined;
    if (odd !== undefined && !isEmptyList(row[odd])) {
      const reason = `"${odd}" is ${typeName(row[odd])}, and neither a label, nor labels, nor spans with a start, an end and a label`;
      this.#report(placed, "dropped", reason, CLASSES);
      return;
    }
    const said = this.#take(ROW, placed);
    const by = said === undefined ? {} : flatProvenanceOf(said);
    const own = found && classNamesIn(types[found.name]);
    const exact = { start: 0, end: text.length, exact: text };
    // Rows of ours say of each class who decided.
    const ours = ownClasses(row) ? this.#take(CLASS_LIST, placed)?.classes : undefined;
    const listed = ours?.map((one): Label => ({ ...exact, label: one.label, line, ...flatProvenanceOf(one) }));
    const classes =
      listed ??
      (found?.value ?? []).flatMap((value): Label[] => {
        if (value === -1 || value === "") return [];
        const at = { file, line };
        const label = typeof value === "string" ? value : this.labels.name(value, CLASSES, at, () => text, own);
        return [{ ...exact, label, line, ...by }];
      });
    const labels = spans === undefined ? [] : this.#listed(placed, text, spans);
    this.documents.push({ ...rest, layers: layersByKind({ classes, spans: labels }) });
  }

  /** Spans of a text, whatever their fields are called. */
  #listed(placed: Placed, text: string, { name, value }: Found<SpanList>): Label[] {
    const { file, line, types } = placed;
    const { spans, odd } = value;
    const own = classNamesIn(types[name]);
    for (const item of odd)
      this.#report(
        placed,
        "dropped",
        `in "${name}": ${excerpt(JSON.stringify(item))} is no span with a label`,
        SPAN_TASK,
      );
    const map = new OffsetMap(text);
    return spans.flatMap(({ label: said, ...given }): Label[] => {
      const at = { file, line };
      const label = typeof said === "string" ? said : this.labels.name(said, SPAN_TASK, at, () => text, own);
      const place = { task: SPAN_TASK, label, ...at };
      const span = spanIn(text, map, given, this.unit, this.input.options.misaligned, place, this.input.losses);
      return span === undefined ? [] : [{ ...span, label, line }];
    });
  }

  /** Spans of words, the last included: GLiNER's. */
  #tokenSpans(placed: Placed, shape: Of<"tokenSpans">): void {
    const { file, line, row } = placed;
    const { value: tokens } = shape.tokens;
    const { spans, odd } = shape.spans.value;
    const { text, words } = joinWords([tokens]);
    const at = words[0]!;
    const lost = (item: unknown): void =>
      this.#report(
        placed,
        "dropped",
        `${excerpt(JSON.stringify(item))} is no span of its ${tokens.length} words`,
        SPAN_TASK,
      );
    odd.forEach(lost);
    const labels = spans.flatMap((item): Label[] => {
      const [first, last] = [at[item.start], at[item.end]];
      if (first === undefined || last === undefined || item.end < item.start) {
        lost(item);
        return [];
      }
      const span = { start: first.start, end: last.end };
      return [{ ...span, exact: text.slice(span.start, span.end), label: String(item.label), line }];
    });
    const rest = { ...UNLABELLED, file, line, ...placeIn(row["id"]), text, kind: "tokens", words: at } as const;
    this.documents.push({ ...rest, layers: layersByKind({ spans: labels }) });
  }

  #classes(types: Placed["types"], name: string, task: Task): NumberNames | undefined {
    return this.labels.of(task, classNamesIn(types[name]));
  }

  #spans(placed: Placed, text: string, field: "spans" | "rejected"): Label[] {
    const map = new OffsetMap(text);
    const { path } = placeIn(placed.row["id"]);
    const found = this.#take(object({ [field]: SPANS }), placed)?.[field] ?? [];
    return found.flatMap((value): Label[] => {
      const { label } = value;
      const about = { task: SPAN_TASK, label, file: placed.file, line: placed.line } as const;
      const place = { ...about, ...(path !== undefined && { document: path }) };
      const given = { start: toNumber(value.start), end: toNumber(value.end) };
      const span = spanIn(text, map, given, this.unit, this.input.options.misaligned, place, this.input.losses);
      return span === undefined ? [] : [{ ...span, label, line: placed.line, ...flatProvenanceOf(value) }];
    });
  }
}
