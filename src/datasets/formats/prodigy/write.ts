/**
 * Prodigy's JSON Lines, in code points. What was reviewed in full is a task of the manual interface, one a reviewed stretch: Prodigy takes what carries no span in
 * it for outside. A label decided elsewhere is a binary task about this one span, accepted or rejected, which says nothing about the rest
 * (prodi.gy/docs/api-interfaces). Sentiment is a choice, one a sentence. Keys Prodigy does not know it keeps.
 */
import type { DecidedLabel, Details, Provenance } from "../../../documents/labelled";
import { joined } from "../../../documents/relations";
import { append } from "../../../text/grouped";
import { covered } from "../../../text/spans";
import { overlaps } from "../../../text/span";
import type { Span } from "../../../text/span";
import { classNames } from "../../document";
import type { LabelledDocument } from "../../document";
import type { Row } from "../../reading/bytes";
import { inOrder } from "../../codecs/in-order";
import { JSON_FILE } from "../../reading/json";
import type { Loss } from "../../losses";
import { relationLosses } from "../../lost-relations";
import { distinct, MARKS } from "../../codecs/marks";
import type { MarkedRelation } from "../../codecs/marks";
import { readProdigy } from "./read";
import { attributesRow } from "../../codecs/attributes";
import { provenanceRow } from "../../codecs/provenance";
import { addTo } from "../../../text/grouped";
import { allowsSeveral } from "../../../labels/labelset";
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

/** Relations that have labels in common, with these: each lot is a task of its own. */
function linked(
  relations: readonly MarkedRelation[],
): { readonly labels: readonly Labelled[]; readonly relations: readonly MarkedRelation[] }[] {
  const lots = new Map<Labelled, { labels: Labelled[]; relations: MarkedRelation[] }>();
  for (const item of relations) {
    const { from, to } = item;
    const one = lots.get(from) ?? { labels: [from], relations: [] };
    lots.set(from, one);
    const other = lots.get(to) ?? { labels: from === to ? [] : [to], relations: [] };
    const [more, less] = one.labels.length < other.labels.length ? [other, one] : [one, other];
    if (more !== less) {
      append(more.labels, less.labels);
      append(more.relations, less.relations);
      for (const label of less.labels) lots.set(label, more);
    }
    more.relations.push(item);
  }
  return [...new Set(lots.values())];
}

class DocumentTasks {
  readonly losses: Loss[] = [];
  readonly rows: Row[] = [];

  constructor(private readonly document: LabelledDocument) {}

