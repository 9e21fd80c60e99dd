/** The signs around the text of a comment: what opens, continues and closes it, tags and code in it. Offsets are UTF-16 code units. */
import { escapeRegExp } from "../escape-regexp";
import { WORD_CHARACTER } from "../letters";
import type { Span } from "../span";
import type { CodeSyntax } from "./syntax";

/** What may stand before a docstring's quotes: Elixir's attribute, Python's prefix. */
export const BEFORE_QUOTES = /^[ \t]*(?:@\w{0,20}doc[ \t]+~?)?[a-zA-Z]{0,2}$/;

interface Marks {
  /** The signs at the start of a line of a comment, with the white space around them. */
  readonly begin: RegExp;
  /** What closes a comment of several lines, the longest first. */
  readonly closes: readonly string[];
}

const known = new WeakMap<CodeSyntax, Marks>();

function marksOf(syntax: CodeSyntax): Marks {
  let marks = known.get(syntax);
  if (marks === undefined) known.set(syntax, (marks = made(syntax)));
  return marks;
}

function made({ line, block, strings }: CodeSyntax): Marks {
  const documents = strings.filter((quotes) => quotes.documents);
  const starred = block.some(({ open }) => open === "/*");
  // The longest first: what opens Lua's long comments begins as its short ones do.
  const signs = [
    // Doxygen's and Rust's: /// //! //<
    ...line.map((open) => ({ open, pattern: `${escapeRegExp(open)}(?:${escapeRegExp(open.at(-1)!)})*[!<]?` })),
    ...block.map(({ open }) => ({
      open,
      pattern: escapeRegExp(open) + (open.endsWith("*") ? "(?:\\*(?!\\/))*!?" : ""),
    })),
    ...(starred ? [{ open: "*", pattern: "\\*+(?!\\/)" }] : []),
    ...documents.map(({ open }) => ({ open, pattern: `[a-zA-Z]{0,2}${open}` })),
  ].sort((a, b) => b.open.length - a.open.length);
  const closes = [...block, ...documents].map(({ close }) => close).sort((a, b) => b.length - a.length);
  return { begin: new RegExp(`[ \\t]*(?:${signs.map(({ pattern }) => pattern).join("|")})?[ \\t]*`, "y"), closes };
}

/** The text of a line of a comment, without the signs around it: a span in `line`, which may be empty. */
export function bareSpan(line: string, syntax: CodeSyntax): Span {
  const { begin, closes } = marksOf(syntax);
  begin.lastIndex = 0;
  begin.test(line);
  const start = begin.lastIndex;
  let rest = line.slice(start).trimEnd();
  const close = closes.find((sign) => rest.endsWith(sign));
  if (close !== undefined) rest = rest.slice(0, -close.length);
  if (close?.startsWith("*")) while (rest.endsWith("*")) rest = rest.slice(0, -1);
  return { start, end: start + rest.trimEnd().length };
}

/** A tag of JSDoc or Doxygen, a field of reStructuredText, a list item, a parameter as Google's style for Python has it, the head of a section. */
const OPENS =
  /^(?:[@\\]\w|:\w[^:]{0,60}:|[-+*•][ \t]|\d{1,3}[.)][ \t]|\w[\w*]{0,40}(?: ?\([^()]{1,60}\))?:(?:[ \t]|$))/;

/** Whether a line of a comment holds text. @param line its first few hundred units do */
export const hasText = (line: string, syntax: CodeSyntax): boolean => {
  const { start, end } = bareSpan(line, syntax);
  return WORD_CHARACTER.test(line.slice(start, end));
};

/** Whether a paragraph ends before this line of a comment. @param line its first few hundred units do */
export function breaksParagraph(line: string, syntax: CodeSyntax): boolean {
  const { start, end } = bareSpan(line, syntax);
  const bare = line.slice(start, end);
  return !WORD_CHARACTER.test(bare) || OPENS.test(bare);
}

