#!/usr/bin/env node
/** The command line: runs the command that was asked for, and ends with an exit code that says how it went. */
import { join } from "node:path";
import process from "node:process";
import { CommanderError } from "commander";
import { version } from "../package.json";
import { CommandError, EXIT } from "./commands/exit";
import type { Places } from "./commands/options";
import { programOf } from "./commands/program";
import { Terminal } from "./commands/terminal";
import { isRefused } from "./files/refused";

async function main(): Promise<number> {
  const root = join(__dirname, "..");
  const places: Places = {
    server: join(__dirname, "engine.js"),
    teacher: join(__dirname, "teach.js"),
    trainingPackage: join(root, "training"),
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
  const program = programOf(version, places, terminal, run);
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
