import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { CompactError, archiveOf, compactLog, recoverLog } from "../../src/labels/log/compact";
import type { EventSink } from "../../src/labels/contract";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { encodeLine } from "../../src/labels/log/line";
import { parseLog, readLog } from "../../src/labels/log/read-log";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";
import { supersededEvents } from "../../src/labels/log/superseded";

const TEXT = "Ada met Bob in Rome. It was bad.\n\nEve left Paris for Zürich and never came back.";
const WORDS = ["Ada", "Bob", "Rome", "Eve", "Paris", "Zürich", "It was bad."];

function span(exact: string): { start: number; end: number } {
  const start = TEXT.indexOf(exact);
  return { start, end: start + exact.length };
}

class Memory implements EventSink {
  readonly events: DecisionEvent[] = [];
  append(events: readonly DecisionEvent[]): Promise<void> {
    this.events.push(...events);
    return Promise.resolve();
  }
}

/** Does something to a document; which of several things, and to what, is drawn. */
function decide(labels: DocumentLabels, what: number, which: number): void {
  const word = WORDS[which % WORDS.length]!;
  const decided = labels.annotations().filter(({ task, status }) => task !== "answers" && status === "accepted");
  const one = decided[which % Math.max(1, decided.length)];
  try {
    switch (what) {
      case 0:
        labels.add("entities", span(word), ["PER", "LOC"][which % 2]!);
        return;
      case 1:
        if (one !== undefined) labels.relabel(one.id, ["ORG", "MISC"][which % 2]!);
        return;
      case 2:
        if (one !== undefined) labels.remove(one.id);
        return;
      case 3:
        labels.undo();
        return;
      case 4:
        labels.redo();
        return;
      case 5:
        labels.markReviewed({ start: 0, end: which % 2 === 0 ? 30 : TEXT.length }, "entities");
        return;
      case 6:
        labels.answer(`Who ${which % 3}?`, which % 2 === 0 ? [span(word)] : []);
        return;
      default:
        labels.adjudicate({
          ...{ task: "entities", region: span(word), versions: [{ author: "bob", labels: [] }] },
          labels: which % 2 === 0 ? [] : [{ ...span(word), label: "LOC" }],
        });
    }
  } catch (error) {
    // A drawn request may not fit; what matters is what gets into the log.
    if ((error as Error).name !== "LabelsError") throw error;
  }
}

function work(steps: readonly (readonly [number, number])[]): DecisionEvent[] {
  const sink = new Memory();
  const labels = new DocumentLabels({ text: TEXT, author: "ann", sink });
  for (const [what, which] of steps) decide(labels, what, which);
  return sink.events;
}

/** Many steps, the same every time. */
function longWork(count: number): DecisionEvent[] {
  return work(Array.from({ length: count }, (_, i) => [(i * 7 + (i >> 3)) % 8, (i * 13) % 29] as const));
}

function meaning(events: readonly DecisionEvent[]): unknown {
  const { annotations, questions, adjudications, rejected, reviewed } = reduce(events);
  const set = (list: Iterable<unknown>): string[] => [...new Set([...list].map((item) => JSON.stringify(item)))].sort();
  return [annotations.values(), questions.values(), adjudications.values(), rejected, reviewed].map(set);
}

describe("superseded events", function () {
  this.timeout(60_000);
  it("are none of the last hundred acts, and the rest amounts to the same decisions", () => {
    const steps = fc.array(fc.tuple(fc.nat(7), fc.nat(40)), { minLength: 120, maxLength: 240 });
    let moved = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const events = work(list);
        const gone = supersededEvents(events);
        const kept = events.filter(({ id }) => !gone.has(id));
        moved += gone.size;
        assert.deepEqual(meaning(kept), meaning(events));
        const acts = [...new Set(events.map(({ act }) => act))].slice(-100);
        assert.ok(events.filter(({ act }) => acts.includes(act)).every(({ id }) => !gone.has(id)));
        const recent = (of: readonly DecisionEvent[]): readonly string[] =>
          reduce(of).undoable.filter((act) => acts.includes(act));
        assert.deepEqual(recent(kept), recent(events));
      }),
      { numRuns: 15 },
    );
    assert.ok(moved > 100, `only ${moved} events were superseded`);
  });

  it("are found in circles of undo too, and none are where nothing is old", () => {
    const undone = (id: string, undoes: string): DecisionEvent => {
      const head = {
        v: 1,
        id,
        act: id,
        time: "2026-01-01T00:00:00.000Z",
        author: "ann",
        task: "entities",
        unit: "utf16",
      };
      return { ...head, kind: "undone", undoes } as DecisionEvent;
    };
    const circle = [undone("a", "b"), undone("b", "a"), ...longWork(150)];
    assert.deepEqual(meaning(circle.filter(({ id }) => !supersededEvents(circle).has(id))), meaning(circle));
    assert.equal(supersededEvents(longWork(60)).size, 0);
  });
});