  /** Spans with their tokens, which Prodigy wants to begin and end with spans. */
  #placed(
    piece: Span,
    labels: readonly Labelled[],
    relations: readonly MarkedRelation[],
  ): { readonly tokens: readonly Row[]; readonly spans: readonly Row[]; readonly relations?: readonly Row[] } {
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
    const place = ({ start, end, label }: Labelled): Row => {
      const tokensOf = { token_start: starts.get(start), token_end: ends.get(end) };
      return { ...points.span({ start, end }), ...tokensOf, label };
    };
    const spans = distinct(labels).map((item): Row => {
      const { start, end, label } = item;
      const all = labels.filter((one) => one.start === start && one.end === end && one.label === label);
      return { ...place(item), ...by(inOrder(all)) };
    });
    // A span is called by its last token.
    const joins = relations.map((item): Row => ({
      ...{ head: ends.get(item.from.end), child: ends.get(item.to.end) },
      ...{ head_span: place(item.from), child_span: place(item.to), label: item.type, ...details(item) },
    }));
    return { tokens: listed, spans, ...(joins.length > 0 && { relations: joins }) };
  }

  #task(
    piece: Span,
    view: string,
    labels: readonly Labelled[],
    answer: "accept" | "reject",
    relations: readonly MarkedRelation[] = [],
  ): void {
    const { document } = this;
    const text = document.text.slice(piece.start, piece.end);
    const placed = this.#placed(piece, labels, relations);
    this.rows.push({ text, ...placed, meta: meta(document, piece), _view_id: view, ...answered(labels, answer) });
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

  /** Relations between spans; those of classes are losses. */
  #relations(): MarkedRelation[] {
    const { path, layers, relations = [] } = this.document;
    const byId = new Map(layers[SPANS].labels.map((item) => [item.id, item]));
    const { kept, loose } = joined(relations, byId);
    const why = "Prodigy relates spans, and a label that it joins is a class";
    append(this.losses, relationLosses(loose, { document: path }, why));
    return kept.map((item) => ({ ...item, from: byId.get(item.from)!, to: byId.get(item.to)! }));
  }

  spans(): void {
    const { labels, rejected } = this.document.layers[SPANS];
    const regions = this.#reviewed();
    const inside = new Set<DecidedLabel>();
    let relations = this.#relations();
    for (const region of regions) {
      const mine = labels.filter((item) => !inside.has(item) && covered([region], item));
      const flat = distinct(mine).every((item, index, all) => index === 0 || !overlaps(all[index - 1]!, item));
      for (const item of mine) inside.add(item);
      const own = new Set<Labelled>(mine);
      const within = ({ from, to }: MarkedRelation): boolean => own.has(from) && own.has(to);
      this.#task(region, flat ? "ner_manual" : "spans_manual", mine, "accept", relations.filter(within));
      relations = relations.filter((one) => !within(one));
    }
    const related = new Set<Labelled>();
    for (const { labels: some, relations: all } of linked(relations)) {
      for (const item of some) related.add(item);
      const [start, end] = [Math.min(...some.map((one) => one.start)), Math.max(...some.map((one) => one.end))];
      this.#task(this.#around({ start, end }), "relations", some, "accept", all);
    }
    const binary = (items: readonly Labelled[], answer: "accept" | "reject"): void => {
      for (const item of inOrder(items)) this.#task(this.#around(item), "ner", [item], answer);
    };
    binary(
      labels.filter((item) => !inside.has(item) && !related.has(item)),
      "accept",
    );
    binary(rejected, "reject");
  }

  /** @param several a text may have several classes: those that one person chose of it are one task */
  classes(names: readonly string[], several: boolean): void {
    const { document } = this;
    const { labels, rejected } = document.layers[CLASSES];
    const tasks = new Map<unknown, DecidedLabel[]>();
    for (const item of inOrder(labels)) {
      const key = several ? JSON.stringify([item.start, item.end, item.author]) : item;
      // The same class twice, as with attributes that contradict each other, has no place in one list.
      const twice = tasks.get(key)?.some(({ label }) => label === item.label) === true;
      addTo(tasks, twice ? item : key, [item]);
    }
    for (const chosen of tasks.values()) {
      const [item] = chosen as [DecidedLabel];
      const accept = chosen.map(({ label }) => label);
      // A label that is in no set is still one to choose.
      const options = [...new Set([...names, ...accept])].map((id) => ({ id, text: id }));
      const by = chosen.map((one): Row => ({ label: one.label, ...details(one) }));
      this.rows.push({
        text: document.text.slice(item.start, item.end),
        options,
        accept,
        config: { choice_style: several ? "multiple" : "single" },
        meta: meta(document, item),
        [MARKS]: chosen.length > 1 ? { classes: by } : details(item),
        _view_id: "choice",
        ...answered(chosen, "accept"),
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
  const { labels } = out.options;
  classes.classes(classNames(labels[CLASSES]), allowsSeveral(labels, CLASSES));
  for (const row of classes.rows) out.row(`${CLASSES}/${out.split}.jsonl`, jsonLine(row));
  out.report(spans.losses);
}

/** The format. */
export const prodigy: DatasetFormat = {
  title: "Prodigy JSONL",
  holds: {
    ...HOLDS_ALL,
    relations: true,
    words: true,
    tasks: [SPANS, CLASSES],
    rejected: [SPANS, CLASSES],
    surrogates: "refused",
  },
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
