/** Commands that change how far a label goes: to the selection, or by a word or a character at either end. */
import { l10n } from "vscode";
import { isClassTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { isJsonLines } from "../../text/blocks";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { resizeByCharacter, resizeByWord } from "../base/resize";
import type { Resize } from "../base/resize";
import { front, selected, selectedText, target } from "../documents/targets";
import { done } from "./outcome";
import type { Parts } from "./parts";

const resizable = ({ task }: Annotation): boolean => !isClassTask(task);

/** Commands on the label named by the first argument, else at the cursor. */
export function resizeCommands({ sessions, walk }: Parts): CommandTable {
  const resize =
    (how: Resize, by: typeof resizeByCharacter) =>
    (id: unknown): void => {
      const at = front(sessions);
      const item = target(at, walk, id, resizable);
      const span = by(at.session.text, item.span, how, isJsonLines(at.session.layout));
      if (span === undefined)
        throw new LabelsError(
          how.startsWith("widen") ? l10n.t("There is nothing to take in.") : l10n.t("Nothing would be left."),
        );
      const cursorWasAtStart = selected(at.editor).start === item.span.start;
      done(
        at,
        at.labels.resize(item.id, span),
        l10n.t('"{0}"', excerpt(at.session.text.slice(span.start, span.end), 40)),
      );
      const now = at.labels.get(item.id);
      if (cursorWasAtStart && now !== undefined) walk.show(at, now);
    };

  return {
    resizeToSelection: (id) => {
      const at = front(sessions);
      const span = selectedText(at);
      if (span === undefined) throw new LabelsError(l10n.t("Select the words that the label should cover."));
      const touching = at.labels
        .annotations({ region: span })
        .filter((item) => resizable(item) && item.status !== "stale");
      const item = typeof id === "string" ? target(at, walk, id) : touching[0];
      if (item === undefined) throw new LabelsError(l10n.t("No label touches the selection."));
      done(at, at.labels.resize(item.id, span), l10n.t("{0} resized", shownName(item.label)));
    },
    widenLeft: resize("widenLeft", resizeByWord),
    widenRight: resize("widenRight", resizeByWord),
    narrowLeft: resize("narrowLeft", resizeByWord),
    narrowRight: resize("narrowRight", resizeByWord),
    widenLeftByCharacter: resize("widenLeft", resizeByCharacter),
    widenRightByCharacter: resize("widenRight", resizeByCharacter),
    narrowLeftByCharacter: resize("narrowLeft", resizeByCharacter),
    narrowRightByCharacter: resize("narrowRight", resizeByCharacter),
  };
}
