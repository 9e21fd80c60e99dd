/** Attributes of labels in brat: those that an `A` line and `annotation.conf` can hold. All others are in the note that says who decided. */
import { attributesInOrder, THERE } from "../../../documents/attributes";
import type { Attributes } from "../../../documents/attributes";
import { labelsIn } from "../../../documents/layers";
import type { Documents } from "../../document";
import { LINE_END_SET, storageForm } from "./lines";
import { SENTIMENT } from "./names";

/** What `annotation.conf` has a meaning for, and what ends a line or a field of one. */
const NO_VALUE = new RegExp(`[|,:<>\\t${LINE_END_SET}]|^\\s|\\s$`);

/** Values by attribute, as `annotation.conf` lists them. */
export type BratAttributes = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether brat can store an attribute under its own name with its own value. */
function isStorable(name: string, value: string): boolean {
  return /^\w/.test(name) && name === storageForm(name) && name !== SENTIMENT && !NO_VALUE.test(value);
}

/** All that brat can store of documents. */
export function bratAttributes(documents: Documents): BratAttributes {
  const found = new Map<string, Set<string>>();
  for (const document of documents)
    for (const { attributes } of [...labelsIn(document), ...(document.relations ?? [])])
      for (const [name, value] of attributesInOrder(attributes))
        if (isStorable(name, value)) found.set(name, (found.get(name) ?? new Set()).add(value));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether an attribute is there or not, and has no values. */
const isBinary = (values: ReadonlySet<string>): boolean => values.size === 1 && values.has(THERE);

/** What a label says as lines have it, and what only a note can hold. A binary attribute has no value. */
export function bratParts(
  attributes: Attributes | undefined,
  known: BratAttributes,
): {
  readonly lines: readonly (readonly [name: string, value?: string])[];
  readonly rest: Readonly<Record<string, Attributes>>;
} {
  const all = attributesInOrder(attributes);
  const rest = all.filter(([name, value]) => !isStorable(name, value));
  return {
    lines: all
      .filter(([name, value]) => isStorable(name, value))
      .map(([name, value]) => (isBinary(known.get(name) ?? new Set()) ? [name] : [name, value])),
    rest: rest.length === 0 ? {} : { attributes: Object.fromEntries(rest) },
  };
}

/** The lines of the section `[attributes]`. @param onRelations names of those that relations have, too */
export function attributeTypes(known: BratAttributes, onRelations: ReadonlySet<string>): string[] {
  return [...known].map(([name, values]) => {
    const list = [...values].sort().join("|");
    return `${name}\tArg:${onRelations.has(name) ? "<ANY>" : "<ENTITY>"}${isBinary(values) ? "" : `, Value:${list}`}`;
  });
}
