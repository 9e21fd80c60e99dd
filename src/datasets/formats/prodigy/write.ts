/**
 * Prodigy's JSON Lines, in code points. What was reviewed in full is a task of the manual interface, one a reviewed stretch: Prodigy takes what carries no span in
 * it for outside. A label decided elsewhere is a binary task about this one span, accepted or rejected, which says nothing about the rest
 * (prodi.gy/docs/api-interfaces). Sentiment is a choice, one a sentence. Keys Prodigy does not know it keeps.
 */
import type { DecidedLabel, Details, Provenance } from "../../../documents/labelled";
import { covered } from "../../../text/spans";
import { overlaps } from "../../../text/span";
import type { Span } from "../../../text/span";
import { classNames } from "../../document";
import type { LabelledDocument } from "../../document";
import type { Row } from "../../reading/bytes";
import { inOrder } from "../../codecs/in-order";
import { JSON_FILE } from "../../reading/json";
import type { Loss } from "../../losses";
import { distinct, MARKS } from "../../codecs/marks";
import { readProdigy } from "./read";
import { attributesRow } from "../../codecs/attributes";
import { provenanceRow } from "../../codecs/provenance";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { CLASSES, SPANS } from "../../../documents/tasks";
import { tokensFor } from "../../writing/tokens";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { jsonLine } from "../../writing/output";
import type { Output } from "../../writing/output";

type Labelled = Span & Details & { readonly label: string };

/** Which document the text is from; Prodigy shows `meta` with the task. `start_utf16`: where the text starts in it. */
function meta(document: LabelledDocument, { start }: Span): Row {
  return { source: document.path, start_utf16: start };
}

/** Who answered and when, as Prodigy has it: one person and whole seconds a task. */
function answered(decisions: readonly Provenance[], answer: "accept" | "reject"): Row {
  const authors = [...new Set(decisions.map(({ author }) => author ?? ""))];
  const times = decisions.flatMap(({ time }) => (time === undefined ? [] : [Date.parse(time)]));
  return {
    answer,
    ...(authors.length === 1 && authors[0] !== "" && { _annotator_id: authors[0], _session_id: authors[0] }),
    ...(times.length > 0 && { _timestamp: Math.floor(Math.max(...times) / 1000) }),
  };
}

/** Who decided on a label, and what it says besides, which Prodigy keeps. */
const details = (item: Details): Row => ({ ...provenanceRow(item), ...attributesRow(item) });

/** Labels of one place that say the same are one span; who said so is in it, further people under `also`. */
function by(items: readonly Details[]): Row {
  const [first = {}, ...others] = items.map(details);
  return { ...first, ...(others.length > 0 && { also: others }) };
}

class DocumentTasks {
  readonly losses: Loss[] = [];
  readonly rows: Row[] = [];

  constructor(private readonly document: LabelledDocument) {}

