import { strict as assert } from "node:assert";
import fc from "fast-check";
import { labelsTogether, TogetherStream } from "../../src/engine/together";
import type { SaidSentence } from "../../src/engine/together";
import { readSpans } from "../../src/model/tasks/spans";
import { NEIGHBOURS } from "../../src/model/tasks/together";
import { readAround } from "../../src/editor/documents/read-around";
import type { LocatedSentence } from "../../src/text/segmented";
import { ownMs } from "./support/own-time";

const TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
const decoder = { labels: TAGS };

/** A word and the probability of each tag that is not O's. */
type Word = readonly [string, Readonly<Partial<Record<string, number>>>];

/** A sentence as the engine gives it. */
function said(words: readonly Word[], more: Partial<SaidSentence> = {}): SaidSentence & { text: string } {
  const text = words.map(([word]) => word).join(" ");
  let at = 0;
  const places = words.map(([word]) => {
    const start = at;
    at += word.length + 1;
    return { start, end: start + word.length };
  });
  const found = new Float32Array(words.length * TAGS.length);
  for (const [i, [, tags]] of words.entries()) {
    const others = Object.values(tags).reduce<number>((sum, p) => sum + p!, 0);
    for (const [t, tag] of TAGS.entries()) found[i * TAGS.length + t] = tag === "O" ? 1 - others : (tags[tag] ?? 0);
  }
  const { spans, words: readings } = readSpans(places, found, decoder);
  return { ...more, text, labels: { entities: spans, ...(readings && { words: { entities: readings } }) } };
}

const named = ({ text, labels }: { readonly text: string | undefined; readonly labels: SaidSentence["labels"] }) =>
  labels?.entities?.map(({ start, end, label }) => `${text!.slice(start, end)} ${label}`);
const together = (sentences: readonly SaidSentence[]) =>
  labelsTogether(sentences).map((labels, i) => named({ text: sentences[i]!.text, labels }));

const plain = (word: string): Word => [word, {}];
const sure = (word: string, tag: string): Word => [word, { [tag]: 0.97 }];
const empty = said([plain("Nothing"), plain("here")]);

