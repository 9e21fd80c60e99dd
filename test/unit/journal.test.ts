import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import type { DecisionEvent } from "../../src/labels/events";
import { newId, sortAfter } from "../../src/labels/ids";
import { Journal, JournalWriteError } from "../../src/labels/log/journal";
import { decodeLine, encodeLine } from "../../src/labels/log/line";
import { decodeDocumentPath, encodeDocumentPath, isDeviceName, logFileName } from "../../src/labels/log/paths";
import { logFiles, loggedDocuments, parseLog, readLog } from "../../src/labels/log/read-log";

function added(id: string, exact = "Ada"): DecisionEvent {
  const value = {
    label: "PER",
    span: { start: 0, end: exact.length },
    quote: { exact, prefix: "", suffix: "\u2028 x" },
  };
  const head = {
    v: 1,
    id,
    act: id,
    time: "2026-01-01T00:00:00.000Z",
    author: "ann",
    task: "entities",
    unit: "utf16",
  } as const;
  return { ...head, kind: "added", annotation: id, new: value };
}

describe("journal", () => {
  let root: string;
  beforeEach(async () => {
    root = path.join(await mkdtemp(path.join(os.tmpdir(), "glossator-journal-")), ".glossator");
  });
  afterEach(() => rm(path.dirname(root), { recursive: true, force: true }));

  it("gives back what was appended, in order, also lone surrogates and line separators", async () => {
    const journal = new Journal(root, "docs/a.txt", "ann");
    const events = ["1", "2", "3"].map((id) => added(id, "\ud83d\u2028\u0085\r\n"));
    await Promise.all([journal.append(events.slice(0, 1)), journal.append(events.slice(1))]);
    assert.deepEqual(journal.pending, []);
    assert.deepEqual(await journal.load(), { events, issues: [] });
    assert.deepEqual(await loggedDocuments(root), ["docs/a.txt"]);
    assert.deepEqual(await logFiles(root, "docs/a.txt"), [journal.path]);
    const raw = await readFile(journal.path, "utf8");
    assert.equal(raw.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length, 4);
  });

  it("keeps every acknowledged event through kill -9 at random moments", async function () {
    this.timeout(120_000);
    const acknowledged = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const args = [
        "--import",
        "tsx",
        path.resolve("test/fixtures/append-forever.ts"),
        root,
        "a.txt",
        "ann",
        `r${round}`,
      ];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      const exited = new Promise<void>((resolve) => child.on("close", () => resolve()));
      await new Promise<void>((resolve) => {
        child.stdout.on("data", (chunk: Buffer) => {
          if (output === "") setTimeout(resolve, Math.random() * 60);
          output += chunk.toString();
        });
        child.on("close", () => resolve());
      });
      child.kill("SIGKILL");
      await exited;
      assert.notEqual(output, "", "the child must have appended something");
      for (const id of output.split("\n").slice(0, -1)) acknowledged.add(id);
    }
    const { events, issues } = await new Journal(root, "a.txt", "ann").load();
    const ids = new Set(events.map(({ id }) => id));
    assert.deepEqual(
      [...acknowledged].filter((id) => !ids.has(id)),
      [],
    );
    assert.ok(issues.every(({ kind }) => kind === "torn"));
  });

  it("keeps the lines of two processes that append at once whole", async function () {
    this.timeout(60_000);
    const children = ["x", "y"].map((prefix) => {
      const args = ["--import", "tsx", path.resolve("test/fixtures/append-forever.ts"), root, "a.txt", "ann", prefix];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const state = { child, output: "", closed: new Promise<void>((resolve) => child.on("close", () => resolve())) };
      child.stdout.on("data", (chunk: Buffer) => (state.output += chunk.toString()));
      return state;
    });
    const deadline = Date.now() + 50_000;
    while (children.some(({ output }) => output.length < 500) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const { child } of children) child.kill("SIGKILL");
    await Promise.all(children.map(({ closed }) => closed));
    const { events } = await readLog(root, new Journal(root, "a.txt", "ann").path);
    const ids = new Set(events.map(({ id }) => id));
    for (const { output } of children) {
      assert.ok(output.length >= 500);
      for (const id of output.split("\n").slice(0, -1)) assert.ok(ids.has(id), id);
    }
  });

  it("starts on a fresh line after a torn one, reports it and loses nothing else", async () => {
    const journal = new Journal(root, "a.txt", "ann");
    await journal.append([added("1")]);
    await appendFile(journal.path, encodeLine(added("2")).slice(0, 40));
    const torn = await journal.load();
    assert.deepEqual(
      torn.issues.map(({ line, kind }) => [line, kind]),
      [[2, "torn"]],
    );
    await journal.append([added("3")]);
    const { events, issues } = await journal.load();
    assert.deepEqual(
      events.map(({ id }) => id),
      ["1", "3"],
    );
    assert.deepEqual(
      issues.map(({ path: file, line, kind }) => [file, line, kind]),
      [[journal.path, 2, "torn"]],
    );
  });

  it("reports edited, corrupt, unknown and duplicate lines by number, and reads the others", () => {
    const edited = encodeLine(added("2")).replace('"PER"', '"ORG"');
    const lines = [
      encodeLine(added("1")),
      edited,
      "hello\n",
      "[1]\n",
      encodeLine(added("4")).replace('"v":1', '"v":9'),
      encodeLine(added("5")).replace('"kind":"added"', '"kind":"adored"'),
      encodeLine(added("6")).replace('"start":0', '"start":-1'),
      encodeLine(added("1")),
      encodeLine(added("1", "Eve")),
      encodeLine(added("7")).replace("\n", "\r\n"),
      "\n",
    ];
    const { events, issues } = parseLog(lines.join(""), "log");
    assert.deepEqual(
      events.map(({ id }) => id),
      ["1", "2", "7"],
    );
    assert.equal(events[1]?.kind === "added" && events[1].new.label, "ORG");
    assert.deepEqual(
      issues.map(({ line, kind }) => [line, kind]),
      [
        [2, "edited"],
        [3, "corrupt"],
        [4, "corrupt"],
        [5, "version"],
        [6, "corrupt"],
        [7, "corrupt"],
        [8, "duplicate"],
        [9, "duplicate"],
      ],
    );
    assert.match(issues[5]?.reason ?? "", /"new" is missing or wrong/);
  });

  it("accepts a line written by hand, without a checksum", () => {
    const decoded = decodeLine(JSON.stringify(added("1"), undefined, 1).replaceAll("\n", " "));
    assert.equal(decoded.event?.id, "1");
    assert.equal("edited" in decoded && decoded.edited, true);
  });

  it("keeps events that cannot be written, says what to do, and writes them later", async () => {
    await mkdir(path.dirname(root), { recursive: true });
    await writeFile(root, "a file where the folder should be");
    const journal = new Journal(root, "a.txt", "ann");
    await assert.rejects(journal.append([added("1")]), (error) => {
      assert.ok(error instanceof JournalWriteError);
      assert.equal(error.path, journal.path);
      assert.match(error.message, /kept in memory/);
      return true;
    });
    await assert.rejects(journal.append([added("2")]), JournalWriteError);
    assert.deepEqual(
      journal.pending.map(({ id }) => id),
      ["1", "2"],
    );
    await rm(root);
    await journal.flush();
    assert.deepEqual(journal.pending, []);
    assert.equal((await journal.load()).events.length, 2);
  });

  // Permissions do not bind root, nor are they POSIX ones on Windows.
  if (process.platform !== "win32" && process.getuid?.() !== 0) {
    it("gives advice on a folder that cannot be written to", async () => {
      await mkdir(root, { recursive: true });
      await chmod(root, 0o555);
      await assert.rejects(new Journal(root, "a.txt", "ann").append([added("1")]), /writable/);
      await chmod(root, 0o755);
    });
  }

  it("refuses a log file that is a symbolic link", async () => {
    const journal = new Journal(root, "a.txt", "ann");
    await mkdir(path.dirname(journal.path), { recursive: true });
    await symlink("/dev/full", journal.path);
    await assert.rejects(journal.append([added("1")]), /symbolic link/);
  });

  it("does not follow a link out of its folder", async () => {
    const outside = path.join(path.dirname(root), "outside");
    await mkdir(outside, { recursive: true });
    await mkdir(root, { recursive: true });
    await symlink(outside, path.join(root, "log"));
    await assert.rejects(new Journal(root, "a.txt", "ann").append([added("1")]), /symbolic link/);
  });
});

