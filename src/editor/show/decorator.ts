/** Draws labels in the editors. Reads the sessions, changes nothing. */
import { Range, window, workspace } from "vscode";
import type { TextEditor } from "vscode";
import { isClassTask, isSpanTask } from "../../documents/tasks";
import type { Subscription } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import type { Answers } from "../documents/answers";
import type { Catalog } from "../documents/catalog";
import { addTo } from "../../text/grouped";
import { lanesOf } from "../../text/lanes";
import * as config from "../base/config";
import { getContext, setContext } from "../base/context-keys";
import { DecorationTypes, isNamed, LANES, lookOf, nameOf } from "./decoration-types";
import type { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";
import { markedLabels } from "./in-sight";
import { EDITOR_SETTINGS, namesAreHints } from "./names";
import type { LabelNames } from "./names";
import { ReviewedLines } from "./reviewed-lines";
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

/** A label that is drawn, with what else stands before its text. */
interface ToDraw {
  readonly annotation: Annotation;
  readonly more?: readonly string[];
  /** Absent: the first. */
  readonly lane?: number;
}

/** Labels inside others, or that overlap them, are drawn otherwise: two frames on the same text could not be told apart. */
function lanesAmong(all: readonly Annotation[]): ReadonlyMap<Annotation, number> {
  const placed = all.map((annotation) => ({ ...annotation.span, annotation }));
  return new Map([...lanesOf(placed, LANES)].map(([{ annotation }, lane]) => [annotation, lane]));
}

/** Labels as they are drawn: classes of texts that begin at one place in one, with all their names, what is said of the longest text first. */
function togetherBefore(all: readonly Annotation[], nameless: boolean, density: config.Density): ToDraw[] {
  const before = new Map<number, Annotation[]>();
  const others: ToDraw[] = [];
  const lanes = lanesAmong(all.filter(({ task }) => isSpanTask(task)));
  for (const annotation of all) {
    if (isClassTask(annotation.task) && !nameless && isNamed(annotation, density))
      addTo(before, annotation.span.start, [annotation]);
    else others.push({ annotation, lane: lanes.get(annotation) ?? 0 });
  }
  const length = ({ span }: Annotation): number => span.end - span.start;
  return [
    ...others,
    ...[...before.values()].map((some): ToDraw => {
      const [annotation, ...more] = some.sort((a, b) => length(b) - length(a) || (a.label < b.label ? -1 : 1));
      return { annotation: annotation!, ...(more.length > 0 && { more: more.map(nameOf) }) };
    }),
  ];
}

/** Keeps the decorations of all visible editors in step with their sessions. */
export class Decorator implements Subscription {
  readonly #types: DecorationTypes;
  readonly #reviewed = new ReviewedLines();
  readonly #drawn = new WeakMap<TextEditor, Drawn>();
  readonly #waiting = new Map<TextEditor, NodeJS.Timeout>();
  readonly #lastAt = new WeakMap<TextEditor, number>();
  readonly #disposables: Subscription[] = [];

  constructor(
    private readonly sessions: Sessions,
    private readonly answers: Answers,
    private readonly names: LabelNames,
    catalog: Catalog,
  ) {
    this.#types = new DecorationTypes((task, label) => catalog.find(task, label));
    setContext("labelsVisible", true);
    this.#disposables.push(
      this.#types,
      this.#reviewed,
      sessions.onDidChange(({ what, session }) => {
        if (what === "labels") this.#soon(session);
      }),
      answers.onDidChange((session) => this.#soon(session)),
      catalog.onDidChange(() => this.redraw()),
      window.onDidChangeActiveColorTheme(() => this.redraw()),
      workspace.onDidChangeConfiguration((event) => {
        if (EDITOR_SETTINGS.some((key) => event.affectsConfiguration(key))) this.#soon();
      }),
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
    this.names.refresh();
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

  /** Lines shown as reviewed, as `whole|part|version`, for the test interface. */
  reviewedLines(editor: TextEditor): string {
    return this.#reviewed.drawn(editor);
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
    const nameless = namesAreHints(editor.document);
    const density = config.density(editor.document);
    const known = this.sessions.get(editor.document);
    const session = known?.labels !== undefined && getContext("labelsVisible") === true ? known : undefined;
    if (session !== undefined) {
      for (const { annotation, more, lane } of togetherBefore(this.#inSight(editor, session), nameless, density)) {
        const current = this.answers.isCurrent(session, annotation.id);
        const look = lookOf(annotation, { current, nameless, density, ...(more && { more }), ...(lane && { lane }) });
        const ranges = looks.get(look) ?? [];
        ranges.push(this.#range(editor, annotation));
        looks.set(look, ranges);
      }
    }
    this.#reviewed.draw(editor, session);
    if (this.#apply(editor, looks) && nameless) this.names.refresh();
  }

  #inSight(editor: TextEditor, session: DocumentSession): readonly Annotation[] {
    const { start, end } = session.watched;
    const region = session.text.length === end - start ? { start, end: Math.max(end, 1) } : visibleIn(editor);
    const all = markedLabels(session, region);
    if (all.length <= MAX_DRAWN) return all;
    const near = visibleIn(editor);
    return all.filter(({ span }) => span.start < near.end && near.start < span.end).slice(0, MAX_DRAWN);
  }

  #range({ document }: TextEditor, { task, span }: Annotation): Range {
    const start = document.positionAt(span.start);
    // A sentence is marked where it begins.
    return isClassTask(task) ? new Range(start, start) : new Range(start, document.positionAt(span.end));
  }

  /** True if anything changed. */
  #apply(editor: TextEditor, looks: ReadonlyMap<string, Range[]>): boolean {
    const { version } = editor.document;
    const before = this.#drawn.get(editor);
    // What was drawn until then is gone with its looks: the names that went with it are still there.
    let changed = before === undefined;
    const drawn = before ?? { version, ranges: new Map<string, string>() };
    // VS Code moved what was drawn along with an edit: what we remember of it no longer holds.
    const moved = drawn.version !== version;
    for (const look of new Set([...drawn.ranges.keys(), ...looks.keys()])) {
      const ranges = looks.get(look) ?? [];
      const signature = ranges
        .map(({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`)
        .join();
      if (!moved && drawn.ranges.get(look) === signature) continue;
      changed = true;
      editor.setDecorations(this.#types.get(look), ranges);
      if (ranges.length === 0) drawn.ranges.delete(look);
      else drawn.ranges.set(look, signature);
    }
    drawn.version = version;
    this.#drawn.set(editor, drawn);
    return changed;
  }
}
