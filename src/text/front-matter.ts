/**
 * The front matter that a Markdown document may begin with: fields in YAML, of which some hold text. Offsets are UTF-16 code units. It is read line by line, for
 * the places of its texts: a parser of YAML takes 30 to 90 ms for a front matter of the longest, in one step.
 */
import type { Span } from "./span";

/** No front matter is longer, in UTF-16 units. */
const MOST_UNITS = 20_000;
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n(?:.*\r?\n)*?(?:---|\.\.\.)[ \t]*(?=\r?\n|$)/;

/** Where the front matter ends that a document begins with; 0 without one. */
export function frontMatterEnd(text: string): number {
  return FRONT_MATTER.exec(text.slice(0, MOST_UNITS))?.[0].length ?? 0;
}

/** Fields that hold names or sentences, whatever else there is: others are dates, paths, switches and tags. */
export const TEXT_FIELDS: ReadonlySet<string> = new Set(
  (
    "title subtitle caption headline description summary abstract excerpt subject " +
    "author authors by byline name editor editors translator translators contributor contributors reviewer reviewers speaker speakers people person " +
    "organization organisation company publisher institution affiliation affiliations venue event location place city country"
  ).split(" "),
);

const LINE = /^([ \t]*)((?:-[ \t]+)*)(?:([A-Za-z][\w-]*)[ \t]*:(?=[ \t\r]|$))?[ \t]*(.*?)[ \t\r]*$/;
const BLOCK_SCALAR = /^[|>][+-]?\d?$/;
/** An address, a path, an anchor or a reference. */
const NO_TEXT = /^(?:\w+:\/\/|mailto:|[./~#&*!@])|^[\w-]*[/\\][\w./\\-]*$/;

/** A scalar without its quotes and without a comment behind it; undefined where it holds no word. */
function scalar(text: string, start: number, end: number): Span | undefined {
  let value = text.slice(start, end);
  const quote = value.charAt(0);
  if (quote === '"' || quote === "'") {
    const close = value.lastIndexOf(quote);
    if (close <= 0) return undefined;
    value = value.slice(1, close);
    start += 1;
  } else value = value.replace(/[ \t]#.*$/, "");
  start += value.length - value.trimStart().length;
  value = value.trim();
  if (NO_TEXT.test(value) || !/\p{L}{2}/u.test(value)) return undefined;
  return { start, end: start + value.length };
}

/** The items of a list in brackets on one line, else the value itself. */
function* scalars(text: string, start: number, end: number): Generator<Span> {
  const list = text.charAt(start) === "[" && text.charAt(end - 1) === "]";
  const inner = list ? text.slice(start + 1, end - 1) : text.slice(start, end);
  let at = list ? start + 1 : start;
  // A comma in quotes parts no items.
  const items = list ? (inner.match(/(?:"[^"]*"|'[^']*'|[^,"']|["'])+|(?<=,)(?=,)/g) ?? []) : [inner];
  for (const item of items) {
    const from = text.indexOf(item, at);
    const lead = item.length - item.trimStart().length;
    const found = scalar(text, from + lead, from + item.trimEnd().length);
    if (found) yield found;
    at = from + item.length;
  }
}

/**
 * The texts in a front matter: values of fields that hold names or sentences, in order, without quotes. What a list holds is a text an item; a text over
 * several lines is one a line.
 * @param text the front matter alone.
 */
export function frontMatterTexts(text: string): Span[] {
  const found: Span[] = [];
  let field = false;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const [, indent = "", dashes = "", key, value = ""] = LINE.exec(text.slice(start, end)) ?? [];
    const known = key !== undefined && TEXT_FIELDS.has(key.toLowerCase());
    // A field of an item, as the name of an author, or another one of the document.
    if (key !== undefined && indent === "" && dashes === "") field = known;
    const reads = key === undefined ? field && (indent !== "" || dashes !== "") : field && known;
    const at = start + text.slice(start, end).lastIndexOf(value);
    if (reads && value !== "" && !BLOCK_SCALAR.test(value)) found.push(...scalars(text, at, at + value.length));
    start = end + 1;
  }
  return found;
}
