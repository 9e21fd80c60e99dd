/** What a user sees: decisions where they are now, and the suggestions they leave visible. Offsets are UTF-16 code units. */
import { answersIn } from "../documents/answers";
import { isQuestionTask, perTask, TASK_NAMES } from "../documents/tasks";
import type { ClassTask, Task } from "../documents/tasks";
import { sameSpan } from "../text/span";
import type { Span } from "../text/span";
import { addTo } from "../text/grouped";
import { mergeSpans, touched } from "../text/spans";
import { cutsWord } from "../text/word-borders";
import type { Adjudication, AnsweredQuestion, Annotation, PlacedRelation } from "./annotation";
import { allowsSeveral } from "./labelset";
import type { Replay } from "./replay";
import { settle } from "./settled";
import type { StoredSuggestion, Suggestions } from "./suggestions";

/** Decisions on the text of now. */
export interface Decided {
  readonly annotations: readonly Annotation[];
  readonly questions: readonly AnsweredQuestion[];
  readonly relations: readonly PlacedRelation[];
  readonly adjudications: readonly Adjudication[];
  /** By task, merged, in order: what was looked at in full. */
  readonly reviewed: Readonly<Record<Task, readonly Span[]>>;
  /** By task, in order: no suggestion may overlap these. */
  readonly taken: Readonly<Record<Task, readonly Span[]>>;
  /** Where a text may have several classes, by task and label: no suggestion of the same may overlap these. */
  readonly classes: ReadonlyMap<string, readonly Span[]>;
  readonly answered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
}

function suggestionKey(task: Task, span: Span, label: string, question = ""): string {
  return `${task}:${span.start}:${span.end}:${label}:${question.trim()}`;
}

function classKey(task: Task, label: string): string {
  return `${task}:${label}`;
}

/** What decisions leave to see. @param multiple tasks of whose classes a text may have several */
export function decidedAnnotations(replay: Replay, text: string, multiple: readonly ClassTask[]): Decided {
  const { annotations, questions, relations, adjudications, regions } = settle([replay]);
  const rejected = replay.decisions.rejected.flatMap(({ task, value, question }) => {
    const span = replay.positions.at(value);
    // Text that was edited since is another case: the model may suggest there again.
    if (span === undefined || text.slice(span.start, span.end) !== value.quote.exact) return [];
    return [suggestionKey(task, span, value.label, question)];
  });
  const classes = new Map<string, Span[]>();
  const taken = perTask(TASK_NAMES, (task) => {
    const several = allowsSeveral({ multiple }, task);
    const placed = annotations.filter((item) => item.task === task && item.status === "accepted");
    if (several) for (const { label, span } of placed) addTo(classes, classKey(task, label), [span]);
    const live = several ? [] : placed;
    return mergeSpans([...live.map(({ span }) => span), ...regions(task)]);
  });
  return {
    annotations: [...annotations, ...questions.flatMap(({ answers }) => answersIn(answers))],
    questions,
    relations,
    adjudications,
    reviewed: perTask(TASK_NAMES, (task) => replay.reviewed(task)),
    taken,
    classes: new Map([...classes].map(([key, spans]) => [key, mergeSpans(spans)])),
    answered: new Set(questions.map(({ question }) => question.trim())),
    rejected: new Set(rejected),
  };
}

function visible(item: StoredSuggestion, decided: Decided): boolean {
  const { task, span, label, question } = item;
  if (decided.rejected.has(suggestionKey(task, span, label, question))) return false;
  if (isQuestionTask(task)) return !decided.answered.has(question?.trim() ?? "");
  return !touched(decided.taken[task], span) && !touched(decided.classes.get(classKey(task, label)) ?? [], span);
}

/** What is suggested in a document: by the model, and as repeats of decisions. */
export interface Suggested {
  /** As it is now. */
  readonly text: string;
  readonly model: Suggestions;
  readonly repeats: Suggestions;
}

/** Suggestions that no decision hides, of one task or all, in a region or everywhere. */
export function visibleSuggestions(suggested: Suggested, decided: Decided, task?: Task, region?: Span): Annotation[] {
  const tasks = task === undefined ? TASK_NAMES : [task];
  return tasks.flatMap((of) => {
    const said = (at?: Span): readonly StoredSuggestion[] =>
      suggested.model.list(of, at).filter((item) => visible(item, decided));
    const repeated = (at?: Span): readonly Annotation[] =>
      suggested.repeats.list(of, at).flatMap((item) => repeatShown(item, suggested.text, decided, said));
    if (suggested.repeats.list(of).length === 0)
      return said(region).map((item): Annotation => ({ ...item, status: "suggested" }));
    const repeats = repeated(region);
    const models = said(region).filter(
      ({ span }) => !repeated(span).some((item) => item.span.start <= span.start && span.end <= item.span.end),
    );
    return [...models.map((item): Annotation => ({ ...item, status: "suggested" })), ...repeats].sort(byPlaceOfSpan);
  });
}

/** The repeat as it is shown; empty: it is not. @param said what the model says of a stretch of text */
function repeatShown(
  item: StoredSuggestion,
  text: string,
  decided: Decided,
  said: (at: Span) => readonly StoredSuggestion[],
): Annotation[] {
  const { span, label, quote } = item;
  // Edits of its words, or beside them, make them others.
  const stands = text.startsWith(quote.exact, span.start) && span.end - span.start === quote.exact.length;
  const whole = !cutsWord(text, span);
  if (!stands || !whole || !visible(item, decided)) return [];
  const there = said(span);
  const same = there.find((other) => sameSpan(other.span, span));
  if (same?.label === label) return [];
  // The words may be part of a longer name.
  const inside = there.every((other) => span.start <= other.span.start && other.span.end <= span.end);
  if (!inside) return [];
  const alternative = same?.score === undefined ? {} : { alternative: { label: same.label, score: same.score } };
  return [{ ...item, ...alternative, status: "suggested" }];
}

function byPlaceOfSpan(a: Annotation, b: Annotation): number {
  return a.span.start - b.span.start || a.span.end - b.span.end;
}
