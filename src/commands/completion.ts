/** `glossator completion`: a script by which a shell completes the command line, made of the same tables of options that commands are parsed by. */
import { Argument } from "commander";
import type { Command, Option } from "commander";
import { shortened } from "../text/print";
import { EXIT } from "./exit";
import { namesAllowed } from "./options";
import type { Terminal } from "./terminal";

/** What a value may be: one of some words, a folder, a file, or what only the user knows. */
type Value = readonly string[] | "folder" | "file" | "other";

interface CompletedOption {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** Absent: it takes none. */
  readonly value?: Value;
  /** Whether it may be given again. */
  readonly several: boolean;
}

interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What stands without an option; absent: nothing does. */
  readonly argument?: Value;
}

const SHELLS = ["bash", "zsh", "fish"] as const;
const NAME = "glossator";

/** The words that a value may be. */
const wordsOf = (value: Value | undefined): readonly string[] => (typeof value === "object" ? value : []);

const plain = (text: string): string => shortened(text.replace(/\s+/g, " ").trim(), 100);

function valueOf(name: string, choices: readonly string[] | undefined): Value {
  if (choices !== undefined) return choices;
  if (/folder/.test(name)) return "folder";
  return /file|path|executable|names/.test(name) ? "file" : "other";
}

function optionOf(option: Option): CompletedOption[] {
  const { long, short, flags, description, required, optional, variadic, argChoices } = option;
  if (typeof long !== "string") return [];
  const placeholder = /[<[](\w+)/.exec(flags)?.[1] ?? "";
  const value = required || optional ? valueOf(placeholder, argChoices ?? namesAllowed(option)) : undefined;
  return [
    {
      ...{ long, description: plain(description), several: variadic || /several times/.test(description) },
      ...(typeof short === "string" && { short }),
      ...(value !== undefined && { value }),
    },
  ];
}

function commandOf(command: Command, names: readonly string[]): CompletedCommand {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  const choices = command.name() === "help" ? names : argument?.argChoices;
  return {
    name: command.name(),
    description: plain(help.subcommandDescription(command)),
    options: help.visibleOptions(command).flatMap(optionOf),
    ...(argument && { argument: valueOf(argument.name(), choices) }),
  };
}

/** All commands of a program, and its own options. */
function completed(program: Command): {
  readonly commands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
} {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    commands: commands.map((command) => commandOf(command, names)),
    options: help.visibleOptions(program).flatMap(optionOf),
  };
}

const flags = (options: readonly CompletedOption[]): string[] =>
  options.flatMap(({ long, short }) => (short === undefined ? [long] : [short, long]));

/** A text in single quotes, for every shell but fish. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** For bash 3.2 and later; where nothing is said it completes names of files. */
function bash(program: Command): string {
  const { commands, options } = completed(program);
  const values = commands.flatMap(({ name, options: mine }) =>
    mine.flatMap(({ long, value }): string[] => {
      if (value === "folder") return [`    ${name}:${long}) _${NAME}_folders; return ;;`];
      if (value === "file" || value === "other") return [`    ${name}:${long}) return ;;`];
      return value === undefined ? [] : [`    ${name}:${long}) words=${quoted(value.join(" "))} ;;`];
    }),
  );
  const own = commands.map(({ name, options: mine, argument }) => {
    const words = [...wordsOf(argument), ...flags(mine)];
    return `    ${name}) words=${quoted(words.join(" "))} ;;`;
  });
  const first = [...commands.map(({ name }) => name), ...flags(options)];
  return `# Completion of ${NAME} for bash: source it, as in: source <(${NAME} completion bash)
# Names may have blanks in them. bash 3.2 has no compopt, by which they are quoted.
_${NAME}_folders() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -d -- "$cur"))
  compopt -o filenames 2>/dev/null
}
_${NAME}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  # --option=value comes as three words.
  if [[ $cur == "=" ]]; then cur=; elif [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  COMPREPLY=()
  case $command:$prev in
${values.join("\n")}
  esac
  if [[ -z $words ]]; then case $command in
    "") words=${quoted(first.join(" "))} ;;
${own.join("\n")}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${NAME} ${NAME}
`;
}

