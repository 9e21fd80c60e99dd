/** What a user sees: decisions where they are now, and the suggestions they leave visible. Offsets are UTF-16 code units. */
import { answersIn } from "../documents/answers";
import { isQuestionTask, perTask, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { Span } from "../text/span";
import { mergeSpans, touched } from "../text/spans";
import type { Adjudication, AnsweredQuestion, Annotation } from "./annotation";
import type { Replay } from "./replay";
import { settle } from "./settled";
import type { StoredSuggestion, Suggestions } from "./suggestions";

/** Decisions on the text of now. */
export interface Decided {
  readonly annotations: readonly Annotation[];
  readonly questions: readonly AnsweredQuestion[];
  readonly adjudications: readonly Adjudication[];
  /** By task, merged, in order: what was looked at in full. */
  readonly reviewed: Readonly<Record<Task, readonly Span[]>>;
  /** By task, in order: no suggestion may overlap these. */
  readonly taken: Readonly<Record<Task, readonly Span[]>>;
  readonly answered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
}

function suggestionKey(task: Task, span: Span, label: string, question = ""): string {
  return `${task}:${span.start}:${span.end}:${label}:${question.trim()}`;
}

/** What decisions leave to see. */
export function decidedAnnotations(replay: Replay, text: string): Decided {
  const { annotations, questions, adjudications, regions } = settle([replay]);
  const rejected = replay.decisions.rejected.flatMap(({ task, value, question }) => {
    const span = replay.positions.at(value);
    // Text that was edited since is another case: the model may suggest there again.
    if (span === undefined || text.slice(span.start, span.end) !== value.quote.exact) return [];
    return [suggestionKey(task, span, value.label, question)];
  });
  const taken = perTask(TASK_NAMES, (task) => {
    const live = annotations.filter((item) => item.task === task && item.status === "accepted");
    return mergeSpans([...live.map(({ span }) => span), ...regions(task)]);
  });
  return {
    annotations: [...annotations, ...questions.flatMap(({ answers }) => answersIn(answers))],
    questions,
    adjudications,
    reviewed: perTask(TASK_NAMES, (task) => replay.reviewed(task)),
    taken,
    answered: new Set(questions.map(({ question }) => question.trim())),
    rejected: new Set(rejected),
  };
}

function visible(item: StoredSuggestion, decided: Decided): boolean {
  const { task, span, label, question } = item;
  if (decided.rejected.has(suggestionKey(task, span, label, question))) return false;
  if (isQuestionTask(task)) return !decided.answered.has(question?.trim() ?? "");
  return !touched(decided.taken[task], span);
}

/** Suggestions that no decision hides, of one task or all, in a region or everywhere. */
export function visibleSuggestions(
  suggestions: Suggestions,
  decided: Decided,
  task?: Task,
  region?: Span,
): Annotation[] {
  const tasks = task === undefined ? TASK_NAMES : [task];
  return tasks.flatMap((of) =>
    suggestions
      .list(of, region)
      .filter((item) => visible(item, decided))
      .map((item): Annotation => ({ ...item, status: "suggested" })),
  );
}
