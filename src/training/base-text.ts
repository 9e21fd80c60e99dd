/** Text that nobody decided on: half of it is replayed, so that the model goes on saying what it said of it, half of it shows whether it does. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { partOf } from "./folds";

/**
 * The file in a model's folder: a sentence a line, then a tab and where it is from, and, where there is one, a tab and a question that the sentence answers; lines
 * that begin with `#` say under which licence.
 */
export const BASE_TEXT = "base-text.txt";

/** The two halves, drawn by hash. */
export interface BaseText {
  readonly replayed: readonly string[];
  readonly probes: readonly string[];
  /** Questions about the sentences of each half; none: answers cannot be taught by it. */
  readonly questions: { readonly replayed: readonly BaseQuestion[]; readonly probes: readonly BaseQuestion[] };
}

/** A question, and a sentence that answers it. */
export interface BaseQuestion {
  readonly question: string;
  readonly text: string;
}

/**
 * Reads a file of base text.
 * @throws Error when it cannot be read, or holds too little to tell anything.
 */
export async function readBaseText(file: string): Promise<BaseText> {
  const lines = (await readFile(file, "utf8"))
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split("\t").map((column) => column.trim()))
    .filter(([text]) => text !== "")
    .map(([text = "", , question = ""]): BaseQuestion => ({ text, question }));
  const half = (part: number): BaseQuestion[] => lines.filter(({ text }) => partOf(text, 2) === part);
  const [first, second] = [half(0), half(1)];
  const textsOf = (list: readonly BaseQuestion[]): string[] => list.map(({ text }) => text);
  const questionsOf = (list: readonly BaseQuestion[]): BaseQuestion[] => list.filter(({ question }) => question !== "");
  const text: BaseText = {
    ...{ replayed: textsOf(first), probes: textsOf(second) },
    questions: { replayed: questionsOf(first), probes: questionsOf(second) },
  };
  if (text.replayed.length === 0 || text.probes.length === 0)
    throw new Error(`${file} holds too little text to teach by: at least some sentences are needed.`);
  return text;
}

/** Whether answers can be taught by it. */
export function holdsQuestions({ questions: { replayed, probes } }: BaseText): boolean {
  return replayed.length > 0 && probes.length > 0;
}

/** The base text that a model folder has, else that of the model that comes with the program. */
export async function baseTextOf(modelFolder: string, builtInModel: string): Promise<string> {
  const own = join(modelFolder, BASE_TEXT);
  const found = await stat(own).catch(() => undefined);
  return found?.isFile() ? own : join(builtInModel, BASE_TEXT);
}
