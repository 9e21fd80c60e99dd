/** One document of brat: its lines, and what `glossator.json` adds. */
import { THERE } from "../../../documents/attributes";
import type { Details, ExactSpan, Provenance } from "../../../documents/labelled";
import { addTo, append } from "../../../text/grouped";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import type { Attribute, Joining, Note, TextBound } from "./lines";
import { ANSWER_TYPE, NOTES, oneLine, PROVENANCE, RELATIONS, SENTENCE_TYPE, SENTIMENT, SIDECAR } from "./names";
import type { Pair } from "./pairs";
import { Joined } from "./relations";
import { labelOf, own } from "./sidecar";
import type { Sidecar } from "./sidecar";
import { countedTexts, fitting, quoted } from "./text";
import type { CountedText } from "./text";
import { DocumentBuilder } from "../../reading/builder";
import { isRow, stringIn } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { take } from "../../reading/shape";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { readLineEnds, UnixText, withLineEnds } from "../../../text/newlines";
import { ATTRIBUTES, attributesOf } from "../../codecs/attributes";
import { readProvenance } from "../../codecs/provenance";
import type { ReadDocument, ReaderOptions } from "../../format";
import { spanIn, unitName } from "../../reading/units";
import { CLASSES, QUESTIONS, SPANS, isTask } from "../../../documents/tasks";
import type { Task } from "../../../documents/tasks";

/** What brat, by Python's `str.splitlines`, takes for the end of a line, and is no white space here. */
const LINE_ENDS = new RegExp(`[\\u0085${String.fromCharCode(0x1c, 0x1d, 0x1e)}]+`, "g");

/** Reads the labels, relations, questions and rejections of one pair. */
export class DocumentReader {
  readonly #document: DocumentBuilder;
  readonly #text: string;
  readonly #final: UnixText;
  readonly #way: CountedText;
  /** As `glossator.json` counts. */
  readonly #keptWay: CountedText;
  readonly #kept: Row;
  readonly #path: string | undefined;
  #joined: Joined | undefined;

  constructor(
    private readonly pair: Pair,
    private readonly sidecar: Sidecar,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    const key = pair.base.startsWith(sidecar.root) ? pair.base.slice(sidecar.root.length) : pair.base;
    const kept = own(sidecar.documents, key);
    this.#kept = isRow(kept) ? kept : {};
    this.#path = stringIn(this.#kept, "path");
    const texts = pair.lines.filter((line): line is TextBound & { file: string } => line.kind === "text");
    const ways = countedTexts(pair.raw, pair.mark);
    const scores = ways.map((way) => (ways.length === 1 ? 1 : fitting(way, texts, unit)));
    this.#way = ways[scores.indexOf(Math.max(...scores))]!;
    const ends = readLineEnds(this.#kept["lineEnds"]);
    const unix = new UnixText(pair.raw).text;
    this.#keptWay = unix === pair.raw ? ways[0]! : countedTexts(unix, pair.mark)[0]!;
    this.#text = (ends === undefined ? undefined : withLineEnds(unix, ends)) ?? pair.raw;
    this.#final = new UnixText(this.#text);
    const { file } = pair.lines[0] ?? { file: `${pair.base}.ann` };
    const path = this.#path ?? `${pair.base}.txt`;
    this.#document = new DocumentBuilder({ path, text: this.#text, kind: "whole", file });
  }

  #place(line: { readonly file: string; readonly line: number }): Pick<Loss, "document" | "file" | "line"> {
    return { ...(this.#path !== undefined && { document: this.#path }), file: line.file, line: line.line };
  }

  /** A span of the counted text in the text that is given back. */
  #moved({ start, end }: Span): ExactSpan {
    const at = (offset: number): number => this.#final.fromUnix(this.#way.toUnix(offset));
    return { start: at(start), end: at(end), exact: this.#text.slice(at(start), at(end)) };
  }

  #span(line: TextBound & { readonly file: string }, task: Task, label: string): ExactSpan | undefined {
    const place = { ...this.#place(line), task, label };
    const parts = quoted(line, this.unit);
    if (parts === undefined) {
      const reason = `the text it quotes is shorter than its ${unitName(this.unit)}`;
      this.losses.push({ kind: "dropped", ...place, exact: excerpt(line.text), reason });
      return undefined;
    }
    const { text, map } = this.#way;
    const { misaligned } = this.options;
    const found = parts.flatMap((part) => spanIn(text, map, part, this.unit, misaligned, place, this.losses) ?? []);
    if (found.length === 0) return undefined;
    const inText = [...found].sort((a, b) => a.start - b.start);
    const span = this.#moved({
      start: inText[0]!.start,
      end: inText.reduce((last, { end }) => Math.max(last, end), 0),
    });
    const gaps = inText.slice(1).map(({ start }, index) => text.slice(inText[index]!.end, start));
    if (gaps.some((gap) => gap.replace(LINE_ENDS, "").trim() !== "")) {
      if (misaligned === "refuse") {
        const pieces = found.map(({ exact }) => JSON.stringify(excerpt(exact))).join(" and ");
        const reason = `it is ${pieces}, with other text between them: a label here is of one piece (--misaligned snap takes it from the first to the last)`;
        this.losses.push({ kind: "dropped", ...place, exact: excerpt(span.exact), reason });
        return undefined;
      }
      const reason = `${found.length} pieces with other text between them: labelled from the first to the last`;
      this.losses.push({
        kind: "merged",
        ...place,
        span: { start: span.start, end: span.end },
        exact: excerpt(span.exact),
        reason,
      });
    }
    return span;
  }

