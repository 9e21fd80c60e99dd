/** Reads Label Studio's JSON: tasks with annotations, or with the `completions` of versions before 1.0; `config.xml` beside them if it is there. */
import { isRow, listIn, rowsIn, stringIn, textOf } from "./files";
import type { Row } from "./files";
import { isPlain, visibleText } from "./html-text";
import { jsonFiles, jsonObjects } from "./json-elements";
import { objectTags } from "./label-studio-config";
import type { ObjectTag } from "./label-studio-config";
import { AnnotationReader } from "./label-studio-results";
import type { ReportTask } from "./label-studio-results";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { Marks } from "./own-marks";
import { markedPlace, readTexts } from "./raw-texts";
import type { RawText } from "./raw-texts";
import { ReadError } from "./reading";
import type { DatasetFiles, ReaderOptions, ReadResult } from "./reading";

/** The annotations of a task with the results of each. */
function annotationsOf(task: Row): Row[] {
  return [...rowsIn(task, "annotations"), ...rowsIn(task, "completions")];
}

function resultsOf(task: Row): Row[] {
  return [...annotationsOf(task), ...rowsIn(task, "predictions")].flatMap((one) => rowsIn(one, "result"));
}

/** The field of `data` that was labelled: what the configuration says, else `text`, else the longest text. */
function textField(task: Row, data: Row, tags: ReadonlyMap<string, ObjectTag>): string | undefined {
  for (const result of resultsOf(task)) {
    const field = tags.get(stringIn(result, "to_name") ?? "")?.field;
    if (field !== undefined && typeof data[field] === "string") return field;
  }
  if (typeof data["text"] === "string") return "text";
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return texts.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function isHyperText(task: Row, field: string, tags: ReadonlyMap<string, ObjectTag>): boolean {
  if ([...tags.values()].some((one) => one.field === field && one.tag === "HyperText")) return true;
  return resultsOf(task).some((one) => one["type"] === "hypertextlabels");
}

class TaskReader {
  constructor(
    private readonly options: ReaderOptions,
    private readonly tags: ReadonlyMap<string, ObjectTag>,
    private readonly losses: Loss[],
  ) {}

  read(task: Row, file: string, line: number): RawText | undefined {
    const report: ReportTask = (reason, of = {}) => this.losses.push({ kind: "dropped", file, line, ...of, reason });
    const data = task["data"];
    if (!isRow(data)) {
      const flat = "annotation_id" in task || "annotator" in task;
      const advice = 'this is the export "JSON-MIN", which leaves out what is needed: export as "JSON"';
      report(flat ? advice : 'it has no "data": is it a task of Label Studio?', {
        exact: excerpt(JSON.stringify(task)),
      });
      return undefined;
    }
    const field = textField(task, data, this.tags);
    const source = field === undefined ? "" : String(data[field]);
    if (field === undefined || source === "") {
      report("its data has no text: pictures, audio and lists are not supported", {
        exact: excerpt(JSON.stringify(data)),
      });
      return undefined;
    }
    const html = isHyperText(task, field, this.tags) && !isPlain(source);
    const text = html ? visibleText(source) : source;
    if (html) report("HTML: labels were taken on the text it shows", { kind: "assumed", exact: excerpt(text) });
    const own = isRow(task["meta"]) ? Marks.of(task["meta"]) : undefined;
    const reader = new AnnotationReader(task, this.options, report);
    const annotations = annotationsOf(task);
    let submitted = 0;
    for (const annotation of annotations) if (reader.read(annotation)) submitted++;
    const suggested = rowsIn(task, "predictions");
    if (annotations.length === 0 && suggested.length > 0) {
      const count = suggested.reduce((sum, one) => sum + listIn(one, "result").length, 0);
      report(`${count} result(s) of models that nobody decided on`, { kind: "left-out", exact: excerpt(text) });
    }
    const place = markedPlace(own);
    const { labels, questions } = reader;
    // Somebody who submits a task has looked at all of it.
    const reviewed = own === undefined && submitted > 0 ? "whole" : place.reviewed;
    return { file, line, text, ...place, labels, reviewed, questions };
  }
}

/** Reads tasks. Predictions are what models said, not decisions. @throws {ReadError} if there is no task with a text. */
export function readLabelStudio(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const tags = new Map<string, ObjectTag>();
  for (const file of [...files.keys()].filter((name) => /\.xml$/i.test(name))) {
    for (const [name, tag] of objectTags(textOf(files, file, losses) ?? "")) tags.set(name, tag);
  }
  const reader = new TaskReader(options, tags, losses);
  const texts: RawText[] = [];
  const ids = new Map<string, number>();
  for (const file of jsonFiles(files)) {
    for (const { line, row } of jsonObjects(textOf(files, file, losses) ?? "", file, losses)) {
      const raw = reader.read(row, file, line);
      if (raw === undefined) continue;
      const key = `${file} ${JSON.stringify(row["id"])}`;
      const first = ids.get(key);
      if (row["id"] !== undefined && first !== undefined) {
        const reason = `its id ${JSON.stringify(row["id"])} is also on line ${first}: both are taken`;
        losses.push({ kind: "assumed", file, line, reason });
      }
      ids.set(key, first ?? line);
      texts.push(raw);
    }
  }
  if (texts.length === 0) {
    const [first] = losses;
    const why = first === undefined ? "" : ` First reason: ${first.file}:${first.line}: ${first.reason}.`;
    throw new ReadError(`There is no task with a text.${why}`);
  }
  const { documents, unit } = readTexts(texts, options, ["codepoint", "utf16"], losses);
  return { documents, unit, losses };
}
