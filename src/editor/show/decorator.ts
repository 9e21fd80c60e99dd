/** Draws labels in the editors. Reads the sessions, changes nothing. */
import { Range, window, workspace } from "vscode";
import type { TextEditor } from "vscode";
import type { Subscription } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import type { Answers } from "../documents/answers";
import type { Catalog } from "../documents/catalog";
import { getContext, setContext } from "../base/context-keys";
import { DecorationTypes, lookOf } from "./decoration-types";
import type { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";
import { visibleIn } from "../base/visible";

/** At most this many labels are drawn in one editor; the labels list has them all. */
const MAX_DRAWN = 3000;
/** Draws of one editor are at least this far apart. */
const PAUSE_MS = 24;

/** What one editor shows now, by look. */
interface Drawn {
  version: number;
  readonly ranges: Map<string, string>;
}

/** Labels where they are proposed to be, drawn as what they are: not decided. */
function proposed(session: DocumentSession): Annotation[] {
  const stale = session.labels?.annotations({ status: "stale" }) ?? [];
  return stale.flatMap((item) => (item.proposal === undefined ? [] : [{ ...item, span: item.proposal }]));
}

/** Keeps the decorations of all visible editors in step with their sessions. */
export class Decorator implements Subscription {
  readonly #types: DecorationTypes;
  readonly #drawn = new WeakMap<TextEditor, Drawn>();
  readonly #waiting = new Map<TextEditor, NodeJS.Timeout>();
  readonly #lastAt = new WeakMap<TextEditor, number>();
  readonly #disposables: Subscription[] = [];

  constructor(
    private readonly sessions: Sessions,
    private readonly answers: Answers,
    catalog: Catalog,
  ) {
    this.#types = new DecorationTypes((task, label) => catalog.find(task, label));
    setContext("labelsVisible", true);
    this.#disposables.push(
      this.#types,
      sessions.onDidChange(({ what, session }) => {
        if (what === "labels") this.#soon(session);
      }),
      answers.onDidChange((session) => this.#soon(session)),
      catalog.onDidChange(() => this.redraw()),
      window.onDidChangeVisibleTextEditors(() => this.#soon()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#schedule(textEditor)),
      workspace.onDidChangeTextDocument(({ document }) => {
        const session = sessions.get(document);
        if (session !== undefined) this.#soon(session);
      }),
    );
  }

  /** Shows or hides all labels; nothing else changes. */
  toggle(): void {
    setContext("labelsVisible", getContext("labelsVisible") !== true);
    this.#soon();
  }

  /** Makes every decoration anew, as after a change of label colours. */
  redraw(): void {
    this.#types.reset();
    for (const editor of window.visibleTextEditors) this.#drawn.delete(editor);
    this.#soon();
  }

  /** Looks and ranges of an editor as they were last drawn, for the test interface. */
  drawn(editor: TextEditor): ReadonlyMap<string, string> {
    return this.#drawn.get(editor)?.ranges ?? new Map();
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const item of this.#disposables) item.dispose();
  }

  #soon(session?: DocumentSession): void {
    for (const editor of window.visibleTextEditors) {
      if (session === undefined || editor.document === session.document) this.#schedule(editor);
    }
  }

  /** The first draw is at once, in a burst the rest waits. */
  #schedule(editor: TextEditor): void {
    if (this.#waiting.has(editor)) return;
    const wait = Math.max(0, PAUSE_MS - (performance.now() - (this.#lastAt.get(editor) ?? -Infinity)));
    this.#waiting.set(
      editor,
      setTimeout(() => {
        this.#waiting.delete(editor);
        this.#draw(editor);
      }, wait),
    );
  }

  #draw(editor: TextEditor): void {
    this.#lastAt.set(editor, performance.now());
    const looks = new Map<string, Range[]>();
    const session = this.sessions.get(editor.document);
    if (session?.labels !== undefined && getContext("labelsVisible") === true) {
      for (const annotation of this.#inSight(editor, session)) {
        const look = lookOf(annotation, this.answers.isCurrent(session, annotation.id));
        const ranges = looks.get(look) ?? [];
        ranges.push(this.#range(editor, annotation));
        looks.set(look, ranges);
      }
    }
    this.#apply(editor, looks);
  }

  #inSight(editor: TextEditor, session: DocumentSession): readonly Annotation[] {
    const { start, end } = session.watched;
    const region = session.text.length === end - start ? { start, end: Math.max(end, 1) } : visibleIn(editor);
    const there = (session.labels?.annotations({ region }) ?? []).filter(({ status }) => status !== "stale");
    const all = [...there, ...proposed(session)].filter(
      // A label such as neutral says that there is no opinion: it carries no mark, decided or not.
      ({ task, label }) => !(task === "sentiment" && label === session.unmarked),
    );
    if (all.length <= MAX_DRAWN) return all;
    const near = visibleIn(editor);
    return all.filter(({ span }) => span.start < near.end && near.start < span.end).slice(0, MAX_DRAWN);
  }

  #range({ document }: TextEditor, { task, span }: Annotation): Range {
    const start = document.positionAt(span.start);
    // A sentence is marked where it begins.
    return task === "sentiment" ? new Range(start, start) : new Range(start, document.positionAt(span.end));
  }

  #apply(editor: TextEditor, looks: ReadonlyMap<string, Range[]>): void {
    const { version } = editor.document;
    const drawn = this.#drawn.get(editor) ?? { version, ranges: new Map<string, string>() };
    // VS Code moved what was drawn along with an edit: what we remember of it no longer holds.
    const moved = drawn.version !== version;
    for (const look of new Set([...drawn.ranges.keys(), ...looks.keys()])) {
      const ranges = looks.get(look) ?? [];
      const signature = ranges
        .map(({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`)
        .join();
      if (!moved && drawn.ranges.get(look) === signature) continue;
      editor.setDecorations(this.#types.get(look), ranges);
      if (ranges.length === 0) drawn.ranges.delete(look);
      else drawn.ranges.set(look, signature);
    }
    drawn.version = version;
    this.#drawn.set(editor, drawn);
  }
}
