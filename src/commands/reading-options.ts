/** Options that say how files are to be read, for every command that reads datasets. */
import { stat } from "node:fs/promises";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { LABEL_TASKS, TASK_NAMES, isLabelTask, isTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import type { Misaligned, NumberNames, ReaderOptions } from "../datasets/format";
import { namesInFile } from "../datasets/import/files";
import type { ImportOptions } from "../datasets/import/plan";
import { ROW_CHOICES } from "../datasets/import/rows";
import type { RowChoice } from "../datasets/import/rows";
import { parseNames } from "../datasets/reading/name-lists";
import type { OffsetUnit } from "../text/offsets";
import { TAG_SCHEMES } from "../text/tags";
import { CommandError, EXIT } from "./exit";
import { pythonOption } from "./options";

/** What the user chose of them. */
export interface ReadingOptions {
  readonly labels?: readonly string[];
  readonly columns?: Readonly<Record<string, string>>;
  readonly rows: RowChoice;
  readonly reviewed?: boolean;
  readonly misaligned: Misaligned;
  readonly unit?: OffsetUnit;
  readonly scheme?: string;
  readonly python?: string;
}

const several = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];

/** Reads `word=2,tag=3`. @throws {InvalidArgumentError} */
function columnsIn(value: string): Record<string, string> {
  const pairs = value.split(",").map((one) => one.split("="));
  if (pairs.some((pair) => pair.length !== 2 || pair.some((part) => part.trim() === "")))
    throw new InvalidArgumentError('It must be such as "word=2,tag=3" or "text=tweet,label=class".');
  return Object.fromEntries(pairs.map(([role = "", name = ""]) => [role.trim(), name.trim()]));
}

/** Adds `--columns`, `--labels`, `--rows`, `--reviewed`, `--misaligned`, `--unit`, `--scheme`, `--python`. */
export function withReadingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--columns <list>",
        `which columns are taken for what, by number from 1 or by name: ${quoted("word=2,tag=3")}, ${quoted("tag=3+4")} for two, ` +
          `${quoted("text=tweet,label=class")}; default: by what is in them`,
      ).argParser(columnsIn),
    )
    .addOption(
      new Option(
        "--labels <names>",
        `the names of labels that are numbers: ${quoted("O,B-PER,I-PER")} for 0, 1, 2, or ${quoted("1=PER,2=ORG")}, or a file with them; ` +
          `for one task ${quoted(`${LABEL_TASKS[0]!}=O,B-PER`)}; several times for several; default: those that the files say, else the numbers`,
      ).argParser(several),
    )
    .addOption(
      new Option(
        "--rows <how>",
        "texts that no document is named for: apart, a document each; together, a hundred a document; auto, together where a file has more than 500 short ones",
      )
        .choices(ROW_CHOICES)
        .default(ROW_CHOICES[0]),
    )
    .option(
      "--reviewed",
      "the source is complete: what has no label in it has none; default: as the format says, by its nature or a mark of Glossator",
    )
    .option("--no-reviewed", "nothing of it counts as looked at in full, whatever the format says")
    .addOption(
      new Option("--misaligned <how>", "spans that do not fit their text")
        .choices(["refuse", "snap"])
        .default("refuse"),
    )
    .addOption(
      new Option("--unit <unit>", "what offsets in the source count; default: its format's, or detected").choices([
        "utf16",
        "codepoint",
        "byte",
      ]),
    )
    .addOption(new Option("--scheme <name>", "tag scheme of the source; default: detected").choices(TAG_SCHEMES))
    .addOption(pythonOption());
}

function quoted(text: string): string {
  return `"${text}"`;
}

async function namesOf(given: string): Promise<NumberNames> {
  if ((await stat(given).catch(() => undefined))?.isFile() === true) return namesInFile(given);
  const names = parseNames(given);
  if (names !== undefined) return names;
  const advice = "give names with commas between them, such as O,B-PER,I-PER, or 1=PER,2=ORG, or a file";
  throw new CommandError(EXIT.usage, `--labels ${given}: ${advice}.`);
}

async function namesByTask(labels: readonly string[]): Promise<NonNullable<ReaderOptions["names"]>> {
  const names: Partial<Record<LabelTask, NumberNames>> = {};
  for (const given of labels) {
    const [, task, list = given] = /^([a-z]+)=(.*)$/s.exec(given) ?? [];
    if (isTask(task)) {
      if (!isLabelTask(task)) throw new CommandError(EXIT.usage, `--labels: ${task} has no labels.`);
      names[task] = await namesOf(list);
    } else if (task !== undefined && !/^\d/.test(given) && /^[a-z]+$/.test(task) && !given.includes(",")) {
      throw new CommandError(EXIT.usage, `--labels: ${task} is no task; there are ${TASK_NAMES.join(", ")}.`);
    } else {
      const all = await namesOf(given);
      for (const one of LABEL_TASKS) names[one] ??= all;
    }
  }
  return names;
}

/** The options as what reads takes them. @throws {CommandError} for what is not as the option's help says */
export async function readingOptions(
  options: ReadingOptions,
): Promise<Required<Pick<ImportOptions, "rows" | "reader">> & Pick<ImportOptions, "reviewed">> {
  const { labels = [], columns, rows, reviewed, misaligned, unit, scheme, python = "" } = options;
  return {
    rows,
    ...(reviewed !== undefined && { reviewed }),
    reader: {
      misaligned,
      ...(columns && { columns }),
      ...(labels.length > 0 && { names: await namesByTask(labels) }),
      ...(unit && { unit }),
      ...(scheme !== undefined && { scheme }),
      ...(python !== "" && { python }),
    },
  };
}
