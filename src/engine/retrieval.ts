import MiniSearch from "minisearch";

/** BM25+ over the passages of one document, kept while the passages stay the same. */
export class PassageIndex {
  private readonly index = new MiniSearch<{ id: number; text: string }>({
    fields: ["text"],
    searchOptions: { combineWith: "OR", prefix: (term) => term.length > 4, boost: { text: 1 } },
  });

  constructor(readonly passages: readonly string[]) {
    this.index.addAll(passages.map((text, id) => ({ id, text })));
  }

  /** Indices of the `top` likeliest passages, best first; passages without a word of the question fill up in order. */
  rank(question: string, top: number): number[] {
    const found = this.index.search(question).map((hit) => hit.id as number);
    const ranked = new Set(found.slice(0, top));
    for (let i = 0; ranked.size < Math.min(top, this.passages.length); i++) ranked.add(i);
    return [...ranked];
  }
}

/** Ranks passages by how likely they are to answer the question, from their words alone. Returns indices, best first. */
export function rankPassages(question: string, passages: readonly string[], top: number): number[] {
  return new PassageIndex(passages).rank(question, top);
}
