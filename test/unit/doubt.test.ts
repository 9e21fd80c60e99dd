import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alternative, ModelRef } from "../../src/documents/labelled";
import { DecidedWords, RANKS, least, marginOf } from "../../src/labels/doubt";
import type { Ranking } from "../../src/labels/doubt";
import { DocumentLabels } from "../../src/labels/store";
import { alternativeTo } from "../../src/model/tasks/bio";
import { entropyOf } from "../../src/model/tasks/entropy";
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
    assert.deepEqual(contradicted("Bell"), { labels: ["ORG"], times: 1 });
    assert.deepEqual(contradicted("Ada"), { labels: [], times: 1 });
    there.undo();
    assert.equal(contradicted("Ada"), undefined);
    there.add("entities", { start: 23, end: 26 }, "ORG");
    there.add("entities", { start: 0, end: 4 }, "PER");
    assert.equal(contradicted("Bell"), undefined, "decided as the model says");
  });

  it("counts decisions of documents that others looked through", () => {
    const [here, there] = [labelled("Ada left. Ada came."), labelled("Ada.", ["Ada", "PER"])];
    const part = new DecidedWords();
    here.add("entities", { start: 0, end: 3 }, "ORG");
    here.add("entities", { start: 10, end: 13 }, "LOC");
    finish(part.add(here));
    const all = new DecidedWords();
    there.reject(idOf(there, "Ada"));
    finish(all.add(there));
    finish(all.merge(part));
    const [suggestion] = labelled("Ada.", ["Ada", "PER"]).annotations();
    assert.deepEqual(all.contradicted(suggestion!), { labels: ["LOC", "ORG"], times: 2 });
  });

  it("orders by margin, by entropy of the words or of their sentence, or by how often the same was decided otherwise", () => {
    const item = (name: string, margin: number, entropy: number | undefined, times = 0, sentence?: number) => ({
      ...{ name, margin, entropy, sentenceEntropy: sentence },
      contradiction: times === 0 ? undefined : { labels: [], times },
    });
    const items = [
      item("sure", 0.9, 0.1),
      item("unsure", 0.1, 0.5),
      item("once", 0.8, 0.9, 1),
      item("often", 0.95, 0.05, 7),
    ];
    const ordered = (order: Ranking): string[] => finish(least(items, RANKS[order], 4)).map(({ name }) => name);
    assert.deepEqual(ordered("doubt"), ["once", "often", "unsure", "sure"]);
    assert.deepEqual(ordered("disagreement"), ["often", "once", "unsure", "sure"]);
    assert.deepEqual(ordered("entropy"), ["once", "unsure", "sure", "often"]);
    const together = [item("one", 0.9, 0.1, 0, 2.5), item("lone", 0.1, 0.9, 0, 1), item("other", 0.2, 0.9, 0, 2.5)];
    const unknown = [item("surer", 0.9, undefined), item("less", 0.3, undefined), ...together];
    assert.deepEqual(
      finish(least(unknown, RANKS.sentence, 5)).map(({ name }) => name),
      ["one", "other", "lone", "less", "surer"],
      "a sentence's stay together, in order of place; what is of none comes last",
    );
    items[1] = item("unsure", 0.05, undefined);
    assert.equal(ordered("entropy")[0], "unsure", "by the margin, where there is no more");
  });

  it("is the entropy of all that a model gives, as a share of the most", () => {
    assert.equal(entropyOf([0.25, 0.25, 0.25, 0.25]), 1);
    assert.equal(entropyOf([1, 0, 0]), 0);
    assert.ok(Math.abs(entropyOf([0.5, 0.5, 0, 0]) - 0.5) < 1e-9);
    assert.equal(entropyOf([]), 0);
    assert.equal(entropyOf([0.5, 0.5, 0.5], true), 1);
    assert.ok(entropyOf([0.9, 0.9], true) < 0.5, "both hold");
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
