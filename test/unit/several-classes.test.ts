/** Several classes of one text: decided, rejected and undone apart, and kept apart by whoever reads the log. */
import assert from "node:assert/strict";
import { classExamples } from "../../src/training/examples/classes";
import { agreementOf } from "../../src/labels/agreement/agreement";
import { annotatorLabels } from "../../src/labels/agreement/annotators";
import { disagreementsOf } from "../../src/labels/agreement/disagreements";
import type { ComparedDocument } from "../../src/labels/agreement/agreement-units";
import { LabelsError } from "../../src/labels/contract";
import { SEVERAL_VERSION } from "../../src/labels/events";
import type { DecisionEvent } from "../../src/labels/events";
import { allowsSeveral, defaultLabelSets, parseLabelSets, withSeveral } from "../../src/labels/labelset";
import { encodeLine } from "../../src/labels/log/line";
import { parseLog } from "../../src/labels/log/read-log";
import { supersededEvents } from "../../src/labels/log/superseded";
import { aliasKey } from "../../src/labels/own-names";
import { reduce } from "../../src/labels/state";
import { replaying } from "../../src/labels/replay";
import { labelled, settle } from "../../src/labels/settled";
import { DocumentLabels } from "../../src/labels/store";
import { finish } from "../../src/text/slices";
import { overlaps } from "../../src/text/span";

const TEXT = "You fool. I like it. It rained all day.";
const SENTENCES = [
  { start: 0, end: 9 },
  { start: 10, end: 20 },
  { start: 21, end: 39 },
];
const [FOOL, LIKE, RAIN] = SENTENCES as [(typeof SENTENCES)[0], (typeof SENTENCES)[0], (typeof SENTENCES)[0]];
const MODEL = { name: "m", version: "1" };

/** Everything that is decided goes through the lines of a log. */
function open(events: readonly DecisionEvent[] = [], several = true, author = "ann", text = TEXT): DocumentLabels {
  const { events: read, issues } = parseLog(events.map(encodeLine).join(""), "log");
  assert.deepEqual(issues, []);
  const sink = { append: (): Promise<void> => Promise.resolve() };
  return new DocumentLabels({ text, author, sink, events: read, ...(several && { multiple: ["sentiment"] }) });
}

const classes = (labels: DocumentLabels, status: "accepted" | "suggested" | "stale" = "accepted"): string[] =>
  labels
    .annotations({ task: "sentiment", status })
    .map(({ span, label }) => `${span.start} ${label}`)
    .sort();

/** Collects what is decided, as a log would. */
function logging(several = true, author = "ann"): { labels: DocumentLabels; log: DecisionEvent[] } {
  const log: DecisionEvent[] = [];
  const sink = {
    append: (events: readonly DecisionEvent[]): Promise<void> => {
      log.push(...events);
      return Promise.resolve();
    },
  };
  const of = { text: TEXT, author, sink, ...(several && { multiple: ["sentiment"] as const }) };
  return { labels: new DocumentLabels(of), log };
}

