/**
 * WebAnno TSV 3.3, INCEpTION's format of tokens with layers: a file a document, offsets in UTF-16 code units of UTF-8 text. Entities only: a
 * layer that a project does not have makes INCEpTION refuse the file, and `NamedEntity` is in every project. Rules from INCEpTION's
 * `webannotsv.adoc`, `Tsv3XSerializer.java` and `Tsv3XCasDocumentBuilder.java`.
 */
import { attributesInOrder } from "../../../documents/attributes";
import type { DecidedLabel, DecidedRelation, Details } from "../../../documents/labelled";
import { joined } from "../../../documents/relations";
import { addTo, append } from "../../../text/grouped";
import { firstIndex } from "../../../text/search";
import type { Span } from "../../../text/span";
import { NAMED_ENTITY } from "../../codecs/dkpro-types";
import type { LabelledDocument } from "../../document";
import { inOrder } from "../../codecs/in-order";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { relationLosses } from "../../lost-relations";
import { SPANS } from "../../../documents/tasks";
import type { DatasetFormat } from "../../format";
import { safePath } from "../../writing/writable";
import { decisionLosses } from "../../writing/unheld";
import { readWebannoTsv } from "./read";
import { escapeText, escapeValue } from "./escapes";
import { plainWords } from "../../../text/words";
import { CheckedOffsets } from "../../../text/checked-offsets";
import type { Output } from "../../writing/output";

/** A token or a part of one, and the annotations on it. */
interface Unit extends Span {
  readonly on: Placed[];
}

interface Token extends Unit {
  readonly parts: Unit[];
}

interface Placed {
  readonly item: DecidedLabel;
  readonly units: Unit[];
  id?: number;
}

/** Tokens by sentence; text between sentences makes sentences of its own, since the format keeps no other text. */
function sentencesOf({ text, sentences }: LabelledDocument): Token[][] {
  const regions: LabelledDocument["sentences"][number][] = [];
  let from = 0;
  for (const sentence of sentences) {
    regions.push({ start: from, end: sentence.start }, sentence);
    from = sentence.end;
  }
  regions.push({ start: from, end: text.length });
  return regions
    .map((region) => (region.words ?? plainWords(text, region)).map((word) => ({ ...word, on: [], parts: [] })))
    .filter((tokens) => tokens.length > 0);
}

/** The tokens a span shares text with; tokens are in order. */
function touched(tokens: readonly Token[], span: Span): Token[] {
  const first = firstIndex(tokens, ({ end }) => end > span.start);
  let end = first;
  while (end < tokens.length && tokens[end]!.start < span.end) end++;
  return tokens.slice(first, end);
}

/** What UIMA takes for the name of a feature, and WebAnno has no other meaning for. */
const isColumn = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !/^(?:value|label|sofa|begin|end|ROLE_.*|BT_.*)$/.test(name);

/** The relation layer, called as INCEpTION calls those that its users make. */
const RELATION_LAYER = "webanno.custom.Relation";

/** Tokens of a sentence and their parts in the order of their lines, with what each is called. */
function addressed(sentence: readonly Token[], number: number): (readonly [id: string, unit: Unit])[] {
  return sentence.flatMap((token, position) => {
    const id = `${number}-${position + 1}`;
    const parts = [...token.parts].sort((a, b) => a.start - b.start || a.end - b.end);
    return [[id, token] as const, ...parts.map((unit, part) => [`${id}.${part + 1}`, unit] as const)];
  });
}

/** Names of attributes that can be columns, sorted. @param odd is told of each that cannot */
function columnNames<T extends Details>(items: readonly T[], odd: (item: T, name: string) => void): string[] {
  const names = new Set<string>();
  for (const item of items)
    for (const [name] of attributesInOrder(item.attributes))
      if (isColumn(name)) names.add(name);
      else odd(item, name);
  return [...names].sort();
}

