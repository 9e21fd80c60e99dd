/**
 * doccano's JSON Lines: `label` holds spans (`[start, end, name]`) or names of classes; where there are relations, `entities` and `relations` hold both with ids. doccano counts UTF-16 code units; Python programs that
 * read or write its files mostly count code points. Keys it does not know it keeps as metadata and exports again
 * (doccano: backend/data_export/models.py, `ExportedExample.to_dict`), so what it has no place for travels along.
 */
import { ofTask } from "../../../documents/layers";
import type { DecidedLabel } from "../../../documents/labelled";
import { joined } from "../../../documents/relations";
import { someOf } from "../../../text/grouped";
import { overlaps } from "../../../text/span";
import type { Span } from "../../../text/span";
import { readDoccano } from "./read";
import { chosenOption } from "../../document";
import type { Documents, FormatOption, LabelledDocument } from "../../document";
import { JSON_FILE } from "../../reading/json";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { relationLosses } from "../../lost-relations";
import { distinct, MARKS, marksRow } from "../../codecs/marks";
import type { MarkedRelation } from "../../codecs/marks";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { CLASSES, SPANS } from "../../../documents/tasks";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { jsonLine } from "../../writing/output";
import type { Output } from "../../writing/output";

const OFFSETS: FormatOption = {
  name: "offsets",
  title: "Unit of offsets: doccano's own (UTF-16), or Python's (code points)",
  values: ["utf16", "codepoint"],
};

type Unit = "utf16" | "codepoint";

/** Says where spans overlap; `spans` are in order. */
function overlapLosses(path: string, spans: readonly DecidedLabel[]): Loss[] {
  const losses: Loss[] = [];
  let last: DecidedLabel | undefined;
  for (const item of spans) {
    if (last !== undefined && overlaps(last, item)) {
      losses.push({
        kind: "assumed",
        document: path,
        task: SPANS,
        span: { start: item.start, end: item.end },
        label: item.label,
        exact: excerpt(item.exact),
        reason: `overlaps ${last.label} at ${last.start}–${last.end}: doccano drops it without a word unless the project allows overlapping spans`,
      });
    }
    if (last === undefined || item.end > last.end) last = item;
  }
  return losses;
}

/** Whether spans and relations have ids, as in doccano's projects with relations: all rows of an export are of one kind. */
const withIds = (documents: Documents): { readonly ids: boolean } => ({
  ids: someOf(documents, ({ relations = [] }) => relations.length > 0),
});

function spanRow(
  document: LabelledDocument,
  unit: Unit,
  { ids, relations }: { readonly ids: boolean; readonly relations: readonly MarkedRelation[] },
): unknown {
  const { labels: spans, reviewed, rejected } = document.layers[SPANS];
  const piece = { start: 0, end: document.text.length };
  const offsets = new CheckedOffsets(document, unit, piece);
  const own = distinct(spans);
  const label = own.map((item) => {
    const { start, end } = offsets.span(item);
    return [start, end, item.label] as const;
  });
  const said = { labels: { [SPANS]: spans }, reviewed, rejected: ofTask(SPANS, rejected), relations };
  const marks = marksRow({ document, piece, unit, offsets, ...said });
  if (!ids) return { text: document.text, label, [MARKS]: marks };
  const entities = label.map(([start, end, name], id) => ({ id, start_offset: start, end_offset: end, label: name }));
  const placed = new Map(own.map((item, id) => [keyOf(item), id]));
  const rows = relations.map(({ type, from, to }) => [placed.get(keyOf(from)), placed.get(keyOf(to)), type] as const);
  const once = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
  const related = once.map(([from, to, type], id) => ({ id, from_id: from, to_id: to, type }));
  return { text: document.text, entities, relations: related, [MARKS]: marks };
}

/** Relations between spans; those of classes are added to the losses. */
function spanRelations({ path, layers, relations = [] }: LabelledDocument, out: Output): MarkedRelation[] {
  const byId = new Map(layers[SPANS].labels.map((item) => [item.id, item]));
  const { kept, loose } = joined(relations, byId);
  out.report(relationLosses(loose, { document: path }, "doccano relates spans, and a label that it joins is a class"));
  return kept.map((item) => ({ ...item, from: byId.get(item.from)!, to: byId.get(item.to)! }));
}

/** Labels of one place that say the same are one span. */
function keyOf({ start, end, label }: MarkedRelation["from"]): string {
  return `${start} ${end} ${label}`;
}

function classRows(document: LabelledDocument, unit: Unit): unknown[] {
  const { labels, rejected } = document.layers[CLASSES];
  const spans = distinct([...labels, ...rejected].map(({ start, end }) => ({ start, end, label: "" })));
  return spans.map(({ start, end }) => {
    const piece = { start, end };
    const here = (item: Span): boolean => item.start === start && item.end === end;
    const offsets = new CheckedOffsets(document, unit, piece);
    const classes = labels.filter(here);
    const wrong = ofTask(CLASSES, rejected.filter(here));
    const label = distinct(classes).map((item) => item.label);
    const marks = { document, piece, unit, offsets, labels: { [CLASSES]: classes }, rejected: wrong };
    return { text: offsets.text, label, [MARKS]: marksRow(marks) };
  });
}

/** Writes spans and classes, which are two kinds of project in doccano, to a folder each. */
function write(document: LabelledDocument, out: Output): void {
  const unit = chosenOption(OFFSETS, out.options.choices) as Unit;
  const { labels, reviewed, rejected } = document.layers[SPANS];
  const relations = spanRelations(document, out);
  if (labels.length + reviewed.length + rejected.length > 0) {
    out.report(overlapLosses(document.path, distinct(labels)));
    const row = spanRow(document, unit, { ...out.once(withIds), relations });
    out.row(`${SPANS}/${out.split}.jsonl`, jsonLine(row));
  }
  for (const row of classRows(document, unit)) out.row(`${CLASSES}/${out.split}.jsonl`, jsonLine(row));
}

/** Rows of doccano's, and none of Prodigy's, which are much like them. */
const ROWS = { name: JSON_FILE, lacks: /"answer"\s*:\s*"(?:accept|reject|ignore)"/ };

/** The format. */
export const doccano: DatasetFormat = {
  title: "doccano JSONL",
  holds: {
    ...HOLDS_ALL,
    tasks: [SPANS, CLASSES],
    rejected: [SPANS, CLASSES],
    relations: true,
    reviewed: "all",
    surrogates: "refused",
  },
  options: [OFFSETS],
  extensions: ["jsonl", "json"],
  write,
  read: readDoccano,
  signs: [
    { ...ROWS, has: [/"start_offset"\s*:/], confidence: 0.95, says: "has doccano's start_offset" },
    { ...ROWS, has: [/"annotation_approver"\s*:/], confidence: 0.95, says: "has doccano's annotation_approver" },
    {
      ...ROWS,
      has: [/"annotations"\s*:\s*\[\s*\{[^{}]*"user"\s*:\s*\d/],
      confidence: 0.9,
      says: "has doccano's annotations of a user",
    },
    { ...ROWS, has: [/"Comments"\s*:/], confidence: 0.95, says: "has doccano's Comments" },
    {
      ...ROWS,
      has: [/"labels?"\s*:\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,\s*["\d]/],
      confidence: 0.85,
      says: "has label: [[start, end, name]]",
    },
    {
      ...ROWS,
      has: [/"text"\s*:/, /"labels?"\s*:\s*\[\s*(?:"|\])/],
      confidence: 0.6,
      says: "has text with a list of label names",
    },
  ],
};
