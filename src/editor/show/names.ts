/** The names of labels as inlay hints. Where lines wrap, the editor makes room for hints and none for decorations, which would be cut off at its right. */
import { EventEmitter, InlayHint, workspace } from "vscode";
import type { InlayHintsProvider, Range, TextDocument } from "vscode";
import { isClassTask } from "../../documents/tasks";
import * as config from "../base/config";
import { getContext } from "../base/context-keys";
import type { Sessions } from "../documents/sessions";
import { isNamed, nameOf } from "./decoration-types";
import { markedLabels } from "./in-sight";

/** What of the editor's own settings {@link namesAreHints} depends on. */
export const EDITOR_SETTINGS = [
  "editor.wordWrap",
  "editor.inlayHints.enabled",
  "editor.inlayHints.maximumLength",
] as const;

/** Whether a document's labels have their names in hints: where its lines wrap, unless hints are off or the user wants it otherwise. */
export function namesAreHints(document: TextDocument): boolean {
  const wanted = config.labelNames(document);
  if (wanted === "decorations") return false;
  const editor = workspace.getConfiguration("editor", document);
  if (!["on", "onUnlessPressed"].includes(editor.get<string>("inlayHints.enabled", "on"))) return false;
  // Beyond so many characters a line, which may be a whole paragraph, hints are left out; 0 is no limit, which the manifest makes the default.
  if (editor.get<number>("inlayHints.maximumLength", 0) !== 0) return false;
  return wanted === "inlayHints" || editor.get<string>("wordWrap", "off") !== "off";
}

/** Gives the editor the names that decorations leave out. */
export class LabelNames implements InlayHintsProvider {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(private readonly sessions: Sessions) {}

  /** What is drawn has changed. */
  refresh(): void {
    this.#changed.fire();
  }

  provideInlayHints(document: TextDocument, range: Range): InlayHint[] {
    const session = this.sessions.get(document);
    if (session === undefined || getContext("labelsVisible") !== true || !namesAreHints(document)) return [];
    const region = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    const density = config.density(document);
    const named = markedLabels(session, region).filter((annotation) => isNamed(annotation, density));
    // Of labels that end at one place the innermost is named first, as brackets close.
    named.sort(({ span: a }, { span: b }) => a.end - b.end || b.start - a.start);
    return named.map((annotation) => {
      const before = isClassTask(annotation.task);
      const { start, end } = annotation.span;
      const hint = new InlayHint(document.positionAt(before ? start : end), nameOf(annotation));
      if (before) hint.paddingRight = true;
      else hint.paddingLeft = true;
      return hint;
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
