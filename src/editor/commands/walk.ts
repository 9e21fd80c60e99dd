/** Commands that go from suggestion to suggestion and through sentences without one, the keyboard mode, and the list of all labels. */
import { l10n } from "vscode";
import { isLabelTask } from "../../documents/tasks";
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
import { log } from "../base/log";
import { sayInStatus, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import { show } from "../base/reveal";
import { Unread } from "../documents/read";
import { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";
import { annotationsAt, front, selected } from "../documents/targets";
import type { Front, Opened } from "../documents/targets";
import { UnopenedDocument } from "../documents/unopened-document";
import { bringUp } from "../documents/bring-up";
import { documentName, openInOrder, sortedByName } from "../documents/open-documents";
import type { QueuedDocument } from "../documents/queued-document";

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
    private readonly at: Opened,
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

/** Stretches of a region from its start on, or from its end back. */
function* stretches({ start, end }: Span, by: 1 | -1): Iterable<Span> {
  const count = Math.ceil((end - start) / STRETCH);
  for (let i = 0; i < count; i++) {
    const at = by === 1 ? start + i * STRETCH : Math.max(start, end - (i + 1) * STRETCH);
    yield { start: at, end: by === 1 ? Math.min(end, at + STRETCH) : end - i * STRETCH };
  }
}

/** The first stop of a region, or the last, that is of a kind. */
async function findIn(
  region: Span,
  by: 1 | -1,
  stops: Stops,
  fits: (stop: Stop) => boolean = () => true,
): Promise<Stop | undefined> {
  for (const stretch of stretches(region, by)) {
    const found = stops.in(stretch);
    const hit = by === 1 ? found.find(fits) : found.findLast(fits);
    if (hit !== undefined) return hit;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

/** Where the walk stands. */
interface Here {
  readonly stop: Stop | undefined;
  readonly offset: number;
}

/** The next stop up to the end of the document, or the one before back to its start. */
async function ahead(at: Front, { stop: here, offset }: Here, by: 1 | -1, stops: Stops): Promise<Stop | undefined> {
  // Stops that begin where we stand come before or after us by their order alone.
  const same = stops.in({ start: offset, end: offset + 1 });
  const onward = here === undefined ? (by === 1 ? same : []) : same.filter((stop) => inOrder(stop, here) * by > 0);
  const next = by === 1 ? onward[0] : onward.at(-1);
  if (next !== undefined) return next;
  const { length } = at.session.text;
  const region = by === 1 ? { start: Math.min(offset + 1, length), end: length } : { start: 0, end: offset };
  return findIn(region, by, stops);
}

/** Once around the end of the document, up to where we stand. */
function around(at: Front, { offset }: Here, by: 1 | -1, stops: Stops): Promise<Stop | undefined> {
  const { length } = at.session.text;
  const onward = Math.min(offset + 1, length);
  return findIn(by === 1 ? { start: 0, end: onward } : { start: offset, end: length }, by, stops);
}

/**
 * The first stop of the next document in which a suggestion is undecided, or the last of the one before, around all of them: the open ones, and the files
 * that are read for the Review Queue.
 */
async function beyond(
  { sessions, unopened }: Parts,
  at: Front,
  by: 1 | -1,
  visits: (session: DocumentSession) => boolean,
): Promise<{ readonly at: Opened; readonly stop: Stop } | undefined> {
  const files = unopened.documents.filter(({ found }) => found.items.length > 0);
  const order = sortedByName<QueuedDocument>([...openInOrder(sessions), ...files]);
  const start = order.indexOf(at.session);
  for (let i = 1; i < order.length; i++) {
    const document = order[(start + by * i + order.length) % order.length]!;
    const opened = await openedOf(document, sessions, by);
    if (opened === undefined) continue;
    const { session } = opened;
    const whole = { start: 0, end: session.text.length };
    const undecided = await findIn(whole, by, new Stops(opened, false), isQueued);
    if (undecided === undefined) continue;
    const stop = visits(session) ? await findIn(whole, by, new Stops(opened, true)) : undecided;
    return { at: opened, stop: stop ?? undecided };
  }
  return undefined;
}

/** A document's labels; a file is opened for them, and not before: undefined where it is not labelled. */
async function openedOf(document: QueuedDocument, sessions: Sessions, by: 1 | -1): Promise<Opened | undefined> {
  if (document instanceof DocumentSession) {
    const { labels } = document;
    return labels && { session: document, labels };
  }
  if (!(document instanceof UnopenedDocument)) return undefined;
  const { items } = document.found;
  try {
    return await bringUp(sessions, document, by === 1 ? items[0] : items.at(-1));
  } catch (error) {
    // It is gone, say, or no text any more: the next one may do.
    if (!(error instanceof LabelsError)) throw error;
    log.warn(`${document.id} was passed over: ${error.message}`);
    return undefined;
  }
}

/** Whether the Review Queue has it, too. */
const isQueued = (stop: Stop): boolean => "label" in stop && isLabelTask(stop.label.task);

/**
 * Goes to the next or previous suggestion, around the end of the document. In Review Mode it stops at sentences without one, too, as the user wants it, and
 * at the end goes on into the next open document in which something is left to decide.
 */
export async function step(parts: Parts, at: Front, by: 1 | -1, { quiet = false } = {}): Promise<void> {
  const { walk, lock } = parts;
  const reviewing = getContext("reviewMode") === true;
  const visits = ({ document }: DocumentSession): boolean => reviewing && config.visitsSentences(document);
  const sentences = visits(at.session);
  const label = walk.get(at);
  const sentence = walk.sentence(at);
  const stop = label !== undefined ? { label } : sentence !== undefined ? { sentence } : undefined;
  const here = { stop, offset: stop === undefined ? selected(at.editor).start : startOf(stop) };
  const stops = new Stops(at, sentences);
  const go = (to: Front, next: Stop, where?: string): void => {
    if ("label" in next) walk.show(to, next.label, where);
    else walk.showSentence(to, next.sentence, where);
  };
  const next = await ahead(at, here, by, stops);
  if (next !== undefined) {
    go(at, next);
    return;
  }
  const other = reviewing ? await beyond(parts, at, by, visits) : undefined;
  if (other !== undefined) {
    const editor = await show(other.at.session.document);
    // The mode keeps keys from the text that has come to the front before it says where that is.
    await lock.follow();
    go({ ...other.at, editor }, other.stop, l10n.t("now in {0}", documentName(other.at.session.uri)));
    return;
  }
  const back = await around(at, here, by, stops);
  if (back !== undefined) {
    go(at, back);
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
  for (const stretch of stretches({ start: 0, end: session.text.length }, 1)) {
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
      if (parts.lock.on) {
        await parts.lock.leave();
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
