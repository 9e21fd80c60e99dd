/** A workspace on disk into which datasets are imported, and out of which they are exported again. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { exportDataset } from "../../../src/datasets/export/export";
import type { ExportOptions, ExportReport } from "../../../src/datasets/export/export";
import { carryOut } from "../../../src/datasets/import/carry-out";
import type { ImportReport } from "../../../src/datasets/import/carry-out";
import { planImport } from "../../../src/datasets/import/plan";
import type { ImportOptions } from "../../../src/datasets/import/plan";

/** A folder with a workspace and whatever is put beside it. */
export class SourceWorkspace {
  #exports = 0;

  private constructor(readonly root: string) {}

  static async make(): Promise<SourceWorkspace> {
    const made = new SourceWorkspace(await mkdtemp(path.join(os.tmpdir(), "glossator-source-")));
    await mkdir(made.workspace);
    return made;
  }

  get workspace(): string {
    return path.join(this.root, "work");
  }

  /** Writes a file beside the workspace, or, below `work/`, in it; gives its path. */
  async put(name: string, contents: string | Uint8Array): Promise<string> {
    const file = path.join(this.root, ...name.split("/"));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  }

  /** A document of the workspace. */
  read(document: string): Promise<string> {
    return readFile(path.join(this.workspace, document), "utf8");
  }

  /** Imports a file or folder; documents that are missing are made in the workspace's folder. */
  async import(source: string, more: Partial<ImportOptions> = {}): Promise<ImportReport> {
    const { workspace } = this;
    return carryOut(await planImport({ source, workspace, author: "ann", into: "", ...more }));
  }

  /** Exports everything, all of it for training. */
  async export(
    format: ExportOptions["format"],
    more: Partial<ExportOptions> = {},
  ): Promise<ExportReport & { readonly text: (file: string) => Promise<string> }> {
    const target = path.join(this.root, `out-${++this.#exports}`);
    const report = await exportDataset({ workspace: this.workspace, format, target, validation: 0, ...more });
    return { ...report, text: (file) => readFile(path.join(target, ...file.split("/")), "utf8") };
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
