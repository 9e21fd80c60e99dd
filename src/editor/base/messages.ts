/** Everything that is said to the user, in one place: as text, whatever is in it. Nothing else calls `show…Message` and its like. */
import { l10n, window } from "vscode";
import type { Disposable } from "vscode";
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

/** Says something in the status bar, where screen readers hear it, for some milliseconds. */
export function sayInStatus(text: string, ms: number): Disposable {
  return window.setStatusBarMessage(l10n.t("Glossator: {0}", plainText(text)), ms);
}
