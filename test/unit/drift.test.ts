import { strict as assert } from "node:assert";
import { driftOf, leastDifference } from "../../src/labels/drift";
import type { Judged } from "../../src/labels/drift";
import { judging } from "../../src/labels/verdicts";
import { finish } from "../../src/text/slices";
import { Decider } from "./support/decided";

describe("verdicts on suggestions", () => {
  const text = "Anna Berg left Oslo. The firm Acme grew in Rome.";
  const verdicts = (work: (by: Decider) => void): boolean[] => {
    const by = new Decider("a.txt", text);
    work(by);
    return finish(judging(by.events)).verdicts.map(({ right }) => right);
  };

  it("are right where a suggestion was taken as it was, and wrong where it was changed, drawn over or rejected", () => {
    const of = (work: (by: Decider, id: string) => void): boolean[] =>
      verdicts((by) => {
        const [id] = by.suggest("entities", ["Anna", "PER"]);
        work(by, id!);
      });
    assert.deepEqual(
      of((by, id) => by.labels.accept(id)),
      [true],
    );
    assert.deepEqual(
      of((by, id) => by.labels.reject(id)),
      [false],
    );
    assert.deepEqual(
      of((by, id) => by.labels.relabel(id, "ORG")),
      [false],
    );
    assert.deepEqual(
      of((by, id) => by.labels.resize(id, by.at("Anna Berg"))),
      [false],
    );
    assert.deepEqual(
      of((by) => by.labels.add("entities", by.at("Anna Berg"), "PER")),
      [false],
    );
  });

  it("are wrong where what was taken is taken away again", () => {
    assert.deepEqual(
      verdicts((by) => {
        const [anna] = by.suggest("entities", ["Anna", "PER"]);
        by.labels.accept(anna!);
        by.labels.remove(anna!);
      }),
      [false],
    );
  });

  it("are as they stand: none of what was undone or nobody suggested, one of what was decided twice", () => {
    assert.deepEqual(
      verdicts((by) => {
        const [anna, oslo] = by.suggest("entities", ["Anna", "PER"], ["Oslo", "PER"]);
        by.labels.accept(oslo!);
        by.labels.relabel(oslo!, "LOC");
        by.labels.add("entities", by.at("Acme"), "ORG");
        by.labels.reject(anna!);
        by.labels.undo();
      }),
      [false],
    );
  });
});

describe("suggestions that got worse", () => {
  const made = (pattern: string, from = 0, version = "v"): Judged[] =>
    Array.from(pattern, (mark, i) => ({
      time: new Date(Date.UTC(2026, 0, 1) + (from + i) * 60_000).toISOString(),
      right: mark === "+",
      version,
    }));
  const good = "+++++++++-".repeat(10);
  const bad = "++-+-".repeat(20);

  it("are told with both counts, whatever order the logs were read in", () => {
    const all = [...made(good), ...made(bad, 100)];
    const until = all.at(-1)!.time;
    const [recent, before] = [
      { wrong: 40, of: 100 },
      { wrong: 10, of: 100 },
    ];
    assert.deepEqual(driftOf([...all].reverse()), { recent, before, until });
    // What is long ago counts no more.
    assert.deepEqual(driftOf([...made(bad, -600), ...made(good.repeat(5), -400), ...made(bad, 100)]), {
      ...{ recent, before: { wrong: 50, of: 500 }, until },
    });
  });

  it("are none where nothing changed, where it became better, or where little is known", () => {
    assert.equal(driftOf([]), undefined);
    assert.equal(driftOf([...made(good), ...made(good, 100)]), undefined);
    assert.equal(driftOf([...made(bad), ...made(good, 100)]), undefined);
    assert.equal(driftOf([...made(good.slice(1)), ...made("-".repeat(100), 100)]), undefined, "199 verdicts");
    // One in ten before, one in five now: chance may do that with a hundred.
    assert.equal(driftOf([...made(good), ...made("++++-".repeat(20), 100)]), undefined);
  });

  it("are told once, and of the model in use", () => {
    const all = [...made(good), ...made(bad, 100)];
    const { until } = driftOf(all)!;
    assert.equal(driftOf(all, until), undefined);
    const later = [...all, ...made("-".repeat(100), 200)];
    assert.equal(driftOf(later.slice(0, -1), until), undefined, "some of the latest hundred were told of");
    assert.ok(driftOf(later, until));
    // A new version has given few suggestions so far.
    assert.equal(driftOf([...all, ...made("-".repeat(99), 200, "w")]), undefined);
    assert.ok(driftOf([...all, ...made("-".repeat(100), 200, "w")]));
  });

  it("are measured by Newcombe's interval", () => {
    // Newcombe 1998, example (a): 56 of 70 and 48 of 80 differ by .0524 at least, with 95 %.
    const least = leastDifference({ wrong: 56, of: 70 }, { wrong: 48, of: 80 }, 1.96);
    assert.equal(least.toFixed(4), "0.0524");
  });
});
