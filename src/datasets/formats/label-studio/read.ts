/** Reads Label Studio's JSON: tasks with annotations, or with the `completions` of versions before 1.0; `config.xml` beside them if it is there. */
import { isPlain, visibleText } from "./html";
import { objectTags } from "./config";
import type { ObjectTag } from "./config";
import { AnnotationReader, DECIDED } from "./results";
import type { Annotation, ReportTask, Result } from "./results";
import { excerpt } from "../../losses";
import { MARKED, Marks, MARKS } from "../../codecs/marks";
import { markedPlace, rowReader } from "../../codecs/texts";
import type { RawText } from "../../codecs/texts";
import { textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import type { RowPlace } from "../../reading/ledger";
import { Twins } from "../../reading/twins";
import { isAddress, IS_ADDRESS } from "../../reading/address";
import { isMinimal, minimalText } from "./minimal";
import { anything, object, perhaps, record, take, withRaw } from "../../reading/shape";
import type { Of } from "../../reading/shape";

const FIELDS = {
  id: anything,
  data: perhaps(withRaw(record(anything))),
  meta: perhaps(object({ [MARKS]: MARKED })),
  ...DECIDED,
};
const TASK = object(FIELDS);

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
  /** Rows of JSON-MIN were among them, which say themselves what they leave out. */
  minimal = false;
  readonly #twins: Twins;

  constructor(
    private readonly input: Input,
    private readonly tags: ReadonlyMap<string, ObjectTag>,
  ) {
    this.#twins = new Twins(input.losses);
  }

  read(row: unknown, at: RowPlace): RawText | undefined {
    const { options, losses } = this.input;
    const report: ReportTask = (reason, of = {}) => losses.push({ kind: "dropped", ...at, ...of, reason });
    const task = take(TASK, row, at, losses);
    if (task?.data === undefined) {
      if (isMinimal(row)) {
        this.minimal = true;
        return minimalText(row, at, this.input);
      }
      report('it has no "data": is it a task of Label Studio?', { exact: excerpt(JSON.stringify(row)) });
      return undefined;
    }
    const [field, source] = textField(task, task.data.fields, this.tags) ?? [];
    if (field === undefined || source === undefined || source === "") {
      report("its data has no text: pictures, audio and lists are not supported", {
        exact: excerpt(JSON.stringify(task.data.raw)),
      });
      return undefined;
    }
    if (isAddress(source)) {
      report(IS_ADDRESS, { exact: excerpt(source), count: Math.max(1, resultsOf(task).length) });
      return undefined;
    }
    const html = isHyperText(task, field, this.tags) && !isPlain(source);
    const text = html ? visibleText(source) : source;
    if (html) report("HTML: labels were taken on the text it shows", { kind: "assumed", exact: excerpt(text) });
    const own = Marks.of(task.meta?.[MARKS]);
    const suggested = task.predictions ?? [];
    const reader = new AnnotationReader(suggested, options, report);
    const annotations = annotationsOf(task);
    let submitted = 0;
    for (const annotation of annotations) if (reader.read(annotation)) submitted++;
    if (annotations.length === 0 && suggested.length > 0) {
      const count = suggested.reduce((sum, one) => sum + (one.result ?? []).length, 0);
      report(`${count} result(s) of models that nobody decided on`, { kind: "left-out", exact: excerpt(text) });
    }
    const place = markedPlace(own);
    const { labels, questions, relations } = reader;
    // Somebody who submits a task has looked at all of it.
    const reviewed = own === undefined && submitted > 0 ? "whole" : place.reviewed;
    const id = JSON.stringify(task.id) as string | undefined;
    if (id !== undefined) this.#twins.note(`${at.file} ${id}`, `its id ${id}`, at);
    return { ...at, text, ...place, labels, reviewed, questions, relations };
  }
}

/** The tags of texts in the configuration beside the tasks. */
function tagsIn(input: Input): Map<string, ObjectTag> {
  const names = [...input.files.keys()].filter((name) => /\.xml$/i.test(name));
  return new Map([...textsIn(input, names)].flatMap(({ text }) => [...objectTags(text)]));
}

/** Reads tasks. Predictions are what models said, not decisions. @throws {ReadError} if there is no task with a text. */
export const readLabelStudio = rowReader("There is no task with a text", ["codepoint", "utf16"], (input) => {
  const reader = new TaskReader(input, tagsIn(input));
  const fields = new Set(Object.keys(FIELDS).filter((name) => name !== "meta"));
  return {
    take: (row, place) => reader.read(row, place),
    finish: () => (reader.minimal ? {} : { fields }),
  };
});
