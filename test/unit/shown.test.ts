/** Text from outside on the screen: no markup, no style sheet, nothing invisible, whatever it is. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { labelNameProblem } from "../../src/labels/label-name";
import { decorationText, plainLines, plainText, shownName } from "../../src/text/shown";

/** What VS Code does to the text of a notification before it looks for links, and what it takes for one (`workbench/common/notifications.ts`, `base/common/linkedText.ts`). */
function linksIn(message: string): readonly string[] {
  const cut = message.length > 1000 ? `${message.slice(0, 1000)}...` : message;
  const line = cut.replace(/\r\n|\n|\r/g, " ").trim();
  // Wider than the editor's own: any title, any end.
  return [...line.matchAll(/\[[^\]]+\]\((?:https?:\/\/|command:|file:)/gi)].map(([link]) => link);
}

/** The value of a CSS string token, and what follows it (CSS Syntax 3, 4.3.5): `undefined` for a bad string, which ends at a line's end. */
function cssString(source: string): { readonly rest: string } | undefined {
  const quote = source[0]!;
  for (let at = 1; at < source.length; at++) {
    const character = source[at]!;
    if (character === quote) return { rest: source.slice(at + 1) };
    if (/[\n\r\f]/.test(character)) return undefined;
    if (character === "\\") at++;
  }
  return { rest: "" };
}

const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom("[", "]", "(", ")", "[x]", "](", "(command:a.b)", "command:", "https://h/", "file:", " ", "\n"),
      fc.constantFrom(
        "\r\n",
        "\t",
        "\u0000",
        "\u200b",
        "\u202e",
        "\ud83d",
        "\u2028",
        "\f",
        "\\",
        "'",
        '"',
        "$(",
        "$(gear)",
      ),
      fc.constantFrom("</style>", "{", "}", ";content:url(https://h/x)", "\u{e0041}", "é", "👨‍👩‍👧", "x".repeat(400)),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((list) => list.join(""));

describe("text from outside, as it is shown", () => {
  it("has no link in a message, also cut to the length of one, and no icon in a label", () => {
    assert.equal(linksIn("[click](command:workbench.action.terminal.new)").length, 1);
    fc.assert(
      fc.property(pieces, (text) => {
        for (const shown of [plainText(text), shownName(text), decorationText(text)]) {
          assert.deepEqual(linksIn(shown), []);
          assert.ok(!/\$\([a-z]/i.test(shown), shown);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("stands beside any other text without a link where the whole message is made plain", () => {
    fc.assert(
      fc.property(pieces, pieces, (a, b) => {
        assert.deepEqual(linksIn(plainText(`The label ${a} is ${b}.`)), []);
        assert.deepEqual(linksIn(plainText(`${a}${b}`)), []);
        for (const line of plainLines(`${a}\n${b}`).split("\n")) assert.deepEqual(linksIn(line), []);
      }),
      { numRuns: 2000 },
    );
  });

  it("ends no string of a style sheet, by what the editor makes of it", () => {
    const hole = "x\f;content:url(https://h/x)";
    assert.equal(cssString(`'${hole}'`), undefined, "the hole this is about");
    fc.assert(
      fc.property(pieces, (text) => {
        const shown = decorationText(text);
        const first = /^.*$/m.exec(shown)![0];
        assert.equal(first, shown, "one line");
        assert.deepEqual(cssString(`'${first.replace(/['\\]/g, "\\$&")}'`), { rest: "" });
        assert.deepEqual(cssString(`"${shown}"`), { rest: "" }, "also if nothing were escaped");
        assert.ok(!/[<>\\]/.test(shown));
      }),
      { numRuns: 3000 },
    );
  });

  it("hides nothing, turns nothing round, and is no longer than a label", () => {
    fc.assert(
      fc.property(pieces, (text) => {
        assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(plainText(text)));
        const name = shownName(text);
        assert.ok(!/(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(name), JSON.stringify(name));
        assert.ok(name.length <= 48 * 12);
      }),
      { numRuns: 2000 },
    );
    assert.equal(shownName("x\f;content:url(y)"), "x⟨U+000C⟩;content:url(y)");
    assert.equal(shownName("PER\u202eGRO"), "PER⟨U+202E⟩GRO");
    assert.equal(Array.from(shownName("n".repeat(1000))).length, 48);
  });

  it("is as it was where nothing is wrong with it", () => {
    for (const text of ["PER", "Zürich (Stadt)", "Ali می‌خواهم", "👨‍👩‍👧 Acme", "a [b] (c)", "5 $", "日本", "naïve ❤️"]) {
      assert.equal(plainText(text), text);
    }
    for (const name of ["PER", "B-ORG", "Zürich", "人物", "work_of_art", "x:y/z", "😀"])
      assert.equal(shownName(name), name);
  });
});

describe("the name of a new label", () => {
  it("is what can be seen, typed and exported", () => {
    for (const name of ["PER", "Zürich", "人物", "work_of_art", "a.b/c:d", "😀"])
      assert.equal(labelNameProblem(name), undefined);
    for (const name of [
      "",
      " ",
      "a b",
      "a\fb",
      "O",
      "a\u200bb",
      "\u202eb",
      "'x",
      'a"',
      "a\\b",
      "<b>",
      "x".repeat(101),
      "\u3164",
      "\ud800",
    ])
      assert.ok(labelNameProblem(name) !== undefined, JSON.stringify(name));
  });

  it("is shown as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (name) => {
        fc.pre(labelNameProblem(name) === undefined && !/\]\(|\$\(/.test(name));
        assert.equal(shownName(name), name);
      }),
    );
  });
});
