/** A document cut into blocks and sentences, kept up to date through edits. */
import { MAX_ROW_LINES, scanBlocks } from "./blocks";
import { MAX_BLOCK } from "./scan";
import type { Block, ScanState } from "./scan";
import { segmentingBlock, sentenceText } from "./document";
import type { Sentence } from "./document";
import { nextTurn, SLICE_MS } from "./slices";
import type { SegmentKind } from "./segment-kind";
import type { Span } from "./span";
import type { TextChange } from "./anchors";
import { firstIndex } from "./search";

/** A sentence where it is now, with the text the model reads: markup replaced by as many spaces. */
export interface LocatedSentence extends Span {
  readonly text: string;
  readonly kind: SegmentKind;
}

/** A block and, once somebody asked for them, its sentences with offsets from the block's start. */
interface Entry {
  start: number;
  end: number;
  readonly kind: Block["kind"];
  readonly resume: Omit<ScanState, "at">;
  sentences?: readonly LocatedSentence[];
  /** The cutting of the block's sentences, where it was begun and left. */
  cutting?: Generator<undefined, Sentence[], undefined>;
}

/** A stretch whose sentences are not known yet. */
export interface UncutStretch extends Span {
  readonly text: undefined;
}

/**
 * A document cut into sentences that are kept up to date while it is edited: a change costs the blocks it touches, the rest is shifted.
 * Blocks are found in slices ({@link scan}); sentences of a block when they are first asked for, or in slices ({@link cut}): a megabyte of text made to be
 * hard takes many seconds of work.
 */
export class SegmentedDocument {
  #entries: Entry[] = [];
  /** Where scanning goes on; undefined once the whole document is scanned. */
  #next: ScanState | undefined = { at: 0 };

  constructor(
    private content: string,
    private readonly languageId: string,
  ) {}

  /** The document as it is now. */
  get text(): string {
    return this.content;
  }

  /** Whether all blocks are known. */
  get scanned(): boolean {
    return this.#next === undefined;
  }

