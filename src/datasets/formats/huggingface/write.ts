/**
 * The layout of Hugging Face's `datasets`: a folder a task with `README.md` (features, configs) and one file a split, JSON Lines or
 * Parquet. Offsets in the rows are code points. Layout checked against datasets 5.0.1.
 */
import type { Provenance } from "../../../documents/labelled";
import { stringify } from "yaml";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import { answerExamples } from "../../examples/answers";
import { bioNames, chosenOption, classNames } from "../../document";
import type { FormatOption, LabelledDocument, WriterOptions } from "../../document";
import { entityExamples } from "../../examples/entities";
import { FLOAT64, INT32, STRING, list, readmeFeatures } from "./features";
import type { Features } from "./features";
import type { Row } from "../../reading/bytes";
import { readHuggingFace } from "./read";
import { ROW_SIGNS } from "./signs";
import { flatProvenanceRow } from "../../codecs/provenance";
import type { Loss } from "../../losses";
import { parquetBytes } from "./parquet";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { sentimentExamples } from "../../examples/sentiment";
import { allowsSeveral } from "../../../labels/labelset";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { jsonLine } from "../../writing/output";
import type { ExportOutput, FinishedOutput, Output } from "../../writing/output";
import { isTask, perTask, TASK_NAMES, TASKS, CLASSES, SPANS } from "../../../documents/tasks";
import type { Task, TaskKind } from "../../../documents/tasks";

const FILES: FormatOption = { name: "files", title: "Files", values: ["jsonl", "parquet"] };

interface TaskRows {
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
}

interface TaskLayout {
  readonly title: string;
  readonly category: string;
  readonly features: (options: WriterOptions) => Features;
  readonly rows: (document: LabelledDocument, options: WriterOptions) => TaskRows;
}

const PROVENANCE: Features = { author: STRING, time: STRING, model: STRING, model_version: STRING, score: FLOAT64 };
const SPAN_LIST = list({ type: "struct", fields: { start: INT32, end: INT32, label: STRING, ...PROVENANCE } });
const CLASS_LIST = list({ type: "struct", fields: { label: STRING, ...PROVENANCE } });
const ANSWERS = { type: "struct", fields: { text: list(STRING), answer_start: list(INT32) } } as const;

const UNKNOWN = { author: null, time: null, model: null, model_version: null, score: null };

/** A column each, also for what is not known. */
function provenance(by: Provenance): Row {
  return { ...UNKNOWN, ...flatProvenanceRow(by) };
}

function place(document: LabelledDocument, start: number): string {
  return `${document.path}#${start}`;
}

/** What tags could not hold is in `spans` all the same. */
function softened(loss: Loss): Loss {
  return loss.kind === "split"
    ? loss
    : { ...loss, kind: "partial", reason: `${loss.reason}; it is in "spans" as it is` };
}

function spanRows(document: LabelledDocument, { labels }: WriterOptions): TaskRows {
  const names = bioNames(labels[SPANS]);
  const known = new Set(classNames(labels[SPANS]));
  const { examples, losses, ofTags } = entityExamples(document, labels[SPANS]);
  const { rejected } = document.layers[SPANS];
  const within = (span: Span, { start, end }: Span): boolean => span.start <= start && end <= span.end;
  const listed = (points: CheckedOffsets, items: readonly (Span & Provenance & { readonly label: string })[]): Row[] =>
    items
      .map((item) => ({ ...points.span(item), label: item.label, ...provenance(item) }))
      .sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
  const rows = examples.map(({ span, words, tags, entities }): Row => {
    const points = new CheckedOffsets(document, "codepoint", span);
    return {
      id: place(document, span.start),
      text: points.text,
      tokens: words.map(({ start, end }) => document.text.slice(start, end)),
      ner_tags: tags.map((tag) => names.indexOf(tag)),
      spans: listed(points, entities),
      rejected: listed(
        points,
        rejected.filter((item) => known.has(item.label) && within(span, item)),
      ),
    };
  });
  const gone = rejected
    .filter((item) => !known.has(item.label) || !examples.some(({ span }) => within(span, item)))
    .map(({ start, end, label, exact }): Loss => {
      const reason = "a rejected label that is in no exported sentence as a whole, or not in labels.json";
      return { kind: "dropped", document: document.path, task: SPANS, span: { start, end }, label, exact, reason };
    });
  return { rows, losses: [...losses.map((loss) => (ofTags.has(loss) ? softened(loss) : loss)), ...gone] };
}

/** A text with one class has a column for it, `label`; one that may have several a list, `labels`, as data sets of such texts do. Who decided is in `classes`. */
function classRows(document: LabelledDocument, { labels: sets }: WriterOptions): TaskRows {
  const names = classNames(sets[CLASSES]);
  const { examples, losses } = sentimentExamples(document, sets);
  const rows = examples.map(({ start, exact, labels }): Row => {
    const of = { id: place(document, start), text: exact };
    const numbers = labels.map(({ label }) => names.indexOf(label));
    if (!allowsSeveral(sets, CLASSES)) return { ...of, label: numbers[0], ...provenance(labels[0]) };
    return { ...of, labels: numbers, classes: labels.map((item) => ({ label: item.label, ...provenance(item) })) };
  });
  return { rows, losses };
}

