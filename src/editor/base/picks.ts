/** Lists and boxes in which the user chooses or types: what they show is text, whatever is in it. Nothing else calls `showQuickPick` and its like. */
import { QuickPickItemKind, window } from "vscode";
import type { InputBoxOptions, QuickPick, QuickPickItem, QuickPickOptions } from "vscode";
import { plainText } from "../../text/shown";

/** An item of a list. */
export interface Choice extends Pick<QuickPickItem, "description" | "detail" | "picked"> {
  /** May hold names of labels, files and people, as `description` and `detail` may. */
  readonly label: string;
  /** A codicon before the label, by its name. */
  readonly icon?: string;
  /** Above the first item of each group stands its name, which comes from this program alone. */
  readonly group?: string;
}

type Shown<T> = QuickPickItem & { readonly choice: T };
type Options = Omit<QuickPickOptions, "canPickMany">;

/** A list on the screen. */
export interface OpenList {
  readonly title: string | undefined;
  /** The label of the item in focus; undefined: none is, or the editor has not told yet. */
  readonly focused: string | undefined;
}

let open: { title: string | undefined; focused: string | undefined } | undefined;

/** The list that is open, for tests; undefined: there is none. */
export function openList(): OpenList | undefined {
  return open;
}

/** Notes a list as open until what it is asked for is there. @param show called with what tells which item is in focus */
async function whileOpen<T>(
  title: string | undefined,
  show: (onFocus: (item: Choice | undefined) => void) => PromiseLike<T>,
): Promise<T> {
  const own: NonNullable<typeof open> = { title, focused: undefined };
  open = own;
  try {
    return await show((item) => (own.focused = item?.label));
  } finally {
    if (open === own) open = undefined;
  }
}

/** An item as text; its icon is the only one in it. */
export function shownChoice<T extends Choice>(choice: T): Shown<T> {
  const { label, icon, description, detail, picked } = choice;
  return {
    label: `${icon === undefined ? "" : `$(${icon}) `}${plainText(label)}`,
    ...(description !== undefined && { description: plainText(description) }),
    ...(detail !== undefined && { detail: plainText(detail) }),
    ...(picked !== undefined && { picked }),
    choice,
  };
}

function shownOptions(options: Options): Options {
  const { title, placeHolder } = options;
  return {
    ...options,
    ...(title !== undefined && { title: plainText(title) }),
    ...(placeHolder !== undefined && { placeHolder: plainText(placeHolder) }),
  };
}

/** Items of a list, with the name of each group above its first. */
function listed<T extends Choice>(items: readonly T[]): (QuickPickItem & { readonly choice?: T })[] {
  return items.flatMap((item, index): (QuickPickItem & { readonly choice?: T })[] =>
    item.group === undefined || item.group === items[index - 1]?.group
      ? [shownChoice(item)]
      : [{ label: item.group, kind: QuickPickItemKind.Separator }, shownChoice(item)],
  );
}

/** What the editor calls with the item that the user comes to; a heading is none of the items. */
function onItem<T extends Choice>(
  items: readonly T[],
  ...listeners: (((item: T) => void) | undefined)[]
): (item: QuickPickItem | string) => void {
  return (shown) => {
    const choice = (shown as Partial<Shown<T>>).choice;
    if (choice !== undefined && items.includes(choice)) for (const listener of listeners) listener?.(choice);
  };
}

/** One of several, those of a group side by side; undefined if the user leaves. @param onFocus called with the item that the user comes to */
export async function pickOne<T extends Choice>(
  items: readonly T[],
  options: Omit<Options, "onDidSelectItem">,
  onFocus?: (item: T) => void,
): Promise<T | undefined> {
  const picked = await whileOpen(options.title, (focused) =>
    window.showQuickPick(listed(items), { ...shownOptions(options), onDidSelectItem: onItem(items, focused, onFocus) }),
  );
  return picked?.choice;
}

/** Any of several, those of a group side by side; undefined if the user leaves. @param onFocus called with the item that the user comes to */
export async function pickSome<T extends Choice>(
  items: readonly T[],
  options: Omit<Options, "onDidSelectItem">,
  onFocus?: (item: T) => void,
): Promise<T[] | undefined> {
  const picked = await whileOpen(options.title, (focused) =>
    window.showQuickPick(listed(items), {
      ...shownOptions(options),
      canPickMany: true,
      onDidSelectItem: onItem(items, focused, onFocus),
    }),
  );
  return picked?.flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
}

/**
 * A list in which a key alone may choose. Resolves to undefined if the user leaves.
 * @param byKey the item that what was typed chooses at once.
 */
export function pickByKey<T extends Choice>(
  items: readonly T[],
  options: Pick<Options, "title" | "placeHolder" | "matchOnDetail">,
  byKey: (typed: string) => T | undefined = () => undefined,
): Promise<T | undefined> {
  return whileOpen(
    options.title,
    (focused) =>
      new Promise((resolve) => {
        const list: QuickPick<Shown<T>> = window.createQuickPick<Shown<T>>();
        const done = (item: T | undefined): void => {
          resolve(item);
          list.dispose();
        };
        list.onDidChangeActive(([item]) => focused(item?.choice));
        const { title, placeHolder, matchOnDetail } = shownOptions(options);
        list.title = title;
        list.placeholder = placeHolder;
        list.matchOnDetail = matchOnDetail ?? false;
        list.items = items.map(shownChoice);
        list.onDidChangeValue((value) => {
          const hit = byKey(value);
          if (hit !== undefined) done(hit);
        });
        list.onDidAccept(() => done(list.selectedItems[0]?.choice));
        list.onDidHide(() => done(undefined));
        list.show();
      }),
  );
}

/**
 * A list of which any may be chosen, and a key alone checks one or takes its check away. Resolves to undefined if the user leaves.
 * @param byKey the item that what was typed is the key of.
 */
export function pickSomeByKey<T extends Choice>(
  items: readonly T[],
  options: Pick<Options, "title" | "placeHolder">,
  byKey: (typed: string) => T | undefined,
): Promise<T[] | undefined> {
  return whileOpen(
    options.title,
    (focused) =>
      new Promise((resolve) => {
        const list: QuickPick<Shown<T>> = window.createQuickPick<Shown<T>>();
        const done = (chosen: T[] | undefined): void => {
          resolve(chosen);
          list.dispose();
        };
        list.onDidChangeActive(([item]) => focused(item?.choice));
        const { title, placeHolder } = shownOptions(options);
        list.title = title;
        list.placeholder = placeHolder;
        list.canSelectMany = true;
        list.items = items.map(shownChoice);
        list.selectedItems = list.items.filter(({ choice }) => choice.picked === true);
        list.onDidChangeValue((value) => {
          const hit = byKey(value);
          if (hit === undefined) return;
          const before = list.selectedItems;
          const without = before.filter(({ choice }) => choice !== hit);
          const shown = list.items.filter(({ choice }) => choice === hit);
          list.value = "";
          list.selectedItems = without.length < before.length ? without : [...before, ...shown];
        });
        list.onDidAccept(() => done(list.selectedItems.map(({ choice }) => choice)));
        list.onDidHide(() => done(undefined));
        list.show();
      }),
  );
}

/** A line of text from the user; undefined if they leave. Titles and prompts come from this program alone. */
export async function askText(options: InputBoxOptions): Promise<string | undefined> {
  return window.showInputBox(options);
}
