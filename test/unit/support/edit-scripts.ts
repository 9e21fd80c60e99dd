/** Labelled texts, changes of them from outside, and where each label's own characters went: the truth that anchoring is measured against. */
import type { Span } from "../../../src/text/span";
import { randomOf as random } from "../../../src/training/random";

export { random };

/** A text with labels; UTF-16 units. */
export interface LabelledSource {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** A changed text; `origin[i]` is where its unit i stood in the text before, -1 if it is new. */
export interface Changed {
  readonly text: string;
  readonly origin: readonly number[];
}

interface Line {
  readonly text: string;
  readonly origin: readonly number[];
}

const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)]!;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end + 1;
    lines.push({ text: text.slice(from, to), origin: Array.from({ length: to - from }, (_, i) => from + i) });
    from = to;
  }
  return lines;
}

const fresh = (text: string): Line => ({ text, origin: Array.from(text, () => -1).slice(0, text.length) });

function join(lines: readonly Line[]): Changed {
  return { text: lines.map(({ text }) => text).join(""), origin: lines.flatMap(({ origin }) => origin) };
}

function replaceIn(line: Line, start: number, end: number, by: string): Line {
  // What reads the same before and after was not changed.
  if (line.text.slice(start, end) === by) return line;
  const made = Array.from({ length: by.length }, () => -1);
  return {
    text: line.text.slice(0, start) + by + line.text.slice(end),
    origin: [...line.origin.slice(0, start), ...made, ...line.origin.slice(end)],
  };
}

/** Whether a place in the changed text, or one of its copies, holds the label's own characters: all but white space, in order, and no other text. */
export function isOwn(before: string, span: Span, { text, origin }: Changed, found: Span): boolean {
  const wanted: number[] = [];
  for (let i = span.start; i < span.end; i++) if (/\S/.test(before[i]!)) wanted.push(i);
  const there: number[] = [];
  for (let i = found.start; i < found.end; i++) if (/\S/.test(text[i]!)) there.push(origin[i]!);
  return there.length === wanted.length && there.every((at, index) => at === wanted[index]);
}

/** Where a label is in the changed text: all its characters but white space, in order, with no other text among them; undefined: gone or changed. */
export function truth(
  before: string,
  span: Span,
  { text, origin }: Changed,
  back: ReadonlyMap<number, number>,
): Span | undefined {
  const wanted: number[] = [];
  for (let i = span.start; i < span.end; i++) if (/\S/.test(before[i]!)) wanted.push(i);
  const start = back.get(wanted[0]!);
  const end = back.get(wanted.at(-1)!);
  if (start === undefined || end === undefined || end < start) return undefined;
  return isOwn(before, span, { text, origin }, { start, end: end + 1 }) ? { start, end: end + 1 } : undefined;
}

/** From a place in the text before to its place in the changed text. */
export function backwards({ origin }: Changed): ReadonlyMap<number, number> {
  const back = new Map<number, number>();
  for (const [at, from] of origin.entries()) if (from >= 0) back.set(from, at);
  return back;
}

/** The line that a place is in, taken out. */
export function deleteLineAt(text: string, at: number): Changed {
  const lines = linesOf(text);
  return join(lines.filter(({ origin }) => !(origin[0]! <= at && at <= origin.at(-1)!)));
}

/** Moved or put between other text, nothing else. */
export function move(text: string, next: () => number): Changed {
  const lines = linesOf(text);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return join([fresh("A line that was not there.\n\n"), ...lines]);
  const at = Math.floor(next() * lines.length);
  if (kind === 1) return join([...lines.slice(0, at), fresh("Something new is here.\n"), ...lines.slice(at)]);
  const to = Math.min(lines.length, at + 1 + Math.floor(next() * 12));
  const rest = [...lines.slice(0, at), ...lines.slice(to)];
  const where = Math.floor(next() * (rest.length + 1));
  return join([...rest.slice(0, where), ...lines.slice(at, to), ...rest.slice(where)]);
}

