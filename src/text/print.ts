/** Texts made shorter, shares in per cent, JSON in one line: for reports, lists and files. */

/** The start of a text, at most so many UTF-16 units of it and never half a surrogate pair. */
export function head(text: string, units: number): string {
  return text.length <= units ? text : text.slice(0, units).replace(/[\ud800-\udbff]$/, "");
}

/** A text of at most so many UTF-16 units: a longer one is cut, never inside a surrogate pair, and ends in an ellipsis. */
export function shortened(text: string, units: number): string {
  return text.length <= units ? text : `${head(text, units - 1)}…`;
}

/** {@link shortened} by code points, where room is counted in characters. */
export function shortenedTo(text: string, characters: number): string {
  // A code point is at most two units, so of a long text only its start is taken apart.
  const start = Array.from(text.slice(0, 2 * characters + 2));
  return start.length <= characters ? text : `${start.slice(0, characters - 1).join("")}…`;
}

/** A share from 0 to 1 in per cent, with so many digits after the point and without the sign, which some languages write otherwise. */
export function perCent(share: number, digits = 0): string {
  return (100 * share).toFixed(digits);
}

/**
 * A value as JSON whose lines are the same for every reader: U+0085, U+2028 and U+2029, which some take for the end of a line, are escaped.
 * @param indent blanks a level; default: all in one line.
 */
export function lineSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u0085\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What a file says that its format is, for a message: `"format" is 3`, or that it says nothing. */
export function saidFormat(format: unknown): string {
  return format === undefined ? 'there is no "format"' : `"format" is ${shortened(JSON.stringify(format), 60)}`;
}
