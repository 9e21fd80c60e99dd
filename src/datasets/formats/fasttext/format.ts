/** fastText: `__label__positive This was great.`, an example a line (https://fasttext.cc/docs/en/supervised-tutorial.html). Holds sentiment only. */
import { addTo, append } from "../../../text/grouped";
import type { LabelledDocument, WriterOptions } from "../../document";
import { head, linesOf, textOf } from "../../reading/bytes";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { provenanceLoss } from "../../codecs/provenance";
import { ReadError } from "../../format";
import type { DatasetFiles, DatasetFormat, Detection, ReadDocument, ReadResult } from "../../format";
import { sentimentExamples } from "../../examples/sentiment";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { decisionLosses } from "../../writing/unheld";
import { inSplits, staleLosses } from "../../writing/writer";
import type { Written } from "../../writing/writer";

const PREFIX = "__label__";
/** What fastText or a line reader takes for the end of a line or of a word. */
const BLANKS = new RegExp(`[\\s\\u0085${String.fromCharCode(0, 0x1c, 0x1d, 0x1e)}]+`, "g");

const NO_PLACE =
  "no line says which document its text is from, or where it is there: an import takes a place where such a text is";

function lines(document: LabelledDocument, options: WriterOptions, losses: Loss[]): string[] {
  const { examples, losses: lost } = sentimentExamples(document, options.labels.sentiment);
  append(losses, lost);
  return examples.flatMap((item) => {
    const { start, end, label, exact } = item;
    const at = {
      document: document.path,
      task: "sentiment",
      span: { start, end },
      label,
      exact: excerpt(exact),
    } as const;
    const blank = exact.replace(BLANKS, " ").trim();
    if (blank === "") {
      losses.push({ kind: "dropped", ...at, reason: "white space only" });
      return [];
    }
    // A word that begins as a label does would be read as one.
    const text = blank.replace(/(^| )(__)(label__)/g, "$1$2 $3");
    if (text !== blank)
      losses.push({ kind: "split", ...at, reason: `a word in it begins with ${PREFIX}, as labels do: cut there` });
    else if (blank !== exact)
      losses.push({ kind: "merged", ...at, reason: "line breaks and runs of white space in it are single blanks" });
    return [`${PREFIX}${label.replace(BLANKS, "_")} ${text}\n`];
  });
}

/** Writes sentences with a sentiment. Other tasks, and who decided, have no place; that is reported. */
export function writeFastText(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const split = inSplits(documents, options);
  const losses: Loss[] = [...split.losses, ...staleLosses(documents).filter(({ task }) => task === "sentiment")];
  const rows = new Map<Split, string[]>();
  for (const [document, of] of split.documents) {
    append(losses, decisionLosses(document, ["entities", "answers"], "the format holds classes of sentences only"));
    const wrong = { ...document, entities: [], sentiment: [], questions: [] };
    append(losses, decisionLosses(wrong, ["sentiment"], "the format has no mark for a label that is wrong"));
    addTo(rows, of, lines(document, options, losses));
  }
  const files = new Map<string, string>();
  const counts: Record<string, number> = {};
  for (const name of SPLITS) {
    const some = rows.get(name);
    if (some === undefined || some.length === 0) continue;
    files.set(`${name}.txt`, some.join(""));
    counts[`${name}.txt`] = some.length;
  }
  append(losses, provenanceLoss(files));
  if (files.size > 0) losses.push({ kind: "assumed", task: "sentiment", reason: NO_PLACE });
  return { files, losses, counts };
}

/** Reads lines with labels. A line's text is an excerpt of no named document. */
export function readFastText(files: DatasetFiles): ReadResult {
  const losses: Loss[] = [];
  const documents: ReadDocument[] = [];
  for (const file of files.keys()) {
    const text = textOf(files, file, losses);
    if (text?.includes(PREFIX) !== true) continue;
    for (const { line, text: raw } of linesOf(text)) {
      if (raw.trim() === "") continue;
      const words = raw.split(/[\t ]+/).filter((word) => word !== "");
      const labels = words.filter((word) => word.startsWith(PREFIX)).map((word) => word.slice(PREFIX.length));
      const known = labels.filter((label) => label !== "");
      const exact = /^\s*(?:__label__\S*[\t ]+)+(?=\S)(?!__label__)/.test(raw)
        ? raw.replace(/^\s*(?:__label__\S*[\t ]+)+/, "").trimEnd()
        : words.filter((word) => !word.startsWith(PREFIX)).join(" ");
      const [label, ...more] = known;
      if (label === undefined || exact === "") {
        const reason = label === undefined ? "no label in the line" : "no text in the line";
        losses.push({ kind: "dropped", file, line, exact: excerpt(raw), reason });
        continue;
      }
      if (more.length > 0) {
        const reason = `one label a text can be taken; these are left out: ${more.join(", ")}`;
        losses.push({ kind: "dropped", file, line, task: "sentiment", label, exact: excerpt(exact), reason });
      }
      const sentiment = [{ start: 0, end: exact.length, exact, label, line }];
      documents.push({
        text: exact,
        kind: "excerpt",
        entities: [],
        sentiment,
        questions: [],
        reviewed: [],
        rejected: [],
        file,
        line,
      });
    }
  }
  if (documents.length === 0)
    throw new ReadError(`No line begins with ${PREFIX} and a name, such as "${PREFIX}positive It was great."`);
  return { documents, losses };
}

function detect(files: DatasetFiles): Detection {
  for (const [file, bytes] of files) {
    if (/^\s*__label__\S+[\t ]/m.test(head(bytes)))
      return { confidence: 1, reason: `"${file}" has lines that begin with ${PREFIX}` };
  }
  return { confidence: 0, reason: `no line begins with ${PREFIX}` };
}

/** The format. */
export const fastText: DatasetFormat = {
  title: "fastText",
  tasks: ["sentiment"],
  extensions: ["txt", "train", "valid"],
  write: writeFastText,
  read: readFastText,
  detect,
};
