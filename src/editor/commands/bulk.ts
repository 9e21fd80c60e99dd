/** Commands that decide on many labels at once; each is one act, and one undo takes it back. */
import { l10n, ProgressLocation } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Act } from "../../labels/contract";
import type { Span } from "../../text/span";
import type { CommandTable } from "../base/command-table";
import { onward } from "./outcome";
import type { Parts } from "./parts";
import { sayInStatus } from "../base/messages";
import { trimSpan } from "../../text/span";
import { front, selected } from "../documents/targets";
import type { Front } from "../documents/targets";
import { withCancel } from "../base/with-cancel";

/** Widens a region to whole sentences, so that no label is cut in two by its edge. */
function toSentences({ session }: Front, region: Span): Span {
  let { start, end } = region;
  for (const sentence of session.sentences(region)) {
    start = Math.min(start, sentence.start);
    end = Math.max(end, sentence.end);
  }
  return { start, end };
}

/** What has not been labelled yet must not count as looked at: wait for the model. */
async function labelled({ session }: Front, region: Span): Promise<void> {
  if (session.place([region])) return;
  await withCancel(
    { location: ProgressLocation.Notification, title: l10n.t("Waiting for the rest to be labelled") },
    async (progress, signal) => {
      const tell = session.onDidChange(() => {
        const { done, total } = session.progress;
        progress.report({
          message: total < 0 ? l10n.t("{0} sentences", done) : l10n.t("{0} of {1} sentences", done, total),
        });
      });
      try {
        await session.whenLabelled(region, signal);
      } finally {
        tell.dispose();
      }
    },
  );
}

function selectionOrSentence(at: Front): Span {
  const span = selected(at.editor);
  const region = trimSpan(at.session.text, span) ?? at.session.sentenceAt(span.start);
  if (region === undefined) throw new LabelsError(l10n.t("Select some text, or put the cursor into a sentence."));
  return toSentences(at, region);
}

function inView(at: Front): Span {
  const { document, visibleRanges } = at.editor;
  const first = visibleRanges[0];
  const last = visibleRanges.at(-1);
  if (first === undefined || last === undefined) throw new LabelsError(l10n.t("Nothing is in view."));
  return toSentences(at, { start: document.offsetAt(first.start), end: document.offsetAt(last.end) });
}

function finish(act: Act): void {
  act.saved.catch(() => undefined);
  const accepted = act.events.filter(({ kind }) => kind === "accepted").length;
  sayInStatus(l10n.t("{0} accepted, the text is marked as reviewed. Undo takes all of it back.", accepted), 6000);
}

/** Commands on a region. */
export function bulkCommands(parts: Parts): CommandTable {
  const { sessions } = parts;
  const accept = async (regionOf: (at: Front) => Span): Promise<void> => {
    const at = front(sessions);
    const region = regionOf(at);
    if (at.session.tasks.length === 0)
      throw new LabelsError(l10n.t("No task is switched on, or the model is not ready."));
    await labelled(at, region);
    finish(at.labels.acceptAll(region, ...at.session.tasks));
    await onward(parts, at, undefined);
  };
  return {
    acceptAllInView: () => accept(inView),
    acceptAllInSelection: () => accept(selectionOrSentence),
    acceptAllInDocument: () => accept(({ session }) => ({ start: 0, end: session.text.length })),
    markReviewed: () => {
      const at = front(sessions);
      const tasks = at.session.tasks;
      if (tasks.length === 0) throw new LabelsError(l10n.t("No task is switched on, or the model is not ready."));
      at.labels.markReviewed(selectionOrSentence(at), ...tasks).saved.catch(() => undefined);
      sayInStatus(l10n.t("marked as reviewed"), 4000);
    },
  };
}
