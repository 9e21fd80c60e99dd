/** Which of the model's suggestions a document shows, and under which names: by settings and label set. */
import type { Uri } from "vscode";
import { AUTOMATIC_TASKS, perTask } from "../../documents/tasks";
import type { ClassTask, LabelTask } from "../../documents/tasks";
import type { EngineInfo } from "../../engine/protocol";
import type { Showing } from "../../labels/shown";
import * as config from "../base/config";
import type { Catalog } from "./catalog";
import type { PlaceOptions } from "./suggest";

/** For `placeSuggestions`. Reading settings costs more than placing a sentence. */
export function placingIn(
  uri: Uri,
  tasks: readonly LabelTask[],
  { model, modelVersion, unmarked }: EngineInfo,
  catalog: Catalog,
): PlaceOptions & { readonly multiple: readonly ClassTask[] } {
  const offered: PlaceOptions["offered"] = (task, label) => catalog.offered(task, label, uri);
  return {
    multiple: catalog.sets(uri).multiple ?? [],
    tasks,
    model: { name: model, version: modelVersion },
    offered,
    showing: { ...leastOf(uri, offered), unmarked },
  };
}

/** The least confidence of what is shown in a document, by its settings; those of labels go by the names under which they are offered. */
export function leastOf(uri: Uri, offered: PlaceOptions["offered"]): Pick<Showing, "minimumConfidence" | "ownLeast"> {
  const minimumConfidence = perTask(AUTOMATIC_TASKS, (task) => config.taskSetting(task, uri).minimumConfidence);
  const own: Partial<Record<LabelTask, ReadonlyMap<string, number>>> = perTask(AUTOMATIC_TASKS, (task) =>
    config.labelConfidence(task, uri),
  );
  return {
    minimumConfidence,
    ownLeast: (task, label) => {
      if (own[task] === undefined || own[task].size === 0) return undefined;
      const name = offered(task, label);
      return name === undefined ? undefined : own[task].get(name);
    },
  };
}
