/** Work on the passages of a document: questions, indexing, ranking. */
import type { AskOptions, PassageOptions } from "./options";
import { EngineError } from "./errors";
import type { Answer, DocumentPassages, Outcome, Priority, Rankings, Work } from "./protocol";
import { deferred, LIVES } from "./work";
import { UnfilledContexts } from "./unfilled";
import type { PendingWork } from "./work";

/**
 * Work on the passages of a document. It is sent again whole after a crash, since what the process kept of passages is lost with it. A passage
 * that was being run when the process died is run alone next time; one that stops it twice is set aside, and the work goes on without it.
 */
abstract class PassageWork<Result> implements PendingWork {
  abstract readonly priority: Priority;
  readonly unfinished = false;
  readonly result: Promise<Result>;
  protected readonly settle: ReturnType<typeof deferred<Result>>;
  protected readonly read: UnfilledContexts;
  readonly #deaths = new Map<number, number>();
  /** Times it died while it ran no passage. */
  #ownDeaths = 0;

  /** @param setAside texts that stopped the process twice, in whatever work; it is added to. */
  constructor(
    contexts: readonly string[],
    private readonly setAside: Set<string>,
    private readonly options: PassageOptions,
  ) {
    this.read = new UnfilledContexts(contexts);
    this.settle = deferred();
    this.result = this.settle.promise;
  }

  request(): Work | undefined {
    if (this.#ownDeaths >= LIVES) return undefined;
    const { texts: contexts } = this.read;
    const without = [...contexts.keys()].filter((i) => this.setAside.has(contexts[i]!));
    const apart = [...this.#deaths.keys()].filter((i) => !this.setAside.has(contexts[i]!));
    return this.work({ document: this.options.document ?? "", contexts, apart, without });
  }

  labels(): void {
    // Results come all at once.
  }

  progress(done: number, total: number): void {
    this.options.onProgress?.(done, total);
  }

  blame(items: readonly number[]): void {
    if (items.length === 0) this.#ownDeaths++;
    for (const i of items) {
      const deaths = (this.#deaths.get(i) ?? 0) + 1;
      this.#deaths.set(i, deaths);
      if (deaths >= LIVES) this.setAside.add(this.read.texts[i]!);
    }
  }

  done(outcome: Outcome | undefined): void {
    if (outcome) this.settle.resolve(this.resultOf(outcome));
    else this.fail(new EngineError("poisoned-input", this.poisoned));
  }

  fail(error: Error): void {
    this.settle.reject(error);
  }

  /** Number of contexts that are left out. */
  protected get skipped(): number {
    return this.read.texts.filter((text) => this.setAside.has(text)).length;
  }

  /** What to say when it died twice without running a passage. */
  protected abstract readonly poisoned: string;
  protected abstract work(passages: DocumentPassages): Work;
  protected abstract resultOf(outcome: Outcome): Result;
}

/** One question. */
export class AskWork extends PassageWork<Answer[]> {
  /** Somebody waits for the answer. */
  readonly priority = "urgent";
  protected readonly poisoned = "This question stopped the model process twice and was set aside.";

  constructor(
    private readonly question: string,
    contexts: readonly string[],
    setAside: Set<string>,
    private readonly ask: AskOptions,
  ) {
    super(contexts, setAside, ask);
  }

  protected work(passages: DocumentPassages): Work {
    const { top = 5, candidates, borders } = this.ask;
    return {
      kind: "ask",
      ...passages,
      question: this.question,
      top,
      ...(borders !== undefined && { borders: this.read.offsets(borders) }),
      ...(candidates !== undefined && { candidates }),
    };
  }

  protected resultOf({ answers = [] }: Outcome): Answer[] {
    return answers.map((answer) => this.read.placed(answer));
  }
}

/** What indexing came to. */
export interface IndexResult {
  readonly passages: number;
  /** Passages that stopped the process twice; they are not found. */
  readonly setAside: number;
}

/** Passages to get ready. */
export class IndexWork extends PassageWork<IndexResult> {
  readonly priority = "background";
  protected readonly poisoned = "Indexing stopped the model process twice and was given up.";

  protected work(passages: DocumentPassages): Work {
    return { kind: "index", ...passages };
  }

  protected resultOf(): IndexResult {
    return { passages: this.read.texts.length, setAside: this.skipped };
  }
}

/** Questions whose passages are to be ranked. */
export class RankWork extends PassageWork<Rankings[]> {
  readonly priority = "normal";
  protected readonly poisoned = "Ranking stopped the model process twice and was given up.";

  constructor(
    private readonly questions: readonly string[],
    contexts: readonly string[],
    setAside: Set<string>,
    private readonly top: number,
    options: PassageOptions,
  ) {
    super(contexts, setAside, options);
  }

  protected work(passages: DocumentPassages): Work {
    return { kind: "rank", ...passages, questions: this.questions, top: this.top };
  }

  protected resultOf({ rankings = [] }: Outcome): Rankings[] {
    return [...rankings];
  }
}
