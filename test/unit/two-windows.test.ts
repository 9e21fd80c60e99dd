/** Two windows of one person on one document, neither of which knows what the other decides: the later decision counts, in both, and both are told. */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { reduce } from "../../src/labels/state";
import { DocumentLabels } from "../../src/labels/store";

const TEXT = "Ada met Bob in Paris. It rained.";
const ADA = { start: 0, end: 3 };
const sink = { append: (): Promise<void> => Promise.resolve() };
const window = (events: readonly DecisionEvent[] = []): DocumentLabels =>
  new DocumentLabels({ text: TEXT, author: "ann", sink, events });
const said = (labels: DocumentLabels): string[] =>
  labels.annotations().map(({ task, span, label }) => `${task} ${TEXT.slice(span.start, span.end)} ${label}`);

describe("two windows of one person", function () {
  this.timeout(60_000);

  it("that label the same words apart: the later label counts, whichever log is read first", () => {
    const [one, two] = [window(), window()];
    const early = one.add("entities", ADA, "PER").events;
    const late = two.add("entities", ADA, "ORG").events;
    assert.deepEqual(one.adopt(late), { ours: 1, theirs: 0 });
    assert.deepEqual(two.adopt(early), { ours: 0, theirs: 1 });
    for (const labels of [one, two, window([...early, ...late])]) assert.deepEqual(said(labels), ["entities Ada ORG"]);
    assert.deepEqual(one.adopt(late), { ours: 0, theirs: 0 }, "known already");
    one.undo();
    assert.deepEqual(said(one), ["entities Ada PER"], "undo brings back what was before");
  });

  it("that decide on different words do not touch each other", () => {
    const [one, two] = [window(), window()];
    const early = one.add("entities", ADA, "PER").events;
    const late = two.add("entities", { start: 0, end: 11 }, "ORG").events;
    assert.deepEqual(one.adopt(late), { ours: 0, theirs: 0 });
    assert.deepEqual(two.adopt(early), { ours: 0, theirs: 0 });
    assert.deepEqual(said(one).sort(), ["entities Ada PER", "entities Ada met Bob ORG"]);
    assert.deepEqual(said(two), said(one));
  });

  it("that accept and reject a suggestion, or answer one question, keep the later decision", () => {
    const model = { name: "m", version: "1" };
    const [one, two] = [window(), window()];
    for (const labels of [one, two])
      labels.setSuggestions("entities", { start: 0, end: 20 }, [{ ...ADA, label: "PER", score: 0.9 }], model);
    const accepted = one.accept(one.annotations()[0]!.id).events;
    const rejected = two.reject(two.annotations()[0]!.id).events;
    assert.deepEqual(one.adopt(rejected), { ours: 1, theirs: 0 });
    two.adopt(accepted);
    assert.deepEqual([said(one), said(two)], [[], []]);
    const first = one.answer("Who?", [ADA]).events;
    const second = two.answer("Who? ", [{ start: 8, end: 11 }]).events;
    assert.deepEqual(one.adopt(second), { ours: 1, theirs: 0 });
    assert.deepEqual(two.adopt(first), { ours: 0, theirs: 1 });
    assert.deepEqual([said(one), said(two)], [["answers Bob answer"], ["answers Bob answer"]]);
  });

  it("that change the same label: the later change counts, and both are told", () => {
    const log = window().add("entities", ADA, "PER").events;
    const [one, two] = [window(log), window(log)];
    const { id } = one.annotations()[0]!;
    const early = one.relabel(id, "ORG").events;
    const late = two.relabel(id, "LOC").events;
    assert.deepEqual(one.adopt(late), { ours: 1, theirs: 0 });
    assert.deepEqual(two.adopt(early), { ours: 0, theirs: 1 });
    assert.deepEqual([said(one), said(two)], [["entities Ada LOC"], ["entities Ada LOC"]]);
  });

  it("take over labels made on a text with other edits, where their words are", () => {
    const one = window();
    const text = `New. ${TEXT}`;
    one.applyEdits([{ start: 0, end: 0, text: "New. " }], text);
    one.adopt(window().add("entities", { start: 15, end: 20 }, "LOC").events);
    assert.deepEqual(
      one.annotations().map(({ span }) => text.slice(span.start, span.end)),
      ["Paris"],
    );
  });

  it("that record where labels went with an edit change nothing in the other, and nothing is said", async () => {
    const log = window().add("entities", { start: 15, end: 20 }, "LOC").events;
    const [one, two] = [window(log), window(log)];
    const change = { start: 17, end: 18, text: "rr" };
    const saved = "Ada met Bob in Parris. It rained.";
    two.applyEdits([change], saved);
    const events = (await two.recordEdits())?.events ?? [];
    assert.equal(events.length, 1);
    assert.deepEqual(one.adopt(events), { ours: 0, theirs: 0 });
    assert.deepEqual(
      one.annotations().map(({ span, status }) => [status, TEXT.slice(span.start, span.end)]),
      [["accepted", "Paris"]],
    );
  });

  it("leave what one act, or a dataset, brings on the same words", () => {
    const [event] = window().add("entities", ADA, "PER").events as [DecisionEvent & { kind: "added" }];
    const more = (id: string, act: string, origin?: DecisionEvent["origin"]): DecisionEvent => {
      return { ...event, id, act, annotation: id, new: { ...event.new, label: "ORG" }, ...(origin && { origin }) };
    };
    assert.equal(reduce([event, more("Z1", event.act)]).annotations.size, 2);
    assert.equal(reduce([event, more("Z1", "Z1", { format: "brat" })]).annotations.size, 2);
    assert.equal(reduce([event, more("Z1", "Z1")]).annotations.size, 1);
  });

  it("in two processes that write at once end with the same labels, and each is told once", async () => {
    const root = path.join(mkdtempSync(path.join(os.tmpdir(), "glossator-windows-")), ".glossator");
    const processes: ChildProcess[] = [];
    const open = (): ((line?: string) => Promise<string>) => {
      const file = path.resolve("test/fixtures/decide-apart.ts");
      const child = spawn(process.execPath, ["--import", "tsx", file, root, "a.txt", "ann", TEXT], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      processes.push(child);
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      return async (line) => {
        if (line !== undefined) child.stdin.write(`${line}\n`);
        const next = await lines.next();
        return next.done === true ? "" : next.value;
      };
    };
    try {
      const windows = [open(), open()] as const;
      assert.deepEqual(await Promise.all(windows.map((tell) => tell())), ["ready", "ready"]);
      await Promise.all([windows[0]("add 0 3 PER"), windows[1]("add 0 3 ORG")]);
      await Promise.all([windows[0]("answer Where?|15|20"), windows[1]("answer Where?|0|3")]);
      const looks = (await Promise.all(windows.map((tell) => tell("look")))).map(
        (line) => JSON.parse(line) as { overruled: { ours: number; theirs: number }; said: string[] },
      );
      assert.deepEqual(looks[0]!.said, looks[1]!.said);
      assert.equal(looks[0]!.said.length, 2);
      assert.equal(looks[0]!.overruled.ours + looks[0]!.overruled.theirs, 2);
      assert.deepEqual(looks[0]!.overruled, { ours: looks[1]!.overruled.theirs, theirs: looks[1]!.overruled.ours });
      for (const tell of windows) assert.match(await tell("look"), /"ours":0,"theirs":0/);
      const { events, issues } = await new Journal(root, "a.txt", "ann").load();
      assert.deepEqual([events.length, issues], [4, []]);
      assert.deepEqual(said(window(events)), looks[0]!.said);
    } finally {
      for (const child of processes) child.stdin?.end();
    }
  });
});
