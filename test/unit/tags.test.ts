import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeTags, detectScheme, encodeTags, TAG_SCHEMES, tagRole } from "../../src/text/tags";
import type { TagScheme, WordRange } from "../../src/text/tags";

/** Sentences as lengths of entities and of gaps: entities in order that do not overlap. */
const SENTENCES = fc
  .array(
    fc.record({ gap: fc.nat(2), words: fc.integer({ min: 1, max: 3 }), label: fc.constantFrom("PER", "ORG", "B-x") }),
    { maxLength: 8 },
  )
  .map((parts) => {
    let length = 0;
    const entities = parts.map(({ gap, words, label }): WordRange => {
      const first = length + gap;
      length = first + words;
      return { first, last: length - 1, label };
    });
    return { length: length + 1, entities };
  });

describe("tags of words", () => {
  it("come back from every scheme that can tell neighbours apart", () => {
    const schemes = fc.constantFrom(...TAG_SCHEMES.filter((scheme) => scheme !== "IO"));
    fc.assert(
      fc.property(SENTENCES, schemes, ({ length, entities }, scheme) => {
        const tags = encodeTags(length, entities, scheme);
        assert.deepEqual(decodeTags(tags, scheme), { entities, problems: [] }, tags.join(" "));
        // Who does not know the scheme reads the same, as the evaluation does.
        assert.deepEqual(decodeTags(tags, "IOB1").entities, entities, tags.join(" "));
      }),
    );
  });

  it("are of the scheme that was written, where the tags tell", () => {
    const told: Readonly<Partial<Record<TagScheme, RegExp>>> = { BIOES: /\b[ES]-/, BILOU: /\b[LU]-/, IOB2: /\bB-/ };
    fc.assert(
      fc.property(SENTENCES, fc.constantFrom("BIOES", "BILOU", "IOB2"), ({ length, entities }, scheme) => {
        const tags = encodeTags(length, entities, scheme);
        fc.pre(told[scheme]!.test(tags.join(" ")));
        assert.equal(detectScheme([tags]).value, scheme);
      }),
    );
  });

  it("have a role by their prefix, in any scheme", () => {
    assert.deepEqual(
      ["B", "I", "M", "E", "L", "S", "U", "W", "X", "", "constructor"].map((prefix) => tagRole(prefix)),
      [
        ...["begin", "inside", "inside", "end", "end", "single", "single", "single"],
        ...[undefined, undefined, undefined],
      ],
    );
  });
});
