/** Finding labels again in slices, as the editor does, finds what finding them at once does, and edits meanwhile do no harm. */
import { strict as assert } from "node:assert";
import { DocumentLabels } from "../../src/labels/store";
import type { DecisionEvent } from "../../src/labels/events";
import type { TextChange } from "../../src/labels/contract";
import { Positions } from "../../src/labels/positions";
import { findRegions } from "../../src/labels/regions";
import { lettersOf, onlyPlace } from "../../src/text/letters";
import { onlyPlaces } from "../../src/text/only-places";
import { finish } from "../../src/text/slices";
import { HOSTILE_TEXTS, prose } from "./support/hostile-texts";
import { lookAlikes, random, randomScript } from "./support/edit-scripts";
import { staleLogOf } from "./support/stale-labels";

const sink = { append: (): Promise<void> => Promise.resolve() };
const KINDS = [
  "one word",
  "spaces",
  "one-letter lines",
  "no line break",
  "initials",
  "lone high surrogates",
  "emoji",
  "quotes in a line",
];
const texts = (length: number): [string, string][] => [
  ["prose", prose(length)],
  ["a common word", "the cat sat on the mat. ".repeat(length / 24)],
  ...KINDS.map((kind): [string, string] => [kind, HOSTILE_TEXTS[kind]!(length)]),
];

/** What is known of every value, as text. */
const all = (labels: DocumentLabels): unknown[] =>
  labels.annotations().map(({ id, span, status, proposal }) => ({ id, span, status, proposal }));

/** The same labels at once, and in slices that are as small as they can be. */
const both = (text: string, events: readonly DecisionEvent[]): [DocumentLabels, DocumentLabels] => [
  new DocumentLabels({ text, author: "a", sink, events }),
  new DocumentLabels({ text, author: "a", sink, events, slices: { signal: new AbortController().signal } }),
];

const edit = (text: string, { start, end, text: by }: TextChange): string =>
  text.slice(0, start) + by + text.slice(end);

