/** `glossator label`: the labels of documents, of every task that has some. */
import { Option } from "commander";
import type { Command } from "commander";
import { CLASS_TASKS, isOfDocument, LABEL_TASKS, SPAN_TASKS } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import type { EngineClient } from "../engine/client";
import type { EngineInfo, SegmentLabels } from "../engine/protocol";
import { MINIMUM_CONFIDENCE, shownLabels } from "../labels/shown";
import type { Showing, ShownSegment } from "../labels/shown";
import { CheckedOffsets, SpanCheckError } from "../text/checked-offsets";
import type { Span } from "../text/span";
import { layoutOf } from "../text/document";
import { readsText } from "../text/language";
import { languageSample } from "../text/language-sample";
import { withEngine } from "./engine";
import { CommandError, EXIT } from "./exit";
import { InputError, readInput } from "./input";
import type { InputDocument } from "./input";
import { jsonLine } from "./json";
import { labelDocuments, sentenceSegments, wordSegments } from "./labelling";
import type { LabelledInput } from "./labelling";
import { checkFiles, fractionsOf, listOf, withDocumentOptions } from "./options";
import type { DocumentOptions, Places } from "./options";
import { LineColumns } from "../text/line-columns";
import { excerpt, percent, table } from "./tables";
import type { Terminal } from "./terminal";

/** What the output calls a task's labels: its list in JSON, which is a format that stays, one row of a table, and one that only marked labels make. */
interface Words {
  readonly list: string;
  readonly row: string;
  readonly markedRow: string;
}

/** Tasks that are not here go by their own names. */
const WORDS: Readonly<Partial<Record<LabelTask, Words>>> = {
  entities: { list: "entities", row: "entity", markedRow: "entity" },
  sentiment: { list: "sentences", row: "sentence", markedRow: "sentence with an opinion" },
};
const wordsOf = (task: LabelTask): Words => WORDS[task] ?? { list: task, row: task, markedRow: task };

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
  readonly found: ReadonlyMap<LabelTask, readonly Shown[]>;
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
      new Option("--tasks <list>", `${LABEL_TASKS.join(", ")} (default: all the model has)`).argParser(
        listOf(LABEL_TASKS),
      ),
    )
    .addOption(
      new Option(
        "--min-confidence <p>",
        `leave out what the model is less sure of: one probability, or ${LABEL_TASKS.map((task) => `${task}=P`).join(",")} (default: the editor's, ${LABEL_TASKS.map((task) => `${task}=${MINIMUM_CONFIDENCE[task]}`).join(",")})`,
      ).argParser(fractionsOf(LABEL_TASKS)),
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
    const layout = ({ path }: InputDocument): string => options.language ?? layoutOf(path);
    const readable = (document: InputDocument): readonly LabelTask[] => {
      if (options.anyLanguage === true) return tasks;
      const sample = languageSample(document.text, layout(document));
      return tasks.filter((task) => readsText(info.languages?.[task], sample));
    };
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
      tasks: tasks.filter((task) => !isOfDocument(task)),
      segments: (document) =>
        readable(document).length === 0
          ? []
          : options.words
            ? wordSegments(document)
            : sentenceSegments(document, layout(document)),
      signal: terminal.signal,
      onProgress: (sentences) => terminal.progress(`${sentences} sentences labelled (${reading})`),
    });
    for await (const document of labelled) {
      try {
        const read = readable(document);
        const left = tasks.filter((task) => !read.includes(task));
        if (left.length > 0) unread.push(document.path);
        const whole = tasks.filter((task) => isOfDocument(task) && !left.includes(task));
        const said = await labelWhole(client, document, whole, terminal.signal);
        const placed = place(withoutTasks(document, left), said, options, showing);
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
  const able = LABEL_TASKS.filter((task) => info.tasks.includes(task));
  const missing = wanted?.find((task) => !able.includes(task));
  if (missing !== undefined || able.length === 0)
    throw new CommandError(
      EXIT.model,
      `The model ${info.model} has no decoder for ${missing ?? LABEL_TASKS.join(" or ")}. Choose another with --model.`,
    );
  return wanted ?? able;
}

/** What the model says of a document as a whole, which it reads as its sentences are read: without markup. */
async function labelWhole(
  client: EngineClient,
  { sentences }: LabelledInput,
  tasks: readonly LabelTask[],
  signal: AbortSignal,
): Promise<SegmentLabels> {
  if (tasks.length === 0) return {};
  const [labels = {}] = await client.label([{ text: sentences.map(({ text }) => text).join("\n") }], tasks, { signal });
  return labels;
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

/** Labels where they are in the document, each checked against its text. @param whole those of all of it. */
function place(
  document: LabelledInput,
  whole: SegmentLabels,
  { offsets, unmarked }: LabelCommandOptions,
  showing: Showing,
): Placed {
  const { path, text } = document;
  const checked = new CheckedOffsets(document, offsets);
  const lines = new LineColumns(text);
  const found = new Map(LABEL_TASKS.map((task) => [task, [] as Shown[]]));
  const failed: string[] = [];
  const shown = (span: Span, read: string, said: { label: string; score: number }): Shown => ({
    ...checked.span(span, read),
    label: said.label,
    score: said.score,
    text: text.slice(span.start, span.end),
    at: lines.at(span.start),
  });
  const take = (segment: Span & ShownSegment, labels: SegmentLabels): void => {
    const { start } = segment;
    const marked = shownLabels(segment, labels, showing);
    if (labels.error !== undefined) failed.push(`${path}:${lines.at(start)}: ${labels.error}`);
    for (const task of CLASS_TASKS) {
      const said = unmarked ? labels[task] : marked[task];
      if (said) found.get(task)!.push(shown(segment, segment.text, said));
    }
    for (const task of SPAN_TASKS)
      for (const said of marked[task]) {
        const span = { start: start + said.start, end: start + said.end };
        found.get(task)!.push(shown(span, segment.text.slice(said.start, said.end), said));
      }
  };
  take({ start: 0, end: text.length, text }, whole);
  for (const sentence of document.sentences) take(sentence, sentence.labels);
  return { found, failed };
}

async function write(
  path: string,
  { found }: Placed,
  tasks: readonly LabelTask[],
  { json, offsets, unmarked }: LabelCommandOptions,
  terminal: Terminal,
): Promise<void> {
  if (json) {
    const bare = ({ start, end, label, score }: Shown): Labelled => ({ start, end, label, score });
    const lists = tasks.map((task) => [wordsOf(task).list, found.get(task)!.map(bare)] as const);
    for (const piece of jsonLine({ path, offsets, ...Object.fromEntries(lists) })) await terminal.write(piece);
    return;
  }
  const row = ({ text, label, score, at }: Shown): string[] => [excerpt(text), label, percent(score), at];
  await terminal.write(`${excerpt(path, 200)}\n`);
  for (const task of tasks) {
    const words = wordsOf(task);
    await writeRows(terminal, unmarked ? words.row : words.markedRow, found.get(task)!.map(row));
  }
  await terminal.write("\n");
}

async function writeRows(terminal: Terminal, what: string, rows: readonly string[][]): Promise<void> {
  if (rows.length === 0) return terminal.write(`  No ${what}.\n`);
  // A table is laid out as a whole; parts of it keep a very large one affordable.
  for (let from = 0; from < rows.length; from += 5000)
    await terminal.write(table([what, "label", "score", "line:column"], rows.slice(from, from + 5000), [2]));
}
