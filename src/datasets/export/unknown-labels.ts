/** An export that would leave out decisions since the label set lacks their labels. */
import { UNKNOWN_LABEL } from "../losses";
import type { Loss } from "../losses";
import { ExportError } from "./target";

/** `labels.json` lacks labels of decisions, which the format would leave out. Nothing was written: the label set is to be mended first, or the loss agreed to. */
export class UnknownLabelsError extends ExportError {
  override readonly name: string = "UnknownLabelsError";

  constructor(
    /** How many would be left out. */
    readonly decisions: number,
    /** Their labels, with how many decisions each: `PER (2), LOC (1)`. */
    readonly labels: string,
  ) {
    const many = decisions === 1 ? "1 decision has a label" : `${decisions} decisions have labels`;
    super(`${many} that labels.json lacks, and would be left out: ${labels}. Nothing was exported.`);
  }
}

/** @throws {UnknownLabelsError} if decisions are among the losses whose label is not in the set */
export function stopAtUnknownLabels(losses: readonly Loss[]): void {
  const unknown = losses.filter(({ kind, reason }) => kind === "dropped" && reason === UNKNOWN_LABEL);
  if (unknown.length === 0) return;
  const counts = new Map<string, number>();
  for (const { label = "" } of unknown) counts.set(label, (counts.get(label) ?? 0) + 1);
  const listed = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  throw new UnknownLabelsError(unknown.length, listed.map(([label, count]) => `${label} (${count})`).join(", "));
}
