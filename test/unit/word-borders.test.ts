import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { EntityReader } from "../../src/model/tasks/entities";
import { readManifest } from "../../src/model/manifest/manifest";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { insideWord } from "../../src/text/word-borders";

const dir = resolve(__dirname, "../../models/glossator-minilm");

describe("whole words", () => {
  /** The words of a text as entities may begin and end at them, by the real tokenizer, with every word an entity of its own. */
  const words = async (text: string): Promise<string[]> => {
    const [tokenizer, manifest] = [await loadTokenizer(dir), await readManifest(dir)];
    const encoding = tokenizer.encode(text);
    const decoder = manifest.tasks.entities!;
    const reader = new EntityReader({ text }, encoding, decoder);
    const n = decoder.labels.length;
    const logits = new Float32Array(encoding.ids.length * n);
    for (let i = 0; i < encoding.ids.length; i++) logits[i * n + decoder.labels.indexOf("B-PER")] = 9;
    reader.add({ item: 0, from: 0, count: encoding.ids.length }, logits, 0);
    return reader.finish().spans.map(({ start, end }) => text.slice(start, end));
  };

  it("are what readers take for words, whatever the tokenizer cuts", async () => {
    assert.deepEqual(await words("Node.js and X-Files, AT&T’s FOO_BAR; O'Brien's C++ (C#) at a@b.org."), [
      ...["Node.js", "and", "X-Files", ",", "AT&T", "’", "s", "FOO_BAR", ";"],
      ...["O'Brien", "'", "s", "C++", "(", "C#", ")", "at", "a@b.org", "."],
    ]);
    assert.deepEqual(await words("The U.S. Army left. London/Paris - Berlin – “Rome”."), [
      ...["The", "U.S.", "Army", "left", ".", "London", "/", "Paris", "-", "Berlin", "–", "“", "Rome", "”", "."],
    ]);
    assert.deepEqual(await words("北京 COVID-19 R2D2"), ["北", "京", "COVID-19", "R2D2"]);
  });

  it("end at the ends of the text and at gaps", () => {
    assert.equal(insideWord("a.b", 0, 0), false);
    assert.equal(insideWord("a.b", 3, 3), false);
    assert.equal(insideWord("a b", 1, 2), false);
    assert.equal(insideWord("a.b", 1, 1), true);
    assert.equal(insideWord("a.", 1, 1), false);
    assert.equal(insideWord(".b", 1, 1), false);
  });
});
