/** All commands of the command line. */
import { Command } from "commander";
import { addAgreementCommand } from "./agreement";
import { addAskCommand } from "./ask";
import { addCompactCommand } from "./compact";
import { addCompletionCommand } from "./completion";
import { addConvertCommand } from "./convert";
import { addEvaluateCommand } from "./evaluate";
import { EXIT } from "./exit";
import { addExportCommand } from "./export";
import { addImportCommand } from "./import";
import { addLabelCommand } from "./label";
import type { Places } from "./options";
import { addTeachCommand } from "./teach";
import type { Terminal } from "./terminal";

const HELP = `
Offsets count from the first character of the file, in UTF-16 code units unless --offsets says otherwise; the end is not part of
the span. A byte order mark is the first character. Messages and progress go to standard error.

Exit codes:
  ${EXIT.ok}    everything was done
  ${EXIT.input}    some input failed: each is named on standard error, the rest was done
  ${EXIT.usage}    the command line is wrong
  ${EXIT.model}    the model cannot be used
  ${EXIT.interrupted}  ended by Ctrl-C`;

/** The program with its commands; it throws where it would exit. @param run runs the work and turns its result into the exit code */
export function programOf(
  version: string,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): Command {
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
  addCompletionCommand(program, terminal, run);
  return program;
}
