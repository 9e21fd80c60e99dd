/** What differs between platforms, simulated: docs/platforms.md lists the places. */
import { UNLABELLED } from "../../src/datasets/reading/builder";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { systemPython, venvPython } from "../../scripts/lib/paths.mjs";
import { treeKill } from "../../scripts/lib/processes.mjs";
import { findTargets } from "../../src/datasets/import/targets";
import { safePath } from "../../src/datasets/import/paths";
import type { ReadDocument } from "../../src/datasets/format";
import { textFile } from "../../src/datasets/codecs/text-files";
import { Collected } from "../../src/datasets/writing/output";
import { syncFolder } from "../../src/files/durable";
import { foldedName, isOurFolder } from "../../src/files/names";
import { patiently } from "../../src/files/patiently";
import { isBelow } from "../../src/files/safe-folder";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { isLogOf, logFileName, logFileNameAmong, pathInFolder } from "../../src/labels/log/paths";
import { logFiles } from "../../src/labels/log/read-log";
import { labelled } from "./support/labelled";
import { WRITER_OPTIONS } from "./support/round-trip";

const failing = (code: string): Error => Object.assign(new Error(code), { code });

describe("file names that some disks take for one", () => {
  it("are those that differ in case or in normal form", () => {
    for (const [one, other] of [
      ["Ben", "ben"],
      ["ZO\u00cb", "zoe\u0308"],
      ["\u03a3\u03a3", "\u03c3\u03c2"],
    ] as const)
      assert.equal(foldedName(one), foldedName(other));
    assert.notEqual(foldedName("ben"), foldedName("bén"));
  });

  it("give the later of two annotators a log of a name of its own", () => {
    assert.equal(logFileNameAmong("ben", []), "ben.jsonl");
    assert.equal(logFileNameAmong("ben", ["ben.jsonl", "Ben.jsonl"]), "ben.jsonl");
    const apart = logFileNameAmong("ben", ["Ben.jsonl"]);
    assert.match(apart, /^ben~[0-9a-f]{8}\.jsonl$/);
    assert.notEqual(foldedName(apart), foldedName(logFileNameAmong("BEN", ["Ben.jsonl", apart])));
    assert.ok(isLogOf("ben", apart) && isLogOf("ben", "ben.jsonl"));
    assert.ok(!isLogOf("ben", "Ben.jsonl") && !isLogOf("Ben", apart));
  });

  it("are the same annotator's where the disk spells the name in another normal form", () => {
    const decomposed = logFileName("Zoë".normalize("NFD"));
    assert.equal(logFileNameAmong("Zoë", [decomposed]), "Zoë.jsonl");
    assert.ok(isLogOf("Zoë", decomposed));
  });

  it("are told apart in texts beside an export", () => {
    const out = new Collected([], WRITER_OPTIONS).of("train", 1);
    const names = ["A.txt", "a.txt", "Zo\u00eb.txt", "Zoe\u0308.txt"].map((path) =>
      out.unique(textFile(labelled(path, "", {}))),
    );
    assert.equal(new Set(names.map(foldedName)).size, 4);
  });

  it("are no way around what is refused in paths", () => {
    for (const part of [".git", ".GIT", ".git.", ".git ", ".g\u200cit", "GIT~1", ".Glossator", ".glossator. ."])
      assert.ok(isOurFolder(part), part);
    for (const part of [".github", "git", "glossator", ".gitignore"]) assert.ok(!isOurFolder(part), part);
    for (const given of [
      ".GIT/config",
      "docs/.git./config",
      ".Glossator/labels.json",
      "C:\\a.txt",
      "\\\\server\\share\\a",
    ])
      assert.equal(safePath(given), undefined, given);
    assert.equal(safePath("docs\\a.txt"), "docs/a.txt");
  });
});

describe("a folder on a disk that tells no case apart", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-platforms-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const event = (id: string, author: string): DecisionEvent => ({
    ...{ v: 1, kind: "added", id, act: id, time: "2026-01-01T00:00:00.000Z", author, unit: "utf16", task: "entities" },
    annotation: `a-${id}`,
    new: { label: "PER", span: { start: 0, end: 3 }, quote: { exact: "Ada", prefix: "", suffix: "" } },
  });

  it("holds the logs of two annotators whose names differ in case, and each finds its own again", async () => {
    const root = path.join(folder, ".glossator");
    await new Journal(root, "a.txt", "Ben").append([event("1", "Ben")]);
    await new Journal(root, "a.txt", "ben").append([event("2", "ben")]);
    await new Journal(root, "a.txt", "ben").append([event("3", "ben")]);
    const names = (await logFiles(root, "a.txt")).map((file) => path.basename(file));
    assert.equal(new Set(names.map(foldedName)).size, 2);
    const mine = new Journal(root, "a.txt", "ben");
    assert.deepEqual(
      (await mine.load()).events.map(({ id }) => id),
      ["2", "3"],
    );
    assert.ok(names.includes(path.basename(mine.path)));
    assert.deepEqual(
      (await new Journal(root, "a.txt", "Ben").load()).events.map(({ id }) => id),
      ["1"],
    );
  });

  it("keeps the log's name that was there before somebody else came", async () => {
    const root = path.join(folder, ".glossator");
    const early = new Journal(root, "a.txt", "ben");
    await early.load();
    await new Journal(root, "a.txt", "Ben").append([event("1", "Ben")]);
    await early.append([event("2", "ben")]);
    const names = await readdir(path.dirname(early.path));
    assert.equal(new Set(names.map(foldedName)).size, 2);
    await early.append([event("3", "ben")]);
    assert.equal((await readdir(path.dirname(early.path))).length, 2);
  });

  it("gets the new documents of an import under names that differ in more than case", async () => {
    const read = (name: string, text: string): ReadDocument => ({
      ...{ file: "data.jsonl", path: name, kind: "whole", text },
      ...UNLABELLED,
    });
    await mkdir(path.join(folder, "docs"));
    await writeFile(path.join(folder, "docs/a_.txt"), "Taken.");
    const documents = [read("A.txt", "One."), read("a.txt", "Two."), read("b.txt", "Three.")];
    const { targets, losses } = await findTargets(documents, { workspace: folder, into: "docs", known: [] });
    assert.deepEqual(losses, []);
    assert.deepEqual(
      targets.map(({ path: made, text }) => [made, text]),
      [
        ["docs/A.txt", "One."],
        ["docs/a__.txt", "Two."],
        ["docs/b.txt", "Three."],
      ],
    );
  });
});

