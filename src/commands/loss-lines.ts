/** What was not taken as it is, for a screen: what has one reason on one line, with the first places of it. */
import type { Loss } from "../datasets/losses";

const MOST_LINES = 20;
const MOST_PLACES = 3;

function placeOf({ file, line, document }: Loss): string {
  return file === undefined ? (document ?? "") : line === undefined ? file : `${file}:${line}`;
}

/** A reason without what is particular to a place: numbers and what is quoted. */
function kindOf({ kind, reason }: Loss): string {
  return `${kind} ${reason.replace(/"(?:[^"\\]|\\.)*"|\d+/g, "…")}`;
}

/** Lines, those about the most first. */
export function lossLines(losses: readonly Loss[]): string[] {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) {
    const group = groups.get(kindOf(loss));
    if (group === undefined) groups.set(kindOf(loss), [loss]);
    else group.push(loss);
  }
  const ordered = [...groups.values()].sort((a, b) => b.length - a.length);
  const lines = ordered.slice(0, MOST_LINES).map((group) => {
    const places = [...new Set(group.map(placeOf))].filter((place) => place !== "");
    const shown = places.slice(0, MOST_PLACES).join(", ") + (places.length > MOST_PLACES ? ", …" : "");
    return `${shown}${shown === "" ? "" : ": "}${group.length > 1 ? `${group.length} × ` : ""}${group[0]!.reason}`;
  });
  const rest = ordered.length - lines.length;
  return rest > 0 ? [...lines, `… and ${rest} more reasons.`] : lines;
}
