/** Choosing a label by key or from a list. */
import { l10n } from "vscode";
import type { Uri } from "vscode";
import { LabelsError } from "../../labels/contract";
import { labelNameProblem } from "../../labels/label-name";
import type { LabelTask, Task } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { Catalog } from "../documents/catalog";
import { pickByKey } from "../base/picks";

/** Lets the user choose a label: its key alone is enough, else type to filter. Undefined if they leave. */
export async function pickLabel(
  catalog: Catalog,
  task: LabelTask,
  document: Uri,
  title: string,
  current?: string,
): Promise<string | undefined> {
  const items = catalog.labels(task, document).map(({ name, key, guideline }, index) => {
    const press = key ?? (index < 9 ? String(index + 1) : "");
    return {
      label: press === "" ? shownName(name) : `${press}  ${shownName(name)}`,
      name,
      key: press,
      ...(name === current && { description: l10n.t("now") }),
      ...(guideline !== undefined && { detail: guideline }),
    };
  });
  const placeHolder = l10n.t("Press a label's key, or type its name");
  const chosen = await pickByKey(items, { title, placeHolder }, (typed) =>
    items.find(({ key }) => key !== "" && key === typed),
  );
  return chosen?.name;
}

/** A label named by a key binding or a link: one the document's label set knows, or a new one of a proper name. @throws {LabelsError} saying what is wrong with it. */
export function givenLabel(catalog: Catalog, task: Task, document: Uri, name: string): string {
  const problem = catalog.find(task, name, document) === undefined ? labelNameProblem(name) : undefined;
  if (problem !== undefined) throw new LabelsError(problem);
  return name;
}
