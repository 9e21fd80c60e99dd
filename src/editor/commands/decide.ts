/** Commands that decide on one label: accept, reject, remove, agree, undo. */
import { sameSpan } from "../../text/span";
import { l10n, Uri } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { excerpt } from "../base/describe";
import { sayInStatus, showInformation } from "../base/messages";
import { done, onward } from "./outcome";
import { reveal } from "../base/reveal";
import { documentName } from "../documents/open-documents";
import type { TakenBack } from "../documents/shared-acts";
import { front, proposalsAt, selected, target } from "../documents/targets";
import type { Front } from "../documents/targets";

const suggested = ({ status }: Annotation): boolean => status === "suggested";
const decided = ({ status }: Annotation): boolean => status === "accepted";

/** Commands on the label named by the first argument, else at the cursor. */
export function decideCommands(parts: Parts): CommandTable {
  const { sessions, shared, walk } = parts;
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
      const back = shared.undo(at);
      if (back === undefined) throw new LabelsError(l10n.t("There is no decision to undo in this document."));
      goBack(parts, at, back, l10n.t("undone"));
    },
    redo: () => {
      const at = front(sessions);
      const back = shared.redo(at);
      if (back === undefined) throw new LabelsError(l10n.t("There is no decision to redo in this document."));
      goBack(parts, at, back, l10n.t("redone"));
    },
  };
}

/** Goes to what was taken back or brought again, and says so, and what of it stays in other documents. */
function goBack({ walk }: Parts, at: Front, { act, also, later, closed }: TakenBack, what: string): void {
  const place = at.labels.placeOf(act.id);
  const there = place && at.labels.annotations({ region: place }).find(({ span }) => sameSpan(span, place));
  if (there !== undefined) walk.show(at, there);
  else if (place !== undefined) reveal(at.editor, { start: place.start, end: place.start });
  const words = place && excerpt(at.session.text.slice(place.start, place.end), 40);
  const here = words === undefined ? what : l10n.t('{0}: "{1}"', what, words);
  const others =
    also === 0 ? [] : [plural(also, l10n.t("also in 1 other document"), l10n.t("also in {0} other documents", also))];
  done(at, act, [here, ...others].join(", "));
  if (later.length === 0 && closed.length === 0) return;
  const stays = [
    ...(later.length === 0
      ? []
      : [l10n.t("In {0} it stays: something was decided there later. Undo that first, there.", named(later))]),
    ...(closed.length === 0
      ? []
      : [l10n.t("In {0} it stays: that is not open. Open it and go back there.", named(closed))]),
  ];
  void showInformation(stays.join(" "));
}

/** So many documents are named. */
const MOST_NAMED = 5;

function named(documents: readonly string[]): string {
  const names = documents.slice(0, MOST_NAMED).map((id) => documentName(Uri.parse(id)));
  const more = documents.length - names.length;
  return [...names, ...(more > 0 ? [l10n.t("{0} more", more)] : [])].join(", ");
}
