/** Disagreements that an export takes as they are. Offsets are UTF-16 code units. */
import type { Disagreement } from "../../labels/agreement/disagreements";
import { excerpt } from "../losses";
import type { Loss } from "../losses";

/** What an export takes for granted: disagreements that nobody has settled. */
export function unsettledLosses(text: string, disagreements: readonly Disagreement[]): Loss[] {
  return disagreements
    .filter(({ settled, outdated }) => settled === undefined && outdated === undefined)
    .map(({ document, task, region, question, versions }): Loss => {
      const said = versions.map(({ author, labels }) => {
        const what = labels.map(({ start, end, label }) => `${label} "${excerpt(text.slice(start, end))}"`);
        return `${author}: ${what.join(", ") || "nothing"}`;
      });
      const of = question === undefined ? "" : ` on "${excerpt(question)}"`;
      return {
        ...{ kind: "assumed", document, task, span: region, exact: excerpt(text.slice(region.start, region.end)) },
        reason: `annotators disagree${of} and nobody has settled it (${said.join("; ")})`,
      };
    });
}
