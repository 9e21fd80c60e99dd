/** How far probabilities are spread over what they are of. Pure. */

/** Binary entropy in bits. */
const binary = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p));

/**
 * Shannon's entropy of the probabilities of classes, as a share of the most it could be: 0 where one has all, 1 where all are alike.
 * @param independent each class may hold beside any other, so that the probabilities are no distribution: then the mean of each one's own entropy.
 */
export function entropyOf(probabilities: Iterable<number>, independent = false): number {
  const all = [...probabilities];
  if (all.length === 0) return 0;
  if (independent) return all.reduce((sum, p) => sum + binary(p), 0) / all.length;
  const total = all.reduce((sum, p) => sum + p, 0);
  if (all.length === 1 || total <= 0) return 0;
  const entropy = all.reduce((sum, p) => (p <= 0 ? sum : sum - (p / total) * Math.log(p / total)), 0);
  return Math.min(1, entropy / Math.log(all.length));
}
