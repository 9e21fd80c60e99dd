/** Where a document's decisions are kept, and what happens when they cannot be written there. */
import path from "node:path";
import { EventEmitter, l10n, workspace } from "vscode";
import type { ExtensionContext, Uri } from "vscode";
import type { CompactReport } from "../../labels/log/compact";
import type { EventSink } from "../../labels/contract";
import type { DecisionEvent } from "../../labels/events";
import { newId, timeOf } from "../../labels/ids";
import { Journal } from "../../labels/log/journal";
import { pathInFolder } from "../../labels/log/paths";
import { readLogs } from "../../labels/log/read-log";
import type { LogContents, LogIssue } from "../../labels/log/read-log";
import { plural } from "../../text/counted";
import { append } from "../../text/grouped";
import { decisionsMade } from "../../training/examples/decided";
import { background, log, messageOf } from "../base/log";
import { showError, showWarning } from "../base/messages";

/** A document's place on disk: a `.glossator` folder and a path below its log. */
export interface Place {
  readonly root: string;
  readonly document: string;
}

const UNTITLED = "untitledLogs";
const RETRY = l10n.t("Retry");
const KEEP = l10n.t("Keep in Storage Folder");
/** Clocks of two computers may differ by this much without a word. */
const CLOCK_MS = 5 * 60_000;
const CLOCK = "clock";

/** Knows where every document's log is. */
export class Journals {
  /** Logs whose trouble was told already, so that it is told once. */
  readonly #told = new Set<string>();
  readonly #decided = new EventEmitter<number>();
  /** So many decisions on labels were made in a folder of the workspace, in this window; fewer than none: undone. */
  readonly onDidDecide = this.#decided.event;

  constructor(private readonly context: ExtensionContext) {}

  /**
   * The log of one person on one document, with a reserve in the extension's storage for when the first place cannot be written.
   * @param uri the document's address; of a cell of a notebook that of `addressOf`
   */
  open(uri: Uri, author: string): DocumentJournal {
    const places = this.#places(uri);
    const [first, ...reserves] = places.map(({ root, document: name }) => new Journal(root, name, author));
    const here = workspace.getWorkspaceFolder(uri) !== undefined;
    return new DocumentJournal(first!, reserves, this.#told, (count) => {
      if (here && count !== 0) this.#decided.fire(count);
    });
  }

  /** What was decided on a file where its log could not be written, by whomever. Nothing is written, as opening the log may do. */
  async readReserves(uri: Uri): Promise<readonly LogContents[]> {
    const found: LogContents[] = [];
    for (const { root, document } of this.#places(uri).slice(1))
      for await (const { logs } of readLogs(root, [document])) append(found, logs);
    return found;
  }

  /** An untitled document was closed: the next one of its name is another document. */
  forget(uri: Uri): void {
    if (uri.scheme !== "untitled") return;
    const known = Object.entries(this.context.workspaceState.get<Record<string, string>>(UNTITLED, {}));
    const names = Object.fromEntries(known.filter(([name]) => name !== uri.path));
    background("untitled log", this.context.workspaceState.update(UNTITLED, names));
  }

  /** Names such as Untitled-1 come again: each document of the name gets its own log, found again after a restart of the editor. */
  #untitledName(uri: Uri): string {
    const names = this.context.workspaceState.get<Record<string, string>>(UNTITLED, {});
    const known = names[uri.path];
    if (known !== undefined) return known;
    const name = `${uri.path}/${newId()}`;
    background("untitled log", this.context.workspaceState.update(UNTITLED, { ...names, [uri.path]: name }));
    return name;
  }

  #places(uri: Uri): Place[] {
    const storage = (this.context.storageUri ?? this.context.globalStorageUri).fsPath;
    const global = path.join(this.context.globalStorageUri.fsPath, "decisions");
    if (uri.scheme === "untitled") {
      return [{ root: path.join(storage, "decisions"), document: `untitled/${this.#untitledName(uri)}` }];
    }
    const folder = workspace.getWorkspaceFolder(uri);
    const absolute = `${uri.scheme}/${uri.authority}${uri.path}`;
    if (folder === undefined || folder.uri.scheme !== "file") return [{ root: global, document: absolute }];
    const relative = pathInFolder(folder.uri.fsPath, uri.fsPath);
    return [
      { root: path.join(folder.uri.fsPath, ".glossator"), document: relative },
      { root: global, document: absolute },
    ];
  }
}

/** A sink that never loses a decision: what the first place refuses stays in memory until the user picks another, or it takes it. */
export class DocumentJournal implements EventSink {
  #to: Journal;
  #asking = false;
  #failed = false;
  readonly #events: DecisionEvent[] = [];

  constructor(
    private readonly first: Journal,
    private readonly reserves: readonly Journal[],
    private readonly told: Set<string>,
    private readonly decided: (count: number) => void,
  ) {
    this.#to = first;
  }

  /** The log file that is written to. */
  get path(): string {
    return this.#to.path;
  }

  /** Decisions that are only in memory. */
  get pending(): readonly DecisionEvent[] {
    return this.#to.pending;
  }

  /** Everything decided on the document: read by {@link load}, or appended since. */
  get events(): readonly DecisionEvent[] {
    return this.#events;
  }

