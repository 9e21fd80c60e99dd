/** Commands that go from suggestion to suggestion, the keyboard mode, and the list of all labels. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { Span } from "../../text/span";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { getContext, setContext } from "../base/context-keys";
import { excerpt, sayAnnotation, statusInWords, taskInWords } from "../base/describe";
import { sayInStatus, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import type { DocumentSession } from "../documents/session";
import { annotationsAt, front, selected } from "../documents/targets";
import type { Front } from "../documents/targets";

/** How much text is looked through at once for the next suggestion, in UTF-16 units. */
const STRETCH = 20_000;
/** Longest list of labels. */
const MAX_LISTED = 5000;

const order = (a: Annotation, b: Annotation): number =>
  a.span.start - b.span.start || a.span.end - b.span.end || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function suggestionsIn(session: DocumentSession, region: Span): Annotation[] {
  session.place(region);
  return [...(session.labels?.annotations({ region, status: "suggested" }) ?? [])]
    .filter(({ span }) => span.start >= region.start && span.start < region.end)
    .sort(order);
}

/** Stretches of the text from an offset on (or back), once around. */
function* stretches(length: number, from: number, by: 1 | -1): Iterable<Span> {
  const forward = by === 1;
  const ends: [number, number][] = forward
    ? [
        [from, length],
        [0, from],
      ]
    : [
        [0, from],
        [from, length],
      ];
  for (const [start, end] of ends) {
    const count = Math.ceil((end - start) / STRETCH);
    for (let i = 0; i < count; i++) {
      const at = forward ? start + i * STRETCH : Math.max(start, end - (i + 1) * STRETCH);
      yield { start: at, end: forward ? Math.min(end, at + STRETCH) : end - i * STRETCH };
    }
  }
}

async function find(
  { session, editor, labels }: Front,
  here: Annotation | undefined,
  by: 1 | -1,
): Promise<Annotation | undefined> {
  const offset = here?.span.start ?? selected(editor).start;
  // Suggestions that begin where we stand come before or after us by their order alone.
  const same = suggestionsIn(session, { start: offset, end: offset + 1 });
  const onward = here === undefined ? (by === 1 ? same : []) : same.filter((item) => order(item, here) * by > 0);
  const next = by === 1 ? onward[0] : onward.at(-1);
  if (next !== undefined) return next;
  const length = session.text.length;
  for (const stretch of stretches(length, by === 1 ? Math.min(offset + 1, length) : offset, by)) {
    const found = suggestionsIn(session, stretch);
    const hit = by === 1 ? found[0] : found.at(-1);
    if (hit !== undefined) return hit;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return here === undefined ? undefined : labels.get(here.id);
}

/** Goes to the next or previous suggestion, around the end of the document. */
export async function step(parts: Parts, at: Front, by: 1 | -1, { quiet = false } = {}): Promise<void> {
  const next = await find(at, parts.walk.get(at), by);
  if (next?.status === "suggested") {
    parts.walk.show(at, next);
    return;
  }
  const { done, total } = at.session.progress;
  const soFar =
    total < 0
      ? l10n.t("No suggestion yet: {0} sentences are labelled.", done)
      : l10n.t("No suggestion yet: {0} of {1} sentences are labelled.", done, total);
  const message = at.session.complete ? l10n.t("There is no suggestion left in this document.") : soFar;
  if (!quiet) throw new LabelsError(message);
  sayInStatus(message, 4000);
}

/** Leaves the mode in which single keys decide. */
function leaveReview(): void {
  setContext("reviewMode", false);
}

async function listLabels({ sessions, walk }: Parts): Promise<void> {
  const at = front(sessions);
  const { session, labels, editor } = at;
  for (const stretch of stretches(session.text.length, 0, 1)) {
    session.place(stretch);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = [...labels.annotations()].sort(order);
  if (all.length === 0) throw new LabelsError(l10n.t("This document has no labels yet."));
  const items = all.slice(0, MAX_LISTED).map((annotation) => {
    const { label, task, span, status, quote, question, proposal } = annotation;
    const line =
      status === "stale" && proposal === undefined
        ? undefined
        : l10n.t("line {0}", editor.document.positionAt((proposal ?? span).start).line + 1);
    return {
      label: excerpt(quote.exact, 80),
      description: [shownName(label), taskInWords(task)].join(" · "),
      detail: [statusInWords(annotation), line, question].filter((part) => part !== undefined).join(", "),
      annotation,
    };
  });
  const whole = plural(
    all.length,
    l10n.t("Labels of this document: 1 label"),
    l10n.t("Labels of this document: {0} labels", all.length),
  );
  const cut = l10n.t("Labels of this document: {0} of {1} labels", MAX_LISTED, all.length);
  const chosen = await pickOne(items, {
    title: all.length > MAX_LISTED ? cut : whole,
    placeHolder: l10n.t("Choose a label to go to it"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const { annotation } = chosen;
  if (annotation.status !== "stale" || annotation.proposal !== undefined) {
    walk.show(at, { ...annotation, span: annotation.proposal ?? annotation.span });
    return;
  }
  const remove = l10n.t("Remove Label");
  const answer = await showWarning(
    l10n.t(
      'The text "{0}" is no longer in the document. The label {1} is kept until you remove it.',
      excerpt(annotation.quote.exact),
      shownName(annotation.label),
    ),
    remove,
  );
  if (answer === remove) labels.remove(annotation.id).saved.catch(() => undefined);
}

/** Commands that move. */
export function walkCommands(parts: Parts): CommandTable {
  const { sessions } = parts;
  return {
    nextSuggestion: () => step(parts, front(sessions), 1),
    previousSuggestion: () => step(parts, front(sessions), -1),
    toggleReviewMode: async () => {
      if (getContext("reviewMode") === true) {
        leaveReview();
        return;
      }
      const at = front(sessions);
      setContext("reviewMode", true);
      const here = annotationsAt(at.labels, selected(at.editor).start).some(({ status }) => status === "suggested");
      if (!here) await step(parts, at, 1, { quiet: true });
    },
    leaveReviewMode: leaveReview,
    showLabels: () => listLabels(parts),
    toggleLabels: () => parts.decorator.toggle(),
    describeLabel: () => {
      const at = front(sessions);
      const found = annotationsAt(at.labels, selected(at.editor).start);
      if (found.length === 0) throw new LabelsError(l10n.t("There is no label at the cursor."));
      void showInformation(found.map(sayAnnotation).join("; "));
    },
  };
}
