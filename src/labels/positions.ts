/** Where every value of every event is in the text of today, undone events included, so that undo restores a label to the right place after edits. */
import { shiftSpan } from "../text/anchors";
import { QuoteFinder } from "../text/finder";
import { likelyPlace } from "../text/likely";
import { following, locate, locating } from "../text/locate";
import { append } from "../text/grouped";
import { advance, nextTurn, SLICE_MS } from "../text/slices";
import type { Steps } from "../text/slices";
import type { Span } from "../text/span";
import type { Anchor } from "./annotation";
import type { TextChange } from "./contract";
import { regionsOf, valuesOf } from "./events";
import type { DecisionEvent, RegionAnchor } from "./events";
import { cutByEdit, findingRegions, findRegions } from "./regions";
import { restoring } from "./restore";

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

/** A text in which it is known where things are. */
interface Known {
  readonly text: string;
  readonly spans: ReadonlyMap<Place, Span>;
}

/** Nothing is known. */
const NOTHING: Known = { text: "", spans: new Map() };

/** Finding things again in a text, step by step. */
interface Search {
  readonly steps: Steps<void>;
  /** Edits since: what is found has to go along with them. */
  readonly later: TextChange[];
  /** What it started from, if it is for all values; another one that takes its place starts from there, too. */
  readonly from?: Known;
}

/**
 * Live positions; offsets are UTF-16 code units of the current text. What is to be found again is found at once, or, where that takes longer than it may, in
 * slices ({@link settle}); until then things are where edits moved them, as far as that can be said.
 */
export class Positions {
  readonly #values = new Map<Anchor, Place>();
  readonly #regions = new Map<RegionAnchor, readonly Span[]>();
  /** Those of the regions that questions are about. */
  readonly #contexts = new Set<RegionAnchor>();
  #text = "";
  #proposals = 0;
  #searches: Search[] = [];
  /** Whose proposals were asked for and are still looked for. */
  readonly #wanted = new Map<Place, Anchor>();

  /** @param atOnce milliseconds that a search may take at once */
  constructor(private readonly atOnce = Infinity) {}

  /** Whether everything is found that can be. */
  get placed(): boolean {
    return this.#searches.length === 0;
  }

  /** Whether nothing is left to look for. */
  get settled(): boolean {
    return this.placed && this.#wanted.size === 0;
  }

  /** Starts following an event on the current text. A value that does not fit it (what a stale label was) has no place. */
  track(event: DecisionEvent, text: string): void {
    this.#text = text;
    for (const value of valuesOf(event)) {
      const fits = text.slice(value.span.start, value.span.end) === value.quote.exact;
      this.#values.set(value, { span: fits ? value.span : undefined, last: value.span });
    }
    for (const region of regionsOf(event)) this.#regions.set(region, [region.span]);
    if (event.kind === "answered" && event.context !== undefined) this.#contexts.add(event.context);
  }

