/** Commands that go from suggestion to suggestion and through sentences without one, the keyboard mode, and the list of all labels. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { Span } from "../../text/span";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import * as config from "../base/config";
import { getContext } from "../base/context-keys";
import { excerpt, sayAnnotation, statusInWords, taskInWords } from "../base/describe";
import { sayInStatus, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import { Unread } from "../documents/read";
import { annotationsAt, front, selected } from "../documents/targets";
import type { Front } from "../documents/targets";

/** How much text is looked through at once for the next suggestion, in UTF-16 units. */
const STRETCH = 20_000;
/** Longest list of labels. */
const MAX_LISTED = 5000;

const order = (a: Annotation, b: Annotation): number =>
  a.span.start - b.span.start || a.span.end - b.span.end || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Where the walk stops: at a suggestion, or at a sentence in which there is none and that nobody has read. */
type Stop = { readonly label: Annotation } | { readonly sentence: Span };

const startOf = (stop: Stop): number => ("label" in stop ? stop.label.span.start : stop.sentence.start);

const inOrder = (a: Stop, b: Stop): number =>
  startOf(a) - startOf(b) ||
  ("label" in a && "label" in b ? order(a.label, b.label) : Number("label" in a) - Number("label" in b));

/** Finds stops in stretches of a document. */
class Stops {
  readonly #unread: Unread | undefined;

  constructor(
    private readonly at: Front,
    sentences: boolean,
  ) {
    this.#unread = sentences ? new Unread(at) : undefined;
  }

  in(region: Span): Stop[] {
    const { session, labels } = this.at;
    session.place([region]);
    const suggested = labels
      .annotations({ region, status: "suggested" })
      .filter(({ span }) => span.start >= region.start && span.start < region.end)
      .map((label): Stop => ({ label }));
    const unread = [...(this.#unread?.in(region) ?? [])].map((sentence): Stop => ({ sentence }));
    return [...suggested, ...unread].sort(inOrder);
  }
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

async function find(at: Front, here: Stop | undefined, by: 1 | -1, stops: Stops): Promise<Stop | undefined> {
  const { session, editor } = at;
  const offset = here === undefined ? selected(editor).start : startOf(here);
  // Stops that begin where we stand come before or after us by their order alone.
  const same = stops.in({ start: offset, end: offset + 1 });
  const onward = here === undefined ? (by === 1 ? same : []) : same.filter((stop) => inOrder(stop, here) * by > 0);
  const next = by === 1 ? onward[0] : onward.at(-1);
  if (next !== undefined) return next;
  const length = session.text.length;
  for (const stretch of stretches(length, by === 1 ? Math.min(offset + 1, length) : offset, by)) {
    const found = stops.in(stretch);
    const hit = by === 1 ? found[0] : found.at(-1);
    if (hit !== undefined) return hit;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** Goes to the next or previous suggestion, around the end of the document; in Review Mode to sentences without one, too, as the user wants it. */
export async function step({ walk }: Parts, at: Front, by: 1 | -1, { quiet = false } = {}): Promise<void> {
  const sentences = getContext("reviewMode") === true && config.visitsSentences(at.editor.document.uri);
  const label = walk.get(at);
  const sentence = walk.sentence(at);
  const here = label !== undefined ? { label } : sentence !== undefined ? { sentence } : undefined;
  const next = await find(at, here, by, new Stops(at, sentences));
  if (next !== undefined) {
    if ("label" in next) walk.show(at, next.label);
    else walk.showSentence(at, next.sentence);
    return;
  }
  const { done, total } = at.session.progress;
  const soFar =
    total < 0
      ? l10n.t("No suggestion yet: {0} sentences are labelled.", done)
      : l10n.t("No suggestion yet: {0} of {1} sentences are labelled.", done, total);
  const all = sentences
    ? l10n.t("There is nothing left to decide or to read in this document.")
    : l10n.t("There is no suggestion left in this document.");
  const message = at.session.complete ? all : soFar;
  if (!quiet) throw new LabelsError(message);
  sayInStatus(message, 4000);
}

async function listLabels({ sessions, walk }: Parts): Promise<void> {
  const at = front(sessions);
  const { session, labels, editor } = at;
  for (const stretch of stretches(session.text.length, 0, 1)) {
    session.place([stretch]);
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
        parts.lock.leave();
        return;
      }
      const at = front(sessions);
      await parts.lock.enter();
      const here = annotationsAt(at.labels, selected(at.editor).start).some(({ status }) => status === "suggested");
      if (!here) await step(parts, at, 1, { quiet: true });
    },
    leaveReviewMode: () => parts.lock.leave(),
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