describe("several classes of a text", () => {
  it("are decided, taken away and undone apart, and a restart shows the same", () => {
    const { labels, log } = logging();
    labels.classify({ task: "sentiment", span: FOOL, names: ["toxic", "insult"] });
    labels.add("sentiment", FOOL, "obscene");
    assert.deepEqual(classes(labels), ["0 insult", "0 obscene", "0 toxic"]);
    labels.classify({ task: "sentiment", span: FOOL, names: ["toxic", "obscene", "threat"] });
    assert.deepEqual(classes(labels), ["0 obscene", "0 threat", "0 toxic"]);
    assert.deepEqual(classes(open(log)), classes(labels));
    labels.undo();
    assert.deepEqual(classes(labels), ["0 insult", "0 obscene", "0 toxic"], "one act");
    labels.undo();
    assert.deepEqual(classes(labels), ["0 insult", "0 toxic"]);
    labels.redo();
    assert.deepEqual(classes(open(log)), ["0 insult", "0 obscene", "0 toxic"]);
    assert.equal(labels.classify({ task: "sentiment", span: FOOL, names: ["insult", "toxic", "obscene"] }), undefined);
    labels.classify({ task: "sentiment", span: FOOL, names: [] });
    assert.deepEqual(classes(open(log)), []);
  });

  it("do not hide the model's suggestion of another, which is accepted and rejected by itself", () => {
    const { labels, log } = logging();
    const suggest = (of: DocumentLabels): void =>
      of.setSuggestions("sentiment", { start: 0, end: 39 }, [{ ...FOOL, label: "negative", score: 0.9 }], MODEL);
    suggest(labels);
    labels.add("sentiment", FOOL, "toxic");
    assert.deepEqual([classes(labels, "suggested"), labels.rejected()], [["0 negative"], []]);
    labels.classify({ task: "sentiment", span: FOOL, names: ["toxic", "negative"] });
    assert.deepEqual([classes(labels), classes(labels, "suggested")], [["0 negative", "0 toxic"], []]);
    assert.equal(log.at(-1)?.kind, "accepted");
    labels.undo();
    labels.reject(labels.annotations({ status: "suggested" })[0]!.id);
    const again = open(log);
    suggest(again);
    assert.deepEqual([classes(again), classes(again, "suggested")], [["0 toxic"], []]);
  });

  it("are never the same twice, and exclude each other where the label set does not say otherwise", () => {
    const { labels } = logging();
    labels.classify({ task: "sentiment", span: FOOL, names: ["toxic", "insult"] });
    const [first] = labels.annotations({ task: "sentiment" });
    const other = first!.label === "toxic" ? "insult" : "toxic";
    assert.throws(() => labels.relabel(first!.id, other), LabelsError);
    assert.throws(() => labels.add("sentiment", FOOL, "toxic"), LabelsError);
    const { labels: single, log } = logging(false);
    const two = { task: "sentiment", span: FOOL, names: ["toxic", "insult"] } as const;
    assert.throws(() => single.classify(two), /"multiple" in labels\.json/);
    single.classify({ ...two, names: ["toxic"] });
    single.classify({ ...two, names: ["insult"] });
    assert.deepEqual(classes(single), ["0 insult"]);
    assert.ok(
      log.every(({ v }) => v === 1),
      "as every version writes it",
    );
    // What was decided while several were allowed is one again when one is chosen.
    const { labels: many, log: before } = logging();
    many.classify(two);
    const closed = open(before, false);
    assert.deepEqual(classes(closed), ["0 insult", "0 toxic"]);
    closed.classify({ ...two, names: ["threat"] });
    assert.deepEqual(classes(closed), ["0 threat"]);
  });

  it("of two windows stay, the same one once; what one window alone decides takes the place of nothing", () => {
    const one = logging();
    const two = logging();
    one.labels.add("sentiment", FOOL, "toxic");
    two.labels.add("sentiment", FOOL, "insult");
    two.labels.add("sentiment", FOOL, "toxic");
    assert.deepEqual(one.labels.adopt(two.log), { ours: 1, theirs: 0 });
    two.labels.adopt(one.log);
    for (const labels of [one.labels, two.labels]) assert.deepEqual(classes(labels), ["0 insult", "0 toxic"]);
    // A decision from when a text had one class, on the same class, is the same one.
    const old = logging(false);
    old.labels.add("sentiment", FOOL, "toxic");
    const fresh = logging();
    fresh.labels.add("sentiment", FOOL, "toxic");
    fresh.labels.add("sentiment", FOOL, "insult");
    assert.deepEqual(classes(open([...old.log, ...fresh.log])), ["0 insult", "0 toxic"]);
  });

  it("are lines that an older version skips and leaves alone, and none of them is compacted away", () => {
    const { labels, log } = logging();
    labels.add("sentiment", FOOL, "toxic");
    labels.add("sentiment", FOOL, "insult");
    assert.deepEqual(
      log.map(({ v }) => v),
      [SEVERAL_VERSION, SEVERAL_VERSION],
    );
    for (let i = 0; i < 120; i++) labels.classify({ task: "sentiment", span: LIKE, names: [i % 2 ? "a" : "b"] });
    const gone = supersededEvents(log);
    assert.ok(gone.size > 0);
    assert.deepEqual(reduce(log.filter(({ id }) => !gone.has(id))).annotations, reduce(log).annotations);
    assert.deepEqual(classes(open(log)), ["0 insult", "0 toxic", "10 a"]);
    const bad = parseLog(encodeLine({ ...log[0]!, several: false } as never), "log");
    assert.match(bad.issues[0]?.reason ?? "", /"several"/);
  });

  it("follow edits, and are agreed to apart when their text was changed outside", () => {
    const { labels, log } = logging();
    labels.classify({ task: "sentiment", span: RAIN, names: ["weather", "past"] });
    const text = "Nobody knew why. It rained all day. So we went home, and slept.";
    const later = open(log, true, "ann", text);
    const stale = later.annotations({ status: "stale" });
    assert.equal(stale.length, 2);
    for (const { id } of stale) later.agree(id);
    assert.deepEqual(classes(later), ["17 past", "17 weather"]);
  });
});

function document(...people: readonly (readonly [string, readonly DecisionEvent[]])[]): ComparedDocument {
  const annotators = people.map(([author, log]) => finish(annotatorLabels(author, log, TEXT)));
  return { path: "a.txt", annotators, words: [], sentences: SENTENCES };
}