describe("journal paths", () => {
  it("stay below their folder, fit a file name, and decode to what they were", function () {
    const name = fc.oneof(
      fc.array(fc.nat(0x10ffff), { maxLength: 12 }).map((codes) => String.fromCodePoint(...codes)),
      fc.constantFrom("..", "con", "a.", " b", "%41", "x".repeat(600), "日本".repeat(90)),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const document = names.map((part) => part.replaceAll("/", "_") || "_").join("/");
        const folders = encodeDocumentPath(document);
        for (const folder of folders) {
          assert.ok(!/^\.|[\\/\0:]|[. ]$/.test(folder), folder);
          assert.ok(Buffer.byteLength(folder) <= 255);
        }
        const kept = document
          .split("/")
          .filter((part) => part !== ".")
          .join("/");
        if (process.platform !== "win32") assert.equal(decodeDocumentPath(folders), Buffer.from(kept).toString());
      }),
      { numRuns: 60 },
    );
  });

  it("are no device of Windows, and stay what they were elsewhere", () => {
    // As every version so far has written them.
    assert.deepEqual(encodeDocumentPath("con.txt", false), ["%63on.txt"]);
    assert.deepEqual(encodeDocumentPath("COM1/a", false), ["%43OM1", "a"]);
    for (const name of ["com¹.txt", "con .txt", "LPT³", "conic.txt"]) {
      assert.deepEqual(encodeDocumentPath(name, false), [name]);
      const [folder] = encodeDocumentPath(name, true);
      assert.equal(isDeviceName(folder!), false, folder);
      assert.equal(decodeDocumentPath([folder!]), name);
    }
    assert.deepEqual(encodeDocumentPath("conic.txt", true), ["conic.txt"]);
  });

  it("keep absolute paths and parents inside", () => {
    assert.deepEqual(encodeDocumentPath("../../etc/passwd"), ["%2E%2E", "%2E%2E", "etc", "passwd"]);
    assert.deepEqual(encodeDocumentPath("untitled:Untitled-1"), ["untitled%3AUntitled-1"]);
    assert.throws(() => encodeDocumentPath(""), /path relative/);
    assert.equal(logFileName("Ann B./x"), "Ann B.%2Fx.jsonl");
    assert.throws(() => logFileName(" "), /name is empty/);
  });
});

describe("journal ids", () => {
  it("sort in order of making, also after ids from the future", () => {
    const far = newId(Date.now() + 60_000);
    const ids = [far, ...Array.from({ length: 2000 }, () => newId())];
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids).size, ids.length);
    const later = `${"7".padEnd(10, "0")}${"0".repeat(16)}`;
    sortAfter("not an id");
    sortAfter(later);
    assert.ok(newId() > later);
  });
});
