/** The same words with several labels, in one document and in several; labels changed together, and taken back together. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ModelRef } from "../../src/documents/labelled";
import { inconsistencies, sameWords, wordsKey } from "../../src/labels/consistency";
import type { Compared, Inconsistency } from "../../src/labels/consistency";
import type { EventSink } from "../../src/labels/contract";
import type { DecisionEvent } from "../../src/labels/events";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { decidedPhrases } from "../../src/labels/repeats";
import { DocumentLabels } from "../../src/labels/store";
import { finish } from "../../src/text/slices";
import type { Span } from "../../src/text/span";

const MODEL: ModelRef = { name: "test", version: "1" };

/** A log that goes through its lines. */
class Log implements EventSink {
  readonly events: DecisionEvent[] = [];
  append(events: readonly DecisionEvent[]): Promise<void> {
    for (const event of events) {
      const { event: read } = decodeLine(encodeLine(event).trimEnd());
      assert.ok(read, "the line can be read again");
      this.events.push(read);
    }
    return Promise.resolve();
  }
}

/** A document with labels by hand, on the nth occurrence of words. */
class Document {
  readonly log = new Log();
  readonly labels: DocumentLabels;

  constructor(
    readonly text: string,
    readonly name = "a.txt",
    events: readonly DecisionEvent[] = [],
    readonly multiple: Compared["multiple"] = [],
  ) {
    this.labels = new DocumentLabels({ text, author: "ann", sink: this.log, events, multiple });
  }

  span(words: string, nth = 0): Span {
    let start = -1;
    for (let i = 0; i <= nth; i++) start = this.text.indexOf(words, start + 1);
    assert.ok(start >= 0, words);
    return { start, end: start + words.length };
  }

  label(words: string, label: string, nth = 0, task: "entities" | "sentiment" = "entities"): this {
    this.labels.add(task, this.span(words, nth), label);
    return this;
  }

  shown(): string[] {
    return [...this.labels.annotations({ status: "accepted" })]
      .sort((a, b) => a.span.start - b.span.start)
      .map(({ span, label }) => `${this.text.slice(span.start, span.end)} ${label}`);
  }

  /** As the next session reads it. */
  again(): string[] {
    return new Document(this.text, this.name, this.log.events).shown();
  }

  compared(text = this.text): Compared {
    const { labels, multiple } = this;
    return { document: this.name, text, labels, decided: finish(decidedPhrases(labels)), multiple };
  }
}

function found(documents: readonly Document[], kept?: (key: string) => boolean): Inconsistency[] {
  return finish(
    inconsistencies(
      documents.map((one) => one.compared()),
      kept,
    ),
  );
}

/** What stands at each place: "a.txt LOC: PER 2". */
function said(all: readonly Inconsistency[]): string[] {
  return all.flatMap((one) =>
    one.places.map(
      (place) =>
        `${place.document} ${place.label}: ${one
          .others(place)
          .map(({ label, times }) => `${label} ${times}`)
          .join(", ")}`,
    ),
  );
}

const TEXT = "Washington said so. Washington is far. Washington won, as Bo wanted. Bo agreed.";

