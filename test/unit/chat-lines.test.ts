import { strict as assert } from "node:assert";
import { afterChatHead, isChatHead } from "../../src/text/chat-lines";
import { segmentDocument } from "../../src/text/document";

const HEADS = [
  "[09:12] ",
  "[09:12:33.123]\t",
  "(9:12 pm) ",
  "[2024-05-01 09:12:33] ",
  "[2024-05-01T09:12] ",
  "[01/05/2024, 09:12] ",
  "<anna> ",
  "<@Anna_[away]> ",
  "< anna|work> ",
  "09:12 <anna> ",
  "2024-05-01 09:12:33 <Zoë> ",
  "[03:57]  <guardianL> ",
  "  <a`b> ",
];
const OTHERS = [
  "Anna: hello",
  "09:12 Anna: hello",
  "The meeting at [09:12] was short",
  "<https://example.org> is a page",
  "<two words> are none",
  "<> nothing",
  "[12] a note",
  "(see 09:12) there",
  "1 < 2 and 3 > 2",
  "<anna>",
  "[09:12]",
  "<anna>\nnext line",
  "[09:12]x",
];

const sentences = (text: string): string[][] =>
  segmentDocument(text, "plaintext").sentences.map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe("lines of a chat", () => {
  it("are told by a time in brackets, or a nickname in angle brackets", () => {
    for (const head of HEADS) {
      assert.equal(afterChatHead(`x\n${head}hello`, 2), 2 + head.length, head);
      assert.ok(isChatHead(head.trim()), head);
      assert.ok(!isChatHead(`${head}hello`), head);
    }
    for (const line of OTHERS) assert.equal(afterChatHead(`x\n${line}`, 2), 2, line);
  });

  it("are blocks of their own, and who speaks is apart from what is said", () => {
    const text =
      "[03:57] <guardianL> i just got dapper\r\n[03:57] <SC> nice. Where from?\n=== MartenH has joined\n\nNobody\nspoke <x> then.\n";
    assert.deepEqual(sentences(text), [
      ["speaker", "[03:57] <guardianL>"],
      ["prose", "i just got dapper"],
      ["speaker", "[03:57] <SC>"],
      ["prose", "nice."],
      ["prose", "Where from?"],
      ["prose", "=== MartenH has joined"],
      ["prose", "Nobody\nspoke <x> then."],
    ]);
  });

  it("are text like any other in Markdown, and in tables", () => {
    const text = "<anna> hello\n[09:12] there\n";
    for (const language of ["markdown", "csv"])
      assert.ok(
        segmentDocument(text, language).sentences.every(({ kind }) => kind !== "speaker"),
        language,
      );
  });
});
