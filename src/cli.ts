#!/usr/bin/env node
/** The command line: builds the commands, runs the one that was asked for, and ends with an exit code that says how it went. */
import { join } from "node:path";
import process from "node:process";
import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { addAgreementCommand } from "./commands/agreement";
import { addAskCommand } from "./commands/ask";
import { addCompactCommand } from "./commands/compact";
import { addConvertCommand } from "./commands/convert";
import { addEvaluateCommand } from "./commands/evaluate";
import { CommandError, EXIT } from "./commands/exit";
import { addExportCommand } from "./commands/export";
import { addImportCommand } from "./commands/import";
import { addLabelCommand } from "./commands/label";
import { addTeachCommand } from "./commands/teach";
import type { Places } from "./commands/options";
import { Terminal } from "./commands/terminal";
import { isRefused } from "./files/refused";

const HELP = `
Offsets count from the first character of the file, in UTF-16 code units unless --offsets says otherwise; the end is not part of
the span. A byte order mark is the first character. Messages and progress go to standard error.

Exit codes:
  ${EXIT.ok}    everything was done
  ${EXIT.input}    some input failed: each is named on standard error, the rest was done
  ${EXIT.usage}    the command line is wrong
  ${EXIT.model}    the model cannot be used
  ${EXIT.interrupted}  ended by Ctrl-C`;

async function main(): Promise<number> {
  const root = join(__dirname, "..");
  const places: Places = {
    server: join(__dirname, "engine.js"),
    teacher: join(__dirname, "teach.js"),
    builtInModel: join(root, "models", "glossator-minilm"),
    data: join(root, "..", "shared", "data"),
    packages: join(root, "node_modules"),
    heldOut: join(root, "training", "glossator_training", "data", "held-out-articles.txt"),
  };
  const terminal = new Terminal(process.stdout, process.stderr);
  // Once: a second Ctrl-C ends the process at once.
  process.once("SIGINT", () => terminal.stop(EXIT.interrupted));
  // Never on Windows, where whoever asks ends the process at once: exports and logs are whole by how they are written.
  process.once("SIGTERM", () => terminal.stop(EXIT.terminated));
  let exitCode: number = EXIT.ok;
  const run = async (work: () => Promise<number>): Promise<void> => {
    exitCode = await work();
  };
  const program = new Command("glossator")
    .description("Labels text with a local multi-task model: entities, sentiment, answers to questions.")
    .version(version, "-V, --version")
    .addHelpText("after", HELP)
    .exitOverride();
  addLabelCommand(program, places, terminal, run);
  addAskCommand(program, places, terminal, run);
  addExportCommand(program, places, terminal, run);
  addAgreementCommand(program, terminal, run);
  addCompactCommand(program, terminal, run);
  addImportCommand(program, terminal, run);
  addTeachCommand(program, places, terminal, run);
  addConvertCommand(program, terminal, run);
  addEvaluateCommand(program, places, terminal, run);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!terminal.signal.aborted) {
      const known = error instanceof CommandError;
      const plain = known || isRefused(error);
      terminal.say(plain ? error.message : String((error as Error).stack ?? error));
      return known ? error.exitCode : EXIT.input;
    }
  } finally {
    terminal.clear();
  }
  return terminal.exitCode ?? exitCode;
}

void main().then((exitCode) => {
  // Set, and not process.exit: what is on its way to a pipe still gets there.
  process.exitCode = exitCode;
});
