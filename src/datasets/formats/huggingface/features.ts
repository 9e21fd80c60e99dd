/** Columns of a Hugging Face dataset: what its README, its Parquet and Arrow files and their metadata say of them. Syntax checked against datasets 5.0.1. */
import type { SchemaElement } from "hyparquet";
import type { Row } from "../../reading/bytes";

/** A column's type, in the words of `datasets.Features`. `class`: an integer that stands for a name. */
export type Feature =
  | { readonly type: "string" | "int32" | "float64" }
  | { readonly type: "class"; readonly names: readonly string[] }
  | { readonly type: "list"; readonly of: Feature }
  | { readonly type: "struct"; readonly fields: Features };

/** Columns by name, in order. */
export type Features = Readonly<Record<string, Feature>>;

/** Text. */
export const STRING: Feature = { type: "string" };
/** A 32-bit integer. */
export const INT32: Feature = { type: "int32" };
/** A double. */
export const FLOAT64: Feature = { type: "float64" };

/** A list of some type. */
export function list(of: Feature): Feature {
  return { type: "list", of };
}

/** The features as the README's YAML has them, as a value for a YAML writer. */
export function readmeFeatures(features: Features): unknown[] {
  return Object.entries(features).map(([name, feature]) => ({ name, ...readmeType(feature) }));
}

function classLabel(names: readonly string[]): unknown {
  return { class_label: { names: Object.fromEntries(names.map((name, id) => [String(id), name])) } };
}

function readmeType(feature: Feature): Record<string, unknown> {
  switch (feature.type) {
    case "class":
      return { dtype: classLabel(feature.names) };
    case "list":
      if (feature.of.type === "class") return { list: classLabel(feature.of.names) };
      if (feature.of.type === "struct") return { list: readmeFeatures(feature.of.fields) };
      return feature.of.type === "list" ? { list: readmeType(feature.of) } : { list: feature.of.type };
    case "struct":
      return { struct: readmeFeatures(feature.fields) };
    default:
      return { dtype: feature.type };
  }
}

/** Rows of a Parquet or Arrow file, and the types of columns that its metadata gives. */
export interface TypedRows {
  readonly rows: readonly Row[];
  readonly features: Readonly<Record<string, unknown>>;
  /** It lacks the end that its writer puts: rows may be missing. */
  readonly open?: true;
}

/** The types of columns in what {@link parquetInfo} makes; none where it is missing or damaged. */
export function featuresIn(json: string | undefined): TypedRows["features"] {
  try {
    const parsed = JSON.parse(json ?? "{}") as { info?: { features?: Record<string, unknown> } };
    return parsed.info?.features ?? {};
  } catch {
    return {};
  }
}

/** The value of the key `huggingface` in a Parquet or Arrow file's metadata, which `datasets` reads classes from. */
export function parquetInfo(features: Features): string {
  return JSON.stringify({ info: { features: infoFields(features) } });
}

function infoFields(features: Features): Record<string, unknown> {
  return Object.fromEntries(Object.entries(features).map(([name, feature]) => [name, infoType(feature)]));
}

function infoType(feature: Feature): unknown {
  switch (feature.type) {
    case "class":
      return { names: feature.names, _type: "ClassLabel" };
    case "list":
      return { feature: infoType(feature.of), _type: "List" };
    case "struct":
      return infoFields(feature.fields);
    default:
      return { dtype: feature.type, _type: "Value" };
  }
}

/** The Parquet schema of the columns; lists in the three-level layout of the Parquet specification, as pyarrow writes them. */
export function parquetSchema(features: Features): SchemaElement[] {
  const columns = Object.entries(features);
  return [
    { name: "schema", num_children: columns.length, repetition_type: "REQUIRED" },
    ...columns.flatMap(([name, feature]) => schemaOf(name, feature)),
  ];
}

function schemaOf(name: string, feature: Feature): SchemaElement[] {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  switch (feature.type) {
    case "string":
      return [{ ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" }];
    case "int32":
      return [{ ...optional, type: "INT32" }];
    case "class":
      return [{ ...optional, type: "INT64" }];
    case "float64":
      return [{ ...optional, type: "DOUBLE" }];
    case "list":
      return [
        { ...optional, converted_type: "LIST", num_children: 1 },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...schemaOf("element", feature.of),
      ];
    case "struct": {
      const fields = Object.entries(feature.fields);
      return [{ ...optional, num_children: fields.length }, ...fields.flatMap(([field, of]) => schemaOf(field, of))];
    }
  }
}

/** A value as Parquet's writer wants it: classes are 64-bit. */
export function parquetValue(value: unknown, feature: Feature): unknown {
  if (value === null || value === undefined) return null;
  switch (feature.type) {
    case "class":
      return BigInt(value as number);
    case "list":
      return (value as readonly unknown[]).map((item) => parquetValue(item, feature.of));
    case "struct": {
      const row = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        Object.entries(feature.fields).map(([name, of]) => [name, parquetValue(row[name], of)]),
      );
    }
    default:
      return value;
  }
}
