/**
 * The layout of Hugging Face's `datasets`: a folder a task with `README.md` (features, configs) and one file a split, JSON Lines or
 * Parquet. Offsets in the rows are code points. Layout checked against datasets 5.0.1.
 */
import { stringify } from "yaml";
import { append } from "../../../text/grouped";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../labels/answers";
import { answerExamples } from "../../examples/answers";
import { bioNames, chosenOption, classNames } from "../../document";
import type { FormatOption, LabelledDocument, Provenance, WriterOptions } from "../../document";
import { entityExamples } from "../../examples/entities";
import { FLOAT64, INT32, STRING, list, readmeFeatures } from "./features";
import type { Features } from "./features";
import { head } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { readHuggingFace } from "./read";
import type { Loss } from "../../losses";
import { parquetBytes } from "./parquet";
import type { DatasetFiles, DatasetFormat, Detection } from "../../format";
import { sentimentExamples } from "../../examples/sentiment";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { inSplits, jsonLine, rejectedLosses, staleLosses } from "../../writing/writer";
import type { Written } from "../../writing/writer";

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
const SPANS = list({ type: "struct", fields: { start: INT32, end: INT32, label: STRING, ...PROVENANCE } });
const ANSWERS = { type: "struct", fields: { text: list(STRING), answer_start: list(INT32) } } as const;

function provenance({ author = null, time = null, model, score = null }: PartialProvenance): Row {
  return { author, time, model: model?.name ?? null, model_version: model?.version ?? null, score };
}

type PartialProvenance = { readonly [K in keyof Provenance]: Provenance[K] | null };

function place(document: LabelledDocument, start: number): string {
  return `${document.path}#${start}`;
}

/** What tags could not hold is in `spans` all the same. */
function softened(loss: Loss): Loss {
  return loss.kind === "split"
    ? loss
    : { ...loss, kind: "partial", reason: `${loss.reason}; it is in "spans" as it is` };
}

function entityRows(document: LabelledDocument, { labels }: WriterOptions): TaskRows {
  const names = bioNames(labels.entities);
  const known = new Set(classNames(labels.entities));
  const { examples, losses, ofTags } = entityExamples(document, labels.entities);
  const rejected = document.rejected.filter(({ task }) => task === "entities");
  const within = (span: Span, { start, end }: Span): boolean => span.start <= start && end <= span.end;
  const spans = (points: CheckedOffsets, items: readonly (Span & Provenance & { readonly label: string })[]): Row[] =>
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
      spans: spans(points, entities),
      rejected: spans(
        points,
        rejected.filter((item) => known.has(item.label) && within(span, item)),
      ),
    };
  });
  const gone = rejected
    .filter((item) => !known.has(item.label) || !examples.some(({ span }) => within(span, item)))
    .map(({ start, end, label, exact }): Loss => {
      const reason = "a rejected label that is in no exported sentence as a whole, or not in labels.json";
      return { kind: "dropped", document: document.path, task: "entities", span: { start, end }, label, exact, reason };
    });
  return { rows, losses: [...losses.map((loss) => (ofTags.has(loss) ? softened(loss) : loss)), ...gone] };
}

function sentimentRows(document: LabelledDocument, { labels }: WriterOptions): TaskRows {
  const names = classNames(labels.sentiment);
  const { examples, losses } = sentimentExamples(document, labels.sentiment);
  const rows = examples.map((item): Row => {
    const label = names.indexOf(item.label);
    return { id: place(document, item.start), text: item.exact, label, ...provenance(item) };
  });
  return { rows, losses };
}

function answerRows(document: LabelledDocument): TaskRows {
  const { examples, losses } = answerExamples(document);
  const questions = new Map(document.questions.map((question) => [question.question, question]));
  const rows = examples.map(({ id, question, context, answers, plausible }): Row => {
    const points = new CheckedOffsets(document, "codepoint", context);
    const both = (spans: readonly Span[]): Row => ({
      text: spans.map(({ start, end }) => document.text.slice(start, end)),
      answer_start: spans.map((answer) => points.span(answer).start),
    });
    const by = provenance(questions.get(question) ?? {});
    return {
      ...{ id, title: document.path, context: points.text, question },
      ...{ answers: both(answersIn(answers)), plausible_answers: both(plausible), ...by },
    };
  });
  return { rows, losses };
}