  #label(line: TextBound & { readonly file: string }, attributes: readonly Attribute[], notes: readonly Note[]): void {
    const details = this.#noted(line, notes);
    const by = readProvenance(details);
    const visible = notes.filter(({ type }) => type !== PROVENANCE);
    const shown = visible.find(({ type }) => type === NOTES);
    const { type } = line;
    const feeling = attributes.find((attribute) => attribute.type === SENTIMENT)?.value;
    const question = type === ANSWER_TYPE && shown !== undefined && shown.text.trim() !== "" ? shown.text : undefined;
    const used: readonly unknown[] = question === undefined ? [] : [shown];
    for (const { id, type: kind, text } of visible.filter((item) => !used.includes(item))) {
      this.losses.push({
        kind: "dropped",
        ...this.#place(line),
        exact: excerpt(text),
        reason: `${kind} ${id}: a note on a label has no place here`,
      });
    }
    const beside = attributes.filter((one) => type !== SENTENCE_TYPE || one.type !== SENTIMENT);
    if (question !== undefined) {
      this.#answer(line, question, isRow(details) ? details : {}, by);
      this.#loseAttributes(line, beside, "has no place on an answer");
      return;
    }
    const [task, name] =
      type === SENTENCE_TYPE && feeling !== undefined ? ([CLASSES, feeling] as const) : ([SPANS, type] as const);
    const label = labelOf(this.sidecar, task, name);
    const span = this.#span(line, task, label);
    if (span === undefined) this.#loseAttributes(line, beside, "is of a label that was not taken");
    else {
      const says = this.#attributes(line, beside, this.#attributesKept(line, details));
      const called = this.#joined?.names(line.id) === true ? { id: line.id } : {};
      this.#document.label(task, { ...span, ...called, label, ...by, ...says, line: line.line });
    }
  }

  /** The attributes that a note of ours keeps. */
  #attributesKept(
    line: { readonly file: string; readonly line: number },
    details: unknown,
  ): readonly (readonly [string, unknown])[] {
    return (isRow(details) && take(ATTRIBUTES, details["attributes"], line, this.losses, "attributes")) || [];
  }

  /** What a note of ours says, as JSON. */
  #noted(line: { readonly file: string; readonly line: number }, notes: readonly Note[]): unknown {
    const note = notes.find(({ type }) => type === PROVENANCE)?.text;
    try {
      return note === undefined ? undefined : JSON.parse(note);
    } catch {
      this.losses.push({
        kind: "dropped",
        ...this.#place(line),
        reason: `its ${PROVENANCE} note is not JSON: who decided is not known`,
      });
      return undefined;
    }
  }

  /** What a label says besides: its `A` lines, before what a note keeps, since these can be seen and edited in brat. */
  #attributes(
    line: { readonly file: string; readonly line: number },
    lines: readonly Attribute[],
    kept: readonly (readonly [string, unknown])[],
  ): Pick<Details, "attributes"> {
    const said = new Map(kept);
    const first = new Map(lines.toReversed().map((one) => [one.type, one]));
    const again = lines.filter((one) => first.get(one.type) !== one);
    this.#loseAttributes(line, again, "is there already, and a label has one value of each");
    for (const [type, { value = THERE }] of first) said.set(type, value);
    return attributesOf(said, (reason) => this.losses.push({ kind: "dropped", ...this.#place(line), reason }));
  }

  #loseAttributes(line: { readonly file: string }, attributes: readonly Attribute[], why: string): void {
    for (const { id, type, line: at } of attributes) {
      const reason = `${id}: the attribute ${type} ${why}`;
      this.losses.push({ kind: "dropped", ...this.#place({ file: line.file, line: at }), reason });
    }
  }

  #answer(line: TextBound & { readonly file: string }, shown: string, details: Row, by: Provenance): void {
    const span = this.#span(line, QUESTIONS, "answer");
    const full = stringIn(details, "question");
    // The note is what a person may have edited in brat since.
    const question = full !== undefined && oneLine(full) === oneLine(shown) ? full : shown;
    const id = stringIn(details, "id");
    const key = id === undefined ? question : `id ${id}`;
    const named = { ...(id !== undefined && { id }), question };
    const asked = this.#document.question(key, { ...named, ...by, line: line.line });
    const index = typeof details["answer"] === "number" ? details["answer"] : Infinity;
    if (span !== undefined) asked.answer(span, index);
  }

  /** A span of `glossator.json`: code points of the file as brat counts them. */
  #pair(value: unknown, what: string): ExactSpan[] {
    if (!Array.isArray(value) || value.length !== 2) return [];
    const [start, end] = value.map(Number) as [number, number];
    const place = { file: `${this.sidecar.root}${SIDECAR}`, ...(this.#path !== undefined && { document: this.#path }) };
    const { text, map, toUnix } = this.#keptWay;
    const lost: Loss[] = [];
    const found = spanIn(text, map, { start, end }, "codepoint", this.options.misaligned, place, lost);
    append(
      this.losses,
      lost.map((loss) => ({ ...loss, reason: `${what}: ${loss.reason}` })),
    );
    if (found === undefined) return [];
    const [from, to] = [this.#final.fromUnix(toUnix(found.start)), this.#final.fromUnix(toUnix(found.end))];
    return [{ start: from, end: to, exact: this.#text.slice(from, to) }];
  }

  #list(name: string): Row[] {
    const value = this.#kept[name];
    return Array.isArray(value) ? value.filter(isRow) : [];
  }

  #keptQuestions(): void {
    for (const row of this.#list("questions")) {
      const list = (name: string): unknown[] => (Array.isArray(row[name]) ? (row[name] as unknown[]) : []);
      const id = stringIn(row, "id");
      const question = stringIn(row, "question");
      const plausible = list("plausible").flatMap((pair) => this.#pair(pair, "a plausible answer"));
      const key = `id ${id ?? question ?? ""}`;
      const known = this.#document.has(key);
      if (!known && question === undefined) continue;
      const named = { ...(id !== undefined && { id }), question: question ?? "" };
      const asked = this.#document.question(key, { ...named, ...readProvenance(row) });
      for (const span of plausible) asked.plausible(span);
      const said = row["answers"];
      if (!known && Array.isArray(said) && said.length === 0) asked.none();
      for (const item of list("answers")) {
        const [index, ...pair] = Array.isArray(item) ? (item as unknown[]) : [];
        for (const span of this.#pair(pair, "an answer")) asked.answer(span, Number(index));
      }
    }
  }

  #rejections(): void {
    for (const row of this.#list("rejected")) {
      const { task, label, question } = row;
      if (!isTask(task) || typeof label !== "string") continue;
      const of = typeof question === "string" ? { question } : {};
      for (const span of this.#pair(row["span"], "a rejected label"))
        this.#document.reject(task, { label, ...span, ...of, ...readProvenance(row) });
    }
  }

  /** What a note of ours keeps of a line; what it says that is no note of ours is told of. */
  #ofRelation(
    line: Joining & { readonly file: string },
    attributes: readonly Attribute[],
    notes: readonly Note[],
  ): Details {
    const kept = this.#noted(line, notes);
    for (const { id, type, text } of notes.filter((one) => one.type !== PROVENANCE))
      this.losses.push({
        kind: "dropped",
        ...this.#place(line),
        exact: excerpt(text),
        reason: `${type} ${id}: a note on a relation has no place here`,
      });
    return { ...readProvenance(kept), ...this.#attributes(line, attributes, this.#attributesKept(line, kept)) };
  }

  read(): ReadDocument {
    const attributes = new Map<string, Attribute[]>();
    const notes = new Map<string, Note[]>();
    const joined = new Joined(this.pair.lines, (line, reason, of = {}) =>
      this.losses.push({ kind: "dropped", ...this.#place(line), ...of, reason }),
    );
    this.#joined = joined;
    for (const line of this.pair.lines) {
      if (line.kind === "attribute") addTo(attributes, joined.labelOf(line.target), [line]);
      else if (line.kind === "note") addTo(notes, joined.labelOf(line.target), [line]);
      else if (line.kind === "normalization")
        this.losses.push({
          kind: "dropped",
          ...this.#place(line),
          label: line.type,
          reason: `${line.id}: a ${line.kind} has no place here`,
        });
    }
    const takeFor = (id: string): readonly [readonly Attribute[], readonly Note[]] => {
      const found = [attributes.get(id) ?? [], notes.get(id) ?? []] as const;
      attributes.delete(id);
      notes.delete(id);
      return found;
    };
    for (const line of this.pair.lines) if (line.kind === "text") this.#label(line, ...takeFor(line.id));
    const relations = joined.relations(
      (type) => labelOf(this.sidecar, RELATIONS, type),
      (line) => this.#ofRelation(line, ...takeFor(line.id)),
    );
    for (const relation of relations) this.#document.relate(relation);
    const rest = [...attributes.values(), ...notes.values()].flat() as ((Attribute | Note) & { file: string })[];
    for (const line of rest) {
      const reason = `${line.id}: it is of ${line.target}, which is no label or relation here`;
      this.losses.push({ kind: "dropped", ...this.#place(line), reason });
    }
    this.#keptQuestions();
    const said = this.#kept["reviewed"];
    const reviewed = Array.isArray(said) ? said.flatMap((pair) => this.#pair(pair, "a reviewed stretch")) : [];
    for (const span of reviewed) this.#document.review(span);
    this.#rejections();
    return this.#document.build(this.losses);
  }
}
