/** Binary search. */

/**
 * The first index whose element passes, or the list's length where none does.
 * @param list in such an order that all after one that passes pass, too.
 */
export function firstIndex<T>(list: ArrayLike<T>, passes: (item: T, index: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(list[middle]!, middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
