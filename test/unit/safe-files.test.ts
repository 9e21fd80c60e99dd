/** The one place through which a workspace's files are reached, attacked with what a hostile repository or archive can hold. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { readRegularNow } from "../../src/files/open";
import { isRefused } from "../../src/files/refused";
import { SafeFolder, isBelow } from "../../src/files/safe-folder";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { exportDataset } from "../../src/datasets/export/export";
import { planImport } from "../../src/datasets/import/plan";
import { documentName } from "../../src/datasets/import/paths";
import { lastImport } from "../../src/datasets/import/undo";
import { compactLog } from "../../src/labels/log/compact";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { LabelSetError, defaultLabelSets } from "../../src/labels/labelset";
import { loadLabelSets, saveLabelSets } from "../../src/labels/labelset-file";
import { encodeLine } from "../../src/labels/log/line";
import { filesByDocument, readLogs } from "../../src/labels/log/read-log";

const BAIT = "PRIVATE-KEY-OF-THE-USER";

const event = (id: string, exact = "Ada"): DecisionEvent => ({
  v: 1,
  kind: "added",
  id,
  act: id,
  time: "2026-01-01T00:00:00.000Z",
  author: "eve",
  unit: "utf16",
  task: "entities",
  annotation: `a-${id}`,
  new: { label: "PER", span: { start: 0, end: exact.length }, quote: { exact, prefix: "", suffix: " wrote." } },
});

// Links need a right of their own on Windows, and there are no pipes in its file system.
const posix = process.platform === "win32" ? describe.skip : describe;

posix("files of a workspace that anybody may have filled", () => {
  let top: string;
  let workspace: string;
  let outside: string;
  let root: string;
  const bait = (): string => path.join(outside, "bait.txt");
  /** Everything readable below a folder, links not followed. */
  const everything = async (folder: string): Promise<string> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = entries
      .filter((entry) => entry.isFile())
      .map((e) => readFile(path.join(e.parentPath, e.name), "utf8"));
    return (await Promise.all(texts)).join("\n");
  };
  const link = async (target: string, ...at: string[]): Promise<string> => {
    const name = path.join(workspace, ...at);
    await mkdir(path.dirname(name), { recursive: true });
    await symlink(target, name);
    return name;
  };

  beforeEach(async () => {
    top = await mkdtemp(path.join(os.tmpdir(), "glossator-safe-"));
    workspace = path.join(top, "work");
    outside = path.join(top, "outside");
    root = path.join(workspace, ".glossator");
    await mkdir(workspace);
    await mkdir(outside);
    await writeFile(bait(), `${BAIT}\n`);
    await writeFile(path.join(workspace, "notes.txt"), "Ada wrote.\n");
  });
  afterEach(async () => {
    // Whatever was done, nothing outside was changed and nothing of it came in.
    assert.deepEqual(await readdir(outside), ["bait.txt"]);
    assert.equal(await readFile(bait(), "utf8"), `${BAIT}\n`);
    assert.ok(!(await everything(workspace)).includes(BAIT));
    await rm(top, { recursive: true, force: true });
  });

  it("makes no document that Windows takes for a device", () => {
    assert.equal(documentName("con.txt"), "con_.txt");
    assert.equal(documentName("a/NUL.tar.md"), "a/NUL_.tar.md");
    assert.equal(documentName("com¹"), "com¹_.txt");
    assert.equal(documentName("console.txt"), "console.txt");
  });

  it("tells a name that begins with two dots from the way up", () => {
    for (const inside of ["..foo.txt", "...", "a/..b", "."])
      assert.ok(isBelow("/w", path.resolve("/w", inside)), inside);
    for (const out of ["..", "../w2", "/w2", "/"]) assert.ok(!isBelow("/w", path.resolve("/w", out)), out);
  });

  it("refuses links at every level, whatever is done, and says which one", async () => {
    const safe = new SafeFolder(workspace);
    await writeFile(path.join(workspace, "real.txt"), "x");
    const levels = [
      { at: ["one"], to: outside, file: "one/bait.txt" },
      { at: ["two", "deep"], to: outside, file: "two/deep/bait.txt" },
      { at: ["three.txt"], to: bait(), file: "three.txt" },
      // Inside or leading nowhere: a link is a link.
      { at: ["four.txt"], to: path.join(workspace, "real.txt"), file: "four.txt" },
      { at: ["five"], to: path.join(top, "nowhere"), file: "five/new.txt" },
      { at: ["six"], to: "six", file: "six/new.txt" },
    ];
    for (const { at, to, file } of levels) {
      const name = await link(to, ...at);
      const refused = (error: unknown): boolean =>
        isRefused(error) && error.path === name && error.message.startsWith(name);
      await assert.rejects(safe.read(file), refused, file);
      await assert.rejects(safe.openToAppend(file), refused, file);
      await assert.rejects(safe.openToRead(file), refused, file);
      if (file.includes("/")) {
        await assert.rejects(safe.openNew(file), refused, file);
        await assert.rejects(safe.list(path.dirname(file)), refused, file);
        await assert.rejects(safe.makeFolders(`${path.dirname(file)}/more/and/more`), refused, file);
        await assert.rejects(safe.remove(file), refused, file);
        await assert.rejects(safe.rename("real.txt", file), refused, file);
        await assert.rejects(safe.link("real.txt", file), refused, file);
      } else {
        await assert.rejects(safe.openNew(file), refused, file);
        assert.throws(() => readRegularNow(name), refused);
      }
    }
    await assert.rejects(safe.read("../outside/bait.txt"), /lies outside/);
    await assert.rejects(safe.makeFolders("../outside/x"), /lies outside/);
  });

  it("follows the links above the workspace, which are the user's own", async () => {
    await symlink(workspace, path.join(top, "alias"));
    const safe = new SafeFolder(path.join(top, "alias"));
    assert.equal((await safe.read("notes.txt")).toString(), "Ada wrote.\n");
    await safe.makeFolders("a/b");
    assert.ok(existsSync(path.join(workspace, "a/b")));
    await rm(path.join(top, "alias"));
  });

  it("opens no pipe, no socket, no device and no folder, and waits for none of them", async () => {
    const safe = new SafeFolder(workspace);
    execFileSync("mkfifo", [path.join(workspace, "pipe")]);
    await mkdir(path.join(workspace, "folder"));
    const server = await new Promise<Server>((resolve) => {
      const made = createServer().listen(path.join(workspace, "socket"), () => resolve(made));
    });
    try {
      for (const [name, what] of [
        ["pipe", /is a named pipe/],
        ["socket", /is a socket/],
        ["folder", /is a folder/],
      ] as const) {
        await assert.rejects(safe.read(name), what);
        await assert.rejects(safe.openToAppend(name), what);
        if (name !== "socket") assert.throws(() => readRegularNow(path.join(workspace, name)), what);
      }
      await assert.rejects(new SafeFolder("/dev").read("zero"), /is a device/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("reads no more than was agreed", async () => {
    const safe = new SafeFolder(workspace);
    await writeFile(path.join(workspace, "big"), "");
    await truncate(path.join(workspace, "big"), 20_000_000);
    await assert.rejects(safe.read("big", 10_000_000), /has 20 MB; at most 10 MB are read/);
    assert.throws(() => readRegularNow(path.join(workspace, "big"), 10_000_000), /at most 10 MB/);
    await mkdir(root);
    await writeFile(path.join(root, "labels.json"), "");
    await truncate(path.join(root, "labels.json"), 2_000_000_000);
    await assert.rejects(loadLabelSets(root), LabelSetError);
    await rm(root, { recursive: true });
    await rm(path.join(workspace, "big"));
  });

  it("brings nothing into a log from where a link leads, and keeps the link", async () => {
    const journal = new Journal(root, "notes.txt", "eve");
    await journal.append([event("1")]);
    for (const ending of ["before", "archive", "draft"]) {
      const name = await link(bait(), path.relative(workspace, `${journal.path}.${ending}`));
      const { events, issues } = await journal.load();
      assert.equal(events.length, 1);
      if (ending === "before")
        assert.deepEqual(
          issues.map(({ kind, path: file }) => [kind, file]),
          [["refused", name]],
        );
      await assert.rejects(compactLog(root, journal.path)).catch((error: unknown) => {
        // With nothing to move, the archive is not looked at.
        assert.equal(ending, "archive", String(error));
      });
      assert.ok(!(await everything(workspace)).includes(BAIT));
      await rm(name);
    }
  });

  it("keeps decisions in memory, and tells, where a link is in the way of the log", async () => {
    const cases: readonly (readonly [string, string[]])[] = [
      [outside, [".glossator"]],
      [outside, [".glossator", "log"]],
      [outside, [".glossator", "log", "notes.txt"]],
      [bait(), [".glossator", "log", "notes.txt", "eve.jsonl"]],
      [path.join(outside, "made"), [".glossator", "log", "notes.txt", "eve.jsonl"]],
    ];
    for (const [to, at] of cases) {
      const name = await link(to, ...at);
      const journal = new Journal(root, "notes.txt", "eve");
      const { events, issues } = await journal.load();
      assert.deepEqual(events, []);
      assert.ok(
        issues.some(({ kind, reason }) => kind === "refused" && reason.startsWith(name)),
        at.join("/"),
      );
      await assert.rejects(journal.append([event("1")]), (error: Error) =>
        error.message.includes(`${name} is a symbolic link`),
      );
      assert.equal(journal.pending.length, 1);
      const found = [];
      for await (const { document, logs } of readLogs(root, ["notes.txt"])) found.push([document, logs]);
      assert.equal(JSON.stringify(found).includes("is a symbolic link"), true, at.join("/"));
      if (at.length > 2) assert.deepEqual([...(await filesByDocument(root)).keys()], ["notes.txt"]);
      else await assert.rejects(filesByDocument(root), /is a symbolic link/);
      await rm(path.join(workspace, ".glossator"), { recursive: true });
    }
  });

  it("reads and writes no label set through a link", async () => {
    await writeFile(bait(), `${BAIT}\n`);
    await link(bait(), ".glossator", "labels.json");
    await assert.rejects(
      loadLabelSets(root),
      (error: Error) => error instanceof LabelSetError && !error.message.includes(BAIT),
    );
    await rm(path.join(root, "labels.json"));
    await rm(root, { recursive: true });
    await symlink(outside, root);
    await assert.rejects(loadLabelSets(root), /symbolic link/);
    await assert.rejects(saveLabelSets(root, defaultLabelSets()), /symbolic link/);
  });

  it("exports no document that is a link, lies below one, or is git's, and says so", async () => {
    await link(bait(), "linked.txt");
    await link(outside, "folder");
    await mkdir(path.join(workspace, ".git"));
    await writeFile(path.join(workspace, ".git", "config"), "url = https://me:secret@host\n");
    await writeFile(path.join(workspace, "..foo.txt"), "Ada wrote.\n");
    const documents = ["..foo.txt", ".git/config", "folder/bait.txt", "linked.txt", "notes.txt"];
    for (const name of documents) await new Journal(root, name, "eve").append([event("1")]);
    // What nobody's editor would write: a way up, encoded.
    const up = path.join(root, "log", "%2E%2E", "outside", "bait.txt");
    await mkdir(up, { recursive: true });
    await writeFile(path.join(up, "eve.jsonl"), encodeLine(event("1")));
    const { documents: found, losses } = await collectDocuments({ workspace });
    assert.deepEqual(
      found.map((one) => one.path),
      ["..foo.txt", "notes.txt"],
    );
    for (const name of [".git/config", "folder/bait.txt", "linked.txt"])
      assert.ok(
        losses.some(({ document }) => document === name),
        name,
      );
    const report = await exportDataset({ workspace, target: path.join(workspace, "out"), format: "brat" });
    assert.equal(report.documents, 2);
    const out = await everything(path.join(workspace, "out"));
    assert.ok(!out.includes("secret") && !out.includes(BAIT));
  });

  it("names the links and pipes of an import's folder, and reads the rest", async () => {
    const source = path.join(workspace, "set");
    await mkdir(source);
    await writeFile(
      path.join(source, "a.jsonl"),
      `${JSON.stringify({ text: "Ada wrote.", label: [[0, 3, "PER"]] })}\n`,
    );
    await symlink(bait(), path.join(source, "b.jsonl"));
    await symlink(outside, path.join(source, "c"));
    execFileSync("mkfifo", [path.join(source, "d.jsonl")]);
    const plan = await planImport({ source, workspace, author: "ann", format: "doccano", into: "" });
    const told = plan.losses.filter(({ reason }) => reason.startsWith("it was not opened"));
    assert.deepEqual(
      told.map(({ file }) => file),
      ["b.jsonl", "c", "d.jsonl"],
    );
    assert.equal(plan.targets.length, 1);
    // A link that the user names is meant.
    await symlink(path.join(source, "a.jsonl"), path.join(workspace, "chosen.jsonl"));
    const chosen = await planImport({
      source: path.join(workspace, "chosen.jsonl"),
      workspace,
      author: "ann",
      format: "doccano",
      into: "",
    });
    assert.equal(chosen.targets.length, 1);
    await assert.rejects(planImport({ source: path.join(source, "d.jsonl"), workspace, author: "ann" }), /named pipe/);
    assert.equal(await lastImport(workspace), undefined);
  });
});
