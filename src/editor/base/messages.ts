/** Everything that is said to the user, in one place: as text, whatever is in it. Nothing else calls `show…Message` and its like. */
import { l10n, StatusBarAlignment, window } from "vscode";
import type { StatusBarItem } from "vscode";
import { plainLines, plainText } from "../../text/shown";

/** Names of buttons come from this program alone; the text may hold names of labels, files and people. */
type Shown = Promise<string | undefined>;

/** A message that asks for no decision. Resolves to the button that was pressed. */
export function showInformation(text: string, ...buttons: string[]): Shown {
  return Promise.resolve(window.showInformationMessage(plainText(text), ...buttons));
}

/** As {@link showInformation}, for what the user should look at. */
export function showWarning(text: string, ...buttons: string[]): Shown {
  return Promise.resolve(window.showWarningMessage(plainText(text), ...buttons));
}

/** As {@link showInformation}, for what failed. */
export function showError(text: string, ...buttons: string[]): Shown {
  return Promise.resolve(window.showErrorMessage(plainText(text), ...buttons));
}

/** A question that has to be answered first; undefined if the user leaves. `detail` may have several lines. */
export function askFirst(question: string, button: string, detail?: string): Shown {
  const options = { modal: true, ...(detail !== undefined && { detail: plainLines(detail) }) };
  return Promise.resolve(window.showWarningMessage(plainText(question), options, button));
}

/** As {@link askFirst}, with several ways to go on; the first is the one that is proposed. */
export function askWhich(question: string, detail: string, ...buttons: string[]): Shown {
  return Promise.resolve(
    window.showWarningMessage(plainText(question), { modal: true, detail: plainLines(detail) }, ...buttons),
  );
}

let said: StatusBarItem | undefined;
let clearing: NodeJS.Timeout | undefined;

/**
 * Says something in the status bar for some milliseconds, and to screen readers at once; what is said next takes its place. The editor's own status messages
 * are not read out: its status bar is a live region that is switched off, and extensions have no API to announce anything
 * (https://github.com/microsoft/vscode/issues/114718). An item may have a role, though, and `alert` makes a live region of it.
 */
export function sayInStatus(text: string, ms: number): void {
  const item = (said ??= window.createStatusBarItem("glossator.said", StatusBarAlignment.Left, -1000));
  item.name = l10n.t("Glossator Messages");
  const words = l10n.t("Glossator: {0}", plainText(text));
  // The same words once more are no change of the region: nobody would hear them.
  const shown = item.text === words ? `${words}\u00a0` : words;
  item.text = shown;
  item.accessibilityInformation = { label: shown, role: "alert" };
  item.show();
  clearTimeout(clearing);
  clearing = setTimeout(() => {
    item.text = "";
    item.hide();
  }, ms);
}
