/** Which label a command means: the one named, else the one at the cursor. Offsets are UTF-16 code units. */
import { DecorationRangeBehavior, l10n, OverviewRulerLane, Range, ThemeColor, window } from "vscode";
import type { TextEditor } from "vscode";
import { isClassTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import type { Subscription } from "../../labels/contract";
import type { DocumentLabels } from "../../labels/store";
import { isJsonLines } from "../../text/blocks";
import { wholeEscapes } from "../../text/json-lines/escapes";
import { trimSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { excerpt, sayAnnotation } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { reveal } from "../base/reveal";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** A labelled document in the editor in front. */
export interface Front {
  readonly editor: TextEditor;
  readonly session: DocumentSession;
  readonly labels: DocumentLabels;
}

/** A labelled document, whether it is in front or not. */
export type Opened = Omit<Front, "editor">;

/** The document in front. @throws {LabelsError} saying why there is none. */
export function front(sessions: Sessions): Front {
  const editor = window.activeTextEditor;
  if (editor === undefined)
    throw new LabelsError(
      window.activeNotebookEditor === undefined
        ? l10n.t("Open a text or Markdown document first.")
        : l10n.t("Edit a Markdown cell of the notebook first (Enter in the cell)."),
    );
  const session = sessions.get(editor.document);
  if (session === undefined) {
    throw new LabelsError(sessions.reasonAgainst(editor.document) ?? l10n.t("The document is still being opened."));
  }
  const { labels } = session;
  if (labels === undefined) throw new LabelsError(l10n.t("The decisions on this document are still being read."));
  return { editor, session, labels };
}

/** The selection, or the cursor, of an editor. */
export function selected(editor: TextEditor): Span {
  const { document, selection } = editor;
  return { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
}

/** What is selected, without white space at its ends, and of JSON no part of an escape by itself; undefined if nothing is left. */
export function selectedText({ session, editor }: Pick<Front, "session" | "editor">): Span | undefined {
  const span = trimSpan(session.text, selected(editor));
  return span !== undefined && isJsonLines(session.layout) ? wholeEscapes(session.text, span) : span;
}

/** A class of so long a text is at its beginning alone, where its sign is: else any key would be about it, wherever the cursor is. In UTF-16 units. */
const LONG_TEXT = 1000;
const BEGINNING = 100;

/** Labels at an offset, the most specific first: what is undecided, short, and not a whole sentence. */
export function annotationsAt(labels: DocumentLabels, offset: number): Annotation[] {
  const near = labels.annotations({ region: { start: Math.max(0, offset - 1), end: offset + 1 } });
  const order = (item: Annotation): number => (isClassTask(item.task) ? 2 : 0) + (item.status === "suggested" ? 0 : 1);
  const length = ({ span }: Annotation): number => span.end - span.start;
  return near
    .filter(({ span, status }) => status !== "stale" && span.start <= offset && offset <= span.end)
    .filter(
      ({ task, span }) => !isClassTask(task) || span.end - span.start <= LONG_TEXT || offset - span.start <= BEGINNING,
    )
    .sort((a, b) => order(a) - order(b) || length(a) - length(b));
}

/** Stale labels that are proposed to be at an offset. */
export function proposalsAt(labels: DocumentLabels, offset: number): Annotation[] {
  return labels
    .annotations({ status: "stale" })
    .filter(({ proposal }) => proposal !== undefined && proposal.start <= offset && offset <= proposal.end);
}

/** Selections that were set come back as events, on a busy machine seconds later and after the next one: so many of ours are told from others'. */
const ECHOES = 16;

/** Where a walk stopped: at a label, or at a sentence. */
interface Stopped {
  readonly session: DocumentSession;
  readonly id?: string;
  readonly sentence?: Span;
}

/** The label a walk through the suggestions stopped at. Two can begin at the same place, so the cursor alone does not say. */
export class Walk implements Subscription {
  #at: Stopped | undefined;
  /** Where it set the cursor last, in UTF-16 units of the document it is in. */
  #set: number[] = [];
  readonly #listener = window.onDidChangeTextEditorSelection(({ kind, textEditor, selections }) => {
    const at = this.#at;
    if (at === undefined || textEditor.document !== at.session.document) return;
    const start = selections[0] && textEditor.document.offsetAt(selections[0].start);
    // What extensions set has no kind.
    if (kind === undefined && start !== undefined && this.#set.includes(start)) return;
    if (start !== this.#start(at)) this.#leave();
  });
  #following: Subscription | undefined;
  readonly #look = window.createTextEditorDecorationType({
    outline: "2px solid",
    outlineColor: new ThemeColor("focusBorder"),
    overviewRulerColor: new ThemeColor("focusBorder"),
    overviewRulerLane: OverviewRulerLane.Full,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });

  readonly #sentenceLook = window.createTextEditorDecorationType({
    borderColor: new ThemeColor("focusBorder"),
    borderStyle: "solid",
    borderWidth: "0 0 2px 0",
    overviewRulerColor: new ThemeColor("focusBorder"),
    overviewRulerLane: OverviewRulerLane.Full,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });

  /** Goes to a label, marks it, and says which in the status bar. @param where said before, as when the document is another one */
  show({ session, editor }: Front, annotation: Annotation, where?: string): void {
    const before = this.#at?.session === session ? this.#set : [];
    this.#leave();
    this.#at = { session, id: annotation.id };
    this.#set = [...before, annotation.span.start].slice(-ECHOES);
    this.#mark(editor, annotation);
    // It may be resized, moved by an edit, or taken away while it is the current one.
    this.#following = session.labels?.onDidChange(() => this.#mark(editor, session.labels?.get(annotation.id)));
    reveal(editor, { start: annotation.span.start, end: annotation.span.start });
    this.#say(where, sayAnnotation(annotation));
  }

  /** Goes to a sentence in which nothing is suggested, so that somebody reads it. @param where as in {@link show} */
  showSentence({ session, editor }: Front, sentence: Span, where?: string): void {
    const before = this.#at?.session === session ? this.#set : [];
    this.#leave();
    this.#at = { session, sentence };
    this.#set = [...before, sentence.start].slice(-ECHOES);
    editor.setDecorations(this.#sentenceLook, [rangeOf(editor, sentence)]);
    reveal(editor, { start: sentence.start, end: sentence.start });
    const text = excerpt(session.text.slice(sentence.start, sentence.end), 80);
    this.#say(where, l10n.t('nothing is suggested in "{0}"', text));
  }

  /** The label it stopped at, until the user moves the cursor away. */
  get({ session, labels }: Front): Annotation | undefined {
    return this.#at?.session === session && this.#at.id !== undefined ? labels.get(this.#at.id) : undefined;
  }

  /** The sentence it stopped at, as {@link get}. */
  sentence({ session }: Front): Span | undefined {
    return this.#at?.session === session ? this.#at.sentence : undefined;
  }

  dispose(): void {
    this.#leave();
    this.#listener.dispose();
    this.#look.dispose();
    this.#sentenceLook.dispose();
  }

  #say(where: string | undefined, what: string): void {
    sayInStatus(where === undefined ? what : `${where}: ${what}`, 6000);
  }

  #start({ session, id, sentence }: Stopped): number | undefined {
    return id === undefined ? sentence?.start : session.labels?.get(id)?.span.start;
  }

  #mark(editor: TextEditor, annotation: Annotation | undefined): void {
    const gone = annotation?.status === "stale" && annotation.proposal === undefined;
    if (annotation === undefined || gone) {
      editor.setDecorations(this.#look, []);
      return;
    }
    const { task } = annotation;
    const span = annotation.proposal ?? annotation.span;
    const start = editor.document.positionAt(span.start);
    // A class belongs to all of its sentence, which would be much to frame: its first character stands for it, where its sign is.
    const end = editor.document.positionAt(isClassTask(task) ? Math.min(span.start + 1, span.end) : span.end);
    editor.setDecorations(this.#look, [new Range(start, end)]);
  }

  #leave(): void {
    this.#at = undefined;
    this.#following?.dispose();
    this.#following = undefined;
    for (const editor of window.visibleTextEditors) {
      editor.setDecorations(this.#look, []);
      editor.setDecorations(this.#sentenceLook, []);
    }
  }
}

function rangeOf({ document }: TextEditor, { start, end }: Span): Range {
  return new Range(document.positionAt(start), document.positionAt(end));
}

/**
 * The label meant by a command: by id, else where the walk stopped, else at the cursor; there one that fits, else one that will do.
 * @throws {LabelsError} if there is none.
 */
export function target(
  at: Front,
  walk: Walk,
  id: unknown,
  fits: (item: Annotation) => boolean = () => true,
  willDo: (item: Annotation) => boolean = () => false,
): Annotation {
  if (typeof id === "string") {
    const named = at.labels.get(id);
    if (named === undefined) throw new LabelsError(l10n.t("That label is no longer there."));
    return named;
  }
  const stopped = walk.get(at);
  if (stopped !== undefined && fits(stopped)) return stopped;
  const here = annotationsAt(at.labels, selected(at.editor).start);
  const found = here.find(fits) ?? here.find(willDo);
  if (found === undefined && walk.sentence(at) !== undefined)
    throw new LabelsError(l10n.t("Nothing is suggested in this sentence. Enter marks it as read and goes on."));
  if (found === undefined)
    throw new LabelsError(l10n.t("There is no such label at the cursor. Go to one with Next Suggestion."));
  return found;
}
