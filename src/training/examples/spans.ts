/** Examples of a task whose labels are spans, from the decisions on a document. Offsets are UTF-16 code units. */
import type { DecidedLabel } from "../../documents/labelled";
import type { SpanTask } from "../../documents/tasks";
import type { LabelledDocument } from "../../datasets/document";
import { excerpt } from "../../datasets/losses";
import { blankOut } from "../../text/sentences";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import { firstIndex } from "../../text/search";
import { mergeSpans, touched } from "../../text/spans";
import { weightOf } from "./example";
import type { Correction, Examples, LeftOut, TaughtLabel, TeachExample } from "./example";

/** Text of an example: a sentence, or several that a label joins. @param labels in order, not overlapping */
function unitsOf(sentences: LabelledDocument["sentences"], labels: readonly Span[]): Span[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of sentences) {
    const last = joined.at(-1);
    const label = labels[firstIndex(labels, (item) => item.end > start)];
    if (last !== undefined && label !== undefined && label.start < last.end) last.end = end;
    else joined.push({ start, end });
  }
  return joined;
}

/** For each unit the items that share text with it, in their order. @param units in order, not overlapping */
function byUnit<T extends Span>(units: readonly Span[], items: readonly T[]): readonly (readonly T[])[] {
  const found = units.map((): T[] => []);
  for (const item of items)
    for (let i = firstIndex(units, ({ end }) => end > item.start); i < units.length && units[i]!.start < item.end; i++)
      found[i]!.push(item);
  return found;
}

/** A word has one tag: of labels that overlap, the longer one stays, of equal ones that which was decided later. */
function flat(labels: readonly DecidedLabel[], leave: (label: DecidedLabel, why: string) => void): DecidedLabel[] {
  const kept: DecidedLabel[] = [];
  const order = [...labels].sort(
    (a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start || (a.id < b.id ? 1 : -1),
  );
  for (const item of order) {
    const at = firstIndex(kept, ({ end }) => end > item.start);
    const other = kept[at];
    if (other === undefined || !overlaps(other, item)) kept.splice(at, 0, item);
    else if (other.start !== item.start || other.end !== item.end || other.label !== item.label)
      leave(item, `it overlaps ${other.label} at ${other.start}–${other.end}; a word has one label`);
  }
  return kept;
}

/** What the model had said in place of a label makes it a correction; what it had said itself, an acceptance. */
function howDecided(label: DecidedLabel, rejected: readonly Span[]): Correction {
  if (touched(rejected, label)) return "corrected";
  return label.score === undefined ? "added" : "accepted";
}

/**
 * Examples of a document, in order.
 * @param taught names of the labels that the model shall know. Text with another label is left out of the loss, reviewed or not.
 */
export function spanExamples(document: LabelledDocument, task: SpanTask, taught: ReadonlySet<string>): Examples {
  const { text, path, sentences, layers } = document;
  const { labels, rejected, reviewed } = layers[task];
  const left: LeftOut[] = [];
  const leave = ({ start, end }: Span, reason: string): void => {
    left.push({ document: path, task, span: { start, end }, exact: excerpt(text.slice(start, end)), reason });
  };
  const known = labels.filter((label) => {
    if (taught.has(label.label)) return true;
    leave(label, `its label ${label.label} is not in labels.json`);
    return false;
  });
  const unknown = labels.filter(({ label }) => !taught.has(label));
  const kept = flat(known, leave);
  const examples: TeachExample[] = [];
  const placed = new Set<DecidedLabel>();
  const units = unitsOf(sentences, kept);
  const [rightBy, wrongBy, lookedBy] = [byUnit(units, kept), byUnit(units, rejected), byUnit(units, reviewed)];
  const [unknownBy, sentencesBy] = [byUnit(units, unknown), byUnit(units, sentences)];
  const denied = mergeSpans(rejected);
  for (const [i, unit] of units.entries()) {
    const [right, looked] = [rightBy[i]!, lookedBy[i]!];
    // What is labelled otherwise is not only said to be wrong: what is right is known.
    const wrong = wrongBy[i]!.filter((item) => !touched(right, item));
    for (const label of right) placed.add(label);
    if (right.length + wrong.length + looked.length === 0) continue;
    const inside = ({ start, end }: Span): Span => ({
      start: Math.max(0, start - unit.start),
      end: Math.min(unit.end, end) - unit.start,
    });
    const masks = sentencesBy[i]!.flatMap(({ masked = [] }) => masked);
    const said = [
      ...right.map((label): TaughtLabel => ({
        ...inside(label),
        label: label.label,
        how: howDecided(label, denied),
      })),
      ...wrong.map((item): TaughtLabel => ({ ...inside(item), label: item.label, how: "rejected" })),
    ];
    const read = blankOut(text, unit, masks);
    const blank = said.filter(({ start, end }) => read.slice(start, end).trim() === "");
    for (const { start, end } of blank)
      leave({ start: unit.start + start, end: unit.start + end }, "it holds no word, only white space or markup");
    const useful = said.filter((item) => !blank.includes(item));
    examples.push({
      ...{ task, document: path, span: unit, text: read },
      labels: useful.filter(({ how }) => how !== "rejected"),
      rejected: useful.filter(({ how }) => how === "rejected"),
      reviewed: mergeSpans(looked.map(inside)),
      unknown: unknownBy[i]!.map(inside),
      weight: weightOf(useful),
    });
  }
  for (const label of kept) if (!placed.has(label)) leave(label, "it lies in text that is not read, such as code");
  const seen = mergeSpans(examples.map(({ span }) => span));
  for (const item of rejected) if (!touched(seen, item)) leave(item, "it lies in text that is not read, such as code");
  return { examples: examples.filter(holdsSomething), left };
}

/** Whether anything is said of any word. */
function holdsSomething({ labels, rejected, reviewed, text }: TeachExample): boolean {
  return labels.length + rejected.length > 0 || reviewed.some(({ start, end }) => text.slice(start, end).trim() !== "");
}
