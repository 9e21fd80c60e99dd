/** Controls of Label Studio by which a region says more than its label: choices where there are few values, else a text. */
import { attributesInOrder } from "../../../documents/attributes";
import type { Details } from "../../../documents/labelled";
import { labelsIn } from "../../../documents/layers";
import type { Documents } from "../../document";
import type { Row } from "../../reading/bytes";
import { TAGS } from "./config";
import type { ConfigNeeds } from "./config";

/** By the name of the attribute: its values, in order, or that there are too many to choose from. */
export type Controls = ConfigNeeds["attributes"];

const MOST_CHOICES = 50;
const RESERVED: ReadonlySet<string> = new Set(Object.values(TAGS));

/** Whether a control can be called so, and hold this: XML has no line ends in attributes, and a control for questions has a meaning of its own. */
function isShown(name: string, value: string): boolean {
  const called = /^[\p{L}\p{N}_][\p{L}\p{N}_ .:-]*$/u.test(name) && !RESERVED.has(name) && !/question/i.test(name);
  return called && !/[\p{Cc}\u2028\u2029]/u.test(value);
}

/** The controls for all attributes of documents. */
export function controlsFor(documents: Documents): Controls {
  const found = new Map<string, Set<string>>();
  for (const document of documents)
    for (const { attributes } of labelsIn(document))
      for (const [name, value] of attributesInOrder(attributes))
        if (isShown(name, value)) found.set(name, (found.get(name) ?? new Set()).add(value));
  return new Map(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, values]) => [name, values.size > MOST_CHOICES ? "text" : [...values].sort()]),
  );
}

/** What a label says besides, as values of controls, and what none can hold. */
export function controlled(
  { attributes }: Details,
  controls: Controls,
): { readonly results: readonly Row[]; readonly rest: Details } {
  const all = attributesInOrder(attributes);
  const rest = all.filter(([name, value]) => !isShown(name, value));
  const results = all
    .filter(([name, value]) => isShown(name, value))
    .map(([name, value]): Row => {
      const text = controls.get(name) === "text";
      return {
        from_name: name,
        type: text ? "textarea" : "choices",
        value: text ? { text: [value] } : { choices: [value] },
      };
    });
  return { results, rest: rest.length === 0 ? {} : { attributes: Object.fromEntries(rest) } };
}
