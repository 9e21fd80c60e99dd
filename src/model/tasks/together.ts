/**
 * Sentences of a document read together: a name is mostly one thing wherever a text says it (one sense per discourse, Gale, Church and Yarowsky 1992), so what
 * the model says of a word in one sentence counts for the same word in the sentences around. Offsets are UTF-16 code units of each sentence.
 */
import type { Span } from "../../text/span";
import { spansOf } from "./spans";
import type { Entity, WordReadings } from "./spans";

/** A sentence and what the model says of it alone. */
export interface ReadSentence<Found extends Span> {
  readonly text: string;
  readonly spans: readonly Found[];
  readonly words?: WordReadings | undefined;
}

/** How many sentences to each side count. */
export const NEIGHBOURS = 20;
/** What counts how much beside another occurrence of the word in like words around it, which counts 1. These and {@link NEIGHBOURS} were chosen on CoNLL-2003's validation part. */
const OWN = 1.5;
/** Of an occurrence that has another name word before it, and of one that has another after it: *Chicago* beside *Chicago Bulls*. */
const OTHER_PLACE = 0.25;
/** Of one in other capitals: *us* beside *US*. */
const OTHER_CASE = 0.5;
/** So many occurrences to each side are looked at: a text may be one word ten thousand times. */
const MOST_OCCURRENCES = 64;
/** All others together count at most this: a hundred say no more than a few. */
const MOST = 4;

/** A word of a sentence, apart from where the sentence is. */
interface Word {
  readonly text: string;
  /** In lower case, with its tag set: only what has the same is the same word. */
  readonly key: string;
  /** The words beside it in lower case, where they are more likely part of a span than not; else empty. */
  readonly before: string;
  readonly after: string;
  /** Probabilities of the types of {@link Types}. */
  readonly types: Float64Array;
}

/** The types of a tag set, `O` first, and which tags are of each. */
interface Types {
  readonly key: string;
  readonly columns: readonly (readonly number[])[];
}

const typesKnown = new WeakMap<readonly string[], Types>();
const wordsKnown = new WeakMap<WordReadings, readonly (Word | undefined)[]>();

function typesOf(tags: readonly string[]): Types {
  const known = typesKnown.get(tags);
  if (known !== undefined) return known;
  const names = ["", ...new Set(tags.filter((tag) => tag !== "O").map((tag) => tag.slice(2)))];
  const columns = names.map((name) => [...tags.keys()].filter((t) => tags[t]!.slice(2) === name));
  const types = { key: tags.join(" "), columns };
  typesKnown.set(tags, types);
  return types;
}

/** The words of readings; undefined where one is marks alone. A document is read again and again, its readings stay: they are worked out once. */
function wordsOf(text: string, readings: WordReadings): readonly (Word | undefined)[] {
  const known = wordsKnown.get(readings);
  if (known !== undefined) return known;
  const { words, tags, probabilities } = readings;
  const { key, columns } = typesOf(tags);
  const exact = words.map(({ start, end }) => text.slice(start, end));
  const lower = exact.map((word) => word.toLowerCase());
  const spread = words.map((_, i) =>
    Float64Array.from(columns, (own) => own.reduce((sum, t) => sum + probabilities[i * tags.length + t]!, 0)),
  );
  const beside = (i: number, other: number): string =>
    words[other]?.index === words[i]!.index + other - i && spread[other]![0]! < 0.5 ? lower[other]! : "";
  const found = words.map((_, i): Word | undefined =>
    /\p{L}/u.test(exact[i]!)
      ? {
          ...{ text: exact[i]!, key: `${lower[i]!}\n${key}`, types: spread[i]! },
          ...{ before: beside(i, i - 1), after: beside(i, i + 1) },
        }
      : undefined,
  );
  wordsKnown.set(readings, found);
  return found;
}

/** Where a document has a word. */
interface Occurrences {
  readonly words: Word[];
  /** The sentence of each, in order. */
  readonly sentences: number[];
}

/** What a word's types are in the light of its occurrences around; undefined where there are no others, or none of them is likely part of a span. @param at which of the occurrences it is */
function inTheLight({ words, sentences }: Occurrences, at: number): Float64Array | undefined {
  if (words.length < 2) return undefined;
  const own = words[at]!;
  const sentence = sentences[at]!;
  const others = new Float64Array(own.types.length);
  let weight = 0;
  let likely = own.types[0]! < 0.5;
  const last = Math.min(words.length - 1, at + MOST_OCCURRENCES);
  for (let i = Math.max(0, at - MOST_OCCURRENCES); i <= last; i++) {
    if (i === at || Math.abs(sentences[i]! - sentence) > NEIGHBOURS) continue;
    const other = words[i]!;
    likely ||= other.types[0]! < 0.5;
    const w =
      (other.before === own.before ? 1 : OTHER_PLACE) *
      (other.after === own.after ? 1 : OTHER_PLACE) *
      (other.text === own.text ? 1 : OTHER_CASE);
    weight += w;
    for (let t = 0; t < others.length; t++) others[t]! += w * other.types[t]!;
  }
  if (weight === 0 || !likely) return undefined;
  const share = Math.min(1, MOST / weight);
  const sums = others.map((sum, t) => OWN * own.types[t]! + share * sum);
  const total = sums.reduce((sum, p) => sum + p, 0);
  return sums.map((sum) => sum / total);
}

