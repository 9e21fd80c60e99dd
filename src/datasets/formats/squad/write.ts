/** SQuAD's JSON: v1.1 if every question has an answer, v2.0 otherwise. `answer_start` is in code points of the context. */
import { addTo } from "../../../text/grouped";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import { readSquad } from "./read";
import type { DatasetFormat } from "../../format";
import { answerExamples } from "../../examples/answers";
import type { AnswerExample } from "../../examples/answers";
import type { LabelledDocument } from "../../document";
import { QUESTIONS } from "../../../documents/tasks";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import type { ExportOutput, Output } from "../../writing/output";

type Examples = ReadonlyMap<LabelledDocument, ReturnType<typeof answerExamples>>;

function examplesOf(documents: readonly LabelledDocument[]): Examples {
  return new Map(documents.map((document) => [document, answerExamples(document)]));
}

/** Whether a question without an answer is in the export: only version 2 has a place for it. */
function needsV2(out: ExportOutput): boolean {
  return [...out.once(examplesOf).values()].some(({ examples }) => examples.some(({ answers }) => answers === "none"));
}

function paragraphs(document: LabelledDocument, examples: readonly AnswerExample[], v2: boolean): unknown[] {
  const byContext = new Map<string, AnswerExample[]>();
  for (const example of examples) addTo(byContext, `${example.context.start}:${example.context.end}`, [example]);
  return [...byContext.values()].map((some) => {
    const points = new CheckedOffsets(document, "codepoint", some[0]!.context);
    const answer = (span: Span): unknown => {
      return { text: document.text.slice(span.start, span.end), answer_start: points.span(span).start };
    };
    const qas = some.map(({ id, question, answers, plausible }) => {
      const qa = { id, question, answers: answersIn(answers).map(answer) };
      if (!v2) return qa;
      const impossible = answers === "none";
      return { ...qa, is_impossible: impossible, ...(impossible && { plausible_answers: plausible.map(answer) }) };
    });
    return { context: points.text, qas };
  });
}

/** Writes decided questions, an article a document. */
function write(document: LabelledDocument, out: Output): void {
  const { examples, losses } = out.once(examplesOf).get(document)!;
  out.report(losses);
  if (examples.length === 0) return;
  const article = { title: document.path, paragraphs: paragraphs(document, examples, needsV2(out)) };
  out.row(`${out.split}.json`, lineSafeJson(article), examples.length);
}

function join(articles: readonly string[], _: string, out: ExportOutput): string {
  const data = articles.map((article) => JSON.parse(article) as unknown);
  return `${lineSafeJson({ version: needsV2(out) ? "v2.0" : "1.1", data }, 1)}\n`;
}

/** The format. */
export const squad: DatasetFormat = {
  title: "SQuAD JSON",
  holds: {
    tasks: [QUESTIONS],
    rejected: [],
    provenance: false,
    reviewed: "none",
    attributes: false,
    overlaps: false,
    severalClasses: false,
    paths: true,
    contexts: true,
    surrogates: "skipped",
  },
  extensions: ["json"],
  write,
  join,
  read: readSquad,
  signs: [
    {
      has: [/"paragraphs"\s*:/, /"(?:qas|context)"\s*:/],
      confidence: 0.95,
      says: "has paragraphs with questions",
    },
  ],
};
