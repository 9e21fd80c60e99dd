/** What an export wrote, for people. */
import type { ExportReport } from "./export";
import { formatOf } from "../formats";
import type { FormatName } from "../formats";
import { cell, lossesMarkdown } from "../losses";

/** One format's part of a report as Markdown: files with their examples, and losses. `most`: losses of each kind that are listed. */
export function exportMarkdown(
  format: FormatName,
  { target, counts, losses }: Pick<ExportReport, "target" | "counts" | "losses">,
  most: number,
): string {
  const files = Object.entries(counts).map(([file, count]) => `| ${cell(file)} | ${count} |`);
  const head = [`## ${formatOf(format).title}`, "", `In \`${target.replaceAll("`", "'")}\`:`, ""];
  const table = ["| file | examples |", "|---|---|", ...files, ""];
  return [...head, ...table, lossesMarkdown(losses, "export", most).replace(/^#/gm, "###")].join("\n");
}
