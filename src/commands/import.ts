/** `glossator import`: datasets into a workspace's decisions. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { READABLE, formatOf } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { growInSmallSteps } from "../datasets/heap";
import { ImportError } from "../datasets/import/import-error";
import { onlyDocuments, planImport } from "../datasets/import/plan";
import type { ImportOptions, ImportPlan } from "../datasets/import/plan";
import type { Choice } from "../datasets/import/conflicts";
import { safePath } from "../datasets/import/paths";
import { conflictsOf, previewOf, tokensKept } from "../datasets/import/preview";
import type { ImportPreview } from "../datasets/import/preview";
import { importMarkdown } from "../datasets/import/report";
import { undoImport } from "../datasets/import/undo";
import { carryOut } from "../datasets/import/carry-out";
import type { ImportReport } from "../datasets/import/carry-out";
import { RefusedFileError } from "../files/refused";
import { holds, ReadError } from "../datasets/format";
import { SPLITS } from "../datasets/splits";
import type { Split } from "../datasets/splits";
import { defaultAnnotator } from "../labels/annotator";
import { JournalWriteError } from "../labels/log/journal";
import { LabelSetError } from "../labels/labelset";
import { LABEL_TASKS, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { counted } from "../text/counted";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { lossLines } from "./loss-lines";
import { documentsNamed, documentsOption, listOf } from "./options";
import { readingOptions, withReadingOptions } from "./reading-options";
import type { ReadingOptions } from "./reading-options";
import { table } from "./tables";
import type { Terminal } from "./terminal";

interface ImportCommandOptions extends ReadingOptions {
  readonly workspace: string;
  readonly format?: FormatName;
  readonly tasks?: readonly Task[];
  readonly splits?: readonly Split[];
  readonly documents?: readonly string[];
  readonly into?: string;
  readonly annotator?: string;
  readonly keepAnnotators?: boolean;
  readonly conflicts: Choice;
  readonly dryRun?: boolean;
  readonly report?: boolean;
  readonly undo?: boolean;
  readonly json?: boolean;
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addImportCommand(
  program: Command,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const command = program
    .command("import")
    .summary("import datasets as decisions")
    .description(
      "Reads a file or folder in any of the formats, finds its labels in the documents of a workspace, and writes them to the log of decisions as one act. " +
        "Nothing that was decided before is overwritten unless --conflicts says so.",
    )
    .argument("<path>", "a file or a folder; with --undo, the id of an import")
    .option("--workspace <folder>", "the folder whose .glossator holds the decisions", ".")
    .addOption(
      new Option(
        "--format <name>",
        `${READABLE.map((name) => `${name} (${holds(formatOf(name))})`).join(", ")}; default: detected`,
      ).choices(READABLE),
    )
    .addOption(new Option("--tasks <list>", `of ${TASK_NAMES.join(", ")}; default: all`).argParser(listOf(TASK_NAMES)))
    .addOption(
      new Option(
        "--splits <list>",
        `of ${SPLITS.join(", ")}, as the names of files tell them; files of no split are read in any case; default: all`,
      ).argParser(listOf(SPLITS)),
    )
    .addOption(documentsOption("take what is about these only"))
    .option(
      "--into <folder>",
      "make documents that do not exist in this folder of the workspace; default: none are made",
    )
    .option("--annotator <name>", "whose decisions they become; default: git's global user name, else the account's")
    .option("--keep-annotators", "what others decided goes to logs of their names, so that annotators can be compared");
  withReadingOptions(command)
    .addOption(
      new Option("--conflicts <side>", "what to do where something else was decided before")
        .choices(["mine", "theirs", "both"])
        .default("mine"),
    )
    .option("--dry-run", "say what would be imported, and write nothing")
    .option("--report", "write the whole report as Markdown to standard output")
    .option("--undo", "take the import of this id back")
    .option("--json", "write one JSON object, and nothing else, to standard output")
    .action((path: string, options: ImportCommandOptions) => run(() => importPath(path, options, terminal)));
}

async function importPath(source: string, options: ImportCommandOptions, terminal: Terminal): Promise<number> {
  growInSmallSteps();
  const workspace = resolve(options.workspace);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.input, `${workspace} is no folder: name the workspace with --workspace.`);
  try {
    if (options.undo === true) return await takeBack(workspace, source, options, terminal);
    const whole = await planImport({ ...(await request(options)), source, workspace, ...hooks(terminal) });
    const plan = options.documents === undefined ? whole : narrowed(whole, options.documents);
    const preview = previewOf(plan);
    const nothing =
      preview.added + preview.same + preview.conflicts === 0 &&
      !plan.logs.some(({ compared }) => compared.reviewed.length > 0);
    // What was left out was named: a script has to learn of it without reading.
    const done = nothing || plan.losses.some(({ kind }) => kind === "dropped") ? EXIT.input : EXIT.ok;
    if (options.dryRun === true) {
      await write(plan, preview, undefined, options, terminal);
      return done;
    }
    const report = await carryOut(plan, { choose: () => options.conflicts, ...hooks(terminal) });
    await write(plan, preview, report, options, terminal);
    return done;
  } catch (error) {
    const known = [ImportError, ReadError, LabelSetError, JournalWriteError, RefusedFileError].some(
      (type) => error instanceof type,
    );
    if (!known) throw error;
    throw new CommandError(EXIT.input, (error as Error).message, { cause: error });
  }
}

/** @throws {CommandError} for a name that stands for nothing. */
function narrowed(plan: ImportPlan, names: readonly string[]): ImportPlan {
  const known = plan.targets.map((target) => target.path);
  return onlyDocuments(plan, documentsNamed(plan.workspace, known, names, "the dataset has nothing"));
}

