/** Sentences with their entities as words and BIO tags, for formats made of tokens. Offsets are UTF-16 code units of the document. */
import type { DecidedLabel } from "../../documents/labelled";
import { layersByKind } from "../../documents/layers";
import { SPANS } from "../../documents/tasks";
import { overlaps, sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { covered, mergeSpans } from "../../text/spans";
import type { LabelDefinition } from "../../labels/labelset";
import type { LabelledDocument } from "../document";
import { overlapping, wordsIn } from "../source-tokens";
import { excerpt, UNKNOWN_LABEL } from "../losses";
import type { Loss, LossKind } from "../losses";
import { UNWRITABLE, unwritable } from "../../text/well-formed";
import { cutWords } from "../../text/words";

/** One reviewed sentence (or several that an entity joins). */
export interface EntityExample {
  readonly document: LabelledDocument;
  readonly span: Span;
  readonly words: readonly Span[];
  /** BIO tags (IOB2), one a word. */
  readonly tags: readonly string[];
  /** All entities in it, also those that tags cannot hold. */
  readonly entities: readonly DecidedLabel[];
}

/** Joins sentences that an entity runs across. */
function units(document: LabelledDocument): Span[] {
  const joined = document.layers[SPANS].labels.map(({ start, end }) => {
    const touched = overlapping(document.sentences, { start, end });
    return { start: Math.min(start, touched[0]?.start ?? start), end: Math.max(end, touched.at(-1)?.end ?? end) };
  });
  // Neighbours that only touch (CJK sentences) must stay apart; mergeSpans would join them.
  const bridges = mergeSpans(joined);
  const rest = document.sentences.filter((sentence) => !bridges.some((bridge) => overlaps(bridge, sentence)));
  const apart = bridges.flatMap((bridge) => {
    const inner = joined.filter((span) => overlaps(span, bridge)).sort((a, b) => a.start - b.start);
    const groups: { start: number; end: number }[] = [];
    for (const { start, end } of inner) {
      const last = groups.at(-1);
      if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
      else groups.push({ start, end });
    }
    return groups;
  });
  return [...rest, ...apart].sort((a, b) => a.start - b.start);
}

class ExampleMaker {
  readonly losses: Loss[] = [];
  /** Those of the losses that concern tags alone. */
  readonly ofTags = new Set<Loss>();

  constructor(private readonly document: LabelledDocument) {}

  #reportTag(kind: LossKind, span: Span, reason: string, label: string): void {
    this.report(kind, span, reason, label);
    this.ofTags.add(this.losses.at(-1)!);
  }

  report(kind: LossKind, span: Span, reason: string, label?: string): void {
    const { path, text } = this.document;
    const exact = excerpt(text.slice(span.start, span.end));
    const at = { start: span.start, end: span.end };
    this.losses.push({
      kind,
      document: path,
      task: SPANS,
      span: at,
      ...(label !== undefined && { label }),
      exact,
      reason,
    });
  }

  /** Longer before shorter, so that what is nested in another is what tags lose. */
  #flat(entities: readonly DecidedLabel[]): DecidedLabel[] {
    const kept: DecidedLabel[] = [];
    const order = [...entities].sort(
      (a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start || (a.id < b.id ? 1 : -1),
    );
    for (const item of order) {
      const other = kept.find((one) => overlaps(one, item));
      if (other === undefined) kept.push(item);
      else if (sameSpan(other, item) && other.label === item.label) {
        this.#reportTag("merged", item, "labelled the same more than once", item.label);
      } else {
        const place = `${other.label} at ${other.start}–${other.end}`;
        this.#reportTag("dropped", item, `overlaps ${place}; a word holds one tag`, item.label);
      }
    }
    return kept.sort((a, b) => a.start - b.start);
  }

  example(span: Span): EntityExample | undefined {
    const { document } = this;
    const text = document.text.slice(span.start, span.end);
    if (unwritable(text)) {
      this.report("dropped", span, UNWRITABLE);
      return undefined;
    }
    const before = this.losses.length;
    const entities = document.layers[SPANS].labels.filter((item) => overlaps(item, span));
    const flat = this.#flat(entities);
    const words = wordsIn(document, span);
    const cuts = flat.flatMap(({ start, end }) => [start, end]).sort((a, b) => a - b);
    const pieces = cutWords(words, cuts);
    const tags = pieces.map(() => "O");
    for (const item of flat) {
      const inside = pieces.flatMap((word, index) => (overlaps(word, item) ? [index] : []));
      const [first, last] = [inside[0], inside.at(-1)];
      if (first === undefined || last === undefined) {
        this.#reportTag("dropped", item, "holds no word, only white space, markup or invisible characters", item.label);
        continue;
      }
      for (const index of inside) tags[index] = `${index === first ? "B" : "I"}-${item.label}`;
      if (pieces[first]!.start !== item.start || pieces[last]!.end !== item.end) {
        this.#reportTag(
          "trimmed",
          item,
          "white space, markup or invisible characters at its ends are no part of a word",
          item.label,
        );
      }
      const cut = words.some((word) => [item.start, item.end].some((at) => word.start < at && at < word.end));
      if (cut) this.#reportTag("split", item, "begins or ends inside a word: the word is cut there", item.label);
    }
    if (pieces.length === 0) {
      // Without words there is no example: what tags lose here is lost for good.
      for (const loss of this.losses.slice(before)) this.ofTags.delete(loss);
      return undefined;
    }
    return { document, span, words: pieces, tags, entities };
  }
}

