/**
 * The text that offsets in an `.ann` file count in. brat reads `.txt` files with CRLF as one character or as two, depending on its
 * version, and counts a byte order mark; other tools do not. Which it was shows in the text that the annotations quote.
 */
import type { Span } from "../../../text/span";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import type { TextBound } from "./lines";
import { UnixText } from "../../../text/newlines";

/** A fragment with what the line says it holds; without, if the line says nothing. */
export interface QuotedFragment extends Span {
  readonly exact?: string;
}

/** The fragments of a `T` line in file order, each with its part of the quoted text. Undefined if that is too short to tell the parts. */
export function quoted({ fragments, text }: TextBound, unit: OffsetUnit): QuotedFragment[] | undefined {
  if (text.trim() === "") return [...fragments];
  const map = new OffsetMap(text);
  let at = 0;
  try {
    return fragments.map(({ start, end }) => {
      const exact = text.slice(map.toUtf16(at, unit), map.toUtf16(at + end - start, unit));
      at += end - start + 1;
      return { start, end, exact };
    });
  } catch {
    const [only, ...more] = fragments;
    return only === undefined || more.length > 0 ? undefined : [{ ...only, exact: text }];
  }
}

/** One way of counting in a text. */
export interface CountedText {
  readonly text: string;
  readonly map: OffsetMap;
  /** A UTF-16 offset of it in the text with LF only. */
  readonly toUnix: (offset: number) => number;
  readonly crlf: boolean;
  readonly mark: boolean;
}

/** The ways to count in a file's text, the usual one first. @param mark whether the file began with a byte order mark. */
export function countedTexts(raw: string, mark: boolean): CountedText[] {
  const unix = new UnixText(raw);
  const counted = (text: string, crlf: boolean, shift: 0 | 1): CountedText => {
    return {
      text,
      map: new OffsetMap(text),
      crlf,
      mark: shift === 1,
      toUnix: (offset) => {
        const at = Math.max(0, offset - shift);
        return crlf ? unix.toUnix(at) : at;
      },
    };
  };
  const ways: CountedText[] = [];
  for (const shift of mark ? ([1, 0] as const) : ([0] as const)) {
    const before = shift === 1 ? "\ufeff" : "";
    ways.push(counted(before + unix.text, false, shift));
    if (unix.ends !== undefined) ways.push(counted(before + raw, true, shift));
  }
  return ways;
}

/** How many of the first few hundred `T` lines hold what they quote. */
export function fitting(way: CountedText, lines: readonly TextBound[], unit: OffsetUnit): number {
  let fits = 0;
  for (const line of lines.slice(0, 500)) {
    const parts = quoted(line, unit);
    const holds = parts?.every(({ start, end, exact }) => {
      try {
        return way.text.slice(way.map.toUtf16(start, unit), way.map.toUtf16(end, unit)) === exact;
      } catch {
        return false;
      }
    });
    if (holds) fits++;
  }
  return fits;
}
