/** Upper bounds of the work in a batch, for whoever watches how long it takes. */

/** A row is a batch of its own even beyond the budget; encoders read 512 tokens. */
const LONGEST_ROW = 512;
/** Cutting text into tokens is so many times faster than running the network on them, at the least. */
const TOKENISED_PER_TOKEN = 32;

/** Most tokens of a batch of these texts: a token is at least one UTF-16 unit, and a batch holds no more than its budget. */
export function batchTokens(texts: readonly string[], budget: number): number {
  return Math.min(units(texts), Math.max(budget, LONGEST_ROW));
}

/** What cutting these texts into tokens costs, as tokens that run through the network. */
export function planningTokens(texts: readonly string[]): number {
  return Math.ceil(units(texts) / TOKENISED_PER_TOKEN);
}

function units(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length + 2, 0);
}
