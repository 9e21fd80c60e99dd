/**
 * What opens and closes comments and strings in programming languages: as much as is needed to tell comments from code, as line counters (cloc, tokei) do it.
 * A grammar would know more, but a document is scanned from any block on, while it is typed in: what is kept between two blocks has to be plain, and comparable.
 */

/** A comment or a string that may go on over several lines, or ends with its line. */
export interface Delimited {
  readonly open: string;
  readonly close: string;
}

/** Quotes of strings. */
export interface Quotes extends Delimited {
  /** Whether the string may go on on the next line. */
  readonly lines?: true;
  /** Whether a backslash takes its meaning from what follows it. */
  readonly escapes?: true;
  /** Whether a string that is the first thing on its line is a docstring (PEP 257). */
  readonly documents?: true;
}

/** The syntax of a language, as far as comments need it. */
export interface CodeSyntax {
  /** What opens a comment that ends with its line. */
  readonly line: readonly string[];
  readonly block: readonly Delimited[];
  readonly strings: readonly Quotes[];
  /** Whether a comment's sign is one only at the start of a line or after white space, as `#` in a shell. */
  readonly spaced?: true;
  /** Whether a quote is that of one character, or, as in Rust and C++, something else. */
  readonly characters?: true;
  /** Whether a slash may open a regular expression. */
  readonly expressions?: true;
}

const C_BLOCK: Delimited = { open: "/*", close: "*/" };
const DOUBLE: Quotes = { open: '"', close: '"', escapes: true };
const SINGLE: Quotes = { open: "'", close: "'", escapes: true };
const TRIPLE: Quotes = { open: '"""', close: '"""', lines: true, escapes: true };
const DOCUMENTS: Quotes = { ...TRIPLE, documents: true };
const BACKTICK: Quotes = { open: "`", close: "`", lines: true, escapes: true };
const RAW: Quotes = { open: "`", close: "`", lines: true };

const c = (...more: Quotes[]): CodeSyntax => ({
  ...{ line: ["//"], block: [C_BLOCK], strings: [...more, DOUBLE], characters: true },
});
const hash = (...more: Quotes[]): CodeSyntax => ({
  ...{ line: ["#"], block: [], strings: [...more, DOUBLE, SINGLE], spaced: true },
});
const lisp: CodeSyntax = { line: [";"], block: [], strings: [{ ...DOUBLE, lines: true }] };

const javascript: CodeSyntax = {
  ...{ line: ["//"], block: [C_BLOCK], strings: [DOUBLE, SINGLE, BACKTICK], expressions: true },
};
const python: CodeSyntax = {
  ...{ line: ["#"], block: [] },
  strings: [DOCUMENTS, { ...DOCUMENTS, open: "'''", close: "'''" }, DOUBLE, SINGLE],
};

/** By VS Code's language ids. Markup and data (HTML, YAML) are not among them: what they hold is text itself. */
const SYNTAX: ReadonlyMap<string, CodeSyntax> = new Map<string, CodeSyntax>([
  ["javascript", javascript],
  ["javascriptreact", javascript],
  ["typescript", javascript],
  ["typescriptreact", javascript],
  ["python", python],
  ["java", c(TRIPLE)],
  ["kotlin", c(TRIPLE)],
  ["scala", c(TRIPLE)],
  ["groovy", { ...c(TRIPLE), strings: [TRIPLE, DOUBLE, SINGLE] }],
  ["csharp", c({ open: '@"', close: '"', lines: true }, TRIPLE)],
  ["fsharp", { line: ["//"], block: [{ open: "(*", close: "*)" }], strings: [TRIPLE, DOUBLE], characters: true }],
  ["c", c()],
  ["cpp", c()],
  ["cuda-cpp", c()],
  ["objective-c", c()],
  ["objective-cpp", c()],
  ["go", c(RAW)],
  ["rust", c()],
  ["swift", c(TRIPLE)],
  ["dart", { ...c(), strings: [TRIPLE, { ...TRIPLE, open: "'''", close: "'''" }, DOUBLE, SINGLE] }],
  ["zig", c()],
  ["proto3", c()],
  ["php", { line: ["//", "#"], block: [C_BLOCK], strings: [DOUBLE, SINGLE] }],
  ["css", { line: [], block: [C_BLOCK], strings: [DOUBLE, SINGLE] }],
  ["less", { line: ["//"], block: [C_BLOCK], strings: [DOUBLE, SINGLE], spaced: true }],
  ["scss", { line: ["//"], block: [C_BLOCK], strings: [DOUBLE, SINGLE], spaced: true }],
  ["sql", { line: ["--"], block: [C_BLOCK], strings: [{ open: "'", close: "'" }] }],
  ["lua", { line: ["--"], block: [{ open: "--[[", close: "]]" }], strings: [DOUBLE, SINGLE] }],
  ["haskell", { line: ["--"], block: [{ open: "{-", close: "-}" }], strings: [DOUBLE] }],
  ["ruby", hash()],
  ["shellscript", hash()],
  ["perl", hash()],
  ["r", hash()],
  ["julia", { ...hash(), block: [{ open: "#=", close: "=#" }], strings: [DOCUMENTS, DOUBLE] }],
  ["elixir", { ...hash(), strings: [DOCUMENTS, DOUBLE] }],
  ["powershell", { ...hash(), block: [{ open: "<#", close: "#>" }] }],
  ["coffeescript", hash()],
  ["dockerfile", hash()],
  ["makefile", hash()],
  ["cmake", { ...hash(), block: [{ open: "#[[", close: "]]" }] }],
  ["graphql", { ...hash(), strings: [DOCUMENTS, DOUBLE] }],
  ["terraform", { line: ["#", "//"], block: [C_BLOCK], strings: [DOUBLE], spaced: true }],
  ["clojure", lisp],
  ["lisp", lisp],
  ["erlang", { line: ["%"], block: [], strings: [DOUBLE] }],
]);

/** The syntax of a language, if it is one whose comments are known. @param languageId VS Code's */
export const codeSyntax = (languageId: string): CodeSyntax | undefined => SYNTAX.get(languageId);
