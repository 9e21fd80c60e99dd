/** The task of a kind, for formats with one place for a kind: the first of it. A format with a place for each task goes through the lists of `documents/tasks.ts`. */
import { CLASS_TASKS, QUESTION_TASKS, SPAN_TASKS } from "../documents/tasks";
import type { ClassTask, QuestionTask, SpanTask } from "../documents/tasks";

/** The task whose labels are spans. */
export const SPANS: SpanTask = SPAN_TASKS[0]!;
/** The task whose labels are classes of a unit. */
export const CLASSES: ClassTask = CLASS_TASKS[0]!;
/** The task that is asked and answered. */
export const QUESTIONS: QuestionTask = QUESTION_TASKS[0]!;
