/**
 * Texts that somebody might write to stop an editor: each kind drives some part of the cutting of text (blocks, Markdown, sentences, tokens) to
 * the most work a character that we can think of. Made, not kept: a kind is a function of the length in UTF-16 units.
 */

/** Makes a text of at least `length` UTF-16 units. */
type Make = (length: number) => string;

/** A unit repeated. */
const of =
  (unit: string): Make =>
  (length) =>
    unit.repeat(Math.ceil(length / unit.length));

/** Something once, then a unit repeated, then something once. */
const between =
  (head: string, unit: string, tail = ""): Make =>
  (length) =>
    head + of(unit)(Math.max(1, length - head.length - tail.length)) + tail;

/** As many of one as of the other. */
const nested =
  (open: string, close: string, middle = "a"): Make =>
  (length) => {
    const depth = Math.floor(length / (open.length + close.length));
    return open.repeat(depth) + middle + close.repeat(depth);
  };

/** Numbered units. */
const counted =
  (unit: (i: number) => string): Make =>
  (length) => {
    const parts: string[] = [];
    for (let size = 0, i = 0; size < length; i++) {
      const part = unit(i);
      parts.push(part);
      size += part.length;
    }
    return parts.join("");
  };

/** Lines whose indentation grows by `step` up to a depth of `most`, and again. */
const deeper = (line: string, step: string, most: number): Make => counted((i) => `${step.repeat(i % most)}${line}\n`);

/** What is measured against: English without markup, in paragraphs of a few sentences. */
export const prose: Make = counted(
  (i) =>
    `Chapter ${i} of the long journey began in a small town by the sea. Maria Keller wrote to her brother that the food was good, ` +
    `and that the weather had been terrible since Tuesday. Nobody had expected the train to arrive before night.${i % 4 === 3 ? "\n\n" : " "}`,
);