/** Stretches of readings whose words stand side by side: [first, end) of each. */
function* stretches({ words }: WordReadings): Generator<[number, number]> {
  for (let from = 0, i = 1; i <= words.length; i++) {
    if (i < words.length && words[i]!.index === words[i - 1]!.index + 1) continue;
    yield [from, i];
    from = i;
  }
}

/** What the words of a sentence are in the light of others; undefined where a word is as it was. */
type Lights = readonly (Float64Array | undefined)[];

/** The tags' probabilities of readings [from, end) in some light; undefined where nothing changed. */
function changed(
  { tags, probabilities }: WordReadings,
  [from, end]: readonly [number, number],
  words: readonly (Word | undefined)[],
  lights: Lights,
): Float32Array | undefined {
  const n = tags.length;
  const { columns } = typesOf(tags);
  let found: Float32Array | undefined;
  for (let i = from; i < end; i++) {
    const types = lights[i];
    if (types === undefined) continue;
    found ??= probabilities.slice(from * n, end * n);
    for (const [type, tagsOfType] of columns.entries())
      for (const t of tagsOfType) found[(i - from) * n + t]! *= types[type]! / Math.max(words[i]!.types[type]!, 1e-12);
  }
  return found;
}

/** The spans of a sentence in some light; the same list where nothing changed. */
function spansIn<Found extends Span>(
  { text, spans: before }: ReadSentence<Found>,
  readings: WordReadings,
  lights: Lights,
): readonly (Found | Entity)[] {
  const words = wordsOf(text, readings);
  let spans: readonly (Found | Entity)[] = before;
  for (const stretch of stretches(readings)) {
    const found = changed(readings, stretch, words, lights);
    if (found === undefined) continue;
    const anew = readings.words.slice(...stretch);
    const [start, end] = [anew[0]!.start, anew.at(-1)!.end];
    const kept = spans.filter((span) => span.end <= start || span.start >= end);
    spans = [...kept, ...spansOf(anew, found, readings)].sort((a, b) => a.start - b.start);
  }
  return spans;
}

/** What a sentence was read as last: in the same light it is the same. A document is placed again with every sentence that comes in. */
const readBefore = new WeakMap<
  WordReadings,
  { readonly of: readonly Span[]; readonly lights: Lights; readonly spans: readonly Span[] }
>();

function sameLights(a: Lights, b: Lights): boolean {
  return a.every((own, i) => {
    const other = b[i];
    return own === other || (own !== undefined && other !== undefined && own.every((p, t) => p === other[t]));
  });
}

/**
 * The spans of sentences `from` to `to` in the light of the sentences around.
 * @param sentences in order; undefined where nothing is known of one yet. Those within {@link NEIGHBOURS} of the asked ones count.
 * @returns spans of each asked sentence: the same list where nothing changed.
 */
export function readTogether<Found extends Span>(
  sentences: readonly (ReadSentence<Found> | undefined)[],
  from = 0,
  to = sentences.length,
): (readonly (Found | Entity)[] | undefined)[] {
  const occurrences = new Map<string, Occurrences>();
  const places = new Map<number, number[]>();
  const last = Math.min(sentences.length, to + NEIGHBOURS);
  for (let at = Math.max(0, from - NEIGHBOURS); at < last; at++) {
    const { text, words } = sentences[at] ?? {};
    if (words === undefined) continue;
    const own = wordsOf(text!, words).map((word) => {
      if (word === undefined) return -1;
      let list = occurrences.get(word.key);
      if (list === undefined) occurrences.set(word.key, (list = { words: [], sentences: [] }));
      list.sentences.push(at);
      return list.words.push(word) - 1;
    });
    places.set(at, own);
  }
  return sentences.slice(from, to).map((sentence, i) => {
    const readings = sentence?.words;
    if (readings === undefined) return sentence?.spans;
    const at = places.get(from + i)!;
    const lights = wordsOf(sentence!.text, readings).map(
      (word, reading) => word && inTheLight(occurrences.get(word.key)!, at[reading]!),
    );
    const known = readBefore.get(readings);
    if (known?.of === sentence!.spans && sameLights(known.lights, lights))
      return known.spans as readonly (Found | Entity)[];
    const spans = spansIn(sentence!, readings, lights);
    readBefore.set(readings, { of: sentence!.spans, lights, spans });
    return spans;
  });
}
