/** What the model process keeps of passages, by their text: an edit elsewhere, or another document with the same text, costs nothing. */
import { LRUCache } from "lru-cache";
import { PassageIndex } from "./retrieval";

/** Enough for some 40 MB of text. */
const EMBEDDING_BYTES = 128 << 20;
/** Documents whose index of words is kept. */
const DOCUMENTS = 8;

/** Embeddings by text, the least recently used of them dropped, and indexes of words by document. */
export class PassageCache {
  readonly #embeddings = new LRUCache<string, Float32Array>({
    maxSize: EMBEDDING_BYTES,
    sizeCalculation: (vector, text) => vector.byteLength + text.length + 1,
  });
  readonly #indexes = new LRUCache<string, PassageIndex>({ max: DOCUMENTS });

  /** Keeps a passage's embedding. */
  put(text: string, embedding: Float32Array): void {
    this.#embeddings.set(text, embedding);
  }

  /** A passage's embedding, if it was encoded. */
  embedding(text: string): Float32Array | undefined {
    return this.#embeddings.get(text);
  }

  /** The index of a document's words; bring it up to date before it is used. */
  words(document: string): PassageIndex {
    let index = this.#indexes.get(document);
    if (!index) this.#indexes.set(document, (index = new PassageIndex()));
    return index;
  }
}
