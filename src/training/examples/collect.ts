/** From the decisions of a workspace to examples: of every task, by its kind. */
import { isLabelTask, isSpanTask, LABEL_TASKS, QUESTION_TASKS } from "../../documents/tasks";
import type { LabelTask, QuestionTask, Task } from "../../documents/tasks";
import type { LabelledDocument } from "../../datasets/document";
import { allowsSeveral, defaultLabelSets } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import { collectDocuments } from "../../datasets/workspace/collect";
import type { WalkOptions } from "../../datasets/workspace/walk";
import type { Loss } from "../../datasets/losses";
import type { Manifest } from "../../model/manifest/manifest";
import { append } from "../../text/grouped";
import { inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import { answerExamples, mostRecent } from "./answers";
import type { AnswerExample } from "./answers";
import { classExamples } from "./classes";
import { decisionsOf, withoutFills } from "./example";
import type { Examples, LeftOut, TeachExample } from "./example";
import { spanExamples } from "./spans";

/** What a workspace teaches of any task. */
interface TaughtOf<T extends Task, E> {
  readonly task: T;
  readonly examples: readonly E[];
  readonly left: readonly LeftOut[];
  /** Decisions in the examples. */
  readonly decisions: number;
}

/** What a workspace teaches of a task with labels. */
export interface TaughtLabels extends TaughtOf<LabelTask, TeachExample> {
  /** The names of the labels that the workspace uses, as it lists them, without retired ones. */
  readonly labels: readonly string[];
}

/** What a workspace teaches of answers: a decision a question. */
export type TaughtAnswers = TaughtOf<QuestionTask, AnswerExample>;

/** What a workspace teaches of one task. */
export type TaughtTask = TaughtLabels | TaughtAnswers;

/** Whether what is taught are labels. */
export const teachesLabels = (taught: TaughtTask): taught is TaughtLabels => isLabelTask(taught.task);

/** What a workspace teaches. */
export interface Taught {
  readonly tasks: readonly TaughtTask[];
  /** Decisions of tasks that this model cannot be taught, with their numbers. */
  readonly notYet: readonly { readonly task: Task; readonly decisions: number }[];
  /** Documents and lines of logs that could not be read. */
  readonly losses: readonly Loss[];
}

/** Which decisions to collect. */
export interface TaughtOptions extends WalkOptions {
  /** The model that is taught: its labels are the workspace's where that has none of its own. */
  readonly manifest: Pick<Manifest, "tasks" | "steps">;
  /** Default: all that can be taught. */
  readonly tasks?: readonly Task[];
}

/** Examples of a document for a task with labels, by the task's kind. @param several of classes: a text may have several */
export function examplesOf(
  document: LabelledDocument,
  task: LabelTask,
  taught: ReadonlySet<string>,
  several = false,
): Examples {
  return isSpanTask(task) ? spanExamples(document, task, taught) : classExamples(document, task, taught, several);
}

/**
 * Reads a workspace's decisions as examples.
 * @throws as `collectDocuments`.
 */
export async function collectTaught(options: TaughtOptions): Promise<Taught> {
  const { manifest, tasks, ...walk } = options;
  const known = Object.entries(manifest.tasks).flatMap(([task, decoder]) =>
    decoder.labels.length > 0 ? [[task, decoder.labels] as const] : [],
  );
  const defaults = defaultLabelSets(Object.fromEntries(known));
  const { documents, labels, losses } = await collectDocuments({ ...walk, defaults });
  const wanted = (task: Task): boolean => tasks?.includes(task) ?? true;
  const found: TaughtTask[] = [];
  for (const task of LABEL_TASKS)
    if (wanted(task) && manifest.tasks[task] !== undefined)
      found.push(await inSlices(taughtTask(task, documents, labels), walk.signal));
  const notYet: { task: Task; decisions: number }[] = [];
  for (const task of QUESTION_TASKS.filter(wanted)) {
    // A model that answers need not be one whose answers can be taught; labels are taught all the same.
    if (manifest.steps?.graphs.some(({ decoder, encoderLayers }) => decoder === task && encoderLayers === 0) === true)
      found.push(await inSlices(taughtAnswers(task, documents), walk.signal));
    else notYet.push({ task, decisions: documents.reduce((sum, { questions }) => sum + questions.length, 0) });
  }
  return { tasks: found, notYet, losses };
}

function* taughtAnswers(task: QuestionTask, documents: readonly LabelledDocument[]): Steps<TaughtAnswers> {
  const all: AnswerExample[] = [];
  const left: LeftOut[] = [];
  for (const document of documents) {
    const own = yield* answerExamples(document, task);
    append(all, own.examples);
    append(left, own.left);
    yield;
  }
  const { examples, left: late } = mostRecent(all);
  return { task, examples, left: [...left, ...late], decisions: examples.length };
}

/** A document a step. */
function* taughtTask(task: LabelTask, documents: readonly LabelledDocument[], sets: LabelSets): Steps<TaughtLabels> {
  const labels = sets[task].filter(({ retired }) => retired !== true).map(({ name }) => name);
  const names = new Set(labels);
  const examples: TeachExample[] = [];
  const left: LeftOut[] = [];
  for (const document of documents) {
    const own = examplesOf(document, task, names, allowsSeveral(sets, task));
    append(examples, own.examples.map(withoutFills));
    append(left, own.left);
    yield;
  }
  return { task, labels, examples, left, decisions: examples.reduce((sum, example) => sum + decisionsOf(example), 0) };
}