function answerRows(document: LabelledDocument): TaskRows {
  const { examples, losses } = answerExamples(document);
  const rows = examples.map(({ of, id, question, context, answers, plausible }): Row => {
    const points = new CheckedOffsets(document, "codepoint", context);
    const both = (spans: readonly Span[]): Row => ({
      text: spans.map(({ start, end }) => document.text.slice(start, end)),
      answer_start: spans.map((answer) => points.span(answer).start),
    });
    return {
      ...{ id, title: document.path, context: points.text, question },
      ...{ answers: both(answersIn(answers)), plausible_answers: both(plausible), ...provenance(of) },
    };
  });
  return { rows, losses };
}

const BY_KIND: Readonly<Record<TaskKind, TaskLayout>> = {
  spans: {
    title: "Named entities",
    category: "token-classification",
    features: ({ labels }) => ({
      id: STRING,
      text: STRING,
      tokens: list(STRING),
      ner_tags: list({ type: "class", names: bioNames(labels[SPANS]) }),
      spans: SPAN_LIST,
      rejected: SPAN_LIST,
    }),
    rows: spanRows,
  },
  classes: {
    title: "Sentiment of sentences",
    category: "text-classification",
    features: ({ labels }) => {
      const named = { type: "class", names: classNames(labels[CLASSES]) } as const;
      const said = allowsSeveral(labels, CLASSES) ? { labels: list(named), classes: CLASS_LIST } : { label: named };
      return { id: STRING, text: STRING, ...said, ...(!allowsSeveral(labels, CLASSES) && PROVENANCE) };
    },
    rows: classRows,
  },
  questions: {
    title: "Questions with answers",
    category: "question-answering",
    features: () => ({
      id: STRING,
      title: STRING,
      context: STRING,
      question: STRING,
      answers: ANSWERS,
      plausible_answers: ANSWERS,
      ...PROVENANCE,
    }),
    rows: answerRows,
  },
};

const LAYOUTS: Readonly<Record<Task, TaskLayout>> = perTask(TASK_NAMES, (task) => BY_KIND[TASKS[task].kind]);

/** The layout of the task whose folder a file is in. */
function layoutOf(file: string): TaskLayout | undefined {
  const [folder] = file.split("/");
  return isTask(folder) ? LAYOUTS[folder] : undefined;
}

function readme(layout: TaskLayout, files: readonly (readonly [Split, string])[], options: WriterOptions): string {
  const about = {
    task_categories: [layout.category],
    dataset_info: { features: readmeFeatures(layout.features(options)) },
    configs: [{ config_name: "default", data_files: files.map(([split, path]) => ({ split, path })) }],
  };
  // Names such as "no" and "1" must stay text: everything that is text is quoted.
  const yaml = stringify(about, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 });
  return [
    `---\n${yaml}---`,
    "",
    `# ${layout.title}`,
    "",
    "Exported by Glossator from decisions people made. Offsets are code points, the end excluded. Documents never straddle",
    "splits. What this format could not hold is listed in `LOSSES.md` one folder up.",
    "",
  ].join("\n");
}

/** Writes the tasks that have examples, each to a folder of its name. */
function write(document: LabelledDocument, out: Output): void {
  const kind = chosenOption(FILES, out.options.choices);
  for (const task of TASK_NAMES) {
    const { rows, losses } = LAYOUTS[task].rows(document, out.options);
    out.report(losses);
    for (const row of rows) out.row(`${task}/${out.split}.${kind}`, jsonLine(row));
  }
}

function join(rows: Iterable<string>, file: string, { options }: ExportOutput): Iterable<string> | Uint8Array {
  const layout = layoutOf(file);
  if (layout === undefined || !file.endsWith(".parquet")) return rows;
  return parquetBytes(
    Array.from(rows, (row) => JSON.parse(row) as Row),
    layout.features(options),
  );
}

/** Tells in each folder what its files are. */
function finish(out: FinishedOutput): void {
  const kind = chosenOption(FILES, out.options.choices);
  for (const task of TASK_NAMES) {
    const present = SPLITS.map((name) => [name, `${name}.${kind}`] as const).filter(([, file]) =>
      out.files.has(`${task}/${file}`),
    );
    if (present.length > 0) out.file(`${task}/README.md`, readme(LAYOUTS[task], present, out.options));
  }
}

/** The format. */
export const huggingFace: DatasetFormat = {
  title: "Hugging Face datasets",
  holds: {
    ...HOLDS_ALL,
    rejected: [SPANS],
    attributes: false,
    contexts: true,
    words: true,
    surrogates: "skipped",
  },
  options: [FILES],
  extensions: ["jsonl", "ndjson", "json", "parquet", "md"],
  write,
  join,
  finish,
  read: readHuggingFace,
  signs: [
    {
      name: /(?:^|\/)README\.md$/i,
      has: [/^(?:dataset_info|configs):/m],
      confidence: 1,
      says: "describes a Hugging Face dataset",
    },
    { has: [/^PAR1/], confidence: 0.9, says: "is a Parquet file" },
    { name: /\.arrow$/i, confidence: 0.9, says: "is an Arrow file" },
    ...ROW_SIGNS,
  ],
};
