/** Commands that relate labels: one to another, and no longer. */
import { l10n } from "vscode";
import type { Annotation, PlacedRelation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import type { DocumentLabels } from "../../labels/store";
import { relationsOf } from "../../labels/relate";
import { isLabelTask } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { askText, pickByKey } from "../base/picks";
import { front, target } from "../documents/targets";
import type { Front } from "../documents/targets";
import { done, onward } from "./outcome";
import type { Parts } from "./parts";

/** So many of the nearest labels are offered: a list of all would be searched by nobody. */
const MOST_OFFERED = 500;

const isRelatable = ({ task, status, adjudication }: Annotation): boolean =>
  isLabelTask(task) && status !== "stale" && adjudication === undefined;

/** Units between two labels; 0 where they touch or overlap. */
const distance = (one: Annotation, other: Annotation): number =>
  Math.max(0, one.span.start - other.span.end, other.span.start - one.span.end);

/** The label that it goes to: the nearest first. Undefined if the user leaves. */
async function pickOther(at: Front, from: Annotation): Promise<Annotation | undefined> {
  const others = at.labels
    .annotations()
    .filter((item) => item.id !== from.id && isRelatable(item))
    .sort((a, b) => distance(from, a) - distance(from, b))
    .slice(0, MOST_OFFERED);
  if (others.length === 0) throw new LabelsError(l10n.t("There is no other label in this document to relate it to."));
  const items = others.map((item) => ({
    label: excerpt(at.session.text.slice(item.span.start, item.span.end), 80),
    description: [shownName(item.label), ...(item.status === "suggested" ? [l10n.t("suggested")] : [])].join(" · "),
    detail: l10n.t("Line {0}", at.editor.document.positionAt(item.span.start).line + 1),
    item,
  }));
  const title = l10n.t('Relate "{0}" to', excerpt(from.quote.exact, 40));
  const placeHolder = l10n.t("Choose the other label, the nearest first; what is suggested is accepted by it");
  return (await pickByKey(items, { title, placeHolder }))?.item;
}

/** Types in use in the document, the most frequent first. */
function typesIn(labels: DocumentLabels): string[] {
  const counts = new Map<string, number>();
  for (const { type } of labels.relations()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([type]) => type);
}

/** A type in use, or a new one. Undefined if the user leaves. */
async function pickType(at: Front): Promise<string | undefined> {
  const title = l10n.t("Type of the relation");
  const known = typesIn(at.labels);
  if (known.length > 0) {
    const fresh = { label: l10n.t("A new type…"), icon: "add", type: undefined };
    const items = [...known.map((type) => ({ label: shownName(type), type })), fresh];
    const chosen = await pickByKey<{ readonly label: string; readonly type: string | undefined }>(items, {
      title,
      placeHolder: l10n.t("Choose a type, or make a new one"),
    });
    if (chosen === undefined || chosen.type !== undefined) return chosen?.type;
  }
  return askText({ title, prompt: l10n.t("Such as worksFor: what the first label is to the second") });
}

function saying({ type, from, to }: PlacedRelation): string {
  return `${excerpt(from.quote.exact, 40)} → ${shownName(type)} → ${excerpt(to.quote.exact, 40)}`;
}

/** Commands on the label named by the first argument, else at the cursor. Further arguments name what a user would choose. */
export function relateCommands(parts: Parts): CommandTable {
  const { sessions, walk } = parts;
  return {
    relate: async (id, other, type) => {
      const at = front(sessions);
      const from = target(at, walk, id, isRelatable);
      const to = typeof other === "string" ? at.labels.get(other) : await pickOther(at, from);
      if (to === undefined) return;
      const chosen = typeof type === "string" ? type : await pickType(at);
      if (chosen === undefined) return;
      const act = at.labels.relate(from.id, to.id, chosen);
      const [one, another] = [excerpt(from.quote.exact, 40), excerpt(to.quote.exact, 40)];
      done(at, act, l10n.t('related "{0}" to "{1}": {2}', one, another, shownName(chosen.trim())));
      await onward(parts, at, id);
    },
    unrelate: async (id, relation) => {
      const at = front(sessions);
      const item = target(at, walk, id, ({ id: of }) => relationsOf(at.labels.relations(), of).length > 0);
      const all = relationsOf(at.labels.relations(), item.id);
      if (all.length === 0) throw new LabelsError(l10n.t("This label has no relation."));
      const items = all.map((one) => ({ label: saying(one), relation: one }));
      const title = l10n.t('Remove a relation of "{0}"', excerpt(item.quote.exact, 40));
      const chosen =
        typeof relation === "string"
          ? all.find((one) => one.id === relation)
          : all.length === 1
            ? all[0]
            : (await pickByKey(items, { title, placeHolder: l10n.t("Choose a relation") }))?.relation;
      if (chosen === undefined) return;
      done(at, at.labels.unrelate(chosen.id), l10n.t("removed the relation {0}", saying(chosen)));
    },
  };
}
