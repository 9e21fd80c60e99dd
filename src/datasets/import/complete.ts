/** Sources that are said to be complete: what has no label in them has none. */
import { mapLayers } from "../../documents/layers";
import { isSpanTask } from "../../documents/tasks";
import type { ReadDocument } from "../format";

/** Texts as they are said to be: complete, or not; undefined: as the format says. */
export function withReviewed(read: readonly ReadDocument[], reviewed: boolean | undefined): readonly ReadDocument[] {
  if (reviewed === undefined) return read;
  if (reviewed) return read.map(asComplete);
  return read.map((one) => ({ ...one, layers: mapLayers(one.layers, () => ({ reviewed: [] })) }));
}

/** The document with all of its text looked at for spans. */
function asComplete(read: ReadDocument): ReadDocument {
  const whole = [{ start: 0, end: read.text.length }];
  return { ...read, layers: mapLayers(read.layers, (_, task) => (isSpanTask(task) ? { reviewed: whole } : {})) };
}

/** Whether all of a document's text was looked at for some kind of span. White space counts for nothing. */
export function isComplete({ text, layers }: ReadDocument): boolean {
  return Object.entries(layers).some(([, { reviewed }]) => {
    let at = 0;
    for (const { start, end } of reviewed) {
      if (text.slice(at, start).trim() !== "") return false;
      at = Math.max(at, end);
    }
    return reviewed.length > 0 && text.slice(at).trim() === "";
  });
}
