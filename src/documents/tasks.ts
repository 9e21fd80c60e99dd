/** The tasks: what can be said of a text. The only file that lists them; everything else asks for what kind a task is. */

/** `spans`: labels on stretches of text. `classes`: one label for each unit. `questions`: answers to questions, which are spans without a label. */
export type TaskKind = "spans" | "classes" | "questions";

/** What of a text one decision is about, and what annotators are compared by. */
export type TaskUnit = "word" | "sentence" | "document" | "question";

/** What there is to know of a task apart from its name. */
export interface TaskDescription {
  readonly kind: TaskKind;
  readonly unit: TaskUnit;
  /** Its suggestions come by themselves; else when somebody asks. */
  readonly automatic: boolean;
  /** Calibrated probability from 0 to 1: what a model is less sure of is not shown. The default of the setting `glossator.<task>.minimumConfidence`. */
  readonly minimumConfidence: number;
  /** The usual names of its labels, where neither a model nor a workspace names others; empty for questions, whose answers have none. */
  readonly labels: readonly string[];
  /** The one of them that carries no mark, since it says that there is nothing to mark. */
  readonly unmarked?: string;
}

/** Every task by its name, which is also the key in manifests and in files on disk, in the order in which tasks are listed. */
export const TASKS = {
  entities: {
    kind: "spans",
    unit: "word",
    automatic: true,
    minimumConfidence: 0.5,
    labels: ["PER", "ORG", "LOC", "MISC"],
  },
  sentiment: {
    kind: "classes",
    unit: "sentence",
    automatic: true,
    minimumConfidence: 0.8,
    labels: ["negative", "positive", "neutral"],
    unmarked: "neutral",
  },
  answers: { kind: "questions", unit: "question", automatic: false, minimumConfidence: 0.01, labels: [] },
} as const satisfies Readonly<Record<string, TaskDescription>>;

type Table = typeof TASKS;

/** The name of a task. */
export type Task = keyof Table;

/** The tasks that have a property, by type. */
type With<P> = { [T in Task]: Table[T] extends P ? T : never }[Task];

/** Tasks whose labels are spans. */
export type SpanTask = With<{ kind: "spans" }>;
/** Tasks whose labels are classes. */
export type ClassTask = With<{ kind: "classes" }>;
/** Tasks that are asked and answered. */
export type QuestionTask = With<{ kind: "questions" }>;
/** Tasks whose labels come from a set; answers have none. */
export type LabelTask = SpanTask | ClassTask;
/** Tasks whose suggestions come by themselves. */
export type AutomaticTask = With<{ automatic: true }>;

/** All names, in order. */
export const TASK_NAMES = Object.keys(TASKS) as readonly Task[];

/** The description of a task; typed by what any may be, so that the compiler holds no comparison for superfluous. */
export function describeTask(task: Task): TaskDescription {
  return TASKS[task];
}

/** Whether a text from outside, such as a file's, names a task. */
export function isTask(name: unknown): name is Task {
  return typeof name === "string" && Object.hasOwn(TASKS, name);
}

/** Whether labels of the task are spans. */
export function isSpanTask(task: Task): task is SpanTask {
  return describeTask(task).kind === "spans";
}

/** Whether labels of the task are classes of a unit. */
export function isClassTask(task: Task): task is ClassTask {
  return describeTask(task).kind === "classes";
}

/** Whether the task is asked and answered. */
export function isQuestionTask(task: Task): task is QuestionTask {
  return describeTask(task).kind === "questions";
}

/** Whether the task's labels come from a set. */
export function isLabelTask(task: Task): task is LabelTask {
  return !isQuestionTask(task);
}

/** Whether the task's suggestions come by themselves. */
function isAutomatic(task: Task): task is AutomaticTask {
  return describeTask(task).automatic;
}

/** Whether a label of the task is about all of a document, and not about a part of it. */
export function isOfDocument(task: Task): boolean {
  return describeTask(task).unit === "document";
}

export const SPAN_TASKS = TASK_NAMES.filter(isSpanTask);
export const CLASS_TASKS = TASK_NAMES.filter(isClassTask);
export const QUESTION_TASKS = TASK_NAMES.filter(isQuestionTask);
export const LABEL_TASKS = TASK_NAMES.filter(isLabelTask);
export const AUTOMATIC_TASKS = TASK_NAMES.filter(isAutomatic);

/**
 * The first task of each kind: for what knows kinds and no tasks, such as a question that does not say which task it is of, or a format with one place for
 * spans. What has a place for each task goes through the lists above.
 */
export const [SPANS, CLASSES, QUESTIONS] = [SPAN_TASKS[0]!, CLASS_TASKS[0]!, QUESTION_TASKS[0]!] as const;

/** A value for each of some tasks. */
export function perTask<T extends Task, V>(tasks: readonly T[], value: (task: T) => V): Record<T, V> {
  return Object.fromEntries(tasks.map((task) => [task, value(task)])) as Record<T, V>;
}
