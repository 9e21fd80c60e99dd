import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { exportDataset } from "../../src/datasets/export/export";
import { ExportError } from "../../src/datasets/export/target";
import { lossesJson, lossesMarkdown } from "../../src/datasets/losses";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

describe("datasets: export from a workspace", () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-export-"));
    await mkdir(path.join(workspace, "docs"));
    for (const [name, text] of [
      ["docs/a.md", "# Zürich\r\n\r\nAda met *Bob*. It was [great](http://x.y)."],
      ["b.txt", `\ufeff${VECTOR}`],
    ] as const) {
      await writeFile(path.join(workspace, name), text);
      const shown = text.replace(/^\ufeff/, "");
      const labels = new DocumentLabels({
        text: shown,
        author: "ann",
        sink: new Journal(path.join(workspace, ".glossator"), name, "ann"),
      });
      const start = shown.indexOf("Zürich");
      await labels.add("entities", { start, end: start + 6 }, "LOC").saved;
      await labels.markReviewed({ start: 0, end: shown.length }, "entities").saved;
    }
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  it("writes the folder whole, with reports; Markdown's syntax is no word", async () => {
    const seen: number[] = [];
    const target = path.join(workspace, "out");
    const report = await exportDataset({
      workspace,
      target,
      format: "huggingface",
      onProgress: ({ done }) => seen.push(done),
    });
    assert.deepEqual(seen, [1, 2]);
    assert.deepEqual(report.files, ["LOSSES.md", "entities/README.md", "entities/train.jsonl", "losses.json"]);
    const lines = (await readFile(path.join(target, "entities/train.jsonl"), "utf8")).trimEnd().split("\n");
    const tokens = lines.map((line) => (JSON.parse(line) as { tokens: string[] }).tokens.join(" "));
    assert.ok(
      tokens.some((line) => line.startsWith("I 😀 love Zürich")),
      "a byte order mark is no part of the text",
    );
    assert.ok(tokens.includes("Ada met Bob ."), tokens.join(" | "));
    assert.deepEqual((await readdir(workspace)).sort(), [".glossator", "b.txt", "docs", "out"]);
    const losses = JSON.parse(await readFile(path.join(target, "losses.json"), "utf8")) as { losses: unknown[] };
    assert.equal(losses.losses.length, report.losses.length);
  });

  it("gives a label the same number whichever documents are exported", async () => {
    const file = path.join(workspace, ".glossator");
    const text = await readFile(path.join(workspace, "b.txt"), "utf8");
    const labels = new DocumentLabels({ text, author: "ann", sink: new Journal(file, "b.txt", "ann") });
    await labels.add("entities", { start: 0, end: 3 }, "AARDVARK").saved;
    const numbers = async (documents?: readonly string[]): Promise<[string, number][]> => {
      const { labels: sets } = await collectDocuments({ workspace, ...(documents && { documents }) });
      return sets.entities.map(({ name, id }) => [name, id]);
    };
    const all = await numbers();
    assert.ok(all.some(([name]) => name === "AARDVARK"));
    assert.deepEqual(await numbers(["docs/a.md"]), all);
  });

  it("overwrites only what an export made, and only when told", async () => {
    const target = path.join(workspace, "out");
    const options = { workspace, target, format: "conll2003" } as const;
    await mkdir(target);
    await exportDataset(options);
    const before = await readFile(path.join(target, "train.txt"), "utf8");
    await assert.rejects(exportDataset(options), ExportError);
    await exportDataset({ ...options, overwrite: true });
    assert.equal(await readFile(path.join(target, "train.txt"), "utf8"), before);
    await assert.rejects(
      exportDataset({ ...options, target: path.join(workspace, "docs"), overwrite: true }),
      /no earlier export/,
    );
    await assert.rejects(exportDataset({ ...options, target: path.join(workspace, "b.txt") }), /is a file/);
    assert.equal((await readdir(path.join(workspace, "docs"))).length, 1);
  });

  it("names documents that are gone and lines that are broken; stops when told", async () => {
    await rm(path.join(workspace, "b.txt"));
    const log = new Journal(path.join(workspace, ".glossator"), "docs/a.md", "ann").path;
    await writeFile(log, `${await readFile(log, "utf8")}{"v":1,"id":"x`);
    const options = { workspace, target: path.join(workspace, "out"), format: "huggingface" } as const;
    const { losses, issues } = await exportDataset(options);
    assert.ok(losses.some(({ document, reason }) => document === "b.txt" && reason.includes("does not exist")));
    assert.deepEqual(
      issues.map(({ line, kind }) => [line, kind]),
      [[3, "torn"]],
    );
    await assert.rejects(
      exportDataset({ ...options, target: path.join(workspace, "more"), signal: AbortSignal.abort() }),
      { name: "AbortError" },
    );
    await assert.rejects(
      exportDataset({ ...options, format: "squad", target: path.join(workspace, "none") }),
      /nothing to export/,
    );
    assert.deepEqual((await readdir(workspace)).sort(), [".glossator", "docs", "out"]);
  });

  it("does not read a document outside the workspace", async () => {
    const outside = `../${path.basename(workspace)}-secret.txt`;
    const value = { label: "PER", span: { start: 0, end: 3 }, quote: { exact: "Ada", prefix: "", suffix: "" } };
    const head = {
      v: 1,
      id: "1",
      act: "1",
      time: "2026-01-01T00:00:00Z",
      author: "x",
      task: "entities",
      unit: "utf16",
    } as const;
    await new Journal(path.join(workspace, ".glossator"), outside, "x").append([
      { ...head, kind: "added", annotation: "1", new: value },
    ]);
    await writeFile(path.join(workspace, outside), "Ada");
    try {
      const { losses } = await exportDataset({ workspace, target: path.join(workspace, "out"), format: "conll2003" });
      assert.ok(losses.some(({ document, reason }) => document === outside && reason.includes("lies outside")));
    } finally {
      await rm(path.join(workspace, outside));
    }
  });

  it("makes a report that programs read as it was meant, whatever ends a line in it", () => {
    const losses = ["a\u2028b", "c\u2029d", "e\r\nf\rg", '"h"'].map((exact) => ({
      ...{ kind: "dropped" as const, document: `${exact}.txt`, exact },
      reason: "why",
    }));
    for (const some of [[], losses.slice(0, 1), losses])
      assert.deepEqual(JSON.parse(String(lossesJson(some))), { unit: "utf16", losses: some });
  });

  it("makes a report that people can read, safe from the text in it", () => {
    const report = lossesMarkdown([
      { kind: "dropped", document: "a|b.txt", span: { start: 1, end: 2 }, exact: "<b>\n|", reason: "why" },
    ]);
    assert.match(report, /\| a\\\|b\.txt \| {2}\| 1–2 \| {2}\| \\<b\\> \\\| \| why \|/);
    assert.match(lossesMarkdown([]), /Nothing/);
    const many = Array.from({ length: 5 }, (_, i) => ({
      kind: "dropped" as const,
      document: `${i}.txt`,
      reason: "why",
    }));
    const cut = lossesMarkdown(many, "export", 2);
    assert.match(cut, /Left out \(5\)/);
    assert.match(cut, /1\.txt[^]*… and 3 more; `losses\.json` holds all/);
    assert.doesNotMatch(cut, /2\.txt/);
    assert.match(lossesMarkdown(many), /4\.txt/);
  });
});
