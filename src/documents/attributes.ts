/** What a label says beside its name, such as how certain it is: values by the names of its attributes. Pure functions. */

/** Values by name, in no order. Of an attribute that is there or not, and has no other value, it is {@link THERE}. */
export type Attributes = Readonly<Record<string, string>>;

/** The value of an attribute that is there or not. */
export const THERE = "true";

/** By name, in order of name, those without a value left out: the same for the same attributes. */
export function attributesInOrder(attributes: Attributes | undefined): (readonly [name: string, value: string])[] {
  return Object.entries(attributes ?? {})
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** As a part of a label; of none it is no part. */
export function withAttributes(entries: Iterable<readonly [name: string, value: string]>): {
  readonly attributes?: Attributes;
} {
  const attributes = Object.fromEntries(entries);
  return Object.keys(attributes).length === 0 ? {} : { attributes };
}

/** Whether one says all that another says, with the same values. */
export function saysAll(one: Attributes | undefined, other: Attributes | undefined): boolean {
  return attributesInOrder(other).every(([name, value]) => one !== undefined && own(one, name) === value);
}

/** Both together; undefined where they say different things of the same name. */
export function united(one: Attributes | undefined, other: Attributes | undefined): Attributes | undefined {
  const all = { ...one };
  for (const [name, value] of attributesInOrder(other)) {
    if ((own(all, name) ?? value) !== value) return undefined;
    Object.defineProperty(all, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return all;
}

/** The value of a name that the object has itself: names come from files, and may be those of every object. */
function own(attributes: Attributes, name: string): string | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
