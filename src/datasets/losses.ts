/** What a format could not hold, listed one by one. */
import type { Span } from "../text/span";
import type { Task } from "../model/task";

/** In words: left out of the data; made shorter; taken together with another; cut apart; not reviewed and so not exported; taken for reviewed without a mark. */
export type LossKind = "dropped" | "trimmed" | "merged" | "split" | "left-out" | "assumed";

/** One thing that is not in the export as it was in the workspace. */
export interface Loss {
  readonly kind: LossKind;
  /** Absent for what concerns the whole export. */
  readonly document?: string;
  readonly task?: Task;
  /** UTF-16 code units in the document. */
  readonly span?: Span;
  readonly label?: string;
  /** The text concerned, at most 80 units of it. */
  readonly exact?: string;
  readonly reason: string;
}

const EXACT_UNITS = 80;
const MEANING: Readonly<Record<LossKind, string>> = {
  dropped: "Not in the export",
  trimmed: "Made shorter",
  merged: "Taken together",
  split: "Cut apart; nothing is lost",
  "left-out": "Not reviewed, so neither a label nor evidence that there is none",
  assumed: "Taken for reviewed because something in it was decided",
};

/** The start of a text, for a report. Never cuts a surrogate pair. */
export function excerpt(text: string): string {
  if (text.length <= EXACT_UNITS) return text;
  return `${text.slice(0, EXACT_UNITS - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** `losses.json`: for programs. */
export function lossesJson(losses: readonly Loss[]): string {
  return `${JSON.stringify({ unit: "utf16", losses }, undefined, 2)}\n`;
}

function cell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\|`*_<>[\]]/g, "\\$&")
    .trim();
}

/** `LOSSES.md`: for people. */
export function lossesMarkdown(losses: readonly Loss[]): string {
  const lines = ["# What this export could not hold", ""];
  if (losses.length === 0) return [...lines, "Nothing: every decision is in it.", ""].join("\n");
  lines.push("Offsets are UTF-16 code units in the document, the end excluded.", "");
  for (const kind of Object.keys(MEANING) as LossKind[]) {
    const some = losses.filter((loss) => loss.kind === kind);
    if (some.length === 0) continue;
    lines.push(`## ${MEANING[kind]} (${some.length})`, "");
    lines.push("| document | task | span | label | text | reason |", "|---|---|---|---|---|---|");
    for (const { document = "", task = "", span, label = "", exact = "", reason } of some) {
      const where = span === undefined ? "" : `${span.start}–${span.end}`;
      lines.push(`| ${[document, task, where, label, exact, reason].map(cell).join(" | ")} |`);
    }
    lines.push("");
  }
  return lines.join("\n");
}
