/** What label sets declare beyond the tasks has its place in a log: it is read, kept by whatever is decided, and written. */
import assert from "node:assert/strict";
import { lossesBeyondTasks } from "../../src/datasets/workspace/beyond-tasks";
import { lastingQuote } from "../../src/text/quoting";
import type { Span } from "../../src/text/span";
import type { Anchor, LabelValue } from "../../src/labels/annotation";
import { EVENT_VERSION, LAYER_VERSION } from "../../src/labels/events";
import type { AddedEvent, DecisionEvent } from "../../src/labels/events";
import { newId } from "../../src/labels/ids";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { supersededEvents } from "../../src/labels/log/superseded";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";
import { Log } from "./support/log";

const TEXT = "Mr and Mrs Obama met Marie and Pierre Curie in Paris.\n\nA second paragraph follows it here.";

function anchor(text: string, exact: string): Anchor {
  const start = text.indexOf(exact);
  assert.ok(start >= 0, exact);
  const span: Span = { start, end: start + exact.length };
  return { span, quote: lastingQuote(text, span) };
}

function added(value: LabelValue, more: Partial<AddedEvent> = {}): AddedEvent {
  const id = newId();
  return {
    ...{ v: EVENT_VERSION, id, act: id, time: "2026-01-02T03:04:05.000Z", author: "ann", unit: "utf16" },
    ...{ task: "entities", kind: "added", annotation: `a-${id}`, new: value },
    ...more,
  };
}

/** "Marie … Curie", with Pierre between the two. */
function curie(): LabelValue {
  return {
    ...{ ...anchor(TEXT, "Marie"), label: "PER" },
    attributes: { certainty: "possible", note: "" },
    further: [anchor(TEXT, "Curie")],
  };
}

function open(events: readonly DecisionEvent[], text = TEXT): { labels: DocumentLabels; log: Log } {
  const log = new Log();
  return { labels: new DocumentLabels({ text, author: "ann", sink: log, events }), log };
}

/** What the latest event says, with the texts of its further stretches. */
function latest(log: Log, text: string): { value: LabelValue; parts: string[] } {
  const value = (log.events.at(-1) as AddedEvent).new;
  return { value, parts: (value.further ?? []).map(({ span }) => text.slice(span.start, span.end)) };
}

