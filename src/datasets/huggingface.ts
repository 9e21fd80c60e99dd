/**
 * The layout of Hugging Face's `datasets`: a folder a task with `README.md` (features, configs) and one JSON Lines file a
 * split. Offsets in the rows are code points. Layout checked against datasets 5.0.1.
 */
import { head } from "./files";
import type { DatasetFiles, DatasetFormat, Detection } from "./reading";
import { answerExamples } from "./answer-examples";
import { bioNames, classNames } from "./document";
import type { LabelledDocument, WriterOptions } from "./document";
import { entityExamples } from "./entity-examples";
import type { Loss } from "./losses";
import { sentimentExamples } from "./sentiment-examples";
import { SPLITS } from "./splits";
import type { Split } from "./splits";
import { CodePoints, inSplits, jsonLine, staleLosses } from "./writing";
import type { Written } from "./writing";

interface TaskRows {
  readonly rows: readonly unknown[];
  readonly losses: readonly Loss[];
}

interface TaskLayout {
  readonly title: string;
  readonly category: string;
  readonly features: (options: WriterOptions) => string[];
  readonly rows: (document: LabelledDocument, options: WriterOptions) => TaskRows;
}

function yamlNames(names: readonly string[], indent: string): string[] {
  return names.map((name, id) => `${indent}'${id}': ${JSON.stringify(name)}`);
}

function place(document: LabelledDocument, start: number): string {
  return `${document.path}#${start}`;
}

const LAYOUTS: Readonly<Record<string, TaskLayout>> = {
  entities: {
    title: "Named entities",
    category: "token-classification",
    features: ({ labels }) => [
      "  - name: id",
      "    dtype: string",
      "  - name: text",
      "    dtype: string",
      "  - name: tokens",
      "    list: string",
      "  - name: ner_tags",
      "    list:",
      "      class_label:",
      "        names:",
      ...yamlNames(bioNames(labels.entities), "          "),
      "  - name: spans",
      "    list:",
      "    - name: start",
      "      dtype: int32",
      "    - name: end",
      "      dtype: int32",
      "    - name: label",
      "      dtype: string",
    ],
    rows: (document, { labels }) => {
      const names = bioNames(labels.entities);
      const { examples, losses } = entityExamples(document, labels.entities);
      const rows = examples.map(({ span, words, tags, entities }) => {
        const points = new CodePoints(document, span);
        const spans = entities
          .map((item) => ({ ...points.span(item), label: item.label }))
          .sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
        return {
          id: place(document, span.start),
          text: points.text,
          tokens: words.map(({ start, end }) => document.text.slice(start, end)),
          ner_tags: tags.map((tag) => names.indexOf(tag)),
          spans,
        };
      });
      return { rows, losses };
    },
  },
  sentiment: {
    title: "Sentiment of sentences",
    category: "text-classification",
    features: ({ labels }) => [
      "  - name: id",
      "    dtype: string",
      "  - name: text",
      "    dtype: string",
      "  - name: label",
      "    dtype:",
      "      class_label:",
      "        names:",
      ...yamlNames(classNames(labels.sentiment), "          "),
    ],
    rows: (document, { labels }) => {
      const names = classNames(labels.sentiment);
      const { examples, losses } = sentimentExamples(document, labels.sentiment);
      const rows = examples.map((item) => {
        return { id: place(document, item.start), text: item.exact, label: names.indexOf(item.label) };
      });
      return { rows, losses };
    },
  },
  answers: {
    title: "Questions with answers",
    category: "question-answering",
    features: () => [
      ...["id", "title", "context", "question"].flatMap((name) => [`  - name: ${name}`, "    dtype: string"]),
      "  - name: answers",
      "    struct:",
      "    - name: text",
      "      list: string",
      "    - name: answer_start",
      "      list: int32",
    ],
    rows: (document) => {
      const { examples, losses } = answerExamples(document);
      const rows = examples.map(({ id, question, context, answers }) => {
        const points = new CodePoints(document, context);
        const text = answers.map(({ start, end }) => document.text.slice(start, end));
        const starts = answers.map((answer) => points.span(answer).start);
        return { id, title: document.path, context: points.text, question, answers: { text, answer_start: starts } };
      });
      return { rows, losses };
    },
  },
};

function readme(layout: TaskLayout, splits: readonly Split[], options: WriterOptions): string {
  return [
    "---",
    "task_categories:",
    `- ${layout.category}`,
    "dataset_info:",
    "  features:",
    ...layout.features(options),
    "configs:",
    "- config_name: default",
    "  data_files:",
    ...splits.flatMap((split) => [`  - split: ${split}`, `    path: ${split}.jsonl`]),
    "---",
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
  const files = new Map<string, string>();
  const losses: Loss[] = [...split.losses, ...staleLosses(documents)];
  const counts: Record<string, number> = {};
  for (const [task, layout] of Object.entries(LAYOUTS)) {
    const lines = new Map<Split, string[]>();
    for (const [document, of] of split.documents) {
      const { rows, losses: lost } = layout.rows(document, options);
      losses.push(...lost);
      lines.set(of, [...(lines.get(of) ?? []), ...rows.map(jsonLine)]);
    }
    const present = SPLITS.filter((name) => (lines.get(name)?.length ?? 0) > 0);
    if (present.length === 0) continue;
    files.set(`${task}/README.md`, readme(layout, present, options));
    for (const name of present) {
      const rows = lines.get(name) ?? [];
      files.set(`${task}/${name}.jsonl`, rows.join(""));
      counts[`${task}/${name}.jsonl`] = rows.length;
    }
  }
  return { files, losses, counts };
}

function detect(files: DatasetFiles): Detection {
  const [readme] = [...files.keys()].filter((file) => /(?:^|\/)README\.md$/.test(file));
  if (readme !== undefined && /^(?:dataset_info|configs):/m.test(head(files.get(readme)!))) {
    return { confidence: 1, reason: `"${readme}" describes a Hugging Face dataset` };
  }
  return { confidence: 0, reason: "no README.md with dataset_info" };
}

/** The format. */
export const huggingFace: DatasetFormat = {
  title: "Hugging Face datasets",
  tasks: ["entities", "sentiment", "answers"],
  extensions: ["jsonl", "parquet", "md"],
  write: writeHuggingFace,
  detect,
};