/** What tools are told in comments, and the first line of a script. Words that a sentence may begin with count only as the tools write them. */
const DIRECTIVE =
  /^(?:-\*-|\/usr\/|\/bin\/|<reference|@ts-|#(?:end)?region\b|(?:type|go|fmt|isort|vim|pylint|mypy|noqa|rubocop|cspell):|(?:eslint|tslint|prettier|jshint|jslint)[-:]|pragma: |istanbul ignore|shellcheck disable|clang-format o|(?:NOLINT\w*|noqa)(?:\(|$))/;
/** Code that was commented out: it ends as code does, or gives a name a value. */
const CODE_LINE =
  /(?:[;{}]|=>|\)\s*:|\w\([^()]*\)[,)]*)$|^(?:(?:const|let|var|int|auto|self\.)\s*)?[\w.[\]]+\s*(?:[-+*/|&]|:)?=\s*\S|^(?:import|return|elif)\s[\w.(<"]+(?:\s|$)|^(?:if|elif|for|while|with|try|else|except)\b.*:$/;
/** Code, whatever words are in it. */
const SURELY_CODE = /^(?:[-+]{0,2}>>> |from [\w.]+ import\b|(?:async )?def \w+\(|#include\b)/;
/** Three words after each other: a sentence may end with a semicolon, or with the name of a function. */
const WORDS = /[a-z]{2,},? [a-z]{2,},? [a-z]{2,}/i;
/** A string among code, whose words do not count. */
const STRING = /(?<=[(=,[{]\s?)(["'])[^"'\n]{0,300}\1/g;

/** Whether a line of a comment is none of its text: told to tools, or code. */
function isNoText(line: string): boolean {
  if (DIRECTIVE.test(line) || SURELY_CODE.test(line)) return true;
  return line.length <= 300 && CODE_LINE.test(line) && !WORDS.test(line.replace(STRING, ""));
}

/** A type in braces, which may hold others. */
const TYPE = String.raw`(?:\s*\{(?:[^{}\n]|\{[^{}\n]{0,100}\}){0,200}\})?`;
const PARAMETER = new RegExp(
  String.raw`^[@\\](?:param|arg|argument|property|prop|tparam|typeparam)\b${TYPE}\s+\[?[\w.$]+(?:=[^\]\s]{0,60})?\]?(?:\s+-)?`,
);
const TAG = new RegExp(String.raw`^(?:[@\\]\w+${TYPE}|:\w[^:\n]{0,60}:)`);
/** Inline code, links of JSDoc, elements of HTML and C#'s XML, roles of reStructuredText. */
const INLINE =
  /(?::\w{1,20}:)?`{1,2}[^`\n]{1,300}`{1,2}|\{@\w+[^{}\n]{0,300}\}|<\/?[a-z]\w{0,20}(?:\s[^<>\n]{0,200})?\/?>/gi;

/**
 * What is no text in a block of a comment: its signs, tags, code. In order, apart from each other.
 * @param content the block, as the scanner of comments cuts it.
 */
export function commentMask(content: string, syntax: CodeSyntax): Span[] {
  const mask: Span[] = [];
  for (let line = 0; line < content.length;) {
    const newline = content.indexOf("\n", line);
    const end = newline < 0 ? content.length : newline;
    const raw = content.slice(line, end);
    const bare = bareSpan(raw, syntax);
    const text = raw.slice(bare.start, bare.end);
    const add = (from: number, to: number): void => {
      if (to > from) mask.push({ start: line + from, end: line + to });
    };
    if (!WORD_CHARACTER.test(text) || isNoText(text)) add(0, raw.trimEnd().length);
    else {
      const tag = (PARAMETER.exec(text) ?? TAG.exec(text))?.[0].length ?? 0;
      add(0, bare.start + tag);
      for (const { 0: whole, index } of text.matchAll(INLINE))
        if (index >= tag) add(bare.start + index, bare.start + index + whole.length);
      add(bare.end, raw.trimEnd().length);
    }
    line = end + 1;
  }
  return mask;
}