  /** Spans with their tokens, which Prodigy wants to begin and end with spans. */
  #placed(
    piece: Span,
    labels: readonly Labelled[],
  ): { readonly tokens: readonly Row[]; readonly spans: readonly Row[] } {
    const points = new CheckedOffsets(this.document, "codepoint", piece);
    const tokens = tokensFor(this.document, piece, labels);
    const [starts, ends] = [new Map<number, number>(), new Map<number, number>()];
    const listed = tokens.map((token, id): Row => {
      starts.set(token.start, id);
      ends.set(token.end, id);
      const text = this.document.text.slice(token.start, token.end);
      const space = this.document.text[token.end] === " " && token.end < piece.end;
      return { text, ...points.span(token), id, ws: space };
    });
    const spans = distinct(labels).map(({ start, end, label }): Row => {
      const all = labels.filter((item) => item.start === start && item.end === end && item.label === label);
      const place = { token_start: starts.get(start), token_end: ends.get(end) };
      return { ...points.span({ start, end }), ...place, label, ...by(inOrder(all)) };
    });
    return { tokens: listed, spans };
  }

  #task(piece: Span, view: string, labels: readonly Labelled[], answer: "accept" | "reject"): void {
    const { document } = this;
    const text = document.text.slice(piece.start, piece.end);
    const { tokens, spans } = this.#placed(piece, labels);
    this.rows.push({ text, tokens, spans, meta: meta(document, piece), _view_id: view, ...answered(labels, answer) });
  }

  /** The sentences around a span, and the span. */
  #around(span: Span): Span {
    const touched = this.document.sentences.filter((sentence) => overlaps(sentence, span));
    return {
      start: Math.min(span.start, touched[0]?.start ?? span.start),
      end: Math.max(span.end, touched.at(-1)?.end ?? span.end),
    };
  }

  /** Reviewed stretches without what labels that run across their edges would make a wrong "outside" of. */
  #reviewed(): Span[] {
    const { document } = this;
    let pieces: Span[] = document.layers[SPANS].reviewed.map(({ start, end }) => ({ start, end }));
    for (;;) {
      const cut = (item: Span): boolean => pieces.some((piece) => overlaps(piece, item) && !covered([piece], item));
      const item = document.layers[SPANS].labels.find(cut);
      if (item === undefined) break;
      for (const piece of pieces.filter((one) => overlaps(one, item))) {
        const span = { start: Math.max(piece.start, item.start), end: Math.min(piece.end, item.end) };
        const reason = `reviewed, but ${item.label} at ${item.start}–${item.end} runs across the edge of what was reviewed`;
        this.losses.push({ kind: "left-out", document: document.path, task: SPANS, span, reason });
      }
      pieces = pieces.flatMap((piece) =>
        overlaps(piece, item)
          ? [
              { start: piece.start, end: item.start },
              { start: item.end, end: piece.end },
            ].filter(({ start, end }) => start < end)
          : [piece],
      );
    }
    return pieces.filter(({ start, end }) => /\S/.test(document.text.slice(start, end)));
  }

  spans(): void {
    const { labels, rejected } = this.document.layers[SPANS];
    const regions = this.#reviewed();
    const inside = new Set<DecidedLabel>();
    for (const region of regions) {
      const mine = labels.filter((item) => !inside.has(item) && covered([region], item));
      const flat = distinct(mine).every((item, index, all) => index === 0 || !overlaps(all[index - 1]!, item));
      for (const item of mine) inside.add(item);
      this.#task(region, flat ? "ner_manual" : "spans_manual", mine, "accept");
    }
    const binary = (items: readonly Labelled[], answer: "accept" | "reject"): void => {
      for (const item of inOrder(items)) this.#task(this.#around(item), "ner", [item], answer);
    };
    binary(
      labels.filter((item) => !inside.has(item)),
      "accept",
    );
    binary(rejected, "reject");
  }

  classes(names: readonly string[]): void {
    const { document } = this;
    const { labels, rejected } = document.layers[CLASSES];
    for (const item of inOrder(labels)) {
      // A label that is in no set is still one to choose.
      const options = [...new Set([...names, item.label])].map((id) => ({ id, text: id }));
      this.rows.push({
        text: document.text.slice(item.start, item.end),
        options,
        accept: [item.label],
        config: { choice_style: "single" },
        meta: meta(document, item),
        [MARKS]: details(item),
        _view_id: "choice",
        ...answered([item], "accept"),
      });
    }
    for (const item of inOrder(rejected)) {
      this.rows.push({
        text: document.text.slice(item.start, item.end),
        label: item.label,
        meta: meta(document, item),
        [MARKS]: provenanceRow(item),
        _view_id: "classification",
        ...answered([item], "reject"),
      });
    }
  }
}

/** Writes tasks as `prodigy db-out` would: spans and classes, which Prodigy shows in interfaces of their own, to a folder each. */
function write(document: LabelledDocument, out: Output): void {
  const spans = new DocumentTasks(document);
  spans.spans();
  for (const row of spans.rows) out.row(`${SPANS}/${out.split}.jsonl`, jsonLine(row));
  const classes = new DocumentTasks(document);
  classes.classes(classNames(out.options.labels[CLASSES]));
  for (const row of classes.rows) out.row(`${CLASSES}/${out.split}.jsonl`, jsonLine(row));
  out.report(spans.losses);
}

/** The format. */
export const prodigy: DatasetFormat = {
  title: "Prodigy JSONL",
  holds: { ...HOLDS_ALL, words: true, tasks: [SPANS, CLASSES], rejected: [SPANS, CLASSES], surrogates: "refused" },
  extensions: ["jsonl", "json"],
  write,
  read: readProdigy,
  signs: [
    {
      name: JSON_FILE,
      has: [/"_(?:task|input)_hash"\s*:|"_view_id"\s*:/],
      confidence: 0.98,
      says: "has Prodigy's own keys",
    },
    {
      name: JSON_FILE,
      has: [/"answer"\s*:\s*"(?:accept|reject|ignore)"/],
      confidence: 0.95,
      says: "has answers: accept, reject, ignore",
    },
    { name: JSON_FILE, has: [/"token_start"\s*:/], confidence: 0.9, says: "has spans with token_start" },
    {
      name: JSON_FILE,
      has: [/"text"\s*:/, /"spans"\s*:\s*\[\s*\{[^{}]*"start"\s*:/],
      confidence: 0.7,
      says: "has spans with start, end and label",
    },
  ],
};
