/** One order for labels in files, so that neither the order of the data nor that of annotators' logs shows in them. */
import { attributesInOrder } from "../../documents/attributes";
import type { Details } from "../../documents/labelled";
import type { Span } from "../../text/span";

type Placed = Span & Details & { readonly label?: string };

/** Of labels in the same place, which comes first: by label, author, time, score, attributes. */
function key({ label = "", author = "", time = "", score = -1, attributes }: Placed): string {
  return [label, author, time, score, JSON.stringify(attributesInOrder(attributes))].join("\n");
}

/** Labels by where they start, the longer first; of the same place, by label, author, time, score and attributes. */
export function inOrder<T extends Placed>(labels: readonly T[]): T[] {
  return [...labels].sort((a, b) => {
    if (a.start !== b.start || a.end !== b.end) return a.start - b.start || b.end - a.end;
    const [first, second] = [key(a), key(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}
