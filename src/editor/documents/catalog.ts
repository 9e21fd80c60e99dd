/** The labels on offer in a document: the workspace's `labels.json`, else the model's own. */
import path from "node:path";
import { EventEmitter, RelativePattern, workspace } from "vscode";
import type { Disposable, Uri } from "vscode";
import { defaultLabelSets, labelsFile, loadLabelSets } from "../../labels/labelset";
import type { LabelDefinition, LabelSets } from "../../labels/labelset";
import type { LabelTask, Task } from "../../documents/tasks";
import { background, log, messageOf } from "../base/log";

/** Label sets of all workspace folders, kept up to date with their files. */
export class Catalog implements Disposable {
  readonly #sets = new Map<string, LabelSets>();
  readonly #changed = new EventEmitter<void>();
  readonly #watched: Disposable[] = [];
  #defaults = defaultLabelSets();
  readonly onDidChange = this.#changed.event;

  /** @param onProblem a `labels.json` that does not say what it must; the labels read last stay in use. */
  constructor(private readonly onProblem: (message: string, file: Uri) => void) {
    this.#watched.push(workspace.onDidChangeWorkspaceFolders(() => this.#watch()));
    this.#watch();
  }

  /** Takes the labels of the model that is loaded as those of workspaces that have no file. */
  setModelLabels(labels: Readonly<Partial<Record<Task, readonly string[]>>>): void {
    this.#defaults = defaultLabelSets(labels);
    this.#reload();
  }

  /** Labels to choose from in a document, without retired ones. */
  labels(task: LabelTask, document?: Uri): readonly LabelDefinition[] {
    return this.#of(document)[task].filter(({ retired }) => retired !== true);
  }

  /** What the label set says of a label, retired ones included. */
  find(task: Task, name: string, document?: Uri): LabelDefinition | undefined {
    return task === "answers" ? undefined : this.#of(document)[task].find((label) => label.name === name);
  }

  dispose(): void {
    for (const item of this.#watched) item.dispose();
    this.#changed.dispose();
  }

  #of(document: Uri | undefined): LabelSets {
    const folder = document === undefined ? undefined : workspace.getWorkspaceFolder(document);
    const root = folder?.uri ?? workspace.workspaceFolders?.[0]?.uri;
    return (root === undefined ? undefined : this.#sets.get(root.toString())) ?? this.#defaults;
  }

  #watch(): void {
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file" || this.#sets.has(folder.uri.toString())) continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, ".glossator/labels.json"));
      const load = (): void => background("labels.json", this.#load(folder.uri));
      this.#watched.push(watcher, watcher.onDidChange(load), watcher.onDidCreate(load), watcher.onDidDelete(load));
      load();
    }
  }

  #reload(): void {
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme === "file") background("labels.json", this.#load(folder.uri));
    }
    this.#changed.fire();
  }

  async #load(folder: Uri): Promise<void> {
    const root = path.join(folder.fsPath, ".glossator");
    try {
      this.#sets.set(folder.toString(), await loadLabelSets(root, this.#defaults));
    } catch (error) {
      log.error(messageOf(error));
      this.onProblem(
        messageOf(error),
        folder.with({ path: `${folder.path}/.glossator/${path.basename(labelsFile(root))}` }),
      );
    }
    this.#changed.fire();
  }
}
