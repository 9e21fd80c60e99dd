/** fastText: `__label__positive This was great.`, an example a line, with as many labels as it has (https://fasttext.cc/docs/en/supervised-tutorial.html). Holds sentiment only. */
import { layersByKind } from "../../../documents/layers";
import type { LabelledDocument } from "../../document";
import { UNLABELLED } from "../../reading/builder";
import { linesOf } from "../../reading/bytes";
import { reader, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { DatasetFormat, ReadDocument } from "../../format";
import { sentimentExamples } from "../../examples/sentiment";
import { CLASSES } from "../../../documents/tasks";
import type { Output } from "../../writing/output";

const PREFIX = "__label__";
/** What fastText or a line reader takes for the end of a line or of a word. */
const BLANKS = new RegExp(`[\\s\\u0085${String.fromCharCode(0, 0x1c, 0x1d, 0x1e)}]+`, "g");

/** Writes texts with their classes, a line each. */
function write(document: LabelledDocument, out: Output): void {
  const { examples, losses } = sentimentExamples(document, out.options.labels);
  out.report(losses);
  for (const { start, end, labels, exact } of examples) {
    const report = (kind: Loss["kind"], reason: string): void =>
      out.report(
        labels.map(({ label }): Loss => {
          const about = { document: document.path, task: CLASSES, span: { start, end }, label } as const;
          return { kind, ...about, exact: excerpt(exact), reason };
        }),
      );
    const blank = exact.replace(BLANKS, " ").trim();
    if (blank === "") {
      report("dropped", "white space only");
      continue;
    }
    // A word that begins as a label does would be read as one.
    const text = blank.replace(/(^| )(__)(label__)/g, "$1$2 $3");
    if (text !== blank) report("split", `a word in it begins with ${PREFIX}, as labels do: cut there`);
    else if (blank !== exact) report("merged", "line breaks and runs of white space in it are single blanks");
    const names = labels.map(({ label }) => `${PREFIX}${label.replace(BLANKS, "_")}`);
    out.row(`${out.split}.txt`, `${names.join(" ")} ${text}\n`);
  }
}

/** The text of a line, and the names of its labels. */
function partsOf(raw: string): { readonly exact: string; readonly labels: readonly string[] } {
  const words = raw.split(/[\t ]+/).filter((word) => word !== "");
  const labels = words.filter((word) => word.startsWith(PREFIX)).map((word) => word.slice(PREFIX.length));
  const exact = /^\s*(?:__label__\S*[\t ]+)+(?=\S)(?!__label__)/.test(raw)
    ? raw.replace(/^\s*(?:__label__\S*[\t ]+)+/, "").trimEnd()
    : words.filter((word) => !word.startsWith(PREFIX)).join(" ");
  return { exact, labels: labels.filter((label) => label !== "") };
}

/** A line's text is an excerpt of no named document. */
function* documentsIn(input: Input): Generator<ReadDocument> {
  const { losses } = input;
  for (const { file, text } of textsIn(input)) {
    if (!text.includes(PREFIX)) continue;
    for (const { line, text: raw } of linesOf(text)) {
      if (raw.trim() === "") continue;
      const { exact, labels } = partsOf(raw);
      if (labels.length === 0 || exact === "") {
        const reason = labels.length === 0 ? "no label in the line" : "no text in the line";
        losses.push({ kind: "dropped", file, line, exact: excerpt(raw), reason });
        continue;
      }
      const whole = { start: 0, end: exact.length, exact, line };
      const layers = layersByKind({ classes: labels.map((label) => ({ ...whole, label })) });
      yield { ...UNLABELLED, text: exact, kind: "excerpt", layers, file, line };
    }
  }
}

/** The format. */
export const fastText: DatasetFormat = {
  title: "fastText",
  holds: {
    tasks: [CLASSES],
    rejected: [],
    provenance: false,
    reviewed: "none",
    attributes: false,
    overlaps: false,
    severalClasses: true,
    paths: false,
    surrogates: "skipped",
  },
  extensions: ["txt", "train", "valid"],
  write,
  read: reader<ReadDocument>(
    `No line begins with ${PREFIX} and a name, such as "${PREFIX}positive It was great"`,
    (input) => ({
      parts: documentsIn(input),
      documents: (documents) => ({ documents }),
    }),
  ),
  signs: [
    { has: [/^\s*__label__\S+[\t ]/m], confidence: 1, says: `has lines that begin with ${PREFIX}` },
    // Not in JSON or a table, which may have such names for their labels.
    { has: [/^[^[{\s"].*[\t ]__label__\S+\s*$/m], confidence: 0.9, says: `has lines that end with ${PREFIX}` },
  ],
};
