/** Reads WebAnno TSV 3.2 and 3.3, our own and INCEpTION's. */
import { layersByKind } from "../../../documents/layers";
import type { Details, Label, Relation } from "../../../documents/labelled";
import { withRelations } from "../../../documents/relations";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import { addTo } from "../../../text/grouped";
import { attributesOf } from "../../codecs/attributes";
import { NAMED_ENTITY, notLabels } from "../../codecs/dkpro-types";
import { UNLABELLED } from "../../reading/builder";
import { pathsWith } from "../../reading/bytes";
import { reader, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { SPANS } from "../../../documents/tasks";
import type { Loss } from "../../losses";
import type { ReadDocument, ReaderOptions } from "../../format";
import { SPLITS } from "../../splits";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";
import { cellValues, unescapeValue } from "./escapes";
import { relationLayers, relationsNamed, relationsOn } from "./relations";
import type { OnWord, RelationLayer } from "./relations";
import { webannoFile } from "./sentences";
import type { WebannoColumn, WebannoFile, WebannoSentence, WebannoUnit } from "./sentences";

/** More blanks between two sentences than this are a fault of the file, and no text. */
const MOST_BLANKS = 100_000;

/** A file of INCEpTION's project export names document and annotator in its path. */
const EXPORTED = /(?:^|\/)(?:annotation|curation)\/([^/]+)\/([^/]+)\.tsv$/i;
const SPLIT = new RegExp(`^(?:${SPLITS.join("|")})/`);

function documentOf(file: string): { readonly path: string; readonly author?: string } {
  const [, path, author] = EXPORTED.exec(file) ?? [];
  if (path !== undefined && author !== undefined) return { path, author };
  return { path: file.replace(/\.tsv$/i, "").replace(SPLIT, "") };
}

const shortName = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

/** Which column has the label of each layer that has labels. */
function labelColumns(columns: readonly WebannoColumn[]): Map<number, WebannoColumn> {
  const found = new Map<number, WebannoColumn>();
  for (const type of new Set(columns.map((column) => column.type))) {
    const mine = [...columns.entries()].filter(([, column]) => column.type === type && column.kind === "span");
    const slots = mine.some(([, { feature }]) => feature?.startsWith("ROLE_"));
    if (mine.length === 0 || slots || (type !== NAMED_ENTITY && notLabels(type) !== undefined)) continue;
    const value = mine.find(([, { feature }]) => feature === "value" || feature === "label");
    const only = mine.length === 1 ? mine[0] : undefined;
    const chosen = value ?? only;
    if (chosen !== undefined) found.set(...chosen);
  }
  return found;
}

/** The further columns of layers that have labels, by their number, with that of the label's. */
function featureColumns(
  columns: readonly WebannoColumn[],
  labels: ReadonlyMap<number, WebannoColumn>,
): ReadonlyMap<number, number> {
  const byType = new Map([...labels].map(([index, { type }]) => [type, index]));
  return new Map(
    [...columns.entries()].flatMap(([index, { kind, type, feature }]): [number, number][] => {
      const label = byType.get(type);
      return kind === "span" && feature !== undefined && label !== undefined && label !== index ? [[index, label]] : [];
    }),
  );
}

type Made = { -readonly [K in keyof Label]: Label[K] };

/** One of the labels on a token, with its number; without a label it has no value. `begins`: not on a line before. */
interface OnToken {
  readonly id: string | undefined;
  readonly label: Made | undefined;
  readonly begins: boolean;
}

class FileReader {
  readonly #pieces: string[] = [];
  #length = 0;
  readonly #words: Span[] = [];
  readonly #sentences: Span[] = [];
  readonly #labels: Made[] = [];
  /** What each says besides. */
  readonly #said = new Map<Made, (readonly [name: string, value: string])[]>();
  /** Labels that go on over lines, by column and number. */
  readonly #open = new Map<string, Made>();
  readonly #others = new Map<string, number>();
  #layers: readonly RelationLayer[] = [];
  #related: ReadonlySet<string> = new Set();
  /** The labels of each layer on a word, by the word's id. */
  readonly #on = new Map<string, ReadonlyMap<string, readonly OnToken[]>>();
  /** Words on which relations end. */
  readonly #ending: WebannoUnit[] = [];
  /** Where the last sentence ended, as the file counts. */
  #counted: number | undefined;

  constructor(
    private readonly file: string,
    private readonly parsed: WebannoFile,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {}

  #append(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
  }

  /** What stands before a sentence: a line's end and blanks, or, before the first one, blanks. */
  #gap(sentence: WebannoSentence): void {
    const begin = sentence.units[0]!.start;
    const blanks = begin - (this.#counted ?? 0);
    if (blanks < 0 || blanks > MOST_BLANKS) {
      const reason =
        blanks < 0
          ? "it begins before the sentence before it ends"
          : `${blanks} characters before it are not in the file`;
      this.losses.push({
        kind: "snapped",
        file: this.file,
        line: sentence.line,
        reason: `${reason}: put on a line of its own`,
      });
      this.#append(this.#counted === undefined ? "" : "\n");
    } else if (blanks > 0) {
      this.#append(this.#counted === undefined ? " ".repeat(blanks) : `\n${" ".repeat(blanks - 1)}`);
    }
  }

  #sentence(
    sentence: WebannoSentence,
    labels: ReadonlyMap<number, WebannoColumn>,
    features: ReadonlyMap<number, number>,
  ): void {
    this.#gap(sentence);
    const { text, units } = sentence;
    const [at, begin] = [this.#length, units[0]!.start];
    const map = new OffsetMap(text);
    this.#append(text);
    this.#sentences.push({ start: at, end: this.#length });
    this.#counted = begin + map.length(this.unit);
    for (const unit of units) {
      const place = { file: this.file, line: unit.line, task: SPANS } as const;
      const span = { start: unit.start - begin, end: unit.end - begin, ...(unit.form !== "" && { exact: unit.form }) };
      // A part of no width is a place, and no label of ours can be on one.
      if (unit.start === unit.end && unit.cells.every((cell) => cellValues(cell).length === 0)) continue;
      const found = spanIn(text, map, span, this.unit, this.options.misaligned, place, this.losses);
      if (found === undefined) continue;
      const here = { start: at + found.start, end: at + found.end };
      if (!unit.part) this.#words.push(here);
      const on = new Map(
        [...labels].map(([index, column]) => [index, this.#cell(index, column, unit.cells[index]!, here, unit.line)]),
      );
      if (this.#layers.length > 0) this.#note(unit, on);
      for (const [index, column] of this.parsed.columns.entries()) {
        const cell = unit.cells[index]!;
        const label = features.get(index);
        if (label !== undefined) this.#feature(column, cell, on.get(label)!);
        else if (!labels.has(index) && !this.#related.has(column.type)) this.#other(column, cell);
      }
    }
  }

  /** Notes which labels are on a word, and those words on which relations end. */
  #note(unit: WebannoUnit, on: ReadonlyMap<number, readonly OnToken[]>): void {
    const byType = new Map<string, readonly OnToken[]>();
    for (const [index, list] of on) byType.set(this.parsed.columns[index]!.type, list);
    this.#on.set(unit.id, byType);
    if (this.#layers.some(({ base }) => cellValues(unit.cells[base]!).length > 0)) this.#ending.push(unit);
  }

  /** Once all labels are read. */
  #relations(): Relation[] {
    const called = new Map<Made, string>();
    const idOf = (label: Made | undefined): string | undefined => {
      if (label === undefined) return undefined;
      const id = called.get(label) ?? String(called.size + 1);
      called.set(label, id);
      label.id = id;
      return id;
    };
    const labels = (unit: string, layer: string): OnWord[] =>
      (this.#on.get(unit)?.get(layer) ?? []).map(({ id, label }) => ({ id, label: idOf(label) }));
    return this.#ending.flatMap((unit) =>
      this.#layers.flatMap((layer) =>
        relationsOn(layer, unit, labels, (reason) => {
          const what = `relations of ${layer.type}`;
          if (reason === undefined) this.#others.set(what, (this.#others.get(what) ?? 0) + 1);
          else this.losses.push({ kind: "dropped", file: this.file, line: unit.line, reason });
        }),
      ),
    );
  }

  #cell(index: number, column: WebannoColumn, cell: string, span: Span, line: number): OnToken[] {
    return cellValues(cell).map(({ raw, id }): OnToken => {
      const key = `${index} ${id ?? ""}`;
      const open = id === undefined ? undefined : this.#open.get(key);
      if (open !== undefined) {
        open.end = span.end;
        return { id, label: open, begins: false };
      }
      const named = raw !== "*";
      if (!named && column.feature !== undefined) {
        const reason = `a ${shortName(column.type)} without a value`;
        this.losses.push({ kind: "dropped", file: this.file, line, task: SPANS, reason });
        return { id, label: undefined, begins: true };
      }
      const label = named ? unescapeValue(raw) : shortName(column.type);
      const made = { start: span.start, end: span.end, exact: "", label, line };
      this.#labels.push(made);
      if (id !== undefined) this.#open.set(key, made);
      return { id, label: made, begins: true };
    });
  }

  /** What the labels on a token say besides; further lines of a label say the same again. */
  #feature(column: WebannoColumn, cell: string, on: readonly OnToken[]): void {
    const { feature = "" } = column;
    for (const [index, { raw, id }] of cellValues(cell).entries()) {
      const of = id === undefined ? on[index] : on.find((one) => one.id === id);
      if (raw === "*" || of?.begins === false) continue;
      if (of?.label === undefined) this.#other(column, raw);
      else addTo(this.#said, of.label, [[feature, unescapeValue(raw)]]);
    }
  }

  #attributes(label: Made): Pick<Details, "attributes"> {
    const { file } = this;
    const lose = (reason: string): void =>
      void this.losses.push({ kind: "dropped", file, ...(label.line !== undefined && { line: label.line }), reason });
    return attributesOf(this.#said.get(label) ?? [], lose);
  }

  #other(column: WebannoColumn, cell: string): void {
    const { kind, type, feature = "" } = column;
    const count =
      kind === "relation" ? relationsNamed(column, cell) : cellValues(cell).filter(({ raw }) => raw !== "*").length;
    if (count === 0) return;
    const what = kind === "span" ? `${feature} of ${type}` : `${kind}s of ${type}`;
    this.#others.set(what, (this.#others.get(what) ?? 0) + count);
  }

  read(): ReadDocument {
    const labels = labelColumns(this.parsed.columns);
    const features = featureColumns(this.parsed.columns, labels);
    this.#layers = relationLayers(this.parsed.columns, new Set([...labels.values()].map(({ type }) => type)));
    this.#related = new Set(this.#layers.map(({ type }) => type));
    for (const sentence of this.parsed.sentences) this.#sentence(sentence, labels, features);
    const text = this.#pieces.join("");
    const { path, author } = documentOf(this.file);
    const relations = this.#relations();
    for (const [what, count] of this.#others) {
      this.losses.push({
        kind: "dropped",
        document: path,
        file: this.file,
        reason: `${count} values: ${what} has no place here`,
      });
    }
    const by = author === undefined ? {} : { author };
    const spans = this.#labels.map((label) => ({
      ...label,
      exact: text.slice(label.start, label.end),
      ...by,
      ...this.#attributes(label),
    }));
    return {
      ...UNLABELLED,
      path,
      text,
      kind: "tokens",
      words: this.#words,
      sentences: this.#sentences,
      layers: layersByKind({ spans }),
      ...withRelations(relations.map((one) => ({ ...one, ...by }))),
      file: this.file,
    };
  }
}

