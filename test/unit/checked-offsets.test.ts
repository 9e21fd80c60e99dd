import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckedOffsets, SpanCheckError } from "../../src/text/checked-offsets";
import { OFFSET_UNITS } from "../../src/text/offsets";
import type { OffsetUnit } from "../../src/text/offsets";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";
const of = (text: string, unit: OffsetUnit, piece?: { start: number; end: number }): CheckedOffsets =>
  new CheckedOffsets({ path: "a.txt", text }, unit, piece);

describe("checked offsets", () => {
  it("places spans in every unit", () => {
    assert.deepEqual(of(VECTOR, "utf16").span({ start: 30, end: 34 }, "Acme"), { start: 30, end: 34 });
    assert.deepEqual(of(VECTOR, "codepoint").span({ start: 30, end: 34 }), { start: 26, end: 30 });
    assert.deepEqual(of(VECTOR, "byte").span({ start: 10, end: 16 }), { start: 12, end: 19 });
  });

  it("counts from the start of the piece", () => {
    const piece = of(VECTOR, "codepoint", { start: 2, end: 16 });
    assert.equal(piece.text, "😀 love Zürich");
    assert.deepEqual(piece.span({ start: 10, end: 16 }), { start: 7, end: 13 });
    for (const [start, end] of [
      [0, 4],
      [10, 17],
      [3, 9],
    ] as const)
      assert.throws(() => piece.span({ start, end }), SpanCheckError, `${start}–${end}`);
  });

  it("takes blanks in what was read for markup and line breaks, and refuses any other text", () => {
    const offsets = of("a *b*\r\nc 😀", "byte");
    assert.deepEqual(offsets.span({ start: 0, end: 8 }, "a  b   c"), { start: 0, end: 8 });
    for (const [start, end, shown] of [
      [0, 1, "b"],
      [0, 1, "aa"],
      [0, 0, ""],
      [9, 10, "\ud83d"],
      [9, 99, "😀"],
    ] as const)
      assert.throws(() => offsets.span({ start, end }, shown), SpanCheckError, `${start}–${end}`);
  });

  it("says which document, where and why", () => {
    assert.throws(() => of("ab", "utf16").span({ start: 0, end: 1 }, "b"), {
      message: 'a.txt, UTF-16 0–1: holds "a", not "b"',
    });
    assert.throws(() => of("a😀", "codepoint").span({ start: 0, end: 2 }), {
      message: "a.txt, UTF-16 0–2: begins or ends inside a character",
    });
  });

  it("gives offsets that cut the same text out of the piece, whatever is in it", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀", "\n", "👩‍💻", "\ud83d"), maxLength: 30 });
    fc.assert(
      fc.property(texts, texts, texts, fc.constantFrom(...OFFSET_UNITS), (before, exact, after, unit) => {
        const lead = "before ";
        const text = `${lead}${before}|${exact}|${after}`;
        const start = lead.length + before.length + 1;
        const span = { start, end: start + exact.length };
        const piece = { start: lead.length, end: text.length };
        const { start: from, end: to } = of(text, unit, piece).span(span);
        const inPiece = text.slice(piece.start);
        const cut: Readonly<Record<OffsetUnit, () => string>> = {
          utf16: () => inPiece.slice(from, to),
          codepoint: () => Array.from(inPiece).slice(from, to).join(""),
          byte: () => Buffer.from(inPiece).subarray(from, to).toString(),
        };
        assert.equal(cut[unit](), unit === "byte" ? Buffer.from(exact).toString() : exact);
      }),
    );
  });
});
