/** What was not taken as it is, for a screen: what has one reason on one line, with the first places of it. */
import { lossCount } from "../datasets/losses";
import type { Loss } from "../datasets/losses";
import { addTo } from "../text/grouped";

const MOST_LINES = 20;
const MOST_PLACES = 3;

function placeOf({ file, line, document }: Loss): string {
  return file === undefined ? (document ?? "") : line === undefined ? file : `${file}:${line}`;
}

/** A reason without what is particular to a place: numbers and what is quoted. */
function kindOf({ kind, reason }: Loss): string {
  return `${kind} ${reason.replace(/"(?:[^"\\]|\\.)*"|\d+/g, "…")}`;
}

/** Lines in order of how much they are about; what only lies beside the labels comes last. @param all the option that lists every one */
export function lossLines(losses: readonly Loss[], all = "--report"): string[] {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) addTo(groups, kindOf(loss), [loss]);
  const weight = (group: readonly Loss[]): number => (group[0]!.kind === "beside" ? 0 : lossCount(group));
  const ordered = [...groups.values()].sort((a, b) => weight(b) - weight(a));
  const lines = ordered.slice(0, MOST_LINES).map((group) => {
    const places = [...new Set(group.map(placeOf))].filter((place) => place !== "");
    const shown = places.slice(0, MOST_PLACES).join(", ") + (places.length > MOST_PLACES ? ", …" : "");
    const { reason, kind } = group[0]!;
    const count = lossCount(group);
    const what = `${kind === "beside" ? "beside the labels, not taken: " : ""}${reason}`;
    return `${shown}${shown === "" ? "" : ": "}${count > 1 ? `${count} × ` : ""}${what}${group.length > 1 && kindOf(group[0]!) !== `${kind} ${reason}` ? " (and the like)" : ""}`;
  });
  const rest = ordered.length - lines.length;
  return rest > 0 ? [...lines, `… and ${rest} more reasons; ${all} lists all.`] : lines;
}
