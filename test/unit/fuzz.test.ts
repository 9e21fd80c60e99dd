/**
 * Damaged files through every reader, logs and label sets: nothing but the errors that are meant, and counts in = taken + told. Two fixed seeds;
 * `GLOSSATOR_FUZZ=100000 npx mocha --import=tsx test/unit/fuzz.test.ts` for longer and with a seed of the day, which is printed, `GLOSSATOR_SEED=n` for another.
 */
import { CLASSES, SPANS } from "../../src/documents/tasks";
import { rejectedIn } from "../../src/documents/layers";
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import { detectFormats, FORMATS, WRITABLE } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { PythonError } from "../../src/datasets/reading/python";
import { readDataset } from "../../src/datasets/reading/read-dataset";
import { ReadError } from "../../src/datasets/format";
import { encodeLine } from "../../src/labels/log/line";
import { defaultLabelSets, LabelSetError, parseLabelSets } from "../../src/labels/labelset";
import { parseLog } from "../../src/labels/log/read-log";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";
import type { DecisionEvent } from "../../src/labels/events";
import { labelledDocument } from "./support/documents";
import { random } from "./support/edit-scripts";
import { mutate } from "./support/mutate";
import { writeDataset } from "../../src/datasets/writing/drive";
import { ownMs } from "./support/own-time";
import { encoded } from "./support/labelled";

const FILES = Number(process.env["GLOSSATOR_FUZZ"] ?? 10_000);
/** Of one seed and kind of file; all of it together has half a minute of the public CI. */
const BUDGET_MS = process.env["GLOSSATOR_FUZZ"] === undefined ? 3000 : Infinity;
/** A test of every day finds what it found the day before; a longer run draws its own. */
const OTHER_SEED = Number(
  process.env["GLOSSATOR_SEED"] ?? (process.env["GLOSSATOR_FUZZ"] === undefined ? 704_312 : Date.now() % 1_000_000),
);
/** However busy the machine is. */
const LEAST = 100;
/** Of this process's own time, which other processes do not take. */
const SLOW_MS = 5000;

/** Files of other people's programs, beside the checkout where they are there. */
const FOREIGN = path.resolve(__dirname, "../../../shared/data/foreign");
const PYTHON = path.resolve(__dirname, "../../.venv/bin/python");

type Files = Map<string, Uint8Array>;

interface Source {
  readonly name: FormatName;
  readonly files: Files;
}

/** One export of every format that can be read without Python. */
async function exports(seed: number): Promise<Source[]> {
  const [document] = fc.sample(labelledDocument("a.txt", { reviewed: true, overlaps: false, ragged: false }), {
    numRuns: 1,
    seed,
  });
  const more = fc.sample(labelledDocument("b/c.txt", { reviewed: true, overlaps: false, ragged: false }), {
    numRuns: 1,
    seed: seed + 1,
  });
  const names = (task: "entities" | "sentiment"): { id: number; name: string }[] =>
    [...new Set([document!, ...more].flatMap((one) => one.layers[task].labels.map(({ label }) => label)))].map(
      (name, id) => ({
        id,
        name,
      }),
    );
  const labels = { entities: names("entities"), sentiment: names("sentiment") };
  const found: Source[] = [];
  for (const name of WRITABLE) {
    if (name === "docbin" || !("read" in FORMATS[name])) continue;
    const { files } = await writeDataset(FORMATS[name], [document!, ...more], {
      labels,
      seed: 0,
      validation: 0,
      test: 0,
    });
    const bytes = [...files].map(([file, contents]) => [file, encoded(contents)] as const);
    if (bytes.length > 0) found.push({ name, files: new Map(bytes) });
  }
  const choices = { files: "parquet" };
  const { files } = await writeDataset(FORMATS.huggingface, [document!, ...more], {
    ...{ labels, seed: 0, validation: 0, test: 0, choices },
  });
  found.push({ name: "huggingface", files: new Map([...files].map(([file, made]) => [file, encoded(made)])) });
  return found;
}

