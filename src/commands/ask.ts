/** `glossator ask`: answers to a question, file by file. */
import { Option } from "commander";
import type { Command } from "commander";
import type { EngineClient } from "../engine/client";
import { EngineError } from "../engine/errors";
import { foundAnswers } from "../engine/found-answers";
import { CANDIDATES } from "../engine/options";
import { isQuestionTask } from "../documents/tasks";
import { MINIMUM_CONFIDENCE } from "../labels/shown";
import { CheckedOffsets, SpanCheckError } from "../text/checked-offsets";
import type { DocumentPassage } from "../text/document-passages";
import type { Span } from "../text/span";
import { layoutOf } from "../text/document";
import { askDocument, readPassages } from "./asking";
import type { DocumentAnswer } from "./asking";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { readDocuments } from "./documents";
import { InputError, STDIN } from "./input";
import type { InputDocument } from "./input";
import { jsonLine } from "./json";
import { checkFiles, fraction, integer, withDocumentOptions } from "./options";
import type { DocumentOptions, Places } from "./options";
import { LineColumns } from "../text/line-columns";
import { readQuestions } from "./questions";
import type { QuestionOptions } from "./questions";
import { excerpt, percent, table } from "./tables";
import type { Terminal } from "./terminal";

interface AskCommandOptions extends DocumentOptions, QuestionOptions {
  readonly top: number;
  readonly passages: number;
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
  command.description(
    "Finds the answers to a question, or to many, in each file, the likeliest first, each with its probability. Says so where the model finds none.",
  );
  withDocumentOptions(command)
    .option("-q, --question <text>", "the question")
    .option("--questions <file>", `a file with one question a line; ${STDIN} is standard input`)
    .addOption(new Option("--top <n>", "most answers a file").argParser(integer(1)).default(5))
    .addOption(
      new Option("--min-confidence <p>", "leave out answers less likely than this; 0 lists guesses, too")
        .argParser(fraction)
        .default(MINIMUM_CONFIDENCE.answers),
    )
    .addOption(
      new Option("--passages <n>", "most passages to read of a file, the likeliest")
        .argParser(integer(1))
        .default(CANDIDATES),
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
  const questions = await readQuestions(options, files, terminal.signal);
  return withEngine(options, places, terminal, async ({ client, info }) => {
    if (!info.tasks.some(isQuestionTask))
      throw new CommandError(
        EXIT.model,
        `The model ${info.model} cannot answer questions: it has no decoder for answers. Choose another with --model.`,
      );
    const outcome = { failed: false };
    const attempt = async (file: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const message = inputFailure(file, error);
        if (message === undefined) throw error;
        outcome.failed = true;
        terminal.say(message);
      }
    };
    for (const file of files)
      await attempt(file, async () => {
        for (const document of await readDocuments(file, options, process.stdin, terminal.signal)) {
          const passages = readPassages(document.text, options.language ?? layoutOf(document.path));
          for (const question of questions)
            await attempt(document.path, async () => {
              const found = await answers(client, document, passages, question, options, terminal);
              await write(document, question, found, questions.length > 1, options, terminal);
            });
        }
      });
    terminal.clear();
    return outcome.failed ? EXIT.input : EXIT.ok;
  });
}

/** What to say of an error that is one input's own; undefined for all others. */
function inputFailure(file: string, error: unknown): string | undefined {
  if (error instanceof InputError) return error.message;
  if (error instanceof QuestionError) return error.message;
  if (error instanceof SpanCheckError) return `${error.message}. No answers of this file are written.`;
  return error instanceof EngineError && error.code === "poisoned-input" ? `${file}: ${error.message}` : undefined;
}

/** One of many questions cannot be asked. */
class QuestionError extends Error {
  override readonly name = "QuestionError";
}

async function answers(
  client: EngineClient,
  { path }: InputDocument,
  passages: readonly DocumentPassage[],
  question: string,
  { questions, top, passages: candidates, index }: AskCommandOptions,
  terminal: Terminal,
): Promise<DocumentAnswer[]> {
  try {
    return await askDocument(client, passages, question, {
      top,
      candidates,
      ...(index !== undefined && { index }),
      signal: terminal.signal,
      onProgress: (done, total) => terminal.progress(`${path}: ${done} of ${total} passages read`),
    });
  } catch (error) {
    // The model has answers, so this is about the question: too long.
    if (error instanceof EngineError && error.code === "model-unsupported") {
      if (questions !== undefined)
        throw new QuestionError(`"${excerpt(question)}" is left out: ${error.message}`, { cause: error });
      throw new CommandError(EXIT.usage, error.message, { cause: error });
    }
    throw error;
  }
}

async function write(
  document: InputDocument,
  question: string,
  all: readonly DocumentAnswer[],
  several: boolean,
  { json, offsets, minConfidence }: AskCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const { answers: found, noAnswer, closest } = foundAnswers(all, minConfidence);
  const { path, text } = document;
  const checked = new CheckedOffsets(document, offsets);
  const lines = new LineColumns(text);
  const exact = ({ start, end }: Span): string => text.slice(start, end);
  const place = (answer: DocumentAnswer): { answer: DocumentAnswer; span: Span } => ({
    answer,
    span: checked.span(answer, answer.shown),
  });
  const placed = found.map(place);
  if (json) {
    const bare = ({ answer, span }: ReturnType<typeof place>): object => ({
      ...span,
      text: exact(answer),
      score: answer.score,
    });
    const guess = closest && bare(place(closest));
    const line = jsonLine({ path, offsets, question, noAnswer, answers: placed.map(bare), closest: guess });
    for (const piece of line) await terminal.write(piece);
    return;
  }
  await terminal.write(`${excerpt(path, 200)}${several ? `: ${excerpt(question, 200)}` : ""}\n`);
  const rows = placed.map(({ answer }) => [
    percent(answer.score),
    excerpt(exact(answer)),
    lines.at(answer.start),
    around(text, answer),
  ]);
  await terminal.write(
    rows.length === 0 ? nothingFound(text, closest) : table(["score", "answer", "line:column", "context"], rows, [0]),
  );
  await terminal.write("\n");
}

function nothingFound(text: string, closest: DocumentAnswer | undefined): string {
  if (!closest) return "  No answer found.\n";
  const words = excerpt(text.slice(closest.start, closest.end));
  return `  No answer found; closest: "${words}", ${percent(closest.score, 2)}. --min-confidence 0 lists guesses.\n`;
}

function around(text: string, { start, end }: Span): string {
  const before = text.slice(Math.max(0, start - CONTEXT), start);
  const after = text.slice(end, end + CONTEXT);
  return excerpt(`…${before}${text.slice(start, end)}${after}`, 2 * CONTEXT + 60);
}
