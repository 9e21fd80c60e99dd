/** Commands that give a label: to what is selected, to the label that is current, to the word or the sentence under the cursor. Offsets are UTF-16 code units. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import { isClassTask, isLabelTask, isSpanTask, SPAN_TASKS, SPANS } from "../../documents/tasks";
import type { LabelTask, SpanTask } from "../../documents/tasks";
import { isJsonLines } from "../../text/blocks";
import { plural } from "../../text/counted";
import { occurrences } from "../../text/occurrences";
import { shownName } from "../../text/shown";
import { sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { mergeSpans, touched } from "../../text/spans";
import { wordAt, wordInRead } from "../../text/word-at";
import type { CommandTable } from "../base/command-table";
import { getContext } from "../base/context-keys";
import { excerpt } from "../base/describe";
import { labelKeys, labelOfDigit } from "../documents/label-keys";
import { annotationsAt, front, selected, selectedText, target } from "../documents/targets";
import type { Front } from "../documents/targets";
import { classifySentence } from "./classify";
import { done, onward } from "./outcome";
import type { Parts } from "./parts";
import { chooseLabel } from "./pick-label";

const isOnText = ({ task, status }: Annotation): boolean => isSpanTask(task) && status !== "stale";
const hasLabel = ({ task }: Annotation): boolean => isLabelTask(task);

/** The word at an offset. Of JSON Lines it is looked for in what is read: `\\nParis` is Paris after a line break. */
function wordHere({ session }: Front, offset: number): Span | undefined {
  if (!isJsonLines(session.layout)) return wordAt(session.text, offset);
  for (const { start, end, text } of session.sentences({ start: Math.max(0, offset - 1), end: offset + 1 }))
    if (start <= offset && offset <= end) return wordInRead(text, offset - start, start);
  return undefined;
}

/** What is selected, else the word under the cursor. @throws {LabelsError} if there is neither. */
function selectionOrWord(at: Front): Span {
  const span = selectedText(at) ?? wordHere(at, selected(at.editor).start);
  if (span === undefined) throw new LabelsError(l10n.t("Select some words, or put the cursor into one."));
  return span;
}

/** The label that a key without a list is about; none where words are selected. */
function current(at: Front, { walk }: Parts, task?: LabelTask): Annotation | undefined {
  if (selectedText(at) !== undefined) return undefined;
  const fits = (item: Annotation): boolean => (task === undefined ? hasLabel(item) : item.task === task);
  const stopped = walk.get(at);
  if (stopped !== undefined && fits(stopped)) return stopped;
  return annotationsAt(at.labels, selected(at.editor).start).find(fits);
}

/** The commands. */
export function giveCommands(parts: Parts): CommandTable {
  const { sessions, catalog, walk } = parts;
  let lastLabel: string | undefined;

  const add = (at: Front, task: SpanTask, span: Span, label: string): void => {
    lastLabel = label;
    const act = at.labels.add(task, span, label);
    const on = excerpt(at.session.text.slice(span.start, span.end), 40);
    const made = at.labels.annotations({ task, region: span }).find((item) => sameSpan(item.span, span));
    // It may be made wider or taken away by the next key: it is the current one.
    if (getContext("reviewMode") === true && made !== undefined) walk.show(at, made);
    done(at, act, l10n.t('added {0} to "{1}"', shownName(label), on));
  };
  const addEntity = async (at: Front, label: unknown): Promise<void> => {
    const span = selectionOrWord(at);
    const { uri } = at.session;
    const title = l10n.t('Label "{0}"', excerpt(at.session.text.slice(span.start, span.end), 40));
    const chosen = await chooseLabel(catalog, SPAN_TASKS, uri, label, title);
    if (chosen !== undefined) add(at, chosen.task, span, chosen.label);
  };
  const relabel = async (at: Front, item: Annotation, label: unknown): Promise<boolean> => {
    const { task } = item;
    if (!isLabelTask(task)) throw new LabelsError(l10n.t("An answer has no label to change; resize or remove it."));
    const title = l10n.t('Relabel "{0}"', excerpt(item.quote.exact, 40));
    const chosen = await chooseLabel(catalog, [task], at.session.uri, label, title, item.label);
    if (chosen === undefined) return false;
    const said = l10n.t("{0} is now {1}", shownName(item.label), shownName(chosen.label));
    done(at, at.labels.relabel(item.id, chosen.label), said);
    return true;
  };
  /** By one key: what is meant is told by where the cursor is. */
  const give = async (at: Front, task: LabelTask, label: string): Promise<void> => {
    if (isClassTask(task)) return classifySentence(parts, at, [task], label);
    const item = current(at, parts, task);
    if (item === undefined) add(at, task, selectionOrWord(at), label);
    else if (await relabel(at, item, label)) await onward(parts, at, undefined);
  };

  return {
    relabel: async (id, label) => {
      const at = front(sessions);
      const item = target(at, walk, id, hasLabel);
      if (await relabel(at, item, label)) await onward(parts, at, id);
    },
    relabelByNumber: async (number) => {
      const at = front(sessions);
      const task = current(at, parts)?.task ?? SPANS;
      const offered = isLabelTask(task) ? catalog.labels(task, at.session.uri) : [];
      const label = labelOfDigit(offered, Number(number));
      if (label === undefined || !isLabelTask(task))
        throw new LabelsError(l10n.t("There is no label number {0}.", String(number)));
      await give(at, task, label.name);
    },
    labelByKey: async (key) => {
      const at = front(sessions);
      const found = labelKeys(catalog, at.session.uri).get(String(key));
      if (found === undefined) throw new LabelsError(l10n.t('No label has the key "{0}".', String(key)));
      await give(at, found.task, found.label.name);
    },
    addEntity: (label) => addEntity(front(sessions), label),
    addSameEntity: () => addEntity(front(sessions), lastLabel),
    labelOccurrences: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, isOnText);
      const { task, label } = item;
      if (!isSpanTask(task) || !isOnText(item))
        throw new LabelsError(l10n.t("Only names in the text can be labelled everywhere."));
      const { text } = at.session;
      const words = text.slice(item.span.start, item.span.end);
      // What somebody labelled otherwise, as a part of a longer name, stays.
      const taken = at.labels
        .annotations({ task, status: "accepted" })
        .flatMap(({ span }) => (text.slice(span.start, span.end) === words ? [] : [span]));
      const others = mergeSpans(taken);
      const free = occurrences(text, words).filter((span) => !touched(others, span));
      const act = at.labels.addAll(task, free, label);
      const said = plural(
        act.events.length,
        l10n.t('1 "{0}" is {1}', excerpt(words, 40), shownName(label)),
        l10n.t('{0} times "{1}" is {2}', act.events.length, excerpt(words, 40), shownName(label)),
      );
      done(at, act, said);
      await onward(parts, at, id);
    },
  };
}
