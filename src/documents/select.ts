/** A part of what is said of a document. */
import type { Labelled, Label, Question, Rejection } from "./labelled";
import { layerOf, layersOf, mapLayers } from "./layers";
import { QUESTION_TASKS } from "./tasks";
import type { Task } from "./tasks";

/** The document with what is said for some tasks only. */
export function onlyTasks<D extends Labelled>(document: D, tasks: readonly Task[]): D {
  return {
    ...document,
    layers: layersOf((task) => (tasks.includes(task) ? layerOf(document.layers, task) : {})),
    questions: QUESTION_TASKS.some((task) => tasks.includes(task)) ? document.questions : [],
  };
}

/** The document with some of its decisions only: labels, rejections and questions that `keep` wants. All else is as it was. */
export function onlyDecisions<D extends Labelled>(
  document: D,
  keep: (item: Label | Rejection | Question) => boolean,
): D {
  return {
    ...document,
    layers: mapLayers(document.layers, ({ labels, rejected }) => ({
      labels: labels.filter(keep),
      rejected: rejected.filter(keep),
    })),
    questions: document.questions.filter(keep),
  };
}