describe("compaction", function () {
  this.timeout(60_000);
  let folder: string;
  const rootOf = (): string => path.join(folder, ".glossator");
  let journal: Journal;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-compact-"));
    journal = new Journal(path.join(folder, ".glossator"), "a.txt", "ann");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lines = (contents: string): string[] => contents.split("\n").filter((line) => line !== "");

  it("moves lines byte for byte, keeps what they amount to, and does nothing the second time", async () => {
    const events = longWork(400);
    await journal.append(events);
    await appendFile(journal.path, `not an event\n${encodeLine(events[0]!)}`);
    const before = await readFile(journal.path, "utf8");
    const report = await journal.compact();
    assert.ok(report.moved > 50, `only ${report.moved} lines were moved`);
    const [log, archive] = [await readFile(journal.path, "utf8"), await readFile(report.archive, "utf8")];
    assert.deepEqual([...lines(log), ...lines(archive)].sort(), lines(before).sort());
    assert.equal(report.bytesAfter, Buffer.byteLength(log));
    assert.equal(report.bytesBefore, Buffer.byteLength(before));
    assert.ok(log.includes("not an event\n"));
    assert.deepEqual(meaning(parseLog(log, "log").events), meaning(events));
    const again = await journal.compact();
    assert.equal(again.moved, 0);
    assert.equal(await readFile(journal.path, "utf8"), log);
    assert.equal(await readFile(report.archive, "utf8"), archive);
    assert.deepEqual((await readdir(path.dirname(journal.path))).sort(), ["ann.jsonl", "ann.jsonl.archive"]);
    await journal.append(longWork(1));
    assert.ok((await readFile(journal.path, "utf8")).startsWith(log));
  });

  it("adds to the archive of an earlier time", async () => {
    await journal.append(longWork(300));
    await journal.compact();
    const first = await readFile(archiveOf(journal.path), "utf8");
    await journal.append(longWork(300));
    assert.ok((await journal.compact()).moved > 0);
    const second = await readFile(archiveOf(journal.path), "utf8");
    assert.ok(second.startsWith(first) && second.length > first.length);
  });

  it("leaves a log alone that a later version wrote in", async () => {
    await journal.append(longWork(300));
    await appendFile(journal.path, '{"v":1,"kind":"dreamt","id":"x"}\n');
    const before = await readFile(journal.path);
    await assert.rejects(compactLog(rootOf(), journal.path), CompactError);
    assert.deepEqual(await readFile(journal.path), before);
    assert.deepEqual(await readdir(path.dirname(journal.path)), ["ann.jsonl"]);
  });

  it("is done by one program at a time; a claim left behind by a crash does not stand for ever", async () => {
    await journal.append(longWork(300));
    const draft = `${journal.path}.draft`;
    await writeFile(draft, "half");
    await assert.rejects(compactLog(rootOf(), journal.path), /being compacted by another program/);
    await utimes(draft, new Date(0), new Date(0));
    assert.ok((await compactLog(rootOf(), journal.path)).moved > 0);
  });

  it("takes over what was appended to the log while it was replaced", async () => {
    const events = longWork(3);
    await journal.append(events.slice(0, 1));
    // What an interruption between the new log and the look back leaves: the log as it was, with a line more.
    await writeFile(`${journal.path}.before`, events.map(encodeLine).join(""));
    const { events: found, issues } = await journal.load();
    assert.deepEqual(found, events);
    assert.deepEqual(issues, []);
    await recoverLog(rootOf(), journal.path);
    assert.deepEqual(await readdir(path.dirname(journal.path)), ["ann.jsonl"]);
  });

  it("loses no line that another process has acknowledged meanwhile, nor when it is killed at any moment", async function () {
    this.timeout(180_000);
    await journal.append(longWork(400));
    const before = (await readLog(rootOf(), journal.path)).events;
    const root = rootOf();
    const run = (script: string, ...args: string[]) =>
      spawn(process.execPath, ["--import", "tsx", path.resolve("test/fixtures", script), ...args], {
        stdio: ["ignore", "pipe", "inherit"],
      });
    const writer = run("append-forever.ts", root, "a.txt", "ann", "w");
    let acknowledged = "";
    writer.stdout.on("data", (chunk: Buffer) => (acknowledged += chunk.toString()));
    const ended = new Promise((resolve) => writer.on("close", resolve));
    for (let round = 0; round < 3; round++) {
      const compacter = run("compact-forever.ts", root, journal.path);
      await new Promise<void>((resolve) => {
        compacter.stdout.once("data", () => setTimeout(resolve, 20 + Math.random() * 150));
        compacter.on("close", () => resolve());
      });
      const closed = new Promise((resolve) => compacter.on("close", resolve));
      compacter.kill("SIGKILL");
      await closed;
      await rm(`${journal.path}.draft`, { force: true });
    }
    writer.kill("SIGKILL");
    await ended;
    assert.ok(acknowledged.length > 0, "the writer must have acknowledged something");
    const after = await journal.load();
    const archived = await readLog(root, archiveOf(journal.path));
    const all = new Set([...after.events, ...archived.events].map(({ id }) => id));
    const missing = [...acknowledged.split("\n").slice(0, -1), ...before.map(({ id }) => id)].filter(
      (id) => !all.has(id),
    );
    assert.deepEqual(missing, []);
    const issues = [...after.issues, ...archived.issues].map(({ kind }) => kind);
    assert.ok(
      issues.every((kind) => kind === "torn" || kind === "duplicate"),
      issues.join(),
    );
    const ann = (events: readonly DecisionEvent[]): readonly DecisionEvent[] =>
      events.filter(({ id }) => !id.startsWith("w-"));
    assert.deepEqual(meaning(ann(after.events)), meaning(before));
  });
});
