import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import type { ModelRef } from "../../src/documents/labelled";
import { ByPlace } from "../../src/labels/by-place";
import { LabelsError } from "../../src/labels/contract";
import type { EventSink, TextChange } from "../../src/labels/contract";
import type { DecisionEvent } from "../../src/labels/events";
import { defaultLabelSets, LabelSetError, parseLabelSets, withLabel } from "../../src/labels/labelset";
import { addLabelSets, loadLabelSets, saveLabelSets } from "../../src/labels/labelset-file";
import { encodeLine } from "../../src/labels/log/line";
import { parseLog } from "../../src/labels/log/read-log";
import { anchorRegion, cutByEdit, findRegions } from "../../src/labels/regions";
import { covered, mergeSpans } from "../../src/text/spans";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";

const MODEL: ModelRef = { name: "test", version: "1" };
const TEXT = "Ada Lovelace met Charles Babbage in London. It was great 😀!\n\nZürich is nice.";

/** A sink that goes through the line format, as the disk would. */
class Log implements EventSink {
  lines = "";
  fail = false;
  append(events: readonly DecisionEvent[]): Promise<void> {
    if (this.fail) return Promise.reject(new Error("full"));
    this.lines += events.map(encodeLine).join("");
    return Promise.resolve();
  }
  events(): readonly DecisionEvent[] {
    const { events, issues } = parseLog(this.lines, "log");
    assert.deepEqual(issues, []);
    return events;
  }
}

function spanOf(text: string, exact: string): { start: number; end: number } {
  const start = text.indexOf(exact);
  assert.ok(start >= 0, exact);
  return { start, end: start + exact.length };
}

function setUp(text = TEXT): { log: Log; labels: DocumentLabels } {
  const log = new Log();
  const labels = new DocumentLabels({ text, author: "ann", sink: log });
  suggest(labels, text);
  return { log, labels };
}

function suggest(labels: DocumentLabels, text: string): void {
  const found = [
    ["Ada Lovelace", "PER"],
    ["Charles", "PER"],
    ["London", "ORG"],
    ["Zürich", "LOC"],
  ] as const;
  const list = found
    .filter(([exact]) => text.includes(exact))
    .map(([exact, label]) => ({ ...spanOf(text, exact), label, score: 0.9 }));
  labels.setSuggestions("entities", { start: 0, end: text.length }, list, MODEL);
}

function shown(labels: DocumentLabels, text: string): string[] {
  return labels
    .annotations()
    .map(({ span, label, status }) => `${text.slice(span.start, span.end)}/${label}/${status}`);
}

function idOf(labels: DocumentLabels, text: string, exact: string): string {
  const found = labels.annotations().find(({ span }) => text.slice(span.start, span.end) === exact);
  assert.ok(found, exact);
  return found.id;
}

/** The same decisions in a later session. */
function reopen(log: Log, text = TEXT): DocumentLabels {
  const labels = new DocumentLabels({ text, author: "ann", sink: log, events: log.events() });
  suggest(labels, text);
  return labels;
}

function edit(labels: DocumentLabels, text: string, change: TextChange): string {
  const now = text.slice(0, change.start) + change.text + text.slice(change.end);
  labels.applyEdits([change], now);
  return now;
}

