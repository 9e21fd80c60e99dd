import assert from "node:assert/strict";
import {
  EventEmitter,
  FileSystemError,
  FileType,
  NotebookCellData,
  NotebookCellKind,
  NotebookData,
  Uri,
  commands,
  window,
  workspace,
} from "vscode";
import type { FileChangeEvent, FileStat, FileSystemProvider } from "vscode";
import { TEXT, api, closeAll, folder, labelOn, logged, run, showFile, until } from "./helpers";
import type { Shown } from "./helpers";

/** One file that is on no disk, as a repository that is opened without a clone has them. */
class OneFile implements FileSystemProvider {
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;

  constructor(
    private readonly path: string,
    private readonly bytes: Uint8Array,
  ) {}

  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  stat({ path }: Uri): FileStat {
    if (path === this.path) return { type: FileType.File, ctime: 0, mtime: 0, size: this.bytes.length };
    if (this.path.startsWith(path)) return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw FileSystemError.FileNotFound(path);
  }

  readDirectory(): [string, FileType][] {
    return [[this.path.slice(1), FileType.File]];
  }

  readFile({ path }: Uri): Uint8Array {
    if (path !== this.path) throw FileSystemError.FileNotFound(path);
    return this.bytes;
  }

  createDirectory(): void {
    throw FileSystemError.NoPermissions();
  }

  writeFile(): void {
    throw FileSystemError.NoPermissions();
  }

  delete(): void {
    throw FileSystemError.NoPermissions();
  }

  rename(): void {
    throw FileSystemError.NoPermissions();
  }
}

describe("a document on no disk", () => {
  afterEach(closeAll);

  it("is labelled, and what is decided on it is kept in the extension's storage", async () => {
    const provider = new OneFile("/letter.txt", new TextEncoder().encode(TEXT));
    const registered = workspace.registerFileSystemProvider("elsewhere", provider, { isReadonly: true });
    try {
      const uri = Uri.from({ scheme: "elsewhere", authority: "archive", path: "/letter.txt" });
      const document = await workspace.openTextDocument(uri);
      const shown: Shown = { document, editor: await window.showTextDocument(document), uri };
      await (await api()).idle(uri);
      const paris = await labelOn(shown, "Paris");
      assert.equal(paris?.label, "LOC");
      await run("accept", paris.id);
      const events = await logged(shown);
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ["accepted"],
      );
      const file = (await api()).logFile(uri)!;
      assert.ok(!file.startsWith(folder().fsPath), file);
      assert.match(file, /globalStorage/);
    } finally {
      registered.dispose();
    }
  });
});

describe("a cell of a notebook", () => {
  afterEach(closeAll);

  it("is not labelled, since all cells would share the notebook's log", async () => {
    const cell = new NotebookCellData(NotebookCellKind.Markup, TEXT, "markdown");
    const notebook = await workspace.openNotebookDocument("jupyter-notebook", new NotebookData([cell]));
    await window.showNotebookDocument(notebook);
    const { document } = notebook.cellAt(0);
    assert.equal(document.uri.scheme, "vscode-notebook-cell");
    await commands.executeCommand("notebook.cell.edit");
    await until("the cell's editor", () => window.visibleTextEditors.some((editor) => editor.document === document));
    // What comes after it is labelled by now, so it would be, too.
    const other = await showFile(TEXT);
    await (await api()).idle(other.uri);
    assert.equal((await api()).labels(document.uri), undefined);
  });
});
