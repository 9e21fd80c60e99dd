/** What the text of a row with offsets is: what the span holds, or what it lies in. */
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import type { CsvRow } from "./rows";

/**
 * The files whose rows have the text that their spans lie in: where more spans end within their text than have its length. A file whose spans all hold all of
 * their text is as well taken either way.
 */
export function contextFiles(rows: readonly CsvRow[], unit: OffsetUnit): ReadonlySet<string> {
  const counts = new Map<string, { within: number; same: number }>();
  for (const { file, cell, header } of rows) {
    const text = cell("text");
    const [start, end] = [Number(cell("start") || "x"), Number(cell("end") || "x")];
    if (header.ours || header.at.context !== undefined || text === "" || !(start >= 0 && end > start)) continue;
    const count = counts.get(file) ?? { within: 0, same: 0 };
    counts.set(file, count);
    const length = new OffsetMap(text).length(unit);
    if (end - start === length) count.same++;
    else if (end <= length) count.within++;
  }
  return new Set([...counts].filter(([, { within, same }]) => within > same).map(([file]) => file));
}
