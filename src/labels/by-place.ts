/** What shares text with a region, found without a look at all there is. Offsets are UTF-16 code units. */
import { firstIndex } from "../text/search";
import type { Span } from "../text/span";

/** Some items by where they are; which of them share text with a region is known in time that grows with the logarithm of their number. */
export class ByPlace<T extends { readonly span: Span }> {
  readonly #items: readonly { readonly item: T; readonly index: number }[];
  /** The farthest end of an item and of those before it. */
  readonly #ends: readonly number[];

  constructor(items: readonly T[]) {
    this.#items = items.map((item, index) => ({ item, index })).sort((a, b) => a.item.span.start - b.item.span.start);
    let end = 0;
    this.#ends = this.#items.map(({ item }) => (end = Math.max(end, item.span.end)));
  }

  /** Those that share text with the region, in the order they were given in. */
  in({ start, end }: Span): T[] {
    const found: { readonly item: T; readonly index: number }[] = [];
    const after = firstIndex(this.#items, ({ item }) => item.span.start >= end);
    for (let at = after - 1; at >= 0 && this.#ends[at]! > start; at--)
      if (this.#items[at]!.item.span.end > start) found.push(this.#items[at]!);
    return found.sort((a, b) => a.index - b.index).map(({ item }) => item);
  }
}
