/** Making and changing label sets in the editor, by keyboard: lists of labels, of what can be said of one, and boxes to say it in. */
import path from "node:path";
import { l10n } from "vscode";
import type { WorkspaceFolder } from "vscode";
import { LABEL_TASKS, SPANS } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";
import { LabelsError } from "../../labels/contract";
import { labelNameProblem } from "../../labels/label-name";
import { inOrder, LabelSetError, withChange, withLabel, withMove } from "../../labels/labelset";
import type { DeclaredLabels, LabelChange, LabelDefinition, LabelSets } from "../../labels/labelset";
import { changeLabelSets, loadLabelSets, makeLabelSets } from "../../labels/labelset-file";
import { ownSets, PRESET_NAMES, presetLabels, presetSets } from "../../labels/presets";
import type { PresetName } from "../../labels/presets";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { sayInStatus, showWarning } from "../base/messages";
import { askText, pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import type { Catalog } from "../documents/catalog";
import type { Parts } from "./parts";
import { pickFolder } from "./pick-dataset";

/** A folder's label set, and where it is. */
interface Place {
  readonly root: string;
  /** What is in it where there is no file. */
  readonly defaults: LabelSets;
}

const placeOf = (catalog: Catalog, folder: WorkspaceFolder): Place => ({
  root: path.join(folder.uri.fsPath, ".glossator"),
  defaults: catalog.sets(folder.uri),
});

/** Colours that are told apart on light and dark, by their names. */
const COLOURS = (): readonly (readonly [name: string, colour: string])[] => [
  [l10n.t("Blue"), "#3b82f6"],
  [l10n.t("Green"), "#16a34a"],
  [l10n.t("Orange"), "#ea580c"],
  [l10n.t("Purple"), "#9333ea"],
  [l10n.t("Red"), "#dc2626"],
  [l10n.t("Teal"), "#0d9488"],
  [l10n.t("Yellow"), "#ca8a04"],
  [l10n.t("Pink"), "#db2777"],
];

const titleOf = (task: LabelTask): string => (task === SPANS ? l10n.t("Labels of entities") : l10n.t("Classes"));

/** Names as a user lists them: apart by commas or white space. */
const namesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((name) => name !== "");

/** What is wrong with a list of names; undefined if nothing is. */
function namesProblem(text: string): string | undefined {
  const names = namesIn(text);
  if (names.length === 0) return l10n.t("Type a name at least.");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return l10n.t("{0} is there twice.", shownName(twice));
  return names.map(labelNameProblem).find((problem) => problem !== undefined);
}

/** What the user wants to begin with. Undefined if they leave. */
async function pickBeginning(defaults: LabelSets, given: unknown): Promise<LabelSets | undefined> {
  const preset = PRESET_NAMES.find((name) => name === given);
  if (preset !== undefined) return presetSets(preset, defaults);
  const titles: Readonly<Record<PresetName, string>> = {
    general: l10n.t("General"),
    biomedical: l10n.t("Biomedical"),
    legal: l10n.t("Legal"),
    reviews: l10n.t("Reviews"),
  };
  const choices: (Choice & { readonly sets?: LabelSets })[] = [
    ...PRESET_NAMES.map((name) => ({
      label: titles[name],
      detail: presetLabels(name).join(", "),
      sets: presetSets(name, defaults),
    })),
    {
      label: l10n.t("The Labels on Offer Now"),
      detail: defaults[SPANS].map(({ name }) => shownName(name)).join(", "),
      sets: defaults,
    },
    { label: l10n.t("Names of My Own…"), icon: "add" },
  ];
  const title = l10n.t("New Label Set");
  const chosen = await pickOne(choices, {
    ...{ title, matchOnDetail: true, ignoreFocusOut: true },
    placeHolder: l10n.t("What to begin with: all of it can be changed later"),
  });
  if (chosen === undefined || chosen.sets !== undefined) return chosen?.sets;
  const typed = await askText({
    title,
    ignoreFocusOut: true,
    prompt: l10n.t("Names of labels for entities, with commas or blanks between them, such as PER, ORG, LOC"),
    validateInput: (text) => (text === "" ? undefined : namesProblem(text)),
  });
  return typed === undefined || namesProblem(typed) !== undefined ? undefined : ownSets(namesIn(typed), defaults);
}

/** Changes the label set, and says what was done, or what does not fit: then all is as it was. */
async function change(place: Place, how: (sets: DeclaredLabels) => DeclaredLabels, said: string): Promise<void> {
  try {
    await changeLabelSets(place.root, place.defaults, how);
    sayInStatus(said, 4000);
  } catch (error) {
    if (!(error instanceof LabelSetError)) throw error;
    void showWarning(error.message);
  }
}

type Labelled = Choice & { readonly task: LabelTask; readonly of?: LabelDefinition };

/** The list of all labels. Undefined if the user leaves. */
function pickLabel(sets: LabelSets): Promise<Labelled | undefined> {
  const items = LABEL_TASKS.flatMap((task): Labelled[] => [
    ...inOrder(sets[task]).map((of): Labelled => {
      const said = [
        ...(of.key === undefined ? [] : [l10n.t("key {0}", of.key)]),
        ...(of.colour === undefined ? [] : [of.colour]),
        ...(of.aliases === undefined ? [] : [l10n.t("also {0}", of.aliases.map(shownName).join(", "))]),
        ...(of.retired === true ? [l10n.t("retired")] : []),
      ];
      return {
        ...{ label: shownName(of.name), icon: of.retired === true ? "archive" : "tag", task, of },
        ...{ group: titleOf(task), description: said.join(" · ") },
        ...(of.guideline !== undefined && { detail: excerpt(of.guideline, 120) }),
      };
    }),
    { label: l10n.t("Add a Label…"), icon: "add", group: titleOf(task), task },
  ]);
  const placeHolder = l10n.t("Choose a label to change it, or add one; Escape ends");
  return pickOne(items, { title: l10n.t("Label Set"), placeHolder, matchOnDetail: true });
}

async function askName(title: string, value: string): Promise<string | undefined> {
  const name = await askText({
    ...{ title, value, ignoreFocusOut: true },
    prompt: l10n.t("Short, without white space"),
    validateInput: (text) => (text === "" ? undefined : labelNameProblem(text)),
  });
  return name === undefined || labelNameProblem(name) !== undefined ? undefined : name;
}

async function askColour(title: string): Promise<LabelChange | undefined> {
  const choices: (Choice & { readonly change?: LabelChange })[] = [
    ...COLOURS().map(([label, colour]) => ({ label, description: colour, change: { colour } })),
    { label: l10n.t("Another Colour…"), icon: "edit" },
    { label: l10n.t("As Glossator Chooses It"), icon: "discard", change: { colour: undefined } },
  ];
  const placeHolder = l10n.t("Its shade is fitted to the theme");
  const chosen = await pickOne(choices, { title, placeHolder, matchOnDescription: true });
  if (chosen === undefined || chosen.change !== undefined) return chosen?.change;
  const fits = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);
  const colour = await askText({
    ...{ title, prompt: l10n.t("Such as #3b82f6"), ignoreFocusOut: true },
    validateInput: (text) =>
      text === "" || fits(text) ? undefined : l10n.t("A colour is # and six digits or a to f."),
  });
  return colour === undefined || !fits(colour) ? undefined : { colour };
}

