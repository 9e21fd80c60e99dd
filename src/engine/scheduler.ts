/** Which sentences of open documents are labelled next, and what was learned of them. */
import { LRUCache } from "lru-cache";
import type { Task } from "../documents/tasks";
import type { EngineClient } from "./client";
import { isCancelled } from "./errors";
import type { SegmentLabels } from "./protocol";
import { besides } from "../model/tasks/spans";

/** Characters of text whose labels are kept; about 10 MB of English with its labels fits into 100 MB. */
const CACHE_CHARACTERS = 12_000_000;
/** Segments sent at once: the first ones alone, so that what is visible comes soonest; then more, so that lengths can be sorted. */
const FIRST = 24;
const CHUNK = 128;
/** Batches stay small enough for a keystroke's work to go in between: about 50 ms on two cores. */
const BATCH_TOKENS = 256;
/** Milliseconds of looking through segments before other work of this event loop gets its turn. */
const SLICE_MS = 8;

/** What a document still wants. */
interface Queue {
  readonly items: Iterator<string | undefined>;
  readonly tasks: readonly Task[];
  /** Segments looked at so far, and how many there are, if known. */
  seen: number;
  readonly total: number;
  first: boolean;
  readonly abort: AbortController;
}

/** Called when labels of a document's segments have come; `total` is -1 while it is not known. */
export type LabelListener = (documentId: string, done: number, total: number) => void;

/**
 * Labels the sentences of open documents, most urgent first, and keeps what it learned by text: after an edit only sentences whose text
 * changed are run again. It knows nothing of positions: callers look labels up by text, so what they draw is always where the text is now.
 */
export class Scheduler {
  readonly #cache = new LRUCache<string, SegmentLabels>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  readonly #queues = new Map<string, Queue>();
  readonly #listeners = new Set<LabelListener>();
  readonly #errorListeners = new Set<(error: Error) => void>();
  #modelVersion: string | undefined;

  constructor(private readonly client: Pick<EngineClient, "label" | "info">) {}

  /**
   * Replaces what a document wants.
   * @param items the text of its sentences, most urgent first; consumed as there is time. Undefined where getting the next one takes another step of work.
   * @param total how many there are, for progress.
   */
  want(
    documentId: string,
    items: Iterable<string | undefined>,
    tasks: readonly Task[],
    total = Array.isArray(items) ? items.length : -1,
  ): void {
    this.#queues.get(documentId)?.abort.abort();
    if (tasks.length === 0) {
      this.#queues.delete(documentId);
      return;
    }
    const queue: Queue = {
      items: items[Symbol.iterator](),
      tasks,
      seen: 0,
      total,
      first: true,
      abort: new AbortController(),
    };
    this.#queues.set(documentId, queue);
    void this.#run(documentId, queue);
  }

  /** Labels known for a sentence, with offsets from its start; undefined while they are not. */
  lookup(text: string): SegmentLabels | undefined {
    return this.#cache.get(text);
  }

  /** Drops what a document wants, when it is closed. */
  forget(documentId: string): void {
    this.#queues.get(documentId)?.abort.abort();
    this.#queues.delete(documentId);
  }

  /** Whether nothing is left to do. */
  get idle(): boolean {
    return this.#queues.size === 0;
  }

  /** Calls `listener` as labels come. Returns how to stop. */
  onDidLabel(listener: LabelListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` when labelling stops for a reason the user should know. Returns how to stop. */
  onError(listener: (error: Error) => void): () => void {
    this.#errorListeners.add(listener);
    return () => this.#errorListeners.delete(listener);
  }

  /** Forgets all labels: the model changed. */
  clear(): void {
    this.#cache.clear();
  }

  async #run(documentId: string, queue: Queue): Promise<void> {
    const current = (): boolean => this.#queues.get(documentId) === queue;
    try {
      // One turn later, so that several wants in a row cost one request.
      await new Promise((resolve) => setImmediate(resolve));
      for (;;) {
        const chunk = await this.#nextChunk(queue, current);
        if (!current()) return;
        if (chunk.length === 0) break;
        await this.#label(documentId, queue, chunk);
        if (!current()) return;
      }
      this.#queues.delete(documentId);
      this.#announce(documentId, queue, true);
    } catch (error) {
      if (!current()) return;
      this.#queues.delete(documentId);
      if (!isCancelled(error)) for (const listener of this.#errorListeners) listener(error as Error);
    }
  }

  /** The next segments that are not labelled yet, each once. */
  async #nextChunk(queue: Queue, current: () => boolean): Promise<string[]> {
    const chunk = new Set<string>();
    const size = queue.first ? FIRST : CHUNK;
    let until = performance.now() + SLICE_MS;
    while (chunk.size < size) {
      if (performance.now() >= until) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!current()) return [];
        until = performance.now() + SLICE_MS;
      }
      const next = queue.items.next();
      if (next.done) break;
      const text = next.value;
      if (text === undefined) continue;
      queue.seen++;
      const known = this.#cache.get(text);
      if (!known || queue.tasks.some((task) => !(task in known) && known.error === undefined && !isBlank(text)))
        chunk.add(text);
    }
    return [...chunk];
  }

  async #label(documentId: string, queue: Queue, chunk: readonly string[]): Promise<void> {
    await this.client.label(
      chunk.map((text) => ({ text })),
      queue.tasks,
      {
        priority: queue.first ? "urgent" : "normal",
        batchTokens: BATCH_TOKENS,
        signal: queue.abort.signal,
        onResults: (results) => {
          this.#checkModel();
          for (const [i, labels] of results)
            this.#cache.set(chunk[i]!, besides(this.#cache.get(chunk[i]!) ?? {}, labels));
          if (this.#queues.get(documentId) === queue) this.#announce(documentId, queue, false);
        },
      },
    );
    queue.first = false;
  }

  /** Labels of another model must not stand beside those of this one. */
  #checkModel(): void {
    const version = this.client.info?.modelVersion;
    if (version === this.#modelVersion) return;
    this.#modelVersion = version;
    this.#cache.clear();
  }

  #announce(documentId: string, queue: Queue, complete: boolean): void {
    const total = complete ? queue.seen : queue.total;
    for (const listener of this.#listeners)
      listener(documentId, Math.min(queue.seen, total < 0 ? queue.seen : total), total);
  }
}

const isBlank = (text: string): boolean => text.trim() === "";
