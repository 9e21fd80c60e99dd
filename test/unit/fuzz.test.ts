/**
 * Damaged files through every reader, logs and label sets: nothing but the errors that are meant, and counts in = taken + told. One fixed seed, and one of the
 * day that is printed; `GLOSSATOR_FUZZ=100000 npx mocha --import=tsx test/unit/fuzz.test.ts` for longer, `GLOSSATOR_SEED=n` to repeat.
 */
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { FORMATS, FORMAT_NAMES } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { readDataset } from "../../src/datasets/read-dataset";
import { ReadError } from "../../src/datasets/reading";
import { encodeLine } from "../../src/labels/line";
import { defaultLabelSets, LabelSetError, parseLabelSets } from "../../src/labels/labelset";
import { parseLog } from "../../src/labels/read-log";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";
import type { DecisionEvent } from "../../src/labels/events";
import { labelledDocument } from "./support/documents";
import { random } from "./support/edit-scripts";
import { mutate } from "./support/mutate";

const FILES = Number(process.env["GLOSSATOR_FUZZ"] ?? 10_000);
const BUDGET_MS = process.env["GLOSSATOR_FUZZ"] === undefined ? 25_000 : Infinity;
const OF_THE_DAY = Number(process.env["GLOSSATOR_SEED"] ?? Date.now() % 1_000_000);
const SLOW_MS = 5000;

type Files = Map<string, Uint8Array>;

/** One export of every format that can be read without Python. */
async function exports(seed: number): Promise<{ name: FormatName; files: Files }[]> {
  const [document] = fc.sample(labelledDocument("a.txt", { reviewed: true, overlaps: false, ragged: false }), {
    numRuns: 1,
    seed,
  });
  const more = fc.sample(labelledDocument("b/c.txt", { reviewed: true, overlaps: false, ragged: false }), {
    numRuns: 1,
    seed: seed + 1,
  });
  const names = (task: "entities" | "sentiment"): { id: number; name: string }[] =>
    [...new Set([document!, ...more].flatMap((one) => one[task].map(({ label }) => label)))].map((name, id) => ({
      id,
      name,
    }));
  const labels = { entities: names("entities"), sentiment: names("sentiment") };
  const found: { name: FormatName; files: Files }[] = [];
  for (const name of FORMAT_NAMES) {
    if (name === "docbin" || !("read" in FORMATS[name])) continue;
    const { files } = await FORMATS[name].write([document!, ...more], { labels, seed: 0, validation: 0, test: 0 });
    const bytes = [...files].map(([file, contents]) => [file, Buffer.from(contents as string)] as const);
    if (bytes.length > 0) found.push({ name, files: new Map(bytes) });
  }
  return found;
}

async function fuzzReaders(seed: number, count: number): Promise<{ files: number; refused: number; losses: number }> {
  const next = random(seed);
  const stats = { files: 0, refused: 0, losses: 0 };
  const until = performance.now() + BUDGET_MS;
  while (stats.files < count && performance.now() < until) {
    const sources = await exports(Math.floor(next() * 1e6));
    for (let i = 0; i < 200 && stats.files < count && performance.now() < until; i++) {
      const { name, files } = sources[Math.floor(next() * sources.length)]!;
      const other = sources[Math.floor(next() * sources.length)]!.files.values().next().value!;
      const damaged: Files = new Map(files);
      const file = [...files.keys()][Math.floor(next() * files.size)]!;
      damaged.set(file, mutate(files.get(file)!, other, next));
      stats.files++;
      const start = performance.now();
      const where = `seed ${seed}, file ${stats.files}: ${name} ${file}`;
      const repeat = (): string => `${where}\n${Buffer.from(damaged.get(file)!).toString("base64").slice(0, 4000)}`;
      try {
        const result = await readDataset(name, damaged, { misaligned: "refuse" });
        stats.losses += result.losses.length;
        const named = new Set([...result.documents, ...result.losses].flatMap((one) => one.file ?? []));
        assert.ok(
          named.size > 0 || [...damaged.values()].every(({ length }) => length === 0),
          `${repeat()}: nothing taken and nothing told`,
        );
        for (const one of result.documents) {
          for (const label of [
            ...one.entities,
            ...one.sentiment,
            ...one.rejected,
            ...one.questions.flatMap(({ answers }) => answers),
          ]) {
            assert.equal(
              one.text.slice(label.start, label.end),
              label.exact,
              `${repeat()}: a span that does not hold its text`,
            );
          }
        }
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        stats.refused++;
        assert.doesNotMatch(
          error.message,
          /Please report/,
          `${repeat()}: ${(error.cause as Error | undefined)?.stack}`,
        );
      }
      assert.ok(performance.now() - start < SLOW_MS, `${repeat()}: too slow`);
    }
  }
  return stats;
}

/** Lines that were neither counted nor reported, of a log that was damaged. */
function fuzzLogs(seed: number, count: number): void {
  const next = random(seed);
  const events: DecisionEvent[] = [];
  const labels = new DocumentLabels({
    text: "Ada met Bob in Paris. It rained.",
    author: "a",
    sink: { append: () => Promise.resolve() },
  });
  events.push(
    ...labels.add("entities", { start: 0, end: 3 }, "PER").events,
    ...labels.answer("Where?", [{ start: 15, end: 20 }]).events,
  );
  events.push(...labels.markReviewed({ start: 0, end: 21 }, "entities").events, ...labels.undo()!.events);
  const bytes = Buffer.from(events.map(encodeLine).join(""));
  for (let i = 0; i < count; i++) {
    const damaged = Buffer.from(mutate(bytes, bytes, next)).toString("utf8");
    const { events: read, issues } = parseLog(damaged, "x");
    const lines = damaged
      .replace(/^\ufeff/, "")
      .split("\n")
      .filter((line) => line.trim() !== "").length;
    const counted = read.length + issues.filter(({ kind }) => kind !== "edited").length;
    assert.equal(counted, lines, `seed ${seed}, log ${i}: ${JSON.stringify(damaged)}`);
    reduce(read);
    new DocumentLabels({
      text: "Ada met Bob.",
      author: "a",
      sink: { append: () => Promise.resolve() },
      events: read,
    }).annotations();
  }
}

function fuzzLabelSets(seed: number, count: number): void {
  const next = random(seed);
  const bytes = Buffer.from(JSON.stringify(defaultLabelSets(), undefined, 2));
  for (let i = 0; i < count; i++) {
    try {
      const sets = parseLabelSets(Buffer.from(mutate(bytes, bytes, next)).toString("utf8"), "labels.json");
      for (const { id, name } of [...sets.entities, ...sets.sentiment])
        assert.ok(Number.isInteger(id) && typeof name === "string" && name !== "");
    } catch (error) {
      assert.ok(error instanceof LabelSetError, `seed ${seed}, label set ${i}: ${(error as Error).stack}`);
    }
  }
}

describe("damaged files", function () {
  this.timeout(BUDGET_MS === Infinity ? 0 : 120_000);
  for (const [title, seed] of [
    ["with the fixed seed", 20_26],
    [`with seed ${OF_THE_DAY}`, OF_THE_DAY],
  ] as const) {
    it(`are taken, told of or refused by every reader, ${title}`, async () => {
      const { files, refused, losses } = await fuzzReaders(seed, FILES * 0.4);
      console.log(`      seed ${seed}: ${files} files, ${refused} refused, ${losses} losses told`);
      assert.ok(files > 200);
    });

    it(`of logs and label sets cost their own lines, ${title}`, () => {
      fuzzLogs(seed, FILES * 0.06);
      fuzzLabelSets(seed, FILES * 0.04);
    });
  }
});
