/** Texts as XML 1.0 holds them in attributes, and the characters that it cannot hold. */

/** What production [2] of XML 1.0, `Char`, leaves out: no reference can stand for one of these either. Half surrogate pairs among them. */
// eslint-disable-next-line no-control-regex -- these are the characters that it is about
const UNHELD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A reader takes these for blanks, unless they are references.
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** A text as the value of an attribute between `"`. U+FFFD stands for each character that XML cannot hold: as long in UTF-16 units. */
export function attributeValue(text: string): string {
  return text.replace(UNHELD, "\ufffd").replace(/[&<>"\t\n\r]/g, (one) => ESCAPES[one]!);
}

/** A character that XML cannot hold. */
export interface Unheld {
  /** In UTF-16 units. */
  readonly at: number;
  /** Such as `U+000C`. */
  readonly name: string;
}

/** The characters of a text that XML cannot hold, in order. */
export function unheldIn(text: string): readonly Unheld[] {
  return [...text.matchAll(UNHELD)].map(({ 0: one, index }) => ({ at: index, name: nameOf(one) }));
}

function nameOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Names of characters with how many there are of each, as in `3 × U+000C, 1 × U+FFFE`. */
export function countedNames(some: readonly Unheld[]): string {
  const counts = new Map<string, number>();
  for (const { name } of some) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort()
    .map(([name, count]) => `${count} × ${name}`)
    .join(", ");
}

/** The character of such a name; undefined for one that XML holds, and for half a surrogate pair, which is none. */
export function characterNamed(name: string | undefined): string | undefined {
  const digits = /^U\+([0-9A-F]{4})$/.exec(name ?? "")?.[1];
  if (digits === undefined) return undefined;
  const character = String.fromCharCode(Number.parseInt(digits, 16));
  return unheldIn(character).length === 1 && !/\p{Cs}/u.test(character) ? character : undefined;
}
