/** What a Hugging Face dataset says of its columns' types, beside its rows: the head of its README, `dataset_infos.json`, `dataset_info.json`. */
import { parse } from "yaml";
import type { NumberNames } from "../format";
import type { Loss } from "../losses";
import type { Input } from "./drive";
import { isRow, textOf } from "./bytes";
import type { Row } from "./bytes";
import { byNumber } from "./name-lists";
import { fields, list, object, take } from "./shape";

const INFO = object({ features: list(fields) });
const FILE = /^(?:(.*)\/)?(?:readme\.md|dataset_infos?\.json)$/i;

/** Whether a file's name is one of those that say types of columns. */
export function isTypesFile(file: string): boolean {
  return FILE.test(file);
}

/** What is known of the columns of a README's dataset: their types, by name. */
function typesInReadme(readme: string): Row {
  const yaml = /^---\r?\n([^]*?)\r?\n---/.exec(readme)?.[1];
  if (yaml === undefined) return {};
  const about: unknown = parse(yaml, { logLevel: "silent" });
  const info = isRow(about) ? about["dataset_info"] : undefined;
  const infos = (Array.isArray(info) ? info : [info]).filter(isRow);
  // A README is for people: what in it is no type of a column is no loss.
  const features = infos.flatMap((one) => take(INFO, one, {}, [])?.features ?? []);
  return Object.fromEntries(features.flatMap((one) => (typeof one["name"] === "string" ? [[one["name"], one]] : [])));
}

/** `features`, or those of each configuration by its name; only what configurations agree on. */
function typesInJson(json: string): Row {
  const value: unknown = JSON.parse(json);
  if (!isRow(value)) return {};
  if (isRow(value["features"])) return value["features"];
  const all = Object.values(value).flatMap((one) => (isRow(one) && isRow(one["features"]) ? [one["features"]] : []));
  const types: Record<string, unknown> = {};
  const odd = new Set<string>();
  for (const [name, type] of all.flatMap((features) => Object.entries(features))) {
    if (Object.hasOwn(types, name) && JSON.stringify(types[name]) !== JSON.stringify(type)) odd.add(name);
    types[name] ??= type;
  }
  return Object.fromEntries(Object.entries(types).filter(([name]) => !odd.has(name)));
}

/** The names of a column's classes, in whatever way a README or a Parquet file's metadata writes its type; undefined if it has none. */
export function classNamesIn(type: unknown): NumberNames | undefined {
  if (typeof type !== "object" || type === null) return undefined;
  if (Array.isArray(type)) return type.length === 1 ? classNamesIn(type[0]) : undefined;
  const of = type as Row;
  const names = of["names"];
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) return names;
  const numbered = isRow(names) ? byNumber(Object.entries(names)) : undefined;
  if (numbered !== undefined) return numbered;
  for (const inner of ["class_label", "dtype", "list", "sequence", "feature"]) {
    const found = classNamesIn(of[inner]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The types of columns by folder. */
export class ColumnTypes {
  constructor(private readonly folders: ReadonlyMap<string, Row>) {}

  /** The types that are said nearest to a file: in its folder or one above. */
  of(file: string): Row {
    for (let folder = file; folder !== "";) {
      folder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "";
      const found = this.folders.get(folder);
      if (found !== undefined) return found;
    }
    return {};
  }

  /** The names of a column's classes. */
  names(file: string, column: string | undefined): NumberNames | undefined {
    return column === undefined ? undefined : classNamesIn(this.of(file)[column]);
  }
}

/** What the files of an import, and those beside a single one, say of types. A head that is broken is a loss. */
export function columnTypesIn({ files, options, losses }: Input): ColumnTypes {
  const found = new Map<string, Row>();
  for (const [file] of [...(options.beside ?? []), ...files]) {
    const match = FILE.exec(file);
    if (match === null) continue;
    const own = files.has(file);
    // What lies beside a file that was chosen is a help: that it is broken is nobody's loss.
    const told: Loss[] = own ? losses : [];
    const text = textOf(own ? files : options.beside!, file, told);
    try {
      const types = /md$/i.test(file) ? typesInReadme(text ?? "") : typesInJson(text ?? "{}");
      found.set(match[1] ?? "", { ...found.get(match[1] ?? ""), ...types });
    } catch (error) {
      told.push({
        kind: "dropped",
        file,
        reason: `what it says of columns cannot be read: ${(error as Error).message}`,
      });
    }
  }
  return new ColumnTypes(found);
}