/** Where a label goes in lists: up or down by one. */
interface Move {
  readonly by: -1 | 1;
}

/** Asks what is to be said otherwise of a label. Undefined if the user leaves. */
async function askChange({ name, key, guideline, retired }: LabelDefinition): Promise<LabelChange | Move | undefined> {
  const shown = shownName(name);
  const choices = [
    {
      does: "name",
      icon: "edit",
      label: l10n.t("Rename…"),
      detail: l10n.t("Decisions under the old name count as it"),
    },
    { does: "key", icon: "keyboard", label: l10n.t("Key…"), detail: l10n.t("One character that gives this label") },
    { does: "colour", icon: "symbol-color", label: l10n.t("Colour…") },
    { does: "up", icon: "arrow-up", label: l10n.t("Move Up"), detail: l10n.t("Lists and digits follow this order") },
    { does: "down", icon: "arrow-down", label: l10n.t("Move Down") },
    { does: "guideline", icon: "book", label: l10n.t("Guideline…"), detail: l10n.t("When to use it: hovers show it") },
    retired === true
      ? { does: "retired", icon: "discard", label: l10n.t("Offer It Again") }
      : {
          ...{ does: "retired", icon: "archive", label: l10n.t("Retire") },
          detail: l10n.t("Not offered any more; decisions keep it, and its number stays taken"),
        },
  ] as const;
  const title = shown;
  const chosen = await pickOne<Choice & { readonly does: (typeof choices)[number]["does"] }>(choices, {
    ...{ title, placeHolder: l10n.t("What of {0} is to be changed?", shown) },
  });
  switch (chosen?.does) {
    case "name": {
      const now = await askName(title, name);
      return now === undefined || now === name ? undefined : { name: now };
    }
    case "key": {
      const fits = (text: string): boolean => Array.from(text).length <= 1 && !/\s/.test(text);
      const now = await askText({
        ...{ title, value: key ?? "", ignoreFocusOut: true },
        prompt: l10n.t("One character; nothing: no key of its own"),
        validateInput: (text) => (fits(text) ? undefined : l10n.t("A key is one character.")),
      });
      return now === undefined || !fits(now) ? undefined : { key: now === "" ? undefined : now };
    }
    case "colour":
      return askColour(title);
    case "guideline": {
      const prompt = l10n.t("What annotators are to know, in a sentence or two; nothing: no guideline");
      const now = await askText({ title, prompt, value: guideline ?? "", ignoreFocusOut: true });
      return now === undefined ? undefined : { guideline: now.trim() === "" ? undefined : now.trim() };
    }
    case "up":
      return { by: -1 };
    case "down":
      return { by: 1 };
    case "retired":
      return { retired: retired === true ? undefined : true };
    default:
      return undefined;
  }
}

