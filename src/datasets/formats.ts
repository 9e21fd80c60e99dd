/** The exchange formats by the name used on the command line. What a format must do is in `reading.ts`. */
import type { Task } from "../model/task";
import { brat } from "./brat";
import { casJson } from "./cas-json";
import { conll2003 } from "./conll2003";
import { conllu } from "./conllu";
import { csv } from "./csv";
import { docbin } from "./docbin";
import { doccano } from "./doccano";
import { fastText } from "./fasttext";
import { huggingFace } from "./huggingface";
import { labelStudio } from "./label-studio";
import { prodigy } from "./prodigy";
import type { DatasetFiles, DatasetFormat, Detection } from "./reading";
import { spacy } from "./spacy";
import { squad } from "./squad";
import { webAnnotation } from "./web-annotation";
import { webannoTsv } from "./webanno-tsv";

/** In the order users see them. */
export const FORMATS = {
  huggingface: huggingFace,
  conll2003,
  conllu,
  squad,
  brat,
  prodigy,
  spacy,
  docbin,
  labelstudio: labelStudio,
  doccano,
  webanno: webannoTsv,
  cas: casJson,
  webannotation: webAnnotation,
  csv,
  fasttext: fastText,
} as const satisfies Readonly<Record<string, DatasetFormat>>;

/** A name of {@link FORMATS}. */
export type FormatName = keyof typeof FORMATS;

/** All names, in order. */
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** A format of the table, without its particulars. */
export function formatOf(name: FormatName): DatasetFormat {
  return FORMATS[name];
}

const TASK_WORDS: Readonly<Record<Task, string>> = { entities: "entities", sentiment: "sentiment", answers: "answers" };

/** What a format holds, in a few words. */
export function holds(format: DatasetFormat): string {
  return format.tasks.map((task) => TASK_WORDS[task]).join(", ");
}

/** A format that files look like. */
export interface DetectedFormat extends Detection {
  readonly name: FormatName;
}

/** The formats that can be read and that files look like, the likeliest first. Of equals the earlier in the table comes first. */
export function detectFormats(files: DatasetFiles): DetectedFormat[] {
  return FORMAT_NAMES.filter((name) => formatOf(name).read !== undefined)
    .map((name) => ({ name, ...formatOf(name).detect(files) }))
    .filter(({ confidence }) => confidence > 0)
    .sort((a, b) => b.confidence - a.confidence);
}
