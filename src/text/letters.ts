/** A text's letters and digits alone: what is left of it whatever reformatting does. Offsets are UTF-16 code units. */
import { finish } from "./slices";
import type { Steps } from "./slices";

/** Letters, digits, marks and surrogates of a text, and where each of them stands. */
export interface Letters {
  readonly letters: string;
  readonly at: Uint32Array;
}

/** A letter or a digit somewhere: what has none says nothing. */
export const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Units looked at in a step. */
const STEP = 250_000;

let classes: Uint8Array | undefined;

/** Whether a unit is a letter, a digit, a mark, or half of a surrogate pair. */
export function isLetter(unit: number): boolean {
  if (classes === undefined) {
    classes = new Uint8Array(0x10000);
    for (let i = 0; i < classes.length; i++) {
      if ((i >= 0xd800 && i < 0xe000) || /[\p{L}\p{N}\p{M}]/u.test(String.fromCharCode(i))) classes[i] = 1;
    }
  }
  return classes[unit] === 1;
}

/** The letters of a text, in one pass. */
export function lettersOf(text: string): Letters {
  return finish(lettersInSteps(text));
}

/** As {@link lettersOf}. */
export function* lettersInSteps(text: string): Steps<Letters> {
  const at = new Uint32Array(text.length);
  const units = new Uint16Array(text.length);
  let count = 0;
  for (let from = 0; from < text.length; from += STEP) {
    if (from > 0) yield;
    const to = Math.min(text.length, from + STEP);
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      if (!isLetter(unit)) continue;
      units[count] = unit;
      at[count++] = i;
    }
  }
  const letters = Buffer.from(units.buffer, 0, count * 2).toString("utf16le");
  return { letters, at: at.subarray(0, count) };
}

/** Whether a needle stands in a text once; where, or undefined. */
export function onlyPlace(text: string, needle: string): number | undefined {
  const first = text.indexOf(needle);
  return first < 0 || text.indexOf(needle, first + 1) >= 0 ? undefined : first;
}
