/** Choosing a label by key or from a list. */
import { l10n } from "vscode";
import type { Uri } from "vscode";
import { LabelsError } from "../../labels/contract";
import { labelNameProblem } from "../../labels/label-name";
import type { LabelTask } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { Catalog } from "../documents/catalog";
import { taskInWords } from "../base/describe";
import type { LabelDefinition } from "../../labels/labelset";
import { pickByKey, pickSomeByKey } from "../base/picks";

/** A label, and whose it is. */
export interface ChosenLabel<T extends LabelTask> {
  readonly task: T;
  readonly label: string;
}

interface Keyed {
  readonly label: string;
  /** Empty: none. */
  readonly key: string;
  readonly detail?: string;
}

/** A label of a list, with the key that chooses it: its own, else its place among the first nine. */
function keyed({ name, key, guideline }: Pick<LabelDefinition, "name" | "key" | "guideline">, index: number): Keyed {
  const press = key ?? (index < 9 ? String(index + 1) : "");
  return {
    label: press === "" ? shownName(name) : `${press}  ${shownName(name)}`,
    key: press,
    ...(guideline !== undefined && { detail: guideline }),
  };
}

/** Of a list that {@link keyed} made, the item whose key was typed. */
const byKey =
  <T extends Keyed>(items: readonly T[]) =>
  (typed: string): T | undefined =>
    items.find(({ key }) => key !== "" && key === typed);

/** Lets the user choose a label of one of some tasks: its key alone is enough, else type to filter. Undefined if they leave. */
async function pickLabel<T extends LabelTask>(
  catalog: Catalog,
  tasks: readonly T[],
  document: Uri,
  title: string,
  current?: string,
): Promise<ChosenLabel<T> | undefined> {
  const offered = tasks.flatMap((task) => catalog.labels(task, document).map((label) => ({ task, ...label })));
  const items = offered.map(({ task, ...label }, index) => ({
    ...keyed(label, index),
    chosen: { task, label: label.name },
    ...(tasks.length > 1 && { description: taskInWords(task) }),
    ...(label.name === current && { description: l10n.t("now") }),
  }));
  const placeHolder = l10n.t("Press a label's key, or type its name");
  const chosen = await pickByKey(items, { title, placeHolder }, byKey(items));
  return chosen?.chosen;
}

/** Which classes a text has, as the user is shown them. */
interface Present {
  readonly decided: readonly string[];
  readonly suggested: readonly string[];
}

/**
 * Lets the user choose any of a task's labels: those that are there are checked, a label's key checks it or takes the check away. Those that the label set lacks stand
 * there as well, so that none is taken away unseen. Undefined if they leave.
 */
export async function chooseLabels(
  catalog: Catalog,
  task: LabelTask,
  document: Uri,
  title: string,
  { decided, suggested }: Present,
): Promise<readonly string[] | undefined> {
  const offered = catalog.labels(task, document);
  const others = decided.filter((name) => !offered.some((label) => label.name === name)).map((name) => ({ name }));
  const items = [...offered, ...others].map((label, index) => ({
    ...keyed(label, index),
    name: label.name,
    picked: decided.includes(label.name),
    ...(suggested.includes(label.name) && { description: l10n.t("suggested") }),
  }));
  const placeHolder = l10n.t("Press the keys of labels, or type a name; Enter when these are all");
  const chosen = await pickSomeByKey(items, { title, placeHolder }, byKey(items));
  return chosen?.map(({ name }) => name);
}

/**
 * A label named by a key binding or a link: one the document's label set of a task knows, or a new one of the first task and of a proper name.
 * @throws {LabelsError} saying what is wrong with it.
 */
function givenLabel<T extends LabelTask>(
  catalog: Catalog,
  tasks: readonly T[],
  document: Uri,
  name: string,
): ChosenLabel<T> {
  const known = tasks.find((task) => catalog.find(task, name, document) !== undefined);
  const problem = known === undefined ? labelNameProblem(name) : undefined;
  if (problem !== undefined) throw new LabelsError(problem);
  return { task: known ?? tasks[0]!, label: name };
}

/** The label that was given with a command, else the one the user picks. @throws as {@link givenLabel} */
export async function chooseLabel<T extends LabelTask>(
  catalog: Catalog,
  tasks: readonly T[],
  document: Uri,
  given: unknown,
  title: string,
  current?: string,
): Promise<ChosenLabel<T> | undefined> {
  return typeof given === "string"
    ? givenLabel(catalog, tasks, document, given)
    : pickLabel(catalog, tasks, document, title, current);
}
