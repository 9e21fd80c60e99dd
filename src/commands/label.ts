/** `glossator label`: entities and sentiment of documents. */
import { Option } from "commander";
import type { Command } from "commander";
import type { EngineInfo } from "../engine/protocol";
import { MINIMUM_CONFIDENCE, shownLabels } from "../labels/shown";
import type { Showing } from "../labels/shown";
import { CheckedOffsets, SpanCheckError } from "../text/checked-offsets";
import type { Span } from "../text/span";
import { languageOf } from "../text/document";
import { readsText } from "../text/language";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { InputError, readInput } from "./input";
import type { InputDocument } from "./input";
import { jsonLine } from "./json";
import { labelDocuments, sentenceSegments, wordSegments } from "./labelling";
import type { LabelledInput } from "./labelling";
import { checkFiles, fractionsOf, listOf, withDocumentOptions } from "./options";
import type { DocumentOptions, Places } from "./options";
import { LineColumns } from "./line-columns";
import { excerpt, percent, table } from "./tables";
import type { Terminal } from "./terminal";

const LABELLED = ["entities", "sentiment"] as const;
type LabelTask = (typeof LABELLED)[number];

interface LabelCommandOptions extends DocumentOptions {
  readonly tasks?: readonly LabelTask[];
  readonly words?: boolean;
  readonly minConfidence?: Partial<Record<LabelTask, number>>;
  readonly unmarked?: boolean;
  readonly anyLanguage?: boolean;
}

/** A labelled span in the unit that was asked for. */
interface Labelled extends Span {
  readonly label: string;
  readonly score: number;
}

/** A label where people find it. */
interface Shown extends Labelled {
  readonly text: string;
  readonly at: string;
}