  /** Whether decisions wait that could not be written. */
  get failed(): boolean {
    return this.#failed && this.#to.pending.length > 0;
  }

  async append(events: readonly DecisionEvent[]): Promise<void> {
    const made = decisionsMade(events, this.#events);
    append(this.#events, events);
    this.decided(made);
    await this.#noting(this.#to.append(events));
  }

  async flush(): Promise<void> {
    await this.#noting(this.#to.flush());
  }

  /** Moves what no longer matters out of the log, between two writes. @throws as `compactLog`. */
  compact(): Promise<CompactReport> {
    return this.first.compact();
  }

  /** All decisions, from the first place and the reserves, in order; damaged lines are told of once and skipped. */
  async load(): Promise<readonly DecisionEvent[]> {
    const events = new Map<string, DecisionEvent>();
    const issues: LogIssue[] = [];
    for (const journal of [this.first, ...this.reserves]) {
      try {
        const read = await journal.load();
        append(issues, read.issues);
        for (const event of read.events) if (!events.has(event.id)) events.set(event.id, event);
      } catch (error) {
        issues.push({ path: journal.path, line: 0, kind: "corrupt", reason: messageOf(error) });
      }
    }
    this.#tell(issues);
    this.#tellClock([...events.keys()].reduce((last, id) => (id > last ? id : last), ""));
    append(this.#events, events.values());
    this.#events.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    return [...this.#events];
  }

  /** Decisions that another window of the same person wrote to the log since; none if nobody did. */
  async news(): Promise<readonly DecisionEvent[]> {
    const read = await this.#to.news();
    if (read === undefined) return [];
    this.#tell(read.issues);
    const known = new Set(this.#events.map(({ id }) => id));
    const fresh = read.events.filter(({ id }) => !known.has(id));
    append(this.#events, fresh);
    return fresh;
  }

  /** Asks the user what to do about decisions that could not be written; one question at a time. */
  async explain(error: unknown): Promise<void> {
    log.error(messageOf(error));
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (let problem = messageOf(error); this.#to.pending.length > 0;) {
        const reserve = this.#to === this.first ? this.reserves[0] : undefined;
        const choices = reserve === undefined ? [RETRY] : [RETRY, KEEP];
        const choice = await showError(problem, ...choices);
        if (choice === undefined) return;
        try {
          if (choice === KEEP && reserve !== undefined) await this.#move(reserve);
          else await this.flush();
        } catch (again) {
          problem = messageOf(again);
        }
      }
    } finally {
      this.#asking = false;
    }
  }

  async #noting(writing: Promise<void>): Promise<void> {
    try {
      await writing;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  /** Writes what waits to the reserve and stays there for this session; reading looks in both places. */
  async #move(reserve: Journal): Promise<void> {
    await reserve.append(this.#to.pending);
    this.#to = reserve;
    log.info(`Decisions are kept in ${reserve.path} until ${this.first.path} can be written.`);
  }

  /** Decisions from what the clock takes for the future: it runs backwards, or another computer's ran ahead. */
  #tellClock(lastId: string): void {
    const ahead = (timeOf(lastId) ?? 0) - Date.now();
    if (ahead < CLOCK_MS || this.told.has(CLOCK)) return;
    this.told.add(CLOCK);
    const minutes = Math.round(ahead / 60_000);
    log.warn(`${this.first.path}: the latest decision is ${minutes} minutes ahead of the clock.`);
    void showWarning(
      l10n.t(
        "Your latest decision on {0} is {1} minutes ahead of this computer's clock. Decisions keep their order; check the clock, their times come from it.",
        path.basename(path.dirname(this.first.path)),
        minutes,
      ),
    );
  }

  #tell(issues: readonly LogIssue[]): void {
    const fresh = issues.filter(({ path: file, line, reason }) => !this.told.has(`${file}:${line}:${reason}`));
    for (const { path: file, line, kind, reason } of fresh) {
      this.told.add(`${file}:${line}:${reason}`);
      log.warn(`${file}:${line}: ${reason} (${kind})`);
    }
    const refused = fresh.find(({ kind }) => kind === "refused");
    if (refused !== undefined) {
      const said = [l10n.t("Decisions on this document are not all read."), refused.reason].join(" ");
      void showWarning(said, l10n.t("Show Log")).then((choice) => {
        if (choice !== undefined) log.show();
      });
    }
    const lines = fresh.filter(({ kind }) => kind !== "refused");
    const lost = lines.filter(({ kind }) => kind !== "edited" && kind !== "duplicate");
    const [one] = lines;
    if (one === undefined) return;
    const what =
      lost.length === 0
        ? plural(
            lines.length,
            l10n.t("A line of the log of decisions changed by hand; it counts as it is now."),
            l10n.t("{0} lines of the log of decisions changed by hand; they count as they are now.", lines.length),
          )
        : plural(
            lost.length,
            l10n.t("A line of the log of decisions could not be read and was skipped; everything else was kept."),
            l10n.t(
              "{0} lines of the log of decisions could not be read and were skipped; everything else was kept.",
              lost.length,
            ),
          );
    const first = l10n.t("First: {0}, line {1}.", path.basename(one.path), one.line);
    void showWarning([what, first].join(" "), l10n.t("Show Log")).then((choice) => {
      if (choice !== undefined) log.show();
    });
  }
}
