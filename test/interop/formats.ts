/**
 * Writes and reads exchange formats for tests in Python, which hold our files against the tools they are for.
 *
 * `formats.ts write FOLDER`: the same labelled documents in every format asked for, and `documents.json`, what is in them (offsets in code points).
 * `formats.ts read FORMAT FOLDER`: what is read from the folder's files, as JSON on standard output.
 */
import { documentOf, labelled } from "../unit/support/labelled";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import path from "node:path";
import process from "node:process";
import fc from "fast-check";
import type { LabelledDocument, WriterOptions } from "../../src/datasets/document";
import { formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { defaultLabelSets, withSeveral } from "../../src/labels/labelset";
import { OffsetMap } from "../../src/text/offsets";
import { labelledDocuments } from "../unit/support/documents";
import { filesIn, writeFilesIn } from "./folder";
import { writeDataset } from "../../src/datasets/writing/drive";
import { detect } from "../../src/datasets/reading/signs";

const OPTIONS: WriterOptions = { labels: defaultLabelSets(), seed: 1, validation: 0, test: 0 };
const PYTHON = process.env["GLOSSATOR_PYTHON"];
/** What is written, and with which options. */
const EXPORTS: readonly (readonly [string, FormatName, Readonly<Record<string, string>>])[] = [
  ["doccano-utf16", "doccano", { offsets: "utf16" }],
  ["doccano-codepoint", "doccano", { offsets: "codepoint" }],
  ["prodigy", "prodigy", {}],
  ["labelstudio", "labelstudio", {}],
  ["spacy", "spacy", {}],
  ["conllu", "conllu", {}],
  ["conll2003", "conll2003", {}],
  ...(PYTHON === undefined ? [] : [["docbin", "docbin", {}] as const]),
];

/** What is written with several classes of one text. */
const SEVERAL: typeof EXPORTS = [
  ["huggingface-jsonl", "huggingface", { files: "jsonl" }],
  ["huggingface-parquet", "huggingface", { files: "parquet" }],
  ...(PYTHON === undefined ? [] : [["docbin", "docbin", {}] as const]),
];

/** Texts with one class, and with two. */
function several(): LabelledDocument[] {
  return [
    labelled("both.txt", "😀 A fine start, a dreadful end.", {
      sentiment: [
        ["😀 A fine start, a dreadful end.", "positive"],
        ["😀 A fine start, a dreadful end.", "negative"],
      ],
    }),
    labelled("one.txt", "It opens at nine.", { sentiment: [["It opens at nine.", "neutral"]] }),
  ];
}

/** Text and labels that make offsets go wrong: the vector of the design, line endings, nesting, a label in a word. */
function fixed(): LabelledDocument[] {
  const made = (name: string, text: string, labels: readonly (readonly [string, string])[]): LabelledDocument => {
    const spans = labels.map(([exact, label], index) => {
      const start = text.indexOf(exact);
      const model = { name: "m", version: "1" };
      const time = "2026-03-01T09:00:00.000Z";
      return {
        id: `${name}-${index}`,
        start,
        end: start + exact.length,
        exact,
        label,
        author: "ann",
        time,
        model,
        score: 0.5,
      };
    });
    return documentOf(name, text, { spans, reviewed: [{ start: 0, end: text.length }] });
  };
  return [
    made("vector.txt", "I 😀 love Zürich and 👨‍👩‍👧 Acme.", [
      ["Zürich", "LOC"],
      ["Acme", "ORG"],
    ]),
    made("lines.txt", "Ada\r\nleft.\r\n\r\n😀 Bob  stayed\u2028in Rome.", [
      ["Ada", "PER"],
      ["Bob", "PER"],
      ["Rome", "LOC"],
    ]),
    made("nested.txt", "Bank of Zürich hired AHU2G1.", [
      ["Bank of Zürich", "ORG"],
      ["Zürich", "LOC"],
      ["AHU", "MISC"],
    ]),
  ];
}

function documents(): LabelledDocument[] {
  const generated = fc.sample(labelledDocuments({ reviewed: true }), { numRuns: 12, seed: 11 });
  return [...fixed(), ...generated.flatMap((some, i) => some.map((one) => ({ ...one, path: `${i}/${one.path}` })))];
}

async function write(folder: string): Promise<void> {
  const all = documents();
  for (const [name, format, choices] of EXPORTS) {
    const options = { ...OPTIONS, choices, ...(PYTHON !== undefined && { python: PYTHON }) };
    const { files, losses } = await writeDataset(formatOf(format), all, options);
    writeFilesIn(path.join(folder, name), [...files, ["losses.json", JSON.stringify(losses)]]);
  }
  for (const [name, format, choices] of SEVERAL) {
    const labels = withSeveral(OPTIONS.labels, [CLASSES]);
    const options = { ...OPTIONS, labels, choices, ...(PYTHON !== undefined && { python: PYTHON }) };
    const { files, losses } = await writeDataset(formatOf(format), several(), options);
    writeFilesIn(path.join(folder, "several", name), [...files, ["losses.json", JSON.stringify(losses)]]);
  }
  const listed = all.map(({ path: name, text, layers }) => {
    const map = new OffsetMap(text);
    const spans = layers[SPANS].labels.map(({ start, end, label, exact }) => {
      return [map.fromUtf16(start, "codepoint"), map.fromUtf16(end, "codepoint"), label, exact];
    });
    return { path: name, text, entities: spans };
  });
  writeFilesIn(folder, [["documents.json", JSON.stringify(listed)]]);
}

async function read(format: FormatName, folder: string): Promise<void> {
  const files = filesIn(folder);
  const result = await formatOf(format).read!(files, {
    misaligned: "refuse",
    ...(PYTHON !== undefined && { python: PYTHON }),
  });
  process.stdout.write(JSON.stringify({ detected: detect([formatOf(format)], files)[0], ...result }));
}

const [, , command, first = "", second = ""] = process.argv;
void (command === "write" ? write(first) : read(first as FormatName, second));
