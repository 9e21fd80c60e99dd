/** Gets open documents ready for questions, in the background: once asked about, or once open, as the setting says, and again after edits. */
import { EventEmitter, l10n, ProgressLocation } from "vscode";
import type { Disposable } from "vscode";
import { isCancelled } from "../../engine/errors";
import type { CommandTable } from "../base/command-table";
import * as config from "../base/config";
import type { EngineService } from "./engine-service";
import { log, messageOf } from "../base/log";
import { sayInStatus } from "../base/messages";
import { sessionPassages } from "./passages";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";
import { front } from "./targets";
import { withCancel } from "../base/with-cancel";

/** After the last edit, changed passages are read again. */
const QUIET_MS = 1500;

/** How far a document is. */
export interface IndexProgress {
  readonly done: number;
  readonly total: number;
}

interface Wanted {
  /** What was indexed, or is being: its text, and the process that holds the index. */
  text?: string;
  pid?: number;
  progress?: IndexProgress;
  abort?: AbortController;
  timer?: NodeJS.Timeout;
}

/** See the file's head. */
export class Indexer implements Disposable {
  readonly #wanted = new Map<DocumentSession, Wanted>();
  readonly #stopped = new WeakSet<DocumentSession>();
  readonly #changed = new EventEmitter<void>();
  /** A document's progress changed. */
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Disposable[];

  constructor(
    private readonly sessions: Sessions,
    private readonly engine: EngineService,
  ) {
    this.#disposables = [
      sessions.onDidChange(({ session }) => {
        if (session === undefined) this.#forgetClosed();
        else this.#tend(session);
      }),
      // A process that was started again has lost what it knew.
      engine.onDidChange(() => {
        for (const session of this.#wanted.keys()) this.#tend(session);
      }),
    ];
  }

  /** What is being indexed of a document; undefined when nothing is. */
  progress(session: DocumentSession | undefined): IndexProgress | undefined {
    const wanted = session && this.#wanted.get(session);
    return wanted?.abort && wanted.progress;
  }

  /** Whether a document is indexed as it is now. */
  isCurrent(session: DocumentSession): boolean {
    const wanted = this.#wanted.get(session);
    const { info } = this.engine;
    return (
      info !== undefined && wanted?.abort === undefined && wanted?.text === session.text && wanted.pid === info.pid
    );
  }

  /** Wants a document to be ready for questions, from now on. */
  want(session: DocumentSession): void {
    if (config.answerIndex() === "never" || this.#stopped.has(session)) return;
    this.#keep(session);
    this.#tend(session, 0);
  }

  /** Commands on the index. */
  get commands(): CommandTable {
    return {
      indexDocument: () => this.#indexNow(front(this.sessions).session),
      stopIndexing: () => this.#stop(front(this.sessions).session),
    };
  }

  dispose(): void {
    for (const session of [...this.#wanted.keys()]) this.#forget(session);
    for (const item of this.#disposables) item.dispose();
    this.#changed.dispose();
  }

  #keep(session: DocumentSession): Wanted {
    const wanted = this.#wanted.get(session) ?? {};
    this.#wanted.set(session, wanted);
    return wanted;
  }

  /** Starts what is to be done for a document, once it has been left alone for a moment. */
  #tend(session: DocumentSession, quiet = QUIET_MS): void {
    const { info } = this.engine;
    if (info === undefined || !info.tasks.includes("answers")) return;
    if (config.answerIndex() === "onOpen" && !this.#stopped.has(session)) this.#keep(session);
    const wanted = this.#wanted.get(session);
    if (wanted === undefined || (wanted.text === session.text && wanted.pid === info.pid)) return;
    clearTimeout(wanted.timer);
    wanted.timer = setTimeout(() => {
      this.#run(session, wanted).catch((error: unknown) => {
        if (!isCancelled(error)) log.error(`indexing ${session.id}: ${messageOf(error)}`);
      });
    }, quiet);
  }

  async #run(session: DocumentSession, wanted: Wanted, report?: (progress: IndexProgress) => void): Promise<void> {
    clearTimeout(wanted.timer);
    const { client, info } = this.engine;
    if (client === undefined || info === undefined) return;
    wanted.abort?.abort();
    const abort = new AbortController();
    wanted.abort = abort;
    const { signal } = abort;
    try {
      const passages = await sessionPassages(session, signal);
      Object.assign(wanted, { text: session.text, pid: info.pid });
      const result = await client.index(
        passages.map(({ text }) => text),
        {
          signal,
          document: session.id,
          onProgress: (done, total) => {
            wanted.progress = { done, total };
            report?.(wanted.progress);
            this.#changed.fire();
          },
        },
      );
      // While it ran, the process may have been started again, and the work sent to the new one.
      wanted.pid = client.info?.pid ?? info.pid;
      if (result.setAside > 0)
        log.warn(`${session.id}: ${result.setAside} passages stopped the model process and are left out of questions.`);
    } catch (error) {
      // A failure is tried again after the next edit, or by the next process.
      if (isCancelled(error) && wanted.abort === abort) delete wanted.text;
      throw error;
    } finally {
      if (wanted.abort === abort) {
        delete wanted.abort;
        delete wanted.progress;
        this.#changed.fire();
      }
    }
  }

  async #indexNow(session: DocumentSession): Promise<void> {
    this.#stopped.delete(session);
    const wanted = this.#keep(session);
    await withCancel(
      { location: ProgressLocation.Notification, title: l10n.t("Indexing this file for questions") },
      async (progress, signal) => {
        signal.addEventListener("abort", () => this.#stop(session));
        await this.#run(session, wanted, ({ done, total }) =>
          progress.report({ message: l10n.t("{0} of {1} passages", done, total) }),
        );
      },
    );
    sayInStatus(l10n.t("the file is indexed for questions"), 4000);
  }

  #stop(session: DocumentSession): void {
    this.#stopped.add(session);
    this.#forget(session);
  }

  #forget(session: DocumentSession): void {
    const wanted = this.#wanted.get(session);
    clearTimeout(wanted?.timer);
    wanted?.abort?.abort();
    this.#wanted.delete(session);
    this.#changed.fire();
  }

  #forgetClosed(): void {
    const open = new Set(this.sessions.all);
    for (const session of [...this.#wanted.keys()]) if (!open.has(session)) this.#forget(session);
  }
}
