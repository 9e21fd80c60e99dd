import { strict as assert } from "node:assert";
import { MINIMUM_CONFIDENCE, shownLabels } from "../../src/labels/shown";
import type { Showing } from "../../src/labels/shown";
import type { SegmentKind } from "../../src/text/segment-kind";
import { contributes } from "../../package.json";

const showing: Showing = { minimumConfidence: MINIMUM_CONFIDENCE, unmarked: { sentiment: "neutral" } };
const opinion = (score: number, label = "positive") => ({ sentiment: { label, score, scores: { [label]: score } } });
const marked = (text: string, kind: SegmentKind | undefined, score: number, label?: string): boolean =>
  shownLabels({ text, ...(kind !== undefined && { kind }) }, opinion(score, label), showing).sentiment !== undefined;

describe("what is shown", () => {
  it("is what the settings' defaults say", () => {
    const settings = new Map<string, { readonly default?: unknown }>(
      contributes.configuration.flatMap(({ properties }) => Object.entries(properties)),
    );
    for (const task of ["entities", "sentiment", "answers"] as const)
      assert.equal(settings.get(`glossator.${task}.minimumConfidence`)?.default, MINIMUM_CONFIDENCE[task]);
  });

  it("leaves out what is not sure enough, and the label for no opinion", () => {
    const entities = [0.49, 0.5, 0.9].map((score, start) => ({ start, end: start + 1, label: "PER", score }));
    const found = shownLabels({ text: "a b c" }, { entities }, showing);
    assert.deepEqual(
      found.entities.map(({ score }) => score),
      [0.5, 0.9],
    );
    const sentence = "The food was very good.";
    assert.ok(marked(sentence, "prose", 0.8) && !marked(sentence, "prose", 0.79));
    assert.ok(!marked(sentence, "prose", 0.99, "neutral"));
    const ownLeast = (_: string, label: string): number | undefined => ({ PER: 0.6, positive: 0.9 })[label];
    assert.equal(shownLabels({ text: "a b c" }, { entities }, { ...showing, ownLeast }).entities.length, 1);
    assert.ok(
      shownLabels({ text: sentence, kind: "prose" }, opinion(0.85, "negative"), { ...showing, ownLeast }).sentiment,
    );
    assert.ok(
      !shownLabels({ text: sentence, kind: "prose" }, opinion(0.85, "positive"), { ...showing, ownLeast }).sentiment,
    );
    const own = { minimumConfidence: { entities: 0, sentiment: 0.3 } };
    assert.ok(
      shownLabels({ text: sentence, kind: "prose" }, opinion(0.4, "neutral"), own).sentiment,
      "another model's neutral",
    );
  });

  it("believes an opinion on headings, cells, links, code, items and parts of sentences only when the model is very sure", () => {
    const sentence = "A wonderful way to spend an evening.";
    for (const kind of ["heading", "cell", "links", "code", "item", "speaker"] as const) {
      assert.ok(!marked(sentence, kind, 0.85), kind);
      assert.ok(marked(sentence, kind, 0.995), kind);
    }
    for (const part of ["Great news", "Supported versions of it:", "", "…", "Node.js’s best"]) {
      assert.ok(!marked(part, "prose", 0.96), part);
      assert.ok(marked(part, "prose", 0.98), part);
      assert.ok(marked(part, undefined, 0.85), `${part}: as a sentence of its own, nothing is known against it`);
    }
    assert.ok(marked("What a great film!", "prose", 0.85));
    assert.ok(marked("料理がとてもおいしい", "prose", 0.85), "scripts without spaces have words, too");
  });

  it("shows no name in what says who speaks", () => {
    const entities = [{ start: 1, end: 5, label: "ORG", score: 0.99 }];
    const shown = (kind: SegmentKind): number =>
      shownLabels({ text: "<anna>", kind }, { entities }, showing).entities.length;
    assert.equal(shown("prose"), 1);
    assert.equal(shown("speaker"), 0);
  });

  it("takes no more from the text than it says: a high setting counts on every kind", () => {
    const strict = { ...showing, minimumConfidence: { entities: 0.5, sentiment: 0.999 } };
    assert.equal(shownLabels({ text: "Great", kind: "heading" }, opinion(0.995), strict).sentiment, undefined);
  });
});
