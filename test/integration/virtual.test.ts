import assert from "node:assert/strict";
import path from "node:path";
import { EventEmitter, FileSystemError, FileType, Uri, window, workspace } from "vscode";
import type { FileChangeEvent, FileStat, FileSystemProvider } from "vscode";
import { sortAfter } from "../../src/labels/ids";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { TEXT, api, closeAll, folder, labelOn, logged, run, until } from "./helpers";
import type { Shown } from "./helpers";

/** Files that are on no disk, as a repository that is opened without a clone has them. All have one text. */
class OneText implements FileSystemProvider {
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;

  constructor(private readonly bytes: Uint8Array) {}

  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  stat({ path }: Uri): FileStat {
    if (path.endsWith(".txt")) return { type: FileType.File, ctime: 0, mtime: 0, size: this.bytes.length };
    if (path === "/") return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw FileSystemError.FileNotFound(path);
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  readFile({ path }: Uri): Uint8Array {
    if (!path.endsWith(".txt")) throw FileSystemError.FileNotFound(path);
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
  let registered: { dispose(): void };

  before(() => {
    const bytes = new TextEncoder().encode(TEXT);
    registered = workspace.registerFileSystemProvider("elsewhere", new OneText(bytes), { isReadonly: true });
  });

  after(() => registered.dispose());
  afterEach(closeAll);

  async function showElsewhere(name: string): Promise<Shown> {
    const uri = Uri.from({ scheme: "elsewhere", authority: "archive", path: `/${name}.txt` });
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(document);
    await (await api()).idle(uri);
    return { document, editor, uri };
  }

  it("is labelled, and what is decided on it is kept in the extension's storage", async () => {
    const shown = await showElsewhere("letter");
    const paris = await labelOn(shown, "Paris");
    assert.equal(paris?.label, "LOC");
    await run("accept", paris.id);
    const events = await logged(shown);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["accepted"],
    );
    const file = (await api()).logFile(shown.uri)!;
    assert.ok(!file.startsWith(folder().fsPath), file);
    assert.match(file, /globalStorage/);
  });

  it("shows what another window of the same person decides, though no watcher looks there", async () => {
    const shown = await showElsewhere("answer");
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    const [first] = await logged(shown);
    const file = (await api()).logFile(shown.uri)!;
    const root = file.slice(0, file.lastIndexOf(`${path.sep}log${path.sep}`));
    const other = new DocumentLabels({
      text: TEXT,
      author: first!.author,
      sink: new Journal(root, "elsewhere/archive/answer.txt", first!.author),
    });
    sortAfter(first!.id);
    await other.add("entities", { start: 0, end: "Angela Merkel".length }, "ORG").saved;
    await until("the other window's label", async () => (await labelOn(shown, "Angela Merkel"))?.label === "ORG");
  });
});
