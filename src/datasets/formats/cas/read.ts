/** Reads UIMA CAS JSON: our own, that of dkpro-cassis, of INCEpTION and of UIMA's Java library. */
import type { ExactSpan, Provenance } from "../../../documents/labelled";
import { append } from "../../../text/grouped";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import { byPlace } from "../../../text/spans";
import {
  ANSWER,
  META,
  NAMED_ENTITY,
  notLabels,
  PROVENANCE,
  REJECTED,
  REVIEWED,
  SENTENCE,
  SENTIMENT,
  SOFA,
  TOKEN,
  VIEW,
} from "../../codecs/dkpro-types";
import { DocumentBuilder } from "../../reading/builder";
import { pathsWith, tooDeep, toNumber } from "../../reading/bytes";
import { typeName } from "../../reading/json-types";
import { fromList, jsonObjects } from "../../reading/json";
import type { Loss } from "../../losses";
import { PROVENANCE as SAID, provenanceOf } from "../../codecs/provenance";
import type { ReadDocument, ReaderOptions } from "../../format";
import {
  anything,
  anyText,
  either,
  fields,
  list,
  mapped,
  number,
  object,
  perhaps,
  record,
  take,
  text,
} from "../../reading/shape";
import type { Of, Shape } from "../../reading/shape";
import { reader, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { CLASSES, QUESTIONS, SPANS, isTask } from "../../../documents/tasks";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";
import type { Task } from "../../../documents/tasks";

/** A feature whose name may have a mark: of references, numbers or anchors. */
type Marked<Name extends string> = Name | `^${Name}` | `@${Name}` | `#${Name}`;

function marked<Name extends string, T>(name: Name, shape: Shape<T>): Readonly<Record<Marked<Name>, Shape<T>>> {
  const names = [name, `^${name}`, `@${name}`, `#${name}`] as const;
  return Object.fromEntries(names.map((one) => [one, shape])) as Record<Marked<Name>, Shape<T>>;
}

/** What is read of feature structures. Offsets may be texts, too; what is no number has its own loss. */
const featuresBy = (of: <T>(shape: Shape<T>) => Shape<T>) =>
  object({
    ...{ sofaID: of(either(text, mapped(number, String))), sofaString: of(anyText) },
    ...{ ...marked("sofa", anything), ...marked("begin", anything), ...marked("end", anything) },
    ...{ documentTitle: of(text), documentId: of(text), "@of": anything, ...marked("score", perhaps(number)) },
    ...{ author: of(text), time: SAID.time, model: of(text), modelVersion: of(text) },
    ...{ value: of(text), label: of(text), task: of(text), question: of(text), questionId: of(text), kind: of(text) },
    index: anything,
  });
/** Of the types that have a meaning here. */
const KNOWN = featuresBy((shape) => shape);
/** Of types that others made: their features are called as they like. */
const OTHERS = featuresBy(perhaps);
const TYPES = new Set([SOFA, META, NAMED_ENTITY, SENTIMENT, ANSWER, REVIEWED, PROVENANCE, REJECTED]);

const HEAD = object({ "%TYPE": perhaps(text), "%ID": anything });
type Features = Of<typeof KNOWN>;

/** A feature structure with its id. */
interface Structure {
  readonly id: number;
  readonly type: string;
  readonly row: Features;
}

const FILE = object({
  // In a list with ids, or under their ids.
  "%FEATURE_STRUCTURES": either(
    mapped(list(anything), (all) => all.map((one) => [undefined, one] as const)),
    record(anything),
  ),
  "%VIEWS": perhaps(record(perhaps(object({ "%MEMBERS": perhaps(list(anything)) })))),
});
type CasFile = Of<typeof FILE>;

/** A file taken apart: its text and what is annotated on it. */
interface Cas {
  readonly file: string;
  readonly text: string;
  readonly map: OffsetMap;
  readonly structures: readonly Structure[];
}

/** The line of a place in a text, counted from 1. */
function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function jsonOf(text: string, file: string, losses: Loss[]): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (fields.fits(value) && !tooDeep(value)) return value;
    losses.push({ kind: "dropped", file, line: 1, reason: "JSON, but not the object of a CAS" });
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = lineAt(text, position === undefined ? text.length : Number(position));
    losses.push({ kind: "dropped", file, line, reason: `not JSON, or cut off: ${message}` });
    return salvaged(text, file, losses);
  }
  return undefined;
}

