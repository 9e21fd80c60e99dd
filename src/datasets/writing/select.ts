/** A document with some of what was decided on it. */
import { isSpanTask, perTask, LABEL_TASKS, QUESTION_TASKS } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { LabelledDocument } from "../document";

/** A document with the decisions of some tasks only. */
export function withTasks(document: LabelledDocument, tasks: readonly Task[]): LabelledDocument {
  const spans = tasks.some(isSpanTask);
  return {
    ...document,
    ...perTask(LABEL_TASKS, (task) => (tasks.includes(task) ? document[task] : [])),
    reviewed: spans ? document.reviewed : [],
    decided: spans ? document.decided : [],
    questions: QUESTION_TASKS.some((task) => tasks.includes(task)) ? document.questions : [],
    rejected: document.rejected.filter(({ task }) => tasks.includes(task)),
    stale: document.stale.filter(({ task }) => tasks.includes(task)),
  };
}

/** A document with the rejected labels of some tasks only. */
export function withRejected(document: LabelledDocument, tasks: readonly Task[]): LabelledDocument {
  return { ...document, rejected: document.rejected.filter(({ task }) => tasks.includes(task)) };
}

/** Whether anything was decided on a document, rejections of entities that have no place included. */
export function decidedOn({ questions, rejected, reviewed, decided, ...of }: LabelledDocument): boolean {
  return [...LABEL_TASKS.map((task) => of[task]), questions, rejected, reviewed, decided].some(
    (list) => list.length > 0,
  );
}
