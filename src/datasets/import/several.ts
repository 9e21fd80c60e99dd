/** Whether a source has several classes of one text. */
import { CLASS_TASKS } from "../../documents/tasks";
import type { ClassTask } from "../../documents/tasks";
import type { Labelled } from "../../documents/labelled";
import type { Span } from "../../text/span";

/** A class of a text. */
interface Classed extends Span {
  readonly label: string;
  readonly author?: string;
}

/** Tasks of which some text has several classes that one person, or nobody by name, gave it: what two people say of a text is a disagreement. */
export function severalIn(documents: readonly Labelled[]): readonly ClassTask[] {
  return CLASS_TASKS.filter((task) => documents.some(({ layers }) => textsWithSeveral(layers[task].labels) > 0));
}

/** How many texts have several classes of one person. */
export function textsWithSeveral(labels: readonly Classed[]): number {
  const first = new Map<string, string>();
  const several = new Set<string>();
  for (const { start, end, label, author = "" } of labels) {
    const key = `${start}:${end}:${author}`;
    if ((first.get(key) ?? label) === label) first.set(key, label);
    else several.add(key);
  }
  return several.size;
}
