import assert from "node:assert/strict";
import { wordAt } from "../../src/text/word-at";

describe("the word at a place", () => {
  const at = (marked: string): string | undefined => {
    const offset = marked.indexOf("|");
    const text = marked.replace("|", "");
    const span = wordAt(text, offset);
    return span && text.slice(span.start, span.end);
  };

  it("is whole, wherever in it the cursor stands", () => {
    for (const marked of ["met |Merkel today", "met Mer|kel today", "met Merkel| today"])
      assert.equal(at(marked), "Merkel");
  });

  it("is a name as people write it", () => {
    assert.equal(at("uses No|de.js now"), "Node.js");
    assert.equal(at("works at A|T&T."), "AT&T");
    assert.equal(at("the U.|S. army"), "U.S.");
    assert.equal(at("speaks C|++ well"), "C++");
  });

  it("is none between words, and none of punctuation alone", () => {
    assert.equal(at("a  |  b"), undefined);
    assert.equal(at("wait … | …"), undefined);
    assert.equal(at("|"), undefined);
  });

  it("is found at either end of a text, and beside half a surrogate pair", () => {
    assert.equal(at("|Paris"), "Paris");
    assert.equal(at("in Paris|"), "Paris");
    assert.equal(at("\ud83d Pa|ris"), "Paris");
  });
});