/** Entity examples of one document, in order, and what is left out or changed. `labels` are those the format has numbers for. */
export function entityExamples(
  source: LabelledDocument,
  labels: readonly LabelDefinition[],
): {
  readonly examples: readonly EntityExample[];
  readonly losses: readonly Loss[];
  /** Those of the losses that concern tags alone: a format that has the spans besides loses nothing by them. */
  readonly ofTags: ReadonlySet<Loss>;
} {
  const { labels: entities, decided: touched, reviewed: seen } = source.layers[SPANS];
  if (touched.length === 0 && seen.length === 0) {
    return { examples: [], losses: [], ofTags: new Set() };
  }
  const known = new Set(labels.map(({ name }) => name));
  const maker = new ExampleMaker(source);
  for (const item of entities) {
    if (!known.has(item.label)) maker.report("dropped", item, UNKNOWN_LABEL, item.label);
  }
  const document = {
    ...source,
    layers: layersByKind({ spans: entities.filter(({ label }) => known.has(label)) }, source.layers),
  };
  const makerOfKnown = new ExampleMaker(document);
  const examples: EntityExample[] = [];
  let skipped: { start: number; end: number } | undefined;
  const flush = (): void => {
    if (skipped !== undefined) makerOfKnown.report("left-out", skipped, "not reviewed");
    skipped = undefined;
  };
  const unknown = entities.filter(({ label }) => !known.has(label));
  for (const unit of units(document)) {
    const reviewed = covered(seen, unit);
    const decided = touched.some((span) => overlaps(span, unit));
    // A sentence with a label that cannot be written would show that label's words as outside.
    const spoilt = unknown.some((item) => overlaps(item, unit));
    if (spoilt) {
      flush();
      makerOfKnown.report("dropped", unit, "holds an entity whose label is not in labels.json");
      continue;
    }
    if (!reviewed && !decided) {
      if (skipped === undefined) skipped = { ...unit };
      else skipped.end = unit.end;
      continue;
    }
    flush();
    const example = makerOfKnown.example(unit);
    if (example === undefined) continue;
    examples.push(example);
    if (!reviewed) makerOfKnown.report("assumed", unit, "not marked as reviewed, but something in it was decided");
  }
  flush();
  return { examples, losses: [...maker.losses, ...makerOfKnown.losses], ofTags: makerOfKnown.ofTags };
}
