/** From the feature structures of a CAS to a document. */
import type { Details, ExactSpan, Provenance } from "../../../documents/labelled";
import { CLASSES, isTask, QUESTIONS, SPANS } from "../../../documents/tasks";
import type { Task } from "../../../documents/tasks";
import { addTo, append } from "../../../text/grouped";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import { byPlace } from "../../../text/spans";
import {
  ANSWER,
  ATTRIBUTE,
  META,
  notLabels,
  PROVENANCE,
  REJECTED,
  REVIEWED,
  SENTENCE,
  SENTIMENT,
  TOKEN,
} from "../../codecs/dkpro-types";
import { attributesOf } from "../../codecs/attributes";
import { provenanceOf } from "../../codecs/provenance";
import type { ReadDocument, ReaderOptions } from "../../format";
import type { Loss } from "../../losses";
import { DocumentBuilder } from "../../reading/builder";
import { toNumber } from "../../reading/bytes";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";
import { ctakesKind } from "./ctakes";
import { featuresBeside, FROM, mayBeLabel, TO } from "./label-features";
import { CasRelations } from "./relations";
import type { LabelFeature } from "./label-features";
import { beginOf, endOf, featuresOf } from "./structures";
import type { Cas, Structure } from "./structures";

/** A file of INCEpTION's project export names document and annotator in its path; one of XMI lies in an archive of its own. */
const EXPORTED = /(?:^|\/)(?:annotation|curation)\/([^/]+)\/([^/]+?)(?:\.zip\/[^/]+)?\.(?:json|xmi|xml)$/i;

/** Whose labels they are, and the document's name, by the file's path. */
function said(file: string): { readonly name: string; readonly author?: string } {
  const [, name, author] = EXPORTED.exec(file) ?? [];
  if (name !== undefined && author !== undefined) return { name, author };
  return { name: file.replace(/\.(?:json|xmi|xml)$/i, "") };
}

const isWord = (type: string): boolean => type === TOKEN || ctakesKind(type) === "word";
const isSentence = (type: string): boolean => type === SENTENCE || ctakesKind(type) === "sentence";

/** Whether annotations of a type part the text and say nothing else. */
function isStructure(type: string): boolean {
  const kind = ctakesKind(type);
  return kind === undefined ? notLabels(type) === "structure" : kind !== "syntax" && kind !== "mention";
}

/** Reads one file's document. */
export class CasReader {
  readonly #document: DocumentBuilder;
  readonly #by = new Map<unknown, Provenance>();
  /** Attributes that are structures of their own, by what they are of. */
  readonly #apart = new Map<unknown, (readonly [name: string, value: unknown])[]>();
  readonly #path: string;
  readonly #others: Provenance;
  readonly #relations: CasRelations;
  readonly #counts = new Map<string, Pick<Loss, "kind" | "reason"> & { count: number }>();

  constructor(
    private readonly cas: Cas,
    private readonly labels: ReadonlyMap<string, LabelFeature>,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    this.#relations = new CasRelations(cas, labels);
    const meta = cas.structures.find(({ type }) => type === META)?.row;
    const { name, author } = said(cas.file);
    this.#path = meta?.documentTitle ?? meta?.documentId ?? name;
    this.#others = author === undefined ? {} : { author };
    this.#document = new DocumentBuilder({ path: this.#path, text: cas.text, kind: "whole", file: cas.file });
    for (const { type, row } of cas.structures) {
      if (type === ATTRIBUTE) addTo(this.#apart, row["@of"], [[row.name ?? "", row.value]]);
      if (type !== PROVENANCE) continue;
      const { author: of, time, model, modelVersion: version = "" } = row;
      const score = row.score ?? row["^score"] ?? row["@score"] ?? row["#score"];
      const by = { author: of, time, score, ...(model !== undefined && { model: { name: model, version } }) };
      this.#by.set(row["@of"], provenanceOf(by));
    }
  }

  #span(structure: Structure, task: Task, label: string): ExactSpan | undefined {
    const { text, map, file, idName } = this.cas;
    const span = { start: toNumber(beginOf(structure)), end: toNumber(endOf(structure)) };
    const lost: Loss[] = [];
    const place = { document: this.#path, file, task, label };
    const found = spanIn(text, map, span, this.unit, this.options.misaligned, place, lost);
    append(
      this.losses,
      lost.map((loss) => ({ ...loss, reason: `${idName} ${structure.id}: ${loss.reason}` })),
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

  /** One of our labels that are no entities. */
  #own(structure: Structure): void {
    const { id, type, row } = structure;
    const { value: label, task, question } = row;
    const by = this.#by.get(id) ?? {};
    if (label === undefined) {
      this.#unnamed(structure);
      return;
    }
    if (type === SENTIMENT) {
      const span = this.#span(structure, CLASSES, label);
      if (span !== undefined)
        this.#document.label(CLASSES, {
          ...{ ...span, ...this.#called(structure), label, ...by },
          ...this.#attributes(structure, "value"),
        });
      return;
    }
    if (!isTask(task)) return;
    const span = this.#span(structure, task, label);
    if (span) this.#document.reject(task, { ...span, label, ...(question !== undefined && { question }), ...by });
  }

  #unnamed({ id, type }: Structure, feature = "value"): void {
    const { file, idName } = this.cas;
    const reason = `${idName} ${id}: a ${type} without a ${feature}`;
    this.losses.push({ kind: "dropped", document: this.#path, file, task: SPANS, reason });
  }

  /** An annotation of a layer that people or tools made. */
  #layer(structure: Structure): void {
    const { id, type } = structure;
    const { name, relation, why = "it has no place here", label: byType } = this.labels.get(type) ?? {};
    if (relation === true) return;
    if (name === undefined && byType === undefined) {
      this.#count("dropped", `an annotation of the type ${type}: ${why}`);
      return;
    }
    const label = byType ?? featuresOf(structure).find(([feature]) => feature === name)?.[1];
    if (typeof label !== "string" || label === "") {
      this.#unnamed(structure, name);
      return;
    }
    const span = this.#span(structure, SPANS, label);
    if (span === undefined) return;
    const says = this.#attributes(structure, name);
    this.#document.label(SPANS, {
      ...span,
      ...this.#called(structure),
      label,
      ...(this.#by.get(id) ?? this.#others),
      ...says,
    });
  }