describe("labels that are found in slices", function () {
  this.timeout(60_000);

  it("are found where they are at once, proposals too", async () => {
    for (const there of [false, true])
      for (const [kind, text] of texts(60_000)) {
        const [atOnce, sliced] = both(text, staleLogOf(text, 150, there));
        await sliced.whenSought();
        assert.deepEqual(all(sliced), all(atOnce), kind);
      }
  });

  it("are found where they are at once after changes from outside, pastes and saves", async () => {
    for (const [kind, text] of texts(40_000)) {
      const labels = both(text, staleLogOf(text, 100, true));
      const other = `New.\n${text.slice(0, 10_000)}x${text.slice(10_100)}`;
      const paste: TextChange = { start: 5, end: 5, text: text.slice(0, 20_000) };
      const recorded: unknown[] = [];
      for (const one of labels) {
        await one.whenSought();
        one.reanchor(other);
        await one.whenSought();
        one.applyEdits([paste], edit(other, paste));
        await one.whenPlaced();
        const act = await one.recordEdits();
        recorded.push(act?.events.map((event) => ({ ...event, id: "", act: "", time: "" })));
        assert.equal(await one.recordEdits(), undefined, "nothing is left to record");
      }
      for (const one of labels) await one.whenSought();
      assert.deepEqual(recorded[1], recorded[0], kind);
      assert.deepEqual(all(labels[1]), all(labels[0]), kind);
    }
  });

  it("are looked for to the end, a step at a time", () => {
    const text = prose(20_000);
    const events = staleLogOf(text, 20);
    const [steps, atOnce] = [new Positions(0), new Positions()];
    for (const positions of [steps, atOnce]) {
      for (const event of events) positions.track(event, text);
      positions.locate(text);
    }
    finish(steps.searching());
    const values = events.flatMap((event) => (event.kind === "added" ? [event.new] : []));
    for (const value of values) assert.equal(steps.proposal(value), undefined);
    assert.equal(steps.settled, false);
    finish(steps.searching());
    assert.deepEqual(
      values.map((value) => steps.proposal(value)),
      values.map((value) => atOnce.proposal(value)),
    );
  });

  it("go along with edits that are made while they are looked for", async () => {
    const next = random(7);
    for (let i = 0; i < 20; i++) {
      const source = lookAlikes(next);
      const { text } = randomScript(source.text, next);
      if (text === source.text) continue;
      const events = staleLogOf(source.text, 30, true);
      const [atOnce, sliced] = [new Positions(), new Positions(0)];
      for (const positions of [atOnce, sliced]) {
        for (const event of events) positions.track(event, source.text);
        positions.follow(source.text, text);
      }
      assert.equal(atOnce.placed, true);
      assert.equal(sliced.placed, false, "there is something to do in slices");
      let now = text;
      for (let k = 0; k < 5; k++) {
        sliced.goOn(0);
        const start = Math.floor(next() * now.length);
        const change = { start, end: Math.min(now.length, start + Math.floor(next() * 3)), text: "y".repeat(k) };
        now = edit(now, change);
        for (const positions of [atOnce, sliced]) positions.shift([change], now);
      }
      await sliced.settle();
      for (const event of events)
        if (event.kind === "added")
          assert.deepEqual(sliced.at(event.new), atOnce.at(event.new), `text ${i}, ${event.id}`);
    }
  });

  it("are found from where they were for certain when the text changes twice", async () => {
    const text = prose(30_000);
    const events = staleLogOf(text, 50, true);
    const [once, twice] = [new Positions(0), new Positions(0)];
    const last = `New.\n${text.replace("Tuesday", "Friday")}`;
    for (const positions of [once, twice]) for (const event of events) positions.track(event, text);
    twice.follow(text, "Nothing of it.");
    twice.goOn(0);
    twice.follow("Nothing of it.", last);
    once.follow(text, last);
    await Promise.all([once.settle(), twice.settle()]);
    const spans = (positions: Positions): unknown[] =>
      events.map((event) => (event.kind === "added" ? positions.at(event.new) : undefined));
    assert.ok(spans(once).filter((span) => span !== undefined).length > 40);
    assert.deepEqual(spans(twice), spans(once));
  });

  it("get back a label that is deleted and undone among many of the same words", () => {
    const text = "the cat sat on the mat. ".repeat(3000) + "Here the end is." + " the cat sat on the mat.".repeat(3000);
    const start = text.indexOf("Here the") + 5;
    const labels = new DocumentLabels({ text, author: "a", sink });
    const id = labels.add("entities", { start, end: start + 3 }, "X").events[0]!.id;
    const [item] = labels.annotations();
    labels.applyEdits([{ start: 0, end: text.length, text: "" }], "");
    assert.equal(labels.get(item!.id)?.status, "stale", id);
    labels.applyEdits([{ start: 0, end: 0, text }], text);
    assert.deepEqual(labels.get(item!.id)?.span, { start, end: start + 3 });
  });

  it("say that nothing was looked for where too many are in doubt", () => {
    const text = prose(20_000);
    const labels = new DocumentLabels({ text, author: "a", sink, events: staleLogOf(text, 400) });
    const stale = labels.annotations({ status: "stale" });
    assert.equal(stale.length, 400);
    const unsought = stale.filter((item) => item.unsought === true);
    assert.equal(unsought.length, 100);
    assert.throws(() => labels.agree(unsought[0]!.id), /was not looked for/);
  });

  it("are recorded as they were saved when the text is edited meanwhile", async () => {
    const text = "the cat sat on the mat.\n".repeat(20_000);
    const [, labels] = both(text, staleLogOf(text, 800, true));
    await labels.whenPlaced();
    const insert = { start: 0, end: 0, text: "A line that is new here.\n" };
    const saved = edit(text, insert);
    labels.applyEdits([insert], saved);
    const recording = labels.recordEdits();
    const [first] = labels.annotations();
    labels.relabel(first!.id, "Y");
    labels.applyEdits([insert], edit(saved, insert));
    const act = await recording;
    assert.ok(act !== undefined && act.events.length > 700);
    assert.ok(
      act.events.every((event) => "annotation" in event && event.annotation !== first!.id),
      "decided anew meanwhile",
    );
    for (const { span, quote, label } of labels.annotations()) {
      assert.equal(edit(saved, insert).slice(span.start, span.end), quote.exact, label);
    }
  });
});

describe("needles that stand once", () => {
  it("are those that a search for each of them finds once", () => {
    const next = random(3);
    for (const [kind, text] of texts(4000)) {
      const { letters } = lettersOf(text);
      const needles = Array.from({ length: 60 }, () => {
        const start = Math.floor(next() * Math.max(1, letters.length - 60));
        return letters.slice(start, start + 13 + Math.floor(next() * 40)) + (next() < 0.3 ? "x" : "");
      }).filter(({ length }) => length >= 12);
      const found = finish(onlyPlaces(letters, needles));
      for (const needle of needles) assert.equal(found.get(needle), onlyPlace(letters, needle), `${kind}: ${needle}`);
    }
  });

  it("refuse one that is too short to be hashed", () => {
    assert.throws(() => finish(onlyPlaces("a".repeat(50), ["short"])), RangeError);
  });
});

describe("regions of a log that means harm", () => {
  it("cost no more than a bound, and those beyond it count as changed", () => {
    const text = "a".repeat(1_000_000);
    const region = { span: { start: 0, end: 500_000 }, head: "a".repeat(32), tail: "a".repeat(32), digest: "0" };
    const many = Array.from({ length: 200 }, (_, i) => ({ ...region, span: { start: i, end: 500_000 + i } }));
    assert.deepEqual(
      findRegions(text, many),
      many.map(() => undefined),
    );
  });
});
