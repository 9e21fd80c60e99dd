import { strict as assert } from "node:assert";
import fc from "fast-check";
import { jsonLinesOf, linesOf } from "../../src/datasets/reading/bytes";
import { jsonObjects, objectsOfFile } from "../../src/datasets/reading/json";
import type { Loss } from "../../src/datasets/losses";

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("JSON Lines, line by line", () => {
  it("are what the file's text has, byte order mark and line ends of Windows included", () => {
    const row = fc.record({ text: fc.string({ unit: "binary" }) }).map((one) => JSON.stringify(one));
    const line = fc.oneof({ weight: 5, arbitrary: row }, fc.constantFrom("", " ", "[1]", '{"a":', "null", '"\u2028"'));
    const end = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(row, fc.array(fc.tuple(end, line), { minLength: 1 }), fc.boolean(), (first, more, mark) => {
        const text = first + more.map(([between, one]) => between + one).join("");
        const file = bytes((mark ? "\ufeff" : "") + text);
        const found = jsonLinesOf(file, "a.jsonl");
        if (found !== undefined) assert.deepEqual([...found], [...linesOf(text)]);
        else assert.match(text.slice(text.indexOf("\n")), /^\s*$/);
        const read = (all: typeof jsonObjects | undefined): [unknown[], Loss[]] => {
          const losses: Loss[] = [];
          const rows =
            all === undefined
              ? objectsOfFile(new Map([["a.jsonl", file]]), "a.jsonl", losses)
              : all(text, "a.jsonl", losses);
          return [[...rows], losses];
        };
        assert.deepEqual(read(undefined), read(jsonObjects));
      }),
    );
  });

  it("are read as a text where the file is another one: a list, one object, another encoding, no text", () => {
    const others = ["[{}]\n[{}]", '{"a":1}', '{"a":1}\n \n', '{\n"a":1}\n{}', "\n{}\n{}", "", "{}\ufeff"];
    for (const text of others) assert.equal(jsonLinesOf(bytes(text), "a.json"), undefined, text);
    assert.equal(jsonLinesOf(Buffer.from('\ufeff{}\n{"a":1}', "utf16le"), "a.json"), undefined);
    const broken = Buffer.concat([bytes('{"a":1}\n{"b":"'), Buffer.from([0xff]), bytes('"}\n')]);
    assert.equal(jsonLinesOf(broken, "a.json"), undefined);
    const losses: Loss[] = [];
    assert.deepEqual([...objectsOfFile(new Map([["a.json", broken]]), "a.json", losses)], []);
    assert.match(losses[0]!.reason, /line 2: not UTF-8/);
  });
});
