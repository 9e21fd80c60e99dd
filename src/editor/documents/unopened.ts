/** The text files of the workspace that nobody has open: they are read one after another, below all other work, and what is undecided in them is kept in memory. */
import path from "node:path";
import { EventEmitter, l10n, RelativePattern, Uri, window, workspace } from "vscode";
import type { Memento, WorkspaceFolder } from "vscode";
import { isTextFile, MOST_FILES, textFiles } from "../../datasets/workspace/text-files";
import { whyUnreadable, walkWorkspace } from "../../datasets/workspace/walk";
import type { Subscription } from "../../labels/contract";
import type { DecisionEvent } from "../../labels/events";
import { decodeDocumentPath } from "../../labels/log/paths";
import { underOwnNames } from "../../labels/own-names";
import { languageOf, layoutOf } from "../../text/document";
import * as config from "../base/config";
import type { QueueScope } from "../base/config";
import { background, log, messageOf } from "../base/log";
import { Quiet } from "../base/quiet";
import type { Catalog } from "./catalog";
import type { EngineService } from "./engine-service";
import type { Journals } from "./journals";
import { inTabs } from "./open-documents";
import { placingIn } from "./placing";
import { RunningTasks } from "./running-tasks";
import { readUnopened } from "./unopened-document";
import type { UnopenedDocument } from "./unopened-document";

/** Suggestions that are kept. */
const MOST_SUGGESTIONS = 20_000;
/** Kept for the workspace: what the user chose. */
const SCOPE = "reviewQueue.documents";
/** As {@link isTextFile} has them, and where they are decided on. */
const TEXTS = "**/*.{txt,text,md,mkd,mdwn,mdown,markdown,markdn,mdtxt,mdtext,workbook,TXT,MD}";
const LOGS = ".glossator/log/**/*.jsonl";

interface TextFile {
  readonly id: string;
  readonly uri: Uri;
  readonly folder: WorkspaceFolder;
  /** Relative to the folder, with `/`. */
  readonly document: string;
}

/** How far reading is. `off`: not wanted. `full`: enough is listed, and the rest is read once some of it is decided. */
export type ReadingState = "off" | "untrusted" | "reading" | "stopped" | "full" | "failed" | "done";

/** Owner of what is known of files that are not open. */
export class Unopened implements Subscription {
  readonly #changed = new EventEmitter<undefined>();
  /** There is something else in {@link documents}, or in {@link progress}. */
  readonly onDidChange = this.#changed.event;
  readonly #quiet = new Quiet();
  /** By address, in the order they are read in. Undefined until the folders are looked through. */
  #files: Map<string, TextFile> | undefined;
  readonly #waiting = new Set<string>();
  readonly #documents = new Map<string, UnopenedDocument>();
  /** Those that cannot be read. */
  readonly #left = new Set<string>();
  #open = inTabs();
  #scope: QueueScope;
  /** Somebody looked at the list: before that nothing is read. */
  #begun = false;
  #stopped = false;
  #failed = false;
  #running: AbortController | undefined;
  /** Of model and label sets: what was read under others counts no more. */
  #read = "";
  readonly #watchers: Subscription[] = [];
  readonly #disposables: Subscription[];

