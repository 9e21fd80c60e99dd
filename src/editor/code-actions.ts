/** Corrections as code actions: at a label, and on a selection. */
import { CodeAction, CodeActionKind } from "vscode";
import type { CodeActionProvider, Range, Selection, TextDocument } from "vscode";
import type { Annotation } from "../labels/annotation";
import { plainText, shownName } from "../text/shown";
import type { Catalog } from "./catalog";
import { excerpt } from "./describe";
import type { Sessions } from "./sessions";
import { annotationsAt, proposalsAt } from "./targets";

function action(title: string, kind: CodeActionKind, command: string, ...args: unknown[]): CodeAction {
  const shown = plainText(title);
  const made = new CodeAction(shown, kind);
  made.command = { title: shown, command, arguments: args };
  return made;
}

/** A label whose text changed outside the editor, at the place where it may be now. */
function agree({ id, label, quote }: Annotation): CodeAction[] {
  const was = `${shownName(label)}, which was on "${excerpt(quote.exact, 30)}"`;
  const right = action(`Agree: this is ${was}`, CodeActionKind.QuickFix, "glossator.agree", id);
  right.isPreferred = true;
  return [right, action(`Remove ${was}`, CodeActionKind.QuickFix, "glossator.remove", id)];
}

/** Offers what the commands do, with the label at the cursor named. */
export class LabelActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {}

  provideCodeActions(document: TextDocument, range: Range | Selection): CodeAction[] {
    const labels = this.sessions.get(document)?.labels;
    if (labels === undefined) return [];
    const at = annotationsAt(labels, document.offsetAt(range.start));
    const proposed = proposalsAt(labels, document.offsetAt(range.start)).flatMap((item) => agree(item));
    return [...proposed, ...at.flatMap((item) => this.#decide(item, document)), ...this.#select(document, range, at)];
  }

  #decide(item: Annotation, document: TextDocument): CodeAction[] {
    const { id, label, status, task } = item;
    const what = `${shownName(label)}: ${excerpt(item.quote.exact, 30)}`;
    const fix = CodeActionKind.QuickFix;
    const rewrite = CodeActionKind.RefactorRewrite;
    const actions: CodeAction[] = [];
    if (status === "suggested") {
      const accept = action(`Accept ${what}`, fix, "glossator.accept", id);
      accept.isPreferred = true;
      actions.push(accept, action(`Reject ${what}`, fix, "glossator.reject", id));
    } else actions.push(action(`Remove ${what}`, fix, "glossator.remove", id));
    if (task !== "answers") {
      for (const other of this.catalog.labels(task, document.uri)) {
        if (other.name !== label)
          actions.push(action(`Relabel as ${shownName(other.name)}`, fix, "glossator.relabel", id, other.name));
      }
    }
    if (task !== "sentiment") {
      actions.push(
        action("Widen to the left", rewrite, "glossator.widenLeft", id),
        action("Widen to the right", rewrite, "glossator.widenRight", id),
        action("Narrow from the left", rewrite, "glossator.narrowLeft", id),
        action("Narrow from the right", rewrite, "glossator.narrowRight", id),
      );
    }
    return actions;
  }

  #select(document: TextDocument, range: Range, at: readonly Annotation[]): CodeAction[] {
    if (range.isEmpty || document.getText(range).trim() === "") return [];
    const kind = CodeActionKind.RefactorRewrite;
    const actions = this.catalog
      .labels("entities", document.uri)
      .map(({ name }) => action(`Label as ${shownName(name)}`, kind, "glossator.addEntity", name));
    const resizable = at.find(({ task }) => task !== "sentiment");
    if (resizable !== undefined) {
      actions.push(
        action(`Resize ${shownName(resizable.label)} to Selection`, kind, "glossator.resizeToSelection", resizable.id),
      );
    }
    return actions;
  }
}
