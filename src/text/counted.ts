/** Numbers with what is counted, in words. */

/** A number and its noun, for messages of the command line: `1 document`, `2 documents`. Nouns whose plural takes an s only. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One of two whole texts, for what is translated: other languages form a plural in other ways than by an s. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
