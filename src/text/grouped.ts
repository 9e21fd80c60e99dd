/** Lists that grow in place: copies would make long ones slow, and `push(...values)` overflows the stack beyond some 100,000 values. */

/** Adds values to the end of a list. */
export function append<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value);
}

/** Adds values to the list under a key. */
export function addTo<K, V>(groups: Map<K, V[]>, key: K, values: Iterable<V>): void {
  const list = groups.get(key);
  if (list === undefined) groups.set(key, [...values]);
  else append(list, values);
}
