/** What labels say beside their names, as a person says it: decided, changed, taken away and back, kept by all that is done with the label. */
import assert from "node:assert/strict";
import type { Attributes } from "../../src/documents/attributes";
import { supersededEvents } from "../../src/labels/log/superseded";
import { decodeLine } from "../../src/labels/log/line";
import { DocumentLabels } from "../../src/labels/store";
import { judging } from "../../src/labels/verdicts";
import { finish } from "../../src/text/slices";
import { Log } from "./support/log";

const TEXT = "No fever was seen. Fever is common.";
const MODEL = { name: "m", version: "1" };
const span = (exact: string): { start: number; end: number } => {
  const start = TEXT.indexOf(exact);
  return { start, end: start + exact.length };
};

function opened(): { labels: DocumentLabels; log: Log; again: () => DocumentLabels } {
  const log = new Log();
  const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: log });
  const again = (): DocumentLabels =>
    new DocumentLabels({ text: TEXT, author: "ann", sink: new Log(), events: log.events });
  return { labels, log, again };
}

const idOf = (labels: DocumentLabels, exact: string): string =>
  labels.annotations().find(({ quote }) => quote.exact === exact)!.id;
const said = (labels: DocumentLabels, exact: string): Attributes | undefined =>
  labels.annotations().find(({ quote }) => quote.exact === exact)?.attributes;

describe("attributes of a label", () => {
  it("are said, changed and taken away, each by one act that undo takes back, and read from a log", () => {
    const { labels, log, again } = opened();
    labels.add("entities", span("fever"), "SIGN");
    const id = idOf(labels, "fever");
    const act = labels.say(id, { negated: "true", certainty: "high" });
    assert.deepEqual(labels.placeOf(act.id), span("fever"));
    labels.say(id, { certainty: "low" });
    assert.deepEqual(said(again(), "fever"), { certainty: "low" });
    labels.say(id, undefined);
    assert.equal(said(labels, "fever"), undefined);
    assert.equal(said(again(), "fever"), undefined);
    labels.undo();
    assert.deepEqual(said(labels, "fever"), { certainty: "low" });
    labels.undo();
    assert.deepEqual(said(again(), "fever"), { certainty: "high", negated: "true" });
    labels.redo();
    assert.deepEqual(said(labels, "fever"), { certainty: "low" });
    for (const event of log.events) assert.ok(decodeLine(JSON.stringify(event)), "every line is one that is read");
    const gone = supersededEvents(log.events);
    const kept = log.events.filter((event) => !gone.has(event.id));
    const compacted = new DocumentLabels({ text: TEXT, author: "ann", sink: new Log(), events: kept });
    assert.deepEqual(said(compacted, "fever"), { certainty: "low" });
  });

  it("accept a suggestion, which stays right, and stay where the label is changed, resized and cut", () => {
    const { labels, log } = opened();
    const whole = { start: 0, end: TEXT.length };
    labels.setSuggestions("entities", whole, [{ ...span("No fever"), label: "SIGN", score: 0.9 }], MODEL);
    labels.say(idOf(labels, "No fever"), { negated: "true" });
    assert.deepEqual(
      log.events.map(({ kind }) => kind),
      ["accepted"],
    );
    labels.say(idOf(labels, "No fever"), { negated: "true", certainty: "high" });
    assert.deepEqual(
      finish(judging(log.events)).verdicts.map(({ right, version }) => [right, version]),
      [[true, "1"]],
    );
    const expected = { negated: "true", certainty: "high" };
    labels.relabel(idOf(labels, "No fever"), "FINDING");
    assert.deepEqual(said(labels, "No fever"), expected);
    labels.resize(idOf(labels, "No fever"), span("No fever was"));
    labels.split(idOf(labels, "No fever was"), TEXT.indexOf(" was"));
    assert.deepEqual([said(labels, "No fever"), said(labels, "was")], [expected, expected]);
    labels.undo();
    labels.undo();
    labels.undo();
    labels.undo();
    assert.deepEqual(said(labels, "No fever"), { negated: "true" }, "as it was accepted");
  });

  it("are names and values of any kind, but for what is the name of nothing", () => {
    const { labels, again } = opened();
    labels.add("entities", span("fever"), "SIGN");
    const odd = Object.fromEntries([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["a|b", "<b>"],
    ]);
    labels.say(idOf(labels, "fever"), odd);
    assert.deepEqual(Object.entries(said(again(), "fever")!).sort(), Object.entries(odd).sort());
    // Without a value it says nothing.
    labels.say(idOf(labels, "fever"), { negated: "" });
    assert.equal(said(again(), "fever"), undefined);
  });

  it("are refused for what has none, and where nothing would change", () => {
    const { labels } = opened();
    labels.add("entities", span("fever"), "SIGN");
    const id = idOf(labels, "fever");
    assert.throws(() => labels.say(id, undefined), /says so already/);
    assert.throws(() => labels.say(id, { negated: "" }), /says so already/);
    labels.say(id, { negated: "true" });
    assert.throws(() => labels.say(id, { negated: "true" }), /says so already/);
    assert.throws(() => labels.say("nobody", { negated: "true" }), /not there any more/);
    labels.answer("What is common?", [span("Fever")]);
    assert.throws(() => labels.say(idOf(labels, "Fever"), { negated: "true" }), /no attributes/);
    const elsewhere = new DocumentLabels({ text: "Gone.", author: "ann", sink: new Log(), events: [] });
    assert.throws(() => elsewhere.say(id, { negated: "true" }), /not there any more/);
  });
});