/** Files that other programs wrote, each with what lies beside it under its name. */
function foreignFiles(): Source[] {
  const folders = readdirSync(FOREIGN, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const groups = new Map<string, string[]>();
  for (const { name, parentPath } of folders) {
    if (/^(?:README|LICENSE|NOTICE)/i.test(name)) continue;
    const key = path.join(parentPath, name.replace(/\.(?:ann|txt)$/, ""));
    groups.set(key, [...(groups.get(key) ?? []), path.join(parentPath, name)]);
  }
  return [...groups.values()].flatMap((paths): Source[] => {
    const files: Files = new Map(paths.map((file) => [path.basename(file), readFileSync(file)]));
    if ([...files.values()].some(({ length }) => length > 60_000)) return [];
    const name = detectFormats(files).find((one) => one.name !== "docbin")?.name;
    return name === undefined ? [] : [{ name, files }];
  });
}

async function fuzzReaders(
  seed: number,
  count: number,
  make: (seed: number) => Promise<readonly Source[]>,
): Promise<{ files: number; refused: number; losses: number }> {
  const next = random(seed);
  const stats = { files: 0, refused: 0, losses: 0 };
  const until = performance.now() + BUDGET_MS;
  const goesOn = (): boolean => stats.files < count && (stats.files < LEAST || performance.now() < until);
  while (goesOn()) {
    const sources = await make(Math.floor(next() * 1e6));
    for (let i = 0; i < 200 && goesOn(); i++) {
      const { name, files } = sources[Math.floor(next() * sources.length)]!;
      const other = sources[Math.floor(next() * sources.length)]!.files.values().next().value!;
      const damaged: Files = new Map(files);
      const file = [...files.keys()][Math.floor(next() * files.size)]!;
      damaged.set(file, mutate(files.get(file)!, other, next));
      stats.files++;
      const start = ownMs();
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
            ...one.layers[SPANS].labels,
            ...one.layers[CLASSES].labels,
            ...rejectedIn(one),
            ...one.questions.flatMap(({ answers }) => answersIn(answers)),
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
      assert.ok(ownMs() - start < SLOW_MS, `${repeat()}: too slow`);
    }
  }
  return stats;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").slice(0, 4000);

/** A DocBin of spaCy's, where there is spaCy. */
async function docBin(seed: number): Promise<Uint8Array | undefined> {
  const [document] = fc.sample(labelledDocument("a.txt", { reviewed: true, overlaps: false, ragged: false }), {
    ...{ numRuns: 1, seed },
  });
  const names = [...new Set(document!.layers[SPANS].labels.map(({ label }) => label))].map((name, id) => ({
    id,
    name,
  }));
  const labels = { entities: names, sentiment: [{ id: 0, name: "positive" }] };
  try {
    const { files } = await writeDataset(FORMATS.docbin, [document!], {
      ...{ labels, seed: 0, validation: 0, test: 0, python: PYTHON },
    });
    return files.values().next().value as Uint8Array | undefined;
  } catch (error) {
    if (error instanceof PythonError) return undefined;
    throw error;
  }
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
    [`with seed ${OTHER_SEED}`, OTHER_SEED],
  ] as const) {
    it(`are taken, told of or refused by every reader, ${title}`, async () => {
      const { files, refused, losses } = await fuzzReaders(seed, FILES * 0.4, exports);
      console.log(`      seed ${seed}: ${files} files, ${refused} refused, ${losses} losses told`);
      assert.ok(files >= LEAST);
    });

    it(`of other people's programs are taken, told of or refused, ${title}`, async function () {
      if (!existsSync(FOREIGN)) {
        console.log(`      no ${FOREIGN}: left out`);
        this.skip();
      }
      const sources = foreignFiles();
      assert.ok(sources.length > 50, `${sources.length} files`);
      const { files, refused, losses } = await fuzzReaders(seed, FILES * 0.4, () => Promise.resolve(sources));
      console.log(`      seed ${seed}: ${files} files, ${refused} refused, ${losses} losses told`);
    });

    // Starting spaCy takes seconds: once is enough where time is short.
    if (seed !== OTHER_SEED || BUDGET_MS === Infinity)
      it(`that are DocBins are taken or told of, ${title}`, async function () {
        const whole = await docBin(seed);
        if (whole === undefined) {
          console.log("      no Python with spaCy: left out");
          this.skip();
        }
        const next = random(seed);
        // Starting spaCy takes a second: many files at once, one of them whole.
        const files: Files = new Map([["whole.spacy", whole]]);
        for (let i = 0; i < Math.min(FILES * 0.01, 300); i++) files.set(`${i}.spacy`, mutate(whole, whole, next));
        const result = await readDataset("docbin", files, { misaligned: "refuse", python: PYTHON });
        const named = new Set([...result.documents, ...result.losses].map(({ file }) => file));
        for (const file of files.keys())
          assert.ok(named.has(file), `seed ${seed}: ${file} is neither taken nor told of: ${base64(files.get(file)!)}`);
      });

    it(`of logs and label sets cost their own lines, ${title}`, () => {
      fuzzLogs(seed, FILES * 0.06);
      fuzzLabelSets(seed, FILES * 0.04);
    });
  }
});
