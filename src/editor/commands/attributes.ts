/** The command that gives a label an attribute, or takes one from it. */
import { l10n } from "vscode";
import { attributesInOrder, THERE, withAttributes } from "../../documents/attributes";
import type { Attributes } from "../../documents/attributes";
import { isLabelTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import type { DocumentLabels } from "../../labels/store";
import { addTo } from "../../text/grouped";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { askText, pickByKey } from "../base/picks";
import { front, target } from "../documents/targets";
import { done, onward } from "./outcome";
import type { Parts } from "./parts";

const describable = ({ task, status, adjudication }: Annotation): boolean =>
  isLabelTask(task) && status !== "stale" && adjudication === undefined;

/** The values in use in a document by their attributes' names, the most frequent of both first. */
function inUse(labels: DocumentLabels): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { attributes } of labels.annotations({ status: "accepted" }))
    for (const [name, value] of attributesInOrder(attributes)) addTo(values, name, [value]);
  const byUse = (list: readonly string[]): string[] => {
    const counts = new Map<string, number>();
    for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a).map(([one]) => one);
  };
  return new Map([...values].sort(([, a], [, b]) => b.length - a.length).map(([name, all]) => [name, byUse(all)]));
}

interface Chosen {
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  /** Absent: one that is typed. */
  readonly value?: string;
}

/** Numbered, so that a digit chooses. The last is one of the user's own. */
function pickNumbered(choices: readonly Chosen[], title: string, placeHolder: string): Promise<Chosen | undefined> {
  const numbered = choices.map((one, index) =>
    index < 9 && one.icon === undefined ? { ...one, label: `${index + 1}  ${one.label}` } : one,
  );
  const byDigit = (typed: string): Chosen | undefined => {
    const at = /^[1-9]$/.test(typed) ? Number(typed) - 1 : -1;
    return numbered[at]?.icon === undefined ? numbered[at] : undefined;
  };
  return pickByKey(numbered, { title, placeHolder }, byDigit);
}

/** What a user types, without white space at its ends; undefined if they leave, or type nothing. */
async function typed(title: string, prompt: string): Promise<string | undefined> {
  const text = (await askText({ title, prompt }))?.trim();
  return text === "" ? undefined : text;
}

async function pickName(known: ReadonlyMap<string, readonly string[]>, item: Annotation): Promise<string | undefined> {
  const title = l10n.t('Attribute of "{0}"', excerpt(item.quote.exact, 40));
  const prompt = l10n.t("Such as negated, certainty or gender: what the label says beside its name");
  if (known.size === 0) return typed(title, prompt);
  const said = new Map(attributesInOrder(item.attributes));
  const items = [...known.keys()].map((name): Chosen => {
    const value = said.get(name);
    return { label: shownName(name), value: name, ...(value !== undefined && { description: shownValue(value) }) };
  });
  const fresh: Chosen = { label: l10n.t("A new attribute…"), icon: "add" };
  const chosen = await pickNumbered([...items, fresh], title, l10n.t("Choose an attribute, or make a new one"));
  return chosen === undefined || chosen.value !== undefined ? chosen?.value : typed(title, prompt);
}

/** The value; empty where the label is to have none of it any more. Undefined if the user leaves. */
async function pickValue(name: string, known: readonly string[], item: Annotation): Promise<string | undefined> {
  const title = l10n.t('{0} of "{1}"', shownName(name), excerpt(item.quote.exact, 40));
  const now = new Map(attributesInOrder(item.attributes)).get(name);
  const values = known.includes(THERE) ? known : [...known, THERE];
  const items = values.filter((value) => value !== now).map((value): Chosen => ({ label: shownValue(value), value }));
  const choices: Chosen[] = [
    ...items,
    ...(now === undefined
      ? []
      : [{ label: l10n.t("Take It Away"), description: shownValue(now), icon: "trash", value: "" }]),
    { label: l10n.t("Another value…"), icon: "add" },
  ];
  const chosen = await pickNumbered(choices, title, l10n.t("Choose a value"));
  if (chosen === undefined || chosen.value !== undefined) return chosen?.value;
  return typed(title, l10n.t("What {0} is of these words", shownName(name)));
}

/** A value as a person reads it. */
function shownValue(value: string): string {
  return value === THERE ? l10n.t("yes") : shownName(value);
}

function changed(attributes: Attributes | undefined, name: string, value: string): Attributes | undefined {
  const others = attributesInOrder(attributes).filter(([other]) => other !== name);
  return withAttributes(value === "" ? others : [...others, [name, value]]).attributes;
}

/** The command on the label named by the first argument, else at the cursor. Further arguments name what a user would choose. */
export function attributeCommands(parts: Parts): CommandTable {
  const { sessions, walk } = parts;
  return {
    setAttribute: async (id, givenName, givenValue) => {
      const at = front(sessions);
      const item = target(at, walk, id, describable);
      const known = inUse(at.labels);
      const name = typeof givenName === "string" ? givenName.trim() : await pickName(known, item);
      if (name === undefined) return;
      if (name === "") throw new LabelsError(l10n.t("The attribute has no name: type one."));
      const value =
        typeof givenValue === "string" ? givenValue.trim() : await pickValue(name, known.get(name) ?? [], item);
      if (value === undefined) return;
      // As it is now: something may have been said of it while the lists were open.
      const { attributes } = at.labels.get(item.id) ?? item;
      const act = at.labels.say(item.id, changed(attributes, name, value));
      const [words, what] = [excerpt(item.quote.exact, 40), shownName(name)];
      done(
        at,
        act,
        value === ""
          ? l10n.t('took {0} from "{1}"', what, words)
          : l10n.t('"{0}": {1} is {2}', words, what, shownValue(value)),
      );
      await onward(parts, at, id);
    },
  };
}
