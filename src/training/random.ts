/** Chance that is the same on every machine. */

/** Numbers from 0 to below 1, by a seed: mulberry32 (Tommy Ettinger, public domain), whose state is one number. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers below `count` in a random order (Fisher and Yates). */
export function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Endless batches of `size` of the numbers below `count`: each number once, in a random order, then all again. Batch n is the same, whoever asks. */
export function batchAt(count: number, size: number, seed: number): (step: number) => number[] {
  const rounds = new Map<number, number[]>();
  const orderOf = (round: number): number[] => {
    const known = rounds.get(round) ?? shuffled(count, randomOf(seed * 7919 + round));
    rounds.set(round, known);
    return known;
  };
  return (step) =>
    Array.from({ length: Math.min(size, count) }, (_, i) => {
      const at = step * Math.min(size, count) + i;
      return orderOf(Math.floor(at / count))[at % count]!;
    });
}
