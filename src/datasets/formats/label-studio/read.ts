/** Reads Label Studio's JSON: tasks with annotations, or with the `completions` of versions before 1.0; `config.xml` beside them if it is there. */
import { textOf } from "../../reading/bytes";
import { isPlain, visibleText } from "./html";
import { jsonFiles, jsonObjects } from "../../reading/json";
import { objectTags } from "./config";
import type { ObjectTag } from "./config";
import { AnnotationReader, DECIDED } from "./results";
import type { Annotation, ReportTask, Result } from "./results";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { MARKED, Marks, MARKS } from "../../codecs/marks";
import { markedPlace, readTexts } from "../../codecs/texts";
import type { RawText } from "../../codecs/texts";
import { ReadError } from "../../format";
import type { DatasetFiles, ReaderOptions, ReadResult } from "../../format";
import { anything, has, object, perhaps, record, take, withRaw } from "../../reading/shape";
import type { Of } from "../../reading/shape";

const TASK = object({
  id: anything,
  data: perhaps(withRaw(record(anything))),
  meta: perhaps(object({ [MARKS]: MARKED })),
  ...DECIDED,
});

type Task = Of<typeof TASK>;

/** The annotations of a task with the results of each. */
function annotationsOf(task: Task): readonly Annotation[] {
  return [...(task.annotations ?? []), ...(task.completions ?? [])];
}

function resultsOf(task: Task): readonly Result[] {
  return [...annotationsOf(task), ...(task.predictions ?? [])].flatMap(({ result }) => result ?? []);
}

/** The field of `data` that was labelled: what the configuration says, else `text`, else the longest text. */
function textField(
  task: Task,
  data: readonly (readonly [string, unknown])[],
  tags: ReadonlyMap<string, ObjectTag>,
): readonly [string, string] | undefined {
  const texts = data.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  for (const result of resultsOf(task)) {
    const field = tags.get(result.to_name ?? "")?.field;
    const found = texts.find(([name]) => name === field);
    if (found !== undefined) return found;
  }
  return texts.find(([name]) => name === "text") ?? texts.sort(([, a], [, b]) => b.length - a.length)[0];
}

function isHyperText(task: Task, field: string, tags: ReadonlyMap<string, ObjectTag>): boolean {
  if ([...tags.values()].some((one) => one.field === field && one.tag === "HyperText")) return true;
  return resultsOf(task).some(({ type }) => type === "hypertextlabels");
}

class TaskReader {
  constructor(
    private readonly options: ReaderOptions,
    private readonly tags: ReadonlyMap<string, ObjectTag>,
    private readonly losses: Loss[],
  ) {}

  read(row: unknown, file: string, line: number): [unknown, RawText] | undefined {
    const report: ReportTask = (reason, of = {}) => this.losses.push({ kind: "dropped", file, line, ...of, reason });
    const task = take(TASK, row, { file, line }, this.losses);
    if (task?.data === undefined) {
      const flat = has(row, "annotation_id") || has(row, "annotator");
      const advice = 'this is the export "JSON-MIN", which leaves out what is needed: export as "JSON"';
      report(flat ? advice : 'it has no "data": is it a task of Label Studio?', {
        exact: excerpt(JSON.stringify(row)),
      });
      return undefined;
    }
    const [field, source] = textField(task, task.data.fields, this.tags) ?? [];
    if (field === undefined || source === undefined || source === "") {
      report("its data has no text: pictures, audio and lists are not supported", {
        exact: excerpt(JSON.stringify(task.data.raw)),
      });
      return undefined;
    }
    const html = isHyperText(task, field, this.tags) && !isPlain(source);
    const text = html ? visibleText(source) : source;
    if (html) report("HTML: labels were taken on the text it shows", { kind: "assumed", exact: excerpt(text) });
    const own = Marks.of(task.meta?.[MARKS]);
    const suggested = task.predictions ?? [];
    const reader = new AnnotationReader(suggested, this.options, report);
    const annotations = annotationsOf(task);
    let submitted = 0;
    for (const annotation of annotations) if (reader.read(annotation)) submitted++;
    if (annotations.length === 0 && suggested.length > 0) {
      const count = suggested.reduce((sum, one) => sum + (one.result ?? []).length, 0);
      report(`${count} result(s) of models that nobody decided on`, { kind: "left-out", exact: excerpt(text) });
    }
    const place = markedPlace(own);
    const { labels, questions } = reader;
    // Somebody who submits a task has looked at all of it.
    const reviewed = own === undefined && submitted > 0 ? "whole" : place.reviewed;
    return [task.id, { file, line, text, ...place, labels, reviewed, questions }];
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
      const read = reader.read(row, file, line);
      if (read === undefined) continue;
      const [id, raw] = read;
      const key = `${file} ${JSON.stringify(id)}`;
      const first = ids.get(key);
      if (id !== undefined && first !== undefined) {
        const reason = `its id ${JSON.stringify(id)} is also on line ${first}: both are taken`;
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
