/** Export Dataset… inside the editor, beyond what one format needs. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigurationTarget, extensions, workspace } from "vscode";
import type { ExportOutcome } from "../../src/datasets/process/protocol";
import { closeAll, labelOn, run, showFile, TEXT } from "./helpers";

/** The project's Python, if it has spaCy. */
function pythonWithSpacy(): string | undefined {
  const home = extensions.all.find(({ packageJSON }) => (packageJSON as { name?: string }).name === "glossator");
  const python = path.join(home?.extensionPath ?? "", ".venv", "bin", "python");
  const find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('spacy') is None)";
  return existsSync(python) && spawnSync(python, ["-I", "-c", find]).status === 0 ? python : undefined;
}

describe("export of chosen documents", () => {
  let target: string;
  before(async () => {
    target = await mkdtemp(path.join(tmpdir(), "glossator-export-"));
  });
  after(() => rm(target, { recursive: true, force: true }));
  afterEach(closeAll);

  it("reads the documents asked for and no others", async () => {
    for (const name of ["chosen.txt", "left.txt"]) {
      const shown = await showFile(`${name}: ${TEXT}`, name);
      await run("accept", (await labelOn(shown, "Paris"))?.id);
    }
    const request = { formats: ["csv"], target, documents: ["chosen.txt"], validation: 0 };
    const [report] = (await run("exportDataset", request)) as ExportOutcome[];
    assert.equal(report?.documents, 1);
    const csv = report.files.find((name) => name.endsWith(".csv"));
    const rows = (await readFile(path.join(report.target, csv ?? ""), "utf8")).trim().split("\n").slice(1);
    assert.ok(rows.length > 0);
    assert.ok(rows.every((row) => row.startsWith("chosen.txt,")));
  });

  it("writes spaCy's DocBin with the Python of the settings, and nothing without one", async function () {
    const python = pythonWithSpacy();
    if (python === undefined) this.skip();
    const shown = await showFile(TEXT, "docbin.txt");
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    const request = { formats: ["docbin"], target, documents: ["docbin.txt"], validation: 0 };
    assert.equal(await run("exportDataset", request), undefined);
    assert.ok(!existsSync(path.join(target, "docbin")), "a file was written without the library that writes it");
    const settings = workspace.getConfiguration("glossator");
    await settings.update("python", python, ConfigurationTarget.Global);
    try {
      const [report] = (await run("exportDataset", request)) as ExportOutcome[];
      const file = report?.files.find((name) => name.endsWith(".spacy"));
      assert.ok((await stat(path.join(target, "docbin", file ?? ""))).size > 0);
    } finally {
      await settings.update("python", undefined, ConfigurationTarget.Global);
    }
  });
});