describe("labels of a document", () => {
  it("accept, reject, relabel, resize, add, remove; the same after a restart", async () => {
    const { log, labels } = setUp();
    const ada = idOf(labels, TEXT, "Ada Lovelace");
    const act = labels.accept(ada);
    await act.saved;
    assert.equal(labels.get(ada)?.status, "accepted");
    labels.resize(idOf(labels, TEXT, "Charles"), spanOf(TEXT, "Charles Babbage"));
    labels.relabel(idOf(labels, TEXT, "London"), "LOC");
    labels.reject(idOf(labels, TEXT, "Zürich"));
    labels.add("entities", spanOf(TEXT, "great"), "MISC");
    labels.remove(idOf(labels, TEXT, "great"));
    const expected = ["Ada Lovelace/PER/accepted", "Charles Babbage/PER/accepted", "London/LOC/accepted"];
    assert.deepEqual(shown(labels, TEXT), expected);
    assert.deepEqual(shown(reopen(log), TEXT), expected);
    assert.deepEqual(
      log.events().map(({ kind }) => kind),
      ["accepted", "resized", "relabelled", "rejected", "added", "removed"],
    );
    const relabelled = log.events()[2];
    assert.ok(relabelled?.kind === "relabelled");
    assert.deepEqual(
      [relabelled.old.label, relabelled.new.label, relabelled.replaces?.[0]?.score],
      ["ORG", "LOC", 0.9],
    );
    assert.deepEqual(relabelled.model, MODEL);
    assert.equal(reopen(log).get(ada)?.score, 0.9);
  });

  it("records every suggestion that a new span is drawn over, and hides them", () => {
    const { labels } = setUp();
    const { events } = labels.add("entities", spanOf(TEXT, "Lovelace met Charles"), "MISC");
    assert.ok(events[0]?.kind === "added");
    assert.deepEqual(
      events[0].replaces?.map(({ quote }) => quote.exact),
      ["Ada Lovelace", "Charles"],
    );
    assert.deepEqual(shown(labels, TEXT)[0], "Lovelace met Charles/MISC/accepted");
    assert.equal(labels.annotations({ region: { start: 0, end: 30 } }).length, 1);
  });

  it("adding on the exact span of a suggestion accepts or relabels it", () => {
    const { labels } = setUp();
    const kinds = [
      labels.add("entities", spanOf(TEXT, "Charles"), "PER"),
      labels.add("entities", spanOf(TEXT, "London"), "LOC"),
    ].map(({ events }) => events[0]?.kind);
    assert.deepEqual(kinds, ["accepted", "relabelled"]);
  });

  it("a rejected suggestion does not come back, nor after a restart; another label there does", () => {
    const { log, labels } = setUp();
    labels.reject(idOf(labels, TEXT, "Zürich"));
    suggest(labels, TEXT);
    for (const each of [labels, reopen(log)]) {
      assert.ok(!shown(each, TEXT).some((item) => item.startsWith("Zürich")));
      each.setSuggestions(
        "entities",
        spanOf(TEXT, "Zürich"),
        [{ ...spanOf(TEXT, "Zürich"), label: "ORG", score: 0.5 }],
        MODEL,
      );
      assert.ok(shown(each, TEXT).includes("Zürich/ORG/suggested"));
    }
  });

  it("undoes and redoes single and bulk acts, after a restart too", () => {
    const { log, labels } = setUp();
    const before = shown(labels, TEXT);
    labels.acceptAll({ start: 0, end: TEXT.length }, "entities");
    assert.equal(labels.annotations({ status: "accepted" }).length, 4);
    assert.equal(labels.reviewed("entities").length, 2);
    labels.relabel(idOf(labels, TEXT, "London"), "LOC");
    const late = reopen(log);
    late.undo();
    assert.equal(shown(late, TEXT)[2], "London/ORG/accepted");
    late.undo();
    assert.deepEqual(shown(late, TEXT), before);
    assert.deepEqual(late.reviewed("entities"), []);
    assert.equal(late.undo(), undefined);
    const later = reopen(log);
    later.redo();
    later.redo();
    assert.equal(shown(later, TEXT)[2], "London/LOC/accepted");
    assert.equal(later.redo(), undefined);
    later.undo();
    later.reject(suggestAgain(later));
    assert.equal(later.redo(), undefined, "a decision clears what could be redone");
  });

  function suggestAgain(labels: DocumentLabels): string {
    const great = spanOf(TEXT, "great");
    labels.setSuggestions("entities", great, [{ ...great, label: "MISC", score: 0.2 }], MODEL);
    return idOf(labels, TEXT, "great");
  }

  it("follows edits, and undo puts a label where its text is now", () => {
    const { labels } = setUp();
    labels.resize(idOf(labels, TEXT, "Charles"), spanOf(TEXT, "Charles Babbage"));
    let text = edit(labels, TEXT, { start: 0, end: 0, text: "Once, 😀 " });
    const vowel = spanOf(text, "abbage");
    text = edit(labels, text, { start: vowel.start, end: vowel.start + 1, text: "ä" });
    assert.equal(shown(labels, text)[1], "Charles Bäbbage/PER/accepted");
    labels.undo();
    assert.equal(
      labels.annotations({ status: "suggested" }).some(({ span }) => text.slice(span.start, span.end) === "Charles"),
      true,
    );
  });

  it("a label whose text was edited is found again in a later session", async () => {
    const { log, labels } = setUp();
    labels.accept(idOf(labels, TEXT, "Zürich"));
    const at = spanOf(TEXT, "Zürich");
    const text = edit(labels, TEXT, { start: at.start + 1, end: at.start + 2, text: "ue" });
    assert.ok(shown(labels, text).includes("Zuerich/LOC/accepted"));
    assert.equal((await labels.recordEdits())?.events.length, 1);
    assert.equal(await labels.recordEdits(), undefined);
    const late = reopen(log, text);
    assert.ok(shown(late, text).includes("Zuerich/LOC/accepted"));
    late.undo();
    assert.ok(!shown(late, text).includes("Zuerich/LOC/accepted"), "undo takes back the decision, not the edit");
    late.redo();
    assert.ok(shown(late, text).includes("Zuerich/LOC/accepted"));
  });

  it("deleted text is stale and gets its label back when it comes back", () => {
    const { labels } = setUp();
    const id = idOf(labels, TEXT, "London");
    labels.accept(id);
    const london = spanOf(TEXT, "London");
    const text = edit(labels, TEXT, { ...london, text: "" });
    assert.equal(labels.get(id)?.status, "stale");
    const back = edit(labels, text, { start: london.start, end: london.start, text: "London" });
    assert.equal(labels.get(id)?.status, "accepted");
    assert.ok(shown(labels, back).includes("London/ORG/accepted"));
  });

  it("labels many places and marks what is around them as reviewed in one act, with one event a task for all of it", () => {
    const text = "Ada met Bob.\n\nBob met Ada.\n\nNobody met Ada.";
    const { log, labels } = setUp(text);
    const places = [...text.matchAll(/Ada/g)].map(({ index }) => ({ start: index, end: index + 3 }));
    const act = labels.addAll("entities", places, "PER");
    const sentences = ["Ada met Bob.", "Bob met Ada."].map((sentence) => spanOf(text, sentence));
    const { events } = labels.alsoReviewed(act, sentences, "entities", "sentiment");
    assert.deepEqual(
      events.map(({ kind, task, act: of }) => [kind, task, of]),
      [
        ["reviewed", "entities", act.id],
        ["reviewed", "sentiment", act.id],
      ],
    );
    const late = reopen(log, text);
    assert.deepEqual(late.reviewed("entities"), sentences);
    assert.deepEqual(late.reviewed("sentiment"), sentences);
    assert.deepEqual(
      late.annotations({ status: "accepted" }).map(({ span }) => span),
      places,
    );
    late.undo();
    assert.deepEqual([late.annotations({ status: "accepted" }), late.reviewed("entities")], [[], []]);
    assert.throws(() => labels.addAll("entities", places, "PER"), LabelsError, "all have it already");
    assert.throws(() => labels.addAll("entities", [{ start: 3, end: text.length + 1 }], "PER"), LabelsError);
  });

  it("knows what shares text with a region as a look at all labels would, nested ones and stale ones too", () => {
    const spans = fc.array(
      fc.tuple(fc.nat(60), fc.nat(20)).map(([start, length]) => ({ span: { start, end: start + length } })),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(spans, fc.nat(70), fc.nat(30), (items, start, length) => {
        const region = { start, end: start + length };
        const wanted = items.filter(({ span }) => span.start < region.end && region.start < span.end);
        assert.deepEqual(new ByPlace(items).in(region), wanted);
      }),
    );
    const text = "Ada met Bob.";
    const { labels } = setUp(text);
    labels.addAll("entities", [spanOf(text, "Ada met Bob"), spanOf(text, "Bob")], "PER");
    const within = (region: string): string[] =>
      labels.annotations({ region: spanOf(text, region) }).map(({ span }) => text.slice(span.start, span.end));
    assert.deepEqual(within("Ada"), ["Ada met Bob"]);
    assert.deepEqual(within("Bob"), ["Ada met Bob", "Bob"]);
    assert.deepEqual(within("."), []);
    edit(labels, text, { ...spanOf(text, "Bob"), text: "" });
    assert.deepEqual(
      labels.annotations({ region: { start: 0, end: text.length } }).map(({ status }) => status),
      labels.annotations().flatMap(({ status }) => (status === "stale" ? [] : [status])),
    );
    assert.ok(labels.annotations().some(({ status }) => status === "stale"));
  });

  it("finds labels again after a change from outside, or says that they are stale", () => {
    const { labels } = setUp();
    labels.acceptAll({ start: 0, end: TEXT.length }, "entities");
    const text = `A new first line.\n\n${TEXT.replace("in London", "somewhere")}`;
    labels.reanchor(text);
    const live = labels.annotations({ status: "accepted" }).map(({ span }) => text.slice(span.start, span.end));
    assert.deepEqual(live, ["Ada Lovelace", "Charles", "Zürich"]);
    assert.deepEqual(
      labels.annotations({ status: "stale" }).map(({ quote }) => quote.exact),
      ["London"],
    );
    assert.deepEqual(
      labels.reviewed("entities").map(({ start, end }) => text.slice(start, end)),
      ["Zürich is nice."],
      "a paragraph that changed is no longer reviewed",
    );
  });

  it("proposes what is only like a label's text, and records it once somebody agrees", async () => {
    const { log, labels } = setUp();
    labels.acceptAll({ start: 0, end: TEXT.length }, "entities");
    labels.answer("Who?", [spanOf(TEXT, "Ada Lovelace"), spanOf(TEXT, "London")]);
    const text = `A new first line.\n\n${TEXT.replace("Ada Lovelace", "Ada Lovelase")}`;
    const late = reopen(log, text);
    const lines = log.lines;
    const stale = late.annotations({ status: "stale" });
    assert.deepEqual(
      stale.map(({ task, proposal }) => `${task} ${proposal && text.slice(proposal.start, proposal.end)}`).sort(),
      ["answers Ada Lovelase", "entities Ada Lovelase", "entities Charles"],
      "words right beside a change are proposed, too",
    );
    assert.equal(await late.recordEdits(), undefined, "saving makes no proposal a label");
    assert.equal(log.lines, lines);
    late.agree(...stale.map(({ id }) => id));
    assert.deepEqual(late.annotations({ status: "stale" }), []);
    assert.throws(() => late.agree(stale[0]!.id), LabelsError);
    const again = reopen(log, text);
    assert.ok(shown(again, text).includes("Ada Lovelase/PER/accepted"));
    assert.deepEqual(
      answersIn(again.questions()[0]!.answers)
        .map(({ span }) => text.slice(span.start, span.end))
        .sort(),
      ["Ada Lovelase", "London"],
    );
    again.undo();
    assert.equal(again.annotations({ status: "stale" }).length, 3);
  });

  it("removing one answer leaves another that is stale as it is", () => {
    const { log, labels } = setUp();
    labels.answer("Who?", [spanOf(TEXT, "Ada"), spanOf(TEXT, "London"), spanOf(TEXT, "Charles")]);
    const late = reopen(log, TEXT.replace("London", "York"));
    const [ada] = answersIn(late.questions()[0]!.answers);
    late.remove(ada!.id);
    assert.deepEqual(
      answersIn(late.questions()[0]!.answers)
        .map(({ quote, status }) => `${quote.exact} ${status}`)
        .sort(),
      ["Charles accepted", "London stale"],
    );
  });

  it("records answers, several, none, and takes them back", () => {
    const { log, labels } = setUp();
    labels.setAnswers(
      "Who?",
      [
        { ...spanOf(TEXT, "Ada"), score: 0.8 },
        { ...spanOf(TEXT, "Babbage"), score: 0.1 },
      ],
      MODEL,
    );
    const [first] = labels.annotations({ task: "answers" });
    assert.ok(first);
    labels.resize(first.id, spanOf(TEXT, "Ada Lovelace"));
    assert.deepEqual(
      answersIn(labels.questions()[0]!.answers).map(({ span }) => TEXT.slice(span.start, span.end)),
      ["Ada Lovelace"],
    );
    assert.equal(labels.annotations({ task: "answers" }).length, 1, "suggestions for a decided question are hidden");
    labels.answer("Who? ", [spanOf(TEXT, "Ada"), spanOf(TEXT, "Charles Babbage")]);
    assert.equal(answersIn(labels.questions()[0]!.answers).length, 2);
    labels.answer("Who?", []);
    assert.equal(labels.questions().length, 1);
    assert.equal(labels.questions()[0]?.answers, "none");
    const late = reopen(log);
    assert.equal(late.questions()[0]?.answers, "none");
    late.undo();
    assert.equal(answersIn(late.questions()[0]!.answers).length, 2);
    late.remove(answersIn(late.questions()[0]!.answers)[0]!.id);
    assert.equal(answersIn(late.questions()[0]!.answers).length, 1);
    late.remove(late.questions()[0]!.id);
    assert.deepEqual(late.questions(), []);
  });

  it("refuses what does not fit, and changes nothing", () => {
    const { log, labels } = setUp();
    const half = spanOf(TEXT, "😀").start + 1;
    const id = idOf(labels, TEXT, "London");
    for (const bad of [
      () => labels.add("entities", { start: 3, end: 3 }, "PER"),
      () => labels.add("entities", { start: 0, end: TEXT.length + 1 }, "PER"),
      () => labels.add("entities", { start: half, end: half + 1 }, "PER"),
      () => labels.add("entities", spanOf(TEXT, "nice"), " "),
      () => labels.accept("nobody"),
      () => labels.remove(id),
      () => labels.answer(" ", []),
      () => labels.markReviewed({ start: 0, end: 0 }, "entities"),
    ]) {
      assert.throws(bad, LabelsError);
    }
    assert.equal(log.lines, "");
  });

  it("tells of changes and of decisions that could not be written, and keeps those", async () => {
    const { log, labels } = setUp();
    const seen: string[] = [];
    const subscription = labels.onDidChange(({ what }) => seen.push(what));
    const failed = new Promise((resolve) => labels.onWriteError(resolve));
    log.fail = true;
    const { saved } = labels.accept(idOf(labels, TEXT, "London"));
    await assert.rejects(saved, /full/);
    assert.match(String(await failed), /full/);
    assert.equal(labels.annotations({ status: "accepted" }).length, 1);
    subscription.dispose();
    labels.undo();
    assert.deepEqual(seen, ["decisions"]);
  });

  it("a suggestion that stays the same keeps its id; a region is replaced alone", () => {
    const { labels } = setUp();
    const ids = labels.annotations().map(({ id }) => id);
    suggest(labels, TEXT);
    assert.deepEqual(
      labels.annotations().map(({ id }) => id),
      ids,
    );
    labels.setSuggestions("entities", { start: 0, end: 20 }, [], MODEL);
    assert.deepEqual(shown(labels, TEXT), ["London/ORG/suggested", "Zürich/LOC/suggested"]);
  });

  it("any sequence of decisions: a restart shows the same, and undoing all leaves nothing", () => {
    const step = fc.record({
      act: fc.constantFrom("accept", "reject", "relabel", "add", "remove", "all", "undo", "redo"),
      at: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { log, labels } = setUp();
        for (const { act, at } of steps) {
          const list = labels.annotations();
          const id = list[at % Math.max(1, list.length)]?.id ?? "none";
          try {
            if (act === "accept") labels.accept(id);
            else if (act === "reject") labels.reject(id);
            else if (act === "relabel") labels.relabel(id, at % 2 === 0 ? "MISC" : "LOC");
            else if (act === "add") labels.add("entities", { start: at % 30, end: (at % 30) + 4 }, "ORG");
            else if (act === "remove") labels.remove(id);
            else if (act === "all") labels.acceptAll({ start: 0, end: at }, "entities");
            else if (act === "undo") labels.undo();
            else labels.redo();
          } catch (error) {
            assert.ok(error instanceof LabelsError, String(error));
          }
        }
        assert.deepEqual(shown(reopen(log), TEXT).sort(), shown(labels, TEXT).sort());
        while (labels.undo() !== undefined);
        assert.deepEqual(labels.annotations({ status: "accepted" }), []);
        assert.deepEqual(shown(labels, TEXT), shown(setUp().labels, TEXT));
      }),
      { numRuns: 60 },
    );
  }).timeout(30_000);
});

