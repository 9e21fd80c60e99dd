/** One annotation of a Label Studio task: its results as labels, classes and questions. */
import { some } from "../../../documents/answers";
import type { Details, Provenance } from "../../../documents/labelled";
import { CLASSES, QUESTIONS, SPANS } from "../../../documents/tasks";
import type { LabelTask } from "../../../documents/tasks";
import { addTo } from "../../../text/grouped";
import type { Span } from "../../../text/span";
import { isoTime } from "../../reading/bytes";
import { labelName } from "../../reading/label-names";
import { TAGS } from "./config";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { lostQuestion } from "../../lost-question";
import { MARKS } from "../../codecs/marks";
import { ATTRIBUTES, attributesOf } from "../../codecs/attributes";
import { PROVENANCE, provenanceOf } from "../../codecs/provenance";
import type { RawLabel, RawQuestion, RawRelation } from "../../codecs/texts";
import type { ReaderOptions } from "../../format";
import {
  anything,
  anyText,
  either,
  flag,
  list,
  mapped,
  number,
  object,
  perhaps,
  places,
  SPAN,
  text,
  withRaw,
} from "../../reading/shape";
import type { Of } from "../../reading/shape";

/** Where a region is, and what it holds. In a `HyperText` `start` and `end` name elements. */
const REGION = {
  start: either(number, text),
  end: either(number, text),
  globalOffsets: perhaps(object(SPAN)),
  // Of a region its text; of an input field all that was written into it.
  text: either(
    mapped(anyText, (one) => ({ one, all: [] })),
    mapped(places(anyText), (all) => ({ one: undefined, all })),
  ),
};
const PLAUSIBLE = list(object(REGION));
const OWN = object({
  ...{ ...PROVENANCE, attributes: ATTRIBUTES, question: text, plausible: PLAUSIBLE },
  questions: places(object({ ...PROVENANCE, plausible: PLAUSIBLE })),
});
const RESULT = object({
  ...{ id: text, type: text, from_name: text, to_name: text, origin: perhaps(anyText), score: anything },
  value: withRaw(
    object({
      ...{ ...REGION, labels: list(anything), hypertextlabels: list(anything), choices: list(anything) },
      ...{ rating: anything, number: anything },
    }),
  ),
  // Of a relation.
  ...{ from_id: text, to_id: text, direction: perhaps(text), labels: list(anyText) },
  meta: perhaps(object({ [MARKS]: OWN })),
});
const PERSON = either(
  object({ email: text, id: either(number, text) }),
  mapped(either(number, text), (id) => ({ id, email: undefined })),
);
const TIME = perhaps(either(text, number));
const ANNOTATION = object({
  completed_by: PERSON,
  ...{ created_at: TIME, updated_at: TIME, was_cancelled: flag, skipped: flag },
  result: list(RESULT),
});
const PREDICTION = object({ model_version: text, score: perhaps(number), result: list(RESULT) });

/** What a task has of annotations, those of models included. `completions` is the name of versions before 1.0. */
export const DECIDED = {
  annotations: list(ANNOTATION),
  completions: list(ANNOTATION),
  predictions: list(PREDICTION),
};

/** An annotation of {@link DECIDED}. */
export type Annotation = Of<typeof ANNOTATION>;
/** A model's annotations of {@link DECIDED}. */
export type Prediction = Of<typeof PREDICTION>;
/** A result of an annotation. */
export type Result = Of<typeof RESULT>;
type Own = Of<typeof OWN>;
type Region = { readonly [K in keyof typeof REGION]: Of<(typeof REGION)[K]> | undefined };
type Value = NonNullable<Result["value"]>;

/** Adds a loss about a task; its kind is `dropped` unless `of` says otherwise. */
export type ReportTask = (reason: string, of?: Partial<Loss>) => void;

/** The type of a relation that has no label. */
const UNNAMED = "relation";

type Answer = Span & { readonly exact?: string };

/** Who submitted an annotation, and when. Versions differ in how they name people. */
function submittedBy({ completed_by: by, updated_at: updated, created_at: created }: Annotation): Provenance {
  const id = by?.email ?? by?.id;
  const author = typeof id === "number" ? `user ${id}` : id;
  const time = isoTime(updated) ?? isoTime(created);
  return { ...(author !== undefined && { author }), ...(time !== undefined && { time }) };
}

