/** Reads UIMA CAS JSON: our own, that of dkpro-cassis, of INCEpTION and of UIMA's Java library. */
import { addTo, append } from "../text/grouped";
import { OffsetMap } from "../text/offsets";
import type { OffsetUnit } from "../text/offsets";
import type { Span } from "../text/span";
import {
  ANSWER,
  META,
  NAMED_ENTITY,
  notLabels,
  PROVENANCE,
  REJECTED,
  REVIEWED,
  SENTIMENT,
  SOFA,
  VIEW,
} from "./cas-types";
import type { ExactSpan, Provenance } from "./document";
import { isRow, pathsWith, stringIn, textOf, tooDeep, toNumber } from "./files";
import type { Row } from "./files";
import { typeName } from "./json-types";
import { fromList, jsonObjects } from "./json-elements";
import type { Loss } from "./losses";
import { readProvenance } from "./provenance";
import { ReadError } from "./reading";
import type {
  DatasetFiles,
  Mutable,
  ReadDocument,
  ReadLabel,
  ReadQuestion,
  ReadRejection,
  ReadResult,
  ReaderOptions,
} from "./reading";
import { detectUnit, spanIn } from "./units";
import type { UnitSample } from "./units";

/** A feature structure with its id. */
interface Structure {
  readonly id: number;
  readonly type: string;
  readonly row: Row;
}

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

