/** Finds the values of JSON Lines that are text. Offsets are UTF-16 code units. */
import { asRead } from "../filled";
import { insidePair } from "../offsets";
import { MAX_BLOCK } from "../scan";
import type { Found, OpenInJson, ScanState } from "../scan";
import { escapeLength, readEscapes } from "./escapes";
import { holdsOf, isProse } from "./prose";
import type { Holds } from "./prose";

/** Units of a value that are looked at to know whether it is text; no key is longer. */
const HEAD = 1000;
/** Strings, brackets and commas that are looked at in one go: each may cost a microsecond or two. */
const MOST_SIGNS = 4000;
/** Objects and arrays inside each other whose keys are told; nobody nests them deeper. */
const MOST_DEPTH = 64;

/** At the start of a line nothing is open, whatever came before it. */
const LINE: OpenInJson = { kind: "json", inside: "", deeper: 0, next: "any" };

/** In {@link OpenInJson.inside}: an object, one below a key that holds no text, and arrays by what their key says. */
const OBJECT = "o";
const OBJECT_NEVER = "x";
const ARRAYS: Readonly<Record<Holds, string>> = { text: "T", any: "A", never: "X" };
const HOLDS: Readonly<Record<string, Holds>> = { T: "text", A: "any", X: "never", [OBJECT_NEVER]: "never" };

const [NEWLINE, QUOTE, COMMA, OPEN_ARRAY, BACKSLASH, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [
  10, 34, 44, 91, 92, 93, 123, 125,
] as const;

/** Where the scanner is, and what is open there. */
interface Place {
  readonly at: number;
  readonly open: OpenInJson;
}

/**
 * The next value that is text, or a part of it, for `scanBlocks`; where there is none for {@link MAX_BLOCK} units or {@link MOST_SIGNS} signs, a masked block, so that no call takes long. What stands between
 * values is in no block. Only quotes, brackets and commas of a line count, so that a line that is torn or is no JSON costs no more than itself.
 */
export function nextValue(text: string, state: ScanState): Found | undefined {
  const limit = Math.min(text.length, state.at + MAX_BLOCK - HEAD);
  let place: Place = { at: state.at, open: state.open?.kind === "json" ? state.open : LINE };
  // A text is in the block that its head was looked at for: what is behind a block counts for nothing before it.
  const goesOn = ({ at, open }: Place): boolean => at < limit || (open.string === "text" && at < text.length);
  for (let signs = 0; goesOn(place) && (signs < MOST_SIGNS || place.open.string === "text"); signs++) {
    const { at, open } = place;
    const code = text.charCodeAt(at);
    if (open.string !== undefined && (code === QUOTE || code === NEWLINE))
      place = { at: at + 1, open: code === QUOTE ? closed(open) : LINE };
    else if (open.string === "text") {
      const end = textEnd(text, at);
      return { start: at, end, kind: "prose", resume: { at: end, open }, partial: {} };
    } else place = open.string === "other" ? { at: stringEnd(text, at, limit), open } : between(text, at, open, limit);
  }
  if (place.at >= text.length) return undefined;
  const end = insidePair(text, place.at) ? place.at - 1 : place.at;
  return { start: state.at, end, kind: "masked", resume: { at: end, open: place.open }, partial: {} };
}

/** Past one sign between strings, or past all before the next one. */
function between(text: string, at: number, open: OpenInJson, limit: number): Place {
  for (; at < limit; at++)
    switch (text.charCodeAt(at)) {
      case QUOTE:
        return opened(text, at + 1, open);
      case OPEN_ARRAY:
        return { at: at + 1, open: within(open, ARRAYS[open.next === "key" ? "any" : open.next]) };
      case OPEN_OBJECT:
        return { at: at + 1, open: within(open, open.next === "never" ? OBJECT_NEVER : OBJECT) };
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        return { at: at + 1, open: left(open) };
      case COMMA:
        return { at: at + 1, open: { ...open, next: nextIn(open) } };
      case NEWLINE:
        return { at: at + 1, open: LINE };
    }
  return { at, open };
}

/** What string comes next inside of what is open. */
function nextIn({ inside, deeper }: Pick<OpenInJson, "inside" | "deeper">): OpenInJson["next"] {
  const last = inside.charAt(inside.length - 1);
  const isObject = last === OBJECT || last === OBJECT_NEVER;
  return isObject && deeper === 0 ? "key" : (HOLDS[last] ?? "any");
}

function within(open: OpenInJson, container: string): OpenInJson {
  const { inside, deeper } = open;
  const entered = inside.length < MOST_DEPTH ? { inside: inside + container, deeper } : { inside, deeper: deeper + 1 };
  return { ...open, ...entered, next: nextIn(entered) };
}

function left(open: OpenInJson): OpenInJson {
  const { inside, deeper } = open;
  const outside = deeper > 0 ? { inside, deeper: deeper - 1 } : { inside: inside.slice(0, -1), deeper };
  return { ...open, ...outside, next: nextIn(outside) };
}

/** Behind a value. */
function closed({ kind, inside, deeper }: OpenInJson): OpenInJson {
  return { kind, inside, deeper, next: nextIn({ inside, deeper }) };
}

/** A string begins: past it if it is a key, or short and no text, else into it. */
function opened(text: string, at: number, open: OpenInJson): Place {
  const most = Math.min(text.length, at + HEAD);
  const end = stringEnd(text, at, most);
  const isWhole = end < most && text.charCodeAt(end) === QUOTE;
  const head = text.slice(at, end);
  if (open.next !== "key") {
    if (isProse(asRead(readEscapes(head)), open.next)) return { at, open: { ...open, string: "text" } };
  }
  if (!isWhole) return { at: end, open: { ...open, string: "other" } };
  // Outside of all brackets, a string is a key of an object that was opened lines above, or a value of its own.
  const isKey = open.next === "key" || (open.inside === "" && open.deeper === 0);
  if (!isKey) return { at: end + 1, open: closed(open) };
  return { at: end + 1, open: { ...open, next: HOLDS[open.inside.charAt(open.inside.length - 1)] ?? holdsOf(head) } };
}

/** Where a string is closed or its line ends; `limit`, or one behind it, if it goes on beyond. */
function stringEnd(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === NEWLINE) return at;
    at += code === BACKSLASH && text.charCodeAt(at + 1) !== NEWLINE ? 2 : 1;
  }
  return Math.min(at, text.length);
}

/** Where a text is closed or its line ends, or where it is cut since it is too long: behind a line break, else a blank, else between two characters. */
function textEnd(text: string, from: number): number {
  const limit = Math.min(text.length, from + MAX_BLOCK);
  let line = 0;
  let blank = 0;
  let at = from;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === NEWLINE) return at;
    const length = code === BACKSLASH ? escapeLength(text, at) : 1;
    if (at + length > limit) break;
    if (code === BACKSLASH && text.charAt(at + 1) === "n") line = at + length;
    else if (code === 32) blank = at + length;
    at += length;
  }
  const next = text.charCodeAt(at);
  if (at >= text.length || next === QUOTE || next === NEWLINE) return at;
  return line || blank || (insidePair(text, at) ? at - 1 : at);
}