describe("labels: derived state", () => {
  it("copes with undo events that undo each other, themselves, or nothing", () => {
    const head = { v: 1, time: "2026-01-01T00:00:00Z", author: "a", task: "entities", unit: "utf16" } as const;
    const undone = (id: string, undoes: string): DecisionEvent => ({ ...head, id, act: id, kind: "undone", undoes });
    const state = reduce([undone("1", "2"), undone("2", "1"), undone("3", "3"), undone("4", "nothing")]);
    assert.equal(state.annotations.size, 0);
  });

  it("copes with a very long chain of undo and redo", () => {
    const { log, labels } = setUp();
    labels.accept(idOf(labels, TEXT, "London"));
    const [first] = log.events();
    const chain: DecisionEvent[] = [first!];
    const { v, time, author, task, unit } = first!;
    for (let i = 0; i < 20_000; i++) {
      const id = `Z${String(i).padStart(8, "0")}`;
      chain.push({ v, time, author, task, unit, id, act: id, kind: "undone", undoes: chain.at(-1)!.act });
    }
    assert.equal(reduce(chain).annotations.size, 1);
    assert.equal(reduce(chain.slice(0, -1)).annotations.size, 0);
  }).timeout(20_000);
});

describe("labels: reviewed regions", () => {
  it("are anchored by paragraph, found when moved, and dropped when changed", () => {
    const text = "One here.\r\n\r\nTwo there.\n \nThree.";
    const anchors = anchorRegion(text, { start: 0, end: text.length });
    const texts = (of: string, spans: ReturnType<typeof findRegions>): (string | undefined)[] =>
      spans.map((span) => span && of.slice(span.start, span.end));
    assert.deepEqual(texts(text, findRegions(text, anchors)), ["One here.", "Two there.", "Three."]);
    const moved = `Zero.\n\n${text.replace("there", "THERE")}`;
    assert.deepEqual(texts(moved, findRegions(moved, anchors)), ["One here.", undefined, "Three."]);
  });

  it("are no questions' paragraphs: those may have changed between their ends, they may not", () => {
    const text = "A beginning that is there once only. Something between. An end that is there once only.";
    const [anchor] = anchorRegion(text, { start: 0, end: text.length });
    const changed = text.replace("Something", "What else");
    const context = { ...anchor! };
    for (const regions of [
      [context, anchor!],
      [anchor!, context],
    ]) {
      const found = findRegions(changed, regions, new Set([context]));
      assert.deepEqual(found[regions.indexOf(anchor!)], undefined);
      assert.deepEqual(found[regions.indexOf(context)], { start: 0, end: changed.length });
    }
  });

  it("leave out what is put in by an edit", () => {
    assert.deepEqual(cutByEdit([{ start: 0, end: 10 }], { start: 4, end: 6 }, 3), [
      { start: 0, end: 4 },
      { start: 7, end: 11 },
    ]);
    const merged = mergeSpans([
      { start: 5, end: 8 },
      { start: 0, end: 3 },
      { start: 3, end: 4 },
    ]);
    assert.deepEqual(merged, [
      { start: 0, end: 4 },
      { start: 5, end: 8 },
    ]);
    assert.deepEqual([covered(merged, { start: 1, end: 4 }), covered(merged, { start: 3, end: 6 })], [true, false]);
  });
});