const LAYOUTS: Readonly<Record<string, TaskLayout>> = {
  entities: {
    title: "Named entities",
    category: "token-classification",
    features: ({ labels }) => ({
      id: STRING,
      text: STRING,
      tokens: list(STRING),
      ner_tags: list({ type: "class", names: bioNames(labels.entities) }),
      spans: SPANS,
      rejected: SPANS,
    }),
    rows: entityRows,
  },
  sentiment: {
    title: "Sentiment of sentences",
    category: "text-classification",
    features: ({ labels }) => ({
      id: STRING,
      text: STRING,
      label: { type: "class", names: classNames(labels.sentiment) },
      ...PROVENANCE,
    }),
    rows: sentimentRows,
  },
  answers: {
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
export function writeHuggingFace(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const split = inSplits(documents, options);
  const kind = chosenOption(FILES, options.choices);
  const files = new Map<string, string | Uint8Array>();
  const losses: Loss[] = [
    ...split.losses,
    ...staleLosses(documents),
    ...documents.flatMap((document) => rejectedLosses(document, ["sentiment", "answers"])),
  ];
  const counts: Record<string, number> = {};
  for (const [task, layout] of Object.entries(LAYOUTS)) {
    const rows = new Map<Split, Row[]>(SPLITS.map((name) => [name, []]));
    for (const [document, of] of split.documents) {
      const made = layout.rows(document, options);
      append(losses, made.losses);
      append(rows.get(of)!, made.rows);
    }
    const present = SPLITS.filter((name) => rows.get(name)!.length > 0).map(
      (name) => [name, `${name}.${kind}`] as const,
    );
    if (present.length === 0) continue;
    files.set(`${task}/README.md`, readme(layout, present, options));
    const features = layout.features(options);
    for (const [name, file] of present) {
      const some = rows.get(name)!;
      files.set(`${task}/${file}`, kind === "parquet" ? parquetBytes(some, features) : some.map(jsonLine).join(""));
      counts[`${task}/${file}`] = some.length;
    }
  }
  return { files, losses, counts };
}

function detect(files: DatasetFiles): Detection {
  const [readme] = [...files.keys()].filter((file) => /(?:^|\/)README\.md$/i.test(file));
  if (readme !== undefined && /^(?:dataset_info|configs):/m.test(head(files.get(readme)!))) {
    return { confidence: 1, reason: `"${readme}" describes a Hugging Face dataset` };
  }
  for (const [file, bytes] of files) {
    if (String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1")
      return { confidence: 0.9, reason: `"${file}" is a Parquet file` };
    const [first = ""] = head(bytes).split("\n");
    if (/^\{/.test(first) && /"(?:tokens|words)":\s*\[/.test(first) && /"(?:ner_tags|tags|labels)":\s*\[/.test(first))
      return { confidence: 0.7, reason: `"${file}" has rows of tokens and tags` };
    if (/^\{/.test(first) && /"context":/.test(first) && /"answer_start":\s*\[/.test(first))
      return { confidence: 0.9, reason: `"${file}" has rows of contexts with questions` };
    if (
      /^\{/.test(first) &&
      /"(?:text|sentence)":\s*"/.test(first) &&
      /"label":\s*(?:-?\d+|"[^"]*")\s*[,}]/.test(first)
    )
      return { confidence: 0.4, reason: `"${file}" has rows with a text and one label` };
  }
  return {
    confidence: 0,
    reason: "no README.md with dataset_info, no Parquet file, no rows of tokens, labels or questions",
  };
}

/** The format. */
export const huggingFace: DatasetFormat = {
  title: "Hugging Face datasets",
  tasks: ["entities", "sentiment", "answers"],
  options: [FILES],
  extensions: ["jsonl", "ndjson", "parquet", "md"],
  write: writeHuggingFace,
  read: readHuggingFace,
  detect,
};
