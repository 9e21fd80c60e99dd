/** One annotation of a Label Studio task: its results as labels, classes and questions. */
import type { Span } from "../text/span";
import type { Provenance } from "./document";
import { isoTime, isRow, listIn, rowsIn, stringIn } from "./files";
import type { Row } from "./files";
import { labelName } from "./label-names";
import { TAGS } from "./label-studio-config";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { MARKS } from "./own-marks";
import { readProvenance } from "./provenance";
import type { RawLabel, RawQuestion } from "./raw-texts";
import type { ReaderOptions } from "./reading";

/** Adds a loss about a task; its kind is `dropped` unless `of` says otherwise. */
export type ReportTask = (reason: string, of?: Partial<Loss>) => void;

type Answer = Span & { readonly exact?: string };

/** Who submitted an annotation, and when. Versions differ in how they name people. */
function submittedBy(annotation: Row): Provenance {
  const by = annotation["completed_by"];
  const id = isRow(by) ? (stringIn(by, "email") ?? by["id"]) : by;
  const author = typeof id === "number" ? `user ${id}` : typeof id === "string" && id !== "" ? id : undefined;
  const time = isoTime(annotation["updated_at"]) ?? isoTime(annotation["created_at"]);
  return { ...(author !== undefined && { author }), ...(time !== undefined && { time }) };
}

/** Where a region is: in a `HyperText` the offsets are `globalOffsets`, since `start` and `end` name elements. */
function spanOf(value: Row): Answer | undefined {
  const place = isRow(value["globalOffsets"]) ? value["globalOffsets"] : value;
  const { start, end } = place;
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  const exact = value["text"];
  return { start, end, ...(typeof exact === "string" && exact !== "" && { exact }) };
}

/** Our marks on a result. */
function ownOf(result: Row): Row | undefined {
  const own = isRow(result["meta"]) ? result["meta"][MARKS] : undefined;
  return isRow(own) ? own : undefined;
}

function plausibleOf(own: Row | undefined): Span[] {
  return (own === undefined ? [] : listIn(own, "plausible")).filter(isRow).flatMap((one) => spanOf(one) ?? []);
}

/** Reads the annotations of one task into {@link labels} and {@link questions}. */
export class AnnotationReader {
  readonly labels: RawLabel[] = [];
  readonly questions: RawQuestion[] = [];
  /** What models had said, by region. */
  readonly #predicted = new Map<string, Provenance>();

  constructor(
    task: Row,
    private readonly options: ReaderOptions,
    private readonly report: ReportTask,
  ) {
    for (const prediction of rowsIn(task, "predictions")) {
      const version = stringIn(prediction, "model_version");
      for (const result of rowsIn(prediction, "result")) {
        const id = stringIn(result, "id");
        const score = result["score"] ?? prediction["score"];
        const model = version === undefined ? undefined : { name: version, version: "" };
        if (id !== undefined) this.#predicted.set(id, readProvenance({ model, score }));
      }
    }
  }

