/** Relations between labels: decided, taken back, gone and come back with their labels, kept by compaction. */
import assert from "node:assert/strict";
import { EVENT_VERSION } from "../../src/labels/events";
import { decodeLine } from "../../src/labels/log/line";
import { supersededEvents } from "../../src/labels/log/superseded";
import { replaying } from "../../src/labels/replay";
import { labelled, settle } from "../../src/labels/settled";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";
import { Log } from "./support/log";
import { finish } from "../../src/text/slices";

const TEXT = "Ada works for Acme in Paris.";
const span = (exact: string): { start: number; end: number } => {
  const start = TEXT.indexOf(exact);
  return { start, end: start + exact.length };
};

const shown = (labels: DocumentLabels): string[] =>
  labels.relations().map(({ type, from, to }) => `${from.quote.exact} ${type} ${to.quote.exact}`);
const idOf = (labels: DocumentLabels, exact: string): string =>
  labels.annotations().find(({ quote }) => quote.exact === exact)!.id;

function opened(): { labels: DocumentLabels; log: Log } {
  const log = new Log();
  const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: log });
  labels.add("entities", span("Ada"), "PER");
  labels.add("entities", span("Acme"), "ORG");
  return { labels, log };
}

describe("relations between labels", () => {
  it("are decided, taken back and brought again, by an act of their own, and read from a log", () => {
    const { labels, log } = opened();
    const act = labels.relate(idOf(labels, "Ada"), idOf(labels, "Acme"), " worksFor ");
    assert.deepEqual(shown(labels), ["Ada worksFor Acme"]);
    assert.deepEqual(labels.placeOf(act.id), span("Ada"));
    const undone = labels.undo()!;
    assert.deepEqual(shown(labels), []);
    assert.deepEqual(labels.placeOf(undone.id), span("Ada"));
    labels.redo();
    const again = new DocumentLabels({ text: `So, ${TEXT}`, author: "ann", sink: new Log(), events: log.events });
    assert.deepEqual(shown(again), ["Ada worksFor Acme"]);
    assert.equal(again.relations()[0]!.from.span.start, 4);
    labels.unrelate(labels.relations()[0]!.id);
    assert.deepEqual(shown(labels), []);
    assert.equal(labels.rejected().length, 0);
    labels.undo();
    assert.deepEqual(shown(labels), ["Ada worksFor Acme"]);
  });

  it("go with a label and come back with it, stay where it is changed, and take a suggestion along", () => {
    const { labels } = opened();
    const model = { name: "m", version: "1" };
    labels.setSuggestions(
      "entities",
      { start: 0, end: TEXT.length },
      [{ ...span("Paris"), label: "LOC", score: 0.9 }],
      model,
    );
    labels.relate(idOf(labels, "Acme"), idOf(labels, "Paris"), "isIn");
    assert.equal(labels.get(idOf(labels, "Paris"))!.status, "accepted");
    labels.relate(idOf(labels, "Ada"), idOf(labels, "Acme"), "worksFor");
    labels.relabel(idOf(labels, "Acme"), "MISC");
    labels.resize(idOf(labels, "Paris"), span("in Paris"));
    assert.deepEqual(shown(labels).sort(), ["Acme isIn in Paris", "Ada worksFor Acme"]);
    labels.remove(idOf(labels, "Acme"));
    assert.deepEqual(shown(labels), []);
    labels.undo();
    assert.equal(shown(labels).length, 2);
    for (let count = 0; count < 4; count++) labels.undo();
    assert.deepEqual(shown(labels), []);
    assert.equal(labels.get(idOf(labels, "Paris"))!.status, "suggested", "it was accepted by the same act");
  });

  it("are refused where they join no two labels, have no type, or are there already", () => {
    const { labels } = opened();
    const [ada, acme] = [idOf(labels, "Ada"), idOf(labels, "Acme")];
    labels.relate(ada, acme, "worksFor");
    assert.throws(() => labels.relate(ada, acme, "worksFor"), /related as worksFor already/);
    assert.throws(() => labels.relate(ada, ada, "is"), /joins two labels/);
    assert.throws(() => labels.relate(ada, "nobody", "is"), /not there any more/);
    assert.throws(() => labels.relate(ada, acme, "  "), /type of the relation is empty/);
    assert.throws(() => labels.unrelate(ada), /not there any more/);
    labels.relate(acme, ada, "worksFor");
    assert.equal(shown(labels).length, 2, "the other way is another one");
  });

  it("of text that is gone are stale, and told apart from those that are there", () => {
    const { labels, log } = opened();
    labels.relate(idOf(labels, "Ada"), idOf(labels, "Acme"), "worksFor");
    const text = "Nobody works for Acme in Paris.";
    const replays = [finish(replaying(log.events, text))];
    const document = labelled(text, replays, settle(replays));
    assert.equal(document.relations, undefined);
    assert.deepEqual(document.staleRelations, [{ type: "worksFor", exact: ["Ada", "Acme"], span: span("Ada") }]);
  });

  it("made twice in two windows count once, and follow a label that gave way to another window's", () => {
    const { labels, log } = opened();
    labels.relate(idOf(labels, "Ada"), idOf(labels, "Acme"), "worksFor");
    const other = new Log();
    const window = new DocumentLabels({ text: TEXT, author: "ann", sink: other, events: log.events.slice(0, 2) });
    window.relate(idOf(window, "Ada"), idOf(window, "Acme"), "worksFor");
    const third = new Log();
    const apart = new DocumentLabels({ text: TEXT, author: "ann", sink: third });
    apart.add("entities", span("Acme"), "COMPANY");
    labels.adopt([...other.events, ...third.events]);
    assert.deepEqual(shown(labels), ["Ada worksFor Acme"]);
    assert.equal(labels.relations()[0]!.to.label, "COMPANY");
  });

  it("survive compaction: what is told again goes, what counts stays", () => {
    const { labels, log } = opened();
    const [ada, acme] = [idOf(labels, "Ada"), idOf(labels, "Acme")];
    for (let count = 0; count < 60; count++) {
      labels.relate(ada, acme, `type ${count}`);
      if (count > 0) labels.unrelate(labels.relations().find(({ type }) => type === `type ${count}`)!.id);
    }
    const gone = supersededEvents(log.events);
    assert.ok(gone.size > 0);
    const kept = log.events.filter(({ id }) => !gone.has(id));
    assert.deepEqual(
      [...reduce(kept).relations.values()].map(({ type }) => type),
      ["type 0"],
    );
  });

  it("are lines of a log that are checked", () => {
    const event = {
      ...{ v: EVENT_VERSION, id: "1", act: "1", time: "2026-01-02T03:04:05.000Z", author: "ann", unit: "utf16" },
      ...{ task: "entities", kind: "related", annotation: "r", type: "knows", from: "a", to: "b" },
    };
    const decoded = (more: object): string | undefined => {
      const line = decodeLine(JSON.stringify({ ...event, ...more }));
      return line.event === undefined ? line.reason : undefined;
    };
    assert.equal(decoded({}), undefined);
    assert.equal(decoded({ attributes: { sure: "yes" } }), undefined);
    for (const wrong of [{ type: "" }, { from: 3 }, { to: undefined }, { attributes: { sure: 1 } }])
      assert.match(decoded(wrong)!, /missing or wrong for "related"/);
  });
});