describe("a log with more than the three tasks", () => {
  it("is read and written, line by line", () => {
    const topic = added({ ...anchor(TEXT, "Mr"), label: "politics" }, { v: LAYER_VERSION, layer: "topic" });
    for (const event of [added(curie()), topic]) {
      const line = encodeLine(event);
      assert.deepEqual(decodeLine(line.trimEnd()), { event, edited: false });
    }
    const bad: [object, RegExp][] = [
      [{ layer: "" }, /"layer"/],
      [{ layer: 7 }, /"layer"/],
      [{ new: { ...curie(), attributes: { certainty: 1 } } }, /"new"/],
      [{ new: { ...curie(), attributes: ["certain"] } }, /"new"/],
      [{ new: { ...curie(), further: [{ span: { start: 4, end: 1 }, quote: curie().quote }] } }, /"new"/],
      [{ v: 4 }, /version is 4/],
    ];
    for (const [change, reason] of bad) {
      const said = decodeLine(JSON.stringify({ ...added(curie()), ...change }));
      assert.match(said.event === undefined ? said.reason : "it was read", reason);
    }
  });

  it("keeps a declared layer's decisions apart from those of the task of its kind", () => {
    const paris = added({ ...anchor(TEXT, "Paris"), label: "LOC" });
    const other = added({ ...anchor(TEXT, "Paris"), label: "Place" }, { v: LAYER_VERSION, layer: "events" });
    const again = { ...other, id: newId(), annotation: paris.annotation };
    const events = [paris, other, { ...again, act: again.id }];
    assert.deepEqual(reduce(events), reduce([paris]));
    const { labels } = open(events);
    assert.deepEqual(
      labels.annotations().map(({ label }) => label),
      ["LOC"],
    );
    const undo = labels.undo();
    assert.equal(undo?.events.length, 1);
    assert.equal(labels.undo(), undefined, "undo does not reach what nothing shows");
  });

  it("compacts none of a declared layer's decisions away, undone ones neither", () => {
    const undone = ({ v, author, time, unit, task, layer, act }: AddedEvent): DecisionEvent => {
      const id = newId();
      return { v, author, time, unit, task, ...(layer && { layer }), id, act: id, kind: "undone", undoes: act };
    };
    const plain = added({ ...anchor(TEXT, "Paris"), label: "LOC" });
    const layered = added({ ...anchor(TEXT, "Paris"), label: "Place" }, { v: LAYER_VERSION, layer: "events" });
    // Long enough for compaction to take away what no longer matters.
    const many = Array.from({ length: 300 }, () => added({ ...anchor(TEXT, "Obama"), label: "PER" }));
    const gone = supersededEvents([plain, undone(plain), layered, undone(layered), ...many]);
    assert.deepEqual([gone.has(plain.id), gone.has(layered.id)], [true, false]);
  });

  it("does not count them among the decisions of another window that give way", () => {
    const { labels } = open([]);
    const other = added({ ...anchor(TEXT, "Paris"), label: "Place" }, { v: LAYER_VERSION, layer: "events" });
    assert.deepEqual(labels.adopt([other]), { ours: 0, theirs: 0 });
    assert.deepEqual(labels.annotations(), []);
  });

  it("keeps attributes and further stretches, whatever is done with a label", async () => {
    const event = added(curie());
    const id = event.annotation;
    const { attributes } = curie();
    const { labels, log } = open([event]);
    assert.deepEqual(labels.get(id)?.attributes, attributes);
    await labels.relabel(id, "ORG").saved;
    assert.deepEqual(latest(log, TEXT), { value: { ...curie(), label: "ORG" }, parts: ["Curie"] });
    await labels.resize(id, anchor(TEXT, "Marie and").span).saved;
    assert.deepEqual([latest(log, TEXT).value.attributes, latest(log, TEXT).parts], [attributes, ["Curie"]]);
    await labels.remove(id).saved;
    assert.deepEqual((log.events.at(-1) as unknown as { old: LabelValue }).old.attributes, attributes);
  });

  it("follows the further stretches through an edit, and records where they are", async () => {
    const event = added(curie());
    const { labels, log } = open([event]);
    const at = TEXT.indexOf("Curie");
    const text = `${TEXT.slice(0, at)}Sklodowska-${TEXT.slice(at)}`.replace("Curie in Paris", "Curie at Lyon");
    labels.applyEdits(
      [{ start: at, end: at, text: "Sklodowska-" }],
      `${TEXT.slice(0, at)}Sklodowska-${TEXT.slice(at)}`,
    );
    const paris = `${TEXT.slice(0, at)}Sklodowska-${TEXT.slice(at)}`.indexOf("in Paris");
    labels.applyEdits([{ start: paris, end: paris + "in Paris".length, text: "at Lyon" }], text);
    await labels.recordEdits();
    assert.equal(log.events.length, 1);
    const { value, parts } = latest(log, text);
    assert.deepEqual([value.attributes, parts], [event.new.attributes, ["Curie"]]);
    const later = open([event, ...log.events], text).labels.get(event.annotation);
    assert.deepEqual(
      later?.further?.map(({ span }) => text.slice(span.start, span.end)),
      ["Curie"],
    );
  });

  it("exports none of it in silence", () => {
    const [topic, undone] = ["politics", "sport"].map((label) =>
      added({ ...anchor(TEXT, "Mr"), label }, { v: LAYER_VERSION, layer: "topic" }),
    );
    const { v, author, time, unit, task } = undone!;
    const undo: DecisionEvent = {
      ...{ v, author, time, unit, task, layer: "topic", id: newId(), act: newId() },
      ...{ kind: "undone", undoes: undone!.act },
    };
    const losses = lossesBeyondTasks("a.txt", [
      [added({ ...anchor(TEXT, "Paris"), label: "LOC" }), added(curie())],
      [topic!, undone!, undo],
    ]);
    assert.deepEqual(
      losses.map(({ label, reason }) => [label, reason]),
      [
        ["PER", 'the further stretches that belong to it ("Curie") are not exported by this version'],
        [undefined, 'a decision about the layer "topic": this version exports the three tasks alone'],
      ],
    );
  });

  it("settles a disagreement with them", async () => {
    const { labels, log } = open([]);
    const { span, ...rest } = curie();
    await labels.adjudicate({
      ...{ task: "entities", region: span, versions: [], chosen: "ann" },
      labels: [{ ...span, ...rest }],
    }).saved;
    const event = log.events[0] as unknown as { new: LabelValue[] };
    assert.deepEqual([event.new[0]?.attributes, event.new[0]?.further], [rest.attributes, rest.further]);
    const [label] = labels.annotations();
    await labels.relabel(label!.id, "ORG").saved;
    const now = log.events[1] as unknown as { new: LabelValue[] };
    assert.deepEqual([now.new[0]?.label, now.new[0]?.attributes], ["ORG", rest.attributes]);
  });
});
