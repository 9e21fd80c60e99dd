/**
 * spaCy's training examples as JSON Lines: one dictionary a line, as `Example.from_dict` takes it, with its text; offsets are code points
 * (spaCy: website/docs/api/data-formats). spaCy takes what carries no entity for outside, so only reviewed sentences are written, and those in which
 * something was decided. Entities must not overlap there (E103): those that do are in `spans`, too.
 */
import { ofTask } from "../../../documents/layers";
import type { DecidedLabel } from "../../../documents/labelled";
import { covered } from "../../../text/spans";
import type { Span } from "../../../text/span";
import type { LabelledDocument } from "../../document";
import { entityExamples } from "../../examples/entities";
import type { EntityExample } from "../../examples/entities";
import type { Row } from "../../reading/bytes";
import { JSON_FILE } from "../../reading/json";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { distinct, MARKS, marksRow } from "../../codecs/marks";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat, Holds } from "../../format";
import { sentimentExamples } from "../../examples/sentiment";
import type { ClassExample } from "../../examples/sentiment";
import { readSpacy } from "./read";
import { hasParagraphs } from "./training-json";
import { hasTuples } from "./tuples";
import { CLASSES, SPANS } from "../../../documents/tasks";
import { rejectedLosses } from "../../writing/unheld";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { jsonLine } from "../../writing/output";
import type { Output } from "../../writing/output";

/** The key of overlapping spans, which is the default of spaCy's span categorizer. */
const SPANS_KEY = "sc";

/** Entities that do not overlap, the longer before the shorter; in order. */
function flat(entities: readonly DecidedLabel[]): readonly DecidedLabel[] {
  const kept: DecidedLabel[] = [];
  const order = [...distinct(entities)].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  for (const item of order) {
    if (!kept.some((one) => one.start < item.end && item.start < one.end)) kept.push(item);
  }
  return kept.sort((a, b) => a.start - b.start);
}

function within(outer: Span, span: Span): boolean {
  return outer.start <= span.start && span.end <= outer.end;
}

function spanRow({ document, span, entities }: EntityExample, losses: Loss[]): Row {
  const offsets = new CheckedOffsets(document, "codepoint", span);
  const all = distinct(entities);
  const some = flat(entities);
  const triple = (item: DecidedLabel): [number, number, string] => {
    const { start, end } = offsets.span({ start: item.start, end: item.end });
    return [start, end, item.label];
  };
  for (const item of all.filter((one) => !some.includes(one))) {
    const at = { start: item.start, end: item.end };
    const reason = `overlaps another entity: it is in spans["${SPANS_KEY}"] only, not in entities`;
    const of = { document: document.path, task: SPANS, span: at, label: item.label } as const;
    losses.push({ kind: "split", ...of, exact: excerpt(item.exact), reason });
  }
  const reviewed = covered(document.layers[SPANS].reviewed, span) ? [span] : [];
  const rejected = document.layers[SPANS].rejected.filter((item) => within(span, item));
  const marks = {
    document,
    piece: span,
    unit: "codepoint",
    offsets,
    labels: { [SPANS]: entities },
    reviewed,
    rejected: ofTask(SPANS, rejected),
  } as const;
  return {
    text: offsets.text,
    entities: some.map(triple),
    ...(some.length < all.length && { spans: { [SPANS_KEY]: all.map(triple) } }),
    [MARKS]: marksRow(marks),
  };
}

function classRow(document: LabelledDocument, { start, end, labels }: ClassExample, names: readonly string[]): Row {
  const piece = { start, end };
  const offsets = new CheckedOffsets(document, "codepoint", piece);
  const marks = marksRow({ document, piece, unit: "codepoint", offsets, labels: { [CLASSES]: labels } });
  // spaCy takes a class that is left out for unknown, not for wrong.
  const cats = Object.fromEntries(names.map((name) => [name, labels.some(({ label }) => label === name) ? 1 : 0]));
  return { text: offsets.text, cats, [MARKS]: marks };
}

function spanRows(document: LabelledDocument, out: Output): Row[] {
  const { examples, losses, ofTags } = entityExamples(document, out.options.labels[SPANS]);
  const rows: Loss[] = [];
  const held = (item: Span): boolean => examples.some(({ span }) => within(span, item));
  const gone = document.layers[SPANS].rejected.filter((item) => !held(item));
  const made = examples.map((example) => spanRow(example, rows));
  out.report([...losses.filter((loss) => !ofTags.has(loss)), ...rejectedLosses(document, [SPANS], gone), ...rows]);
  return made;
}

function classRows(document: LabelledDocument, out: Output): Row[] {
  const labels = out.options.labels[CLASSES];
  const { examples, losses } = sentimentExamples(document, out.options.labels);
  out.report(losses);
  const used = new Set(examples.flatMap((example) => example.labels.map(({ label }) => label)));
  const names = labels.filter(({ name, retired }) => !retired || used.has(name)).map(({ name }) => name);
  return examples.map((item) => classRow(document, item, names));
}

/** Writes examples for the entity recognizer and for the text classifier, to a folder each. */
export function writeSpacy(document: LabelledDocument, out: Output, extension = "jsonl"): void {
  for (const row of spanRows(document, out)) out.row(`${SPANS}/${out.split}.${extension}`, jsonLine(row));
  for (const row of classRows(document, out)) out.row(`${CLASSES}/${out.split}.${extension}`, jsonLine(row));
}

/** What spaCy's examples have a place for. */
export const SPACY_HOLDS: Holds = {
  ...HOLDS_ALL,
  tasks: [SPANS, CLASSES],
  rejected: [SPANS],
  attributes: false,
  surrogates: "refused",
};

/** The format. */
export const spacy: DatasetFormat = {
  title: "spaCy JSONL",
  holds: SPACY_HOLDS,
  extensions: ["jsonl", "json"],
  write: (document, out) => writeSpacy(document, out),
  read: readSpacy,
  signs: [
    {
      name: JSON_FILE,
      test: ({ start }) => hasParagraphs(start),
      confidence: 0.95,
      says: "has paragraphs of tokens with tags (spaCy 2)",
    },
    {
      name: JSON_FILE,
      test: ({ start }) => hasTuples(start),
      confidence: 0.8,
      says: 'has ["text", {"entities": […]}]',
    },
    {
      name: JSON_FILE,
      has: [/"text"\s*:/, /"(?:entities|ents)"\s*:\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,\s*"/],
      confidence: 0.85,
      says: "has entities: [[start, end, name]]",
    },
    {
      name: JSON_FILE,
      has: [/"text"\s*:/, /"cats"\s*:\s*\{/],
      confidence: 0.85,
      says: "has cats with a number a class",
    },
    {
      name: JSON_FILE,
      has: [/"text"\s*:/, /"entities"\s*:\s*\[\s*\]/],
      confidence: 0.5,
      says: "has text with entities",
    },
  ],
};
