/** Commands that decide on one label: accept, reject, relabel, add, remove, resize, sentiment, undo. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Act } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import { CLASS_TASKS, isClassTask, isLabelTask, isOfDocument, SPAN_TASKS } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { getContext } from "../base/context-keys";
import { excerpt } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { chooseLabel } from "./pick-label";
import { resizeByWord, trimSpan } from "../base/resize";
import type { Resize } from "../base/resize";
import { front, proposalsAt, selected, target } from "../documents/targets";
import type { Front } from "../documents/targets";
import { step } from "./walk";

const suggested = ({ status }: Annotation): boolean => status === "suggested";
const decided = ({ status }: Annotation): boolean => status === "accepted";
const resizable = ({ task }: Annotation): boolean => !isClassTask(task);
const hasLabel = ({ task }: Annotation): boolean => isLabelTask(task);
/** Tasks of which a sentence has one label. */
const SENTENCE_TASKS = CLASS_TASKS.filter((task) => !isOfDocument(task));
const ofSentence = ({ task }: Annotation): boolean => SENTENCE_TASKS.some((one) => one === task);

/** Says what was done where screen readers hear it; writing goes on behind, and its failure has a message of its own. */
function done(act: Act, what: string): void {
  act.saved.catch(() => undefined);
  sayInStatus(what, 4000);
}

