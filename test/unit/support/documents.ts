/** Generated labelled documents with everything that offsets go wrong on. */
import { withAttributes } from "../../../src/documents/attributes";
import type { Attributes } from "../../../src/documents/attributes";
import { layersByKind } from "../../../src/documents/layers";
import type { OfTask } from "../../../src/documents/layers";
import type {
  DecidedLabel,
  DecidedQuestion,
  DecidedRelation,
  Provenance,
  Rejection,
} from "../../../src/documents/labelled";
import { withRelations } from "../../../src/documents/relations";
import fc from "fast-check";
import type { LabelledDocument } from "../../../src/datasets/document";
import { answersSaid } from "../../../src/documents/answers";
import { mergeSpans } from "../../../src/text/spans";
import { splitSentences } from "../../../src/text/sentences";
import type { Span } from "../../../src/text/span";

/** Pieces of text; spans begin and end between them. */
const PIECES = [
  ...[
    "Ada",
    "met",
    "Bob",
    "in",
    "Zürich",
    "The",
    "U.N.",
    "3.5",
    "AHU2G1",
    "don't",
    "a",
    "I",
    "-",
    "(",
    ")",
    '"',
    "\\",
    "|",
    "_",
  ],
  ...["😀", "👨‍👩‍👧", "🇨🇭", "👍🏽", "e\u0301", "n\u0303a", "東京", "は", "שלום", "مرحبا", "\u202b", "ไทย", "𝒳"],
];
const SPACES = [" ", " ", " ", " ", "\u00a0", "\t", "  ", "\u2028", "\u200b", "\u0085", "\ufeff"];
const ENDS = [". ", ". ", "! ", "? ", ".\n", ".\r\n", ".\r\n\r\n", ".\n\n", "。"];

/** What to generate; everything absent is on. */
export interface DocumentShape {
  /** Labels overlap and nest. */
  readonly overlaps?: boolean;
  /** Labels with white space at their ends. */
  readonly ragged?: boolean;
  /** Every document is reviewed in full. */
  readonly reviewed?: boolean;
  /** Some questions are about a part of the text, with an id of a dataset; absent: off, since few formats have a place for it. */
  readonly contexts?: boolean;
  /** Several authors, times, models and scores. */
  readonly provenance?: boolean;
}

/** Some of these no format has a name or a value for that it could write as it is. */
const ATTRIBUTES: readonly (readonly (readonly [name: string, value: string])[])[] = [
  [
    ["certainty", "low"],
    ["Negation", "true"],
  ],
  [["Negation", "true"]],
  [
    ["certainty", "a|b, c: <d>"],
    ["__proto__", "*"],
    ["a b\t|c", "_"],
  ],
  [
    ["question", "why?"],
    ["value", "true"],
    ["label", " \\ \u2028[1]\r\n\t😀 "],
  ],
  [["identifier", `http://example.org/${"x".repeat(200)}`]],
];

const RELATIONS = ["worksFor", "Equiv", "is a | b", "ist Teil von, 子\\"];

/** Some labels are related to the next one. */
function relationsOf(entities: readonly DecidedLabel[], shape: DocumentShape): DecidedRelation[] {
  return entities.flatMap((from, index) => {
    const to = entities[(index + 1) % entities.length]!;
    const which = from.start + 7 * index;
    if (from === to || which % 3 !== 0) return [];
    const by = provenance(which, shape);
    const ends = { type: RELATIONS[which % RELATIONS.length]!, from: from.id, to: to.id };
    return [{ id: `R${index}`, ...ends, ...by, ...attributesOf(which) }];
  });
}

/** What a label says besides: nothing, as a rule. */
function attributesOf(which: number): { readonly attributes?: Attributes } {
  return which % 2 === 0 ? {} : withAttributes(ATTRIBUTES[which % ATTRIBUTES.length]!);
}

