/** SQuAD's JSON: v1.1 if every question has an answer, v2.0 otherwise. `answer_start` is in code points of the context. */
import { addTo, append } from "../../../text/grouped";
import { answersIn } from "../../../labels/answers";
import { head } from "../../reading/bytes";
import { provenanceLoss } from "../../codecs/provenance";
import { readSquad } from "./read";
import type { DatasetFiles, DatasetFormat, Detection } from "../../format";
import { answerExamples } from "../../examples/answers";
import type { AnswerExample } from "../../examples/answers";
import type { LabelledDocument, WriterOptions } from "../../document";
import type { Loss } from "../../losses";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { decisionLosses } from "../../writing/unheld";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import { inSplits, rejectedLosses, staleLosses } from "../../writing/writer";
import type { Written } from "../../writing/writer";

function paragraphs(document: LabelledDocument, examples: readonly AnswerExample[], v2: boolean): unknown[] {
  const byContext = new Map<string, AnswerExample[]>();
  for (const example of examples) {
    const key = `${example.context.start}:${example.context.end}`;
    addTo(byContext, key, [example]);
  }
  return [...byContext.values()].map((some) => {
    const points = new CheckedOffsets(document, "codepoint", some[0]!.context);
    const answer = (span: { start: number; end: number }): unknown => {
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

/** Writes decided questions. Other tasks have no place in this format; that is reported. */
export function writeSquad(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const split = inSplits(documents, options);
  const losses: Loss[] = [...split.losses, ...staleLosses(documents).filter(({ task }) => task === "answers")];
  const made = split.documents.map(([document, of]) => {
    const { examples, losses: lost } = answerExamples(document);
    const right = { ...document, rejected: [] };
    append(losses, lost);
    append(losses, rejectedLosses(document));
    append(losses, decisionLosses(right, ["entities", "sentiment"], "the format holds questions only"));
    return { document, of, examples };
  });
  const v2 = made.some(({ examples }) => examples.some(({ answers }) => answers === "none"));
  const files = new Map<string, string>();
  const counts: Record<string, number> = {};
  const data = (name: Split): unknown[] =>
    made
      .filter(({ of, examples }) => of === name && examples.length > 0)
      .map(({ document, examples }) => ({ title: document.path, paragraphs: paragraphs(document, examples, v2) }));
  for (const name of SPLITS) {
    const articles = data(name);
    if (articles.length === 0) continue;
    const json = lineSafeJson({ version: v2 ? "v2.0" : "1.1", data: articles }, 1);
    files.set(`${name}.json`, `${json}\n`);
    counts[`${name}.json`] = made.reduce((sum, { of, examples }) => sum + (of === name ? examples.length : 0), 0);
  }
  append(losses, provenanceLoss(files));
  return { files, losses, counts };
}

function detect(files: DatasetFiles): Detection {
  for (const [file, bytes] of files) {
    const start = head(bytes);
    if (/"paragraphs"\s*:/.test(start) && /"(?:qas|context)"\s*:/.test(start)) {
      return { confidence: 0.95, reason: `"${file}" has paragraphs with questions` };
    }
  }
  return { confidence: 0, reason: "no paragraphs with questions" };
}

/** The format. */
export const squad: DatasetFormat = {
  title: "SQuAD JSON",
  tasks: ["answers"],
  extensions: ["json"],
  write: writeSquad,
  read: readSquad,
  detect,
};