describe("words with several labels", () => {
  it("are found in one document and across documents, with what they are elsewhere and where", () => {
    const a = new Document(TEXT).label("Washington", "PER").label("Washington", "LOC", 1).label("Bo", "PER");
    const b = new Document(TEXT, "b.txt").label("Washington", "PER").label("Washington", "ORG", 2).label("Bo", "PER");
    assert.deepEqual(said(found([a])), ["a.txt PER: LOC 1", "a.txt LOC: PER 1"]);
    const [one, ...more] = found([a, b]);
    assert.ok(one !== undefined && more.length === 0);
    assert.deepEqual(said([one]), [
      "a.txt PER: LOC 1, ORG 1",
      "a.txt LOC: PER 2, ORG 1",
      "b.txt PER: LOC 1, ORG 1",
      "b.txt ORG: PER 2, LOC 1",
    ]);
    assert.equal(one.words, "Washington");
    assert.deepEqual(one.labels(), [
      ["PER", 2],
      ["LOC", 1],
      ["ORG", 1],
    ]);
    assert.deepEqual(one.labels("b.txt"), [
      ["ORG", 1],
      ["PER", 1],
    ]);
    // What is named first is in the same document.
    const inB = one.places.find(({ document, label }) => document === "b.txt" && label === "ORG")!;
    assert.deepEqual(
      one.others(inB)[0]!.places.map(({ document }) => document),
      ["b.txt", "a.txt"],
    );
    assert.deepEqual(found([new Document(TEXT), b.label("Bo", "PER", 1)]).length, 1);
  });

  it("go when the labels agree, come back with undo, and stay out where somebody said that they are right", () => {
    const a = new Document(TEXT).label("Washington", "PER").label("Washington", "LOC", 1);
    const [one] = found([a]);
    const other = one!.places.find(({ label }) => label === "LOC")!;
    a.labels.relabel(other.id, "PER");
    assert.deepEqual(found([a]), []);
    a.labels.undo();
    assert.equal(found([a]).length, 1);
    assert.deepEqual(
      found([a], (key) => key === wordsKey("entities", "Washington")),
      [],
    );
    a.labels.remove(other.id);
    assert.deepEqual(found([a]), []);
  });

  it("are no suggestions, and are a dataset's labels", () => {
    const a = new Document(TEXT).label("Washington", "PER");
    a.labels.setSuggestions(
      "entities",
      { start: 0, end: TEXT.length },
      [{ ...a.span("Washington", 1), label: "LOC", score: 0.99 }],
      MODEL,
    );
    assert.deepEqual(found([a]), []);
    const b = new Document(TEXT, "b.txt").label("Washington", "LOC", 1);
    const events = b.log.events.map((event) => ({ ...event, origin: { format: "conll" } }));
    assert.deepEqual(said(found([a, new Document(TEXT, "c.txt", events)])), ["a.txt PER: LOC 1", "c.txt LOC: PER 1"]);
  });

  it("are the same over a line break, and others once their text was edited", () => {
    const a = new Document("New York.\n\nNew\nYork.\n").label("New York", "LOC").label("New\nYork", "ORG");
    assert.equal(found([a]).length, 1);
    const text = `${a.text.slice(0, 3)}w${a.text.slice(3)}`;
    a.labels.applyEdits([{ start: 3, end: 3, text: "w" }], text);
    assert.deepEqual(finish(inconsistencies([a.compared(text)])), []);
    assert.equal(sameWords(" New\r\n\t York "), "New York");
  });

  it("are not those that a dataset labels twice in each place alike", () => {
    const both = (name: string): DecisionEvent[] => {
      const made = new Document(TEXT, name).label("Washington", "PER");
      const [first] = made.log.events;
      assert.ok(first?.kind === "added");
      const origin = { format: "conll" };
      const id = `${first.id.slice(0, -1)}Z`;
      return [
        { ...first, origin },
        { ...first, id, origin, annotation: id, new: { ...first.new, label: "LOC" } },
      ];
    };
    const a = new Document(TEXT, "a.txt", both("a.txt"));
    assert.equal(a.shown().length, 2, "two labels on one place");
    const b = new Document(TEXT, "b.txt", both("b.txt"));
    assert.deepEqual(found([a, b]), []);
    b.label("Washington", "LOC", 1);
    assert.deepEqual(
      said(found([a, b])).filter((line) => !line.endsWith(": ")),
      ["a.txt PER: LOC 2", "a.txt LOC: PER 1", "b.txt PER: LOC 2", "b.txt LOC: PER 1", "b.txt LOC: PER 2"],
    );
  });

  it("are also sentences with two classes, unless a text may have several", () => {
    const twice = "Fine.\n\nFine.";
    const of = (multiple: Compared["multiple"]): Document =>
      new Document(twice, "a.txt", [], multiple)
        .label("Fine.", "positive", 0, "sentiment")
        .label("Fine.", "negative", 1, "sentiment");
    assert.equal(found([of([])]).length, 1);
    assert.deepEqual(found([of(["sentiment"])]), []);
  });

  it("are what a plain look at all pairs finds", () => {
    const words = ["Bo", "Al", "Cy"];
    const decision = fc.record({
      word: fc.constantFrom(...words),
      nth: fc.integer({ min: 0, max: 2 }),
      label: fc.constantFrom("PER", "LOC", "ORG"),
      document: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 12 }), (decisions) => {
        const text = "Bo, Al, Cy. ".repeat(3);
        const documents = [new Document(text, "0"), new Document(text, "1")];
        for (const { word, nth, label, document } of decisions) {
          const one = documents[document]!;
          const there = one.labels
            .annotations({ region: one.span(word, nth) })
            .some((item) => item.label === label && item.span.start === one.span(word, nth).start);
          if (!there) one.label(word, label, nth);
        }
        const all = documents.flatMap((one) => one.shown());
        const expected = words.filter((word) => new Set(all.filter((line) => line.startsWith(`${word} `))).size > 1);
        assert.deepEqual(
          found(documents)
            .map((one) => one.words)
            .sort(),
          expected.sort(),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("labels that are changed together", () => {
  const washingtons = (document: Document): string[] =>
    document.labels.annotations({ status: "accepted" }).map(({ id }) => id);

  it("are one act in a document, suggestions among them, and one undo takes it back", () => {
    const a = new Document(TEXT).label("Washington", "PER");
    const whole = { start: 0, end: TEXT.length };
    a.labels.setSuggestions("entities", whole, [{ ...a.span("Washington", 1), label: "PER", score: 0.9 }], MODEL);
    const act = a.labels.relabelAll(
      a.labels.annotations().map(({ id }) => id),
      "LOC",
    );
    assert.equal(act.events.length, 2);
    assert.deepEqual(a.shown(), ["Washington LOC", "Washington LOC"]);
    assert.deepEqual(a.again(), a.shown());
    a.labels.undo();
    assert.deepEqual(a.shown(), ["Washington PER"]);
    assert.throws(() => a.labels.relabelAll(washingtons(a), "PER"), /nothing to decide/);
    assert.throws(() => a.labels.relabelAll(washingtons(a), " "), /empty/);
    assert.throws(() => a.labels.relabelAll(["gone"], "LOC"), /not there any more/);
    assert.deepEqual(a.shown(), ["Washington PER"], "nothing was changed by what failed");
  });

  it("leave one label of a place where a dataset brought two", () => {
    const a = new Document(TEXT).label("Washington", "PER");
    const [first] = a.log.events;
    assert.ok(first?.kind === "added");
    const id = `${first.id.slice(0, -1)}Z`;
    const origin = { format: "conll" };
    const both = new Document(TEXT, "a.txt", [
      { ...first, origin },
      { ...first, id, origin, annotation: id, new: { ...first.new, label: "LOC" } },
    ]);
    assert.deepEqual(both.shown(), ["Washington PER", "Washington LOC"]);
    both.labels.relabelAll(washingtons(both), "PER");
    assert.deepEqual(both.shown(), ["Washington PER"]);
    both.labels.undo();
    both.labels.relabelAll(washingtons(both), "ORG");
    assert.deepEqual(both.shown(), ["Washington ORG"]);
    both.labels.undo();
    assert.deepEqual(both.shown(), ["Washington PER", "Washington LOC"]);
  });

  it("may settle disagreements: each is settled once, with all that it says", () => {
    const a = new Document(TEXT);
    const [first, second] = [a.span("Washington"), a.span("Bo")];
    a.labels.adjudicate({
      task: "entities",
      region: { start: 0, end: TEXT.length },
      versions: [],
      labels: [
        { ...first, label: "PER" },
        { ...second, label: "PER" },
        { ...a.span("Washington", 1), label: "ORG" },
      ],
    });
    const ids = a.labels.annotations({ status: "accepted" }).flatMap(({ id, label }) => (label === "PER" ? [id] : []));
    const act = a.labels.relabelAll(ids, "LOC");
    assert.equal(act.events.length, 1);
    assert.deepEqual(a.shown(), ["Washington LOC", "Washington ORG", "Bo LOC"]);
    assert.deepEqual(a.again(), a.shown());
    a.labels.undo();
    assert.deepEqual(a.shown(), ["Washington PER", "Washington ORG", "Bo PER"]);
  });

  it("share an act over documents: what is taken back in one is taken back and brought again in the other", () => {
    const [a, b] = ["a.txt", "b.txt"].map((name) => new Document(TEXT, name).label("Washington", "PER")) as [
      Document,
      Document,
    ];
    const act = a.labels.relabelAll(washingtons(a), "LOC");
    b.labels.relabelAll(washingtons(b), "LOC", act.id);
    assert.equal(b.labels.standing(act.id), "next");
    const undone = a.labels.undo()!;
    const there = b.labels.takeBackWith(undone)!;
    assert.equal(there.id, undone.id, "one act takes both back");
    for (const one of [a, b]) {
      assert.deepEqual(one.shown(), ["Washington PER"]);
      assert.deepEqual(one.again(), one.shown());
      assert.equal(one.labels.standing(act.id), "none");
      assert.equal(one.labels.standing(undone.id), "next");
    }
    assert.equal(b.labels.takeBackWith(undone), undefined, "once");
    const redone = b.labels.redo()!;
    assert.ok(a.labels.takeBackWith(redone));
    for (const one of [a, b]) {
      assert.deepEqual(one.shown(), ["Washington LOC"]);
      assert.deepEqual(one.again(), one.shown());
    }
    // Undo again, after a restart, from the other side.
    const [later, other] = [a, b].map((one) => new Document(one.text, one.name, one.log.events)) as [
      Document,
      Document,
    ];
    const again = other.labels.undo()!;
    assert.ok(later.labels.takeBackWith(again));
    assert.deepEqual([...later.shown(), ...other.shown()], ["Washington PER", "Washington PER"]);
  });

  it("are left as they are where something was decided later", () => {
    const a = new Document(TEXT).label("Washington", "PER");
    const b = new Document(TEXT, "b.txt").label("Washington", "PER");
    const act = a.labels.relabelAll(washingtons(a), "LOC");
    b.labels.relabelAll(washingtons(b), "LOC", act.id);
    b.label("Bo", "PER");
    assert.equal(b.labels.standing(act.id), "earlier");
    const undone = a.labels.undo()!;
    assert.equal(b.labels.takeBackWith(undone), undefined);
    assert.deepEqual(b.shown(), ["Washington LOC", "Bo PER"]);
    // There it is taken back by itself, after what came later.
    b.labels.undo();
    assert.deepEqual(b.shown(), ["Washington LOC"]);
    assert.equal(b.labels.standing(act.id), "next");
    b.labels.undo();
    assert.deepEqual(b.shown(), ["Washington PER"]);
    assert.equal(new Document(TEXT).labels.standing(act.id), "none");
  });
});
