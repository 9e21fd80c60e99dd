/** `glossator export`: a workspace's decisions as datasets. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { exportDataset } from "../datasets/export/export";
import { ExportError } from "../datasets/export/target";
import { UnknownLabelsError } from "../datasets/export/unknown-labels";
import type { ExportReport } from "../datasets/export/export";
import { holds } from "../datasets/format";
import { growInSmallSteps } from "../datasets/heap";
import { formatOf, WRITABLE } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { lossCount } from "../datasets/losses";
import { defaultLabelSets, LabelSetError } from "../labels/labelset";
import type { LabelSets } from "../labels/labelset";
import { loggedDocuments } from "../labels/log/read-log";
import { ModelError } from "../model/errors";
import { describeModels, serving } from "../model/manifest/folders";
import { LABEL_TASKS, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { counted } from "../text/counted";
import { modelFolders } from "./engine";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { documentsNamed, documentsOption, listOf, modelOption, pythonOption } from "./options";
import type { Places } from "./options";
import { table } from "./tables";
import type { Terminal } from "./terminal";
import { withWritingOptions, writingOptions } from "./writing-options";
import type { WritingOptions } from "./writing-options";

interface ExportCommandOptions extends WritingOptions {
  readonly workspace: string;
  readonly out: string;
  readonly format: readonly FormatName[];
  readonly annotator?: string;
  readonly tasks?: readonly Task[];
  readonly documents?: readonly string[];
  readonly model?: readonly string[];
  readonly python?: string;
  readonly leaveOutUnknownLabels?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addExportCommand(
  program: Command,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const formats = WRITABLE.map((name) => `${name} (${holds(formatOf(name))})`).join(", ");
  const command = program
    .command("export")
    .summary("export decisions as datasets")
    .description(
      "Writes the decisions of a workspace as datasets, each format into a folder of its name, with a report of what it could not hold.",
    )
    .option("--workspace <folder>", "the folder whose .glossator holds the decisions", ".")
    .requiredOption("--out <folder>", "where to write")
    .addOption(
      new Option("--format <list>", formats)
        .argParser(listOf(WRITABLE))
        .default(["huggingface"] as const, "huggingface"),
    )
    .option("--annotator <name>", "this annotator's own decisions alone, without adjudications (default: what counts)")
    .addOption(new Option("--tasks <list>", `of ${TASK_NAMES.join(", ")}; default: all`).argParser(listOf(TASK_NAMES)))
    .addOption(documentsOption("export the decisions of these only"));
  withWritingOptions(command, 0.2)
    .addOption(modelOption("label sets are this model's where the workspace has none; several times for several"))
    .addOption(pythonOption())
    .option("--leave-out-unknown-labels", "go on without decisions whose label labels.json lacks (default: stop)")
    .option("--force", "replace an earlier export there")
    .option("--json", "write JSON Lines, one object a format, and nothing else to standard output")
    .action((options: ExportCommandOptions) => run(() => exportAll(options, places, terminal)));
}

async function exportAll(options: ExportCommandOptions, places: Places, terminal: Terminal): Promise<number> {
  growInSmallSteps();
  const writing = writingOptions(options);
  const workspace = resolve(options.workspace);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.input, `${workspace} is no folder: name the workspace with --workspace.`);
  const documents = await chosenDocuments(workspace, options.documents);
  const defaults = await labelSets(options, places);
  let failed = false;
  for (const format of options.format) {
    try {
      const report = await exportDataset({
        ...{ workspace, format, defaults, ...writing },
        ...(options.annotator !== undefined && { annotator: options.annotator }),
        target: join(resolve(options.out), format),
        ...(options.tasks && { tasks: options.tasks }),
        ...(documents && { documents }),
        ...(options.python !== undefined && options.python !== "" && { python: options.python }),
        overwrite: options.force === true,
        leaveOutUnknownLabels: options.leaveOutUnknownLabels === true,
        onProgress: ({ done, total, item }) => terminal.progress(`${format}: ${done} of ${total}, ${item}`),
        signal: terminal.signal,
      });
      if (unreadable(report)) failed = true;
      await write(format, report, options, terminal);
    } catch (error) {
      if (!(error instanceof ExportError || error instanceof LabelSetError)) throw error;
      failed = true;
      const goOn =
        error instanceof UnknownLabelsError
          ? " Add the labels to labels.json, make their names aliases of labels there, or go on without them: --leave-out-unknown-labels."
          : "";
      terminal.say(`${format}: ${error.message}${goOn}`);
    }
  }
  return failed ? EXIT.input : EXIT.ok;
}

/** @throws {CommandError} for a name that stands for nothing: a slip there would leave decisions out without a word. */
async function chosenDocuments(
  workspace: string,
  names: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (names === undefined) return undefined;
  const known = await loggedDocuments(join(workspace, ".glossator"));
  return documentsNamed(workspace, known, names, "nothing was decided");
}

async function labelSets(options: ExportCommandOptions, places: Places): Promise<LabelSets> {
  try {
    const parts = await describeModels(modelFolders(options, places));
    const labels = LABEL_TASKS.map((task) => {
      const decoder = serving(parts, task)?.manifest.tasks[task];
      return [task, decoder?.labels] as const;
    });
    return defaultLabelSets(Object.fromEntries(labels.filter(([, names]) => names)));
  } catch (error) {
    // Only a model somebody asked for has to be there: exporting runs none.
    if (!(error instanceof ModelError)) throw error;
    if (options.model?.some((folder) => folder !== ""))
      throw new CommandError(EXIT.model, error.message, { cause: error });
    return defaultLabelSets();
  }
}

/** Whether a document could not be read; what was read but did not fit the format is a loss, and no failure. */
function unreadable({ losses }: ExportReport): boolean {
  return losses.some(
    ({ kind, task, reason }) => kind === "dropped" && task === undefined && /cannot be read/.test(reason),
  );
}

async function write(
  format: FormatName,
  { target, files, counts, documents, losses }: ExportReport,
  { json }: ExportCommandOptions,
  terminal: Terminal,
): Promise<void> {
  if (json) {
    for (const piece of jsonLine({ format, target, documents, files, counts, losses })) await terminal.write(piece);
    return;
  }
  await terminal.write(`${formatOf(format).title}: ${target}\n`);
  const rows = Object.entries(counts).map(([file, count]) => [file, String(count)]);
  await terminal.write(table(["file", "examples"], rows, [1]));
  const from = `From ${counted(documents, "document")} with decisions.`;
  const lost =
    losses.length === 0
      ? "Nothing was left out."
      : `${counted(lossCount(losses), "thing")} did not fit or were left out: ${join(target, "LOSSES.md")}`;
  await terminal.write(`${from} ${lost}\n\n`);
  for (const { document, reason } of losses.filter(({ reason }) => /cannot be read/.test(reason)))
    terminal.say(`${document ?? format}: ${reason}`);
}
