/** Options that say how datasets are to be written, for every command that writes some. */
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { TOKEN_CHOICES } from "../datasets/document";
import type { WriterOptions } from "../datasets/document";
import { FORMAT_NAMES, formatOf } from "../datasets/formats";
import { CommandError, EXIT } from "./exit";
import { fraction, integer } from "./options";

/** What the user chose of them. */
export interface WritingOptions extends Required<Pick<WriterOptions, "tokens" | "seed" | "validation" | "test">> {
  readonly option?: Readonly<Record<string, string>>;
}

const CHOICES = FORMAT_NAMES.flatMap((name) =>
  (formatOf(name).options ?? []).map((option) => `${option.name}=${option.values.join("|")} (${name})`),
).join(", ");

/** Reads `name=value`, as some format offers it. @throws {InvalidArgumentError} */
function choiceOf(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [name = "", value = ""] = text.split(/=([^]*)/);
  const fits = FORMAT_NAMES.some((format) =>
    (formatOf(format).options ?? []).some((option) => option.name === name && option.values.includes(value)),
  );
  if (!fits) throw new InvalidArgumentError(`Choose of: ${CHOICES}.`);
  return { ...before, [name]: value };
}

/** Adds `--option`, `--tokens`, `--seed`, `--validation`, `--test`. @param validation the share that is held out by default */
export function withWritingOptions(command: Command, validation: number): Command {
  return command
    .addOption(
      new Option("--option <name=value>", `a choice of a format, several times: ${CHOICES}`).argParser(choiceOf),
    )
    .addOption(
      new Option(
        "--tokens <whose>",
        "words and sentences in formats that have them: source, those of the dataset that a text came from where it is as it was; own, ours",
      )
        .choices(TOKEN_CHOICES)
        .default(TOKEN_CHOICES[0]),
    )
    .addOption(new Option("--seed <n>", "draws which documents are held out").argParser(integer(0)).default(0))
    .addOption(
      new Option("--validation <share>", "share of documents held out").argParser(fraction).default(validation),
    )
    .addOption(new Option("--test <share>", "share of documents held out for tests").argParser(fraction).default(0));
}

/** The options as a writer takes them. @throws {CommandError} for shares that leave nothing */
export function writingOptions({
  option: choices = {},
  tokens,
  seed,
  validation,
  test,
}: WritingOptions): Required<Pick<WriterOptions, "choices" | "tokens" | "seed" | "validation" | "test">> {
  if (validation + test >= 1)
    throw new CommandError(EXIT.usage, "The held-out shares leave nothing to train on: lower --validation or --test.");
  return { choices, tokens, seed, validation, test };
}