/** The feature structures of a list that can be read one by one. Which of them the view holds is not known then. */
function salvaged(text: string, file: string, losses: Loss[]): unknown {
  const from = fromList(text, "%FEATURE_STRUCTURES");
  if (from === undefined) return undefined;
  const lost: Loss[] = [];
  const rows = [...jsonObjects(from, file, lost)].map(({ row }) => row);
  if (rows.length === 0) return undefined;
  append(losses, lost);
  losses.push({
    kind: "assumed",
    file,
    reason: "every structure before and after the damage is taken for a part of the text's view",
  });
  return { "%FEATURE_STRUCTURES": rows };
}

function structuresOf(rows: CasFile["%FEATURE_STRUCTURES"], file: string, losses: Loss[]): Structure[] {
  const seen = new Set<number>();
  return (rows ?? []).flatMap(([key, value], index) => {
    const head = fields.fits(value) ? take(HEAD, value, { file }, losses) : undefined;
    const type = head?.["%TYPE"];
    const id = toNumber(key ?? head?.["%ID"]);
    const lost = (reason: string): never[] => {
      losses.push({ kind: "dropped", file, reason: `feature structure ${index + 1}: ${reason}` });
      return [];
    };
    if (type === undefined) return lost("no object with a %TYPE");
    if (!Number.isSafeInteger(id)) return lost(`its %ID is no number (${type})`);
    if (seen.has(id)) return lost(`the %ID ${id} is taken by one before it (${type})`);
    seen.add(id);
    const row = take(TYPES.has(type) ? KNOWN : OTHERS, value, { file }, losses, "%FEATURE_STRUCTURES", index);
    return row === undefined ? [] : [{ id, type, row }];
  });
}

const beginOf = (row: Features): unknown => row.begin ?? row["^begin"] ?? row["@begin"] ?? row["#begin"];
const endOf = (row: Features): unknown => row.end ?? row["^end"] ?? row["@end"] ?? row["#end"];

function casOf(text: string, file: string, losses: Loss[]): Cas | undefined {
  const value = take(FILE, jsonOf(text, file, losses), { file }, losses);
  if (value === undefined) return undefined;
  const structures = structuresOf(value["%FEATURE_STRUCTURES"], file, losses);
  const sofas = structures.filter(({ type }) => type === SOFA);
  const sofa = sofas.find(({ row }) => row.sofaID === VIEW) ?? sofas[0];
  const string = sofa?.row.sofaString;
  if (sofa === undefined || string === undefined) {
    losses.push({ kind: "dropped", file, reason: "no text in it (no Sofa with a sofaString)" });
    return undefined;
  }
  for (const { row } of sofas.filter((other) => other !== sofa)) {
    losses.push({
      kind: "dropped",
      file,
      reason: `the view ${row.sofaID ?? typeName(undefined)}: one view a file can be taken`,
    });
  }
  const mine = structures.filter(({ type, row }) => {
    const of = row.sofa ?? row["^sofa"] ?? row["@sofa"] ?? row["#sofa"];
    return type !== SOFA && (of === undefined || of === sofa.id);
  });
  const view = value["%VIEWS"]?.find(([name]) => name === String(sofa.row.sofaID))?.[1];
  const members = view?.["%MEMBERS"];
  const indexed = members === undefined ? undefined : new Set<unknown>(members);
  const structuresIn =
    indexed === undefined ? mine : mine.filter(({ id, type }) => indexed.has(id) || type === PROVENANCE);
  return { file, text: string, map: new OffsetMap(string), structures: structuresIn };
}

class CasReader {
  readonly #document: DocumentBuilder;
  readonly #by = new Map<unknown, Provenance>();
  readonly #path: string;

  constructor(
    private readonly cas: Cas,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    const meta = cas.structures.find(({ type }) => type === META)?.row;
    const name = meta?.documentTitle ?? meta?.documentId;
    this.#path = name ?? cas.file.replace(/\.json$/i, "");
    this.#document = new DocumentBuilder({ path: this.#path, text: cas.text, kind: "whole", file: cas.file });
    for (const { type, row } of cas.structures) {
      if (type !== PROVENANCE) continue;
      const { author, time, model, modelVersion: version = "" } = row;
      const score = row.score ?? row["^score"] ?? row["@score"] ?? row["#score"];
      const by = { author, time, score, ...(model !== undefined && { model: { name: model, version } }) };
      this.#by.set(row["@of"], provenanceOf(by));
    }
  }

  #span({ id, row }: Structure, task: Task, label: string): ExactSpan | undefined {
    const { text, map, file } = this.cas;
    const span = { start: toNumber(beginOf(row)), end: toNumber(endOf(row)) };
    const lost: Loss[] = [];
    const place = { document: this.#path, file, task, label };
    const found = spanIn(text, map, span, this.unit, this.options.misaligned, place, lost);
    append(
      this.losses,
      lost.map((loss) => ({ ...loss, reason: `%ID ${id}: ${loss.reason}` })),
    );
    return found;
  }

