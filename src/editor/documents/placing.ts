/** Which of the model's suggestions a document shows, and under which names: by settings and label set. */
import type { Uri } from "vscode";
import { AUTOMATIC_TASKS, perTask } from "../../documents/tasks";
import type { AutomaticTask, ClassTask, LabelTask } from "../../documents/tasks";
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
  const settings = perTask(AUTOMATIC_TASKS, (task) => config.taskSetting(task, uri));
  const offered: PlaceOptions["offered"] = (task, label) => catalog.offered(task, label, uri);
  return {
    multiple: catalog.sets(uri).multiple ?? [],
    tasks,
    model: { name: model, version: modelVersion },
    offered,
    showing: { ...leastOf(settings, offered), unmarked },
  };
}

/** The least confidence of what is shown, by the settings of tasks; those of labels go by the names under which they are offered. */
export function leastOf(
  settings: Readonly<Record<AutomaticTask, config.TaskSetting>>,
  offered: PlaceOptions["offered"],
): Pick<Showing, "minimumConfidence" | "ownLeast"> {
  const minimumConfidence = perTask(AUTOMATIC_TASKS, (task) => settings[task].minimumConfidence);
  if (AUTOMATIC_TASKS.every((task) => Object.keys(settings[task].labelConfidence).length === 0))
    return { minimumConfidence };
  return {
    minimumConfidence,
    ownLeast: (of, label) => {
      const task = AUTOMATIC_TASKS.find((one) => one === of);
      const name = task && offered(task, label);
      const own = task && settings[task].labelConfidence;
      return own && name !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
    },
  };
}
