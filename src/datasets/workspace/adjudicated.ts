/** Which labels count where annotators disagreed: in settled text, those of the adjudication. Offsets are UTF-16 code units. */
import { adjudicationsOf } from "../../labels/agreement/annotators";
import { mapAnswers } from "../../labels/answers";
import type { PlacedAdjudication } from "../../labels/agreement/annotators";
import type { Disagreement } from "../../labels/agreement/disagreements";
import { mergeSpans, touched } from "../../labels/regions";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import type { LabelledDocument, LabelledQuestion, LabelledText } from "../document";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import type { LabelTask } from "../../documents/tasks";

/**
 * The document with adjudications in force: in settled text and of settled questions only their labels are left, signed by whoever settled it.
 * Settled text of the task entities counts as reviewed. Everything else stays as the annotators have it.
 */
export function withAdjudications(document: LabelledDocument, all: readonly PlacedAdjudication[]): LabelledDocument {
  const adjudications = adjudicationsOf([{ adjudications: all }]);
  if (adjudications.length === 0) return document;
  const { text } = document;
  const quoted = ({ start, end }: Span): Span & { exact: string } => ({ start, end, exact: text.slice(start, end) });
  const settled = (task: LabelTask): { readonly regions: Span[]; readonly labels: LabelledText[] } => {
    const mine = adjudications.filter((item) => item.task === task && item.region !== undefined);
    const labels = mine.flatMap(({ id, author, time, labels: placed }) =>
      placed.map((item, index) => ({ id: `${id}.${index}`, ...quoted(item), label: item.label, author, time })),
    );
    return { regions: mine.map(({ region }) => region!), labels };
  };
  const apply = (task: LabelTask): LabelledText[] => {
    const { regions, labels } = settled(task);
    const merged = mergeSpans(regions);
    return [...document[task].filter((item) => !touched(merged, item)), ...labels];
  };
  const questions = adjudications.flatMap(({ id, question, author, time, answers }): LabelledQuestion[] => {
    if (question === undefined || answers === undefined) return [];
    return [{ id, question, answers: mapAnswers(answers, quoted), plausible: [], author, time }];
  });
  // Of a question whose settled answers are gone, what annotators had said does not come back.
  const asked = new Set(adjudications.flatMap(({ question }) => question?.trim() ?? []));
  const regions = settled("entities").regions.map(({ start, end }) => ({ start, end }));
  return {
    ...document,
    entities: apply("entities"),
    sentiment: apply("sentiment"),
    questions: [...document.questions.filter(({ question }) => !asked.has(question.trim())), ...questions],
    reviewed: mergeSpans([...document.reviewed, ...regions]),
    decided: [...document.decided.filter((span) => !regions.some((region) => overlaps(region, span))), ...regions],
  };
}

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
