import type { Span } from "../text/span";
import { runs, softmax, transitions, viterbi } from "./bio";
import type { Decoder } from "./manifest";
import type { Row } from "./rows";
import type { Encoding } from "./tokenizer";

/** An entity: UTF-16 span in its segment, type, and mean probability of its words' tags. */
export interface Entity extends Span {
  readonly label: string;
  readonly score: number;
}

/**
 * Collects the token logits of one segment, window by window, and reads the entities off them. A word is labelled by its first
 * piece, as in training; words are the tokenizer's, or the caller's where the text is already split.
 */
export class EntityReader {
  /** First token of each unit, and the unit's place in the text. */
  private readonly firstTokens: number[] = [];
  private readonly spans: Span[] = [];
  /** Logits of each unit's first token [units × tags], and how far inside its window that token was. */
  private readonly logits: Float32Array;
  private readonly depth: Int32Array;

  constructor(
    item: { readonly text: string; readonly words?: readonly Span[] },
    private readonly encoding: Encoding,
    private readonly decoder: Decoder,
  ) {
    if (item.words) this.useWords(item.words);
    else this.useTokenizerWords();
    this.logits = new Float32Array(this.spans.length * decoder.labels.length);
    this.depth = new Int32Array(this.spans.length).fill(-1);
  }

  /** Takes the logits of one window: the row's first own token is at `at`. Where windows overlap, the more central reading counts. */
  add(row: Row, logits: Float32Array, at: number): void {
    const n = this.decoder.labels.length;
    const end = row.from + row.count;
    for (let unit = 0; unit < this.firstTokens.length; unit++) {
      const token = this.firstTokens[unit]!;
      if (token < row.from || token >= end) continue;
      const left = row.from === 0 ? Infinity : token - row.from;
      const right = end === this.encoding.ids.length ? Infinity : end - 1 - token;
      const depth = Math.min(left, right, 1 << 30);
      if (depth <= this.depth[unit]!) continue;
      this.depth[unit] = depth;
      const from = at + (token - row.from) * n;
      this.logits.set(logits.subarray(from, from + n), unit * n);
    }
  }

  /** The entities, in order, without overlap. */
  finish(): Entity[] {
    const tags = this.decoder.labels;
    const n = tags.length;
    const units = this.spans.length;
    const probabilities = new Float32Array(units * n);
    for (let unit = 0; unit < units; unit++)
      softmax(this.logits, unit * n, n, this.decoder.temperature, probabilities, unit * n);
    const path = viterbi(
      probabilities.map((p) => Math.log(Math.max(p, 1e-30))),
      units,
      transitions(tags),
    );
    return runs(path, probabilities, tags).map(({ start, end, label, score }) => ({
      start: this.spans[start]!.start,
      end: this.spans[end - 1]!.end,
      label,
      score,
    }));
  }

  private useTokenizerWords(): void {
    const { words, starts, ends } = this.encoding;
    for (let i = 0; i < words.length;) {
      let j = i + 1;
      while (j < words.length && words[j] === words[i]) j++;
      this.firstTokens.push(i);
      this.spans.push({ start: starts[i]!, end: ends[j - 1]! });
      i = j;
    }
  }

  private useWords(words: readonly Span[]): void {
    const { starts } = this.encoding;
    let token = 0;
    for (const word of words) {
      while (token < starts.length && starts[token]! < word.start) token++;
      // A word of characters the tokenizer drops has no token, and no label.
      if (token >= starts.length || starts[token]! >= word.end) continue;
      this.firstTokens.push(token);
      this.spans.push(word);
    }
  }
}
