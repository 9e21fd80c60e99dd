/** How far two sets of labelled spans agree. Offsets are UTF-16 code units. */
import { firstIndex } from "../../text/search";
import type { Span } from "../../text/span";
import type { PlacedLabel } from "../annotation";

/** Matched pairs among two annotators' spans. */
export interface SpanMatches {
  readonly matched: number;
  readonly first: number;
  readonly second: number;
}

/** F1 from 0 to 1; undefined if neither has a span. Between annotators neither is the reference, and F1 is the same both ways. */
export function matchF1({ matched, first, second }: SpanMatches): number | undefined {
  return first + second === 0 ? undefined : (2 * matched) / (first + second);
}

/** Sum of counts. */
export function addMatches(a: SpanMatches, b: SpanMatches): SpanMatches {
  return { matched: a.matched + b.matched, first: a.first + b.first, second: a.second + b.second };
}

/** Pairs with the same start, end and label; of equal spans of one annotator each counts once (CoNLL-2003's measure, on characters). */
export function exactMatches(first: readonly PlacedLabel[], second: readonly PlacedLabel[]): SpanMatches {
  const key = ({ start, end, label }: PlacedLabel): string => `${start}:${end}:${label}`;
  const [a, b] = [new Set(first.map(key)), new Set(second.map(key))];
  return { matched: [...a].filter((item) => b.has(item)).length, first: a.size, second: b.size };
}

/**
 * Pairs of the same label that share at least one code unit, each span in one pair at most. Pairs are made from left to right, each span
 * with the partner that ends first: as many pairs as can be where an annotator's spans of a label do not contain one another
 * (F. Glover 1967, Maximum Matching in a Convex Bipartite Graph).
 */
export function overlapMatches(first: readonly PlacedLabel[], second: readonly PlacedLabel[]): SpanMatches {
  const distinct = (list: readonly PlacedLabel[]): PlacedLabel[] => [
    ...new Map(list.map((item) => [`${item.start}:${item.end}:${item.label}`, item])).values(),
  ];
  const a = distinct(first).sort(byEnd);
  const byLabel = new Map<string, PlacedLabel[]>();
  for (const item of distinct(second)) {
    const list = byLabel.get(item.label);
    if (list === undefined) byLabel.set(item.label, [item]);
    else list.push(item);
  }
  const partners = new Map([...byLabel].map(([label, list]) => [label, new Partners(list)]));
  const matched = a.filter((item) => partners.get(item.label)?.take(item)).length;
  return { matched, first: a.length, second: [...byLabel.values()].reduce((sum, list) => sum + list.length, 0) };
}

const byEnd = (a: Span, b: Span): number => a.end - b.end || a.start - b.start;

/** Spans that have no partner yet. */
class Partners {
  readonly #list: readonly Span[];
  /** The least start among the spans from here on: where to stop looking. */
  readonly #least: number[];
  readonly #taken: boolean[];

  constructor(spans: readonly Span[]) {
    this.#list = [...spans].sort(byEnd);
    this.#taken = this.#list.map(() => false);
    this.#least = this.#list.map(({ start }) => start);
    for (let i = this.#least.length - 2; i >= 0; i--) this.#least[i] = Math.min(this.#least[i]!, this.#least[i + 1]!);
  }

  /** Takes the first that shares text with the span; false if there is none. */
  take(span: Span): boolean {
    for (
      let i = firstIndex(this.#list, ({ end }) => end > span.start);
      i < this.#list.length && this.#least[i]! < span.end;
      i++
    ) {
      if (this.#taken[i] || this.#list[i]!.start >= span.end) continue;
      this.#taken[i] = true;
      return true;
    }
    return false;
  }
}
