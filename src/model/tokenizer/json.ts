/** Reading JSON of which nothing is known. */

/** A JSON object. */
export type Json = Record<string, unknown>;

/** The value if it is an object. */
export const object = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/** The value if it is a list, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** The value if it is a string. */
export const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Whether the value can be the id of a token. */
export const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The value as it stands in a message. */
export const name = (value: unknown): string => (value === undefined ? "unknown" : JSON.stringify(value));
