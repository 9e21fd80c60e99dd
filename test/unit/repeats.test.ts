import assert from "node:assert/strict";
import fc from "fast-check";
import { decisionsMade } from "../../src/training/examples/decided";
import type { ModelRef } from "../../src/documents/labelled";
import { placeRepeats } from "../../src/editor/documents/suggest";
import type { EventSink } from "../../src/labels/contract";
import type { DecisionEvent } from "../../src/labels/events";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { decidedPhrases, repeatedPhrases, sameRepeats } from "../../src/labels/repeats";
import type { RepeatedPhrases } from "../../src/labels/repeats";
import { DocumentLabels } from "../../src/labels/store";
import { judging } from "../../src/labels/verdicts";
import { occurrences } from "../../src/text/occurrences";
import { Phrases } from "../../src/text/phrases";
import { segmentDocument, sentenceText } from "../../src/text/document";
import { finish } from "../../src/text/slices";

const MODEL: ModelRef = { name: "test", version: "1" };

/** A log that goes through its lines. */
class Log implements EventSink {
  readonly events: DecisionEvent[] = [];
  append(events: readonly DecisionEvent[]): Promise<void> {
    for (const event of events) {
      const { event: read } = decodeLine(encodeLine(event).trimEnd());
      assert.ok(read, "the line can be read again");
      assert.deepEqual(read, event);
      this.events.push(read);
    }
    return Promise.resolve();
  }
}

interface Open {
  readonly text: string;
  readonly log: Log;
  readonly labels: DocumentLabels;
}

function open(text: string, ...model: [exact: string, label: string, score?: number][]): Open {
  const log = new Log();
  const labels = new DocumentLabels({ text, author: "ann", sink: log });
  const list = model.map(([exact, label, score = 0.9]) => {
    const start = text.indexOf(exact);
    return { start, end: start + exact.length, label, score };
  });
  labels.setSuggestions("entities", { start: 0, end: text.length }, list, MODEL);
  return { text, log, labels };
}

function repeatsOf(...documents: Open[]): RepeatedPhrases {
  return finish(repeatedPhrases(documents.map(({ labels }) => finish(decidedPhrases(labels)))));
}

/** Suggests in a document what was decided in some. */
function repeat(into: Open, ...documents: Open[]): void {
  const whole = { start: 0, end: into.text.length };
  placeRepeats(into.labels, [{ ...whole, text: into.text }], whole, {
    repeats: repeatsOf(...documents),
    offered: (_, label) => label,
  });
}

const shown = ({ labels, text }: Open): string[] =>
  labels
    .annotations()
    .map(
      ({ span, label, status, suggestedBy }) =>
        `${text.slice(span.start, span.end)}/${label}/${status}${suggestedBy === undefined ? "" : `/${suggestedBy}`}`,
    );

const idOf = ({ labels, text }: Open, exact: string): string =>
  labels.annotations().find(({ span }) => text.slice(span.start, span.end) === exact)!.id;

const add = (at: Open, exact: string, label: string): void => {
  const start = at.text.indexOf(exact);
  at.labels.add("entities", { start, end: start + exact.length }, label);
};

