/** Lists that may be long. They grow in place: copies would make long ones slow, and `push(...values)` overflows the stack beyond some 100,000 values. */

/** Adds values to the end of a list. */
export function append<T>(list: T[], values: Iterable<T>): void {
  for (const value of values) list.push(value);
}

/** Whether one of the values passes; no more of them are looked at than it takes. */
export function someOf<T>(values: Iterable<T>, passes: (value: T) => boolean): boolean {
  for (const value of values) if (passes(value)) return true;
  return false;
}

/** What is made of values, but for `undefined`: made anew each time somebody goes through it, so that it is never there all at once. */
export function eachTime<T, R>(values: Iterable<T>, make: (value: T) => R | undefined): Iterable<R> {
  return {
    *[Symbol.iterator]() {
      for (const value of values) {
        const made = make(value);
        if (made !== undefined) yield made;
      }
    },
  };
}

/** Adds values to the list under a key. */
export function addTo<K, V>(groups: Map<K, V[]>, key: K, values: Iterable<V>): void {
  const list = groups.get(key);
  if (list === undefined) groups.set(key, [...values]);
  else append(list, values);
}
