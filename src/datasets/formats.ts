/** The exchange formats by the name used on the command line. What a format must do is in `format.ts`. */
import { brat } from "./formats/brat/write";
import { casJson } from "./formats/cas/write";
import { casXmi } from "./formats/cas/xmi";
import { conll2003 } from "./formats/conll2003/write";
import { conllu } from "./formats/conllu/write";
import { csv } from "./formats/csv/write";
import { docbin } from "./formats/spacy/docbin";
import { doccano } from "./formats/doccano/write";
import { fastText } from "./formats/fasttext/format";
import { huggingFace } from "./formats/huggingface/write";
import { labelStudio } from "./formats/label-studio/write";
import { pubAnnotation } from "./formats/pubannotation/read";
import { prodigy } from "./formats/prodigy/write";
import type { DatasetFiles, DatasetFormat, Detection } from "./format";
import { detect } from "./reading/signs";
import { spacy } from "./formats/spacy/write";
import { squad } from "./formats/squad/write";
import { webAnnotation } from "./formats/web-annotation/write";
import { webannoTsv } from "./formats/webanno-tsv/write";

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
  xmi: casXmi,
  pubannotation: pubAnnotation,
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

/** Names of the formats that can be read, in order. */
export const READABLE = FORMAT_NAMES.filter((name) => formatOf(name).read !== undefined);
/** Names of the formats that can be written, in order. */
export const WRITABLE = FORMAT_NAMES.filter((name) => formatOf(name).write !== undefined);

/** A format as users choose it, in plain values: whoever shows a list of formats needs none of their readers and writers. */
export interface FormatSummary extends Pick<DatasetFormat, "title" | "holds" | "options"> {
  readonly name: FormatName;
  readonly readable: boolean;
  readonly writable: boolean;
}

/** All formats, in order. */
export function formatSummaries(): FormatSummary[] {
  return FORMAT_NAMES.map((name) => {
    const { title, holds, options, read, write } = formatOf(name);
    const own = { name, title, holds, readable: read !== undefined, writable: write !== undefined };
    return { ...own, ...(options && { options }) };
  });
}

/** A format that files look like. */
export interface DetectedFormat extends Detection {
  readonly name: FormatName;
}

/** The formats that can be read and that files look like, the likeliest first. Of equals the earlier in the table comes first. */
export function detectFormats(files: DatasetFiles): DetectedFormat[] {
  const found = detect(READABLE.map(formatOf), files);
  return READABLE.map((name, index) => ({ name, ...found[index]! }))
    .filter(({ confidence }) => confidence > 0)
    .sort((a, b) => b.confidence - a.confidence);
}