describe("sentences read together", () => {
  it("give one name one type, and find it where it was missed", () => {
    const sentences = [
      said([plain("Meet"), sure("Jordan", "B-PER")]),
      said([sure("Jordan", "B-PER"), plain("left")]),
      said([["Jordan", { "B-PER": 0.4, "B-LOC": 0.5 }], plain("said")]),
      said([plain("by"), ["Jordan", { "B-PER": 0.3 }]]),
    ];
    assert.deepEqual(sentences.map(named), [["Jordan PER"], ["Jordan PER"], ["Jordan LOC"], []]);
    assert.deepEqual(together(sentences), [["Jordan PER"], ["Jordan PER"], ["Jordan PER"], ["Jordan PER"]]);
  });

  it("give way to a few that say another thing, and no more to many than to a few", () => {
    const city = said([plain("to"), ["Jordan", { "B-LOC": 0.95, "B-PER": 0.02 }]]);
    const others = Array.from({ length: 19 }, () => said([["Jordan", { "B-PER": 0.6, "B-LOC": 0.2 }], plain("said")]));
    assert.deepEqual(together([city, others[0]!]), [["Jordan LOC"], ["Jordan LOC"]]);
    const scores = [4, 8, 19].map((count) => {
      const [labels] = labelsTogether([city, ...others.slice(0, count)]);
      assert.deepEqual(named({ text: city.text, labels }), ["Jordan PER"]);
      return labels!.entities![0]!.score.toFixed(6);
    });
    assert.deepEqual(scores, [scores[0], scores[0], scores[0]]);
  });

  it("count a word less where other names stand beside it", () => {
    const team = said([sure("Chicago", "B-PER"), sure("Bulls", "I-PER")]);
    const city = said([plain("in"), ["Chicago", { "B-LOC": 0.7, "B-PER": 0.2 }]]);
    assert.deepEqual(together([team, team, team, city]).at(-1), ["Chicago LOC"]);
  });

  it("count no sentence that is further away", () => {
    const [doubtful, clear] = [
      said([["Jordan", { "B-PER": 0.4, "B-LOC": 0.5 }]]),
      said([sure("Jordan", "B-PER"), plain("said")]),
    ];
    const read = (between: number) =>
      together([doubtful, ...Array.from({ length: between }, () => empty), clear, clear]).at(0);
    assert.deepEqual(read(NEIGHBOURS - 2), ["Jordan PER"]);
    assert.deepEqual(read(NEIGHBOURS), ["Jordan LOC"]);
  });

  it("leave what stands alone as it was, the same list", () => {
    const sentences = [said([sure("Ada", "B-PER"), plain("met"), sure("Bob", "B-PER")]), empty, said([plain("Fine")])];
    const labels = labelsTogether(sentences);
    for (const [i, { labels: before }] of sentences.entries()) assert.equal(labels[i], before);
  });

  it("keep other names of a sentence as they were, when one changes", () => {
    const sentences = [
      said([sure("Jordan", "B-PER"), plain("said")]),
      said([sure("Ada", "B-PER"), plain("saw"), ["Jordan", { "B-LOC": 0.5, "B-PER": 0.4 }], plain("today")]),
    ];
    const [, labels] = labelsTogether(sentences);
    assert.deepEqual(named({ text: sentences[1]!.text, labels }), ["Ada PER", "Jordan PER"]);
    assert.equal(labels!.entities![0], sentences[1]!.labels!.entities![0]);
  });

  it("learn nothing from nicknames, from marks and from what is not labelled yet", () => {
    const doubtful = said([["Jordan", { "B-PER": 0.4, "B-LOC": 0.5 }]]);
    const nick = said([sure("Jordan", "B-PER")], { kind: "speaker" });
    const unread: SaidSentence = { text: "Jordan", labels: undefined };
    const uncut: SaidSentence = { text: undefined, labels: undefined };
    assert.deepEqual(together([nick, nick, unread, uncut, doubtful]).at(-1), ["Jordan LOC"]);
    const marks = [said([["—", { "B-PER": 0.4, "B-LOC": 0.5 }]]), said([sure("—", "B-PER")])];
    assert.deepEqual(together(marks), [["— LOC"], ["— PER"]]);
  });

  it("read long names whole, the sure words within them, too", () => {
    const long: Word[] = [sure("Bank", "B-LOC"), ["of", { "I-LOC": 0.6 }], sure("England", "I-LOC"), plain("said")];
    const sentences = [said(long), said([plain("the"), ...long]), said([sure("England", "B-LOC"), plain("won")])];
    assert.deepEqual(together(sentences), [["Bank of England LOC"], ["Bank of England LOC"], ["England LOC"]]);
  });

  it("take time that grows with the text, though it be one name all over", () => {
    const sentence = said(Array.from({ length: 3000 }, () => ["Jordan", { "B-PER": 0.5, "B-LOC": 0.3 }] as const));
    const sentences = Array.from({ length: 60 }, () => sentence);
    // Each with each are a minute of work and more.
    const start = ownMs();
    const [labels] = labelsTogether(sentences);
    assert.equal(labels!.entities!.length, 3000);
    assert.ok(ownMs() - start < 20_000);
  });

  it("are the same one after another as all at once, and in a region as in the whole", () => {
    const word: fc.Arbitrary<Word> = fc
      .record({
        text: fc.constantFrom("Jordan", "jordan", "Ada", "of", "and", "—"),
        tag: fc.constantFrom(...TAGS),
        p: fc.double({ min: 0.05, max: 0.999, noNaN: true }),
      })
      .map(({ text, tag, p }) => (tag === "O" ? plain(text) : [text, { [tag]: p }]));
    const document = fc
      .array(fc.array(word, { maxLength: 4 }), { maxLength: 70 })
      .map((all) => all.map((words, i) => said([...words, plain(`x${i}`)])));
    fc.assert(
      fc.property(document, fc.nat({ max: 40 }), fc.integer({ min: 1, max: 30 }), (sentences, first, size) => {
        const all = labelsTogether(sentences);
        const stream = new TogetherStream();
        const given = [];
        for (let from = 0; from < sentences.length; from += size)
          given.push(...stream.push(sentences.slice(from, from + size)));
        given.push(...stream.end());
        assert.deepEqual(
          given,
          sentences.map((one, i) => [one, all[i]]),
        );

        let at = 0;
        const located = sentences.map(({ text }): LocatedSentence => {
          const start = at;
          at += text.length + 1;
          return { start, end: start + text.length, text, kind: "prose" };
        });
        const own = located.slice(first, first + size);
        const region = { start: own[0]?.start ?? 0, end: own.at(-1)?.end ?? 0 };
        const read = readAround(
          ({ start, end }) => located.filter((one) => one.start < end && one.end > start),
          (text) => sentences.find((one) => one.text === text)!.labels,
        );
        assert.deepEqual(
          read(region).map(({ labels }) => labels),
          all.slice(first, first + own.length),
        );
      }),
      { numRuns: 60 },
    );
  });
});
