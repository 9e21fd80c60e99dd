/** Files that are made, or happen, to be hard work: long runs of one character, one sentence of a whole novel. */
import { strict as assert } from "node:assert";
import { valueIn } from "../../src/datasets/codecs/span-lists";
import { columnsOf } from "../../src/datasets/formats/conll2003/columns";
import { parseNames } from "../../src/datasets/reading/name-lists";
import { hasTuples } from "../../src/datasets/formats/spacy/tuples";
import { readWebAnnotation } from "../../src/datasets/formats/web-annotation/read";
import { wordsIn } from "../../src/datasets/source-tokens";
import { labelled, readForeign } from "./support/foreign";

/** Far more than a pass over the text takes, far less than a pass for each of its characters. */
const SOON = 15_000;

describe("datasets of others: hard work", function () {
  this.timeout(60_000);

  function soon<T>(run: () => T): T {
    const start = performance.now();
    const result = run();
    assert.ok(performance.now() - start < SOON, `${Math.round(performance.now() - start)} ms`);
    return result;
  }

  it("cells of quotes that do not close, lists of names of blanks, addresses of slashes are looked at once", async () => {
    assert.equal(
      soon(() => valueIn(`[${"\\'".repeat(200_000)}`)),
      undefined,
    );
    assert.ok(soon(() => parseNames(`1${" ".repeat(200_000)}x\rx`)));
    assert.ok(soon(() => hasTuples(`[["${"a".repeat(20_000_000)}", {`)));
    const source = `a.txt${"/".repeat(200_000)}b`;
    const target = { source, selector: { type: "TextQuoteSelector", exact: "Ada" } };
    const row = { type: "Annotation", motivation: "tagging", body: { type: "TextualBody", value: "PER" }, target };
    const files = new Map([["a.json", Buffer.from(JSON.stringify([row]))]]);
    await soon(() => readWebAnnotation(files, { misaligned: "refuse" }));
  });

  it("a line of more cells than a table has columns costs no memory for each", () => {
    const { all, tags } = soon(() => columnsOf(`Ada\tB-PER\ncame\tO\nx${"\tx".repeat(400_000)}\n`));
    assert.ok(all.length < 10_000);
    assert.deepEqual(tags, [1]);
  });

  it("a sentence may have more words than a call has arguments", async () => {
    const words = 150_000;
    const found = await readForeign({ "novel.tsv": `Emma\tB-PER\n${"came\tO\n".repeat(words)}` });
    assert.deepEqual(labelled(found), ["Emma/PER"]);
    const [document] = found.documents;
    const { text, words: own = [] } = document!;
    const span = { start: 0, end: text.length };
    const sentences = [{ ...span, words: own }];
    const { layers, questions } = document!;
    assert.equal(wordsIn({ path: "a.txt", text, layers, questions, sentences } as never, span).length, words + 1);
  });

  it("texts as Python prints them have the characters that their escapes stand for", () => {
    assert.deepEqual(valueIn(String.raw`['a\nb\\n', "it's \xa0\u2019", (1, None,)]`), [
      "a\nb\\n",
      "it's \xa0\u2019",
      [1, null],
    ]);
  });
});
