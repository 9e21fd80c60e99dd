/** Where words are that stood somewhere when a text was read. */
import type { Span } from "./span";

/** Where they were, if they are there, else the nearest place that reads the same; undefined if there is none. Offsets are UTF-16 code units. */
export function nearestPlace(text: string, exact: string, { start, end }: Span): Span | undefined {
  if (text.slice(start, end) === exact) return { start, end };
  const before = text.lastIndexOf(exact, start);
  const after = text.indexOf(exact, start);
  const nearest = after < 0 || (before >= 0 && start - before <= after - start) ? before : after;
  return nearest < 0 ? undefined : { start: nearest, end: nearest + exact.length };
}
