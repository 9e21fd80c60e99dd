/** The labels on offer in a document: the workspace's `labels.json`, else the model's own. */
import path from "node:path";
import { EventEmitter, RelativePattern, workspace } from "vscode";
import type { Disposable, Uri, WorkspaceFolder } from "vscode";
import { describeTask, isLabelTask, LABEL_TASKS } from "../../documents/tasks";
import { defaultLabelSets, inOrder } from "../../labels/labelset";
import { labelsFile, loadLabelSets } from "../../labels/labelset-file";
import type { LabelDefinition, LabelSets } from "../../labels/labelset";
import { labelNamed } from "../../labels/own-names";
import type { LabelTask, Task } from "../../documents/tasks";
import { background, log, messageOf } from "../base/log";

/** Label sets of all workspace folders, kept up to date with their files. */
export class Catalog implements Disposable {
  readonly #sets = new Map<string, LabelSets>();
  readonly #changed = new EventEmitter<void>();
  readonly #saved = new EventEmitter<WorkspaceFolder>();
  readonly #watched: Disposable[] = [];
  #defaults = defaultLabelSets();
  #loading: Promise<unknown> = Promise.resolve();
  readonly onDidChange = this.#changed.event;
  /** A folder's `labels.json` was written, by whatever program, and read. */
  readonly onDidSave = this.#saved.event;

  /** @param onProblem a `labels.json` that does not say what it must; the labels read last stay in use. */
  constructor(private readonly onProblem: (message: string, file: Uri) => void) {
    this.#watched.push(workspace.onDidChangeWorkspaceFolders(() => this.#watch()));
    this.#watch();
  }

  /** Resolves when the files of all folders have been read. */
  get ready(): Promise<unknown> {
    return this.#loading;
  }

  /** Takes the labels of the model that is loaded as those of workspaces that have no file. */
  setModelLabels(labels: Readonly<Partial<Record<Task, readonly string[]>>>): void {
    this.#defaults = defaultLabelSets(labels);
    this.#reload();
  }

  /** Labels to choose from in a document, in the order of lists and digits, without retired ones. */
  labels(task: LabelTask, document?: Uri): readonly LabelDefinition[] {
    return inOrder(this.#of(document)[task]).filter(({ retired }) => retired !== true);
  }

  /** What the label set says of a label, retired ones included. */
  find(task: Task, name: string, document?: Uri): LabelDefinition | undefined {
    return isLabelTask(task) ? this.#of(document)[task].find((label) => label.name === name) : undefined;
  }

  /** Everything that the label sets of a document say. */
  sets(document?: Uri): LabelSets {
    return this.#of(document);
  }

  /** The folder whose label sets hold in a document: documents of one are labelled by the same names. */
  folderOf(document: Uri): string {
    return String(this.#rootOf(document) ?? "");
  }

  /** The name under which a model's label is offered in a document; undefined if the label set lacks it or has retired it. */
  offered(task: LabelTask, name: string, document?: Uri): string | undefined {
    const label = labelNamed(this.#of(document), task, name);
    return label?.retired === true ? undefined : label?.name;
  }

  /** Labels of the model that a document's label set lacks, so that what it suggests under them is not offered. Retired ones are meant to be so. */
  unoffered(document?: Uri): readonly { readonly task: LabelTask; readonly label: string }[] {
    const sets = this.#of(document);
    return LABEL_TASKS.flatMap((task) =>
      this.#defaults[task]
        .filter(({ name }) => name !== describeTask(task).unmarked && labelNamed(sets, task, name) === undefined)
        .map(({ name }) => ({ task, label: name })),
    );
  }

  dispose(): void {
    for (const item of this.#watched) item.dispose();
    this.#saved.dispose();
    this.#changed.dispose();
  }

  #rootOf(document: Uri | undefined): Uri | undefined {
    const folder = document === undefined ? undefined : workspace.getWorkspaceFolder(document);
    return folder?.uri ?? workspace.workspaceFolders?.[0]?.uri;
  }

  #of(document: Uri | undefined): LabelSets {
    const root = this.#rootOf(document);
    return (root === undefined ? undefined : this.#sets.get(root.toString())) ?? this.#defaults;
  }

  #watch(): void {
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file" || this.#sets.has(folder.uri.toString())) continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, ".glossator/labels.json"));
      const load = (): Promise<void> => this.#load(folder.uri);
      const saved = (): void =>
        background(
          "labels.json",
          load().then(() => this.#saved.fire(folder)),
        );
      this.#watched.push(watcher, watcher.onDidChange(saved), watcher.onDidCreate(saved));
      this.#watched.push(watcher.onDidDelete(() => background("labels.json", load())));
      this.#loading = Promise.allSettled([this.#loading, load()]);
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
