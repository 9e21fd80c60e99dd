/** Which of a model's suggestions are worth a mark: the one rule of editor, command line and evaluation. */
import type { LabelledSpan, SegmentLabels, Sentiment } from "../engine/protocol";
import type { SegmentKind } from "../text/segment-kind";
import type { AutomaticTask } from "../documents/tasks";

/** Calibrated probabilities from 0 to 1: what is less probable is not shown. The defaults of the settings `glossator.*.minimumConfidence`. */
export const MINIMUM_CONFIDENCE = { entities: 0.5, sentiment: 0.8, answers: 0.02 } as const;

/**
 * How sure of an opinion the model must be on text that seldom holds one, whatever the setting allows. Opinions were learned from whole sentences: in
 * headings, cells, instructions and fragments a model takes a friendly or a harsh word for one. `evaluate --corpus marks` shows what each costs.
 */
const SURE = { heading: 0.99, cell: 0.99, links: 0.99, code: 0.95, item: 0.9, prose: 0 } as const satisfies Readonly<
  Record<SegmentKind, number>
>;
/** The same for a text of fewer than {@link SENTENCE_WORDS} words, and for one that leads in to what follows ("Here are the options:"). */
const SURE_OF_PART = 0.97;
/** Shorter texts are fragments. */
const SENTENCE_WORDS = 4;
/** Words; of scripts that put no spaces between them, characters. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu;

/** A sentence, as far as it matters to what is shown. */
export interface ShownSegment {
  /** As the model reads it. */
  readonly text: string;
  /** Absent for text that comes as sentences, without a document around it: nothing is known against it. */
  readonly kind?: SegmentKind;
}

/** What a user wants to see. */
export interface Showing {
  readonly minimumConfidence: Readonly<Record<AutomaticTask, number>>;
  /** The sentiment label that carries no mark, if the model has one. */
  readonly unmarked?: string | undefined;
}

/** What of a sentence's labels is shown. */
export interface ShownLabels {
  readonly entities: readonly LabelledSpan[];
  readonly sentiment?: Sentiment;
}

/** The entities, and the opinion if there is one, that are shown of what a model said of a sentence. */
export function shownLabels(segment: ShownSegment, labels: SegmentLabels, showing: Showing): ShownLabels {
  const { minimumConfidence } = showing;
  const entities = (labels.entities ?? []).filter(({ score }) => score >= minimumConfidence.entities);
  const { sentiment } = labels;
  return sentiment !== undefined && isMarked(segment, sentiment, showing) ? { entities, sentiment } : { entities };
}

function isMarked(
  segment: ShownSegment,
  { label, score }: Sentiment,
  { minimumConfidence, unmarked }: Showing,
): boolean {
  return label !== unmarked && score >= minimumConfidence.sentiment && score >= sureness(segment);
}

/** The least probability with which an opinion in a text of this kind is believed. */
function sureness({ kind, text }: ShownSegment): number {
  if (kind === undefined) return 0;
  return Math.max(SURE[kind], /[:：]\s*$/.test(text.slice(-8)) || isFragment(text) ? SURE_OF_PART : 0);
}

function isFragment(text: string): boolean {
  let words = 0;
  for (const { 0: word } of text.matchAll(WORD)) if (word !== "" && ++words >= SENTENCE_WORDS) return false;
  return true;
}