describe("several classes of a text, by several people", () => {
  const said = (author: string, ...all: readonly (readonly [{ start: number; end: number }, readonly string[]])[]) => {
    const { labels, log } = logging(true, author);
    for (const [span, names] of all) labels.classify({ task: "sentiment", span, names });
    return [author, log] as const;
  };

  it("are compared as a whole and class by class", () => {
    const ann = said("ann", [FOOL, ["toxic", "insult"]], [LIKE, ["praise"]], [RAIN, ["toxic"]]);
    const bob = said("bob", [FOOL, ["toxic"]], [LIKE, ["praise"]], [RAIN, ["toxic"]]);
    const { sentiment } = agreementOf([document(ann, bob)]).tasks;
    const [pair] = sentiment.pairs;
    const share = ({ observed = 0 }: { observed?: number } = {}): number => Math.round(observed * 3);
    assert.equal(pair?.units, 3);
    assert.deepEqual(
      [share(pair), ...["insult", "praise", "toxic"].map((label) => share(pair.labels[label]))],
      [2, 2, 3, 3],
    );
  });

  it("are a disagreement until somebody settles it; what is settled counts, and what is said of all the text stays", () => {
    const ann = said("ann", [FOOL, ["toxic", "insult"]], [{ start: 0, end: TEXT.length }, ["chat", "short"]]);
    const bob = said("bob", [FOOL, ["toxic"]]);
    const [open_, ...more] = disagreementsOf(document(ann, bob));
    assert.deepEqual(more, []);
    assert.deepEqual(
      open_?.versions.map(({ author, labels }) => [author, labels.map(({ label }) => label)]),
      [
        ["ann", ["insult", "toxic"]],
        ["bob", ["toxic"]],
      ],
    );
    const log = [...ann[1]];
    const sink = {
      append: (events: readonly DecisionEvent[]): Promise<void> => (log.push(...events), Promise.resolve()),
    };
    const mine = new DocumentLabels({ text: TEXT, author: "ann", sink, events: ann[1], multiple: ["sentiment"] });
    mine.adjudicate({ ...open_, labels: open_.versions[0]!.labels, chosen: "ann" });
    assert.ok(disagreementsOf(document(["ann", log], bob))[0]?.settled);
    const replays = [log, bob[1]].map((events) => finish(replaying(events, TEXT)));
    const { labels } = labelled(TEXT, replays, settle(replays)).layers.sentiment;
    assert.deepEqual(labels.map(({ start, label }) => `${start} ${label}`).sort(), [
      "0 chat",
      "0 insult",
      "0 short",
      "0 toxic",
    ]);
    // In settled text a class is put beside the others, and taken away, in the adjudication.
    mine.classify({ task: "sentiment", span: FOOL, names: ["insult", "toxic", "threat"] });
    assert.equal(log.at(-1)?.kind, "adjudicated");
    mine.classify({ task: "sentiment", span: FOOL, names: ["threat"] });
    assert.deepEqual(classes(mine), ["0 chat", "0 short", "0 threat"]);
  });
});

describe("several classes of a text, taught", () => {
  it("are no examples that contradict each other: the text is left out, and told", () => {
    const { labels, log } = logging();
    labels.classify({ task: "sentiment", span: FOOL, names: ["toxic", "insult"] });
    labels.classify({ task: "sentiment", span: LIKE, names: ["praise"] });
    const replays = [finish(replaying(log, TEXT))];
    const sentences = SENTENCES.map((span) => ({ ...span }));
    const whole = { path: "a.txt", sentences, ...labelled(TEXT, replays, settle(replays)) };
    const taught = new Set(["toxic", "insult", "praise"]);
    const { examples, left } = classExamples(whole, "sentiment", taught, true);
    assert.deepEqual(
      examples.map(({ span, labels: said }) => [span.start, said.map(({ label }) => label)]),
      [[10, ["praise"]]],
    );
    assert.deepEqual(
      left.map(({ span }) => span.start),
      [0, 0],
    );
    assert.match(left[0]!.reason, /several classes \(insult, toxic\)/);
    assert.ok(!examples.some(({ span }) => overlaps(span, FOOL)));
    const single = classExamples(whole, "sentiment", taught);
    assert.equal(single.examples.length, 2, "where classes exclude each other the later one counts");
  });
});

describe("label sets that allow several classes", () => {
  it("say so in labels.json, and what is wrong with it", () => {
    const sets = parseLabelSets(JSON.stringify({ sentiment: [], multiple: ["sentiment"] }), "labels.json");
    assert.ok(allowsSeveral(sets, "sentiment") && !allowsSeveral(sets, "entities"));
    assert.deepEqual(parseLabelSets(JSON.stringify(sets), "labels.json"), sets);
    assert.ok(!allowsSeveral(defaultLabelSets(), "sentiment"));
    assert.notEqual(aliasKey(sets), aliasKey({ ...sets, multiple: [] }), "documents are read anew");
    assert.deepEqual(withSeveral(withSeveral(defaultLabelSets(), ["sentiment"]), []).multiple, ["sentiment"]);
    assert.equal(withSeveral(defaultLabelSets(), []).multiple, undefined);
    for (const [multiple, said] of [
      [["entities"], /multiple\[0\]: must be a task with classes; those are sentiment/],
      [true, /multiple: must be a list/],
      [["sentiment", "topic"], /multiple\[1\]/],
    ] as const)
      assert.throws(() => parseLabelSets(JSON.stringify({ multiple }), "labels.json"), said);
  });
});