  #called({ id }: Structure): { readonly id?: string } {
    return this.#relations.named.has(id) ? { id: String(id) } : {};
  }

  /** Once all labels are read. */
  #related(): void {
    for (const { type } of this.#relations.loose)
      this.#count("dropped", `an annotation of the type ${type}: it is a relation, and not between two labels`);
    for (const { type, from, to, structure } of this.#relations.found) {
      const ends = { from: String(from), to: String(to) };
      const { name } = (structure && this.labels.get(structure.type)) ?? {};
      const by = (structure && this.#by.get(structure.id)) ?? this.#others;
      this.#document.relate({ type, ...ends, ...by, ...(structure && this.#attributes(structure, name)) });
    }
  }

  /** What a label or a relation says besides. @param label the feature that is the label, if one is */
  #attributes(structure: Structure, label?: string): Pick<Details, "attributes"> {
    const { values, others } = featuresBeside(this.cas, structure, label);
    const ends: readonly string[] = this.labels.get(structure.type)?.relation === true ? [FROM, TO] : [];
    for (const [name] of others)
      if (!ends.includes(name) && !this.#relations.told(structure, name))
        this.#count("beside", `the feature "${name}" of ${structure.type}`);
    return attributesOf([...values, ...(this.#apart.get(structure.id) ?? [])], (reason) =>
      this.#count("dropped", `${structure.type}: ${reason}`),
    );
  }

  #count(kind: Loss["kind"], reason: string): void {
    const one = this.#counts.get(reason) ?? { kind, reason, count: 0 };
    one.count++;
    this.#counts.set(reason, one);
  }

  read(): ReadDocument {
    for (const structure of this.cas.structures) {
      const { type } = structure;
      if (type === ANSWER) this.#answer(structure);
      else if (type === REVIEWED) {
        const span = this.#span(structure, SPANS, "reviewed");
        if (span !== undefined) this.#document.review(span);
      } else if (type === PROVENANCE || type === ATTRIBUTE) continue;
      else if (type === SENTIMENT || type === REJECTED) this.#own(structure);
      else if (mayBeLabel(structure)) this.#layer(structure);
      else if (!isStructure(type) && beginOf(structure) !== undefined)
        this.#count("dropped", `an annotation of the type ${type}: it has no place here`);
      else this.#besideWord(structure);
    }
    this.#related();
    for (const told of this.#counts.values()) this.losses.push({ ...told, document: this.#path, file: this.cas.file });
    const [words, sentences] = [this.#structure(isWord), this.#structure(isSentence)];
    return { ...this.#document.build(this.losses), ...(words.length > 0 && { words, sentences }) };
  }

  /** What words say besides: DKPro says it in annotations of their own, cTAKES in features that are texts. */
  #besideWord(structure: Structure): void {
    const { type } = structure;
    if (ctakesKind(type) !== "word") return;
    for (const [name] of featuresBeside(this.cas, structure).values)
      this.#count("beside", `the feature "${name}" of ${type}`);
  }

  /** Tokens, or sentences, in order. One that does not fit is none: what is labelled has its own place. */
  #structure(isOne: (type: string) => boolean): Span[] {
    const { structures, text, map } = this.cas;
    const found = structures.flatMap((one): Span[] => {
      if (!isOne(one.type)) return [];
      const span = { start: toNumber(beginOf(one)), end: toNumber(endOf(one)) };
      const placed = spanIn(text, map, span, this.unit, "refuse", {}, []);
      return placed === undefined ? [] : [{ start: placed.start, end: placed.end }];
    });
    return found.sort(byPlace);
  }
}

/** Spans that tell the unit of offsets. */
export function* casSamples(all: readonly Cas[]): Generator<UnitSample> {
  for (const { text, structures } of all) {
    for (const structure of structures) {
      const [start, end] = [beginOf(structure), endOf(structure)];
      if (typeof start === "number" && typeof end === "number" && end > start) yield { text, start, end };
    }
  }
}