  /**
   * Finds the blocks of the whole document, giving way to other work every `yieldEvery` milliseconds. Goes on over changes made meanwhile.
   */
  async scan(options: { readonly signal?: AbortSignal; readonly yieldEvery?: number } = {}): Promise<void> {
    const { signal, yieldEvery = SLICE_MS } = options;
    while (this.#next && !signal?.aborted) {
      const until = performance.now() + yieldEvery;
      for (const block of scanBlocks(this.content, this.languageId, this.#next)) {
        this.#append(block);
        if (performance.now() >= until) break;
      }
      if (this.#next.at >= this.content.length || performance.now() < until) this.#next = undefined;
      else await nextTurn();
    }
  }

  /** Cuts all blocks that are known into sentences, giving way to other work every few milliseconds. Goes on over changes made meanwhile. */
  async cut(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    let i = 0;
    while (!options.signal?.aborted) {
      i = this.#cutEntries(i, Infinity, performance.now() + SLICE_MS);
      // An edit may have left blocks behind.
      if (i >= this.#entries.length) i = this.#firstUncut(0, Infinity);
      if (i >= this.#entries.length) return;
      await nextTurn();
    }
  }

  /**
   * Cuts the blocks that touch a region into sentences, for at most `ms` milliseconds and a step.
   * @returns whether all of them are cut.
   */
  cutWithin({ start, end }: Span, ms: number): boolean {
    this.#cutEntries(this.#indexAt(start), end, performance.now() + ms);
    return this.#firstUncut(start, end) >= this.#entries.length;
  }

  /**
   * Finds the blocks up to an offset at once: what is visible must not wait for the rest.
   * @param ms gives up after so many milliseconds; {@link scan} goes on.
   */
  scanTo(offset: number, ms = Infinity): void {
    if (!this.#next || this.#next.at > offset) return;
    const until = performance.now() + ms;
    for (const block of scanBlocks(this.content, this.languageId, this.#next)) {
      this.#append(block);
      if (block.start > offset || performance.now() >= until) return;
    }
    this.#next = undefined;
  }

  /**
   * Takes over an edit. Offsets are of the text before it.
   * @param ms gives up on finding what is as before after so many milliseconds, as when a comment was opened above all of it: then {@link scan} goes on.
   */
  applyChange(change: TextChange, ms = Infinity): void {
    const until = performance.now() + ms;
    const delta = change.text.length - (change.end - change.start);
    this.content = this.content.slice(0, change.start) + change.text + this.content.slice(change.end);
    const scannedTo = this.#next ? this.#next.at : Infinity;
    if (change.start > scannedTo) return;
    const from = this.#firstAffected(change.start);
    const kept = this.#entries.slice(0, from);
    const old = this.#entries.slice(from);
    const last = kept.at(-1);
    let state: ScanState = last ? { ...last.resume, at: last.end } : { at: 0 };
    const firstClean = old.findIndex((entry) => entry.start > change.end);
    let match = firstClean < 0 ? old.length : firstClean;
    for (let i = match; i < old.length; i++) {
      old[i]!.start += delta;
      old[i]!.end += delta;
    }
    const limit = scannedTo === Infinity ? Infinity : scannedTo + delta;
    this.#entries = kept;
    for (const block of scanBlocks(this.content, this.languageId, state)) {
      while (match < old.length && old[match]!.start < block.start) match++;
      const same = old[match];
      if (
        same &&
        same.start === block.start &&
        same.end === block.end &&
        same.kind === block.kind &&
        sameResume(same.resume, block.resume)
      ) {
        for (let i = match; i < old.length; i++) this.#entries.push(old[i]!);
        this.#next =
          scannedTo === Infinity ? undefined : { ...this.#entries.at(-1)!.resume, at: this.#entries.at(-1)!.end };
        return;
      }
      this.#append(block);
      state = block.resume;
      if (block.start > limit || performance.now() >= until) {
        this.#next = state;
        return;
      }
    }
    this.#next = undefined;
  }

  /** Sentences that touch [from, to), in order; only what has been scanned. */
  *sentences(from = 0, to = Infinity): Generator<LocatedSentence> {
    for (const sentence of this.sentencesInSteps(from, to)) if (sentence) yield sentence;
  }

  /** As {@link sentences}, with an `undefined` after each step of work, so that whoever takes them can give way to others. */
  *sentencesInSteps(from = 0, to = Infinity): Generator<LocatedSentence | undefined> {
    for (let i = this.#indexAt(from); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.start >= to) return;
      while (!this.#cutFurther(entry)) yield undefined;
      yield* located(entry, entry.sentences!, from, to);
    }
  }

  /** As {@link sentences}, without any work: stretches that are not scanned, or not cut, come as such. */
  *knownSentences(from = 0, to = Infinity): Generator<LocatedSentence | UncutStretch> {
    for (let i = this.#indexAt(from); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.start >= to) return;
      if (entry.sentences) yield* located(entry, entry.sentences, from, to);
      else if (entry.kind !== "masked") yield { start: entry.start, end: entry.end, text: undefined };
    }
    const next = this.#next;
    if (next && next.at < Math.min(to, this.content.length))
      yield { start: next.at, end: this.content.length, text: undefined };
  }

  /** Blocks that touch [from, to) and hold text to label. */
  *blocks(from = 0, to = Infinity): Generator<Span> {
    for (let i = this.#indexAt(from); i < this.#entries.length; i++) {
      const { start, end, kind } = this.#entries[i]!;
      if (start >= to) return;
      if (kind === "prose") yield { start, end };
    }
  }

  #append(block: Block): void {
    const { at, ...resume } = block.resume;
    this.#entries.push({ start: block.start, end: block.end, kind: block.kind, resume });
    this.#next = { ...resume, at };
  }

  /** Cuts blocks from an index until the time has come; returns the index of the first that is left. */
  #cutEntries(from: number, end: number, until: number): number {
    for (let i = from; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.start >= end) return this.#entries.length;
      while (!this.#cutFurther(entry)) if (performance.now() >= until) return i;
      if (performance.now() >= until) return i + 1;
    }
    return this.#entries.length;
  }

  /** One step of cutting a block into sentences. True when it is done. */
  #cutFurther(entry: Entry): boolean {
    if (entry.sentences) return true;
    const block: Block = { start: 0, end: entry.end - entry.start, kind: entry.kind, resume: { at: 0 } };
    const content = (): string => this.content.slice(entry.start, entry.end);
    entry.cutting ??= segmentingBlock(content(), block, this.languageId);
    const step = entry.cutting.next();
    if (step.done !== true) return false;
    const text = content();
    entry.sentences = step.value.map((sentence) => ({
      start: sentence.start,
      end: sentence.end,
      text: sentenceText(text, sentence),
      kind: sentence.kind,
    }));
    delete entry.cutting;
    return true;
  }

  /** Index of the first block that touches [from, to) and is not cut; the number of blocks if there is none. */
  #firstUncut(from: number, to: number): number {
    for (let i = this.#indexAt(from); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.start >= to) break;
      if (!entry.sentences) return i;
    }
    return this.#entries.length;
  }

  /** First block whose cut may depend on text at `offset`: two before the one it is in, since a block can end where the next begins; of a table more. */
  #firstAffected(offset: number): number {
    if (offset < MAX_BLOCK && this.languageId === "markdown" && /^\uFEFF?---/.test(this.content)) return 0;
    // A row's quotes may close on any of the next lines.
    const back = this.languageId === "csv" ? MAX_ROW_LINES + 2 : 2;
    return Math.max(0, this.#indexAt(offset) - back);
  }

  /** Index of the first block that ends at or after `offset`. */
  #indexAt(offset: number): number {
    return firstIndex(this.#entries, ({ end }) => end >= offset);
  }
}

function* located(
  { start: shift }: Entry,
  sentences: readonly LocatedSentence[],
  from: number,
  to: number,
): Generator<LocatedSentence> {
  for (const { start, end, text, kind } of sentences)
    if (shift + end > from && shift + start < to) yield { start: shift + start, end: shift + end, text, kind };
}

function sameResume(a: Omit<ScanState, "at">, b: ScanState): boolean {
  return JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
}
