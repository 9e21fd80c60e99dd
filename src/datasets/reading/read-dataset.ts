/** Running a format's reader so that everything that came in was taken, is told of, or is named as not looked at. */
import { decisionsIn } from "../../documents/layers";
import { decidedOn } from "../../documents/select";
import { shortened } from "../../text/print";
import { formatOf } from "../formats";
import { isTypesFile, isTypeSystem } from "./column-types";
import { isNameList } from "./name-lists";
import type { FormatName } from "../formats";
import { withLedger } from "./ledger";
import type { Ledger } from "./ledger";
import { withKnownLabels } from "../lost-relations";
import { isRow } from "./bytes";
import { typeName } from "./json-types";
import { isReport } from "../losses";
import type { Loss } from "../losses";
import { ReadError } from "../format";
import type { DatasetFiles, ReaderOptions, ReadResult } from "../format";

/** Files that lie beside data and hold none, apart from our own report: settings of ours, and those of the tools. */
const BESIDE =
  /(?:^|\/)(?:readme(?:\.(?:md|txt))?|licen[cs]e(?:\.\w+)?|labels\.json|dataset_dict\.json|state\.json|(?:annotation|visual|tools|kb_shortcuts|\.stats_cache)\.conf|config\.xml)$/i;

/**
 * Reads files with a format's reader. Losses hold, beside the reader's own, each row and each file that the reader neither took nor told of.
 * @throws {ReadError} if nothing at all can be read, also where the reader failed on it.
 */
export async function readDataset(name: FormatName, files: DatasetFiles, options: ReaderOptions): Promise<ReadResult> {
  const format = formatOf(name);
  if (format.read === undefined) throw new ReadError(`${format.title} can only be written.`);
  const { result, ledger } = await withLedger(async () => {
    try {
      return await format.read!(files, options);
    } catch (error) {
      if (error instanceof ReadError) throw error;
      const { message } = error as Error;
      throw new ReadError(`These files cannot be read as ${format.title}: ${message}. Please report this.`, {
        cause: error,
      });
    }
  });
  const losses = [...result.losses];
  const documents = result.documents.map((one) => {
    const { file, path: document } = one;
    return withKnownLabels(one, losses, { file, ...(document !== undefined && { document }) });
  });
  const rows = untoldRows(result, losses, ledger);
  const told = [...losses, ...rows, ...nothingTaken(result, ledger), ...besideFields(result, ledger)];
  return { ...result, documents, losses: [...told, ...untoldFiles(format.title, files, result, told, ledger)] };
}

/** The fields of rows that the reader does not know, each with how many rows have it. */
function besideFields({ fields: known }: ReadResult, { fields }: Ledger): Loss[] {
  if (known === undefined) return [];
  return [...fields].flatMap(([file, seen]) =>
    [...seen].flatMap(([name, { count }]): Loss[] =>
      known.has(name) || count === 0
        ? []
        : [{ kind: "beside", file, count, reason: `the field "${shortened(name, 40)}"` }],
    ),
  );
}

const MOST_SHOWN = 15;

/** Fields of rows, with what is in the first of each, for a person who looks for the text and the labels. */
export function fieldsShown(fields: Iterable<readonly [string, unknown]>): string {
  const all = [...fields].map(([name, value]) => `"${shortened(name, 40)}" (${shapeOf(value)})`);
  return all.slice(0, MOST_SHOWN).join(", ") + (all.length > MOST_SHOWN ? ` and ${all.length - MOST_SHOWN} more` : "");
}

function shapeOf(value: unknown): string {
  if (!Array.isArray(value)) return typeName(value);
  const [first] = value as readonly unknown[];
  if (isRow(first)) return `a list of objects with ${Object.keys(first).slice(0, 6).join(", ")}`;
  return first === undefined ? "an empty list" : `a list, of which the first is ${typeName(first)}`;
}

/** Files with rows of which no label and nothing reviewed was taken: the fields that their rows have. */
function nothingTaken({ documents }: ReadResult, { rows, fields }: Ledger): Loss[] {
  const taken = new Set<string>();
  for (const document of documents) if (decidedOn(document)) taken.add(document.file);
  const counts = new Map<string, number>();
  for (const { file } of rows) counts.set(file, (counts.get(file) ?? 0) + 1);
  return [...counts].flatMap(([file, count]): Loss[] => {
    const seen = fields.get(file);
    if (taken.has(file) || seen === undefined || seen.size === 0) return [];
    const shown = fieldsShown([...seen].map(([name, { value }]) => [name, value]));
    const reason =
      `no label was taken from its ${count} ${count === 1 ? "row" : "rows"}, which have the fields ${shown}: ` +
      "if labels are among them, say where, as in --columns text=NAME,label=NAME, or choose another format";
    return [{ kind: "dropped", file, reason }];
  });
}

function untoldRows({ documents }: ReadResult, losses: readonly Loss[], { rows }: Ledger): Loss[] {
  if (rows.length === 0) return [];
  const key = (file: string, line: number | undefined): string => `${line ?? ""}:${file}`;
  const told = new Set(losses.map(({ file = "", line }) => key(file, line)));
  for (const document of documents) {
    told.add(key(document.file, document.line));
    for (const item of [...decisionsIn(document), ...(document.relations ?? [])])
      told.add(key(document.file, item.line));
  }
  // A document that does not say where it begins may be of any row of its file.
  const whole = new Set(documents.flatMap(({ file, line }) => (line === undefined ? [file] : [])));
  return rows
    .filter(({ file, line }) => !whole.has(file) && !told.has(key(file, line)))
    .map(({ file, line }) => ({ kind: "dropped", file, line, reason: "nothing in this row is what the format has" }));
}

function untoldFiles(
  title: string,
  files: DatasetFiles,
  { documents }: ReadResult,
  losses: readonly Loss[],
  { opened }: Ledger,
): Loss[] {
  const stem = (file: string): string => file.replace(/\.[^./]+$/, "");
  const told = new Set([...documents.map(({ file }) => file), ...losses.flatMap(({ file }) => file ?? [])]);
  const stems = new Set([...told].map(stem));
  return [...files].flatMap(([file, bytes]): Loss[] => {
    if (isNameList(file) || isTypesFile(file) || isTypeSystem(file)) return [];
    // A text and its annotations are two files with one name.
    if (told.has(file) || stems.has(stem(file)) || isReport(file) || BESIDE.test(file) || bytes.length === 0) return [];
    const reason = opened.has(file)
      ? `the file was looked at, and nothing in it is what ${title} has`
      : `the file was not looked at: it does not look like ${title}`;
    return [{ kind: "skipped", file, reason }];
  });
}