interface Placed {
  readonly entities: readonly Shown[];
  readonly sentences: readonly Shown[];
  readonly failed: readonly string[];
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addLabelCommand(
  program: Command,
  places: Places,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  const command = program.command("label").summary("label entities and sentiment in files");
  command.description(
    "Labels entities and the sentiment of sentences. What the editor would not mark is left out. Markdown syntax is not read, and offsets are those of the file.",
  );
  withDocumentOptions(command)
    .addOption(
      new Option("--tasks <list>", "entities, sentiment (default: all the model has)").argParser(listOf(LABELLED)),
    )
    .addOption(
      new Option(
        "--min-confidence <p>",
        `leave out what the model is less sure of: one probability, or entities=P,sentiment=P (default: the editor's, ${LABELLED.map((task) => `${task}=${MINIMUM_CONFIDENCE[task]}`).join(",")})`,
      ).argParser(fractionsOf(LABELLED)),
    )
    .option("--unmarked", "list sentences that carry no mark, too, with what the model said of them")
    .option("--any-language", "label text, too, in a language that the model does not read")
    .option("--words", "one sentence a line, words separated by white space: entities begin and end at words")
    .action((files: string[], options: LabelCommandOptions) => run(() => label(files, options, places, terminal)));
}

async function label(
  files: readonly string[],
  options: LabelCommandOptions,
  places: Places,
  terminal: Terminal,
): Promise<number> {
  checkFiles(files);
  return withEngine(options, places, terminal, async ({ client, info }) => {
    const tasks = tasksOf(info, options.tasks);
    const showing: Showing = {
      minimumConfidence: { ...MINIMUM_CONFIDENCE, ...options.minConfidence },
      unmarked: info.unmarked,
    };
    const unread: string[] = [];
    const readBy = (task: LabelTask, text: string): boolean =>
      options.anyLanguage === true || readsText(info.languages?.[task], text);
    let failures = 0;
    const fail = (message: string): void => {
      failures++;
      terminal.say(message);
    };
    let reading = "";
    const documents = async function* (): AsyncGenerator<InputDocument> {
      for (const [index, file] of files.entries()) {
        reading = `file ${index + 1} of ${files.length}, ${file}`;
        try {
          yield await readInput(file, process.stdin, terminal.signal);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          fail(error.message);
        }
      }
    };
    const labelled = labelDocuments(documents(), client, {
      tasks,
      segments: (document) =>
        !tasks.some((task) => readBy(task, document.text))
          ? []
          : options.words
            ? wordSegments(document)
            : sentenceSegments(document, options.language ?? languageOf(document.path)),
      signal: terminal.signal,
      onProgress: (sentences) => terminal.progress(`${sentences} sentences labelled (${reading})`),
    });
    for await (const document of labelled) {
      try {
        const left = tasks.filter((task) => !readBy(task, document.text));
        if (left.length > 0) unread.push(document.path);
        const placed = place(withoutTasks(document, left), options, showing);
        for (const message of placed.failed) fail(message);
        await write(document.path, placed, tasks, options, terminal);
      } catch (error) {
        if (!(error instanceof SpanCheckError)) throw error;
        fail(`${error.message}. No labels of this file are written.`);
      }
    }
    terminal.clear();
    if (unread.length > 0)
      terminal.say(
        `${unread.length === 1 ? unread[0]! : `${unread.length} files (${unread.slice(0, 5).join(", ")}${unread.length > 5 ? ", …" : ""})`}: not in English, the language the model reads, so left unmarked; --any-language labels all the same.`,
      );
    return failures > 0 ? EXIT.input : EXIT.ok;
  });
}

/** @throws {CommandError} when the model cannot do what was asked for. */
function tasksOf(info: EngineInfo, wanted: readonly LabelTask[] | undefined): readonly LabelTask[] {
  const able = LABELLED.filter((task) => info.tasks.includes(task));
  const missing = wanted?.find((task) => !able.includes(task));
  if (missing !== undefined || able.length === 0)
    throw new CommandError(
      EXIT.model,
      `The model ${info.model} has no decoder for ${missing ?? "entities or sentiment"}. Choose another with --model.`,
    );
  return wanted ?? able;
}

/** A document without the labels of some tasks. */
function withoutTasks(document: LabelledInput, tasks: readonly LabelTask[]): LabelledInput {
  if (tasks.length === 0) return document;
  const sentences = document.sentences.map((sentence) => ({
    ...sentence,
    labels: Object.fromEntries(Object.entries(sentence.labels).filter(([key]) => !tasks.some((task) => task === key))),
  }));
  return { ...document, sentences };
}

/** Labels where they are in the document, each checked against its text. */
function place(document: LabelledInput, { offsets, unmarked }: LabelCommandOptions, showing: Showing): Placed {
  const { path, text } = document;
  const checked = new CheckedOffsets(document, offsets);
  const lines = new LineColumns(text);
  const entities: Shown[] = [];
  const sentences: Shown[] = [];
  const failed: string[] = [];
  const shown = (span: Span, read: string, said: { label: string; score: number }): Shown => ({
    ...checked.span(span, read),
    label: said.label,
    score: said.score,
    text: text.slice(span.start, span.end),
    at: lines.at(span.start),
  });
  for (const sentence of document.sentences) {
    const { error } = sentence.labels;
    const { entities: found, ...marked } = shownLabels(sentence, sentence.labels, showing);
    const sentiment = unmarked ? sentence.labels.sentiment : marked.sentiment;
    if (error !== undefined) failed.push(`${path}:${lines.at(sentence.start)}: ${error}`);
    if (sentiment) sentences.push(shown(sentence, sentence.text, sentiment));
    for (const entity of found) {
      const span = { start: sentence.start + entity.start, end: sentence.start + entity.end };
      entities.push(shown(span, sentence.text.slice(entity.start, entity.end), entity));
    }
  }
  return { entities, sentences, failed };
}

async function write(
  path: string,
  { entities, sentences }: Placed,
  tasks: readonly LabelTask[],
  { json, offsets, unmarked }: LabelCommandOptions,
  terminal: Terminal,
): Promise<void> {
  if (json) {
    const bare = ({ start, end, label, score }: Shown): Labelled => ({ start, end, label, score });
    const line = jsonLine({
      path,
      offsets,
      entities: tasks.includes("entities") ? entities.map(bare) : undefined,
      sentences: tasks.includes("sentiment") ? sentences.map(bare) : undefined,
    });
    for (const piece of line) await terminal.write(piece);
    return;
  }
  const row = ({ text, label, score, at }: Shown): string[] => [excerpt(text), label, percent(score), at];
  await terminal.write(`${excerpt(path, 200)}\n`);
  if (tasks.includes("entities")) await writeRows(terminal, "entity", entities.map(row));
  if (tasks.includes("sentiment"))
    await writeRows(terminal, unmarked ? "sentence" : "sentence with an opinion", sentences.map(row));
  await terminal.write("\n");
}

async function writeRows(terminal: Terminal, what: string, rows: readonly string[][]): Promise<void> {
  if (rows.length === 0) return terminal.write(`  No ${what}.\n`);
  // A table is laid out as a whole; parts of it keep a very large one affordable.
  for (let from = 0; from < rows.length; from += 5000)
    await terminal.write(table([what, "label", "score", "line:column"], rows.slice(from, from + 5000), [2]));
}
