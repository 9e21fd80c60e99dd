/** The bundled process that reads and writes datasets, as shipped: what crosses its border, and what cancelling leaves behind. */
import { SPANS } from "../../src/documents/tasks";
import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { ExportError } from "../../src/datasets/export/target";
import { ImportError } from "../../src/datasets/import/import-error";
import type { ImportOptions } from "../../src/datasets/import/plan";
import { carryOutIn, DatasetProcess, DatasetProcessError } from "../../src/datasets/process/client";
import { receivedError, sentError } from "../../src/datasets/process/errors";
import { ReadError } from "../../src/datasets/format";
import { RefusedFileError } from "../../src/files/refused";
import { JournalWriteError } from "../../src/labels/log/journal";
import { root } from "./support";

const serverPath = join(root, "out/datasets.js");
const MOST = 100;

/** As many lines, each of its own document. */
function lines(count: number): string {
  const row = (index: number): string =>
    JSON.stringify({
      text: `Ada met Bob in Rome, ${index}.`,
      spans: [{ start: 0, end: 3, label: "PER" }],
    });
  return Array.from({ length: count }, (_, index) => `${row(index)}\n`).join("");
}

describe("the process of datasets", function () {
  this.timeout(120_000);
  let folder: string;
  let workspace: string;
  let datasets: DatasetProcess;

  before(() => assert.ok(existsSync(serverPath), "out/datasets.js is missing: run `npm run bundle` first."));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "glossator-datasets-"));
    workspace = join(folder, "work");
    mkdirSync(workspace);
    datasets = new DatasetProcess({ serverPath });
  });
  afterEach(async () => {
    await datasets.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (name: string, contents: string): string => {
    const file = join(folder, name);
    writeFileSync(file, contents);
    return file;
  };
  const asked = (source: string, more: Partial<ImportOptions> = {}): { options: ImportOptions; most: number } => ({
    options: { source, workspace, author: "ann", format: "prodigy", into: "", ...more },
    most: MOST,
  });
  const gone = (pid: number | undefined): boolean => {
    assert.ok(pid !== undefined);
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  const isAbort = (error: unknown): boolean => (error as Error).name === "AbortError";
  const decided = async (): Promise<number> =>
    (await collectDocuments({ workspace })).documents.filter(({ layers }) => layers[SPANS].labels.length > 0).length;

  it("detects, plans, takes some documents only, settles conflicts, writes, exports, and takes back", async () => {
    const source = put("train.jsonl", lines(3));
    const found = await datasets.call("detect", source);
    assert.equal(found.formats[0]?.name, "prodigy");
    const whole = await datasets.call("plan", asked(source));
    assert.deepEqual([whole.added, whole.conflicts, whole.documents], [3, 0, 3]);
    assert.match(whole.markdown, /^# What the import would do/);
    const some = await datasets.call("narrow", { documents: ["train-1.txt", "train-3.txt"], most: MOST });
    assert.deepEqual([some.added, some.documents], [2, 2]);
    assert.deepEqual(
      (await datasets.call("documents", undefined)).map(({ path }) => path),
      ["train-1.txt", "train-3.txt"],
    );
    const report = await carryOutIn(datasets, { workspace, settled: "mine", most: MOST });
    assert.deepEqual([report.decisions, report.created, report.losses], [2, ["train-1.txt", "train-3.txt"], 0]);
    assert.match(report.markdown, /^# Imported/);

    const other = put("other.jsonl", lines(1).replace('"PER"', '"ORG"'));
    await datasets.call("plan", asked(other));
    const [conflict, ...more] = await datasets.call("conflicts", undefined);
    assert.ok(conflict !== undefined && more.length === 0);
    assert.deepEqual([conflict.mine[0]?.label, conflict.theirs.label], ["PER", "ORG"]);
    const settled = new Map([[conflict.id, "theirs" as const]]);
    const second = await carryOutIn(datasets, { workspace, settled, most: MOST });
    assert.deepEqual(second.conflicts, { mine: 0, theirs: 1, both: 0 });

    const target = join(folder, "out");
    const options = { workspace, format: "csv" as const, target, validation: 0 };
    const written = await datasets.call("exportDataset", { options, most: MOST });
    assert.equal(written.documents, 2);
    assert.match(written.markdown, /^## CSV/);
    assert.ok(existsSync(join(target, "losses.json")));

    const last = await datasets.call("lastImport", workspace);
    assert.equal(last?.act, second.act);
    assert.deepEqual((await datasets.call("undoImport", { workspace, act: second.act! })).documents, ["train-1.txt"]);
  });

  it("keeps the class, the words and the fields of errors", async () => {
    await assert.rejects(datasets.call("detect", join(folder, "none")), (error) => {
      assert.ok(error instanceof ReadError && error instanceof Error, String(error));
      assert.match(error.message, /cannot be read: ENOENT/);
      return true;
    });
    await assert.rejects(datasets.call("plan", asked(put("a.bin", "x"), {})), ReadError);
    await assert.rejects(datasets.call("undoImport", { workspace, act: "none" }), ImportError);
    const options = { workspace, format: "csv" as const, target: put("file", "") };
    await assert.rejects(datasets.call("exportDataset", { options, most: MOST }), ExportError);
    const refused = new RefusedFileError("a/b", "ELOOP", "is a link");
    const unwritten = new JournalWriteError("log", refused, "Remove it.");
    const received = receivedError(structuredClone(sentError(unwritten)));
    assert.ok(received instanceof JournalWriteError);
    assert.deepEqual([received.message, received.path, received.advice], [unwritten.message, "log", "Remove it."]);
    assert.ok(received.cause instanceof RefusedFileError);
    assert.equal(received.cause.code, "ELOOP");
  });

  it("is ended at once by cancelling, also in the middle of reading, and leaves the workspace as it was", async () => {
    const source = put("large.jsonl", lines(500_000));
    const abort = new AbortController();
    let pid: number | undefined;
    const plan = datasets.call("plan", asked(source), {
      signal: abort.signal,
      onProgress: () => {
        pid = datasets.pid;
        abort.abort();
      },
    });
    await assert.rejects(plan, isAbort);
    while (!gone(pid)) await sleep(20);
    assert.deepEqual(readdirSync(workspace), []);
    const again = await datasets.call("plan", asked(put("small.jsonl", lines(1))));
    assert.equal(again.added, 1, "what comes after a cancelled call works");
  });

  it("takes back what was written when it is cancelled while it writes", async () => {
    await datasets.call("plan", asked(put("train.jsonl", lines(300))));
    const abort = new AbortController();
    const work = carryOutIn(
      datasets,
      { workspace, settled: "mine", most: MOST },
      { signal: abort.signal, onProgress: () => abort.abort() },
    );
    await assert.rejects(work, isAbort);
    assert.ok(existsSync(join(workspace, ".glossator", "log")), "nothing had been written yet");
    assert.deepEqual(
      readdirSync(workspace).filter((name) => name !== ".glossator"),
      [],
      "documents that were made",
    );
    assert.equal(await decided(), 0);
  });

  it("takes back what was written when it is killed while it writes", async () => {
    await datasets.call("plan", asked(put("train.jsonl", lines(300))));
    const work = carryOutIn(
      datasets,
      { workspace, settled: "mine", most: MOST },
      { onProgress: () => datasets.pid !== undefined && process.kill(datasets.pid, "SIGKILL") },
    );
    await assert.rejects(work, (error) => error instanceof DatasetProcessError && error.wrote);
    assert.ok(existsSync(join(workspace, ".glossator", "log")), "it was killed before it wrote");
    assert.deepEqual(readdirSync(workspace), [".glossator"], "documents that were made");
    assert.ok(!existsSync(join(workspace, ".glossator", "imports")), "its record");
    assert.equal(await decided(), 0);
  });

  it("that runs out of memory costs its caller an error that says so", async () => {
    const small = new DatasetProcess({ serverPath, memoryMb: 48 });
    try {
      // One value that is parsed in one go: what a worker thread would take its whole process down with.
      const spans = Array.from({ length: 1_000_000 }, () => ({ start: 0, end: 1, label: "PER" }));
      const source = put("large.jsonl", JSON.stringify({ text: "Ada", spans }));
      await assert.rejects(small.call("plan", asked(source)), (error) => {
        assert.ok(error instanceof DatasetProcessError && !error.wrote);
        assert.match(error.message, /48 MB of memory/);
        return true;
      });
      assert.deepEqual(readdirSync(workspace), []);
    } finally {
      await small.dispose();
    }
  });
});
