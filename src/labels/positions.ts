/** Where every value of every event is in the text of today, undone events included, so that undo restores a label to the right place after edits. */
import { shiftSpan } from "../text/anchors";
import { QuoteFinder } from "../text/finder";
import { likelyPlace } from "../text/likely";
import { follow, locate } from "../text/locate";
import type { Span } from "../text/span";
import type { Anchor } from "./annotation";
import type { TextChange } from "./contract";
import { valuesOf } from "./events";
import type { DecisionEvent, RegionAnchor } from "./events";
import { cutByEdit, findRegions } from "./regions";

/** Most places that are looked for by likeness in one text: a search costs a fraction of a millisecond to some, and one person looks at them. */
const MOST_PROPOSALS = 300;

interface Place {
  /** Undefined: the text is gone. */
  span: Span | undefined;
  /** Where it was last. */
  last: Span;
  /** Where its text may be, looked for when it is asked for. */
  proposal?: { readonly span: Span | undefined };
}

/** Live positions; offsets are UTF-16 code units of the current text. */
export class Positions {
  readonly #values = new Map<Anchor, Place>();
  readonly #regions = new Map<RegionAnchor, Span[]>();
  #text = "";
  #proposals = 0;

  /** Starts following an event on the current text. A value that does not fit it (what a stale label was) has no place. */
  track(event: DecisionEvent, text: string): void {
    this.#text = text;
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

  /** Where the text of a value that has no place may be: like it, or the same words in other surroundings. For a person to agree to, never taken for found. */
  proposal(value: Anchor): Span | undefined {
    const place = this.#values.get(value);
    if (place === undefined || place.span !== undefined) return undefined;
    if (place.proposal === undefined) {
      if (this.#proposals >= MOST_PROPOSALS) return undefined;
      this.#proposals++;
      place.proposal = { span: likelyPlace(this.#text, value.quote, place.last) };
    }
    return place.proposal.span;
  }

  /** What is left of a reviewed region. */
  region(region: RegionAnchor): readonly Span[] {
    return this.#regions.get(region) ?? [];
  }

  /** Moves everything by edits, one after another; `text` is the text after them. */
  shift(changes: readonly TextChange[], text: string): void {
    this.#changed(text);
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

  /** Finds everything again in a text that changed in unknown ways, by quotes alone. What is not found for certain has no place. */
  locate(text: string): void {
    this.#changed(text);
    this.#place([...this.#values], text);
    this.#findRegions(text);
  }

  /** As {@link locate}, where the text before the change is known: more can be found then. */
  follow(before: string, text: string): void {
    this.#changed(text);
    const all = [...this.#values];
    const placed = all.filter(([, { span }]) => span !== undefined);
    const spans = follow(
      before,
      text,
      placed.map(([, { span }]) => span!),
    );
    for (const [index, [, place]] of placed.entries()) moveTo(place, spans[index]);
    this.#place(
      all.filter(([, { span }]) => span === undefined),
      text,
    );
    this.#findRegions(text);
  }

  #changed(text: string): void {
    this.#text = text;
    this.#proposals = 0;
    for (const place of this.#values.values()) delete place.proposal;
  }

  #place(values: readonly [Anchor, Place][], text: string): void {
    const found = locate(
      text,
      values.map(([{ quote }, place]) => ({ quote, span: place.span ?? place.last })),
    );
    for (const [index, [, place]] of values.entries()) moveTo(place, found[index]);
  }

  #findRegions(text: string): void {
    const regions = [...this.#regions.keys()];
    for (const [index, found] of findRegions(text, regions).entries()) {
      this.#regions.set(regions[index]!, found === undefined ? [] : [found]);
    }
  }

  /** Deleted text that was put back, by undo in the editor or by cut and paste, gets its labels back. */
  #restore(lost: readonly [Anchor, Place][], changes: readonly TextChange[], text: string): void {
    const finder = new QuoteFinder(text);
    for (const [index, change] of changes.entries()) {
      const start = changes
        .slice(index + 1)
        .reduce(
          (at, later) => (later.end <= at ? at + later.text.length - (later.end - later.start) : at),
          change.start,
        );
      for (const [value, place] of lost) {
        const { exact } = value.quote;
        if (exact === "" || place.span !== undefined) continue;
        for (let i = change.text.indexOf(exact); i >= 0; i = change.text.indexOf(exact, i + 1)) {
          const there = { start: start + i, end: start + i + exact.length };
          if (!finder.says(there, value.quote) || !finder.context(there, value.quote).all) continue;
          moveTo(place, there);
          break;
        }
      }
    }
  }
}

function moveTo(place: Place, span: Span | undefined): void {
  place.span = span;
  if (span !== undefined) place.last = span;
}
