/** Making the layers of a document, and changing all of them alike. */
import type { Label, LabelLayer, Labelled, Layers, Question, Rejection, StaleLabel } from "./labelled";
import { CLASSES, LABEL_TASKS, SPANS, TASK_NAMES, isLabelTask, perTask } from "./tasks";
import type { Task } from "./tasks";
import type { Span } from "../text/span";
import { byPlace } from "../text/spans";

/** What of a layer is not empty. */
export type LayerParts<Of = unknown> = Partial<LabelLayer<Of>>;

const NOTHING: LabelLayer<never> = { labels: [], rejected: [], reviewed: [], decided: [], stale: [] };

/** Layers with these parts; all else in them is empty. */
export function layersOf<Of = unknown>(parts: (task: Task) => LayerParts<Of>): Layers<Of> {
  return perTask(TASK_NAMES, (task): LabelLayer<Of> => ({ ...NOTHING, ...parts(task) }));
}

/** Layers, each changed alike. */
export function mapLayers<Of>(
  layers: Layers<Of>,
  change: (layer: LabelLayer<Of>, task: Task) => LayerParts<Of>,
): Layers<Of> {
  return layersOf((task) => {
    const layer = layerOf(layers, task);
    return { ...layer, ...change(layer, task) };
  });
}

/** The layer of any task; one without labels has an empty list of them. */
export function layerOf<Of>(layers: Layers<Of>, task: Task): LabelLayer<Of> {
  return isLabelTask(task) ? layers[task] : { ...NOTHING, ...layers[task] };
}

/** Something of a layer, with its task. */
export type OfTask<T> = T & { readonly task: Task };

/** The list with a task to each. */
export function ofTask<T extends object>(task: Task, list: readonly T[]): OfTask<T>[] {
  return list.map((item) => ({ ...item, task }));
}

/** All labels that were said to be wrong, each with its task, in order of position. */
export function rejectedIn({ layers }: Labelled): OfTask<Rejection>[] {
  return TASK_NAMES.flatMap((task) => ofTask(task, layers[task].rejected)).sort(byPlace);
}

/** All decisions whose text is gone, each with its task; tasks in their order. */
export function staleIn({ layers }: Labelled): OfTask<StaleLabel>[] {
  return TASK_NAMES.flatMap((task) => ofTask(task, layers[task].stale));
}

/** Every label, whatever its task. */
export function labelsIn<Of>({ layers }: Labelled<Of>): (Label & Of)[] {
  return LABEL_TASKS.flatMap((task) => layers[task].labels);
}

/** Layers as formats have them that know kinds and no tasks: those of the first task of each kind. */
export interface ByKind<Of = unknown> {
  readonly spans?: LabelLayer<Of>["labels"];
  readonly classes?: LabelLayer<Of>["labels"];
  /** Text looked at in full for spans. */
  readonly reviewed?: readonly Span[];
  /** Where anything was decided about spans. */
  readonly decided?: readonly Span[];
  readonly rejected?: readonly OfTask<Rejection>[];
}

/** Layers with these parts; all else is as in `base`, or empty. */
export function layersByKind<Of = unknown>(parts: ByKind<Of>, base: Layers<Of> = layersOf<Of>(() => ({}))): Layers<Of> {
  const { spans, classes, reviewed, decided, rejected } = parts;
  return mapLayers(base, (_, task) => ({
    ...(task === SPANS && {
      ...(spans && { labels: spans }),
      ...(reviewed && { reviewed }),
      ...(decided && { decided }),
    }),
    ...(task === CLASSES && classes && { labels: classes }),
    ...(rejected && { rejected: rejected.flatMap(({ task: of, ...item }) => (of === task ? [item] : [])) }),
  }));
}

/** All that was decided: labels, questions, rejections, whatever their task. */
export function decisionsIn<Of>(document: Labelled<Of>): (Label | Rejection | Question)[] {
  const rejected = TASK_NAMES.flatMap((task) => document.layers[task].rejected);
  return [...labelsIn(document), ...document.questions, ...rejected];
}
