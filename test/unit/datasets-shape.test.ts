/** Shapes: what comes in is unknown, what comes out has its type, and each refusal is told once, with its place. */
import { strict as assert } from "node:assert";
import type { Loss } from "../../src/datasets/losses";
import {
  anything,
  either,
  flag,
  has,
  list,
  mapped,
  named,
  number,
  object,
  oneOf,
  perhaps,
  places,
  record,
  span,
  take,
  text,
  tuple,
} from "../../src/datasets/reading/shape";
import type { Of, Shape } from "../../src/datasets/reading/shape";

function taken<T>(
  shape: Shape<T>,
  value: unknown,
): { readonly value: T | undefined; readonly told: readonly string[] } {
  const losses: Loss[] = [];
  const found = take(shape, value, { file: "a.jsonl", line: 3 }, losses);
  for (const { kind, file, line } of losses) assert.deepEqual([kind, file, line], ["dropped", "a.jsonl", 3]);
  return { value: found, told: losses.map(({ reason }) => reason.replace(": nothing was taken from it", "")) };
}

describe("datasets: shapes", () => {
  const ROW = object({
    text,
    kind: oneOf(["a", "b"]),
    spans: list(object({ start: number, end: number, label: anything, more: list(text) }, "start", "end")),
    classes: record(either(number, flag)),
    meta: perhaps(object({ score: number })),
  });

  // Never called: it need only be what the compiler takes.
  const uses = (row: Of<typeof ROW>): void => {
    // @ts-expect-error The text may be absent.
    row.text.trim();
    // @ts-expect-error The label may be of any type.
    const label: string | undefined = row.spans?.[0]?.label;
    assert.equal(label, row.spans?.[0]?.start.toFixed());
  };

  it("are the one way to a type", () => assert.equal(typeof uses, "function"));

  it("give what fits, and leave alone what nobody asked for", () => {
    const { value, told } = taken(ROW, {
      ...{ text: "Ada", kind: "a", other: 1, meta: "mine" },
      spans: [{ start: 0, end: 3, label: null, more: ["x"] }],
      classes: { good: 1, bad: false },
    });
    assert.deepEqual(told, []);
    assert.deepEqual(value, {
      ...{ text: "Ada", kind: "a", meta: undefined },
      spans: [{ start: 0, end: 3, label: null, more: ["x"] }],
      classes: [
        ["good", 1],
        ["bad", false],
      ],
    });
  });

  it("tell of every value of a wrong type, by the way to it, and of what is needed and absent", () => {
    const { value, told } = taken(ROW, {
      ...{ text: ["Ada"], kind: "c", classes: { good: "1", bad: null } },
      spans: [{ start: 0 }, { start: "0", end: 3 }, 5, null, { start: 1, end: 2, more: [[], "y"] }],
      meta: { score: "high" },
    });
    assert.deepEqual(told, [
      '"text" is a list, not a text',
      '"kind" is a text, not one of a, b',
      '"spans[0].end" is absent, not a number',
      '"spans[1].start" is a text, not a number',
      '"spans[2]" is a number, not an object',
      '"spans[3]" is null, not an object',
      '"spans[4].more[0]" is a list, not a text',
      '"classes.good" is a text, not a number or true or false',
      '"classes.bad" is null, not a number or true or false',
      '"meta.score" is a text, not a number',
    ]);
    assert.deepEqual(value?.spans, [{ start: 1, end: 2, label: undefined, more: ["y"] }]);
  });

  it("take null and an empty text for absent, but not among the items of a list", () => {
    assert.deepEqual(taken(ROW, { text: null, spans: null, classes: null }).told, []);
    assert.deepEqual(taken(object({ text }), { text: "" }), { value: { text: undefined }, told: [] });
    assert.deepEqual(taken(object({ text }, "text"), { text: "" }).told, ['"text" is empty, not a text']);
    assert.deepEqual(taken(places(text), ["a", 1, null]).value, ["a", undefined, undefined]);
  });

  it("refuse lists with too few items, and rows that are none", () => {
    const item = named(
      "a span",
      either(
        mapped(tuple(number, number), ([start, end]) => ({ start, end })),
        span,
      ),
    );
    assert.deepEqual(taken(list(item), [[1, 2, "x"], { start: 3, end: 4 }, [1], "x"]), {
      value: [
        { start: 1, end: 2 },
        { start: 3, end: 4 },
      ],
      told: ['"[2][1]" is absent, not a number', '"[3]" is a text, not a span'],
    });
    assert.deepEqual(taken(ROW, []), { value: undefined, told: ["the row is a list, not an object"] });
    assert.ok(has({ a: null }, "a") && !has({}, "toString") && !has([1], "0"));
  });
});
