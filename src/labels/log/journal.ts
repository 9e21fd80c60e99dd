/** The append-only log of one person's decisions on one document. What was acknowledged survives a crash at any moment. */
import path from "node:path";
import { endsLine, isAt, syncFolder, writeDurably } from "../../files/durable";
import { isRefused } from "../../files/refused";
import type { SafeFolder } from "../../files/safe-folder";
import { append } from "../../text/grouped";
import { compactLog, recoverLog } from "./compact";
import type { CompactReport } from "./compact";
import type { EventSink } from "../contract";
import type { DecisionEvent } from "../events";
import { encodeLine } from "./line";
import { encodeDocumentPath, logFileName, logFileNameAmong, safeAround } from "./paths";
import { readLog, refusedIssue } from "./read-log";
import type { LogContents, LogIssue } from "./read-log";

/** Decisions that are not on disk. They are kept in {@link Journal.pending}; `flush` tries again. */
export class JournalWriteError extends Error {
  override readonly name = "JournalWriteError";

  constructor(
    readonly path: string,
    override readonly cause: unknown,
    /** What the user can do. */
    readonly advice: string,
  ) {
    super(`Decisions could not be written to ${path}: ${(cause as Error).message.replace(/\.$/, "")}. ${advice}`);
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "Make the folder writable, then retry; until then they are kept in memory.",
  EBUSY: "Another program has the file open: close it, then retry; until then they are kept in memory.",
  EPERM: "Make the folder writable, then retry; until then they are kept in memory.",
  EROFS: "The file system is read-only: move the workspace, then retry; until then they are kept in memory.",
  EFBIG:
    "The file may not grow any more: raise the limit on file sizes, then retry; until then they are kept in memory.",
  ENOSPC: "The disk is full: make room, then retry; until then they are kept in memory.",
  EDQUOT: "Your disk quota is used up: make room, then retry; until then they are kept in memory.",
  ELOOP: "Then retry; until then they are kept in memory.",
};

function adviceFor(error: unknown): string {
  return ADVICE[(error as NodeJS.ErrnoException).code ?? ""] ?? "They are kept in memory: retry when that is mended.";
}

/** How often a write is tried anew when the file under it was replaced. */
const MAX_TRIES = 5;

/** A writer with a queue: events reach the file in the order of the calls, one write and one fsync a batch. */
export class Journal implements EventSink {
  #path: string;
  #named = false;
  readonly #author: string;
  readonly #root: string;
  readonly #around: SafeFolder;
  readonly #pending: DecisionEvent[] = [];
  #queue: Promise<void> = Promise.resolve();
  /** The log's size in bytes when it was read or written last. */
  #size = 0;

  /**
   * @param root the workspace's `.glossator` folder; made with the first event.
   * @param document path relative to the workspace.
   * @throws {RangeError} if the document's path or the author is empty.
   */
  constructor(root: string, document: string, author: string) {
    this.#root = root;
    this.#around = safeAround(root);
    this.#author = author;
    this.#path = path.join(root, "log", ...encodeDocumentPath(document), logFileName(author));
  }

  /** The log file; once something was read or written, with the mark that tells it from another annotator's. */
  get path(): string {
    return this.#path;
  }

  /** Events that are not yet known to be on disk, in order. */
  get pending(): readonly DecisionEvent[] {
    return [...this.#pending];
  }

  /**
   * Resolves when the events, and all before them, are on disk.
   * @throws {JournalWriteError} if they are not; they stay in {@link pending} and go out with the next append or flush.
   */
  append(events: readonly DecisionEvent[]): Promise<void> {
    append(this.#pending, events);
    return this.flush();
  }

  /** Tries to write what is pending. @throws {JournalWriteError} */
  flush(): Promise<void> {
    const run = this.#queue.then(() => this.#writePending());
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Reads this annotator's log back, after what is being written. @throws the file system's error, unless the file does not exist. */
  async load(): Promise<LogContents> {
    await this.#queue;
    await this.#name();
    const refused: LogIssue[] = [];
    await recoverLog(this.#root, this.path).catch((error: unknown) => {
      if (isRefused(error)) refused.push(refusedIssue(error));
    });
    // Before it is read: what is written meanwhile is news.
    this.#size = await this.#sizeNow();
    const { events, issues } = await readLog(this.#root, this.path);
    // A link above the log is in the way of both.
    return { events, issues: [...refused.filter(({ path: file }) => issues[0]?.path !== file), ...issues] };
  }

  /**
   * The log as it is now, if something else than this journal wrote to it since it was read or written last; else undefined.
   * @throws as {@link load}
   */
  async news(): Promise<LogContents | undefined> {
    await this.#queue;
    const before = this.#size;
    return (await this.#sizeNow()) === before ? undefined : this.load();
  }

  async #sizeNow(): Promise<number> {
    try {
      const file = await this.#around.openToRead(this.path);
      try {
        return (await file.stat()).size;
      } finally {
        await file.close();
      }
    } catch {
      return 0;
    }
  }

  async #writePending(): Promise<void> {
    const batch = [...this.#pending];
    if (batch.length === 0) return;
    try {
      await this.#name();
      await this.#write(batch.map(encodeLine).join(""));
    } catch (error) {
      throw new JournalWriteError(this.path, error, adviceFor(error));
    }
    this.#pending.splice(0, batch.length);
  }

  /** Moves what no longer matters out of the log, see {@link compactLog}, between two writes. @throws as that. */
  compact(): Promise<CompactReport> {
    const run = this.#queue.then(async () => {
      await this.#name();
      return compactLog(this.#root, this.path);
    });
    this.#queue = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }

  /** Settles the name of the file by those that are there. What is in the way of looking is told by who reads or writes. */
  async #name(): Promise<void> {
    if (this.#named) return;
    const folder = path.dirname(this.#path);
    const entries = await this.#around.list(folder).catch(() => []);
    const names = entries.map(({ name }) => name);
    const own = logFileNameAmong(this.#author, names);
    this.#path = path.join(folder, own);
    // Until it is there, somebody else's may come first.
    this.#named = names.includes(own);
  }

  /** Another process may put a shorter log in the place of the one just written to: what counts is what lies under the name afterwards. */
  async #write(lines: string): Promise<void> {
    for (let tries = 0; !(await this.#writeOnce(lines)); tries++) {
      if (tries === MAX_TRIES) throw new Error("another program keeps replacing the file");
    }
  }

  /** False if the file was replaced meanwhile. */
  async #writeOnce(lines: string): Promise<boolean> {
    const folder = path.dirname(this.path);
    const made = await this.#around.makeFolders(folder);
    // A link in a workspace from elsewhere must not send decisions to another file.
    const file = await this.#around.openToAppend(this.path);
    let first: boolean;
    let there: boolean;
    try {
      const { size } = await file.stat();
      first = size === 0;
      const bytes = Buffer.from((await endsLine(file)) ? lines : `\n${lines}`, "utf8");
      // After a write that was cut short the half line is skipped on load, and the batch is tried again whole.
      await writeDurably(file, bytes);
      // Unless somebody else wrote since: then it is news.
      if (size === this.#size) this.#size += bytes.length;
      there = await isAt(file, this.path);
    } finally {
      await file.close();
    }
    if (!there || !first) return there;
    // A new file is durable only once the folders that name it are.
    const top = made === undefined ? folder : path.dirname(made);
    for (let at = folder; ; at = path.dirname(at)) {
      await syncFolder(at);
      if (at === top || at === path.dirname(at)) break;
    }
    return true;
  }
}