/** Commands on the label named by the first argument, else at the cursor. */
export function decideCommands(parts: Parts): CommandTable {
  const { sessions, catalog, walk } = parts;
  let lastLabel: string | undefined;

  /** In review mode a decision leads on to the next suggestion. */
  const onward = async (at: Front, id: unknown): Promise<void> => {
    if (getContext("reviewMode") === true && typeof id !== "string") await step(parts, at, 1, { quiet: true });
  };
  const addEntity = async (at: Front, label: unknown): Promise<void> => {
    const span = trimSpan(at.session.text, selected(at.editor));
    if (span === undefined) throw new LabelsError(l10n.t("Select the words to label first."));
    const { uri } = at.editor.document;
    const chosen = await chooseLabel(catalog, SPAN_TASKS, uri, label, l10n.t("Label selection"));
    if (chosen === undefined) return;
    lastLabel = chosen.label;
    done(at.labels.add(chosen.task, span, chosen.label), l10n.t("added {0}", shownName(chosen.label)));
  };
  const relabel = async (at: Front, item: Annotation, label: unknown): Promise<boolean> => {
    const { task } = item;
    if (!isLabelTask(task)) throw new LabelsError(l10n.t("An answer has no label to change; resize or remove it."));
    const title = l10n.t('Relabel "{0}"', excerpt(item.quote.exact, 40));
    const chosen = await chooseLabel(catalog, [task], at.editor.document.uri, label, title, item.label);
    if (chosen === undefined) return false;
    const said = l10n.t("{0} is now {1}", shownName(item.label), shownName(chosen.label));
    done(at.labels.relabel(item.id, chosen.label), said);
    return true;
  };
  const resize =
    (how: Resize) =>
    (id: unknown): void => {
      const at = front(sessions);
      const item = target(at, walk, id, resizable);
      const span = resizeByWord(at.session.text, item.span, how);
      if (span === undefined)
        throw new LabelsError(
          how.startsWith("widen") ? l10n.t("There is no word to take in.") : l10n.t("Only one word is left."),
        );
      const cursorWasAtStart = selected(at.editor).start === item.span.start;
      done(at.labels.resize(item.id, span), l10n.t('"{0}"', excerpt(at.session.text.slice(span.start, span.end), 40)));
      const now = at.labels.get(item.id);
      if (cursorWasAtStart && now !== undefined) parts.walk.show(at, now);
    };

  return {
    accept: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, suggested, decided);
      if (suggested(item)) done(at.labels.accept(item.id), l10n.t("accepted {0}", shownName(item.label)));
      else sayInStatus(l10n.t("{0} is decided already", shownName(item.label)), 4000);
      await onward(at, id);
    },
    reject: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, suggested, decided);
      // What was decided is taken away by the same key.
      if (suggested(item)) done(at.labels.reject(item.id), l10n.t("rejected {0}", shownName(item.label)));
      else done(at.labels.remove(item.id), l10n.t("removed {0}", shownName(item.label)));
      await onward(at, id);
    },
    agree: (id) => {
      const at = front(sessions);
      const offset = selected(at.editor).start;
      const item = typeof id === "string" ? target(at, walk, id) : proposalsAt(at.labels, offset)[0];
      if (item === undefined) throw new LabelsError(l10n.t("No label is proposed here. See Review Moved Labels."));
      done(at.labels.agree(item.id), l10n.t("{0} is here now", shownName(item.label)));
    },
    relabel: async (id, label) => {
      const at = front(sessions);
      const item = target(at, walk, id, hasLabel);
      if (await relabel(at, item, label)) await onward(at, id);
    },
    relabelByNumber: async (number) => {
      const at = front(sessions);
      const item = target(at, walk, undefined, hasLabel);
      const offered = isLabelTask(item.task) ? catalog.labels(item.task, at.editor.document.uri) : [];
      const label = offered[Number(number) - 1];
      if (label === undefined) throw new LabelsError(l10n.t("There is no label number {0}.", String(number)));
      if (await relabel(at, item, label.name)) await onward(at, undefined);
    },
    addEntity: (label) => addEntity(front(sessions), label),
    addSameEntity: () => addEntity(front(sessions), lastLabel),
    remove: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, ({ status }) => status !== "suggested");
      if (item.status === "suggested") throw new LabelsError(l10n.t("This is a suggestion: reject it instead."));
      done(at.labels.remove(item.id), l10n.t("removed {0}", shownName(item.label)));
      await onward(at, id);
    },
    resizeToSelection: (id) => {
      const at = front(sessions);
      const span = trimSpan(at.session.text, selected(at.editor));
      if (span === undefined) throw new LabelsError(l10n.t("Select the words that the label should cover."));
      const touching = at.labels
        .annotations({ region: span })
        .filter((item) => resizable(item) && item.status !== "stale");
      const item = typeof id === "string" ? target(at, walk, id) : touching[0];
      if (item === undefined) throw new LabelsError(l10n.t("No label touches the selection."));
      done(at.labels.resize(item.id, span), l10n.t("{0} resized", shownName(item.label)));
    },
    widenLeft: resize("widenLeft"),
    widenRight: resize("widenRight"),
    narrowLeft: resize("narrowLeft"),
    narrowRight: resize("narrowRight"),
    setSentiment: async (label) => {
      const at = front(sessions);
      const { start } = selected(at.editor);
      const sentence = at.session.sentenceAt(start);
      if (sentence === undefined) throw new LabelsError(l10n.t("There is no sentence at the cursor."));
      const classes = at.labels
        .annotations({ region: sentence })
        .filter((item) => ofSentence(item) && item.status !== "stale");
      const title = l10n.t('Sentiment of "{0}"', excerpt(at.session.text.slice(sentence.start, sentence.end), 40));
      const current = SENTENCE_TASKS.length === 1 ? classes[0]?.label : undefined;
      const chosen = await chooseLabel(catalog, SENTENCE_TASKS, at.editor.document.uri, label, title, current);
      if (chosen === undefined) return;
      const now = classes.find(({ task }) => task === chosen.task);
      const act =
        now === undefined
          ? at.labels.add(chosen.task, sentence, chosen.label)
          : at.labels.relabel(now.id, chosen.label);
      done(act, l10n.t("the sentence is {0}", shownName(chosen.label)));
      await onward(at, undefined);
    },
    undo: () => {
      const act = front(sessions).labels.undo();
      if (act === undefined) throw new LabelsError(l10n.t("There is no decision to undo in this document."));
      done(act, l10n.t("undone"));
    },
    redo: () => {
      const act = front(sessions).labels.redo();
      if (act === undefined) throw new LabelsError(l10n.t("There is no decision to redo in this document."));
      done(act, l10n.t("redone"));
    },
  };
}
