/** Attributes of labels as files hold them. */
import { attributesInOrder, withAttributes } from "../../documents/attributes";
import type { Details } from "../../documents/labelled";
import { excerpt } from "../losses";
import type { Row } from "../reading/bytes";
import { checked, record } from "../reading/shape";
import type { Of, Shape } from "../reading/shape";

/** A label has no more, and no value is longer (UTF-16 units): lines of a log stay of a size that any program reads. */
const [MOST, MOST_UNITS] = [200, 10_000];

/** What an attribute may be in a file. */
type Plain = string | number | boolean;
const isPlain = (value: unknown): value is Plain =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));

/**
 * A label's attributes, as a part of it, from what a file has by name: texts, numbers, true and false. What is absent or an empty text says nothing.
 * @param lose is told why, for each that is left out
 */
export function attributesOf(
  said: Iterable<readonly [name: string, value: unknown]>,
  lose: (reason: string) => void,
): Pick<Details, "attributes"> {
  const found = new Map<string, string>();
  for (const [name, value] of said) {
    const drop = (why: string): void => lose(`the attribute "${excerpt(name)}" ${why}`);
    if (value === undefined || value === "") continue;
    if (!isPlain(value)) drop("is no text, number, true or false");
    else if (found.has(name)) drop("is there already, and a label has one value of each");
    else if (String(value).length > MOST_UNITS) drop(`is longer than ${MOST_UNITS} characters`);
    else if (found.size >= MOST) drop(`is one of more than ${MOST} on one label`);
    else found.set(name, String(value));
  }
  return withAttributes(found);
}

const VALUES = record(
  checked(
    `a text of at most ${MOST_UNITS} characters, a number, true or false`,
    (value): value is Plain => isPlain(value) && String(value).length <= MOST_UNITS,
  ),
);

/** {@link attributesRow} in a shape: for fields that are ours. Each value that is no attribute is told of. */
export const ATTRIBUTES: Shape<readonly (readonly [name: string, value: Plain])[]> = {
  ...VALUES,
  take: (value, where) => {
    const all = VALUES.take(value, where);
    for (const [name, more] of all?.slice(MOST) ?? []) where.refuse(more, `one of the first ${MOST}`, name);
    return all?.slice(0, MOST);
  },
};

/** Attributes in an object of their own, in order; of none there is no field. */
export function attributesRow({ attributes }: Pick<Details, "attributes">): Row {
  const all = attributesInOrder(attributes);
  return all.length === 0 ? {} : { attributes: Object.fromEntries(all) };
}

/** Reads {@link attributesRow} back. */
export function readAttributes(said: Of<typeof ATTRIBUTES> | undefined): Pick<Details, "attributes"> {
  // The shape left nothing in it that could be lost.
  return attributesOf(said ?? [], () => undefined);
}
