/** `glossator convert`: files of one format into another, without a workspace. */
import { stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import process from "node:process";
import { Option } from "commander";
import type { Command } from "commander";
import { convertDataset } from "../datasets/convert/convert";
import type { Converted, ConvertSource } from "../datasets/convert/convert";
import { TOKEN_CHOICES } from "../datasets/document";
import type { TokenChoice } from "../datasets/document";
import { checkTarget, ExportError, withReport, writeFolder, writeOne } from "../datasets/export/target";
import { detectFormats, FORMAT_NAMES, formatOf, holds } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { ReadError } from "../datasets/format";
import type { Misaligned } from "../datasets/format";
import { sourceFiles } from "../datasets/import/files";
import type { RowChoice } from "../datasets/import/rows";
import { PythonError } from "../datasets/reading/python";
import { TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { OffsetUnit } from "../text/offsets";
import { TAG_SCHEMES } from "../text/tags";
import { CommandError, EXIT } from "./exit";
import { CHOICES, choiceOf } from "./export";
import { readBytes, STDIN } from "./input";
import { jsonLine } from "./json";
import { lossLines } from "./loss-lines";
import { fraction, integer, listOf, pythonOption, rowsOption } from "./options";
import { table } from "./tables";
import type { Terminal } from "./terminal";

/** How much of standard input is looked at to tell what it is. */
const HEAD_BYTES = 64 * 1024;

interface ConvertCommandOptions {
  readonly from?: FormatName;
  readonly to?: FormatName;
  readonly tasks?: readonly Task[];
  readonly option?: Readonly<Record<string, string>>;
  readonly reviewed?: boolean;
  readonly rows: RowChoice;
  readonly tokens: TokenChoice;
  readonly misaligned: Misaligned;
  readonly unit?: OffsetUnit;
  readonly scheme?: string;
  readonly python?: string;
  readonly seed: number;
  readonly validation: number;
  readonly test: number;
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
  const readable = FORMAT_NAMES.filter((name) => formatOf(name).read !== undefined);
  const writable = FORMAT_NAMES.map((name) => `${name} (${holds(formatOf(name))})`).join(", ");
  program
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
      new Option("--from <name>", `${readable.join(", ")}; default: found out from the files`).choices(readable),
    )
    .addOption(
      new Option("--to <name>", `${writable}; default: by the extension of what is written`).choices(FORMAT_NAMES),
    )
    .addOption(new Option("--tasks <list>", `of ${TASK_NAMES.join(", ")}; default: all`).argParser(listOf(TASK_NAMES)))
    .addOption(
      new Option("--option <name=value>", `a choice of the format, several times: ${CHOICES}`).argParser(choiceOf),
    )
    .addOption(rowsOption())
    .option("--reviewed", "the source is complete: what has no label in it has none; default: as its format says")
    .option("--no-reviewed", "nothing of it counts as looked at in full, whatever its format says")
    .addOption(
      new Option("--tokens <whose>", "words and sentences: source, those of the source where it has some; own, ours")
        .choices(TOKEN_CHOICES)
        .default(TOKEN_CHOICES[0]),
    )
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
    .addOption(pythonOption())
    .addOption(new Option("--seed <n>", "draws which documents are held out").argParser(integer(0)).default(0))
    .addOption(new Option("--validation <share>", "share of documents held out").argParser(fraction).default(0))
    .addOption(new Option("--test <share>", "share of documents held out for tests").argParser(fraction).default(0))
    .option("--force", "replace a file, or an earlier export in a folder")
    .option("--json", "write one JSON object about it to standard output; not with - as the place to write")
    .action((paths: readonly string[], options: ConvertCommandOptions) => run(() => convert(paths, options, terminal)));
}

async function convert(paths: readonly string[], options: ConvertCommandOptions, terminal: Terminal): Promise<number> {
  const [inputs, out] = [paths.slice(0, -1), paths.at(-1)!];
  if (inputs.length === 0)
    throw new CommandError(
      EXIT.usage,
      `Name what to read and where to write: glossator convert IN OUT (${STDIN} is standard output).`,
    );
  if (inputs.filter((name) => name === STDIN).length > 1)
    throw new CommandError(EXIT.usage, `Standard input (${STDIN}) is named twice; it can be read once.`);
  if (out === STDIN && options.json === true)
    throw new CommandError(EXIT.usage, `With ${STDIN} the data go to standard output, so --json has no place there.`);
  if (options.validation + options.test >= 1)
    throw new CommandError(EXIT.usage, "The held-out shares leave nothing to train on: lower --validation or --test.");
  const to = options.to ?? formatFor(out);
  const target = await targetOf(out);
  try {
    if (target.kind === "folder") await checkTarget(target.path, options.force === true);
    const { sources, failed } = await readSources(inputs, options, terminal);
    const {
      from,
      tasks,
      reviewed,
      rows,
      tokens,
      misaligned,
      unit,
      scheme,
      python = "",
      seed,
      validation,
      test,
    } = options;
    const result = await convertDataset({
      ...{ sources, to, rows, tokens, seed, validation, test, choices: options.option ?? {} },
      ...(from && { from }),
      ...(tasks && { tasks }),
      ...(reviewed !== undefined && { reviewed }),
      ...(python !== "" && { python }),
      reader: {
        misaligned,
        ...(unit && { unit }),
        ...(scheme !== undefined && { scheme }),
        ...(python !== "" && { python }),
      },
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
  const some = FORMAT_NAMES.filter((name) => formatOf(name).extensions.includes(extension));
  const chosen = some.length === 1 ? some[0] : some.find((name) => name.startsWith(extension));
  if (chosen !== undefined && extension !== "") return chosen;
  const why =
    some.length === 0 || extension === ""
      ? `${out === STDIN ? "standard output" : out} does not say which format to write`
      : `.${extension} is the extension of ${some.join(", ")}`;
  throw new CommandError(EXIT.usage, `Name the format with --to: ${why}. Formats: ${FORMAT_NAMES.join(", ")}.`);
}

async function targetOf(out: string): Promise<Target> {
  if (out === STDIN) return { kind: "stdout" };
  const path = resolve(out);
  const folder =
    /[\\/]$/.test(out) || extname(out) === "" || (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return { kind: folder ? "folder" : "file", path };
}

async function readSources(
  inputs: readonly string[],
  options: ConvertCommandOptions,
  terminal: Terminal,
): Promise<{ readonly sources: readonly ConvertSource[]; readonly failed: boolean }> {
  const sources: ConvertSource[] = [];
  const problems: string[] = [];
  for (const [index, name] of inputs.entries()) {
    terminal.progress(`${index} of ${inputs.length}, ${name}`);
    try {
      if (name === STDIN) {
        const bytes = await readBytes(name, process.stdin, terminal.signal);
        sources.push({ name: "standard input", files: new Map([[nameFor(bytes, options.from), bytes]]), refused: [] });
      } else sources.push({ name, ...(await sourceFiles(resolve(name), terminal.signal)) });
    } catch (error) {
      terminal.signal.throwIfAborted();
      problems.push((error as Error).message);
    }
  }
  if (sources.length === 0) throw new ReadError(problems.join("\n"));
  for (const problem of problems) terminal.say(problem);
  return { sources, failed: problems.length > 0 };
}

/** A name for what comes without one, such that readers that go by extensions look at it. */
function nameFor(bytes: Uint8Array, from: FormatName | undefined): string {
  const known = contentExtension(bytes);
  const guesses = [...known, ...(from === undefined ? ["txt", "tsv", "csv", "conllu"] : formatOf(from).extensions)];
  const best = guesses
    .map((extension) => {
      const found = detectFormats(new Map([[`stdin.${extension}`, bytes]]));
      const mine = from === undefined ? found[0] : found.find((one) => one.name === from);
      return { extension, confidence: mine?.confidence ?? 0 };
    })
    .sort((a, b) => b.confidence - a.confidence)[0];
  return `stdin.${best?.extension ?? "txt"}`;
}

/** The extension that contents have as a rule, where their beginning tells it. */
function contentExtension(bytes: Uint8Array): readonly string[] {
  // A DocBin is known by its name alone; it is packed by zlib, whose first byte is this.
  if (bytes[0] === 0x78 && (bytes[0] * 256 + bytes[1]!) % 31 === 0) return ["spacy"];
  const start = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)).trimStart();
  const [line = ""] = start.split("\n");
  if (start.startsWith("PAR1")) return ["parquet"];
  if (start.startsWith("[")) return ["json"];
  if (!start.startsWith("{")) return [];
  return [isJson(line) && start.includes("\n") ? "jsonl" : "json"];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The one file with data, and those beside it. @throws {ReadError} where there is not one */
function single({ written }: Converted, to: FormatName): { readonly name: string; readonly beside: readonly string[] } {
  const names = [...written.files.keys()];
  const data = names.filter((name) => written.counts[name] !== undefined);
  const only = names.length === 1 ? names : data;
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
  await terminal.write(contents);
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
    const said = `${documents} ${documents === 1 ? "document" : "documents"} as ${formatOf(to).title}.`;
    await terminal.write(`${said} ${losses.length === 0 ? "Nothing was left out." : ""}`.trimEnd() + "\n");
  }
  for (const line of lossLines(losses, "--json")) terminal.say(line);
}
