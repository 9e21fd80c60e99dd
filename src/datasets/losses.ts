/** What a format could not hold, listed one by one. */
import { lineSafeJson, shortened } from "../text/print";
import { eachTime } from "../text/grouped";
import type { Span } from "../text/span";
import type { Task } from "../documents/tasks";
import { commaLines, LongText } from "./writing/contents";

/**
 * In words: left out of the data; a file from which nothing was taken (import); in one part of the data and not in another; made shorter; taken together with another; cut apart; under another name; moved to the nearest
 * boundary (import); not reviewed and so not exported; taken for granted without a mark; no label, and nothing here holds it (import).
 */
export type LossKind =
  | "dropped"
  | "skipped"
  | "partial"
  | "trimmed"
  | "merged"
  | "split"
  | "renamed"
  | "snapped"
  | "left-out"
  | "assumed"
  | "beside";

/** One thing that did not come out as it went in: on export against the workspace, on import against the file. */
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
  /** On import: the file it is in, relative to what was imported, with `/`. */
  readonly file?: string;
  /** On import: counted from 1. */
  readonly line?: number;
  /** How many things of this kind it stands for; absent: one. */
  readonly count?: number;
}

/** How many things losses are about. */
export function lossCount(losses: readonly Loss[]): number {
  return losses.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** Which way the data went. */
export type Direction = "export" | "import";

/** Why a decision is left out whose label has no number: what an export asks about before it is written. */
export const UNKNOWN_LABEL = "its label is not in labels.json";

const EXACT_UNITS = 80;
const MEANING: Readonly<Record<LossKind, string>> = {
  dropped: "Left out",
  skipped: "Files from which nothing was taken",
  partial: "In one part of the data, not in another; nothing is lost",
  trimmed: "Made shorter",
  merged: "Taken together",
  split: "Cut apart; nothing is lost",
  renamed: "Under another name",
  snapped: "Moved to the nearest boundary",
  "left-out": "Not reviewed, so neither a label nor evidence that there is none",
  assumed: "Taken for granted without a mark that says so",
  beside: "Beside the labels: nothing here holds it, so it was not taken",
};

/** The start of a text, for a report. Never cuts a surrogate pair. */
export function excerpt(text: string): string {
  return shortened(text, EXACT_UNITS);
}

/** Whether a file is the report that an export leaves beside its data, which is none of them. */
export function isReport(file: string): boolean {
  return /(?:^|\/)losses\.(?:json|md)$/i.test(file);
}

/** `losses.json`: for programs; all of them. */
export function lossesJson(losses: readonly Loss[]): LongText {
  const open = '{\n  "unit": "utf16",\n  "losses": [';
  if (losses.length === 0) return new LongText(() => [`${open}]\n}\n`]);
  const rows = eachTime(losses, (loss) => lineSafeJson(loss, 2).replace(/^/gm, "    "));
  return new LongText(() => commaLines(`${open}\n`, rows, "\n  ]\n}\n"));
}

/** A cell of a Markdown table: no line ends, no markup. */
export function cell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\|`*_<>[\]]/g, "\\$&")
    .trim();
}

/** Losses of each kind that `LOSSES.md` lists: nobody reads more, and there may be a million. */
const MOST_LISTED = 10_000;

/**
 * `LOSSES.md`: for people.
 * @param most losses of each kind that are listed; of the rest it says how many they are, and where
 * @param where what lists all
 */
export function lossesMarkdown(
  losses: readonly Loss[],
  direction: Direction = "export",
  most: number = MOST_LISTED,
  where = "`losses.json` holds",
): string {
  const lines = [
    direction === "export" ? "# What this export could not hold" : "# What this import could not take",
    "",
  ];
  const all = direction === "export" ? "Nothing: every decision is in it." : "Nothing: everything in it was taken.";
  if (losses.length === 0) return [...lines, all, ""].join("\n");
  // What was converted may be lost on the way in, too.
  const sourced = direction === "import" || losses.some(({ file }) => file !== undefined);
  lines.push("Offsets are UTF-16 code units in the document, the end excluded.", "");
  for (const kind of Object.keys(MEANING) as LossKind[]) {
    const some = losses.filter((loss) => loss.kind === kind);
    if (some.length === 0) continue;
    lines.push(`## ${MEANING[kind]} (${lossCount(some)})`, "");
    const place = sourced ? ["file"] : [];
    const heads = [...place, "document", "task", "span", "label", "text", "reason"];
    lines.push(`| ${heads.join(" | ")} |`, `|${heads.map(() => "---|").join("")}`);
    for (const { file = "", line, document = "", task = "", span, label = "", exact = "", reason, count } of some.slice(
      0,
      most,
    )) {
      const at = span === undefined ? "" : `${span.start}–${span.end}`;
      const source = sourced ? [line === undefined ? file : `${file}:${line}`] : [];
      const why = count === undefined ? reason : `${count} × ${reason}`;
      lines.push(`| ${[...source, document, task, at, label, exact, why].map(cell).join(" | ")} |`);
    }
    if (some.length > most) {
      lines.push("", `… and ${some.length - most} more; ${where} all.`);
    }
    lines.push("");
  }
  return lines.join("\n");
}
