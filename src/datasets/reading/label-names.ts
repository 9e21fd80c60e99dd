/** Names of labels as files have them: strings, or numbers with a list of names. */
import { excerpt } from "../losses";

/**
 * A label's name. A number is looked up among `names`; one without a name there is called by its digits, and `problem` says so. No name at all if
 * it is neither.
 */
export function labelName(
  value: unknown,
  names: readonly string[] | undefined,
): { readonly name?: string; readonly problem?: string } {
  if (typeof value === "string" && value !== "") return { name: value };
  if (typeof value === "number" && Number.isInteger(value)) {
    const name = names?.[value];
    if (name !== undefined) return { name };
    return { name: String(value), problem: `the label is the number ${value} and nothing says its name` };
  }
  return { problem: `the label is no name: ${value === undefined ? "absent" : excerpt(JSON.stringify(value))}` };
}