function hooks(terminal: Terminal): {
  signal: AbortSignal;
  onProgress: (of: { done: number; total: number; item: string }) => void;
} {
  return {
    signal: terminal.signal,
    onProgress: ({ done, total, item }) => terminal.progress(`${done} of ${total}, ${item}`),
  };
}

async function request(options: ImportCommandOptions): Promise<Omit<ImportOptions, "source" | "workspace">> {
  const { format, tasks, splits } = options;
  const author = (options.annotator ?? (await defaultAnnotator())).trim();
  if (author === "") throw new CommandError(EXIT.usage, "The annotator's name is empty.");
  const into = options.into === undefined || options.into === "." ? options.into && "" : safePath(options.into);
  if (options.into !== undefined && into === undefined)
    throw new CommandError(EXIT.usage, "--into must be a folder of the workspace, relative to it.");
  return {
    author,
    ...(format && { format }),
    ...(tasks && { tasks }),
    ...(splits && { splits }),
    ...(into !== undefined && { into }),
    annotators: options.keepAnnotators === true ? "keep" : "mine",
    ...(await readingOptions(options)),
  };
}

async function takeBack(
  workspace: string,
  act: string,
  { json }: ImportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { documents, removed, labels, kept } = await undoImport(workspace, act);
  if (json) {
    for (const piece of jsonLine({ undone: act, documents, removed, labels, kept })) await terminal.write(piece);
    return EXIT.ok;
  }
  const names = LABEL_TASKS.flatMap((task) => labels[task]);
  const gone = [
    ...(removed.length > 0 ? [counted(removed.length, "document")] : []),
    ...(names.length > 0 ? [counted(names.length, "label")] : []),
  ];
  await terminal.write(`The import was taken back in ${counted(documents.length, "document")}.\n`);
  if (gone.length > 0) await terminal.write(`Gone with it, since it made them: ${gone.join(" and ")}.\n`);
  for (const { what, reason } of kept) terminal.say(`${what} stays: ${reason}`);
  return EXIT.ok;
}

async function write(
  planned: ImportPlan,
  preview: ImportPreview,
  report: ImportReport | undefined,
  options: ImportCommandOptions,
  terminal: Terminal,
): Promise<void> {
  // Which relations are lost is known once conflicts are settled.
  const plan = report === undefined ? planned : { ...planned, losses: report.losses };
  if (options.json) {
    const conflicts = conflictsOf(plan).map(({ id, document, task, mine, theirs, reason }) => ({
      id,
      document,
      task,
      mine,
      theirs,
      reason,
    }));
    const whole = { dryRun: report === undefined, preview, conflicts, losses: plan.losses, ...(report && { report }) };
    for (const piece of jsonLine(whole)) await terminal.write(piece);
    return;
  }
  if (options.report) {
    const settled = report === undefined ? undefined : (): string => options.conflicts;
    await terminal.write(importMarkdown(plan, report === undefined ? "What an import would do" : "Import", settled));
    return;
  }
  await terminal.write(`${preview.format} (${preview.because})\n`);
  if (preview.unit !== undefined) await terminal.write(`Unit of offsets: ${preview.unit}\n`);
  if (preview.scheme !== undefined) await terminal.write(`Scheme: ${preview.scheme}\n`);
  for (const { file, columns } of preview.tables) {
    const all = columns.map(({ name, role, holds: what }) => `${name} ${role ?? `(${what})`}`);
    await terminal.write(`Columns of ${file}: ${all.join(", ")}\n`);
  }
  for (const { task, samples } of preview.unnamed) {
    await terminal.write(`Labels of ${task} that are numbers without names; --labels names them. They are on:\n`);
    for (const sample of samples) await terminal.write(`  ${sample}\n`);
  }
  for (const said of preview.several) await terminal.write(`Several classes: ${said}\n`);
  for (const row of preview.rows) await terminal.write(`Rows: ${row}\n`);
  if (preview.reviewed !== undefined) await terminal.write(`Reviewed: ${preview.reviewed}\n`);
  const kept = tokensKept(preview);
  if (kept !== undefined) await terminal.write(`Tokens: ${kept}\n`);
  const rows = [
    ...preview.labels.map(({ task, label, count }) => [task, label, String(count)]),
    ...preview.relations.map(({ type, count }) => ["relation", type, String(count)]),
  ];
  if (rows.length > 0) await terminal.write(table(["task", "label", "count"], rows, [2]));
  const fresh = preview.documents.filter(({ isNew }) => isNew).length;
  await terminal.write(
    `${preview.documents.length} documents, ${fresh} of them new; ${preview.added} new decisions, ${preview.same} known before, ` +
      `${preview.conflicts} in conflict (${report === undefined ? "nothing was written" : `settled: ${options.conflicts}`}).\n`,
  );
  for (const line of lossLines(plan.losses)) terminal.say(line);
  if (report?.act !== undefined) await terminal.write(`Take it back with: glossator import --undo ${report.act}\n`);
}
