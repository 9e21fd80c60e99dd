/** Commands that decide on one label: accept, reject, remove, agree, undo. */
import { sameSpan } from "../../text/span";
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Act } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { excerpt } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { done, onward } from "./outcome";
import { reveal } from "../base/reveal";
import { front, proposalsAt, selected, target } from "../documents/targets";
import type { Front } from "../documents/targets";

const suggested = ({ status }: Annotation): boolean => status === "suggested";
const decided = ({ status }: Annotation): boolean => status === "accepted";

/** Commands on the label named by the first argument, else at the cursor. */
export function decideCommands(parts: Parts): CommandTable {
  const { sessions, walk } = parts;
  return {
    accept: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, suggested, decided);
      if (suggested(item)) done(at, at.labels.accept(item.id), l10n.t("accepted {0}", shownName(item.label)));
      else sayInStatus(l10n.t("{0} is decided already", shownName(item.label)), 4000);
      await onward(parts, at, id);
    },
    reject: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, suggested, decided);
      // What was decided is taken away by the same key.
      if (suggested(item)) done(at, at.labels.reject(item.id), l10n.t("rejected {0}", shownName(item.label)));
      else done(at, at.labels.remove(item.id), l10n.t("removed {0}", shownName(item.label)));
      await onward(parts, at, id);
    },
    agree: (id) => {
      const at = front(sessions);
      const offset = selected(at.editor).start;
      const item = typeof id === "string" ? target(at, walk, id) : proposalsAt(at.labels, offset)[0];
      if (item === undefined) throw new LabelsError(l10n.t("No label is proposed here. See Review Moved Labels."));
      done(at, at.labels.agree(item.id), l10n.t("{0} is here now", shownName(item.label)));
    },
    remove: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, ({ status }) => status !== "suggested");
      if (item.status === "suggested") throw new LabelsError(l10n.t("This is a suggestion: reject it instead."));
      done(at, at.labels.remove(item.id), l10n.t("removed {0}", shownName(item.label)));
      await onward(parts, at, id);
    },
    undo: () => {
      const at = front(sessions);
      const act = at.labels.undo();
      if (act === undefined) throw new LabelsError(l10n.t("There is no decision to undo in this document."));
      goBack(parts, at, act, l10n.t("undone"));
    },
    redo: () => {
      const at = front(sessions);
      const act = at.labels.redo();
      if (act === undefined) throw new LabelsError(l10n.t("There is no decision to redo in this document."));
      goBack(parts, at, act, l10n.t("redone"));
    },
  };
}

/** Goes to what was taken back or brought again, and says so. */
function goBack({ walk }: Parts, at: Front, act: Act, what: string): void {
  const place = at.labels.placeOf(act.id);
  if (place === undefined) {
    done(at, act, what);
    return;
  }
  const there = at.labels.annotations({ region: place }).find(({ span }) => sameSpan(span, place));
  if (there !== undefined) walk.show(at, there);
  else reveal(at.editor, { start: place.start, end: place.start });
  done(at, act, l10n.t('{0}: "{1}"', what, excerpt(at.session.text.slice(place.start, place.end), 40)));
}
