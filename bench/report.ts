/** What a run found, for people and as JSON. */
import Table from "cli-table3";

/** One line of the result. */
export interface Finding {
  /** The row of the design's targets that it belongs to, 1 to 12. */
  readonly row: number;
  readonly what: string;
  /** The figure the target speaks of. */
  readonly figure: number;
  readonly unit: "×" | "%" | "ms" | "MB" | "docs/s";
  /** Absent for figures that only explain another. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  /** Absolute figures behind it, or what was left out, in words. */
  readonly note: string;
}

/** Whether a finding meets its target; undefined where there is none. */
export function met({ figure, target }: Finding): boolean | undefined {
  if (target === undefined) return undefined;
  return "atLeast" in target ? figure >= target.atLeast : figure <= target.atMost;
}

function format(figure: number, unit: Finding["unit"]): string {
  const digits = unit === "×" ? 2 : figure < 100 ? 1 : 0;
  return unit === "×" ? `${figure.toFixed(digits)}×` : `${figure.toFixed(digits)} ${unit}`;
}

function verdict(finding: Finding): string {
  const { target, unit } = finding;
  if (target === undefined) return "";
  const asked = "atLeast" in target ? `≥ ${format(target.atLeast, unit)}` : `≤ ${format(target.atMost, unit)}`;
  return `${asked} ${met(finding) ? "met" : "NOT MET"}`;
}

/** A table of the findings, in the order of their rows. */
export function table(findings: readonly Finding[]): string {
  const sheet = new Table({
    head: ["", "what", "figure", "target", "behind it"],
    colWidths: [4, 44, 11, 20, 62],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const finding of [...findings].sort((a, b) => a.row - b.row))
    sheet.push([finding.row, finding.what, format(finding.figure, finding.unit), verdict(finding), finding.note]);
  return sheet.toString();
}
