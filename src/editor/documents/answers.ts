/** Questions asked about documents: the answers on show, and which of them is the current one. Offsets are UTF-16 code units. */
import { EventEmitter, l10n } from "vscode";
import type { Disposable } from "vscode";
import { isQuestionTask, QUESTION_TASKS } from "../../documents/tasks";
import { distinctAnswers } from "../../engine/distinct-answers";
import { foundAnswers } from "../../engine/found-answers";
import type { Annotation } from "../../labels/annotation";
import { sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import * as config from "../base/config";
import { setContext } from "../base/context-keys";
import type { EngineService } from "./engine-service";
import type { Indexer } from "./indexer";
import { sessionPassages } from "./passages";
import { reveal, show } from "../base/reveal";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** An answer found in a document. */
export interface FoundAnswer extends Span {
  readonly text: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
  /** On the same scale: that there is no answer where it was read. */
  readonly noAnswer: number;
  /** The line around it. */
  readonly context: string;
}

/** What came of a question. */
export interface AskOutcome {
  /** Those likely enough to show, best first. */
  readonly answers: readonly FoundAnswer[];
  /** The best guess where the model says that there is no answer, or none is likely enough. */
  readonly closest?: FoundAnswer;
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
    private readonly indexer: Indexer,
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
    const { labels } = session;
    return QUESTION_TASKS.flatMap((task) => labels.annotations({ task }))
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
   * Asks the model and puts the answers into the document's labels, best first; from then on the document is kept indexed.
   * @throws {EngineError} if the model has no answers decoder or fails; the signal's reason if cancelled.
   */
  async ask(
    session: DocumentSession,
    question: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<AskOutcome> {
    const { client, info } = this.engine;
    if (client === undefined || info === undefined) throw new Error(this.#whyNot());
    if (!info.tasks.some(isQuestionTask)) throw new Error(l10n.t("The model {0} cannot answer questions.", info.model));
    const passages = await sessionPassages(session, signal);
    const { text } = session;
    const top = config.answerCount();
    const found = await client.ask(
      question,
      passages.map((passage) => passage.text),
      // Passages share a sentence, so that an answer may come twice, and spans of it more often.
      {
        signal,
        document: session.id,
        borders: passages.map(({ borders }) => borders),
        top: 4 * top,
        onProgress,
      },
    );
    if (session.text !== text)
      throw new Error(l10n.t("The document was edited while its answers were looked for. Ask again."));
    this.indexer.want(session);
    const placed = found.map(({ context, start, end, score, noAnswer }): FoundAnswer => {
      const offset = passages[context]?.start ?? 0;
      const span = { start: offset + start, end: offset + end };
      return {
        ...span,
        score,
        noAnswer,
        text: text.slice(span.start, span.end),
        context: text.slice(Math.max(0, span.start - 60), Math.min(text.length, span.end + 60)),
      };
    });
    const { answers, closest } = foundAnswers(distinctAnswers(placed, top), config.answerConfidence());
    this.show(session, question, answers);
    return { answers, ...(closest !== undefined && { closest }) };
  }

  /** Puts answers into a document's labels. */
  show(session: DocumentSession, question: string, answers: readonly (Span & { readonly score: number })[]): void {
    const { info } = this.engine;
    if (info === undefined) return;
    session.labels?.setAnswers(question, answers, { name: info.model, version: info.modelVersion });
    const asked: Asked = { question, current: undefined };
    this.#asked.set(session, asked);
    asked.current = this.list(session)[0]?.id;
    setContext("answers", this.list(this.sessions.active).length > 0);
    this.#changed.fire(session);
  }

  /** Makes an answer the current one, and shows it. */
  async go(session: DocumentSession, answer: Span & { readonly id?: string }): Promise<void> {
    const asked = this.#asked.get(session);
    const hit = this.list(session).find(({ id, span }) => id === answer.id || sameSpan(span, answer));
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

  #whyNot(): string {
    const { state, message } = this.engine;
    return state === "failed"
      ? l10n.t("The model is not running: {0}", message ?? l10n.t("it failed."))
      : l10n.t("The model is still starting. Ask again in a moment.");
  }
}
