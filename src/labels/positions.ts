/** Where every value of every event is in the text of today, undone events included, so that undo restores a label to the right place after edits. */
import { findQuote, shiftSpan } from "../text/anchors";
import type { Span } from "../text/span";
import type { Anchor } from "./annotation";
import type { TextChange } from "./contract";
import { valuesOf } from "./events";
import type { DecisionEvent, RegionAnchor } from "./events";
import { cutByEdit, findRegions } from "./regions";

/** How much context on each side must agree before deleted text that comes back gets its labels back. */
const CONTEXT_UNITS = 8;

interface Place {
  /** Undefined: the text is gone. */
  span: Span | undefined;
  /** Where it was last. */
  last: Span;
}

/** Live positions; offsets are UTF-16 code units of the current text. */
export class Positions {
  readonly #values = new Map<Anchor, Place>();
  readonly #regions = new Map<RegionAnchor, Span[]>();

  /** Starts following an event on the current text. A value that does not fit it (what a stale label was) has no place. */
  track(event: DecisionEvent, text: string): void {
    for (const value of valuesOf(event)) {
      const fits = text.slice(value.span.start, value.span.end) === value.quote.exact;
      this.#values.set(value, { span: fits ? value.span : undefined, last: value.span });
    }
    if (event.kind === "reviewed") for (const region of event.regions) this.#regions.set(region, [region.span]);
  }

  /** Where a value is; undefined if its text is gone. */
  at(value: Anchor): Span | undefined {
    return this.#values.get(value)?.span;
  }

  /** Where a value is, or was last. */
  last(value: Anchor): Span {
    return this.#values.get(value)?.last ?? value.span;
  }

  /** What is left of a reviewed region. */
  region(region: RegionAnchor): readonly Span[] {
    return this.#regions.get(region) ?? [];
  }

  /** Moves everything by edits, one after another; `text` is the text after them. */
  shift(changes: readonly TextChange[], text: string): void {
    const lost: [Anchor, Place][] = [];
    for (const [value, place] of this.#values) {
      for (const change of changes) {
        if (place.span === undefined) continue;
        place.span = shiftSpan(place.span, change);
        if (place.span !== undefined) place.last = place.span;
      }
      if (place.span === undefined) lost.push([value, place]);
    }
    for (const [region, spans] of this.#regions) {
      this.#regions.set(
        region,
        changes.reduce<Span[]>((rest, change) => cutByEdit(rest, change, change.text.length), spans),
      );
    }
    if (lost.length > 0) this.#restore(lost, changes, text);
  }

  /** Finds everything again in a text that changed in unknown ways. */
  locate(text: string): void {
    for (const [value, place] of this.#values) {
      const found = findQuote(text, value.quote, place.span ?? place.last)?.span;
      place.span = found;
      if (found !== undefined) place.last = found;
    }
    const regions = [...this.#regions.keys()];
    for (const [index, found] of findRegions(text, regions).entries()) {
      this.#regions.set(regions[index]!, found === undefined ? [] : [found]);
    }
  }

  /** Deleted text that was put back, by undo in the editor or by cut and paste, gets its labels back. */
  #restore(lost: readonly [Anchor, Place][], changes: readonly TextChange[], text: string): void {
    for (const [index, change] of changes.entries()) {
      const start = changes
        .slice(index + 1)
        .reduce(
          (at, later) => (later.end <= at ? at + later.text.length - (later.end - later.start) : at),
          change.start,
        );
      for (const [value, place] of lost) {
        const { exact, prefix, suffix } = value.quote;
        if (exact === "" || place.span !== undefined) continue;
        for (let i = change.text.indexOf(exact); i >= 0; i = change.text.indexOf(exact, i + 1)) {
          const at = start + i;
          const end = at + exact.length;
          const fits =
            text.startsWith(exact, at) &&
            text.slice(0, at).endsWith(prefix.slice(-CONTEXT_UNITS)) &&
            text.startsWith(suffix.slice(0, CONTEXT_UNITS), end);
          if (!fits) continue;
          place.span = { start: at, end };
          place.last = place.span;
          break;
        }
      }
    }
  }
}