  constructor(
    private readonly engine: EngineService,
    private readonly catalog: Catalog,
    private readonly journals: Journals,
    private readonly memory: Memento,
  ) {
    this.#scope = this.#wanted();
    this.#disposables = [
      this.#changed,
      this.#quiet,
      window.tabGroups.onDidChangeTabs(() => this.#followTabs()),
      window.onDidChangeVisibleTextEditors(() => this.#followTabs()),
      engine.onDidChange(() => this.#followModel()),
      catalog.onDidChange(() => this.#followModel()),
      workspace.onDidGrantWorkspaceTrust(() => this.#go()),
      workspace.onDidChangeWorkspaceFolders(() => this.#startOver(true)),
      workspace.onDidChangeConfiguration((event) => {
        if (config.concernsLabelling(event)) this.#startOver(false);
        if (event.affectsConfiguration("glossator.reviewQueue") && this.#wanted() !== this.#scope) this.#take();
      }),
    ];
  }

  get scope(): QueueScope {
    return this.#scope;
  }

  /** Reads all text files, or none, in this workspace from now on. */
  set scope(scope: QueueScope) {
    background("documents of the review queue", this.memory.update(SCOPE, scope));
    this.#take(scope);
  }

  /** Files that were read, in no order. None of them is open. */
  get documents(): readonly UnopenedDocument[] {
    return [...this.#documents.values()];
  }

  /** How far reading is. `left`: files that could not be read. `more`: there are more files than are read. */
  get progress(): {
    readonly state: ReadingState;
    readonly done: number;
    readonly total: number;
    readonly left: number;
    readonly more: boolean;
  } {
    const files = this.#files?.size ?? 0;
    const counts = { done: files - this.#waiting.size, total: files, left: this.#left.size, more: files >= MOST_FILES };
    return { state: this.#state(), ...counts };
  }

  /** Begins to read, if that is wanted: the list is on the screen. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#go();
  }

  /** Reads no more until {@link goOn}. */
  stop(): void {
    this.#stopped = true;
    this.#end();
    this.#changed.fire(undefined);
  }

  /** Reads on, and what could not be read once more. */
  goOn(): void {
    this.#stopped = this.#failed = false;
    for (const id of this.#left) this.#waiting.add(id);
    this.#left.clear();
    this.#go();
  }

  /** A suggestion of a file turned out not to be there any more. */
  again({ id }: UnopenedDocument): void {
    this.#reread(id);
  }

  dispose(): void {
    this.#end();
    for (const item of [...this.#disposables, ...this.#watchers]) item.dispose();
  }

  #wanted(): QueueScope {
    const chosen = this.memory.get<string>(SCOPE);
    return chosen === "all" || chosen === "open" ? chosen : config.queueScope();
  }

  #take(scope = this.#wanted()): void {
    this.#scope = scope;
    this.#stopped = this.#failed = false;
    if (scope === "open") this.#startOver(true);
    else this.#go();
  }

  #state(): ReadingState {
    if (this.#scope === "open") return "off";
    if (!workspace.isTrusted) return "untrusted";
    if (this.#stopped) return "stopped";
    if (this.#failed) return "failed";
    if (this.#running !== undefined || this.#files === undefined) return "reading";
    return this.#waiting.size === 0 ? "done" : "full";
  }

  #end(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** What was read counts no more. @param files nor does which files there are */
  #startOver(files: boolean): void {
    this.#end();
    this.#documents.clear();
    this.#left.clear();
    this.#waiting.clear();
    if (files) this.#files = undefined;
    for (const [id] of this.#files ?? []) if (!this.#open.has(id)) this.#waiting.add(id);
    if (files) for (const watcher of this.#watchers.splice(0)) watcher.dispose();
    this.#go();
  }

  /** Reads what waits, unless that is under way. */
  #go(): void {
    const may = this.#scope === "all" && this.#begun && !this.#stopped && !this.#failed && workspace.isTrusted;
    if (may && this.#running === undefined) {
      const mine = (this.#running = new AbortController());
      background(
        "reading files",
        this.#readAll(mine.signal).finally(() => {
          if (this.#running !== mine) return;
          this.#running = undefined;
          this.#changed.fire(undefined);
        }),
      );
    }
    this.#changed.fire(undefined);
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    try {
      if (this.#files === undefined) {
        const files = await this.#find(signal);
        this.#files = files;
        for (const id of files.keys()) if (!this.#open.has(id)) this.#waiting.add(id);
        this.#watch();
      }
      for (;;) {
        await this.#quiet.come();
        signal.throwIfAborted();
        const [id] = this.#waiting;
        if (id === undefined || this.#count() >= MOST_SUGGESTIONS) return;
        this.#waiting.delete(id);
        const file = this.#files.get(id);
        if (file === undefined) continue;
        try {
          await this.#readOne(file, signal);
        } catch (error) {
          if (this.#running?.signal === signal) this.#waiting.add(id);
          throw error;
        }
        this.#changed.fire(undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      // The model stopped: what waits is read when there is one again.
      this.#failed = true;
      log.warn(`Files that are not open are not read: ${messageOf(error)}`);
    }
  }

  #count(): number {
    let count = 0;
    for (const { found } of this.#documents.values()) count += found.items.length;
    return count;
  }

  async #find(signal: AbortSignal): Promise<Map<string, TextFile>> {
    const files = new Map<string, TextFile>();
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file") continue;
      for await (const document of textFiles(folder.uri.fsPath, signal, config.languages())) {
        const uri = Uri.joinPath(folder.uri, document);
        if (files.size === MOST_FILES) return files;
        files.set(uri.toString(), { id: uri.toString(), uri, folder, document });
      }
    }
    return files;
  }

  /** @throws what the engine throws; the signal's reason. */
  async #readOne(file: TextFile, signal: AbortSignal): Promise<void> {
    const { id, uri, folder, document } = file;
    this.#documents.delete(id);
    if (!config.isEnabled(uri) || !config.languages().includes(languageOf(document))) return;
    const { client, info } = await this.engine.running();
    await this.catalog.ready;
    const author = await config.annotator();
    for await (const { logs, unreadable, read } of walkWorkspace({
      workspace: folder.uri.fsPath,
      documents: [document],
      signal,
    })) {
      let text: string;
      const events: DecisionEvent[] = [];
      try {
        if (unreadable !== undefined) throw new Error(unreadable);
        text = await read();
        for (const one of [...logs, ...(await this.journals.readReserves(uri))])
          events.push(...one.events.filter((event) => event.author.trim() === author));
      } catch (error) {
        // With a folder its files go without a word.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") this.#files?.delete(id);
        else this.#leave(file, whyUnreadable(error));
        continue;
      }
      if (text.length > config.maxDocumentSize()) {
        this.#leave(file, l10n.t("The document is larger than glossator.maxDocumentSize allows."));
        continue;
      }
      const tasks = new RunningTasks(uri, layoutOf(document), this.engine).on(text);
      const own = [...new Map(events.map((event) => [event.id, event])).values()];
      own.sort((a, b) => (a.id < b.id ? -1 : 1));
      const found = await readUnopened(
        { id, uri, text, languageId: layoutOf(document), events: underOwnNames(own, this.catalog.sets(uri)) },
        {
          ...{ author, engine: client, signal },
          placing: placingIn(uri, tasks, info, this.catalog),
          lookup: (sentence) => this.engine.scheduler?.lookup(sentence),
        },
      );
      signal.throwIfAborted();
      // It was opened, or changed, while it was read.
      if (!this.#open.has(id) && !this.#waiting.has(id)) this.#documents.set(id, found);
    }
  }

  #leave({ id, document }: TextFile, reason: string): void {
    this.#left.add(id);
    log.warn(`${document} is not in the Review Queue: ${reason}`);
  }

  #reread(id: string): void {
    if (this.#files?.has(id) !== true) return;
    this.#left.delete(id);
    this.#documents.delete(id);
    if (!this.#open.has(id)) this.#waiting.add(id);
    this.#go();
  }

  /** What is open is no business of ours; what was closed is read anew. */
  #followTabs(): void {
    const before = this.#open;
    const now = (this.#open = inTabs());
    if (this.#scope === "open" || this.#files === undefined) return;
    let any = false;
    for (const id of now) if (this.#documents.delete(id) || this.#waiting.delete(id)) any = true;
    for (const id of before)
      if (!now.has(id) && this.#files.has(id)) {
        this.#waiting.add(id);
        any = true;
      }
    if (any) this.#go();
  }

  #followModel(): void {
    const { info } = this.engine;
    if (info === undefined) return;
    const sets = (workspace.workspaceFolders ?? []).map(({ uri }) => this.catalog.sets(uri));
    const now = JSON.stringify([info.modelVersion, sets]);
    const same = now === this.#read;
    this.#read = now;
    if (same && !this.#failed) return;
    this.#failed = false;
    if (same) this.#go();
    else this.#startOver(false);
  }

  #watch(): void {
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file") continue;
      const texts = workspace.createFileSystemWatcher(new RelativePattern(folder, TEXTS));
      const logs = workspace.createFileSystemWatcher(new RelativePattern(folder, LOGS));
      const named = (uri: Uri): string => path.posix.relative(folder.uri.path, uri.path);
      const changed = (uri: Uri): void => {
        const document = named(uri);
        const files = this.#files;
        if (files === undefined || !isTextFile(document, config.languages())) return;
        const id = uri.toString();
        if (!files.has(id) && files.size < MOST_FILES) files.set(id, { id, uri, folder, document });
        this.#reread(id);
      };
      const decided = (uri: Uri): void => {
        const document = decodeDocumentPath(named(uri).split("/").slice(2, -1));
        if (document !== undefined) this.#reread(Uri.joinPath(folder.uri, document).toString());
      };
      const deleted = (uri: Uri): void => {
        const id = uri.toString();
        this.#files?.delete(id);
        this.#waiting.delete(id);
        this.#left.delete(id);
        if (this.#documents.delete(id)) this.#go();
      };
      this.#watchers.push(
        ...[texts, logs],
        ...[texts.onDidChange(changed), texts.onDidCreate(changed), texts.onDidDelete(deleted)],
        ...[logs.onDidChange(decided), logs.onDidCreate(decided), logs.onDidDelete(decided)],
      );
    }
  }
}
