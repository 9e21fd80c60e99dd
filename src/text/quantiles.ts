/** Quantiles of numbers. */

/**
 * The value below which a share of the values lies, between two of them where need be: by linear interpolation, type 7 of Hyndman and Fan (The American
 * Statistician 50, 1996), as NumPy and spreadsheets have it.
 * @param sorted from the least on. @param share 0 to 1
 * @throws {RangeError} if there are no values.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) throw new RangeError("There are no values.");
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (at - below);
}
