/** From what the model said of sentences, and what was decided on words elsewhere, to suggestions in the document. Offsets are UTF-16 code units. */
import type { SegmentLabels } from "../../engine/protocol";
import type { SaidSentence } from "../../engine/together";
import type { Alternative, ModelRef } from "../../documents/labelled";
import type { DocumentLabelling, RepeatSuggestion, Suggestion } from "../../labels/contract";
import type { RepeatedPhrases } from "../../labels/repeats";
import { shownLabels } from "../../labels/shown";
import { sentenceEntropy } from "../../model/tasks/sentence-entropy";
import type { Showing, ShownSegment } from "../../labels/shown";
import { unfilled } from "../../text/filled";
import type { Span } from "../../text/span";
import { isClassTask, perTask, SPAN_TASKS } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";

/** What {@link placeSuggestions} needs to know of model and settings. */
export interface PlaceOptions {
  readonly tasks: readonly LabelTask[];
  readonly model: ModelRef;
  /** The name under which a label of the model is offered; undefined: it is not. */
  readonly offered: (task: LabelTask, label: string) => string | undefined;
  /** Which suggestions are shown at all: what a user cannot see, no bulk act may accept. */
  readonly showing: Showing;
}

function suggestionsOf(
  task: LabelTask,
  sentence: Span & ShownSegment,
  labels: SegmentLabels,
  { showing, offered }: Pick<PlaceOptions, "showing" | "offered">,
): Suggestion[] {
  const shown = shownLabels(sentence, labels, showing);
  if (isClassTask(task)) {
    const found = shown[task];
    const label = found && offered(task, found.label);
    if (found === undefined || label === undefined) return [];
    const { start, end } = sentence;
    const scores = Object.entries(found.scores);
    const [second] = scores.filter(([other]) => other !== found.label).sort(([, a], [, b]) => b - a);
    const other = second && { label: second[0], score: second[1] };
    const spread = found.entropy === undefined ? {} : { sentenceEntropy: found.entropy * Math.log(scores.length) };
    return [{ start, end, label, ...scoreOf(found), ...spread, ...alternativeAs(task, label, other, offered) }];
  }
  const words = labels.words?.[task];
  const spread = words === undefined ? {} : { sentenceEntropy: sentenceEntropy(words) };
  return shown[task].flatMap((found) => {
    const { start, end, label, alternative } = found;
    const name = offered(task, label);
    if (name === undefined) return [];
    const at = { start: sentence.start + start, end: sentence.start + end };
    return [{ ...at, label: name, ...scoreOf(found), ...spread, ...alternativeAs(task, name, alternative, offered) }];
  });
}

/** How sure the model is, and how far it is spread, if it says so. */
function scoreOf({
  score,
  entropy,
}: {
  readonly score: number;
  readonly entropy?: number;
}): Pick<Suggestion, "score" | "entropy"> {
  return { score, ...(entropy !== undefined && { entropy }) };
}

/** The alternative under the name it is offered by; none where the label set makes it the same label, or does not have it. */
function alternativeAs(
  task: LabelTask,
  label: string,
  alternative: Alternative | undefined,
  offered: PlaceOptions["offered"],
): { alternative?: Alternative } {
  if (alternative?.label === undefined) return alternative === undefined ? {} : { alternative };
  const name = offered(task, alternative.label);
  return name === undefined || name === label ? {} : { alternative: { label: name, score: alternative.score } };
}

/** A sentence of a document, or a stretch that is not cut into any, and what the model said of it; undefined if it was not labelled yet. */
export type SaidSpan = Span & SaidSentence;

/**
 * Puts suggestions into `labels`, stretch by stretch of sentences that have been labelled; between them, what was there stays until
 * the model has spoken. Text between sentences (code, markup) loses its suggestions. True if every sentence has been labelled.
 */
export function placeSuggestions(
  labels: DocumentLabelling,
  sentences: Iterable<SaidSpan>,
  region: Span,
  { tasks, model, ...options }: PlaceOptions,
): boolean {
  const found = new Map(tasks.map((task) => [task, [] as Suggestion[]]));
  let start = region.start;
  let any = false;
  let complete = true;
  const flush = (end: number): void => {
    if (any && end > start)
      for (const task of tasks) labels.setSuggestions(task, { start, end }, found.get(task)!, model);
    for (const task of tasks) found.set(task, []);
    any = false;
  };
  for (const { labels: said, text, ...place } of sentences) {
    const known =
      said !== undefined &&
      (said.error !== undefined || tasks.every((task) => isClassTask(task) || said[task] !== undefined));
    if (!known || text === undefined) {
      complete = false;
      flush(place.start);
      start = place.end;
      continue;
    }
    const sentence = { ...place, text };
    if (!any) start = Math.min(start, sentence.start);
    any = true;
    for (const task of tasks) found.get(task)!.push(...suggestionsOf(task, sentence, said, options));
  }
  any ||= complete;
  flush(region.end);
  return complete;
}

/** What {@link placeRepeats} needs to know. */
export interface RepeatOptions extends Pick<PlaceOptions, "offered"> {
  readonly repeats: RepeatedPhrases;
}

/** Puts repeats of decisions into `labels`, in the sentences of a region: not into code or markup. False if some of it is not cut into sentences yet: that gets none. */
export function placeRepeats(
  labels: Pick<DocumentLabelling, "setRepeats">,
  sentences: Iterable<Span & { readonly text: string | undefined }>,
  region: Span,
  { repeats, offered }: RepeatOptions,
): boolean {
  let complete = true;
  const found = perTask(SPAN_TASKS, () => [] as RepeatSuggestion[]);
  for (const { start: from, text } of sentences) {
    if (text === undefined) {
      complete = false;
      continue;
    }
    const read = unfilled(text);
    const at = (offset: number): number => from + (read?.at(offset) ?? offset);
    for (const task of SPAN_TASKS)
      for (const { start, end, value } of repeats[task].in(read?.text ?? text)) {
        // The label set of this document may lack it, or have retired it.
        if (offered(task, value) === value) found[task].push({ start: at(start), end: at(end), label: value });
      }
  }
  for (const task of SPAN_TASKS) labels.setRepeats(task, region, found[task]);
  return complete;
}
