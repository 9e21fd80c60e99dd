import assert from "node:assert/strict";
import { decisionsIn, labelsIn, layersByKind, layersOf, rejectedIn, staleIn } from "../../src/documents/layers";
import type { Label, Labelled } from "../../src/documents/labelled";
import { decidedOn, onlyDecisions, onlyRejected, onlyTasks } from "../../src/documents/select";
import { CLASSES, QUESTIONS, SPANS, TASK_NAMES } from "../../src/documents/tasks";
import { quoted } from "../../src/text/span";
import { UNLABELLED } from "../../src/datasets/reading/builder";

const TEXT = "Ada met Bob. It rained.";
const at = (start: number, end: number, label: string, author = "ann"): Label => ({
  ...quoted(TEXT, { start, end }),
  ...{ label, author },
});

function document(): Labelled {
  const layers = layersByKind({
    spans: [at(0, 3, "PER"), at(8, 11, "LOC", "bob")],
    classes: [at(13, 23, "negative")],
    reviewed: [{ start: 0, end: 12 }],
    decided: [{ start: 0, end: 3 }],
    rejected: [
      { task: SPANS, ...at(8, 11, "ORG") },
      { task: QUESTIONS, ...at(0, 3, "answer", "bob"), question: "Who?" },
      { task: CLASSES, ...at(0, 12, "positive") },
    ],
  });
  const stale = layersOf((task) => ({ stale: [{ label: task, exact: "x", span: { start: 0, end: 1 } }] }));
  return {
    text: TEXT,
    layers: layersOf((task) => ({ ...layers[task], stale: stale[task].stale })),
    questions: [{ question: "Why?", answers: "none", plausible: [], author: "ann" }],
  };
}

const said = (one: Labelled): string[] =>
  decisionsIn(one).map((item) => ("label" in item ? item.label : item.question));

describe("a labelled document", () => {
  it("lists what its layers hold, rejections in order of position", () => {
    const one = document();
    assert.deepEqual(
      labelsIn(one).map(({ label }) => label),
      ["PER", "LOC", "negative"],
    );
    assert.deepEqual(
      rejectedIn(one).map(({ task, label, question }) => [task, label, question]),
      [
        [QUESTIONS, "answer", "Who?"],
        [CLASSES, "positive", undefined],
        [SPANS, "ORG", undefined],
      ],
    );
    assert.deepEqual(
      staleIn(one).map(({ task, label }) => [task, label]),
      TASK_NAMES.map((task) => [task, task]),
    );
    assert.ok(one.layers[SPANS].rejected.every((item) => !("task" in item)));
    assert.deepEqual(said(one), ["PER", "LOC", "negative", "Why?", "ORG", "positive", "answer"]);
  });

  it("is cut down to some tasks, with all that is said for the others left out", () => {
    const one = document();
    const spans = onlyTasks(one, [SPANS]);
    assert.deepEqual(spans.layers[SPANS], one.layers[SPANS]);
    assert.deepEqual(said(spans), ["PER", "LOC", "ORG"]);
    assert.deepEqual(
      staleIn(spans).map(({ task }) => task),
      [SPANS],
    );
    assert.deepEqual(said(onlyTasks(one, [QUESTIONS])), ["Why?", "answer"]);
    assert.deepEqual(said(onlyTasks(one, [CLASSES, QUESTIONS])), ["negative", "Why?", "positive", "answer"]);
  });

  it("is cut down to some decisions, and to rejections of some tasks", () => {
    const one = document();
    const mine = onlyDecisions(one, ({ author }) => author === "bob");
    assert.deepEqual(said(mine), ["LOC", "answer"]);
    assert.deepEqual(mine.layers[SPANS].reviewed, one.layers[SPANS].reviewed);
    const some = onlyRejected(one, [CLASSES]);
    assert.deepEqual(
      rejectedIn(some).map(({ label }) => label),
      ["positive"],
    );
    assert.deepEqual(some.layers[SPANS].decided, one.layers[SPANS].decided, "somebody looked there all the same");
  });

  it("knows whether anything was decided on it", () => {
    const none: Labelled = { text: TEXT, ...UNLABELLED };
    assert.equal(decidedOn(none), false);
    const holds = (parts: Parameters<typeof layersByKind>[0]): boolean =>
      decidedOn({ ...none, layers: layersByKind(parts) });
    assert.ok(holds({ classes: [at(0, 3, "positive")] }));
    assert.ok(holds({ decided: [{ start: 0, end: 3 }] }));
    assert.ok(holds({ rejected: [{ task: QUESTIONS, ...at(0, 3, "answer") }] }));
    assert.ok(decidedOn({ ...none, questions: document().questions }));
    // What was looked at for classes alone is no example of anything.
    const looked = layersOf((task) => (task === CLASSES ? { reviewed: [{ start: 0, end: 3 }] } : {}));
    assert.equal(decidedOn({ ...none, layers: looked }), false);
  });
});
