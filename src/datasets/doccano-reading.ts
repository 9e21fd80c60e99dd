/** Reads doccano's JSON Lines, and the JSON of its older versions: spans as lists or objects, classes, relations (reported), both units. */
import { isRow, stringIn, textOf } from "./files";
import type { Row } from "./files";
import { jsonFiles, jsonObjects } from "./json-elements";
import { labelName } from "./label-names";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { Marks } from "./own-marks";
import { ReadError } from "./reading";
import type { DatasetFiles, ReaderOptions, ReadResult } from "./reading";
import { markedPlace, readTexts } from "./raw-texts";
import type { RawLabel, RawText } from "./raw-texts";

/** Where doccano's versions and project types keep labels. */
const COLUMNS = ["label", "labels", "entities", "annotations", "cats"] as const;

type Report = (reason: string, of?: Partial<Loss>) => void;

class RowReader {
  readonly labels: RawLabel[] = [];

  constructor(
    private readonly marks: Marks | undefined,
    private readonly options: ReaderOptions,
    private readonly report: Report,
  ) {}

  #name(value: unknown, task: "entities" | "sentiment"): string | undefined {
    const { name, problem } = labelName(value, this.options.names?.[task]);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  #span(start: unknown, end: unknown, value: unknown): void {
    if (typeof start !== "number" || typeof end !== "number") {
      this.report(`a span's offsets are no numbers: ${excerpt(JSON.stringify([start, end]))}`, { task: "entities" });
      return;
    }
    const label = this.#name(value, "entities");
    if (label === undefined) return;
    const span = { start, end };
    this.labels.push({ task: "entities", span, label, by: this.marks?.by("entities", span, label) ?? [{}] });
  }

  /** One item of a column of labels: a span as list or object, or the name of a class. */
  item(value: unknown): void {
    if (Array.isArray(value)) {
      const [start, end, label] = value as unknown[];
      this.#span(start, end, label);
    } else if (isRow(value) && ("start_offset" in value || "end_offset" in value)) {
      this.#span(value["start_offset"], value["end_offset"], value["label"]);
    } else {
      const label = this.#name(isRow(value) ? value["label"] : value, "sentiment");
      if (label !== undefined) this.labels.push({ task: "sentiment", label, by: [{}] });
    }
  }
}

function readRow(row: Row, file: string, line: number, options: ReaderOptions, losses: Loss[]): RawText | undefined {
  const report: Report = (reason, of = {}) => losses.push({ kind: "dropped", file, line, ...of, reason });
  const text = stringIn(row, "text") ?? stringIn(row, "data");
  if (text === undefined) {
    report('it has no "text"', { exact: excerpt(JSON.stringify(row)) });
    return undefined;
  }
  const marks = Marks.of(row);
  const reader = new RowReader(marks, options, report);
  for (const column of COLUMNS) {
    const value = row[column];
    if (Array.isArray(value)) for (const item of value as unknown[]) reader.item(item);
    else if (typeof value === "string" || typeof value === "number") reader.item(value);
    else if (value !== undefined && value !== null) report(`"${column}" is neither a list nor a name`);
  }
  for (const relation of Array.isArray(row["relations"]) ? (row["relations"] as unknown[]) : []) {
    const type = isRow(relation) ? String(relation["type"]) : "";
    report("relations between labels are not supported", { task: "entities", label: type });
  }
  const comments = row["Comments"] ?? row["comments"];
  if (Array.isArray(comments) && comments.length > 0) {
    report(`${comments.length} comment(s) have no place here`, { exact: excerpt(JSON.stringify(comments)) });
  }
  const labels = marks === undefined ? reader.labels : withClasses(reader.labels, marks, text);
  return { file, line, text, ...markedPlace(marks), labels };
}

/** Who chose a class is marked with the span of the whole text. */
function withClasses(labels: readonly RawLabel[], marks: Marks, text: string): RawLabel[] {
  const end = marks.unit === "codepoint" ? Array.from(text).length : text.length;
  return labels.map((item) =>
    item.span === undefined ? { ...item, by: marks.by("sentiment", { start: 0, end }, item.label) } : item,
  );
}

/** A reader's {@link DatasetReader}. @throws {ReadError} if there is no row with a text. */
export function readDoccano(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const texts: RawText[] = [];
  const ids = new Map<string, string>();
  for (const file of jsonFiles(files)) {
    const text = textOf(files, file, losses);
    for (const { line, row } of jsonObjects(text ?? "", file, losses)) {
      const raw = readRow(row, file, line, options, losses);
      if (raw === undefined) continue;
      const id = JSON.stringify(row["id"]) as string | undefined;
      const key = `${file} ${id}`;
      const first = ids.get(key);
      if (id !== undefined && first !== undefined) {
        losses.push({
          kind: "assumed",
          file,
          line,
          reason: `its id ${id} is also on line ${first}: both are taken`,
        });
      }
      ids.set(key, first ?? String(line));
      texts.push(raw);
    }
  }
  if (texts.length === 0) throw new ReadError(nothing(losses));
  const { documents, unit } = readTexts(texts, options, ["utf16", "codepoint"], losses);
  return { documents, unit, losses };
}

function nothing(losses: readonly Loss[]): string {
  const [first] = losses;
  const why = first === undefined ? "" : ` First reason: ${first.file ?? ""}:${first.line ?? ""}: ${first.reason}.`;
  return `No line has a text.${why}`;
}
