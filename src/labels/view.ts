/** What a user sees: decisions where they are now, and the suggestions they leave visible. Offsets are UTF-16 code units. */
import type { Span } from "../text/span";
import { TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { Adjudication, AnsweredQuestion, Annotation, LabelValue, ModelRef } from "./annotation";
import { answersIn, answersSaid, mapAnswers } from "./answers";
import { adjudicationsOf, placedAdjudications } from "./agreement/annotators";
import type { Positions } from "./positions";
import { mergeSpans, touched } from "./regions";
import type { Decisions } from "./state";
import type { StoredSuggestion, Suggestions } from "./suggestions";

/** Decisions on the text of now. */
export interface Decided {
  readonly annotations: readonly Annotation[];
  readonly questions: readonly AnsweredQuestion[];
  readonly adjudications: readonly Adjudication[];
  /** By task, in order: no suggestion may overlap these. */
  readonly taken: ReadonlyMap<Task, readonly Span[]>;
  readonly answered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
}

function suggestionKey(task: Task, span: Span, label: string, question = ""): string {
  return `${task}:${span.start}:${span.end}:${label}:${question.trim()}`;
}

/** Places decisions on a text; those whose text is gone are stale. */
export function decidedAnnotations(decisions: Decisions, positions: Positions, text: string): Decided {
  const place = (
    id: string,
    task: Task,
    value: LabelValue,
    author: string,
    score?: number,
    model?: ModelRef,
  ): Annotation => {
    const span = positions.at(value);
    const proposal = positions.proposal(value);
    return {
      id,
      task,
      span: span ?? positions.last(value),
      quote: value.quote,
      label: value.label,
      status: span === undefined ? "stale" : "accepted",
      author,
      ...(proposal && { proposal }),
      ...(positions.unsought(value) && { unsought: true as const }),
      ...(score !== undefined && { score }),
      ...(model && { model }),
    };
  };
  const adjudications = placedAdjudications(decisions, positions);
  const settled = adjudicationsOf([{ adjudications }]).map((item): Adjudication => {
    const { id, task, author, region, question, versions } = item;
    const { labels, chosen } = decisions.adjudications.get(id)!;
    return {
      ...{ id, task, author, versions },
      labels: labels.map((value, index) => ({
        ...place(`${id}.${index}`, task, value, author),
        ...(question !== undefined && { question }),
        adjudication: id,
      })),
      ...(region && { region }),
      ...(question !== undefined && { question }),
      ...(chosen !== undefined && { chosen }),
    };
  });
  const settledText = new Map(
    TASK_NAMES.map((task) => [task, mergeSpans(settled.flatMap((item) => (item.task === task && item.region) || []))]),
  );
  const regions = (task: Task): readonly Span[] => settledText.get(task) ?? [];
  const own = [...decisions.annotations.values()]
    .map((item) => place(item.id, item.task, item.value, item.author, item.replaces[0]?.score, item.model))
    .filter(({ task, span, status }) => status === "stale" || !touched(regions(task), span));
  const annotations = [...own, ...settled.flatMap(({ task, labels }) => (task === "answers" ? [] : labels))];
  const decidedQuestions = settled.flatMap(({ id, question, labels, author }): AnsweredQuestion[] => {
    const of = { id, author, answers: answersSaid(labels), adjudication: id };
    return question === undefined ? [] : [{ ...of, question }];
  });
  const asked = new Set(decidedQuestions.map(({ question }) => question.trim()));
  const ownQuestions = [...decisions.questions.values()].filter(({ question }) => !asked.has(question.trim()));
  const placedQuestions = ownQuestions.map((item): AnsweredQuestion => {
    const answers = mapAnswers(item.answers, (value, index) => ({
      ...place(`${item.id}.${index}`, "answers", value, item.author, undefined, item.model),
      question: item.question,
    }));
    const { id, question, author } = item;
    return { id, question, author, answers };
  });
  const questions = [...placedQuestions, ...decidedQuestions];
  const rejected = decisions.rejected.flatMap(({ task, value, question }) => {
    const span = positions.at(value);
    // Text that was edited since is another case: the model may suggest there again.
    if (span === undefined || text.slice(span.start, span.end) !== value.quote.exact) return [];
    return [suggestionKey(task, span, value.label, question)];
  });
  const taken = TASK_NAMES.map((task) => {
    const live = annotations.filter((item) => item.task === task && item.status === "accepted");
    return [task, mergeSpans([...live.map(({ span }) => span), ...regions(task)])] as const;
  });
  return {
    annotations: [...annotations, ...questions.flatMap(({ answers }) => answersIn(answers))],
    questions,
    adjudications: settled,
    taken: new Map(taken),
    answered: new Set(questions.map(({ question }) => question.trim())),
    rejected: new Set(rejected),
  };
}

function visible(item: StoredSuggestion, decided: Decided): boolean {
  const { task, span, label, question } = item;
  if (decided.rejected.has(suggestionKey(task, span, label, question))) return false;
  if (task === "answers") return !decided.answered.has(question?.trim() ?? "");
  return !touched(decided.taken.get(task) ?? [], span);
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
