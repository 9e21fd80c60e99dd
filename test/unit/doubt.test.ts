import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alternative, ModelRef } from "../../src/documents/labelled";
import { DecidedWords, least, marginOf } from "../../src/labels/doubt";
import { DocumentLabels } from "../../src/labels/store";
import { alternativeTo } from "../../src/model/tasks/bio";
import { finish } from "../../src/text/slices";

const MODEL: ModelRef = { name: "test", version: "1" };

function labelled(text: string, ...found: [exact: string, label: string, alternative?: Alternative][]): DocumentLabels {
  const labels = new DocumentLabels({ text, author: "ann", sink: { append: () => Promise.resolve() } });
  const list = found.map(([exact, label, alternative]) => {
    const start = text.indexOf(exact);
    return { start, end: start + exact.length, label, score: 0.6, ...(alternative && { alternative }) };
  });
  labels.setSuggestions("entities", { start: 0, end: text.length }, list, MODEL);
  return labels;
}

const idOf = (labels: DocumentLabels, exact: string): string =>
  labels.annotations().find(({ quote }) => quote.exact === exact)!.id;

describe("what a run would be otherwise", () => {
  const tags = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"];

  it("is the next type, by the mean of its own tags, or none", () => {
    const rows = Float32Array.from([
      ...[0.1, 0.5, 0.0, 0.4, 0.0],
      ...[0.1, 0.0, 0.5, 0.0, 0.4],
      ...[0.3, 0.6, 0.0, 0.1, 0.0],
    ]);
    const first = alternativeTo({ start: 0, end: 2, label: "PER" }, rows, tags)!;
    assert.equal(first.label, "ORG");
    assert.ok(Math.abs(first.score - 0.4) < 1e-6);
    const second = alternativeTo({ start: 2, end: 3, label: "PER" }, rows, tags)!;
    assert.equal("label" in second, false, "no label at all");
    assert.ok(Math.abs(second.score - 0.3) < 1e-6);
  });

  it("is unknown to a model of one tag", () => {
    assert.equal(alternativeTo({ start: 0, end: 1, label: "PER" }, Float32Array.of(1), ["B-PER"]), undefined);
  });
});

describe("doubt", () => {
  it("is the smaller the further the best label is before the second", () => {
    assert.ok(Math.abs(marginOf({ score: 0.54, alternative: { label: "ORG", score: 0.41 } }) - 0.13) < 1e-9);
    assert.equal(marginOf({ score: 0.4 }), 0, "all that is left counts as one");
    assert.ok(Math.abs(marginOf({ score: 0.9 }) - 0.8) < 1e-9);
  });

  it("keeps what the model said instead with the suggestion, and out of the log", async () => {
    const labels = labelled("Ada met Bell.", ["Bell", "PER", { label: "ORG", score: 0.3 }]);
    assert.deepEqual(labels.get(idOf(labels, "Bell"))?.alternative, { label: "ORG", score: 0.3 });
    const act = labels.accept(idOf(labels, "Bell"));
    await act.saved;
    assert.doesNotMatch(JSON.stringify(act.events), /alternative/);
  });

  it("sees that the same words were decided otherwise, in another document too, and what was taken back counts no more", () => {
    const here = labelled("Bell rang. Ada left.", ["Bell", "PER"], ["Ada", "ORG"]);
    const there = labelled("Bell opened an office. Ada, too.", ["Bell", "PER"], ["Ada", "ORG"]);
    const contradicted = (exact: string): unknown => {
      const words = new DecidedWords();
      for (const labels of [here, there]) finish(words.add(labels));
      return words.contradicted(here.annotations().find(({ quote }) => quote.exact === exact)!);
    };
    assert.equal(contradicted("Bell"), undefined);
    there.relabel(idOf(there, "Bell"), "ORG");
    there.reject(idOf(there, "Ada"));
    assert.deepEqual(contradicted("Bell"), { labels: ["ORG"] });
    assert.equal(contradicted("Ada"), "rejected");
    there.undo();
    assert.equal(contradicted("Ada"), undefined);
    there.add("entities", { start: 23, end: 26 }, "ORG");
    there.add("entities", { start: 0, end: 4 }, "PER");
    assert.equal(contradicted("Bell"), undefined, "decided as the model says");
  });

  it("finds the first of a ranking as a sort does", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 2, noNaN: true })), fc.nat(30), (ranks, count) => {
        const sorted = [...ranks].sort((a, b) => a - b).slice(0, count);
        assert.deepEqual(finish(least(ranks, (rank) => rank, count)), sorted);
      }),
    );
  });
});
