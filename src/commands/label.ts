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
import { readDocuments } from "./documents";
import { InputError } from "./input";
import type { InputDocument } from "./input";
import { writeLabels } from "./label-output";
import type { OutputOptions, Placed, Shown } from "./label-output";
import { labelDocuments, sentenceSegments, wordSegments } from "./labelling";
import type { LabelledInput } from "./labelling";
import { checkFiles, fractionsOf, listOf, withDocumentOptions } from "./options";
import type { DocumentOptions, Places } from "./options";
import { LineColumns } from "../text/line-columns";
import { LABELS_KEY, readRows } from "./rows";
import type { Terminal } from "./terminal";

interface LabelCommandOptions extends DocumentOptions, OutputOptions {
  readonly tasks?: readonly LabelTask[];
  readonly words?: boolean;
  readonly minConfidence?: Partial<Record<LabelTask, number>>;
  readonly anyLanguage?: boolean;
  /** The property of a row that holds its text; undefined: a file is a document. */
  readonly rows?: string;
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
    .option(
      "--rows <property>",
      `each line of the files is a JSON object that holds a document in this property; writes each with its labels as the property "${LABELS_KEY}"`,
    )
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
    const layout = ({ path }: InputDocument): string =>
      options.language ?? (options.rows === undefined ? layoutOf(path) : "plaintext");
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
        const { signal } = terminal;
        try {
          if (options.rows === undefined) yield* await readDocuments(file, options, process.stdin, signal);
          else yield* readRows(file, options.rows, process.stdin, signal, (error) => fail(error.message));
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
        await writeLabels(document, placed, tasks, options, terminal);
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