function jsonOf(text: string, file: string, losses: Loss[]): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (isRow(value) && !tooDeep(value)) return value;
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
function salvaged(text: string, file: string, losses: Loss[]): Row | undefined {
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

/** The feature structures, which stand in a list with ids, or under their ids. */
function structuresOf(value: unknown, file: string, losses: Loss[]): Structure[] {
  const rows: (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((row: unknown) => [isRow(row) ? row["%ID"] : undefined, row] as const)
    : isRow(value)
      ? Object.entries(value)
      : [];
  if (value !== undefined && typeof value !== "object")
    losses.push({ kind: "dropped", file, reason: `"%FEATURE_STRUCTURES" is ${typeName(value)}, not a list` });
  const seen = new Set<number>();
  return rows.flatMap(([key, row], index) => {
    const id = toNumber(key);
    const type = isRow(row) ? stringIn(row, "%TYPE") : undefined;
    const lost = (reason: string): never[] => {
      losses.push({ kind: "dropped", file, reason: `feature structure ${index + 1}: ${reason}` });
      return [];
    };
    if (!isRow(row) || type === undefined) return lost("no object with a %TYPE");
    if (!Number.isSafeInteger(id)) return lost(`its %ID is no number (${type})`);
    if (seen.has(id)) return lost(`the %ID ${id} is taken by one before it (${type})`);
    seen.add(id);
    return [{ id, type, row }];
  });
}

/** A feature of a structure, by its name with or without the marks for references, numbers and anchors. */
function feature(row: Row, name: string): unknown {
  return row[name] ?? row[`^${name}`] ?? row[`@${name}`] ?? row[`#${name}`];
}

function casOf(text: string, file: string, losses: Loss[]): Cas | undefined {
  const value = jsonOf(text, file, losses);
  if (value === undefined) return undefined;
  const structures = structuresOf(value["%FEATURE_STRUCTURES"], file, losses);
  const sofas = structures.filter(({ type }) => type === SOFA);
  const sofa = sofas.find(({ row }) => row["sofaID"] === VIEW) ?? sofas[0];
  const string = sofa?.row["sofaString"];
  if (sofa === undefined || typeof string !== "string") {
    losses.push({ kind: "dropped", file, reason: "no text in it (no Sofa with a sofaString)" });
    return undefined;
  }
  for (const { row } of sofas.filter((other) => other !== sofa)) {
    losses.push({
      kind: "dropped",
      file,
      reason: `the view ${stringIn(row, "sofaID") ?? typeName(row["sofaID"])}: one view a file can be taken`,
    });
  }
  const mine = structures.filter(({ type, row }) => {
    const of = feature(row, "sofa");
    return type !== SOFA && (of === undefined || of === sofa.id);
  });
  const views = value["%VIEWS"];
  const view = isRow(views) ? views[String(sofa.row["sofaID"])] : undefined;
  const members = isRow(view) ? view["%MEMBERS"] : undefined;
  const indexed = Array.isArray(members) ? new Set<unknown>(members) : undefined;
  const structuresIn =
    indexed === undefined ? mine : mine.filter(({ id, type }) => indexed.has(id) || type === PROVENANCE);
  return { file, text: string, map: new OffsetMap(string), structures: structuresIn };
}

class CasReader {
  readonly #entities: ReadLabel[] = [];
  readonly #sentiment: ReadLabel[] = [];
  readonly #rejected: ReadRejection[] = [];
  readonly #reviewed: Span[] = [];
  readonly #questions = new Map<string, Mutable<ReadQuestion>>();
  readonly #answers = new Map<string, (ExactSpan & { readonly kind: string; readonly index: number })[]>();
  readonly #by = new Map<unknown, Provenance>();
  readonly #path: string;

  constructor(
    private readonly cas: Cas,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    const meta = cas.structures.find(({ type }) => type === META)?.row ?? {};
    const name = stringIn(meta, "documentTitle") ?? stringIn(meta, "documentId");
    this.#path = name ?? cas.file.replace(/\.json$/i, "");
    for (const { type, row } of cas.structures) {
      if (type !== PROVENANCE) continue;
      const model = stringIn(row, "model");
      const version = stringIn(row, "modelVersion") ?? "";
      const more = { score: feature(row, "score"), ...(model !== undefined && { model: { name: model, version } }) };
      this.#by.set(row["@of"], readProvenance({ author: row["author"], time: row["time"], ...more }));
    }
  }

  #span({ id, row }: Structure, task: "entities" | "sentiment" | "answers", label: string): ExactSpan | undefined {
    const { text, map, file } = this.cas;
    const span = { start: toNumber(feature(row, "begin")), end: toNumber(feature(row, "end")) };
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
    const question = stringIn(row, "question") ?? "";
    const questionId = stringIn(row, "questionId");
    const key = questionId === undefined ? question : `id ${questionId}`;
    const kind = stringIn(row, "kind") ?? "answer";
    const span = kind === "none" ? undefined : this.#span(structure, "answers", "answer");
    // An answer that could not be placed does not make its question one without an answer.
    if (kind !== "none" && span === undefined) return;
    const named = { ...(questionId !== undefined && { id: questionId }), question };
    if (!this.#questions.has(key)) this.#questions.set(key, { ...named, answers: [], ...this.#by.get(id) });
    const index = row["index"] === undefined ? 0 : toNumber(row["index"]);
    if (span !== undefined) addTo(this.#answers, key, [{ ...span, kind, index }]);
  }

  #label(structure: Structure): void {
    const { id, type, row } = structure;
    const by = this.#by.get(id) ?? {};
    const label = stringIn(row, "value") ?? (type === NAMED_ENTITY ? undefined : stringIn(row, "label"));
    if (label === undefined) {
      const reason = `%ID ${id}: a ${type} without a value`;
      this.losses.push({ kind: "dropped", document: this.#path, file: this.cas.file, task: "entities", reason });
      return;
    }
    if (type === REJECTED) {
      const task = stringIn(row, "task");
      if (task !== "entities" && task !== "sentiment" && task !== "answers") return;
      const question = stringIn(row, "question");
      const span = this.#span(structure, task, label);
      if (span) this.#rejected.push({ ...span, task, label, ...(question !== undefined && { question }), ...by });
      return;
    }
    const task = type === SENTIMENT ? "sentiment" : "entities";
    const span = this.#span(structure, task, label);
    if (span !== undefined) (task === "sentiment" ? this.#sentiment : this.#entities).push({ ...span, label, ...by });
  }

  read(): ReadDocument {
    const others = new Map<string, number>();
    for (const structure of this.cas.structures) {
      const { type, row } = structure;
      if (type === ANSWER) this.#answer(structure);
      else if (type === REVIEWED) {
        const span = this.#span(structure, "entities", "reviewed");
        if (span !== undefined) this.#reviewed.push({ start: span.start, end: span.end });
      } else if (type === PROVENANCE) continue;
      else if (isLabel(structure)) this.#label(structure);
      else if (notLabels(type) !== "structure" && feature(row, "begin") !== undefined)
        others.set(type, (others.get(type) ?? 0) + 1);
    }
    for (const [type, count] of others) {
      const reason = `${count} of the type ${type}, which has no place here`;
      this.losses.push({ kind: "dropped", document: this.#path, file: this.cas.file, reason });
    }
    for (const [key, answers] of this.#answers) {
      const of = (kind: string): ExactSpan[] =>
        answers
          .filter((answer) => answer.kind === kind)
          .sort((a, b) => a.index - b.index)
          .map(({ start, end, exact }) => ({ start, end, exact }));
      const question = this.#questions.get(key)!;
      question.answers = of("answer");
      question.plausible = of("plausible");
    }
    return {
      path: this.#path,
      text: this.cas.text,
      kind: "whole",
      entities: this.#entities,
      sentiment: this.#sentiment,
      questions: [...this.#questions.values()],
      reviewed: this.#reviewed,
      rejected: this.#rejected,
      file: this.cas.file,
    };
  }
}

/** Named entities, our labels, and annotations of layers people made, if they have a value. */
function isLabel({ type, row }: Structure): boolean {
  if (type === NAMED_ENTITY || type === SENTIMENT || type === REJECTED) return true;
  if (type === ANSWER || type === REVIEWED || type === PROVENANCE || notLabels(type) !== undefined) return false;
  return feature(row, "begin") !== undefined && (stringIn(row, "value") ?? stringIn(row, "label")) !== undefined;
}

function* samples(all: readonly Cas[]): Generator<UnitSample> {
  for (const { text, structures } of all) {
    for (const structure of structures) {
      const [start, end] = [feature(structure.row, "begin"), feature(structure.row, "end")];
      if (typeof start === "number" && typeof end === "number" && end > start) yield { text, start, end };
    }
  }
}

/** Reads every file that is a CAS. Of one that is cut off, what comes before is read. */
export function readCasJson(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const all: Cas[] = [];
  for (const file of pathsWith(files, "json")) {
    const text = textOf(files, file, losses);
    if (text === undefined || !/"%FEATURE_STRUCTURES"/.test(text)) continue;
    const cas = casOf(text, file, losses);
    if (cas !== undefined) all.push(cas);
  }
  if (all.length === 0) {
    const [first] = losses;
    const where = first?.line === undefined ? "" : `, line ${first.line}`;
    const why = first === undefined ? "" : ` First problem: ${first.file ?? ""}${where}: ${first.reason}.`;
    throw new ReadError(`No UIMA CAS with a text in the files.${why}`);
  }
  const unit =
    options.unit === undefined
      ? detectUnit(samples(all), ["utf16", "codepoint"])
      : { value: options.unit, reason: "chosen by the user" };
  const documents = all.map((cas) => new CasReader(cas, unit.value, options, losses).read());
  return { documents, unit, losses };
}
