/** Labels never end on other words than their own when a text changes outside the editor; `bench/anchors.ts` measures the same at full size. */
import { strict as assert } from "node:assert";
import { deleteLineAt, lookAlikes, move, random, randomScript, reformat } from "./support/edit-scripts";
import type { Changed, LabelledSource } from "./support/edit-scripts";
import { measure, noFate } from "./support/measure-anchors";
import type { Fate, How } from "./support/measure-anchors";

const SEED = 20_26;

/** What becomes of labels on texts in which much looks alike. */
function fates(
  times: number,
  how: How,
  change: (source: LabelledSource, at: number, next: () => number) => Changed,
  one = false,
): Fate {
  const next = random(SEED);
  const sources = Array.from({ length: 10 }, () => lookAlikes(next));
  const fate = noFate();
  for (let i = 0; i < times; i++) {
    const source = sources[Math.floor(next() * sources.length)]!;
    const span = source.spans[Math.floor(next() * source.spans.length)]!;
    const moved = measure(source, one ? [span] : source.spans, change(source, span.start, next), how, fate);
    assert.deepEqual(moved, [], `seed ${SEED}, text ${i}`);
  }
  return fate;
}

describe("labels after a change from outside", function () {
  this.timeout(60_000);
  for (const how of ["log", "open"] as const) {
    it(`do not move when their line is deleted (${how})`, () => {
      const { twins } = fates(300, how, ({ text }, at) => deleteLineAt(text, at), true);
      assert.ok(twins <= 6, `${twins} of 300 that no finder could tell`);
    });

    it(`stay where text is only moved or put between (${how})`, () => {
      const { labels, kept } = fates(30, how, ({ text }, _, next) => move(text, next));
      assert.ok(kept / labels > 0.97, `${kept} of ${labels}`);
    });

    it(`stay where text is only reformatted (${how})`, () => {
      const { labels, kept } = fates(30, how, ({ text }, _, next) => reformat(text, next));
      assert.ok(kept / labels > 0.95, `${kept} of ${labels}`);
    });

    it(`stay on their own words through scripts of random edits (${how})`, () => {
      const { alive, kept } = fates(30, how, ({ text }, _, next) => randomScript(text, next));
      assert.ok(kept / alive > (how === "log" ? 0.94 : 0.95), `${kept} of ${alive}`);
    });
  }
});
