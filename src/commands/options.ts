/** Options that several commands share. */
import { availableParallelism } from "node:os";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { chooseDocuments } from "../datasets/import/choose-documents";
import type { OffsetUnit } from "../text/offsets";
import { STDIN } from "./input";
import { CommandError, EXIT } from "./exit";

/** Stands for the model that comes with the program where a folder is due. */
export const BUILT_IN = "built-in";

/** Where the parts of the program are. */
export interface Places {
  /** The bundled model process. */
  readonly server: string;
  /** The bundled process that teaches. */
  readonly teacher: string;
  /** The folder of the package `glossator_training`. */
  readonly trainingPackage: string;
  /** The model that comes with the program. */
  readonly builtInModel: string;
  /** The evaluation corpora's usual place. */
  readonly data: string;
  /** The packages this was built from, whose README files are text to measure on. */
  readonly packages: string;
  /** The list of articles that no run trains on. */
  readonly heldOut: string;
}

/** Options of a command that runs the model. */
export interface EngineOptions {
  /** Folders, in order. */
  readonly model?: readonly string[];
  readonly device: string;
  readonly threads: number;
  readonly verbose?: boolean;
}

/** How files may be read, whatever they are called. */
const LANGUAGES = ["plaintext", "markdown", "jsonl"] as const;

/** Options of a command that reads documents and writes spans. */
export interface DocumentOptions extends EngineOptions {
  readonly json?: boolean;
  readonly offsets: OffsetUnit;
  readonly language?: (typeof LANGUAGES)[number];
}

/** Reads an integer from `least`. @throws {InvalidArgumentError} */
export function integer(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return number;
  };
}

/** Reads a share from 0 to below 1. @throws {InvalidArgumentError} */
export function fraction(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !(number >= 0 && number < 1))
    throw new InvalidArgumentError("It must be a number from 0 to below 1.");
  return number;
}

/**
 * Reads one share for all of `names`, or a list such as `entities=0.5,sentiment=0.9` for some of them.
 * @throws {InvalidArgumentError}
 */
export function fractionsOf<T extends string>(names: readonly T[]): (value: string) => Partial<Record<T, number>> {
  return (value) => {
    if (!value.includes("=")) {
      const all = fraction(value);
      return Object.fromEntries(names.map((name) => [name, all])) as Partial<Record<T, number>>;
    }
    const found: Partial<Record<T, number>> = {};
    for (const part of value.split(",")) {
      const [given = "", share = ""] = part.split("=");
      const name = names.find((known) => known === given.trim());
      if (name === undefined || name in found || part.split("=").length !== 2)
        throw new InvalidArgumentError(
          `It must be one number, or numbers such as ${names.map((known) => `${known}=0.5`).join(",")}, each name once.`,
        );
      found[name] = fraction(share);
    }
    return found;
  };
}

/** The names that parsers of lists allow. */
const ALLOWED = new WeakMap<object, readonly string[]>();

/** The names that {@link listOf} allows where an option is parsed by it; undefined for any other. */
export function namesAllowed({ parseArg }: Option): readonly string[] | undefined {
  return parseArg === undefined ? undefined : ALLOWED.get(parseArg);
}

/** Reads a list such as `a,b` of the names allowed. @throws {InvalidArgumentError} */
export function listOf<T extends string>(allowed: readonly T[]): (value: string) => T[] {
  const parse = (value: string): T[] => {
    const names = value
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
    const odd = names.find((name) => !allowed.some((known) => known === name));
    if (odd !== undefined || names.length === 0)
      throw new InvalidArgumentError(`Choose from ${allowed.join(", ")}, with commas between them.`);
    return allowed.filter((name) => names.includes(name));
  };
  ALLOWED.set(parse, allowed);
  return parse;
}

/** The option `--model`, which can be given several times. */
export function modelOption(description: string): Option {
  return new Option("--model <folder>", description)
    .env("GLOSSATOR_MODEL")
    .argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
}

/** Adds `--model`, `--device`, `--threads`, `--verbose`. */
export function withEngineOptions(command: Command): Command {
  const devices = ["auto", "cpu", "cpu-int8", "webgpu", "dml", "coreml", "cuda"];
  return command
    .addOption(
      modelOption(
        `model folder, several times for several: each task is served by the first that has it; ${BUILT_IN} is the model that comes with Glossator (the default)`,
      ),
    )
    .addOption(new Option("--device <name>", "where the model runs").choices(devices).default("auto"))
    .addOption(
      new Option("--threads <n>", "threads of the model")
        .argParser(integer(1))
        .default(availableParallelism(), "all processors"),
    )
    .option("--verbose", "say on standard error what the model process does");
}

/** `--documents`, which takes several and can be given several times. */
export function documentsOption(description: string): Option {
  return new Option(
    "--documents <path...>",
    `${description}: files, or folders for all in them, relative to the workspace; default: all`,
  );
}

/** The documents that names stand for. @throws {CommandError} for a name that stands for none; `none` says of what there is none. */
export function documentsNamed(
  workspace: string,
  known: readonly string[],
  names: readonly string[],
  none: string,
): readonly string[] {
  const { documents, unknown } = chooseDocuments(workspace, known, names);
  if (unknown.length > 0) throw new CommandError(EXIT.input, `${unknown.join(", ")}: ${none} there.`);
  return documents;
}

/** `--python`, for formats that a Python library reads and writes. */
export function pythonOption(): Option {
  const text = "a Python that has spaCy, for spaCy's DocBin";
  return new Option("--python <executable>", text).env("GLOSSATOR_PYTHON");
}

/** Adds `--json`, `--offsets`, `--language` and what {@link withEngineOptions} adds. */
export function withDocumentOptions(command: Command): Command {
  command
    .argument("<file...>", `UTF-8 text files; ${STDIN} is standard input`)
    .option("--json", "write JSON Lines, one object a file, and nothing else to standard output")
    .addOption(
      new Option("--offsets <unit>", "unit of start and end").choices(["utf16", "codepoint", "byte"]).default("utf16"),
    )
    .addOption(
      new Option(
        "--language <id>",
        "read files as this (default: by extension: .md is Markdown, of .jsonl the values that are text, of code the comments, of .ipynb the Markdown cells)",
      ).choices(LANGUAGES),
    );
  return withEngineOptions(command);
}

/** Standard input can be read once. @throws {CommandError} */
export function checkFiles(files: readonly string[]): void {
  if (files.filter((file) => file === STDIN).length > 1)
    throw new CommandError(EXIT.usage, `Standard input (${STDIN}) is named twice; it can be read once.`);
}
