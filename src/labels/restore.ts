/** Giving labels back to text that was deleted and comes back. Offsets are UTF-16 code units. */
import { QuoteFinder } from "../text/finder";
import type { Steps } from "../text/slices";
import type { Span } from "../text/span";
import type { Anchor } from "./annotation";
import type { TextChange } from "./contract";

/** Places of the same words that are looked at for one label in one edit, and in all. */
const MOST_PLACES = 20_000;
const MOST_IN_ALL = 100_000;
/** Places looked at in a step. */
const STEP = 250;

/**
 * Looks for what was lost in the texts that edits, one after another, put into a text: the same words with all the letters of their context. Undo puts it where
 * it was, so that is looked at first.
 */
export function* restoring<T extends readonly [Anchor, { readonly span: Span | undefined; readonly last: Span }]>(
  lost: readonly T[],
  changes: readonly TextChange[],
  text: string,
  found: (item: T, there: Span) => void,
): Steps<void> {
  const finder = new QuoteFinder(text);
  let left = MOST_IN_ALL;
  for (const [index, change] of changes.entries()) {
    const start = changes
      .slice(index + 1)
      .reduce((at, later) => (later.end <= at ? at + later.text.length - (later.end - later.start) : at), change.start);
    for (const item of lost) {
      const [{ quote }, place] = item;
      const { exact } = quote;
      if (exact === "" || exact.length > change.text.length || place.span !== undefined) continue;
      const fits = (at: number): boolean => {
        const there = { start: at, end: at + exact.length };
        if (!finder.says(there, quote)) return false;
        const { before, after } = finder.context(there, quote);
        if (!before.all || !after.all) return false;
        found(item, there);
        return true;
      };
      const { last } = place;
      const within = last.start >= start && last.start + exact.length <= start + change.text.length;
      if (within && fits(last.start)) continue;
      const most = Math.min(left, MOST_PLACES);
      let looked = 0;
      for (let i = change.text.indexOf(exact); i >= 0 && looked < most; i = change.text.indexOf(exact, i + 1)) {
        if (fits(start + i)) break;
        if (++looked % STEP === 0) yield;
      }
      left -= looked;
      yield;
    }
  }
}
