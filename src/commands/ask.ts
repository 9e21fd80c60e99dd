/** `glossator ask`: answers to a question, file by file. */
import { Option, type Command } from "commander";
import type { EngineClient } from "../engine/client";
import { EngineError } from "../engine/errors";
import { MINIMUM_CONFIDENCE } from "../labels/shown";
import { READERS, type Reader } from "../model/readers";
import type { Span } from "../text/span";
import { languageOf } from "../text/document";
import { askDocument, type DocumentAnswer } from "./asking";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { InputError, readInput, type InputDocument } from "./input";
import { jsonLine } from "./json";
import { checkFiles, fraction, integer, withDocumentOptions, type DocumentOptions, type Places } from "./options";
import { Positions, SpanError } from "./positions";
import { excerpt, percent, table } from "./tables";
import type { Terminal } from "./terminal";

interface AskCommandOptions extends DocumentOptions {
  readonly question: string;
  readonly top: number;
  readonly reader?: Reader;
  readonly passages?: number;
  readonly reread?: number;
  readonly index?: boolean;
  readonly minConfidence: number;
}

/** Units of text on both sides of an answer that a person is shown. */
const CONTEXT = 40;

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addAskCommand(
  program: Command,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const command = program.command("ask").summary("find answers to a question in files");
  command.description("Finds the answers to a question in each file, the likeliest first, each with its probability.");
  withDocumentOptions(command)
    .requiredOption("-q, --question <text>", "the question")
    .addOption(new Option("--top <n>", "most answers a file").argParser(integer(1)).default(5))
    .addOption(
      new Option("--min-confidence <p>", "leave out answers less likely than this")
        .argParser(fraction)
        .default(MINIMUM_CONFIDENCE.answers),
    )
    .addOption(new Option("--reader <name>", "how passages are read (default: the model's own way)").choices(READERS))
    .addOption(
      new Option("--passages <n>", "most passages to read of a file, the likeliest (default: by reader)").argParser(
        integer(1),
      ),
    )
    .addOption(
      new Option("--reread <n>", "passages of a cascade to read a second time, together with the question").argParser(
        integer(1),
      ),
    )
    .option("--index", "read the whole file first, so that passages are found by their meaning, too")
    .action((files: string[], options: AskCommandOptions) => run(() => ask(files, options, places, terminal)));
}

async function ask(
  files: readonly string[],
  options: AskCommandOptions,
  places: Places,
  terminal: Terminal,
): Promise<number> {
  checkFiles(files);
  if (options.question.trim() === "")
    throw new CommandError(EXIT.usage, "The question is empty: ask one with --question.");
  return withEngine(options, places, terminal, async ({ client, info }) => {
    const { reader } = options;
    if (reader !== undefined && info.readers.length > 0 && !info.readers.includes(reader))
      throw new CommandError(
        EXIT.usage,
        `The model ${info.model} has no decoder of cached passages, which the reader "${reader}" needs. Leave --reader out, or choose another model with --model.`,
      );
    if (!info.tasks.includes("answers"))
      throw new CommandError(
        EXIT.model,
        `The model ${info.model} cannot answer questions: it has no decoder for answers. Choose another with --model.`,
      );
    let failed = false;
    for (const file of files) {
      try {
        const document = await readInput(file, process.stdin, terminal.signal);
        await write(document, await answers(client, document, options, terminal), options, terminal);
      } catch (error) {
        const message = inputFailure(file, error);
        if (message === undefined) throw error;
        failed = true;
        terminal.say(message);
      }
    }
    terminal.clear();
    return failed ? EXIT.input : EXIT.ok;
  });
}

/** What to say of an error that is one input's own; undefined for all others. */
function inputFailure(file: string, error: unknown): string | undefined {
  if (error instanceof InputError) return error.message;
  if (error instanceof SpanError)
    return `${file}: its answers are not written, since one is misplaced: ${error.message}`;
  return error instanceof EngineError && error.code === "poisoned-input" ? `${file}: ${error.message}` : undefined;
}

async function answers(
  client: EngineClient,
  { path, text }: InputDocument,
  { question, language, top, reader, passages, reread, index }: AskCommandOptions,
  terminal: Terminal,
): Promise<DocumentAnswer[]> {
  try {
    return await askDocument(client, text, question, {
      languageId: language ?? languageOf(path),
      top,
      ...(reader !== undefined && { reader }),
      ...(passages !== undefined && { candidates: passages }),
      ...(reread !== undefined && { reread }),
      ...(index !== undefined && { index }),
      signal: terminal.signal,
      onProgress: (done, total) => terminal.progress(`${path}: ${done} of ${total} passages read`),
    });
  } catch (error) {
    // The model has answers, so this is about the question: too long.
    if (error instanceof EngineError && error.code === "model-unsupported")
      throw new CommandError(EXIT.usage, error.message, { cause: error });
    throw error;
  }
}

async function write(
  { path, text }: InputDocument,
  all: readonly DocumentAnswer[],
  { json, offsets, question, minConfidence }: AskCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const found = all.filter(({ score }) => score >= minConfidence);
  const positions = new Positions(text, offsets);
  const placed = found.map((answer) => ({ answer, span: positions.place(answer, answer.shown) }));
  const exact = ({ start, end }: Span): string => text.slice(start, end);
  if (json) {
    const list = placed.map(({ answer, span }) => ({ ...span, text: exact(answer), score: answer.score }));
    for (const piece of jsonLine({ path, offsets, question, answers: list })) await terminal.write(piece);
    return;
  }
  await terminal.write(`${excerpt(path, 200)}\n`);
  const rows = placed.map(({ answer }) => [
    percent(answer.score),
    excerpt(exact(answer)),
    positions.at(answer.start),
    around(text, answer),
  ]);
  await terminal.write(
    rows.length === 0 ? noAnswer(text, all[0]) : table(["score", "answer", "line:column", "context"], rows, [0]),
  );
  await terminal.write("\n");
}

function noAnswer(text: string, guess: DocumentAnswer | undefined): string {
  if (!guess) return "  No answer found.\n";
  const words = excerpt(text.slice(guess.start, guess.end));
  return `  No answer found. The best guess is "${words}" with ${percent(guess.score, 2)}; --min-confidence 0 lists guesses.\n`;
}

function around(text: string, { start, end }: Span): string {
  const before = text.slice(Math.max(0, start - CONTEXT), start);
  const after = text.slice(end, end + CONTEXT);
  return excerpt(`…${before}${text.slice(start, end)}${after}`, 2 * CONTEXT + 60);
}