interface Marks {
  readonly entities: readonly (readonly [number, number, string, number])[];
  readonly sentiment: readonly (readonly [number, string, number])[];
  readonly questions: readonly (readonly [number, number, boolean, number])[];
  readonly rejected: readonly (readonly [number, number, string, number])[];
  readonly reviewed: readonly number[] | "all";
}

const LABELS = ["PER", "ORG", "LOC", "MISC"];
const SENTIMENTS = ["negative", "positive", "neutral"];

function provenance(which: number, shape: DocumentShape): Provenance & { author: string } {
  if (shape.provenance === false) return { author: "ann", time: "2026-03-01T09:00:00.000Z" };
  const author = which % 3 === 0 ? "ann" : which % 3 === 1 ? "Böb, Jr." : "eve@example.org";
  const time = new Date(Date.UTC(2026, 0, 1 + (which % 300), 8, which % 60, which % 59, which % 1000)).toISOString();
  const model = { name: "glossator-minilm", version: `v${which % 4}` };
  return which % 2 === 0 ? { author, time } : { author, time, model, score: ((which * 37) % 1000) / 1000 };
}

function build(path: string, parts: readonly string[], marks: Marks, shape: DocumentShape): LabelledDocument {
  const text = parts.join("");
  const at = [0];
  for (const part of parts) at.push(at.at(-1)! + part.length);
  const span = (from: number, length: number): (Span & { exact: string }) | undefined => {
    let first = from % parts.length;
    let last = Math.min(parts.length - 1, first + length);
    if (shape.ragged === false) {
      while (first <= last && /^[\s\p{C}\u0085]*$/u.test(parts[first]!)) first++;
      while (last >= first && /^[\s\p{C}\u0085]*$/u.test(parts[last]!)) last--;
    }
    if (first > last) return undefined;
    const [start, end] = [at[first]!, at[last + 1]!];
    const exact = text.slice(start, end);
    return exact.trim() === "" || (shape.ragged === false && exact !== exact.trim())
      ? undefined
      : { start, end, exact };
  };
  let count = 0;
  const id = (): string => `01J${String(count++).padStart(23, "0")}`;
  const sentences = splitSentences(text);
  const entities: DecidedLabel[] = [];
  for (const [from, length, label, who] of marks.entities) {
    const found = span(from, length);
    if (found === undefined) continue;
    const clash = entities.some((one) =>
      shape.overlaps === false
        ? one.start < found.end && found.start < one.end
        : one.start === found.start && one.end === found.end && one.label === label,
    );
    if (!clash) entities.push({ id: id(), ...found, label, ...provenance(who, shape), ...attributesOf(who) });
  }
  const sentiment: DecidedLabel[] = [];
  for (const [which, label, who] of marks.sentiment) {
    const sentence = sentences[which % Math.max(1, sentences.length)];
    if (sentence === undefined || sentiment.some(({ start }) => start === sentence.start)) continue;
    const { start, end } = sentence;
    sentiment.push({
      id: id(),
      start,
      end,
      exact: text.slice(start, end),
      label,
      ...provenance(who, shape),
      ...attributesOf(which),
    });
  }
  const questions: DecidedQuestion[] = marks.questions.map(([from, length, none, who], index) => {
    const found = none ? undefined : span(from, length);
    const more = none || who % 3 !== 0 ? undefined : span(from + length + 2, 1);
    const answers = [found, more]
      .flatMap((one) => one ?? [])
      .filter(({ start }, i, all) => i === 0 || all[0]!.start !== start);
    const { author, time, model } = provenance(who, shape);
    const context = shape.contexts === true && who % 2 === 0 ? contextOf(sentences, answers, from) : undefined;
    return {
      id: id(),
      ...(context && { context, sourceId: `of ${path} ${index}` }),
      question: `What “is” ${index}, ${parts[from % parts.length]!.trim()}?`,
      answers: answersSaid(answers),
      plausible: [],
      author,
      ...(time !== undefined && { time }),
      ...(model && { model }),
    };
  });
  const rejected: OfTask<Rejection>[] = marks.rejected.flatMap(([from, length, label, who]) => {
    const found = span(from, length);
    if (found === undefined || entities.some((one) => one.start < found.end && found.start < one.end)) return [];
    return [{ task: "entities" as const, ...found, label, ...provenance(who, shape) }];
  });
  const seen = new Set<string>();
  const once = rejected.filter(({ start, end, label }) => {
    const key = `${start}:${end}:${label}`;
    return !seen.has(key) && seen.add(key);
  });
  const reviewed =
    marks.reviewed === "all" || shape.reviewed === true
      ? [{ start: 0, end: text.length }]
      : mergeSpans(marks.reviewed.flatMap((index) => sentences[index % Math.max(1, sentences.length)] ?? []));
  const wrong = once.sort((a, b) => a.start - b.start || a.end - b.end);
  const decided = [...entities, ...wrong].map(({ start, end }) => ({ start, end }));
  const layers = layersByKind({ spans: entities, classes: sentiment, reviewed, rejected: wrong, decided });
  return { path, text, sentences, layers, questions, ...withRelations(relationsOf(entities, shape)) };
}

