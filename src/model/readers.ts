/**
 * How a question is read against a passage. `pair`: encoded together. `cached`: encoded apart, so that a passage's hidden states can be
 * kept and asked again. `cascade`: the cached reader looks at many passages, the pair reader at the best few of them.
 */
export const READERS = ["pair", "cached", "cascade"] as const;

/** One of {@link READERS}. */
export type Reader = (typeof READERS)[number];