/** Every kind by its name. */
export const HOSTILE_TEXTS: Readonly<Record<string, Make>> = {
  // Nesting of Markdown's containers.
  "ordered lists in a line": of("1. "),
  "bullet lists in a line": of("- "),
  "lists of all kinds in a line": of("- 1. * + 2) "),
  "quotes in a line": of(">"),
  "quotes in a line, with spaces": of("> "),
  "quotes and lists in a line": of("> - "),
  "quotes in a line, line after line": counted(() => `${"> ".repeat(100)}a\n`),
  "lists in a line, line after line": counted(() => `${"1. ".repeat(60)}a\n`),
  "list items of one paragraph": of("- a\n"),
  "ordered items of one paragraph": counted((i) => `${i % 1_000_000}. a\n`),
  "empty list items": of("-\n"),
  "lists that go deeper": deeper("- a", "  ", 200),
  "lists that go deeper without end": deeper("- a", " ", 5000),
  "quotes that go deeper": counted((i) => `${">".repeat(i % 300)} a\n`),
  "lazy lines of a deep quote": between(">".repeat(1000), "a\n"),
  "task lists": of("- [ ] a\n"),
  "bullets and rules": of("* * *\n- - -\n"),
  "footnote definitions": counted((i) => `[^${i}]: a\n`),
  "footnote definitions nested": of("[^a]: "),
  "headings of one line": of("# a\n"),
  "underlines of headings": of("a\n=\n"),
  "rules without end": of("- - -"),
  "stars of a rule that is none": between("", "* ", "a"),
  // Inline markup.
  "emphasis opened": of("*a "),
  "emphasis opened, underscores": of("_a "),
  "emphasis closed": of("a* "),
  "strong opened": of("**a "),
  "emphasis nested": nested("*a", "a*"),
  "strong nested": nested("**a", "a**"),
  "emphasis of many lengths": counted((i) => "*".repeat(i % 97) + "a "),
  "stars alone": of("*"),
  "stars and underscores": of("*_a_* __*"),
  "emphasis beside punctuation": of("**x*.*"),
  "strikethrough opened": of("~~a "),
  "tildes in a paragraph": of("a~b"),
  "brackets opened": of("["),
  "brackets closed": of("]"),
  "brackets nested": nested("[", "]"),
  "images opened": of("!["),
  "images nested": nested("![", "](u)"),
  "links opened": of("[a](b"),
  "links with titles opened": of('[a](b "c'),
  "links with angle brackets opened": of("[a](<b"),
  "links nested": nested("[", "](u)"),
  "link targets with parentheses": between("[a](", "("),
  "reference links": of("[a][b] "),
  "reference links opened": of("[a]["),
  "reference definitions": counted((i) => `[a${i}]: /u\n`),
  "reference definitions opened": of("[a]: "),
  "reference definitions and uses": (length) => counted((i) => `[a${i}]: u\n`)(length / 2) + of("[a1]")(length / 2),
  "backticks of many lengths": counted((i) => `${"`".repeat(1 + (i % 300))}a`),
  "backticks alone": of("`"),
  "code spans opened": of("`a ``b "),
  "fences opened in lists": of("- ```\n"),
  "fences of many lengths": counted((i) => `${"`".repeat(3 + (i % 100))}\na\n\n`),
  backslashes: of("\\"),
  escapes: of("\\*\\_\\`"),
  entities: of("&amp;&#x41;"),
  "entities opened": of("&am"),
  ampersands: of("&"),
  "angle brackets": of("<"),
  "angle brackets closed": nested("<", ">"),
  "tags opened": of("<a "),
  "tags with attributes opened": of('<a b="c" '),
  "tags in a line": of("<b>a</b>"),
  "tags of opaque elements": of("<pre>a"),
  "scripts opened, closed as another": of("<script></style>"),
  "comments opened": of("a <!-- "),
  "comments opened at line starts": of("<!--\n"),
  "comments of one line": of("<!-- a -->\n"),
  "declarations opened": of("<!A "),
  "processing instructions opened": of("<? "),
  "CDATA opened": of("<![CDATA["),
  autolinks: of("http://a.b "),
  "autolinks in one word": of("http://a"),
  "www without end": of("www."),
  addresses: of("a@b.c "),
  "addresses opened": of("a@"),
  "dots of an address": between("a@", "b."),
  "address of one word": of("a.b-c_d+"),
  "table of one column": between("|a|\n|-|\n", "|b|\n"),
  "table of many columns": (length) => {
    const columns = Math.floor(Math.sqrt(length / 2));
    return `${"|a".repeat(columns)}|\n${"|-".repeat(columns)}|\n` + of("|b\n")(length);
  },
  "table rows without delimiter row": of("|a|b|c\n"),
  pipes: of("|"),
  "delimiter row alone": of("-|"),
  // Front matter, blank lines, line ends.
  "front matter opened": between("---\n", "a: b\n"),
  "front matter of dashes": of("---\n"),
  "no line break": of("word "),
  "one-letter lines": of("a\n"),
  "one-letter paragraphs": of("a\n\n"),
  "blank lines": of("\n"),
  "blank lines between two words": between("a", "\n", "a"),
  "lines of spaces": counted(() => `${" ".repeat(200)}\n`),
  "lines of NULs": of("\0\n"),
  spaces: of(" "),
  "spaces between two words": between("a", " ", "a"),
  tabs: of("\t"),
  "tabs before a letter": of("\t\ta\n"),
  "carriage returns": of("a\r"),
  "carriage returns alone": of("\r"),
  "carriage returns and line feeds": of("a\r\n"),
  "line and paragraph separators": of("a\u2028\u2029"),
  "form feeds and vertical tabs": of("a\f\v"),
  "no-break spaces": of("\u00a0"),
  // Letters.
  "one word": of("a"),
  "one word of capitals": of("A"),
  "one number": of("7"),
  "numbers with separators": of("1,000."),
  hexadecimal: of("0f9a"),
  hyphens: of("a-"),
  apostrophes: of("a'"),
  "one letter with combining marks": between("a", "\u0301"),
  "marks of falling classes": of("a\u0345\u0301\u0323\u0327"),
  "marks in the wrong order": between("a", "\u0301\u0323"),
  "Hangul jamo": of("\u1112\u1161\u11ab"),
  "ligatures that decompose far": of("\ufdfa"),
  "zero-width spaces": of("\u200b"),
  "zero-width joiners": of("\u200d"),
  "byte order marks": of("\ufeff"),
  "soft hyphens": of("a\u00ad"),
  "right-to-left": of("שלום مرحبا "),
  "overrides of direction": of("\u202ea\u202c"),
  "lone high surrogates": of("\ud800"),
  "lone low surrogates": of("\udc00"),
  "surrogates the wrong way round": of("\udc00\ud800"),
  emoji: of("😀"),
  "emoji joined without end": of("👩\u200d"),
  "emoji with skin tones": of("👍🏽"),
  flags: of("🇩🇪"),
  "Han without spaces": of("漢字仮名"),
  "Thai without spaces": of("ภาษาไทย"),
  Devanagari: of("क्षत्रिय"),
  "private use": of("\ue000"),
  "unassigned characters": of("\u0378"),
  NULs: of("\0"),
  "control characters": of("\u0001\u0002\u0003"),
  // Comments and strings of code.
  "comments that are opened and not closed": of("/*"),
  "empty comments": of("/**/"),
  "lines of stars": between("/**\n", " *\n"),
  "lines of comments": of("// a\n"),
  "lines that end a paragraph": of("# - a\n"),
  "strings of nothing": of("''"),
  "quotes in turn": of("'\"`"),
  "docstrings of nothing": of('"""\n'),
  "a docstring without end": between('"""', "a\n"),
  slashes: of("/ "),
  "regular expressions": of("(/[/"),
  "tags with braces": between("/** ", "@param {{a: "),
  "inline code that is not closed": between("// ", "`a "),
  "calls in a comment": between("// ", "a("),
  "elements in a comment": between("// ", "<a b"),
  // JSON Lines.
  "strings of JSON": of('"a b","c d e",'),
  "empty strings": of('""'),
  "objects of nothing": of('{"":0},'),
  "arrays inside of each other": nested("[", "]"),
  "objects inside of each other": nested('{"a":', "}", "1"),
  "a text without end": between('{"text": "It is so. ', "a "),
  "a text of escapes": between('{"text": "It is so. ', "\\u00e9"),
  "a text of pairs": between('{"text": "It is so. ', "\\ud83d\\ude00"),
  "a text of backslashes": between('{"text": "It is so. ', "\\"),
  "a text of line breaks": between('{"text": "It is so. ', "\\n"),
  "data without blanks": between('{"data": "', "QUJD"),
  "strings that nothing closes": of('"It is so\n'),
  "texts of three words": of('"It is so",'),
  // Sentences.
  "full stops": of("."),
  "full stops with spaces": of(". "),
  "question and exclamation marks": of("?!"),
  initials: of("A. "),
  "initials without spaces": of("A."),
  abbreviations: of("Mr. Dr. St. "),
  "numbered abbreviations": of("No. p. Vol. "),
  "dotted abbreviations": of("e.g. i.e. "),
  ellipses: of("… "),
  "closing quotes": of('." '),
  "opening quotes": of("“‘("),
  "Chinese full stops": of("字。"),
  "sentences of one letter": of("A! b? "),
  "list numbers": of("1) a) "),
  "special tokens": of("[CLS][SEP]"),
  "pieces that continue": of("##a"),
};
