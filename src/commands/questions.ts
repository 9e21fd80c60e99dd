/** The questions that `glossator ask` is given: one, or a file of them. */
import process from "node:process";
import { CommandError, EXIT } from "./exit";
import { InputError, readInput, STDIN } from "./input";

/** Options that give questions. */
export interface QuestionOptions {
  readonly question?: string;
  /** A file with one question a line; {@link STDIN} is standard input. */
  readonly questions?: string;
}

/**
 * The questions, in order, without white space around them; blank lines of a file are none.
 * @throws {CommandError} with {@link EXIT.usage} when there is none, or both options are given, or the file cannot be read; the signal's reason when aborted.
 */
export async function readQuestions(
  { question, questions }: QuestionOptions,
  files: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const usage = (message: string): CommandError => new CommandError(EXIT.usage, message);
  if ((question === undefined) === (questions === undefined))
    throw usage("Ask one question with --question, or many with --questions: one of the two.");
  if (question !== undefined) {
    if (question.trim() === "") throw usage("The question is empty: ask one with --question.");
    return [question];
  }
  if (questions === STDIN && files.includes(STDIN))
    throw usage(`Standard input (${STDIN}) is named twice; it can be read once.`);
  let text: string;
  try {
    ({ text } = await readInput(questions!, process.stdin, signal));
  } catch (error) {
    if (error instanceof InputError) throw usage(error.message);
    throw error;
  }
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|[\n\r]/);
  const found = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (found.length === 0) throw usage(`${questions!}: it holds no question: write one a line.`);
  return found;
}