class DocumentWriter {
  readonly losses: Loss[] = [];
  readonly #sentences: Token[][];
  readonly #offsets: CheckedOffsets;
  /** The further columns. */
  #features: readonly string[] = [];
  #relationFeatures: readonly string[] = [];
  /** Relations by where their targets begin; undefined: there is none. */
  #related: Map<Unit, { readonly item: DecidedRelation; readonly source: string }[]> | undefined;

  constructor(private readonly document: LabelledDocument) {
    this.#sentences = sentencesOf(document);
    this.#offsets = new CheckedOffsets(document, "utf16");
  }

  #report(kind: Loss["kind"], span: Span, reason: string, label?: string): void {
    const { path, text } = this.document;
    const at = { start: span.start, end: span.end };
    const exact = excerpt(text.slice(span.start, span.end));
    const of = { document: path, task: SPANS, span: at, ...(label !== undefined && { label }) } as const;
    this.losses.push({ kind, ...of, exact, reason });
  }

  /** Part of a token, shared by annotations on the same part. */
  #part(token: Token, start: number, end: number): Unit {
    const known = token.parts.find((part) => part.start === start && part.end === end);
    if (known !== undefined) return known;
    const made = { start, end, on: [] };
    token.parts.push(made);
    return made;
  }

  #place(item: DecidedLabel, tokens: readonly Token[]): Placed | undefined {
    const inside = touched(tokens, item);
    const [first, last] = [inside[0], inside.at(-1)];
    if (first === undefined || last === undefined) {
      this.#report("dropped", item, "covers no word, only white space or invisible characters", item.label);
      return undefined;
    }
    const start = Math.max(item.start, first.start);
    const end = Math.min(item.end, last.end);
    if (start !== item.start || end !== item.end)
      this.#report(
        "trimmed",
        item,
        "white space or invisible characters at its ends are no part of a token",
        item.label,
      );
    const units = inside.map((token) => {
      const [from, to] = [Math.max(start, token.start), Math.min(end, token.end)];
      return from === token.start && to === token.end ? token : this.#part(token, from, to);
    });
    return { item, units };
  }

  /** The file; undefined if there is no token. */
  write(): string | undefined {
    const { text, layers } = this.document;
    const tokens = this.#sentences.flat();
    const [first] = tokens;
    if (first === undefined) {
      append(this.losses, decisionLosses(this.document, [SPANS], "there is no word in the document"));
      const { path, relations = [] } = this.document;
      append(this.losses, relationLosses(relations, { document: path }, "there is no word in the document"));
      return undefined;
    }
    if (!/^ *$/.test(text.slice(0, first.start)))
      this.#report(
        "dropped",
        { start: 0, end: first.start },
        "text before the first token becomes blanks; offsets stay",
      );
    const placed = inOrder(layers[SPANS].labels).flatMap((item) => this.#place(item, tokens) ?? []);
    for (const one of placed) for (const unit of one.units) unit.on.push(one);
    let ids = 0;
    for (const one of placed) {
      if (one.units.length > 1 || one.units[0]!.on.length > 1) one.id = ++ids;
    }
    this.#features = this.#featuresIn(placed.map(({ item }) => item));
    const sentences = this.#sentences.map((sentence, index) => addressed(sentence, index + 1));
    this.#relate(placed, new Map(sentences.flat().map(([id, unit]) => [unit, id])));
    const lines = [
      "#FORMAT=WebAnno TSV 3.3",
      `#T_SP=${[NAMED_ENTITY, "value", ...this.#features].join("|")}`,
      ...(this.#related === undefined
        ? []
        : [`#T_RL=${[RELATION_LAYER, "value", ...this.#relationFeatures, `BT_${NAMED_ENTITY}`].join("|")}`]),
      "",
    ];
    for (const [index, sentence] of this.#sentences.entries()) {
      const next = this.#sentences[index + 1]?.[0]!.start;
      const whole = text.slice(sentence[0]!.start, next);
      // A line's end and blanks before the next sentence follow from its offsets; all else has to be in a sentence to be kept.
      const kept = next === undefined ? whole : whole.replace(/\n *$/, "");
      lines.push("");
      for (const line of kept.split("\n")) lines.push(`#Text=${escapeText(line)}`);
      for (const [id, unit] of sentences[index]!) lines.push(this.#line(id, unit));
    }
    return `${lines.join("\n")}\n`;
  }

  /** Names of attributes that can be columns. What cannot be one is listed. */
  #featuresIn(items: readonly DecidedLabel[]): string[] {
    return columnNames(items, (item, name) =>
      this.#report("trimmed", item, `its attribute "${excerpt(name)}": that is no name for a column`, item.label),
    );
  }

  /** Notes each relation where its target begins. */
  #relate(placed: readonly Placed[], addresses: ReadonlyMap<Unit, string>): void {
    const { path, relations = [] } = this.document;
    const byId = new Map(placed.map((one) => [one.item.id, one]));
    const { kept, loose } = joined(relations, byId);
    append(this.losses, relationLosses(loose, { document: path }, "a label that it joins is on no word"));
    if (kept.length === 0) return;
    this.#related = new Map();
    this.#relationFeatures = columnNames(kept, (item, name) => {
      const reason = `the attribute "${excerpt(name)}" of a relation: that is no name for a column`;
      this.losses.push({ kind: "trimmed", document: path, label: item.type, reason });
    });
    for (const item of kept) {
      const [from, to] = [byId.get(item.from)!, byId.get(item.to)!];
      const numbers = from.id === undefined && to.id === undefined ? "" : `[${from.id ?? 0}_${to.id ?? 0}]`;
      const source = `${addresses.get(from.units[0]!)!}${numbers}`;
      addTo(this.#related, to.units[0]!, [{ item, source }]);
    }
  }

  /** The cells of the relations that end on a word. */
  #relationCells(unit: Unit): string[] {
    if (this.#related === undefined) return [];
    const here = this.#related.get(unit) ?? [];
    const cell = (value: (one: (typeof here)[number]) => string): string =>
      here.length === 0 ? "_" : here.map(value).join("|");
    const features = this.#relationFeatures.map((name) =>
      cell(({ item }) => {
        const said = new Map(attributesInOrder(item.attributes)).get(name);
        return said === undefined ? "*" : escapeValue(said);
      }),
    );
    return [cell(({ item }) => escapeValue(item.type)), ...features, cell(({ source }) => source)];
  }

  #line(id: string, unit: Unit): string {
    const { start, end } = this.#offsets.span(unit);
    const cells = [undefined, ...this.#features].map((name) => {
      const values = unit.on.map(({ item, id: number }) => {
        const said = name === undefined ? item.label : new Map(attributesInOrder(item.attributes)).get(name);
        return (said === undefined ? "*" : escapeValue(said)) + (number === undefined ? "" : `[${number}]`);
      });
      return values.length === 0 ? "_" : values.join("|");
    });
    // INCEpTION ends a line with a tab.
    const all = [...cells, ...this.#relationCells(unit)];
    return `${id}\t${start}-${end}\t${this.document.text.slice(start, end)}\t${all.join("\t")}\t`;
  }
}

/** Writes a file a document. */
function write(document: LabelledDocument, out: Output): void {
  if (document.layers[SPANS].labels.length + document.layers[SPANS].reviewed.length === 0) return;
  const name = out.unique(`${out.split}/${safePath(document.path)}`);
  const writer = new DocumentWriter(document);
  const file = writer.write();
  out.report(writer.losses);
  if (file === undefined) return;
  out.file(`${name}.tsv`, file);
  out.count(out.split);
}

/** The format. */
export const webannoTsv: DatasetFormat = {
  title: "WebAnno TSV 3.3",
  holds: {
    tasks: [SPANS],
    rejected: [],
    provenance: false,
    reviewed: "none",
    attributes: true,
    relations: true,
    overlaps: true,
    severalClasses: false,
    paths: true,
    words: true,
    surrogates: "replaced",
  },
  extensions: ["tsv"],
  write,
  read: readWebannoTsv,
  signs: [
    {
      name: /\.(?:tsv|txt)$/i,
      has: [/^#FORMAT=WebAnno TSV 3/],
      confidence: 1,
      says: "begins with WebAnno's format line",
    },
  ],
};
