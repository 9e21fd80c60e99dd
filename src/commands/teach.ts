/** `glossator teach`: the model learns from a workspace's decisions; its versions are listed, activated and taken back. */
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { Option } from "commander";
import type { Command } from "commander";
import { isQuestionTask, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { baseTextOf } from "../training/base-text";
import { versionsFolder } from "../training/places";
import { startTeaching, startWork } from "../training/process/client";
import { exportedText, notYetText, outcomeText, progressText, saidIn, versionLine } from "../training/report";
import { readTaught } from "../training/read-taught";
import type { TeachRequest } from "../training/request";
import type { TeachHooks, TeachReport } from "../training/teach";
import { AS_IT_CAME, Versions } from "../training/versions";
import { counted } from "../text/counted";
import { modelFolders } from "./engine";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { BUILT_IN, integer, listOf, modelOption } from "./options";
import type { Places } from "./options";
import { excerpt, percent, table } from "./tables";
import { comparedVersions, tellChanges } from "./what-changes";
import type { Terminal } from "./terminal";

interface TeachCommandOptions {
  readonly workspace: string;
  readonly model?: readonly string[];
  readonly tasks?: readonly Task[];
  readonly store?: string;
  readonly threads: number;
  readonly seed: number;
  readonly dryRun?: boolean;
  readonly versions?: boolean;
  readonly activate?: string;
  readonly back?: boolean;
  readonly whatChanges?: string;
  readonly exportJob?: string;
  readonly import?: string;
  readonly json?: boolean;
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addTeachCommand(
  program: Command,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  program
    .command("teach")
    .summary("teach the model by decisions, and manage its versions")
    .description(
      "Teaches the model by the decisions of a workspace, and uses the new version if it is better on decisions that were held out and says of other text what it " +
        "said before; else the version is kept aside. The versions are kept in your own storage, for this workspace alone. " +
        "Ctrl-C stops; the same command goes on where it was.",
    )
    .option("--workspace <folder>", "the folder whose .glossator holds the decisions", ".")
    .addOption(modelOption("the model that is taught; default: the one that comes with Glossator"))
    .addOption(new Option("--tasks <list>", `of ${TASK_NAMES.join(", ")}; default: all`).argParser(listOf(TASK_NAMES)))
    .addOption(
      new Option("--store <folder>", "where versions are kept (default: by the platform's custom)").env(
        "GLOSSATOR_STORE",
      ),
    )
    .addOption(new Option("--threads <n>", "threads of the job").argParser(integer(1)).default(2))
    .addOption(new Option("--seed <n>", "draws batches").argParser(integer(0)).default(1))
    .option("--dry-run", "list what would be learned from, and do nothing else")
    .addOption(new Option("--versions", "list the versions").conflicts(["activate", "back", "dryRun"]))
    .addOption(
      new Option("--activate <version>", `use this version from now on; ${AS_IT_CAME}: the model as it came`).conflicts(
        ["back", "dryRun"],
      ),
    )
    .addOption(new Option("--back", "use what the version now in use was taught from").conflicts("dryRun"))
    .addOption(
      new Option(
        "--what-changes <version>",
        "list what this version says otherwise than what is used now of the workspace's text files; of the version that is used: otherwise than what it was taught from",
      ).conflicts(["versions", "activate", "back", "dryRun"]),
    )
    .addOption(
      new Option(
        "--export-job <folder>",
        "write what would be learned, the model and the training package into a new folder, which one command trains on any machine",
      ).conflicts(["versions", "activate", "back", "dryRun", "whatChanges"]),
    )
    .addOption(
      new Option(
        "--import <folder>",
        "bring back the folder of a job that was trained: it is measured, and used if it is better",
      ).conflicts(["versions", "activate", "back", "dryRun", "whatChanges", "exportJob"]),
    )
    .option("--json", "write one JSON object, and nothing else to standard output")
    .action((options: TeachCommandOptions) => run(() => teach(options, places, terminal)));
}

/** Where versions are kept, by the platform's custom. */
function dataFolder(): string {
  const home = homedir();
  if (process.platform === "win32")
    return join(process.env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "glossator");
  if (process.platform === "darwin") return join(home, "Library", "Application Support", "glossator");
  return join(process.env["XDG_DATA_HOME"] ?? join(home, ".local", "share"), "glossator");
}

async function teach(options: TeachCommandOptions, places: Places, terminal: Terminal): Promise<number> {
  const workspace = resolve(options.workspace);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.input, `${workspace} is no folder: name the workspace with --workspace.`);
  const [modelFolder, ...others] = modelFolders(options, places);
  if (modelFolder === undefined || others.length > 0)
    throw new CommandError(EXIT.usage, "One model is taught at a time: give --model once.");
  const name = modelFolder === places.builtInModel ? BUILT_IN : modelFolder;
  const store = options.store === undefined ? dataFolder() : resolve(options.store);
  const request: TeachRequest = {
    ...{ workspace, modelFolder, versions: versionsFolder(store, workspace, name), threads: options.threads },
    baseText: await baseTextOf(modelFolder, places.builtInModel),
    settings: { seed: options.seed },
    ...(options.tasks && { tasks: options.tasks }),
  };
  const versions = new Versions(request.versions);
  try {
    if (options.versions) return await list(versions, options, terminal);
    if (options.activate !== undefined || options.back) {
      const { activate } = options;
      const version =
        activate === undefined
          ? await versions.back()
          : await versions.activate(activate === AS_IT_CAME ? undefined : activate);
      terminal.say(
        version ? `Version ${version.id} is used: ${versionLine(version)}.` : "The model is used as it came.",
      );
      return EXIT.ok;
    }
    if (options.whatChanges !== undefined) {
      const which = await comparedVersions(versions, options.whatChanges);
      return await tellChanges({ workspace, modelFolder, ...which }, options, places, terminal);
    }
    if (options.dryRun) return await show(request, options, terminal);
    const process = { serverPath: places.teacher };
    const hooks: TeachHooks = {
      signal: terminal.signal,
      onProgress: (progress) => terminal.progress(progressText(progress)),
    };
    if (options.exportJob !== undefined) {
      const out = resolve(options.exportJob);
      const job = { ...request, out, trainingPackage: places.trainingPackage };
      const exported = await startWork(process, "export", job, hooks).report;
      if (options.json) for (const piece of jsonLine({ ...exported })) await terminal.write(piece);
      else for (const line of exportedText(exported)) terminal.say(line);
      return EXIT.ok;
    }
    if (options.import !== undefined) {
      const job = { ...request, folder: resolve(options.import) };
      return await tell(await startWork(process, "import", job, hooks).report, options, terminal);
    }
    const { report } = startTeaching(process, request, hooks);
    return await tell(await report, options, terminal);
  } catch (error) {
    if (terminal.signal.aborted || !(error instanceof Error) || error instanceof CommandError) throw error;
    // By name: from the other process an error comes without its class.
    const exit = error.name === "ModelError" ? EXIT.model : EXIT.input;
    throw new CommandError(exit, error.message, { cause: error });
  }
}

async function list(versions: Versions, { json }: TeachCommandOptions, terminal: Terminal): Promise<number> {
  const all = await versions.list();
  const active = await versions.active();
  if (json) {
    const shown = all.map((version) => ({ ...version, active: version.id === active?.id }));
    for (const piece of jsonLine({ active: active?.id ?? null, versions: shown })) await terminal.write(piece);
    return EXIT.ok;
  }
  if (all.length === 0) {
    terminal.say("There are no versions yet: the model is used as it came.");
    return EXIT.ok;
  }
  const rows = all.map((version) => [
    version.id === active?.id ? "*" : "",
    ...[version.id, version.parent ?? "as it came", versionLine(version), version.folder],
  ]);
  await terminal.write(table(["", "version", "taught from", "what", "folder"], rows));
  return EXIT.ok;
}

async function show(request: TeachRequest, { json }: TeachCommandOptions, terminal: Terminal): Promise<number> {
  const taught = await readTaught(request, terminal.signal);
  if (json) {
    for (const piece of jsonLine({ ...taught })) await terminal.write(piece);
    return EXIT.ok;
  }
  for (const { task, examples, decisions, left } of taught.tasks) {
    const rows = examples.map((example) => [
      example.document,
      excerpt(example.text),
      saidIn(example).join("; "),
      String(example.weight),
    ]);
    await terminal.write(`${task}: ${counted(decisions, "decision")} in ${counted(examples.length, "example")}\n`);
    if (rows.length > 0) await terminal.write(table(["document", "text", "what is learned", "weight"], rows, [3]));
    for (const { document, exact, reason } of left)
      terminal.say(`${document}: "${excerpt(exact)}" is left out: ${reason}`);
  }
  for (const { task, decisions } of taught.notYet) if (decisions > 0) terminal.say(notYetText({ task, decisions }));
  sayDropped(taught, terminal);
  return EXIT.ok;
}

/** What is not learned from because it cannot be read, such as a document that is gone. */
function sayDropped({ losses }: Pick<TeachReport, "losses">, terminal: Terminal): void {
  for (const { document, reason } of losses.filter(({ kind }) => kind === "dropped"))
    terminal.say(`${document ?? ""}: ${reason}`);
}

async function tell(report: TeachReport, { json }: TeachCommandOptions, terminal: Terminal): Promise<number> {
  const { outcomes, left, notYet } = report;
  if (json) {
    for (const piece of jsonLine({ ...report })) await terminal.write(piece);
    return EXIT.ok;
  }
  if (outcomes.length === 0) terminal.say("There are no decisions to learn from: label some documents first.");
  for (const outcome of outcomes) {
    await terminal.write(`${outcomeText(outcome)}\n`);
    if (outcome.kind !== "judged") continue;
    const { all, labels } = outcome.verdict;
    const rows = [all, ...labels].map(({ label = "all", before, after, interval }) => [
      ...[label, percent(before.f1, 1), percent(after.f1, 1)],
      ...[`${percent(interval.low, 1)} to ${percent(interval.high, 1)}`, percent(after.precision, 1)],
      ...[percent(after.recall, 1), String(Math.round(after.right + after.missed))],
    ]);
    const asked = isQuestionTask(outcome.task);
    const head = asked
      ? ["questions with", "F1 before", "F1 after", "95 % of draws", "questions"]
      : ["label", "F1 before", "F1 after", "95 % of draws", "precision", "recall", "decisions"];
    // Precision and recall of questions are no figures of their own.
    const shown = asked ? rows.map((row) => [...row.slice(0, 4), ...row.slice(6)]) : rows;
    await terminal.write(table(head, shown, asked ? [1, 2, 4] : [1, 2, 4, 5, 6]));
  }
  if (left.length > 0)
    terminal.say(`${counted(left.length, "decision")} could not be learned from: --dry-run says why.`);
  for (const item of notYet) terminal.say(notYetText(item));
  sayDropped(report, terminal);
  return EXIT.ok;
}