/** A description in a specification of zsh's \`_arguments\`. */
const specified = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");

function zshValue(value: Value): string {
  if (value === "folder") return "_files -/";
  if (value === "file") return "_files";
  return value === "other" ? " " : `(${value.join(" ")})`;
}

function zsh(program: Command): string {
  const { commands, options } = completed(program);
  const spec = ({ long, short, description, value, several }: CompletedOption): string[] =>
    (short === undefined ? [long] : [short, long]).map((flag) => {
      const taken = value === undefined ? "" : `:value:${zshValue(value)}`;
      return quoted(`${several ? "*" : ""}${flag}[${specified(description)}]${taken}`);
    });
  const own = commands.map(({ name, options: mine, argument }) => {
    const all = [...mine.flatMap(spec), ...(argument === undefined ? [] : [quoted(`*:${name}:${zshValue(argument)}`)])];
    return `    ${name}) _arguments ${all.join(" \\\n      ")} ;;`;
  });
  const list = commands.map(({ name, description }) => quoted(`${name}:${description.replaceAll(":", "\\:")}`));
  return `#compdef ${NAME}
# Completion of ${NAME} for zsh: a file _${NAME} in a folder of $fpath, or: source <(${NAME} completion zsh)
_${NAME}() {
  local -a commands
  commands=(
    ${list.join("\n    ")}
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _arguments ${options.flatMap(spec).join(" ")}
    else
      _describe command commands
    fi
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${own.join("\n")}
  esac
}
if [[ $funcstack[1] == _${NAME} ]]; then _${NAME} "$@"; else compdef _${NAME} ${NAME}; fi
`;
}

/** A text in single quotes of fish, where a backslash escapes. */
const fishQuoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

function fish(program: Command): string {
  const { commands, options } = completed(program);
  const option = (when: string, { long, short, description, value }: CompletedOption): string => {
    const name = `${short === undefined ? "" : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
    const taken =
      value === undefined
        ? ""
        : value === "file"
          ? " -r -F"
          : ` -x${value === "other" ? "" : ` -a ${fishQuoted(value === "folder" ? "(__fish_complete_directories)" : value.join(" "))}`}`;
    return `complete -c ${NAME} -n ${fishQuoted(when)}${name}${taken} -d ${fishQuoted(description)}`;
  };
  const first = "__fish_use_subcommand";
  const lines = [
    `# Completion of ${NAME} for fish: ${NAME} completion fish > ~/.config/fish/completions/${NAME}.fish`,
    `complete -c ${NAME} -f -n ${first}`,
    ...options.map((one) => option(first, one)),
    ...commands.flatMap(({ name, description, options: mine, argument }) => {
      const inside = `__fish_seen_subcommand_from ${name}`;
      const words = wordsOf(argument).length > 0 ? ` -a ${fishQuoted(wordsOf(argument).join(" "))}` : "";
      return [
        `complete -c ${NAME} -n ${first} -a ${name} -d ${fishQuoted(description)}`,
        ...(argument === "file" ? [] : [`complete -c ${NAME} -f -n ${fishQuoted(inside)}${words}`]),
        ...mine.map((one) => option(inside, one)),
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (program: Command) => string>> = { bash, zsh, fish };

/** The script for a shell. */
export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  return SCRIPTS[shell](program);
}

/** Adds the command; the script has all commands that the program has when it is asked for. @param run runs the work and turns its result into the exit code */
export function addCompletionCommand(
  program: Command,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  program
    .command("completion")
    .summary("print a script that completes the command line")
    .description(
      "Prints a script by which bash, zsh or fish completes commands, options and their values. For bash: source <(glossator completion bash)",
    )
    .addArgument(new Argument("<shell>", SHELLS.join(", ")).choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) =>
      run(async () => {
        await terminal.write(completionScript(program, shell));
        return EXIT.ok;
      }),
    );
}
