/** Asks for the names of labels that a dataset has as numbers, with rows that have them. */
import { l10n, window } from "vscode";
import { isLabelTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { DatasetProcess } from "../../datasets/process/client";
import type { PlanSummary } from "../../datasets/process/protocol";
import type { NumberNames, UnnamedLabels } from "../../datasets/format";
import { parseNames } from "../../datasets/reading/name-lists";
import { askText, pickOne } from "../base/picks";
import { IMPORT_TITLE, plainly } from "./pick-import";

type Names = Partial<Record<Task, NumberNames>>;

/** What the numbers of one task are called; `keep`: they stay numbers. Undefined if the user leaves. */
async function namesOf(
  { task, numbers, samples }: UnnamedLabels,
  datasets: DatasetProcess,
): Promise<NumberNames | "keep" | undefined> {
  const rows = samples.map((sample) => ({
    icon: "list-flat",
    label: sample,
    description: l10n.t("a row"),
    way: "none",
  }));
  const ways = [
    {
      icon: "edit",
      label: l10n.t("Type their names…"),
      description: l10n.t("with commas between them, from 0 on"),
      way: "type",
    },
    { icon: "file", label: l10n.t("Take their names from a file…"), way: "file" },
    { icon: "symbol-number", label: l10n.t("Keep the numbers as names"), way: "keep" },
  ];
  const title = l10n.t("{0}: labels of {1} are numbers", IMPORT_TITLE, task);
  const shown = numbers.slice(0, 20).join(", ") + (numbers.length > 20 ? ", …" : "");
  for (;;) {
    const placeHolder = l10n.t("Nothing says what {0} stand for", shown);
    const way = (await pickOne([...ways, ...rows], { ignoreFocusOut: true, title, placeHolder }))?.way;
    if (way === undefined || way === "keep") return way;
    // A row is there to be read: choosing it asks again.
    if (way === "none") continue;
    const names = way === "type" ? await typed(title, numbers) : await fromFile(datasets);
    if (names !== undefined) return names;
  }
}

async function typed(title: string, numbers: readonly number[]): Promise<NumberNames | undefined> {
  const given = await askText({
    title,
    prompt: l10n.t("Names for 0, 1, 2, … with commas between them, or number by number: 1=PER, 2=ORG"),
    value: numbers.map((number) => `${number}=`).join(", "),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const names = parseNames(value);
      if (names === undefined) return l10n.t("Give each number a name, such as 1=PER, 2=ORG.");
      const missing = numbers.filter((number) => names[number] === undefined);
      return missing.length === 0 ? undefined : l10n.t("Without a name: {0}", missing.slice(0, 20).join(", "));
    },
  });
  return given === undefined ? undefined : parseNames(given);
}

async function fromFile(datasets: DatasetProcess): Promise<NumberNames | undefined> {
  const [picked] = (await window.showOpenDialog({ title: IMPORT_TITLE, openLabel: l10n.t("Take Names") })) ?? [];
  return picked && plainly(datasets.call("names", picked.fsPath));
}

/** The plan, made anew with the names that the user gives numbers; as it is if there are none. Undefined if the user leaves. */
export async function withNames(
  plan: PlanSummary,
  datasets: DatasetProcess,
  again: (names: Names) => Promise<PlanSummary>,
): Promise<PlanSummary | undefined> {
  const names: Names = {};
  for (const one of plan.unnamed) {
    if (!isLabelTask(one.task) || names[one.task] !== undefined) continue;
    const found = await namesOf(one, datasets);
    if (found === undefined) return undefined;
    if (found !== "keep") names[one.task] = found;
  }
  return Object.keys(names).length === 0 ? plan : again(names);
}
