/** Opens a file that was only read, and finds in it what was found then. Offsets are UTF-16 code units. */
import { sameSpan } from "../../text/span";
import { l10n, workspace } from "vscode";
import type { TextEditor } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { nearestPlace } from "../../text/nearest";
import { glance, show } from "../base/reveal";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";
import type { Front } from "./targets";
import type { QueuedDocument } from "./queued-document";

/** So long it may take until a file's decisions are read and the model has spoken, in ms. */
const PATIENCE_MS = 20_000;

/**
 * Opens a file in an editor, and waits for its decisions and, where a suggestion is wanted, for that.
 * @param item as it was found when the file was read
 * @returns the suggestion of the open document, unless it was decided meanwhile or is gone
 * @throws {LabelsError} if the file cannot be opened, is not labelled, or takes too long.
 */
export async function bringUp(
  sessions: Sessions,
  { uri }: Pick<QueuedDocument, "uri">,
  item?: Annotation,
  { preserveFocus = false } = {},
): Promise<Front & { readonly item?: Annotation }> {
  let editor: TextEditor | undefined;
  try {
    editor = await (preserveFocus ? glance : show)(await workspace.openTextDocument(uri));
  } catch (error) {
    throw new LabelsError((error as Error).message);
  }
  if (editor === undefined) throw new LabelsError(l10n.t("{0} did not open.", workspace.asRelativePath(uri)));
  const slow = l10n.t("The model has not read {0} yet: try again in a moment.", workspace.asRelativePath(uri));
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<never>((_, reject) => {
    patience.addEventListener("abort", () => reject(new LabelsError(slow)));
  });
  late.catch(() => undefined);
  const session = await Promise.race([sessionOf(sessions, editor), late]);
  const { labels } = session;
  if (labels === undefined) throw new LabelsError(slow);
  const at = { editor, session, labels };
  const place = item && nearestPlace(session.text, item.quote.exact, item.span);
  if (item === undefined || place === undefined) return at;
  await Promise.race([session.whenLabelled(place, patience), late]);
  const found = labels
    .annotations({ region: place, status: "suggested", task: item.task })
    .find(({ label, span }) => label === item.label && sameSpan(span, place));
  return { ...at, ...(found && { item: found }) };
}

/** @throws {LabelsError} if the document is not labelled. */
async function sessionOf(sessions: Sessions, { document }: TextEditor): Promise<DocumentSession> {
  const reason = sessions.reasonAgainst(document);
  if (reason !== undefined) throw new LabelsError(reason);
  sessions.openVisible();
  const session = await new Promise<DocumentSession>((resolve) => {
    const known = sessions.get(document);
    if (known !== undefined) {
      resolve(known);
      return;
    }
    const listener = sessions.onDidChange(() => {
      const made = sessions.get(document);
      if (made === undefined) return;
      listener.dispose();
      resolve(made);
    });
  });
  await session.ready;
  return session;
}
