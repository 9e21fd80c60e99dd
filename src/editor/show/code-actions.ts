/** Corrections as code actions: at a label, and on a selection. */
import { CodeAction, CodeActionKind, l10n } from "vscode";
import type { CodeActionContext, CodeActionProvider, Range, Selection, TextDocument } from "vscode";
import { isClassTask, isLabelTask, SPAN_TASKS } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { plainText, shownName } from "../../text/shown";
import { alikeChoices, alikeInWords, keepInWords } from "./alike";
import { CODE, SOURCE } from "./consistency-problems";
import type { Consistency } from "../documents/consistency";
import type { Catalog } from "../documents/catalog";
import { addressOf } from "../base/cells";
import { excerpt } from "../base/describe";
import type { Sessions } from "../documents/sessions";
import { annotationsAt, proposalsAt } from "../documents/targets";

function action(title: string, kind: CodeActionKind, command: string, ...args: unknown[]): CodeAction {
  const shown = plainText(title);
  const made = new CodeAction(shown, kind);
  made.command = { title: shown, command, arguments: args };
  return made;
}

/** A label whose text changed outside the editor, at the place where it may be now. */
function agree({ id, label, quote }: Annotation): CodeAction[] {
  const [name, was] = [shownName(label), excerpt(quote.exact, 30)];
  const agreeing = l10n.t('Agree: this is {0}, which was on "{1}"', name, was);
  const removing = l10n.t('Remove {0}, which was on "{1}"', name, was);
  const right = action(agreeing, CodeActionKind.QuickFix, "glossator.agree", id);
  right.isPreferred = true;
  return [right, action(removing, CodeActionKind.QuickFix, "glossator.remove", id)];
}

/** Offers what the commands do, with the label at the cursor named. */
export class LabelActions implements CodeActionProvider {
  static readonly kinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite];

  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
    private readonly consistency: Consistency,
  ) {}

  provideCodeActions(document: TextDocument, range: Range | Selection, context: CodeActionContext): CodeAction[] {
    const labels = this.sessions.get(document)?.labels;
    if (labels === undefined) return [];
    const at = annotationsAt(labels, document.offsetAt(range.start));
    const proposed = proposalsAt(labels, document.offsetAt(range.start)).flatMap((item) => agree(item));
    return [
      ...at.flatMap((item) => this.#makeAlike(item, document, context)),
      ...proposed,
      ...at.flatMap((item) => this.#decide(item, document)),
      ...this.#select(document, range, at),
    ];
  }

  /** Of words with several labels. They name the document: the list of problems is about all that are open. */
  #makeAlike({ id }: Annotation, document: TextDocument, { diagnostics }: CodeActionContext): CodeAction[] {
    const uri = document.uri.toString();
    const one = this.consistency.in(uri).get(id);
    if (one === undefined) return [];
    const fix = CodeActionKind.QuickFix;
    const actions = [
      ...alikeChoices(one).map((choice) =>
        action(alikeInWords(one, choice), fix, "glossator.labelAllAlike", uri, id, choice.label, choice.scope),
      ),
      action(keepInWords(one), fix, "glossator.keepSeveralLabels", uri, id),
    ];
    const fixed = diagnostics.filter(({ source, code }) => source === SOURCE && code === CODE);
    for (const one of actions) one.diagnostics = fixed;
    return actions;
  }

  #decide(item: Annotation, document: TextDocument): CodeAction[] {
    const { id, label, status, task } = item;
    const [name, on] = [shownName(label), excerpt(item.quote.exact, 30)];
    const fix = CodeActionKind.QuickFix;
    const rewrite = CodeActionKind.RefactorRewrite;
    const actions: CodeAction[] = [];
    if (status === "suggested") {
      const accept = action(l10n.t("Accept {0}: {1}", name, on), fix, "glossator.accept", id);
      accept.isPreferred = true;
      actions.push(accept, action(l10n.t("Reject {0}: {1}", name, on), fix, "glossator.reject", id));
    } else actions.push(action(l10n.t("Remove {0}: {1}", name, on), fix, "glossator.remove", id));
    if (isLabelTask(task)) {
      for (const other of this.catalog.labels(task, addressOf(document))) {
        if (other.name !== label)
          actions.push(
            action(l10n.t("Relabel as {0}", shownName(other.name)), fix, "glossator.relabel", id, other.name),
          );
      }
    }
    if (!isClassTask(task)) {
      actions.push(
        action(l10n.t("Widen to the left"), rewrite, "glossator.widenLeft", id),
        action(l10n.t("Widen to the right"), rewrite, "glossator.widenRight", id),
        action(l10n.t("Narrow from the left"), rewrite, "glossator.narrowLeft", id),
        action(l10n.t("Narrow from the right"), rewrite, "glossator.narrowRight", id),
      );
    }
    return actions;
  }

  #select(document: TextDocument, range: Range, at: readonly Annotation[]): CodeAction[] {
    if (range.isEmpty || document.getText(range).trim() === "") return [];
    const kind = CodeActionKind.RefactorRewrite;
    const actions = SPAN_TASKS.flatMap((task) => this.catalog.labels(task, addressOf(document))).map(({ name }) =>
      action(l10n.t("Label as {0}", shownName(name)), kind, "glossator.addEntity", name),
    );
    const resizable = at.find(({ task }) => !isClassTask(task));
    if (resizable !== undefined) {
      actions.push(
        action(
          l10n.t("Resize {0} to Selection", shownName(resizable.label)),
          kind,
          "glossator.resizeToSelection",
          resizable.id,
        ),
      );
    }
    return actions;
  }
}
