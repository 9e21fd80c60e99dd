/** Choosing a label by key or from a list. */
import { window } from "vscode";
import type { QuickPickItem, Uri } from "vscode";
import type { Catalog } from "./catalog";

interface LabelItem extends QuickPickItem {
  readonly name: string;
  readonly key: string;
}

/** Lets the user choose a label: its key alone is enough, else type to filter. Undefined if they leave. */
export function pickLabel(
  catalog: Catalog,
  task: "entities" | "sentiment",
  document: Uri,
  title: string,
  current?: string,
): Promise<string | undefined> {
  const items = catalog.labels(task, document).map(({ name, key, guideline }, index): LabelItem => {
    const press = key ?? (index < 9 ? String(index + 1) : "");
    return {
      label: press === "" ? name : `${press}  ${name}`,
      name,
      key: press,
      ...(name === current && { description: "now" }),
      ...(guideline !== undefined && { detail: guideline }),
    };
  });
  return new Promise((resolve) => {
    const pick = window.createQuickPick<LabelItem>();
    const done = (name: string | undefined): void => {
      resolve(name);
      pick.dispose();
    };
    pick.title = title;
    pick.placeholder = "Press a label's key, or type its name";
    pick.items = items;
    pick.onDidChangeValue((value) => {
      const hit = items.find(({ key }) => key !== "" && key === value);
      if (hit !== undefined) done(hit.name);
    });
    pick.onDidAccept(() => done(pick.selectedItems[0]?.name));
    pick.onDidHide(() => done(undefined));
    pick.show();
  });
}
