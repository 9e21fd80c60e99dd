/** Labels cut in two and made one: decided, taken back, read from a log, refused where it makes no sense. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionEvent } from "../../src/labels/events";
import { DocumentLabels } from "../../src/labels/store";
import { Log } from "./support/log";

const TEXT = "Ada Lovelace and Charles Babbage met in London. It rained.";
const MODEL = { name: "m", version: "1" };
const span = (exact: string): { start: number; end: number } => {
  const start = TEXT.indexOf(exact);
  return { start, end: start + exact.length };
};

const shown = (labels: DocumentLabels, status?: "accepted" | "suggested"): string[] =>
  [...labels.annotations(status === undefined ? {} : { status })]
    .sort((a, b) => a.span.start - b.span.start)
    .map(({ quote, label, span: { start, end } }) => {
      assert.equal(TEXT.slice(start, end), quote.exact);
      return `${quote.exact} ${label}`;
    });
const idOf = (labels: DocumentLabels, exact: string): string =>
  labels.annotations().find(({ quote }) => quote.exact === exact)!.id;

function opened(): { labels: DocumentLabels; log: Log; again: () => string[] } {
  const log = new Log();
  const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: log });
  const again = (): string[] =>
    shown(new DocumentLabels({ text: TEXT, author: "ann", sink: new Log(), events: log.events }));
  return { labels, log, again };
}

describe("a label", () => {
  it("is cut in two by one act, white space in neither part, and is whole again after undo", () => {
    const { labels, again } = opened();
    labels.add("entities", span("Ada Lovelace and Charles Babbage"), "PER");
    labels.split(idOf(labels, "Ada Lovelace and Charles Babbage"), TEXT.indexOf(" and") + 1);
    assert.deepEqual(shown(labels), ["Ada Lovelace PER", "and Charles Babbage PER"]);
    assert.deepEqual(again(), shown(labels));
    labels.undo();
    assert.deepEqual(shown(labels), ["Ada Lovelace and Charles Babbage PER"]);
    labels.redo();
    assert.deepEqual(again(), ["Ada Lovelace PER", "and Charles Babbage PER"]);
  });

  it("is made one with others by one act, under the label that was decided", () => {
    const { labels, again } = opened();
    labels.add("entities", span("Ada"), "PER");
    labels.add("entities", span("Lovelace"), "LOC");
    labels.merge(idOf(labels, "Lovelace"), idOf(labels, "Ada"));
    assert.deepEqual(shown(labels), ["Ada Lovelace PER"]);
    assert.deepEqual(again(), shown(labels));
    labels.undo();
    assert.deepEqual(shown(labels), ["Ada PER", "Lovelace LOC"]);
    assert.deepEqual(again(), shown(labels));
  });

  it("may be a suggestion: the parts are decided, and of two the one that was decided gives its label", () => {
    const { labels, log } = opened();
    const whole = { start: 0, end: TEXT.length };
    const found = [
      { ...span("Ada Lovelace and Charles Babbage"), label: "ORG", score: 0.6 },
      { ...span("London"), label: "LOC", score: 0.9 },
    ];
    labels.setSuggestions("entities", whole, found, MODEL);
    labels.split(idOf(labels, "Ada Lovelace and Charles Babbage"), TEXT.indexOf("and"));
    assert.deepEqual(shown(labels, "accepted"), ["Ada Lovelace ORG", "and Charles Babbage ORG"]);
    assert.deepEqual(shown(labels, "suggested"), ["London LOC"]);
    const told = log.events.flatMap((event) => ("replaces" in event ? (event.replaces ?? []) : []));
    assert.deepEqual(
      told.map(({ quote }) => quote.exact),
      ["Ada Lovelace and Charles Babbage", "Ada Lovelace and Charles Babbage"],
    );
    labels.undo();
    labels.setSuggestions("entities", whole, [{ ...span("Ada"), label: "LOC", score: 0.6 }], MODEL);
    labels.add("entities", span("Lovelace"), "PER");
    labels.merge(idOf(labels, "Ada"), idOf(labels, "Lovelace"));
    assert.deepEqual(shown(labels), ["Ada Lovelace PER"]);
  });

  it("keeps its attributes in both parts", () => {
    const log = new Log();
    const before = new DocumentLabels({ text: TEXT, author: "ann", sink: log });
    before.add("entities", span("Ada Lovelace"), "PER");
    const [added] = log.events;
    assert.ok(added?.kind === "added");
    const attributes = { role: "author" };
    const events: DecisionEvent[] = [{ ...added, v: 2, new: { ...added.new, attributes } }];
    const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: log, events });
    labels.split(idOf(labels, "Ada Lovelace"), 4);
    assert.deepEqual(
      labels.annotations().map((item) => item.attributes),
      [attributes, attributes],
    );
  });

  it("is not cut at its ends or beyond, and not made one with itself, with what is gone, or with a class", () => {
    const { labels } = opened();
    labels.add("entities", span("Ada Lovelace"), "PER");
    labels.add("entities", span("Lovelace"), "LOC");
    labels.add("sentiment", span("It rained."), "negative");
    const ada = idOf(labels, "Ada Lovelace");
    for (const at of [-1, 0, 12, 13, 99])
      assert.throws(() => labels.split(ada, at), /between two of its words/, `${at}`);
    assert.throws(() => labels.split("gone", 3), /not there any more/);
    assert.throws(() => labels.split(idOf(labels, "It rained."), 50), /on words in the text/);
    assert.throws(() => labels.merge(ada, ada), /two labels/);
    assert.throws(() => labels.merge(ada, "gone"), /not there any more/);
    assert.throws(() => labels.merge(ada, idOf(labels, "It rained.")), /on words in the text/);
    labels.merge(ada, idOf(labels, "Lovelace"));
    assert.deepEqual(shown(labels), ["Ada Lovelace PER", "It rained. negative"], "one covers the other");
  });

  it("cut anywhere and made one again covers the same words", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), (at) => {
        const { labels, again } = opened();
        const words = "Ada Lovelace and Charles Babbage";
        labels.add("entities", span(words), "PER");
        labels.split(idOf(labels, words), at);
        const parts = labels.annotations();
        assert.equal(parts.length, 2);
        labels.merge(...parts.map(({ id }) => id));
        assert.deepEqual(shown(labels), [`${words} PER`]);
        assert.deepEqual(again(), shown(labels));
      }),
    );
  });
});
