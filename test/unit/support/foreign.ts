/** Files as other people's tools write them: read as an import reads them, and set against what somebody else counts in them. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { LABEL_TASKS } from "../../../src/documents/tasks";
import type { LabelTask } from "../../../src/documents/tasks";
import { detectFormats } from "../../../src/datasets/formats";
import type { FormatName } from "../../../src/datasets/formats";
import type { ReaderOptions, ReadResult } from "../../../src/datasets/format";
import { readDataset } from "../../../src/datasets/reading/read-dataset";

/** Short files, with the licence of each in their README. */
export const FIXTURES = path.resolve(__dirname, "../../fixtures/foreign");
/** Whole files of many projects, beside the checkout. */
export const WHOLE = path.resolve(__dirname, "../../../../shared/data/foreign");
/** Whether they are there. */
export const haveWhole = existsSync(WHOLE);

/** Files by name: those of a folder or a file on disk, or texts. */
export type Given = string | Readonly<Record<string, string | Uint8Array>>;

/** The files as a reader gets them. */
export function filesOf(given: Given): Map<string, Uint8Array> {
  if (typeof given !== "string")
    return new Map(
      Object.entries(given).map(([name, text]) => [name, typeof text === "string" ? Buffer.from(text) : text]),
    );
  if (!statSync(given).isDirectory()) return new Map([[path.basename(given), readFileSync(given)]]);
  const names = readdirSync(given, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    names.flatMap((name): [string, Uint8Array][] => {
      const file = path.join(given, name);
      return statSync(file).isFile() ? [[name.replaceAll(path.sep, "/"), readFileSync(file)]] : [];
    }),
  );
}

/** A file read in the format that it looks like. */
export interface Foreign extends ReadResult {
  readonly format: FormatName;
}

/** Reads files as an import does that is told nothing. */
export async function readForeign(given: Given, options: Partial<ReaderOptions> = {}): Promise<Foreign> {
  const files = filesOf(given);
  const format = detectFormats(files)[0]?.name;
  if (format === undefined) throw new Error(`${[...files.keys()].join(", ")}: no format`);
  return { format, ...(await readDataset(format, files, { misaligned: "refuse", ...options })) };
}

/** How often each label occurs in what was taken. */
export function counted({ documents }: ReadResult, ...tasks: readonly LabelTask[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { layers } of documents)
    for (const task of tasks.length === 0 ? LABEL_TASKS : tasks)
      for (const { label } of layers[task].labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** The texts that labels are on, as `text/label`, in order. */
export function labelled({ documents }: ReadResult): string[] {
  return documents.flatMap(({ layers }) =>
    LABEL_TASKS.flatMap((task) => layers[task].labels.map(({ exact, label }) => `${exact}/${label}`)),
  );
}

/** What was told, a reason a line, with how often. */
export function told({ losses }: ReadResult): string {
  return losses
    .map(({ kind, file = "", line = "", reason, count = 1 }) => `${kind} ${file}:${line} ${count} ${reason}`)
    .join("\n");
}