function spanOf(region: Region): Answer | undefined {
  const { start, end } = region.globalOffsets ?? region;
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  const exact = region.text?.one;
  return { start, end, ...(exact !== undefined && exact !== "" && { exact }) };
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** Our marks on a result. */
function ownOf(result: Result): Own | undefined {
  return result.meta?.[MARKS];
}

function plausibleOf(own: { readonly plausible: Own["plausible"] } | undefined): Span[] {
  return (own?.plausible ?? []).flatMap((one) => spanOf(one) ?? []);
}

/** What one more result says of a region that has a label: choices, a rating, a number, a text. Undefined for a result that says nothing of it. */
function saidOf({ type, value }: Result): readonly unknown[] | undefined {
  const fields = value?.fields;
  if (type === "choices") return fields?.choices;
  if (type === "textarea") return fields?.text?.all ?? [];
  return type === "rating" || type === "number" ? [fields?.[type]] : undefined;
}

/** Reads the annotations of one task into {@link labels} and {@link questions}. */
export class AnnotationReader {
  readonly labels: RawLabel[] = [];
  readonly questions: RawQuestion[] = [];
  readonly relations: RawRelation[] = [];
  /** Annotations of a task may have ids of regions in common. */
  #annotations = 0;
  /** What models had said, by region. */
  readonly #predicted = new Map<string, Provenance>();

  constructor(
    predictions: readonly Prediction[],
    private readonly options: ReaderOptions,
    private readonly report: ReportTask,
  ) {
    for (const { model_version: version, score: all, result } of predictions) {
      const model = version === undefined ? undefined : { name: version, version: "" };
      for (const { id, score } of result ?? [])
        if (id !== undefined) this.#predicted.set(id, provenanceOf({ model, score: numberOf(score ?? all) }));
    }
  }

  /** Reads one annotation; false if it was cancelled. */
  read(annotation: Annotation): boolean {
    if (annotation.was_cancelled === true || annotation.skipped === true) {
      this.report("the annotator skipped the task", { kind: "left-out" });
      return false;
    }
    const by = submittedBy(annotation);
    this.#annotations++;
    const results = annotation.result ?? [];
    const asked = new Map<string, string>();
    for (const result of results) {
      const [id, question] = [result.id, this.#questionText(result)];
      if (id !== undefined && question !== undefined) asked.set(id, question);
    }
    const said = this.#attributes(results, asked);
    const taken = new Set<string>();
    const answers = new Map<string, { by: Provenance; question: string; spans: Answer[]; plausible: Span[] }>();
    for (const result of results) {
      const [{ id = "" }, own] = [result, ownOf(result)];
      const question = asked.get(id);
      const who = own === undefined ? { ...by, ...this.#suggestion(result, id) } : provenanceOf(own);
      if (question !== undefined && result.type === "labels") {
        const span = result.value && spanOf(result.value.fields);
        const key = own?.question ?? question;
        const entry = answers.get(key) ?? { by: who, question, spans: [], plausible: plausibleOf(own) };
        if (span === undefined) this.report("an answer without offsets", { task: QUESTIONS, label: question });
        else entry.spans.push(span);
        answers.set(key, entry);
      } else if (said.of.has(result)) continue;
      else if (result.type === "relation")
        this.#relation(result, { ...who, ...attributesOf(own?.attributes ?? [], (reason) => this.report(reason)) });
      else {
        const before = this.labels.length;
        const says = attributesOf([...(own?.attributes ?? []), ...(said.by.get(id) ?? [])], (reason) =>
          this.report(reason, { task: SPANS }),
        );
        this.#result(result, { ...who, ...says });
        for (let at = before; id !== "" && at < this.labels.length; at++)
          this.labels[at] = { ...this.labels[at]!, id: this.#idOf(id, at - before) };
        if (this.labels.length > before) taken.add(id);
      }
    }
    for (const [name] of [...said.by].flatMap(([id, all]) => (taken.has(id) ? [] : all)))
      this.report(`the attribute "${excerpt(name)}" is of a label that was not taken`, { task: SPANS });
    for (const { by: who, question, spans, plausible } of answers.values()) {
      const said = some(spans);
      if (said !== undefined) this.questions.push({ question, answers: said, plausible, ...who });
      else {
        const lost = lostQuestion({ question });
        this.report(lost.reason, lost);
      }
    }
    return true;
  }

  /** The id of a region's label: that of the region, and of further labels one of their own. */
  #idOf(id: string, further = 0): string {
    return `${this.#annotations} ${id}${further === 0 ? "" : ` ${further}`}`;
  }

  /** Relations of a region that has several labels are those of the first. One both ways is two. */
  #relation({ from_id: from, to_id: to, direction, labels = [] }: Result, by: Details): void {
    if (from === undefined || to === undefined) {
      this.report("a relation without from_id and to_id", { label: labels.join(", ") });
      return;
    }
    const ends = { from: this.#idOf(from), to: this.#idOf(to) };
    const back = { from: ends.to, to: ends.from };
    const ways = direction === "bi" ? [ends, back] : [direction === "left" ? back : ends];
    const types = labels.filter((label) => label !== "");
    for (const type of types.length === 0 ? [UNNAMED] : types)
      for (const way of ways) this.relations.push({ type, ...way, ...by });
  }

  /** What results say of the labels of other results: per-region controls have the region's id. By that id, and of which results it is. */
  #attributes(
    results: readonly Result[],
    asked: ReadonlyMap<string, string>,
  ): { readonly by: Map<string, (readonly [name: string, value: unknown])[]>; readonly of: ReadonlySet<Result> } {
    const labelled = new Set(
      results.flatMap(({ id, type }) =>
        id !== undefined && !asked.has(id) && (type === "labels" || type === "hypertextlabels") ? [id] : [],
      ),
    );
    const by = new Map<string, (readonly [string, unknown])[]>();
    const of = new Set<Result>();
    for (const result of results) {
      const { id, from_name: name } = result;
      const values = saidOf(result);
      if (id === undefined || name === undefined || values === undefined || !labelled.has(id)) continue;
      of.add(result);
      const all = values.filter((one) => one !== undefined);
      if (all.length > 1)
        this.report(`${all.length} values of "${excerpt(name)}" on one label are one attribute`, {
          kind: "merged",
          task: SPANS,
        });
      if (all.length > 0) addTo(by, id, [[name, all.length === 1 ? all[0] : all.map(String).join(", ")]]);
    }
    return { by, of };
  }

  #questionText(result: Result): string | undefined {
    if (result.type !== "textarea" || !/question/i.test(result.from_name ?? "")) return undefined;
    const [text] = result.value?.fields.text?.all ?? [];
    return text === "" ? undefined : text;
  }

  /** What the model had said of a region that was taken over from it. */
  #suggestion(result: Result, id: string): Provenance {
    const { origin } = result;
    if (origin !== "prediction" && origin !== "prediction-changed") return {};
    return this.#predicted.get(id) ?? provenanceOf({ score: numberOf(result.score) });
  }

  #name(value: unknown, task: LabelTask): string | undefined {
    const { name, problem } = labelName(value, this.options.names?.[task]);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  #result(result: Result, by: Details): void {
    const { type = "", from_name: from = "", value } = result;
    if (type === "labels" || type === "hypertextlabels") {
      this.#labels(type, value, from === TAGS[CLASSES] ? CLASSES : SPANS, by);
    } else if (type === "choices") {
      const span = value && spanOf(value.fields);
      for (const choice of value?.fields.choices ?? []) {
        const label = this.#name(choice, CLASSES);
        if (label !== undefined) this.labels.push({ task: CLASSES, ...(span && { span }), label, by: [by] });
      }
    } else if (type === "textarea" && from === TAGS.unanswerable) {
      this.#unanswerable(result, value, by);
    } else if (type === "textarea" && this.#questionText(result) !== undefined) {
      // Taken with its region.
    } else {
      const what = type === "" ? "a result without a type" : `results of type "${type}"`;
      this.report(`${what} are not supported`, { exact: excerpt(JSON.stringify(value?.raw ?? {})) });
    }
  }

  #labels(type: "labels" | "hypertextlabels", value: Value | undefined, task: LabelTask, by: Details): void {
    const span = value && spanOf(value.fields);
    const names = value?.fields[type] ?? value?.fields.labels ?? [];
    const exact = excerpt(JSON.stringify(value?.raw ?? {}));
    if (span === undefined) {
      const inHtml = typeof value?.fields.start === "string";
      const why = inHtml ? "it has no globalOffsets, only places in HTML elements" : "no offsets";
      this.report(`a region cannot be placed: ${why}`, { task, exact });
      return;
    }
    if (names.length === 0) this.report("a region without a label", { task, exact });
    const { start, end, exact: said } = span;
    for (const item of names) {
      const label = this.#name(item, task);
      if (label === undefined) continue;
      this.labels.push({ task, span: { start, end }, ...(said !== undefined && { exact: said }), label, by: [by] });
    }
  }

  #unanswerable(result: Result, value: Value | undefined, by: Provenance): void {
    const marks = ownOf(result)?.questions ?? [];
    for (const [index, question] of (value?.fields.text?.all ?? []).entries()) {
      const mark = marks[index];
      const who = mark === undefined ? by : provenanceOf(mark);
      if (question === undefined || question === "") continue;
      this.questions.push({ question, answers: "none", plausible: plausibleOf(mark), ...who });
    }
  }
}
