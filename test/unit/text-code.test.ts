import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { codeLanguage } from "../../src/text/code/endings";
import { documentPassages } from "../../src/text/document-passages";
import { layoutOf, segmentDocument, sentenceText } from "../../src/text/document";

/** The sentences of code as the model reads them, white space narrowed. */
const read = (text: string, language: string): string[] =>
  segmentDocument(text, language).sentences.map((sentence) => sentenceText(text, sentence).replace(/\s+/g, " "));

describe("the comments of code", () => {
  it("are read, and the code is not", () => {
    const text = `// Anna Berg wrote this. It works.
import fs from "fs"; // the file system
const url = "http://example.org/*"; /* an address */
const pattern = /["'/*]/; // a pattern
const text = \`// no comment
/* none either */\`;
`;
    const said = ["Anna Berg wrote this.", "It works.", "the file system", "an address", "a pattern"];
    assert.deepEqual(read(text, "typescript"), said);
  });

  it("keep their offsets, their signs masked", () => {
    const text = "f();\r\n/**\r\n * Maria Keller\r\n * wrote it.\r\n */\r\ng();\r\n";
    const { sentences } = segmentDocument(text, "javascript");
    assert.equal(sentences.length, 1);
    const [{ start, end, masked }] = sentences as [(typeof sentences)[0]];
    assert.equal(text.slice(start, end), "Maria Keller\r\n * wrote it.");
    assert.deepEqual(
      masked.map((span) => text.slice(span.start, span.end)),
      [" * "],
    );
  });

  it("are cut at empty lines, tags and items, and lines that follow each other are read together", () => {
    const text = `
// The first paragraph goes
// on here.
//
// - an item
// - another one
/**
 * Reads a file.
 *
 * @param {string} path - where it is
 * @returns {Promise<{ text: string }>} what is in it
 */
`;
    assert.deepEqual(read(text, "javascript"), [
      ...["The first paragraph goes on here.", "- an item", "- another one"],
      ...["Reads a file.", "where it is", "what is in it"],
    ]);
  });

  it("leave out inline code, directives, commented code and rules of signs", () => {
    const text = `#!/usr/bin/env python
# -*- coding: utf-8 -*-
# ----------------------------------------
# Calls \`open()\` twice.
# value = open(path)
# if value:
x = 1  # noqa: E501
`;
    assert.deepEqual(read(text, "python"), ["Calls twice."]);
    assert.equal(segmentDocument(text, "python").sentences[0]!.kind, "comment");
  });

  it("are text where sentences end or begin as code and directives do", () => {
    const said = [
      "Stuart Lloyd found it at Bell Labs in 1957;",
      "Go to the next line.",
      "Type of the value, a region of it, the fmt of both.",
      "Maria Keller wants the same as from open()",
      "return value to preserve what it was",
      "For example, with the following:",
    ];
    for (const line of said) assert.deepEqual(read(`# ${line}\n`, "python"), [line]);
    const code = ["go(1);", "print('three words here')", "from os import path", ">>> Point(1).x", "type: ignore"];
    for (const line of code) assert.deepEqual(read(`# ${line}\n`, "python"), [], line);
  });

  it("of Python are docstrings, too, but no other strings", () => {
    const text = `def area(r):
    r"""The area of a circle.

    Args:
        r (float): the radius, see :class:\`Circle\`
    """
    name = """not this"""
    return {'#': "nor this # one"}  # but this
`;
    assert.deepEqual(read(text, "python"), [
      ...["The area of a circle.", "Args:", "r (float): the radius, see", "but this"],
    ]);
  });

  for (const [language, text, said] of [
    ["rust", "/// Takes `'a` apart.\nfn f<'a>(x: &'a str) {} // it's fine\n", ["Takes apart.", "it's fine"]],
    ["cpp", "int n = 1'000'000; // a million\nchar q = '\"'; // a quote\n", ["a million", "a quote"]],
    ["shellscript", 'echo "$#" ${x#y} # how many\n', ["how many"]],
    ["lua", "--[[ Two\nlines. ]] x = 1 -- one\n", ["Two lines.", "one"]],
    ["sql", "SELECT '--' FROM t -- no rows\n", ["no rows"]],
    ["csharp", 'var p = @"c:\\"; // a path\n/// <summary>Adds <c>two</c>.</summary>\n', ["a path", "Adds two ."]],
    ["go", "s := `\\` // raw\n", ["raw"]],
    ["haskell", "{- A module. -}\nf = 1 -- one\n", ["A module.", "one"]],
    ["elixir", '@doc """\nAdds two.\n"""\nx = "#{y}"\n', ["Adds two."]],
    ["clojure", '(f "; no") ;; Yes.\n', ["Yes."]],
    ["css", "a { color: red } /* Red. */\n", ["Red."]],
    ["php", "<?php $a = 'it\\'s'; # one\n// two\n", ["one", "two"]],
  ] as const)
    it(`are found in ${language}`, () => assert.deepEqual(read(text, language), said));

  it("that nothing closes go on to the end, and nothing is read of code without one", () => {
    assert.deepEqual(read("f();\n/* It goes on.\n\nAnd on.", "c"), ["It goes on.", "And on."]);
    assert.deepEqual(read('const x = "unclosed\ny = 2', "javascript"), []);
    assert.deepEqual(read("", "python"), []);
  });

  it("are found behind long stretches of code, long lines and strings of many lines", () => {
    const code = "x = f(x, 'a # b');\n".repeat(4000);
    for (const before of [code, `x = [${"1, ".repeat(30_000)}]\n`, `t = """${"text\n".repeat(9000)}"""\n`])
      assert.deepEqual(read(`${before}# the end`, "python"), ["the end"]);
    const sentences = "A word. ".repeat(6000);
    for (const long of [`// ${sentences}\nf(); // after`, `/* ${sentences}*/ f(); // after`]) {
      const found = read(long, "javascript");
      assert.equal(found.pop(), "after");
      // A block ends between two words, and may do so in a sentence.
      assert.ok(found.length <= 6003, `${found.length} sentences`);
      assert.equal(`${found.join(" ")} `, sentences);
    }
  });

  it("of this project's sources are those that TypeScript's own parser finds", () => {
    const folder = join(__dirname, "../../src/text");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    let count = 0;
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      const comments = commentsOf(text);
      const { sentences } = segmentDocument(text, "typescript");
      for (const { start, end } of sentences) {
        count++;
        const words = text.slice(start, end).matchAll(/[\p{L}\p{N}]+/gu);
        for (const { index } of words)
          assert.ok(
            comments.some((comment) => comment.start <= start + index && start + index < comment.end),
            `${file}: ${text.slice(start, end)}`,
          );
      }
      for (const comment of comments) {
        const said = text.slice(comment.start, comment.end);
        const isRead = sentences.some(({ start, end }) => start < comment.end && end > comment.start);
        assert.ok(isRead || /`|\{@|;$/.test(said), `${file}: ${said}`);
      }
    }
    assert.ok(count > 500, `${count} sentences`);
  });

  it("stand among the code in what questions are asked about", () => {
    const text = "# The answer.\nfoo_bar = 42\n}\n";
    const { sentences } = segmentDocument(text, "python");
    const shown = sentences.map((sentence) => ({ ...sentence, text: sentenceText(text, sentence) }));
    const passages = [...documentPassages(text, shown, "python")].map((passage) => passage.text);
    assert.match(passages.join("\n"), /The answer\.\s+foo_bar = 42/);
    assert.doesNotMatch(passages.join("\n"), /\}/);
  });

  it("are known by the names of files where no editor says what they are written in", () => {
    assert.deepEqual(
      ["a/b.py", "x.TS", "main.rs", "notes.txt", "page.html", "data.yaml", "Makefile"].map(codeLanguage),
      ["python", "typescript", "rust", undefined, undefined, undefined, undefined],
    );
    assert.equal(layoutOf("a.py"), "python");
    assert.equal(layoutOf("a.py", "plaintext"), "plaintext");
  });
});

/** The comments of TypeScript, as its parser has them. */
function commentsOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.ESNext, true);
  const found = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    const before = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
    const after = ts.getTrailingCommentRanges(text, node.end) ?? [];
    for (const { pos, end } of [...before, ...after]) found.set(pos, end);
    node.getChildren(file).forEach(visit);
  };
  visit(file);
  return [...found].map(([start, end]) => ({ start, end }));
}
