/** Shares of documents to hold out, as a user writes them. */

/** Of all documents, from 0 to below 1; what is left is for training. */
export interface Shares {
  readonly validation: number;
  readonly test: number;
}

/** Reads percentages for validation and, if there is a second one, for testing: `10 10`, `12.5%, 5%`, `20`. Undefined if it is no such thing, or nothing is left to train on. */
export function readShares(text: string): Shares | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%?(?:[\s,;/]+(\d+(?:\.\d+)?)\s*%?)?\s*$/.exec(text);
  if (match === null) return undefined;
  const [validation, test] = [Number(match[1]), Number(match[2] ?? 0)];
  return validation + test < 100 ? { validation: validation / 100, test: test / 100 } : undefined;
}
