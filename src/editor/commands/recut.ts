/** Commands that cut a label in two, or make one of it and the next. */
import { l10n } from "vscode";
import { isSpanTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import type { Span } from "../../text/span";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { pickOne } from "../base/picks";
import { wordsIn } from "../base/resize";
import { front, target } from "../documents/targets";
import type { Front } from "../documents/targets";
import { done, onward } from "./outcome";
import type { Parts } from "./parts";

const recuttable = ({ task, status }: Annotation): boolean => isSpanTask(task) && status !== "stale";

/** Where to cut: at the cursor, where it is within the label; else between two of its words, of which the user says which. */
async function placeToCut({ editor, session }: Front, span: Span): Promise<number | undefined> {
  const cursor = editor.document.offsetAt(editor.selection.active);
  if (cursor > span.start && cursor < span.end) return cursor;
  const { text } = session;
  const [, ...later] = wordsIn(text, span.start, span.end);
  const [only, ...more] = later.map(({ start }) => start);
  if (only === undefined)
    throw new LabelsError(l10n.t("It is a single word: put the cursor where it is to be cut, and try again."));
  if (more.length === 0) return only;
  const items = [only, ...more].map((at) => ({
    label: `${excerpt(text.slice(span.start, at).trimEnd(), 40)} | ${excerpt(text.slice(at, span.end), 40)}`,
    at,
  }));
  const chosen = await pickOne(items, {
    title: l10n.t("Split Label"),
    placeHolder: l10n.t("Choose where it is cut"),
  });
  return chosen?.at;
}

/** The next label of the same task in the label's sentence. */
function following({ session, labels }: Front, { task, span }: Annotation): Annotation | undefined {
  const sentence = session.sentenceAt(span.start) ?? span;
  return labels
    .annotations({ region: { start: span.end, end: Math.max(span.end, sentence.end) } })
    .filter((item) => item.task === task && recuttable(item) && item.span.start >= span.end)
    .sort((a, b) => a.span.start - b.span.start)[0];
}

/** Commands on the label named by the first argument, else at the cursor. Further arguments name what a user would choose. */
export function recutCommands(parts: Parts): CommandTable {
  const { sessions, walk } = parts;
  return {
    splitLabel: async (id, offset) => {
      const at = front(sessions);
      const item = target(at, walk, id, recuttable);
      const place = typeof offset === "number" ? offset : await placeToCut(at, item.span);
      if (place === undefined) return;
      const { start, end } = item.span;
      const { text } = at.session;
      const [one, other] = [text.slice(start, place), text.slice(place, end)].map((part) => excerpt(part.trim(), 40));
      done(at, at.labels.split(item.id, place), l10n.t('"{0}" and "{1}"', one!, other!));
      await onward(parts, at, id);
    },
    mergeLabels: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, recuttable);
      const next = following(at, item);
      if (next === undefined) throw new LabelsError(l10n.t("No label of its kind follows in the sentence."));
      const text = at.session.text.slice(item.span.start, next.span.end);
      done(at, at.labels.merge(item.id, next.id), l10n.t('"{0}"', excerpt(text, 40)));
      await onward(parts, at, id);
    },
  };
}