/** The sentences that hold answers; without any, one of them. Undefined where that is all of the text. */
function contextOf(sentences: readonly Span[], answers: readonly Span[], which: number): Span | undefined {
  const some =
    answers.length === 0
      ? [sentences[which % Math.max(1, sentences.length)]]
      : sentences.filter((one) => answers.some(({ start, end }) => one.start < end && start < one.end));
  const [first, last] = [some[0], some.at(-1)];
  if (first === undefined || last === undefined || first === sentences[0]) return undefined;
  const start = Math.min(first.start, ...answers.map((one) => one.start));
  return { start, end: Math.max(last.end, ...answers.map(({ end }) => end)) };
}

/** A sentence begins with its number: two that are the same cannot be told apart by formats that have words only. */
function numbered(part: string, index: number): string[] {
  return [...ENDS, "\u2028", "\u0085"].includes(part) ? [part, String(index), " "] : [part];
}

/** One labelled document. Its text is never blank and never starts with U+FEFF, which reading a file would take for a byte order mark. */
export function labelledDocument(path: string, shape: DocumentShape = {}): fc.Arbitrary<LabelledDocument> {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 5, arbitrary: fc.constantFrom(...SPACES) },
    { weight: 2, arbitrary: fc.constantFrom(...ENDS) },
  );
  const label = fc.constantFrom(...LABELS);
  const marks: fc.Arbitrary<Marks> = fc.record({
    entities: fc.array(fc.tuple(fc.nat(79), fc.nat(6), label, fc.nat(999)), { maxLength: 8 }),
    sentiment: fc.array(fc.tuple(fc.nat(19), fc.constantFrom(...SENTIMENTS), fc.nat(999)), { maxLength: 3 }),
    questions: fc.array(fc.tuple(fc.nat(79), fc.nat(4), fc.boolean(), fc.nat(999)), { maxLength: 3 }),
    rejected: fc.array(fc.tuple(fc.nat(79), fc.nat(3), label, fc.nat(999)), { maxLength: 2 }),
    reviewed: fc.oneof(fc.constant("all" as const), fc.array(fc.nat(19), { maxLength: 4 })),
  });
  return fc
    .tuple(fc.constantFrom("Ada", "😀", "東京", "שלום"), fc.array(part, { maxLength: 80 }), marks)
    .map(([first, parts, found]) => build(path, [first, ...parts.flatMap(numbered)], found, shape));
}

/** A few documents, with paths that need care. */
export function labelledDocuments(shape: DocumentShape = {}): fc.Arbitrary<LabelledDocument[]> {
  const paths = ["a.txt", "sub/b c.md", "ünï/文 1.txt", "d.txt"];
  return fc
    .integer({ min: 1, max: paths.length })
    .chain((count) => fc.tuple(...paths.slice(0, count).map((path) => labelledDocument(path, shape))));
}
