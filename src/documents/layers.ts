/** Making the layers of a document, and changing all of them alike. */
import type { LabelLayer, Labelled, Layer, Layers } from "./labelled";
import { isLabelTask, LABEL_TASKS, perTask, TASK_NAMES } from "./tasks";
import type { LabelTask, Task } from "./tasks";

/** What of a layer is not empty. */
export type LayerParts<Of = unknown> = Partial<LabelLayer<Of>>;

const NOTHING: LabelLayer<never> = { labels: [], rejected: [], reviewed: [], decided: [], stale: [] };

/** Layers with these parts; all else in them is empty. */
export function layersOf<Of = unknown>(parts: (task: Task) => LayerParts<Of>): Layers<Of> {
  return perTask(TASK_NAMES, (task): LabelLayer<Of> => ({ ...NOTHING, ...parts(task) }));
}

/** Layers with other labels, task by task. */
export function withLabels<Of, To>(
  layers: Layers<Of>,
  labels: (layer: LabelLayer<Of>, task: LabelTask) => LabelLayer<To>["labels"],
): Layers<To> {
  const changed = perTask(LABEL_TASKS, (task) => ({ ...layers[task], labels: labels(layers[task], task) }));
  return { ...layers, ...changed };
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

/** A text of which nothing is said. */
export function unlabelled<Of = unknown>(text: string): Labelled<Of> {
  return { text, layers: layersOf(() => ({})), questions: [] };
}

/** Something of a layer, with its task. */
export type OfTask<T> = T & { readonly task: Task };

/** One list of all layers, each with its task; tasks in their order. */
export function listed<K extends keyof Layer>(layers: Layers, what: K): OfTask<Layer[K][number]>[] {
  return TASK_NAMES.flatMap((task) =>
    (layers[task][what] as readonly Layer[K][number][]).map((item) => ({ ...item, task })),
  );
}
