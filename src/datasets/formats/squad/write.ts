/** SQuAD's JSON: v1.1 if every question has an answer, v2.0 otherwise. `answer_start` is in code points of the context. */
import { addTo, someOf } from "../../../text/grouped";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import { readSquad } from "./read";
import type { DatasetFormat } from "../../format";
import { answerExamples } from "../../examples/answers";
import type { AnswerExample } from "../../examples/answers";
import type { Documents, LabelledDocument } from "../../document";
import { QUESTIONS } from "../../../documents/tasks";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import { commaLines } from "../../writing/contents";
import type { ExportOutput, Output } from "../../writing/output";

/** Whether a question without an answer is in the export: only version 2 has a place for it. */
function needsV2(documents: Documents): boolean {
  return someOf(documents, (one) => answerExamples(one).examples.some(({ answers }) => answers === "none"));
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
  const { examples, losses } = answerExamples(document);
  out.report(losses);
  if (examples.length === 0) return;
  const article = { title: document.path, paragraphs: paragraphs(document, examples, out.once(needsV2)) };
  // Two blanks further in than it is by itself.
  out.row(`${out.split}.json`, lineSafeJson(article, 1).replace(/^/gm, "  "), examples.length);
}

function join(articles: Iterable<string>, _: string, out: ExportOutput): Iterable<string> {
  const version = out.once(needsV2) ? "v2.0" : "1.1";
  return commaLines(`{\n "version": "${version}",\n "data": [\n`, articles, "\n ]\n}\n");
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
