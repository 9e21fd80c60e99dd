import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { DecisionEvent } from "../../src/labels/events";
import { newId, sortAfter, timeOf } from "../../src/labels/ids";
import { Journal } from "../../src/labels/log/journal";
import { readLogs } from "../../src/labels/log/read-log";
import { DocumentLabels } from "../../src/labels/store";
import { mayMount, NAMESPACE } from "./support/mount";

const TEXT = "Ada met Bob in Rome.";

interface Outcome {
  readonly acknowledged: readonly string[];
  readonly told: string;
  readonly code: string;
  readonly waiting: readonly string[];
  readonly before: { readonly ids: readonly string[]; readonly issues: readonly string[] };
  readonly after: { readonly ids: readonly string[]; readonly issues: readonly string[] };
}

describe("a log in trouble", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-faults-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs the fixture after a shell command that makes the trouble. */
  function trouble(make: string, mend: string, namespace = false): Outcome {
    const script = path.resolve("test/fixtures/append-in-trouble.ts");
    const shell = ["sh", "-c", `${make} && exec "$@"`, "sh", process.execPath, "--import", "tsx", script];
    const command = [...(namespace ? ["unshare", ...NAMESPACE] : []), ...shell, path.join(folder, ".glossator"), mend];
    const { stdout, stderr, status } = spawnSync(command[0]!, command.slice(1), { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Outcome;
  }

  function keptEverything({ acknowledged, waiting, before, after }: Outcome): void {
    assert.deepEqual(before.ids, acknowledged, "what was acknowledged is there, and nothing else");
    assert.deepEqual(after.ids, [...acknowledged, ...waiting], "what waited is there once it could be written");
    assert.ok(waiting.length > 0);
    assert.ok([...before.issues, ...after.issues].every((kind) => kind === "torn"));
  }

  if (mayMount) {
    it("on a full disk: says so, keeps what waits, writes it when there is room", () => {
      const fill = `mount -t tmpfs -o size=96k none '${folder}' && head -c 40000 /dev/zero > '${folder}/ballast'`;
      const outcome = trouble(fill, `rm '${folder}/ballast'`, true);
      assert.equal(outcome.code, "ENOSPC");
      assert.match(outcome.told, /disk is full: make room/);
      assert.ok(outcome.acknowledged.length > 10);
      keptEverything(outcome);
    });

    it("in a file system that is read-only, for root too", () => {
      const make = `mount --bind '${folder}' '${folder}' && mount -o remount,bind,ro '${folder}'`;
      const outcome = trouble(make, `mount -o remount,bind,rw '${folder}'`, true);
      assert.equal(outcome.code, "EROFS");
      assert.match(outcome.told, /read-only/);
      assert.deepEqual(outcome.acknowledged, []);
      keptEverything(outcome);
    });
  }

  if (process.platform === "linux") {
    it("in a file that may not grow: a write that was cut short is not acknowledged", () => {
      const outcome = trouble("ulimit -S -f 20", "prlimit --pid $PPID --fsize=unlimited");
      assert.ok(["EFBIG", "ENOSPC"].includes(outcome.code), outcome.told);
      assert.match(outcome.told, /kept in memory/);
      assert.ok(outcome.acknowledged.length > 10);
      keptEverything(outcome);
    });
  }

  const event = (id: string, author = "ann"): DecisionEvent => {
    const value = { label: "PER", span: { start: 0, end: 3 }, quote: { exact: "Ada", prefix: "", suffix: " met" } };
    const head = {
      v: 1,
      id,
      act: id,
      time: "2026-01-01T00:00:00.000Z",
      author,
      task: "entities",
      unit: "utf16",
    } as const;
    return { ...head, kind: "added", annotation: id, new: value };
  };

  it("edited by hand while it is in use: what is still there counts, and the next decision is a line of its own", async () => {
    const journal = new Journal(path.join(folder, ".glossator"), "a.txt", "ann");
    await journal.append([event("1"), event("2"), event("3")]);
    const lines = (await readFile(journal.path, "utf8")).split("\n").slice(0, 3);
    // An editor that adds a byte order mark, keeps Windows' line endings, writes no last one, and a person who changes a label.
    await writeFile(journal.path, `\uFEFF${lines.join("\r\n").replace("PER", "ORG")}`);
    await journal.append([event("4")]);
    const { events, issues } = await journal.load();
    assert.deepEqual(
      events.map((item) => [item.id, item.kind === "added" && item.new.label]),
      [
        ["1", "ORG"],
        ["2", "PER"],
        ["3", "PER"],
        ["4", "PER"],
      ],
    );
    assert.deepEqual(
      issues.map(({ line, kind }) => [line, kind]),
      [[1, "edited"]],
    );
  });

  it("deleted or replaced by a link while it is in use: the next decision is written, or refused, but never to somewhere else", async () => {
    const journal = new Journal(path.join(folder, ".glossator"), "a.txt", "ann");
    await journal.append([event("1")]);
    await rm(path.join(folder, ".glossator"), { recursive: true });
    await journal.append([event("2")]);
    assert.deepEqual(
      (await journal.load()).events.map(({ id }) => id),
      ["2"],
    );
  });

  it("keeps decisions in order when the clock runs backwards, within a session and between sessions", async () => {
    const journal = new Journal(path.join(folder, ".glossator"), "a.txt", "ann");
    let clock = Date.parse("2026-03-01T12:00:00Z");
    // A minute back with every decision.
    const now = (): Date => new Date((clock -= 60_000));
    const words = ["Ada", "Bob", "Rome"];
    for (const word of words) {
      const { events } = await journal.load();
      const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: journal, events, now });
      const start = TEXT.indexOf(word);
      await labels.add("entities", { start, end: start + word.length }, "PER").saved;
      await labels.relabel(labels.annotations().find(({ quote }) => quote.exact === word)!.id, "ORG").saved;
    }
    const { events, issues } = await journal.load();
    assert.deepEqual(issues, []);
    const raw = (await readFile(journal.path, "utf8")).trim().split("\n");
    assert.deepEqual(
      events.map(({ id }) => id),
      raw.map((line) => (JSON.parse(line) as DecisionEvent).id),
    );
    const labels = new DocumentLabels({ text: TEXT, author: "ann", sink: journal, events, now });
    assert.deepEqual(
      labels.annotations().map(({ label }) => label),
      ["ORG", "ORG", "ORG"],
    );
    await labels.undo()!.saved;
    assert.equal(labels.annotations().find(({ quote }) => quote.exact === "Rome")?.label, "PER");
  });

  it("makes ids in order from any clock, also from the last id of a millisecond", () => {
    // Other tests of this process may have seen ids from far ahead.
    const far = Math.max(Date.now(), timeOf(newId())!) + 10_000_000;
    const ids = [newId(far), newId(far - 5000), newId(0), newId(far), newId(far + 1)];
    sortAfter(`${ids.at(-1)!.slice(0, 10)}${"Z".repeat(16)}`);
    ids.push(newId(0), newId(0));
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(timeOf(ids[0]!), far);
    assert.equal(timeOf("hello"), undefined);
    // No ULID: its time would not fit. It must not spoil those to come.
    sortAfter("Z".repeat(26));
    const next = newId();
    assert.ok(next > ids.at(-1)! && next < "8");
  });
});

