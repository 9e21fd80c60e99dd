/**
 * What parsing a piece of Markdown costs, told before it is parsed. micromark's time grows with the square of several things: containers
 * inside containers, brackets, runs of emphasis, tags that are not closed. The weights are its measured times in microseconds on a slow core.
 */

/** A piece that costs more is not given to the parser: about 10 ms. */
export const MOST_COST = 10_000;

/** Containers inside each other that nobody writes, and a share of characters that are markup over so many units: what has more is not parsed. */
const DEEPEST = 20;
const MOST_MARKUP = 0.3;
const SHARE_UNITS = 1000;

const CONTAINERS = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+[ \t]*/;
const CUT_MARKER = /^\d{0,9}[-*+.)]?$/;
const MARKER = />|[-*+]|\d+[.)]/g;

/** Counts of what a piece of Markdown costs by. Grows stretch by stretch; a stretch lies within a line and may end with its line break. */
export class MarkdownCost {
  #length = 0;
  #lines = 0;
  #markers = 0;
  #deepest = 0;
  #special = 0;
  #brackets = 0;
  #images = 0;
  #runs = 0;
  #tags = 0;
  #cells = 0;
  #definitions = 0;
  #before = 0;
  /** Containers of the line so far; undefined once something else has come. */
  #depth: number | undefined = 0;
  /** The beginning of what may be a marker, cut by the stretch's end. */
  #cut = "";

  /** Adds a stretch. */
  add(text: string): void {
    this.#length += text.length;
    if (this.#depth !== undefined) {
      const line = this.#cut + text;
      const found = CONTAINERS.exec(line)?.[0] ?? "";
      const count = found.match(MARKER)?.length ?? 0;
      this.#markers += count;
      this.#depth += count;
      this.#deepest = Math.max(this.#deepest, this.#depth);
      this.#cut = line.slice(found.length);
      if (!CUT_MARKER.test(this.#cut)) this.#depth = undefined;
    }
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 128 && KIND[unit]! > 0) this.#count(unit);
      this.#before = unit;
    }
    if (text.endsWith("\n")) {
      this.#lines++;
      this.#depth = 0;
      this.#cut = "";
    }
  }

  /** In units of {@link MOST_COST}. */
  get total(): number {
    const length = this.#length;
    const lines = this.#lines;
    const markers = this.#markers;
    const deepest = this.#deepest;
    const special = this.#special;
    const brackets = this.#brackets;
    const images = this.#images;
    const runs = this.#runs;
    const tags = this.#tags;
    const cells = this.#cells;
    const definitions = this.#definitions;
    return (
      100 +
      3 * length +
      10 * special +
      0.2 * deepest * (markers + lines + 1) +
      (deepest > 0 ? 50 * lines : 0) +
      0.5 * images * brackets +
      0.006 * brackets * brackets +
      0.02 * runs * runs +
      0.025 * tags * length +
      20 * cells +
      100 * definitions
    );
  }

  /** Whether this is no prose, whatever it costs. Borders of table cells are not counted. */
  get dense(): boolean {
    if (this.#deepest > DEEPEST) return true;
    return this.#length >= SHARE_UNITS && this.#special - this.#cells > MOST_MARKUP * this.#length;
  }

  #count(unit: number): void {
    this.#special++;
    switch (KIND[unit]) {
      case Kind.Bracket:
        this.#brackets++;
        if (unit === 0x5b && this.#before === 0x21) this.#images++;
        break;
      case Kind.Run:
        if (unit !== this.#before) this.#runs++;
        break;
      case Kind.Tag:
        this.#tags++;
        break;
      case Kind.Colon:
        if (this.#before === 0x5d) this.#definitions++;
        break;
      case Kind.Cell:
        this.#cells++;
        break;
    }
  }
}

const Kind = { Bracket: 1, Run: 2, Tag: 3, Cell: 4, Colon: 5, Other: 6 } as const;
const KIND = new Uint8Array(128);
const mark = (letters: string, kind: number): void => {
  for (const letter of letters) KIND[letter.charCodeAt(0)] = kind;
};
mark("[]", Kind.Bracket);
mark("*_~", Kind.Run);
mark("<", Kind.Tag);
mark("|", Kind.Cell);
mark(":", Kind.Colon);
mark("`\\&>()!#@", Kind.Other);