describe("files that Windows does not let go of", () => {
  const failsFirst = (
    code: string,
    times: number,
  ): { readonly work: () => Promise<string>; readonly tries: () => number } => {
    let tries = 0;
    return {
      work: () => (++tries <= times ? Promise.reject(failing(code)) : Promise.resolve("done")),
      tries: () => tries,
    };
  };

  it("are tried again for a while", async () => {
    for (const code of ["EPERM", "EACCES", "EBUSY"]) {
      const { work, tries } = failsFirst(code, 2);
      assert.equal(await patiently(work, "win32", [0, 0, 0]), "done");
      assert.equal(tries(), 3);
    }
  });

  it("are given up with the last error", async () => {
    await assert.rejects(patiently(failsFirst("EBUSY", 9).work, "win32", [0, 0]), /EBUSY/);
  });

  it("are not waited for where the error has another reason, or on other platforms", async () => {
    const missing = failsFirst("ENOENT", 1);
    await assert.rejects(patiently(missing.work, "win32", [0]), /ENOENT/);
    const denied = failsFirst("EPERM", 1);
    await assert.rejects(patiently(denied.work, "linux", [0]), /EPERM/);
    assert.deepEqual([missing.tries(), denied.tries()], [1, 1]);
  });
});

describe("folders that cannot be synced", () => {
  const folder = (code: string): Parameters<typeof syncFolder>[1] => {
    const close = (): Promise<void> => Promise.resolve();
    return () => Promise.resolve({ sync: () => Promise.reject(failing(code)), close });
  };

  it("are no failure of a write: network shares and FUSE have no such call", async () => {
    for (const code of ["EINVAL", "ENOTSUP"]) await syncFolder("/", folder(code));
  });

  it("are one where the disk fails", async function () {
    if (process.platform === "win32") this.skip();
    await assert.rejects(syncFolder("/", folder("EIO")), /EIO/);
  });
});

describe("paths on Windows", () => {
  const { win32 } = path;

  it("are below a folder whatever their case, and on another drive or server are not", () => {
    assert.ok(isBelow("C:\\Work", "c:\\work\\docs\\a.txt", win32));
    assert.ok(isBelow("\\\\server\\share\\w", "\\\\SERVER\\share\\w\\a.txt", win32));
    for (const out of ["D:\\Work\\a.txt", "C:\\Work2\\a.txt", "C:\\", "\\\\server\\share\\Work\\a.txt"])
      assert.ok(!isBelow("C:\\Work", out, win32), out);
  });

  it("give a document's name in its folder with slashes, whichever way the drive is written", () => {
    assert.equal(pathInFolder("c:\\Work", "C:\\Work\\docs\\A.txt", win32), "docs/A.txt");
    assert.equal(pathInFolder("\\\\server\\share\\w", "\\\\server\\share\\w\\a.txt", win32), "a.txt");
    assert.equal(pathInFolder("/texts", "/texts/a\\b.txt", path.posix), "a\\b.txt");
  });
});

describe("programs on Windows", () => {
  it("are ended with all that they started, by a command", () => {
    assert.deepEqual(treeKill(42, "SIGTERM", "win32"), ["taskkill", "/pid", "42", "/T", "/F"]);
    assert.equal(treeKill(42, 0, "win32"), undefined);
    assert.equal(treeKill(42, "SIGKILL", "linux"), undefined);
  });

  it("are Pythons of other names in other places", () => {
    assert.ok(venvPython("win32").endsWith(path.join(".venv", "Scripts", "python.exe")));
    assert.ok(venvPython("darwin").endsWith(path.join(".venv", "bin", "python")));
    assert.equal(systemPython("darwin"), "python3");
    assert.equal(
      systemPython("win32", () => "C:\\Windows\\py.exe"),
      "py",
    );
    assert.equal(
      systemPython("win32", () => undefined),
      "python",
    );
  });
});
