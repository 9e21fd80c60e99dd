/** Items of tree views: what they show is text, whatever is in it. Nothing else makes a `TreeItem`. */
import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import { plainText } from "../../text/shown";
import { paragraphs } from "./markdown";

/** What an item shows. */
export interface Branch {
  /** Its own in the whole tree, so that it stays open, selected and in focus when the tree is read anew. */
  readonly id: string;
  /** May hold texts of documents, names of labels and of files, as `description`, `tooltip` and `says` may. */
  readonly label: string;
  readonly description?: string;
  /** Paragraphs. */
  readonly tooltip?: readonly string[];
  /** All of it in words, for screen readers. */
  readonly says: string;
  /** A codicon, and the theme colour that it has. */
  readonly icon?: { readonly name: string; readonly colour?: string };
  /** Absent: there is nothing below it. */
  readonly open?: boolean;
  /** Which actions it has (`viewItem` in the manifest). */
  readonly kind: string;
  /** What a click or Enter does: the name of a command and what it is given. */
  readonly run?: { readonly title: string; readonly command: string; readonly argument: unknown };
}

/** An item as text. */
export function treeItem({ id, label, description, tooltip, says, icon, open, kind, run }: Branch): TreeItem {
  const state =
    open === undefined
      ? TreeItemCollapsibleState.None
      : open
        ? TreeItemCollapsibleState.Expanded
        : TreeItemCollapsibleState.Collapsed;
  const item = new TreeItem(plainText(label), state);
  item.id = id;
  item.contextValue = kind;
  item.accessibilityInformation = { label: plainText(says) };
  if (description !== undefined) item.description = plainText(description);
  if (tooltip !== undefined) item.tooltip = paragraphs(tooltip);
  if (icon !== undefined)
    item.iconPath = new ThemeIcon(icon.name, icon.colour === undefined ? undefined : new ThemeColor(icon.colour));
  if (run !== undefined) item.command = { title: run.title, command: run.command, arguments: [run.argument] };
  return item;
}