  /** Reads one annotation; false if it was cancelled. */
  read(annotation: Row): boolean {
    if (annotation["was_cancelled"] === true || annotation["skipped"] === true) {
      this.report("the annotator skipped the task", { kind: "left-out" });
      return false;
    }
    const by = submittedBy(annotation);
    const results = rowsIn(annotation, "result");
    const asked = new Map<string, string>();
    for (const result of results) {
      const [id, question] = [stringIn(result, "id"), this.#questionText(result)];
      if (id !== undefined && question !== undefined) asked.set(id, question);
    }
    const answers = new Map<string, { by: Provenance; question: string; spans: Answer[]; plausible: Span[] }>();
    for (const result of results) {
      const [id = "", own] = [stringIn(result, "id"), ownOf(result)];
      const question = asked.get(id);
      const who = own === undefined ? { ...by, ...this.#suggestion(result, id) } : readProvenance(own);
      if (question !== undefined && result["type"] === "labels") {
        const span = isRow(result["value"]) ? spanOf(result["value"]) : undefined;
        const key = (own && stringIn(own, "question")) ?? question;
        const entry = answers.get(key) ?? { by: who, question, spans: [], plausible: plausibleOf(own) };
        if (span === undefined) this.report("an answer without offsets", { task: "answers", label: question });
        else entry.spans.push(span);
        answers.set(key, entry);
      } else this.#result(result, who);
    }
    for (const { by: who, question, spans, plausible } of answers.values()) {
      if (spans.length > 0) this.questions.push({ question, answers: spans, plausible, ...who });
    }
    return true;
  }

  #questionText(result: Row): string | undefined {
    const value = result["value"];
    if (result["type"] !== "textarea" || !/question/i.test(stringIn(result, "from_name") ?? "")) return undefined;
    const [text] = isRow(value) ? listIn(value, "text") : [];
    return typeof text === "string" && text !== "" ? text : undefined;
  }

  /** What the model had said of a region that was taken over from it. */
  #suggestion(result: Row, id: string): Provenance {
    const { origin } = result;
    if (origin !== "prediction" && origin !== "prediction-changed") return {};
    return this.#predicted.get(id) ?? readProvenance({ score: result["score"] });
  }

  #name(value: unknown, task: "entities" | "sentiment"): string | undefined {
    const { name, problem } = labelName(value, this.options.names?.[task]);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  #result(result: Row, by: Provenance): void {
    const type = stringIn(result, "type") ?? "";
    const value = isRow(result["value"]) ? result["value"] : {};
    const from = stringIn(result, "from_name") ?? "";
    if (type === "labels" || type === "hypertextlabels") {
      this.#labels(type, value, from === TAGS.sentiment ? "sentiment" : "entities", by);
    } else if (type === "choices") {
      const span = spanOf(value);
      for (const choice of listIn(value, "choices")) {
        const label = this.#name(choice, "sentiment");
        if (label !== undefined) this.labels.push({ task: "sentiment", ...(span && { span }), label, by: [by] });
      }
    } else if (type === "textarea" && from === TAGS.unanswerable) {
      this.#unanswerable(result, value, by);
    } else if (type === "textarea" && this.#questionText(result) !== undefined) {
      // Taken with its region.
    } else if (type === "relation") {
      const labels = listIn(result, "labels").filter((one) => typeof one === "string");
      this.report("relations between labels are not supported", { task: "entities", label: labels.join(", ") });
    } else {
      const what = type === "" ? "a result without a type" : `results of type "${type}"`;
      this.report(`${what} are not supported`, { exact: excerpt(JSON.stringify(value)) });
    }
  }

  #labels(type: string, value: Row, task: "entities" | "sentiment", by: Provenance): void {
    const span = spanOf(value);
    const names = value[type] === undefined ? listIn(value, "labels") : listIn(value, type);
    if (span === undefined) {
      const why =
        typeof value["start"] === "string" ? "it has no globalOffsets, only places in HTML elements" : "no offsets";
      this.report(`a region cannot be placed: ${why}`, { task, exact: excerpt(JSON.stringify(value)) });
      return;
    }
    if (names.length === 0) this.report("a region without a label", { task, exact: excerpt(JSON.stringify(value)) });
    const { start, end, exact } = span;
    for (const item of names) {
      const label = this.#name(item, task);
      if (label === undefined) continue;
      this.labels.push({ task, span: { start, end }, ...(exact !== undefined && { exact }), label, by: [by] });
    }
  }

  #unanswerable(result: Row, value: Row, by: Provenance): void {
    const own = ownOf(result);
    const marks = own === undefined ? [] : listIn(own, "questions");
    for (const [index, question] of listIn(value, "text").entries()) {
      const mark = marks[index];
      const who = isRow(mark) ? readProvenance(mark) : by;
      if (typeof question !== "string" || question === "") continue;
      this.questions.push({ question, answers: [], plausible: isRow(mark) ? plausibleOf(mark) : [], ...who });
    }
  }
}