describe("labels: label sets", () => {
  it("default to the model's labels, tags taken apart", () => {
    const sets = defaultLabelSets({ entities: ["O", "B-PER", "I-PER", "B-ORG"], sentiment: ["negative", "positive"] });
    assert.deepEqual(sets.entities, [
      { id: 0, name: "PER" },
      { id: 1, name: "ORG" },
    ]);
    assert.equal(defaultLabelSets().entities.length, 4);
  });

  it("name the file and the property that is wrong", () => {
    const bad: [unknown, RegExp][] = [
      ["{", /labels\.json: is not JSON/],
      [[], /must be an object/],
      [{ entity: [] }, /labels\.json, entity: is not a task/],
      [{ entities: {} }, /entities: must be a list/],
      [
        {
          entities: [
            { id: 0, name: "A" },
            { id: 0, name: "B" },
          ],
        },
        /entities\[1\]\.id: 0 is also the id of entities\[0\]/,
      ],
      [{ entities: [{ id: 0, name: "A B" }] }, /entities\[0\]\.name/],
      [{ entities: [{ id: 0, name: "O" }] }, /no label/],
      [{ sentiment: [{ id: 0.5, name: "A" }] }, /sentiment\[0\]\.id: must be an integer/],
      [{ sentiment: [{ id: 0, name: "A", colour: "red" }] }, /colour/],
      [{ sentiment: [{ id: 0, name: "A", color: "#ffffff" }] }, /sentiment\[0\]\.color: is not a property/],
    ];
    for (const [value, message] of bad) {
      const json = typeof value === "string" ? value : JSON.stringify(value);
      assert.throws(
        () => parseLabelSets(json, "labels.json"),
        (error) => error instanceof LabelSetError && message.test(error.message),
      );
    }
  });

  it("give a new label an id never used before, and survive a round trip", async () => {
    const sets = parseLabelSets(
      '{"entities":[{"id":7,"name":"OLD","retired":true},{"id":2,"name":"A"}]}',
      "labels.json",
    );
    const more = withLabel(sets, "entities", { name: "B", key: "b" });
    assert.deepEqual(
      more.entities.map(({ id, name }) => `${id}${name}`),
      ["2A", "7OLD", "8B"],
    );
    assert.throws(() => withLabel(more, "entities", { name: "B" }), LabelSetError);
    const root = await mkdtemp(path.join(os.tmpdir(), "glossator-labels-"));
    try {
      assert.deepEqual(await loadLabelSets(root), defaultLabelSets());
      await saveLabelSets(root, more);
      assert.deepEqual(await loadLabelSets(root), more);
      await writeFile(path.join(root, "labels.json"), "no");
      await assert.rejects(loadLabelSets(root), LabelSetError);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it("keep the layers they declare, and say what is wrong with one", async () => {
    const layers = [
      { name: "topic", kind: "classes", unit: "document", labels: [{ id: 0, name: "sport" }] },
      {
        ...{ name: "events", kind: "spans", unit: "word", labels: [{ id: 4, name: "Attack", key: "a" }] },
        attributes: [{ name: "certainty", values: ["certain", "possible"] }, { name: "note" }],
      },
      { name: "asked-of-two", kind: "questions", unit: "question", labels: [] },
    ];
    const root = await mkdtemp(path.join(os.tmpdir(), "glossator-layers-"));
    try {
      const declared = { $schema: "labels.schema.json", entities: [{ id: 0, name: "A" }], sentiment: [], layers };
      await writeFile(path.join(root, "labels.json"), JSON.stringify(declared));
      await addLabelSets(root, { entities: ["B"], sentiment: [] }, defaultLabelSets());
      const after: unknown = JSON.parse(await readFile(path.join(root, "labels.json"), "utf8"));
      assert.deepEqual(after, {
        ...declared,
        entities: [
          { id: 0, name: "A" },
          { id: 1, name: "B" },
        ],
      });
    } finally {
      await rm(root, { recursive: true });
    }
    const [topic, events] = layers;
    const bad: [unknown, RegExp][] = [
      [{}, /layers: must be a list/],
      [[7], /layers\[0\]: must be an object/],
      [[{ ...topic, name: "answers" }], /layers\[0\]\.name: "answers" is there by itself/],
      [[topic, topic], /layers\[1\]\.name: "topic" is there already/],
      [[{ ...topic, kind: "class" }], /layers\[0\]\.kind: must be one of spans, classes, questions/],
      [[{ ...topic, unit: "word" }], /layers\[0\]\.unit: must be sentence or document where the kind is "classes"/],
      [[{ ...topic, labels: [{ id: 0 }] }], /layers\[0\]\.labels\[0\]\.name/],
      [[{ ...topic, colour: "red" }], /layers\[0\]\.colour: is not a property of a layer/],
      [[{ ...events, attributes: [{ name: "a", values: [""] }] }], /layers\[0\]\.attributes\[0\]\.values\[0\]/],
    ];
    for (const [value, message] of bad) {
      assert.throws(
        () => parseLabelSets(JSON.stringify({ layers: value }), "labels.json"),
        (error) => error instanceof LabelSetError && message.test(error.message),
      );
    }
  });

  it("the schema knows the properties the reader knows", async () => {
    const schema = JSON.parse(await readFile("media/labels.schema.json", "utf8")) as {
      properties: object;
      definitions: { labels: { items: { properties: Record<string, unknown> } } };
    };
    assert.deepEqual(Object.keys(schema.properties), ["$schema", "entities", "sentiment", "multiple", "layers"]);
    const full = Object.keys(schema.definitions.labels.items.properties);
    const label = {
      id: 0,
      name: "A",
      colour: "#012345",
      key: "a",
      aliases: [],
      guideline: "",
      order: 0,
      retired: false,
    };
    assert.deepEqual(Object.keys(label).sort(), full.sort());
    parseLabelSets(JSON.stringify({ $schema: "x", entities: [label], sentiment: [] }), "labels.json");
  });
});
