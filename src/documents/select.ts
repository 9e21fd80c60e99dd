/** A part of what is said of a document. */
import type { Attributes } from "./attributes";
import type { Details, Label, Labelled, Question, Rejection, Relation } from "./labelled";
import { layerOf, layersOf, mapLayers } from "./layers";
import { withJoined } from "./relations";
import { LABEL_TASKS, QUESTION_TASKS, SPAN_TASKS, TASK_NAMES } from "./tasks";
import type { Task } from "./tasks";

/** The document with what is said for some tasks only. */
export function onlyTasks<D extends Labelled>(document: D, tasks: readonly Task[]): D {
  const part = {
    ...document,
    layers: layersOf((task) => (tasks.includes(task) ? layerOf(document.layers, task) : {})),
    questions: QUESTION_TASKS.some((task) => tasks.includes(task)) ? document.questions : [],
  };
  return withJoined(part, document);
}

/** The document with some of its decisions only: labels, rejections and questions that `keep` wants. All else is as it was, relations too. */
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

/** The document with the rejections of some tasks only. */
export function onlyRejected<D extends Labelled>(document: D, tasks: readonly Task[]): D {
  return {
    ...document,
    layers: mapLayers(document.layers, ({ rejected }, task) => ({ rejected: tasks.includes(task) ? rejected : [] })),
  };
}

/** The document with the attributes that `keep` gives back for each label and relation that has some. */
export function mapAttributes<D extends Labelled>(
  document: D,
  keep: (attributes: Attributes) => Pick<Details, "attributes">,
): D {
  const change = <T extends Label | Relation>(item: T): T => {
    const { attributes, ...bare } = item;
    return attributes === undefined ? item : ({ ...bare, ...keep(attributes) } as T);
  };
  return {
    ...document,
    ...(document.relations && { relations: document.relations.map(change) }),
    layers: mapLayers(document.layers, ({ labels, rejected }) => ({
      labels: labels.map(change),
      rejected: rejected.map(change),
    })),
  };
}

/** Whether anything was decided on a document: of spans also that nothing has a label. */
export function decidedOn({ layers, questions }: Labelled): boolean {
  return (
    questions.length > 0 ||
    TASK_NAMES.some((task) => layers[task].rejected.length > 0) ||
    LABEL_TASKS.some((task) => layers[task].labels.length > 0) ||
    SPAN_TASKS.some((task) => layers[task].reviewed.length + layers[task].decided.length > 0)
  );
}