/** Shows the label set until the user leaves; what does not fit is said, and the list comes again. */
async function edit(place: Place): Promise<void> {
  for (;;) {
    const sets = await loadLabelSets(place.root, place.defaults);
    const chosen = await pickLabel(sets);
    if (chosen === undefined) return;
    const { task, of } = chosen;
    if (of === undefined) {
      const name = await askName(l10n.t("New label"), "");
      if (name === undefined) continue;
      await change(place, (now) => withLabel(now, task, { name }), l10n.t("{0} is a label now", shownName(name)));
      continue;
    }
    const said = await askChange(of);
    if (said === undefined) continue;
    if ("by" in said) {
      const { by } = said;
      await change(place, (all) => withMove(all, task, of.id, by), l10n.t("{0} is moved", shownName(of.name)));
      continue;
    }
    const now = shownName(said.name ?? of.name);
    await change(place, (all) => withChange(all, task, of.id, said), l10n.t("{0} is changed", now));
  }
}

/** The commands. A first argument names a preset. */
export function editLabelSetCommands({ catalog }: Parts): CommandTable {
  return {
    newLabelSet: async (preset) => {
      const place = placeOf(catalog, await pickFolder(l10n.t("Make a label set for")));
      const sets = await pickBeginning(place.defaults, preset);
      if (sets === undefined) return;
      if (!(await makeLabelSets(place.root, sets)))
        throw new LabelsError(l10n.t("This folder has a label set already: Edit Label Set… changes it."));
      const count = sets[SPANS].length;
      sayInStatus(
        plural(count, l10n.t("a label set with 1 label"), l10n.t("a label set with {0} labels", count)),
        4000,
      );
    },
    editLabelSet: async () => {
      await edit(placeOf(catalog, await pickFolder(l10n.t("Edit the label set of"))));
    },
  };
}
