/** Which of the model's suggestions a document shows, and under which names: by settings and label set. */
import type { Uri } from "vscode";
import { AUTOMATIC_TASKS, perTask } from "../../documents/tasks";
import type { ClassTask, LabelTask } from "../../documents/tasks";
import type { EngineInfo } from "../../engine/protocol";
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
  return {
    multiple: catalog.sets(uri).multiple ?? [],
    tasks,
    model: { name: model, version: modelVersion },
    offered: (task, label) => catalog.offered(task, label, uri),
    showing: {
      minimumConfidence: perTask(AUTOMATIC_TASKS, (task) => config.taskSetting(task, uri).minimumConfidence),
      unmarked,
    },
  };
}