describe("logs in git", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-git-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("of two annotators on two branches merge by themselves, and nothing is lost", async () => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: os.devNull, GIT_CONFIG_SYSTEM: os.devNull, HOME: folder };
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
    const root = path.join(folder, ".glossator");
    const decide = async (author: string, document: string, text: string, words: readonly string[]): Promise<void> => {
      const journal = new Journal(root, document, author);
      const { events } = await journal.load();
      const labels = new DocumentLabels({ text, author, sink: journal, events });
      for (const word of words) {
        const start = text.indexOf(word);
        await labels.add("entities", { start, end: start + word.length }, "PER").saved;
      }
    };
    const commit = (): void => void (git("add", "-A"), git("commit", "-q", "-m", "decisions"));
    git("init", "-q", "-b", "main");
    for (const name of ["a.txt", "b.txt"]) await writeFile(path.join(folder, name), TEXT);
    await mkdir(root);
    await decide("ann", "a.txt", TEXT, ["Ada"]);
    await decide("bob", "a.txt", TEXT, ["Ada"]);
    commit();
    git("checkout", "-q", "-b", "ann");
    await decide("ann", "a.txt", TEXT, ["Bob", "Rome"]);
    await decide("ann", "b.txt", TEXT, ["Ada"]);
    await new Journal(root, "a.txt", "ann").compact();
    commit();
    git("checkout", "-q", "-b", "bob", "main");
    await decide("bob", "a.txt", TEXT, ["Rome"]);
    await decide("bob", "b.txt", TEXT, ["Bob"]);
    commit();
    git("merge", "-q", "--no-edit", "ann");
    assert.equal(git("status", "--porcelain"), "");
    const found: Record<string, number[]> = {};
    for await (const { document, logs } of readLogs(root)) {
      found[document] = logs.map(({ events }) => events.length);
      assert.ok(logs.every(({ issues }) => issues.length === 0));
    }
    assert.deepEqual(found, { "a.txt": [3, 2], "b.txt": [1, 1] });
  });
});
