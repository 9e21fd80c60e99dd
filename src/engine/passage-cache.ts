/** What the model process keeps of passages, by their text: an edit elsewhere, or another document with the same text, costs nothing. */
import { LRUCache } from "lru-cache";
import { windowBytes, type EncodedPassage, type StateWindow } from "../model/passage-states";
import { PassageIndex } from "./retrieval";

/** Embeddings are kept for some 40 MB of text; they are a thirtieth of the hidden states. */
const EMBEDDING_BYTES = 128 << 20;
/** Documents whose index of words is kept. */
const DOCUMENTS = 8;

/** Embeddings and hidden states by text, the least recently used of them dropped, and indexes of words by document. */
export class PassageCache {
  private readonly embeddings = new LRUCache<string, Float32Array>({
    maxSize: EMBEDDING_BYTES,
    sizeCalculation: (vector, text) => vector.byteLength + text.length + 1,
  });
  private readonly states: LRUCache<string, readonly StateWindow[]> | undefined;
  private readonly indexes = new LRUCache<string, PassageIndex>({ max: DOCUMENTS });

  /** @param bytes of hidden states to keep; 0 keeps none. */
  constructor(bytes: number) {
    this.states =
      bytes > 0
        ? new LRUCache({ maxSize: Math.floor(bytes), sizeCalculation: (windows) => windowBytes(windows) + 1 })
        : undefined;
  }

  /** Keeps what was encoded. */
  put(text: string, { embedding, windows }: EncodedPassage): void {
    this.embeddings.set(text, embedding);
    if (windows) this.states?.set(text, windows);
  }

  /** A passage's embedding, if it was encoded. */
  embedding(text: string): Float32Array | undefined {
    return this.embeddings.get(text);
  }

  /** A passage's hidden states, unless they were dropped. */
  windows(text: string): readonly StateWindow[] | undefined {
    return this.states?.get(text);
  }

  /** Bytes of hidden states. */
  get bytes(): number {
    return this.states?.calculatedSize ?? 0;
  }

  /** The index of a document's words; bring it up to date before it is used. */
  words(document: string): PassageIndex {
    let index = this.indexes.get(document);
    if (!index) this.indexes.set(document, (index = new PassageIndex()));
    return index;
  }
}