function* samples(files: readonly Parsed[]): Generator<UnitSample> {
  for (const [, { sentences }] of files) {
    for (const { text, units } of sentences) {
      const begin = units[0]!.start;
      for (const { start, end, form, part } of units) {
        if (!part) yield { text, start: start - begin, end: end - begin, exact: form };
      }
    }
  }
}

type Parsed = readonly [file: string, parsed: WebannoFile];

function* filesIn(input: Input): Generator<Parsed> {
  const { files, losses } = input;
  for (const { file, text } of textsIn(input, pathsWith(files, "tsv", "txt"))) {
    const parsed = webannoFile(text, file, losses);
    if (parsed === undefined) continue;
    if (parsed.sentences.length > 0) yield [file, parsed];
    else losses.push({ kind: "dropped", file, line: 1, reason: "no sentence with a token" });
  }
}

/** Reads every file that begins with WebAnno's format line. Relations of other annotations than labels, chains, slots and linguistic layers are listed as losses. */
export const readWebannoTsv = reader<Parsed>(
  'No file begins with "#FORMAT=WebAnno TSV 3" and has sentences',
  (input) => ({
    parts: filesIn(input),
    units: ["utf16", "codepoint", "byte"],
    samples,
    documents: (files, unit) => ({
      documents: files.map(([file, parsed]) => new FileReader(file, parsed, unit, input.options, input.losses).read()),
    }),
  }),
);
