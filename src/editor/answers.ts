/** Questions asked about documents: the answers on show, and which of them is the current one. Offsets are UTF-16 code units. */
import { EventEmitter } from "vscode";
import type { Disposable } from "vscode";
import type { EngineInfo } from "../engine/protocol";
import type { Annotation } from "../labels/annotation";
import type { Span } from "../text/span";
import * as config from "./config";
import { setContext } from "./context-keys";
import type { EngineService } from "./engine-service";
import { passagesOf } from "../text/passages";
import type { Passage } from "../text/passages";
import { reveal, show } from "./reveal";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** Collecting passages yields to the event loop this often. */
const SLICE_MS = 8;

/** An answer found in a document. */
export interface FoundAnswer extends Span {
  readonly text: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
  /** The line around it. */
  readonly context: string;
}

interface Asked {
  readonly question: string;
  current: string | undefined;
}

/** Keeper of the questions asked, by session. */
export class Answers implements Disposable {
  readonly #asked = new WeakMap<DocumentSession, Asked>();
  readonly #changed = new EventEmitter<DocumentSession>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Disposable[];

  constructor(
    private readonly sessions: Sessions,
    private readonly engine: EngineService,
  ) {
    this.#disposables = [
      sessions.onDidChange(() => {
        setContext("answers", this.list(sessions.active).length > 0);
      }),
    ];
  }

  /** The question last asked about a document. */
  question(session: DocumentSession | undefined): string | undefined {
    return session === undefined ? undefined : this.#asked.get(session)?.question;
  }

  /** The answers on show, suggested ones best first, or the decided ones of the question. */
  list(session: DocumentSession | undefined): readonly Annotation[] {
    const question = this.question(session);
    if (session?.labels === undefined || question === undefined) return [];
    return session.labels
      .annotations({ task: "answers" })
      .filter((item) => item.question?.trim() === question.trim() && item.status !== "stale")
      .sort((a, b) => (b.score ?? 1) - (a.score ?? 1) || a.span.start - b.span.start);
  }

  /** The answer that next/previous is at. */
  current(session: DocumentSession | undefined): Annotation | undefined {
    const list = this.list(session);
    const id = session === undefined ? undefined : this.#asked.get(session)?.current;
    return list.find((item) => item.id === id) ?? list[0];
  }

  isCurrent(session: DocumentSession, id: string): boolean {
    return this.#asked.has(session) && this.#asked.get(session)?.current === id;
  }

  /**
   * Asks the model and puts the answers into the document's labels, best first.
   * @throws {EngineError} if the model has no answers decoder or fails; the signal's reason if cancelled.
   */
  async ask(
    session: DocumentSession,
    question: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<FoundAnswer[]> {
    const { client, info } = this.engine;
    if (client === undefined || info === undefined) throw new Error(this.#whyNot());
    if (!info.tasks.includes("answers")) throw new Error(`The model ${info.model} cannot answer questions.`);
    await session.ready;
    const passages = await this.#passages(session, signal);
    const text = session.text;
    const top = config.answerCount();
    const contexts = passages.map((passage) => passage.text);
    const found = contexts.length === 0 ? [] : await client.ask(question, contexts, { signal, top, onProgress });
    const placed = found.map(({ context, start, end, score }): Span & { score: number } => {
      const offset = passages[context]?.start ?? 0;
      return { start: offset + start, end: offset + end, score };
    });
    const distinct = new Map(
      placed.sort((a, b) => b.score - a.score).map((item) => [`${item.start}:${item.end}`, item]),
    );
    const best = [...distinct.values()].sort((a, b) => b.score - a.score).slice(0, top);
    if (session.text !== text) throw new Error("The document was edited while its answers were looked for. Ask again.");
    this.#put(session, question, best, info);
    return best.map((item) => ({
      ...item,
      text: text.slice(item.start, item.end),
      context: text.slice(Math.max(0, item.start - 60), Math.min(text.length, item.end + 60)),
    }));
  }

  /** Makes an answer the current one, and shows it. */
  async go(session: DocumentSession, answer: Span & { readonly id?: string }): Promise<void> {
    const asked = this.#asked.get(session);
    const hit = this.list(session).find(
      ({ id, span }) => id === answer.id || (span.start === answer.start && span.end === answer.end),
    );
    if (asked !== undefined) asked.current = hit?.id;
    this.#changed.fire(session);
    reveal(await show(session.document), answer, true);
  }

  /** Goes to the answer after or before the current one, around the end. */
  async step(session: DocumentSession, by: 1 | -1): Promise<Annotation | undefined> {
    const list = this.list(session);
    const at = list.findIndex(({ id }) => id === this.current(session)?.id);
    const next = list[(at + by + list.length) % list.length];
    if (next !== undefined) await this.go(session, { ...next.span, id: next.id });
    return next;
  }

  /** Forgets question and suggested answers; decided ones stay. */
  clear(session: DocumentSession): void {
    const info = this.engine.info;
    const question = this.question(session);
    this.#asked.delete(session);
    if (info !== undefined && question !== undefined) {
      session.labels?.setAnswers(question, [], { name: info.model, version: info.modelVersion });
    }
    setContext("answers", false);
    this.#changed.fire(session);
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
    this.#changed.dispose();
  }

  #put(
    session: DocumentSession,
    question: string,
    answers: readonly (Span & { score: number })[],
    info: EngineInfo,
  ): void {
    session.labels?.setAnswers(question, answers, { name: info.model, version: info.modelVersion });
    const asked: Asked = { question, current: undefined };
    this.#asked.set(session, asked);
    asked.current = this.list(session)[0]?.id;
    setContext("answers", this.list(this.sessions.active).length > 0);
    this.#changed.fire(session);
  }

  async #passages(session: DocumentSession, signal: AbortSignal): Promise<Passage[]> {
    const all: Passage[] = [];
    let since = performance.now();
    for (const passage of passagesOf(session.sentences())) {
      all.push(passage);
      if (performance.now() - since < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      since = performance.now();
    }
    return all;
  }

  #whyNot(): string {
    const { state, message } = this.engine;
    return state === "failed"
      ? `The model is not running: ${message ?? "it failed."}`
      : "The model is still starting. Ask again in a moment.";
  }
}