  #answer(structure: Structure): void {
    const { id, row } = structure;
    const { question = "", questionId, kind = "answer" } = row;
    const key = questionId === undefined ? question : `id ${questionId}`;
    const span = kind === "none" ? undefined : this.#span(structure, QUESTIONS, "answer");
    const named = { ...(questionId !== undefined && { id: questionId }), question };
    const asked = this.#document.question(key, { ...named, ...this.#by.get(id) });
    const index = row.index === undefined ? 0 : toNumber(row.index);
    if (kind === "none") asked.none();
    else if (span !== undefined && kind === "answer") asked.answer(span, index);
    else if (span !== undefined && kind === "plausible") asked.plausible(span, index);
  }

  #label(structure: Structure): void {
    const { id, type, row } = structure;
    const by = this.#by.get(id) ?? {};
    const label = row.value ?? (type === NAMED_ENTITY ? undefined : row.label);
    if (label === undefined) {
      const reason = `%ID ${id}: a ${type} without a value`;
      this.losses.push({ kind: "dropped", document: this.#path, file: this.cas.file, task: SPANS, reason });
      return;
    }
    if (type === REJECTED) {
      const { task, question } = row;
      if (!isTask(task)) return;
      const span = this.#span(structure, task, label);
      if (span) this.#document.reject(task, { ...span, label, ...(question !== undefined && { question }), ...by });
      return;
    }
    const task = type === SENTIMENT ? CLASSES : SPANS;
    const span = this.#span(structure, task, label);
    if (span !== undefined) this.#document.label(task, { ...span, label, ...by });
  }

  read(): ReadDocument {
    const others = new Map<string, number>();
    for (const structure of this.cas.structures) {
      const { type, row } = structure;
      if (type === ANSWER) this.#answer(structure);
      else if (type === REVIEWED) {
        const span = this.#span(structure, SPANS, "reviewed");
        if (span !== undefined) this.#document.review(span);
      } else if (type === PROVENANCE) continue;
      else if (isLabel(structure)) this.#label(structure);
      else if (notLabels(type) !== "structure" && beginOf(row) !== undefined)
        others.set(type, (others.get(type) ?? 0) + 1);
    }
    for (const [type, count] of others) {
      const reason = `${count} of the type ${type}, which has no place here`;
      this.losses.push({ kind: "dropped", document: this.#path, file: this.cas.file, reason });
    }
    const [words, sentences] = [this.#structure(TOKEN), this.#structure(SENTENCE)];
    return { ...this.#document.build(this.losses), ...(words.length > 0 && { words, sentences }) };
  }

  /** Tokens, or sentences, in order. One that does not fit is none: what is labelled has its own place. */
  #structure(type: string): Span[] {
    const { structures, text, map } = this.cas;
    const found = structures.flatMap((one): Span[] => {
      if (one.type !== type) return [];
      const span = { start: toNumber(beginOf(one.row)), end: toNumber(endOf(one.row)) };
      const placed = spanIn(text, map, span, this.unit, "refuse", {}, []);
      return placed === undefined ? [] : [{ start: placed.start, end: placed.end }];
    });
    return found.sort(byPlace);
  }
}

/** Named entities, our labels, and annotations of layers people made, if they have a value. */
function isLabel({ type, row }: Structure): boolean {
  if (type === NAMED_ENTITY || type === SENTIMENT || type === REJECTED) return true;
  if (type === ANSWER || type === REVIEWED || type === PROVENANCE || notLabels(type) !== undefined) return false;
  return beginOf(row) !== undefined && (row.value ?? row.label) !== undefined;
}

function* samples(all: readonly Cas[]): Generator<UnitSample> {
  for (const { text, structures } of all) {
    for (const structure of structures) {
      const [start, end] = [beginOf(structure.row), endOf(structure.row)];
      if (typeof start === "number" && typeof end === "number" && end > start) yield { text, start, end };
    }
  }
}

function* casesIn(input: Input): Generator<Cas> {
  const { files, losses } = input;
  for (const { file, text } of textsIn(input, pathsWith(files, "json"))) {
    const cas = /"%FEATURE_STRUCTURES"/.test(text) ? casOf(text, file, losses) : undefined;
    if (cas !== undefined) yield cas;
  }
}

/** Reads every file that is a CAS. Of one that is cut off, what comes before is read. */
export const readCasJson = reader<Cas>("No UIMA CAS with a text in the files", (input) => ({
  parts: casesIn(input),
  units: ["utf16", "codepoint"],
  samples,
  documents: (all, unit) => ({
    documents: all.map((cas) => new CasReader(cas, unit, input.options, input.losses).read()),
  }),
}));
