/** From the probabilities of words to spans, and what is kept of the words to read them anew. Offsets are UTF-16 code units of the segment. */
import type { Alternative } from "../../documents/labelled";
import type { Span } from "../../text/span";
import type { Decoder } from "../manifest/manifest";
import { alternativeTo, bestPath, runs } from "./bio";
import { entropyOf } from "./entropy";

/** A labelled span, such as an entity: its place in the segment, its label, and the mean probability of its words' tags. */
export interface Entity extends Span {
  readonly label: string;
  readonly score: number;
  /** What it is if not that; absent where the model has one label and no other tag. */
  readonly alternative?: Alternative;
  /** The mean entropy of its words' tags, 0 to 1 (token entropy, Settles and Craven 2008). */
  readonly entropy: number;
}

/** How tags are read. */
export interface TagSet {
  /** BIO2 tags. */
  readonly tags: readonly string[];
  /** Whether I-X may begin a span, as in IOB1. */
  readonly insideBegins: boolean;
}

/** What the model says of words that may be part of a span; those that surely are not are left out. */
export interface WordReadings extends TagSet {
  readonly words: readonly (Span & {
    /** Which word of the segment it is. */
    readonly index: number;
  })[];
  /** [words × tags] */
  readonly probabilities: Float32Array;
}

/** What the model says of the words of a segment. */
export interface SpanReading {
  /** In order, without overlap. */
  readonly spans: readonly Entity[];
  /** Absent where no word may be part of one, and of tags that are no distribution. */
  readonly words?: WordReadings;
}

/** Labels of other tasks put beside those that are known of a text, with the readings of both. */
export function besides<Labels extends { readonly words?: Readonly<Record<string, WordReadings>> }>(
  known: Labels,
  labels: Labels,
): Labels {
  const words = { ...known.words, ...labels.words };
  return { ...known, ...labels, ...(Object.keys(words).length > 0 && { words }) };
}

/** A word outside spans with at least this probability is left out of {@link WordReadings}: with .98 to .995 CoNLL-2003's validation part reads the same within .03. */
const SURE = 0.99;

/**
 * The spans of the likeliest tags.
 * @param found [words × tags]; some tag sets have theirs changed to what the tags were taken for.
 * @param independent each tag has a probability of its own.
 */
export function spansOf(
  words: readonly Span[],
  found: Float32Array,
  { tags, insideBegins }: TagSet,
  independent?: boolean,
): Entity[] {
  const n = tags.length;
  // Before the path is found, which may put two tags together.
  const entropies = words.map((_, word) => entropyOf(found.subarray(word * n, (word + 1) * n), independent));
  return runs(bestPath(found, tags, insideBegins), found, tags).map(({ start, end, label, score }) => {
    const alternative = alternativeTo({ start, end, label }, found, tags);
    return {
      start: words[start]!.start,
      end: words[end - 1]!.end,
      label,
      score,
      ...(alternative && { alternative }),
      entropy: entropies.slice(start, end).reduce((sum, own) => sum + own, 0) / (end - start),
    };
  });
}

/**
 * Reads the words of a segment.
 * @param places of the words, in order; @param found their tags' probabilities [words × tags], which are not kept.
 */
export function readSpans(
  places: readonly Span[],
  found: Float32Array,
  { labels: tags, insideBegins = false, independent }: Pick<Decoder, "labels" | "insideBegins" | "independent">,
): SpanReading {
  const n = tags.length;
  const outside = tags.indexOf("O");
  // Reading such a tag set changes what was found.
  const raw = insideBegins ? found.slice() : found;
  const spans = spansOf(places, found, { tags, insideBegins }, independent);
  if (outside < 0 || independent === true) return { spans };
  const within = new Set<number>();
  let next = 0;
  for (const { start, end } of spans)
    for (; next < places.length && places[next]!.end <= end; next++) if (places[next]!.start >= start) within.add(next);
  // A span is read anew as a whole, its sure words ("of") included.
  const kept = [...places.keys()].filter((word) => within.has(word) || raw[word * n + outside]! < SURE);
  if (kept.length === 0) return { spans };
  const probabilities = new Float32Array(kept.length * n);
  for (const [i, word] of kept.entries()) probabilities.set(raw.subarray(word * n, (word + 1) * n), i * n);
  const words = kept.map((index) => ({ start: places[index]!.start, end: places[index]!.end, index }));
  return { spans, words: { tags, insideBegins, words, probabilities } };
}
