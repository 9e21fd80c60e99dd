/** What is said of the types of JSON values. */

/** A JSON value's type in words. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "undefined":
      return "absent";
    default:
      return "a number";
  }
}
