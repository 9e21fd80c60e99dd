/** A number and its noun, for messages: `1 document`, `2 documents`. Nouns whose plural takes an s only. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
