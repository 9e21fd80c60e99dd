/** `glossator convert`: files of one format into another, without a workspace. */
import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { convertDataset } from "../datasets/convert/convert";
import type { Converted } from "../datasets/convert/convert";
import { checkTarget, ExportError, withReport, writeFolder, writeOne } from "../datasets/export/target";
import { formatOf, READABLE, WRITABLE } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { holds, ReadError } from "../datasets/format";
import { growInSmallSteps } from "../datasets/heap";
import { PythonError } from "../datasets/reading/python";
import { LongText } from "../datasets/writing/contents";
import { TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { counted } from "../text/counted";
import { readSources } from "./convert-sources";
import { CommandError, EXIT } from "./exit";
import { STDIN } from "./input";
import { jsonLine } from "./json";
import { lossLines } from "./loss-lines";
import { checkFiles, listOf } from "./options";
import { readingOptions, withReadingOptions } from "./reading-options";
import type { ReadingOptions } from "./reading-options";
import { table } from "./tables";
import type { Terminal } from "./terminal";
import { withWritingOptions, writingOptions } from "./writing-options";
import type { WritingOptions } from "./writing-options";

interface ConvertCommandOptions extends ReadingOptions, WritingOptions {
  readonly from?: FormatName;
  readonly to?: FormatName;
  readonly tasks?: readonly Task[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Where the result goes. */
type Target = { readonly kind: "stdout" } | { readonly kind: "file" | "folder"; readonly path: string };

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addConvertCommand(
  program: Command,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const writable = WRITABLE.map((name) => `${name} (${holds(formatOf(name))})`).join(", ");
  const command = program
    .command("convert")
    .summary("convert files of one format into another")
    .description(
      "Reads files or folders of any of the formats and writes them in another one. No workspace is needed, and none is touched. " +
        "What does not fit is told on standard error, by reason.",
    )
    .argument(
      "<path...>",
      `what to read, and last where to write: a file, or a folder; ${STDIN} is standard input, or standard output`,
    )
    .addOption(
      new Option("--from <name>", `${READABLE.join(", ")}; default: found out from the files`).choices(READABLE),
    )
    .addOption(new Option("--to <name>", `${writable}; default: by the extension of what is written`).choices(WRITABLE))
    .addOption(new Option("--tasks <list>", `of ${TASK_NAMES.join(", ")}; default: all`).argParser(listOf(TASK_NAMES)));
  withWritingOptions(withReadingOptions(command), 0)
    .option("--force", "replace a file, or an earlier export in a folder")
    .option("--json", "write one JSON object about it to standard output; not with - as the place to write")
    .action((paths: readonly string[], options: ConvertCommandOptions) => run(() => convert(paths, options, terminal)));
}

async function convert(paths: readonly string[], options: ConvertCommandOptions, terminal: Terminal): Promise<number> {
  growInSmallSteps();
  const [inputs, out] = [paths.slice(0, -1), paths.at(-1)!];
  if (inputs.length === 0)
    throw new CommandError(
      EXIT.usage,
      `Name what to read and where to write: glossator convert IN OUT (${STDIN} is standard output).`,
    );
  checkFiles(inputs);
  if (out === STDIN && options.json === true)
    throw new CommandError(EXIT.usage, `With ${STDIN} the data go to standard output, so --json has no place there.`);
  const writing = writingOptions(options);
  const to = options.to ?? formatFor(out);
  const target = await targetOf(out);
  try {
    if (target.kind === "folder") await checkTarget(target.path, options.force === true);
    const reading = await readingOptions(options);
    const { python } = reading.reader;
    const { sources, failed } = await readSources(inputs, options.from, terminal);
    const result = await convertDataset({
      ...{ sources, to, ...reading, ...writing },
      ...(options.from && { from: options.from }),
      ...(options.tasks && { tasks: options.tasks }),
      ...(python !== undefined && { python }),
      signal: terminal.signal,
    });
    const written = await write(result, to, target, options, terminal);
    await tell(result, to, written, options, terminal);
    const lost = result.unread.some(({ kind }) => kind === "dropped");
    return failed || lost || result.sources.some(({ format }) => format === undefined) ? EXIT.input : EXIT.ok;
  } catch (error) {
    if (!(error instanceof ReadError || error instanceof ExportError || error instanceof PythonError)) throw error;
    throw new CommandError(EXIT.input, error.message, { cause: error });
  }
}

/** The format that an extension stands for. @throws {CommandError} where there is none, or more than one */
function formatFor(out: string): FormatName {
  const extension = extname(out).slice(1).toLowerCase();
  const some = WRITABLE.filter((name) => formatOf(name).extensions.includes(extension));
  const chosen = some.length === 1 ? some[0] : some.find((name) => name.startsWith(extension));
  if (chosen !== undefined && extension !== "") return chosen;
  const why =
    some.length === 0 || extension === ""
      ? `${out === STDIN ? "standard output" : out} does not say which format to write`
      : `.${extension} is the extension of ${some.join(", ")}`;
  throw new CommandError(EXIT.usage, `Name the format with --to: ${why}. Formats: ${WRITABLE.join(", ")}.`);
}

async function targetOf(out: string): Promise<Target> {
  if (out === STDIN) return { kind: "stdout" };
  const path = resolve(out);
  const folder =
    /[\\/]$/.test(out) || extname(out) === "" || (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return { kind: folder ? "folder" : "file", path };
}

/** The one file with data, and those beside it. @throws {ReadError} where there is not one */
function single({ written }: Converted, to: FormatName): { readonly name: string; readonly beside: readonly string[] } {
  const names = [...written.files.keys()];
  const { beside = [] } = formatOf(to);
  const own = names.filter((name) => !beside.includes(name));
  const only = own.length === 1 ? own : own.filter((name) => written.counts[name] !== undefined);
  if (only.length !== 1)
    throw new ReadError(
      `${formatOf(to).title} makes ${names.length} files of this (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}): name a folder to write to, or choose with --tasks.`,
    );
  return { name: only[0]!, beside: names.filter((name) => name !== only[0]) };
}

/** Writes, and gives the paths of what was written. */
async function write(
  result: Converted,
  to: FormatName,
  target: Target,
  { force = false }: ConvertCommandOptions,
  terminal: Terminal,
): Promise<readonly string[]> {
  const { files, losses } = result.written;
  if (target.kind === "folder") {
    const all = withReport(files, [...result.unread, ...losses]);
    await writeFolder(target.path, all, await checkTarget(target.path, force), terminal.signal);
    return [...all.keys()].sort();
  }
  const { name, beside } = single(result, to);
  const contents = files.get(name)!;
  if (beside.length > 0)
    terminal.say(`Left out, since one file is written: ${beside.join(", ")}. Name a folder to have all of it.`);
  if (target.kind === "file") {
    await writeOne(target.path, contents, force);
    return [basename(target.path)];
  }
  for (const piece of contents instanceof LongText ? contents : [contents]) await terminal.write(piece);
  return [];
}

async function tell(
  { sources, documents, written, unread }: Converted,
  to: FormatName,
  files: readonly string[],
  { json }: ConvertCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const losses = [...unread, ...written.losses];
  if (json === true) {
    const whole = { sources, format: to, documents, files, counts: written.counts, losses };
    for (const piece of jsonLine(whole)) await terminal.write(piece);
    return;
  }
  for (const { name, format, because } of sources) {
    if (format === undefined) terminal.say(`${name}: ${because}`);
    else if (files.length > 0) await terminal.write(`${name}: ${formatOf(format).title} (${because})\n`);
  }
  const rows = Object.entries(written.counts).map(([file, count]) => [file, String(count)]);
  if (files.length > 0) {
    await terminal.write(table(["file", "examples"], rows, [1]));
    const said = `${counted(documents, "document")} as ${formatOf(to).title}.`;
    await terminal.write(`${said} ${losses.length === 0 ? "Nothing was left out." : ""}`.trimEnd() + "\n");
  }
  for (const line of lossLines(losses, "--json")) terminal.say(line);
}