  /** Starts following events that were made on a text that may be another: their values are found by their quotes. */
  admit(events: readonly DecisionEvent[], text: string): void {
    for (const event of events) this.track(event, text);
    const values = [...new Set(events.flatMap(valuesOf))];
    const found = locate(
      text,
      values.map((value) => ({ quote: value.quote, span: value.span })),
    );
    for (const [index, value] of values.entries()) moveTo(this.#values.get(value)!, found[index]);
    const regions = events.flatMap(regionsOf);
    for (const [index, span] of findRegions(text, regions, this.#contexts).entries())
      this.#regions.set(regions[index]!, span === undefined ? [] : [span]);
  }

  /** Says that a value is where another one is. */
  carry(value: Anchor, from: Anchor): void {
    const place = this.#values.get(from);
    if (place !== undefined) this.#values.set(value, { span: place.span, last: place.last });
  }

  /** Where a value is; undefined if its text is gone. */
  at(value: Anchor): Span | undefined {
    return this.#values.get(value)?.span;
  }

  /** Where a value is, or was last. */
  last(value: Anchor): Span {
    return this.#values.get(value)?.last ?? value.span;
  }

  /**
   * Where the text of a value that has no place may be: like it, or the same words in other surroundings. For a person to agree to, never taken for found.
   * Where that may not be looked for at once, it is not known before {@link settle} is through.
   */
  proposal(value: Anchor): Span | undefined {
    const place = this.#values.get(value);
    if (place === undefined || place.span !== undefined || !this.placed) return undefined;
    if (place.proposal === undefined && !this.#wanted.has(place)) {
      if (this.#proposals >= MOST_PROPOSALS) return undefined;
      this.#proposals++;
      if (this.atOnce === Infinity) this.#propose(place, value);
      else this.#wanted.set(place, value);
    }
    return place.proposal?.span;
  }

  /** Whether no proposal is looked for, since too many others were. */
  unsought(value: Anchor): boolean {
    const place = this.#values.get(value);
    if (place === undefined || place.span !== undefined || !this.placed) return false;
    return place.proposal === undefined && !this.#wanted.has(place) && this.#proposals >= MOST_PROPOSALS;
  }

  /** What is left of a reviewed region. */
  region(region: RegionAnchor): readonly Span[] {
    return this.#regions.get(region) ?? [];
  }

  /** Where the text that a question is about is now, edits in it included; undefined if it is gone. */
  context(region: RegionAnchor): Span | undefined {
    const left = this.region(region);
    const [first, last] = [left[0], left.at(-1)];
    return first && last && { start: first.start, end: last.end };
  }

  /** Moves everything by edits, one after another; `text` is the text after them. */
  shift(changes: readonly TextChange[], text: string): void {
    this.#text = text;
    const lost = this.#moveBy(changes);
    for (const { later } of this.#searches) append(later, changes);
    const longest = changes.reduce((most, change) => Math.max(most, change.text.length), 0);
    const back = lost.filter(([{ quote }]) => quote.exact.length <= longest);
    if (back.length === 0) return;
    const later: TextChange[] = [];
    // Deleted text that was put back, by undo in the editor or by cut and paste, gets its labels back.
    const steps = restoring(back, changes, text, ([, place], there) => {
      if (place.span === undefined) moveTo(place, shifted(there, later));
    });
    this.#start({ steps, later });
  }

  /** Finds everything again in a text that changed in unknown ways, by quotes alone. What is not found for certain has no place. */
  locate(text: string): void {
    this.#findAll(NOTHING, text);
  }

  /** As {@link locate}, where the text before the change is known: more can be found then. */
  follow(before: string, text: string): void {
    const spans = new Map<Place, Span>();
    for (const place of this.#values.values()) if (place.span !== undefined) spans.set(place, place.span);
    this.#findAll(this.#searches.find(({ from }) => from !== undefined)?.from ?? { text: before, spans }, text);
    // Until it is known better, things are outside of what changed.
    if (!this.placed && before !== text) this.#moveBy([difference(before, text)]);
  }

  /** Goes on looking for so many milliseconds and a step. @returns whether nothing is left to look for */
  goOn(ms: number): boolean {
    const until = performance.now() + ms;
    for (let [search] = this.#searches; search !== undefined; [search] = this.#searches) {
      if (advance(search.steps, until - performance.now()) === undefined) return false;
      this.#searches = this.#searches.filter((other) => other !== search);
    }
    for (const [place, value] of this.#wanted) {
      this.#wanted.delete(place);
      this.#propose(place, value);
      if (performance.now() >= until) break;
    }
    return this.settled;
  }

  /** As {@link goOn}, to the end. */
  *searching(): Steps<void> {
    while (!this.goOn(0)) yield;
  }

  /** Looks for what is left, giving way to other work every few milliseconds. Goes on over changes made meanwhile. */
  async settle(signal?: AbortSignal): Promise<void> {
    do await nextTurn();
    while (signal?.aborted !== true && !this.goOn(SLICE_MS));
  }

  #propose(place: Place, value: Anchor): void {
    place.proposal = { span: likelyPlace(this.#text, value.quote, place.last) };
  }

  #start(search: Search): void {
    if (this.placed && advance(search.steps, this.atOnce) !== undefined) return;
    this.#searches.push(search);
  }

  /** Moves what has a place, and proposals. @returns what lost its place, or had none */
  #moveBy(changes: readonly TextChange[]): [Anchor, Place][] {
    this.#wanted.clear();
    this.#proposals = 0;
    const lost: [Anchor, Place][] = [];
    for (const [value, place] of this.#values) {
      for (const change of changes) {
        if (place.span === undefined) break;
        place.span = shiftSpan(place.span, change);
        if (place.span !== undefined) place.last = place.span;
      }
      if (place.span !== undefined) continue;
      lost.push([value, place]);
      const proposal = place.proposal?.span && shifted(place.proposal.span, changes);
      delete place.proposal;
      if (proposal === undefined) continue;
      place.proposal = { span: proposal };
      this.#proposals++;
    }
    for (const [region, spans] of this.#regions) this.#regions.set(region, cut(spans, changes));
    return lost;
  }

  #findAll(from: Known, text: string): void {
    this.#text = text;
    this.#wanted.clear();
    this.#proposals = 0;
    for (const place of this.#values.values()) delete place.proposal;
    // Whatever was searched for in a text before is among what is searched for now.
    this.#searches = [];
    const later: TextChange[] = [];
    this.#start({ steps: this.#finding(from, text, later), later, from });
  }

  *#finding(from: Known, text: string, later: readonly TextChange[]): Steps<void> {
    const hints = new Map([...this.#values].map(([value, place]) => [value, place.span ?? place.last] as const));
    const places = [...this.#values];
    const regions = [...this.#regions.keys()];
    const finder = new QuoteFinder(text);
    const known = places.filter(([, place]) => from.spans.has(place));
    const spans = yield* following(
      from.text,
      finder,
      known.map(([, place]) => from.spans.get(place)!),
    );
    const found = new Map(known.map(([value], index) => [value, spans[index]] as const));
    const rest = places.filter(([value]) => found.get(value) === undefined);
    const hint = ([value, place]: [Anchor, Place]): Span => from.spans.get(place) ?? hints.get(value)!;
    const byQuote = yield* locating(
      finder,
      rest.map((item) => ({ quote: item[0].quote, span: hint(item) })),
    );
    for (const [index, [value]] of rest.entries()) found.set(value, byQuote[index]);
    const regionsFound = yield* findingRegions(text, regions, this.#contexts);
    for (const item of places) {
      const [value, place] = item;
      const span = found.get(value);
      place.last = shifted(hint(item), later) ?? hint(item);
      moveTo(place, span && shifted(span, later));
    }
    for (const [index, span] of regionsFound.entries())
      this.#regions.set(regions[index]!, span === undefined ? [] : cut([span], later));
  }
}

function moveTo(place: Place, span: Span | undefined): void {
  place.span = span;
  if (span !== undefined) place.last = span;
}

function shifted(span: Span, changes: readonly TextChange[]): Span | undefined {
  return changes.reduce<Span | undefined>((at, change) => at && shiftSpan(at, change), span);
}

function cut(regions: readonly Span[], changes: readonly TextChange[]): readonly Span[] {
  return changes.reduce((rest, change) => cutByEdit(rest, change, change.text.length), regions);
}

/** All that differs between two texts, as one edit. */
function difference(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < most - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
