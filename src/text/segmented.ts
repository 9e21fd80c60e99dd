import { MAX_BLOCK, scanBlocks, type Block, type ScanState } from "./blocks";
import { segmentBlock, sentenceText } from "./document";
import type { SegmentKind } from "./segment-kind";
import type { Span } from "./span";
import type { TextChange } from "./anchors";

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
}

/**
 * A document cut into sentences that are kept up to date while it is edited: a change costs the blocks it touches, the rest is shifted.
 * Blocks are found in slices ({@link scan}); sentences of a block when they are first asked for.
 */
export class SegmentedDocument {
  private entries: Entry[] = [];
  /** Where scanning goes on; undefined once the whole document is scanned. */
  private next: ScanState | undefined = { at: 0 };

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
    return this.next === undefined;
  }

  /**
   * Finds the blocks of the whole document, giving way to other work every `yieldEvery` milliseconds. Goes on over changes made meanwhile.
   */
  async scan(options: { readonly signal?: AbortSignal; readonly yieldEvery?: number } = {}): Promise<void> {
    const { signal, yieldEvery = 8 } = options;
    while (this.next && !signal?.aborted) {
      const until = performance.now() + yieldEvery;
      for (const block of scanBlocks(this.content, this.languageId, this.next)) {
        this.append(block);
        if (performance.now() >= until) break;
      }
      if (this.next.at >= this.content.length || performance.now() < until) this.next = undefined;
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Finds the blocks up to an offset at once: what is visible must not wait for the rest. */
  scanTo(offset: number): void {
    if (!this.next || this.next.at > offset) return;
    for (const block of scanBlocks(this.content, this.languageId, this.next)) {
      this.append(block);
      if (block.start > offset) return;
    }
    this.next = undefined;
  }

  /** Takes over an edit. Offsets are of the text before it. */
  applyChange(change: TextChange): void {
    const delta = change.text.length - (change.end - change.start);
    this.content = this.content.slice(0, change.start) + change.text + this.content.slice(change.end);
    const scannedTo = this.next ? this.next.at : Infinity;
    if (change.start > scannedTo) return;
    const from = this.firstAffected(change.start);
    const kept = this.entries.slice(0, from);
    const old = this.entries.slice(from);
    const last = kept.at(-1);
    let state: ScanState = last ? { ...last.resume, at: last.end } : { at: 0 };
    const firstClean = old.findIndex((entry) => entry.start > change.end);
    let match = firstClean < 0 ? old.length : firstClean;
    for (let i = match; i < old.length; i++) {
      old[i]!.start += delta;
      old[i]!.end += delta;
    }
    const limit = scannedTo === Infinity ? Infinity : scannedTo + delta;
    this.entries = kept;
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
        for (let i = match; i < old.length; i++) this.entries.push(old[i]!);
        this.next =
          scannedTo === Infinity ? undefined : { ...this.entries.at(-1)!.resume, at: this.entries.at(-1)!.end };
        return;
      }
      this.append(block);
      state = block.resume;
      if (block.start > limit) {
        this.next = state;
        return;
      }
    }
    this.next = undefined;
  }

  /** Sentences that touch [from, to), in order; only what has been scanned. */
  *sentences(from = 0, to = Infinity): Generator<LocatedSentence> {
    for (let i = this.indexAt(from); i < this.entries.length; i++) {
      const entry = this.entries[i]!;
      if (entry.start >= to) return;
      for (const { start, end, text, kind } of this.sentencesOf(entry)) {
        const at = { start: entry.start + start, end: entry.start + end, text, kind };
        if (at.end > from && at.start < to) yield at;
      }
    }
  }

  /** Blocks that touch [from, to) and hold text to label. */
  *blocks(from = 0, to = Infinity): Generator<Span> {
    for (let i = this.indexAt(from); i < this.entries.length; i++) {
      const { start, end, kind } = this.entries[i]!;
      if (start >= to) return;
      if (kind === "prose") yield { start, end };
    }
  }

  private append(block: Block): void {
    const { at, ...resume } = block.resume;
    this.entries.push({ start: block.start, end: block.end, kind: block.kind, resume });
    this.next = { ...resume, at };
  }

  private sentencesOf(entry: Entry): readonly LocatedSentence[] {
    if (entry.sentences) return entry.sentences;
    const block: Block = { start: entry.start, end: entry.end, kind: entry.kind, resume: { at: entry.end } };
    entry.sentences = segmentBlock(this.content, block, this.languageId).map((sentence) => ({
      start: sentence.start - entry.start,
      end: sentence.end - entry.start,
      text: sentenceText(this.content, sentence),
      kind: sentence.kind,
    }));
    return entry.sentences;
  }

  /** First block whose cut may depend on text at `offset`: two before the one it is in, since a block can end where the next begins. */
  private firstAffected(offset: number): number {
    if (offset < MAX_BLOCK && this.languageId === "markdown" && /^\uFEFF?---/.test(this.content)) return 0;
    return Math.max(0, this.indexAt(offset) - 2);
  }

  /** Index of the first block that ends at or after `offset`. */
  private indexAt(offset: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.end < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sameResume(a: Omit<ScanState, "at">, b: ScanState): boolean {
  return JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
}