/** Other white space, line ends or markup at the start of lines, every word in its place. */
export function reformat(text: string, next: () => number): Changed {
  const kind = Math.floor(next() * 6);
  const lines = linesOf(text);
  if (kind === 0) return join(lines.flatMap((line) => (line.text === "\n" ? [line] : [fresh("    "), line])));
  if (kind === 1) return join(lines.map((line) => replaceIn(line, line.text.length - 1, line.text.length, "\r\n")));
  if (kind === 2) return join(lines.flatMap((line) => [line, fresh("\n")]));
  if (kind === 3) return join(lines.flatMap((line) => (line.text === "\n" ? [line] : [fresh("> "), line])));
  if (kind === 4) return join(lines.map((line) => replaceIn(line, line.text.length - 1, line.text.length, "  \n")));
  // Wrapped anew: every break between words of a paragraph may be a space or a line end.
  const width = 30 + Math.floor(next() * 60);
  const whole: Line = { text, origin: Array.from({ length: text.length }, (_, i) => i) };
  let wrapped = whole;
  let column = 0;
  for (let i = 0; i < text.length; i++) {
    const paragraph = text[i] === "\n" && (text[i + 1] === "\n" || text[i - 1] === "\n");
    if (paragraph) {
      column = 0;
      continue;
    }
    column++;
    if (text[i] !== " " && text[i] !== "\n") continue;
    const long = column > width;
    wrapped = {
      text: wrapped.text.slice(0, i) + (long ? "\n" : " ") + wrapped.text.slice(i + 1),
      origin: wrapped.origin,
    };
    if (long) column = 0;
  }
  return { text: wrapped.text, origin: wrapped.origin.map((at, i) => (wrapped.text[i] === text[at] ? at : -1)) };
}

/** One to eight edits of any kind: lines deleted, put in, doubled, moved and swapped; words and digits changed. */
export function randomScript(text: string, next: () => number): Changed {
  let lines = linesOf(text);
  const edits = 1 + Math.floor(next() * 8);
  for (let edit = 0; edit < edits && lines.length > 2; edit++) {
    const at = Math.floor(next() * lines.length);
    const line = lines[at]!;
    const some = Math.min(lines.length - 1, at + 1 + Math.floor(next() * 5));
    switch (Math.floor(next() * 9)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, some - at);
        break;
      case 2:
        lines.splice(at, 0, fresh("It was a new day, and nobody knew.\n"));
        break;
      case 3:
        lines.splice(Math.floor(next() * lines.length), 0, line);
        break;
      case 4: {
        const block = lines.splice(at, some - at);
        lines.splice(Math.floor(next() * (lines.length + 1)), 0, ...block);
        break;
      }
      case 5: {
        const other = Math.floor(next() * lines.length);
        [lines[at], lines[other]] = [lines[other]!, lines[at]!];
        break;
      }
      case 6:
      case 7: {
        const words = [...line.text.matchAll(/\S+/g)];
        if (words.length === 0) break;
        const word = pick(next, words);
        const by = pick(next, ["", "Boeing", "another", "747", "Paris"]);
        lines[at] = replaceIn(line, word.index, word.index + word[0].length, by);
        break;
      }
      default: {
        const digits = [...line.text.matchAll(/\d/g)];
        if (digits.length === 0) break;
        const digit = pick(next, digits);
        lines[at] = replaceIn(line, digit.index, digit.index + 1, String(Math.floor(next() * 10)));
      }
    }
    lines = lines.filter(({ text: one }) => one !== "");
  }
  return join(lines);
}

const PEOPLE = ["Ada Lovelace", "Bob", "Charles Babbage", "Dr. Chen", "Maria da Silva", "Zoë"];
const PLACES = ["Paris", "New York", "Zürich", "the Netherlands", "Boeing Field", "London"];
const THINGS = ["Boeing 737", "Boeing 747", "Airbus A320", "Airbus A321", "12 March 2019", "15 March 2019", "Acme Ltd"];

/** A text in which much looks alike: records by one template, headings, lists, repeated names. The hard case of anchoring. */
export function lookAlikes(next: () => number, count = 60): LabelledSource {
  let text = "";
  const spans: Span[] = [];
  const put = (piece: string): void => void (text += piece);
  const mark = (piece: string): void => {
    spans.push({ start: text.length, end: text.length + piece.length });
    text += piece;
  };
  for (let i = 0; i < count; i++) {
    const [person, place, thing] = [pick(next, PEOPLE), pick(next, PLACES), pick(next, THINGS)];
    switch (Math.floor(next() * 6)) {
      case 0:
        put("\n# ");
        mark(place);
        put("\n\n");
        break;
      case 1:
        put("- ");
        mark(thing);
        put("\n");
        break;
      case 2:
        mark(person);
        put(" flew from ");
        mark(place);
        put(" on a ");
        mark(thing);
        put(` and paid ${Math.floor(next() * 9)} euros.\n`);
        break;
      case 3:
        put("| ");
        mark(person);
        put(" | ");
        mark(place);
        put(` | ${Math.floor(next() * 30)} |\n`);
        break;
      case 4:
        put("Minutes of the meeting of the board of directors, held in ");
        mark(place);
        put(" under the chairmanship of ");
        mark(person);
        put(", who opened it at nine.\n");
        break;
      default:
        put("On that day ");
        mark(person);
        put(" said that nothing in ");
        mark(place);
        put(` would ever be the same. ${pick(next, ["The rain fell.", "Nobody answered.", "It was late."])}\n`);
    }
  }
  return { text, spans };
}
