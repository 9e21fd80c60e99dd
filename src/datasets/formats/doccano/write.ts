/**
 * doccano's JSON Lines: `label` holds spans (`[start, end, name]`) or names of classes. doccano counts UTF-16 code units; Python programs that
 * read or write its files mostly count code points. Keys it does not know it keeps as metadata and exports again
 * (doccano: backend/data_export/models.py, `ExportedExample.to_dict`), so what it has no place for travels along.
 */
import { append } from "../../../text/grouped";
import { overlaps } from "../../../text/span";
import { readDoccano } from "./read";
import { chosenOption } from "../../document";
import type { FormatOption, LabelledDocument, WriterOptions } from "../../document";
import { bothEnds, jsonFiles } from "../../reading/json";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { distinct, MARKS, marksRow } from "../../codecs/marks";
import type { DatasetFiles, DatasetFormat, Detection } from "../../format";
import { SplitFiles } from "../../writing/split-files";
import { decisionLosses, unreviewedLosses, writableDocuments } from "../../writing/unheld";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { inSplits, jsonLine, staleLosses } from "../../writing/writer";
import type { Written } from "../../writing/writer";

const OFFSETS: FormatOption = {
  name: "offsets",
  title: "Unit of offsets: doccano's own (UTF-16), or Python's (code points)",
  values: ["utf16", "codepoint"],
};

type Unit = "utf16" | "codepoint";

function entityRow(document: LabelledDocument, unit: Unit, losses: Loss[]): unknown {
  const piece = { start: 0, end: document.text.length };
  const offsets = new CheckedOffsets(document, unit, piece);
  const spans = distinct(document.entities);
  let last: (typeof spans)[number] | undefined;
  for (const item of spans) {
    if (last !== undefined && overlaps(last, item)) {
      losses.push({
        kind: "assumed",
        document: document.path,
        task: "entities",
        span: { start: item.start, end: item.end },
        label: item.label,
        exact: excerpt(item.exact),
        reason: `overlaps ${last.label} at ${last.start}–${last.end}: doccano drops it without a word unless the project allows overlapping spans`,
      });
    }
    if (last === undefined || item.end > last.end) last = item;
  }
  const label = spans.map((item) => {
    const { start, end } = offsets.span(item);
    return [start, end, item.label];
  });
  const labels = { entities: document.entities };
  const rejected = document.rejected.filter(({ task }) => task === "entities");
  const marks = marksRow({ document, piece, unit, offsets, labels, reviewed: document.reviewed, rejected });
  return { text: document.text, label, [MARKS]: marks };
}

function classRows(document: LabelledDocument, unit: Unit): unknown[] {
  const rejected = document.rejected.filter(({ task }) => task === "sentiment");
  const spans = distinct([...document.sentiment, ...rejected].map(({ start, end }) => ({ start, end, label: "" })));
  return spans.map(({ start, end }) => {
    const piece = { start, end };
    const here = (item: { start: number; end: number }): boolean => item.start === start && item.end === end;
    const offsets = new CheckedOffsets(document, unit, piece);
    const sentiment = document.sentiment.filter(here);
    const label = distinct(sentiment).map((item) => item.label);
    const marks = { document, piece, unit, offsets, labels: { sentiment }, rejected: rejected.filter(here) };
    return { text: offsets.text, label, [MARKS]: marksRow(marks) };
  });
}

/** Writes spans and classes, which are two kinds of project in doccano, to a folder each. */
export function writeDoccano(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const unit = chosenOption(OFFSETS, options.choices) as Unit;
  const { documents: writable, losses: unwritable } = writableDocuments(documents, ["entities", "sentiment"]);
  const split = inSplits(writable, options);
  const stale = staleLosses(documents).filter(({ task }) => task !== "answers");
  const losses: Loss[] = [...split.losses, ...stale, ...unwritable];
  const files = new SplitFiles();
  for (const document of documents) append(losses, decisionLosses(document, ["answers"], "doccano has no questions"));
  for (const [document, of] of split.documents) {
    const rejected = document.rejected.some(({ task }) => task === "entities");
    if (document.entities.length > 0 || document.reviewed.length > 0 || rejected) {
      files.add(`entities/${of}.jsonl`, jsonLine(entityRow(document, unit, losses)));
      append(losses, unreviewedLosses(document));
    }
    for (const row of classRows(document, unit)) files.add(`sentiment/${of}.jsonl`, jsonLine(row));
  }
  return { ...files.written(), losses };
}

function detect(files: DatasetFiles): Detection {
  for (const file of jsonFiles(files)) {
    const start = bothEnds(files.get(file)!);
    if (/"answer"\s*:\s*"(?:accept|reject|ignore)"/.test(start)) continue;
    if (/"start_offset"\s*:/.test(start)) return { confidence: 0.95, reason: `"${file}" has doccano's start_offset` };
    if (/"Comments"\s*:/.test(start)) return { confidence: 0.95, reason: `"${file}" has doccano's Comments` };
    if (/"labels?"\s*:\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,\s*["\d]/.test(start)) {
      return { confidence: 0.85, reason: `"${file}" has label: [[start, end, name]]` };
    }
    if (/"text"\s*:/.test(start) && /"labels?"\s*:\s*\[\s*(?:"|\])/.test(start)) {
      return { confidence: 0.6, reason: `"${file}" has text with a list of label names` };
    }
  }
  return { confidence: 0, reason: "no label with spans or classes" };
}

/** The format. */
export const doccano: DatasetFormat = {
  title: "doccano JSONL",
  tasks: ["entities", "sentiment"],
  options: [OFFSETS],
  lossless: true,
  extensions: ["jsonl", "json"],
  write: writeDoccano,
  read: readDoccano,
  detect,
};
