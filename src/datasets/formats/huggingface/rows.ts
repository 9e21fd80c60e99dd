/** The rows of a Hugging Face dataset, with the types that README and Parquet files give their columns. */
import { parse } from "yaml";
import { isRow, jsonRows, pathsWith, textOf } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import type { Loss } from "../../losses";
import { parquetRows } from "./parquet";
import type { DatasetFiles } from "../../format";
import { textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { jsonFiles } from "../../reading/json";
import { fields, list, object, take } from "../../reading/shape";

const INFO = object({ features: list(fields) });

/** A row, where it is, and the types of its columns. */
export interface Placed {
  readonly row: Row;
  readonly file: string;
  /** Of a Parquet file: the row, counted from 1. */
  readonly line: number;
  readonly types: Readonly<Record<string, unknown>>;
}

/** What is known of the columns of a README's dataset: their types, by name. */
function typesIn(readme: string): Readonly<Record<string, unknown>> {
  const yaml = /^---\r?\n([^]*?)\r?\n---/.exec(readme)?.[1];
  if (yaml === undefined) return {};
  const about: unknown = parse(yaml, { logLevel: "silent" });
  const info = isRow(about) ? about["dataset_info"] : undefined;
  const infos = (Array.isArray(info) ? info : [info]).filter(isRow);
  // A README is for people: what in it is no type of a column is no loss.
  const features = infos.flatMap((one) => take(INFO, one, {}, [])?.features ?? []);
  return Object.fromEntries(features.flatMap((one) => (typeof one["name"] === "string" ? [[one["name"], one]] : [])));
}

/** The types that the README nearest to a file gives. */
function typesFor(file: string, readmes: ReadonlyMap<string, Readonly<Record<string, unknown>>>): Row {
  for (let folder = file; folder !== "";) {
    folder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "";
    const found = readmes.get(folder);
    if (found !== undefined) return found;
  }
  return {};
}

function readmesIn(files: DatasetFiles, losses: Loss[]): Map<string, Readonly<Record<string, unknown>>> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const file of files.keys()) {
    const match = /^(?:(.*)\/)?readme\.md$/i.exec(file);
    if (match === null) continue;
    try {
      found.set(match[1] ?? "", typesIn(textOf(files, file, losses) ?? ""));
    } catch (error) {
      losses.push({ kind: "dropped", file, reason: `its head is no YAML: ${(error as Error).message}` });
    }
  }
  return found;
}

/** The rows of all files, Parquet first. A file that cannot be read is a loss. */
export async function rowsIn(input: Input): Promise<Placed[]> {
  const { files, losses } = input;
  const readmes = readmesIn(files, losses);
  const rows: Placed[] = [];
  for (const file of pathsWith(files, "parquet")) {
    try {
      const read = await parquetRows(files.get(file)!);
      const types = { ...typesFor(file, readmes), ...read.features };
      for (const [index, row] of read.rows.entries()) rows.push({ row, file, line: index + 1, types });
    } catch (error) {
      losses.push({ kind: "dropped", file, reason: `not a whole Parquet file: ${(error as Error).message}` });
    }
  }
  for (const { file, text } of textsIn(input, jsonFiles(files))) {
    const types = typesFor(file, readmes);
    for (const one of jsonRows(text, file, losses)) rows.push({ ...one, file, types });
  }
  return rows;
}