describe("many phrases in one pass", () => {
  it("finds each where it would be found alone, as whole words, the longest first", () => {
    const phrases = new Phrases([
      ["New York", "LOC"],
      ["New York Times", "ORG"],
      ["York", "PER"],
      ["a", "X"],
    ]);
    assert.equal(phrases.size, 3, "one character stands for too much");
    const text = "New York Times of New York, New Yorkers and York. The New  York of a";
    assert.deepEqual(
      phrases.in(text).map(({ start, end, value }) => [text.slice(start, end), value]),
      [
        ["New York Times", "ORG"],
        ["New York", "LOC"],
        ["York", "PER"],
        ["York", "PER"],
      ],
    );
  });

  it("finds a single phrase where occurrences finds it", () => {
    const part = fc.constantFrom("ab", "a", "b", "B", "1", "-", ".", " ", "é", "😀", "東", "'s");
    const string = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(string, string, (text, words) => {
        fc.pre(words.length >= 2);
        const found = new Phrases([[words, 1]]).in(text).map(({ start, end }) => ({ start, end }));
        assert.deepEqual(found, occurrences(text, words));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("repeats of decisions", () => {
  it("suggest an added label wherever the words stand whole, and only there", () => {
    const first = open("We run Kubernetes on Linux.");
    const second = open("Kubernetes, and kubernetes, and Kubernetes2.\n\nKubernetes again.");
    add(first, "Kubernetes", "PRODUCT");
    repeat(second, first, second);
    assert.deepEqual(shown(second), ["Kubernetes/PRODUCT/suggested/repeat", "Kubernetes/PRODUCT/suggested/repeat"]);
    for (const item of second.labels.annotations()) {
      assert.equal(item.score, undefined, "nothing computed a probability");
      assert.equal(item.model, undefined, "no model has a part in it");
    }
  });

  it("suggest what was accepted and corrected, too, and take the place of another label of the model", () => {
    const first = open("Oslo and Bergen are here.", ["Oslo", "LOC"], ["Bergen", "PER"]);
    first.labels.accept(idOf(first, "Oslo"));
    first.labels.relabel(idOf(first, "Bergen"), "LOC");
    const second = open("Oslo, Bergen.", ["Bergen", "PER", 0.6]);
    repeat(second, first, second);
    assert.deepEqual(shown(second), ["Oslo/LOC/suggested/repeat", "Bergen/LOC/suggested/repeat"]);
    assert.deepEqual(second.labels.get(idOf(second, "Bergen"))?.alternative, { label: "PER", score: 0.6 });
  });

  it("leave the model's suggestion where it says the same, or labels a longer name", () => {
    const first = open("New York and Oslo.");
    add(first, "New York", "LOC");
    add(first, "Oslo", "LOC");
    const second = open("The New York Times of Oslo", ["New York Times", "ORG"], ["Oslo", "LOC", 0.7]);
    repeat(second, first, second);
    assert.deepEqual(shown(second), ["New York Times/ORG/suggested", "Oslo/LOC/suggested"]);
    const third = open("York in New York", ["York in", "PER"]);
    third.labels.setSuggestions(
      "entities",
      { start: 0, end: 16 },
      [{ start: 12, end: 16, label: "PER", score: 0.8 }],
      MODEL,
    );
    repeat(third, first, third);
    assert.deepEqual(shown(third), ["New York/LOC/suggested/repeat"], "a part of the words is no longer name");
  });

  it("show the same in a region as everywhere", () => {
    const first = open("New York and Oslo.");
    add(first, "New York", "LOC");
    const second = open("In New York Times", ["York Times", "ORG"]);
    repeat(second, first, second);
    assert.deepEqual(shown(second), ["York Times/ORG/suggested"], "they only overlap: the model's stays");
    const region = { start: 0, end: 6 };
    assert.deepEqual(second.labels.annotations({ region }), [], "also where the model's begins behind the region");
  });

  it("end where decisions contradict each other, and come back when that is undone", () => {
    const first = open("Paris met Oslo.");
    add(first, "Paris", "LOC");
    const second = open("Paris is Paris.");
    repeat(second, first, second);
    assert.equal(shown(second).length, 2);
    second.labels.reject(second.labels.annotations()[0]!.id);
    repeat(second, first, second);
    assert.deepEqual(shown(second), [], "said to be wrong once, it is suggested nowhere");
    second.labels.undo();
    repeat(second, first, second);
    assert.equal(shown(second).length, 2);
    second.labels.relabel(second.labels.annotations()[0]!.id, "PER");
    repeat(second, first, second);
    assert.deepEqual(shown(second), ["Paris/PER/accepted"]);
    assert.ok(!sameRepeats(repeatsOf(first), repeatsOf(first, second)));
    assert.ok(sameRepeats(repeatsOf(first), repeatsOf(open(""), first)));
  });

  it("are made of what somebody decided here, not of what a dataset brought", () => {
    const first = open("Rome and Oslo.");
    add(first, "Rome", "LOC");
    const imported: DecisionEvent = { ...first.log.events[0]!, origin: { format: "brat" } };
    const brought = new DocumentLabels({ text: first.text, author: "ann", sink: first.log, events: [imported] });
    const phrases = finish(repeatedPhrases([finish(decidedPhrases(brought))]));
    assert.equal(phrases.entities.size, 0);
    const other: DecisionEvent = { ...imported, new: { ...(imported as { new: object }).new, label: "PER" } } as never;
    const against = new DocumentLabels({ text: first.text, author: "ann", sink: first.log, events: [other] });
    const both = [finish(decidedPhrases(first.labels)), finish(decidedPhrases(against))];
    assert.equal(finish(repeatedPhrases(both)).entities.size, 0, "but it counts against");
  });

  it("count as no suggestion of the model when they are decided on", () => {
    const first = open("Oslo is cold.");
    add(first, "Oslo", "LOC");
    const second = open("Oslo, Oslo, Oslo and Oslo.");
    // The model says something else of the first one.
    second.labels.setSuggestions(
      "entities",
      { start: 0, end: 5 },
      [{ start: 0, end: 4, label: "PER", score: 0.8 }],
      MODEL,
    );
    repeat(second, first, second);
    const [a, b, c, d] = second.labels.annotations().map(({ id }) => id);
    second.labels.accept(a!);
    second.labels.resize(b!, { start: 6, end: 11 });
    second.labels.relabel(c!, "ORG");
    second.labels.reject(d!);
    assert.deepEqual(
      second.log.events.map((event) => [event.kind, "suggestedBy" in event && event.suggestedBy, event.model]),
      [
        ["accepted", "repeat", undefined],
        ["resized", "repeat", undefined],
        ["relabelled", "repeat", undefined],
        ["rejected", "repeat", undefined],
      ],
    );
    assert.ok(second.log.events.every((event) => !("replaces" in event)));
    assert.deepEqual(finish(judging(second.log.events)).verdicts, [], "drift counts the model's alone");
    assert.equal(decisionsMade(second.log.events, []), 4, "they are decisions all the same");
  });

  it("are no label of the model's when another label is drawn over them", () => {
    const first = open("Oslo is cold.");
    add(first, "Oslo", "LOC");
    const second = open("Oslo Airport");
    repeat(second, first, second);
    add(second, "Oslo Airport", "LOC");
    const [event] = second.log.events;
    assert.equal(event?.kind, "added");
    assert.ok(!("replaces" in event) && !("suggestedBy" in event));
  });

  it("go along with edits, and are gone where their words are edited", () => {
    const first = open("Oslo is cold.");
    add(first, "Oslo", "LOC");
    const second = open("Oslo and Oslo.");
    repeat(second, first, second);
    second.labels.applyEdits([{ start: 4, end: 4, text: "fjord" }], "Oslofjord and Oslo.");
    assert.deepEqual(shown({ ...second, text: "Oslofjord and Oslo." }), ["Oslo/LOC/suggested/repeat"]);
  });

  it("stand in prose alone, not in code", () => {
    const text = "Run `Oslo` in Oslo.\n\n```\nOslo\n```\n";
    const first = open("Oslo is cold.");
    add(first, "Oslo", "LOC");
    const second = open(text);
    const sentences = segmentDocument(text, "markdown").sentences.map((one) => ({
      ...one,
      text: sentenceText(text, one),
    }));
    const whole = { start: 0, end: text.length };
    placeRepeats(second.labels, sentences, whole, { repeats: repeatsOf(first), offered: (_, label) => label });
    assert.deepEqual(
      second.labels.annotations().map(({ span }) => span.start),
      [text.indexOf("Oslo.")],
    );
    placeRepeats(second.labels, sentences, whole, { repeats: repeatsOf(first), offered: () => undefined });
    assert.deepEqual(second.labels.annotations(), [], "a label that the label set lacks is not suggested");
  });

  it("are found in JSON Lines as they are read, and from there elsewhere", () => {
    const json = open(String.raw`{"text": "J\u00fcrgen M\u00fcller met Zo\u00eb."}`);
    const plain = open(String.raw`Zoë and Jürgen Müller went to C:\new, Zo\u00eb did not.`);
    const sentences = segmentDocument(json.text, "jsonl").sentences.map((one) => ({
      ...one,
      text: sentenceText(json.text, one),
    }));
    const place = (...from: Open[]): void => {
      const whole = { start: 0, end: json.text.length };
      placeRepeats(json.labels, sentences, whole, { repeats: repeatsOf(...from), offered: (_, label) => label });
    };
    add(plain, "Zoë", "PER");
    add(plain, String.raw`C:\new`, "PATH");
    place(plain, json);
    assert.deepEqual(shown(json), [String.raw`Zo\u00eb/PER/suggested/repeat`]);
    add(json, String.raw`J\u00fcrgen M\u00fcller`, "PER");
    repeat(plain, plain, json);
    assert.deepEqual(shown(plain), [
      "Zoë/PER/accepted",
      "Jürgen Müller/PER/suggested/repeat",
      String.raw`C:\new/PATH/accepted`,
    ]);
    // One name: what is said against it in one place counts in the other.
    json.labels.reject(idOf(json, String.raw`Zo\u00eb`));
    place(plain, json);
    assert.deepEqual(shown(json), [String.raw`J\u00fcrgen M\u00fcller/PER/accepted`]);
  });

  it("read a line that another version marked otherwise", () => {
    const first = open("Oslo is cold.");
    add(first, "Oslo", "LOC");
    const line = encodeLine({ ...first.log.events[0]!, suggestedBy: "memory" } as never).trimEnd();
    assert.equal(decodeLine(line).event?.kind, "added");
  });
});
