/** The pre-tokenizers of `tokenizer.json`: what cuts a text into words, with alignment. Each does what the Rust library's of the same name does. */
import type { AlignedText } from "./aligned";
import { byteLevelWords, toByteLetters } from "./byte-level";
import { list, name, object, text as string } from "./json";
import type { Json } from "./json";
import { readPattern } from "./patterns";
import { isPunctuation, isWhiteSpace } from "./tables";

/** Cuts one piece of text into smaller ones; empty ones are left out by the caller. */
export type PreTokenizer = (text: AlignedText) => readonly AlignedText[];

/** What happens to a delimiter. */
type Behaviour = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

/**
 * Reads a pre-tokenizer.
 * @param refuse makes the error from what is wrong.
 * @throws what `refuse` makes, for a type or a setting that is not supported.
 */
export function readPreTokenizer(value: unknown, refuse: (what: string) => Error): PreTokenizer {
  if (value === null || value === undefined) return (text) => [text];
  const json = object(value) ?? {};
  const type = json["type"];
  switch (type) {
    case "Sequence": {
      const parts = list(json["pretokenizers"]).map((part) => readPreTokenizer(part, refuse));
      return (text) =>
        parts.reduce<readonly AlignedText[]>(
          (pieces, cut) => pieces.flatMap(cut).filter(({ length }) => length > 0),
          [text],
        );
    }
    case "ByteLevel": {
      const { add_prefix_space: prefix, use_regex: regex } = json;
      return (text) => {
        const spaced = prefix !== false && text.codes[0] !== SPACE ? text.prependNothing([SPACE]) : text;
        const words = regex !== false ? byteLevelWords(spaced.codes) : [[0, spaced.length] as const];
        return words.map(([from, to]) => toByteLetters(spaced.slice(from, to)));
      };
    }
    case "Metaspace":
      return metaspace(json, refuse);
    case "WhitespaceSplit":
      return (text) => splitAt(text, matches(text, isWhiteSpace), "Removed");
    case "BertPreTokenizer":
      return (text) =>
        splitAt(text, matches(text, isWhiteSpace), "Removed").flatMap((word) =>
          splitAt(word, matches(word, isPunctuation), "Isolated"),
        );
    case "Punctuation": {
      const behaviour = behaviourOf(json["behavior"] ?? "Isolated", refuse);
      return (text) => splitAt(text, matches(text, isPunctuation), behaviour);
    }
    case "Split": {
      if (json["invert"] === true) throw refuse('the pre-tokenizer Split is "inverted", which is not supported');
      const find = readPattern(json["pattern"], refuse);
      const behaviour = behaviourOf(json["behavior"], refuse);
      return (text) => splitAt(text, find(text), behaviour);
    }
    default:
      throw refuse(`the pre-tokenizer is of type ${name(type)}`);
  }
}

const SPACE = 0x20;

function metaspace(json: Json, refuse: (what: string) => Error): PreTokenizer {
  const mark = Array.from(string(json["replacement"]) ?? "▁", (char) => char.codePointAt(0)!);
  // Files of older versions say `add_prefix_space`.
  const scheme = json["prepend_scheme"] ?? (json["add_prefix_space"] === false ? "never" : "always");
  if (mark.length !== 1 || (scheme !== "always" && scheme !== "never" && scheme !== "first"))
    throw refuse("the pre-tokenizer Metaspace is malformed");
  return (text) => {
    let marked = text.map((code) => (code === SPACE ? mark : [code]));
    // "First" means at the very start of the original text.
    if (marked.codes[0] !== mark[0] && (scheme === "always" || (scheme === "first" && text.starts[0] === 0)))
      marked = marked.prepend(mark);
    if (json["split"] === false) return [marked];
    return splitAt(
      marked,
      matches(marked, (code) => code === mark[0]),
      "MergedWithNext",
    );
  };
}

function behaviourOf(value: unknown, refuse: (what: string) => Error): Behaviour {
  switch (value) {
    case "Removed":
    case "Isolated":
    case "MergedWithPrevious":
    case "MergedWithNext":
    case "Contiguous":
      return value;
    default:
      throw refuse(`the pre-tokenizer's behavior ${name(value)} is not known`);
  }
}

/** Each character that is one, as a stretch of its own. */
function matches({ codes }: AlignedText, is: (code: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  codes.forEach((code, i) => {
    if (is(code)) found.push([i, i + 1]);
  });
  return found;
}

/** Cuts a text at delimiters. */
function splitAt(
  text: AlignedText,
  delimiters: readonly (readonly [number, number])[],
  behaviour: Behaviour,
): AlignedText[] {
  const parts: { from: number; to: number; readonly delimiter: boolean }[] = [];
  let done = 0;
  const add = (from: number, to: number, delimiter: boolean): void => {
    if (from < to) parts.push({ from, to, delimiter });
  };
  for (const [from, to] of delimiters) {
    add(done, from, false);
    add(from, to, true);
    done = to;
  }
  add(done, text.length, false);
  const kept: typeof parts = [];
  if (behaviour === "MergedWithNext") {
    for (const part of parts.reverse()) {
      const next = kept.at(-1);
      if (part.delimiter && next && !next.delimiter)
        kept[kept.length - 1] = { ...next, from: part.from, delimiter: true };
      else kept.push(part);
    }
    kept.reverse();
  } else
    for (const part of parts) {
      const previous = kept.at(-1);
      if (behaviour === "Removed" && part.delimiter) continue;
      if (behaviour === "MergedWithPrevious" && part.delimiter && previous && !previous.delimiter)
        kept[kept.length - 1] = { ...previous, to: part.to, delimiter: true };
      else if (behaviour === "Contiguous" && previous && previous.delimiter === part.delimiter) previous.to = part.to;
      else kept.push(part);
    }
  return kept.map(({ from, to }) => text.slice(from, to));
}
