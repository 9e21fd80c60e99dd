/** Reads Prodigy's JSON Lines: manual and binary tasks with spans, choices, binary classes. */
import type { Details } from "../../../documents/labelled";
import type { Span } from "../../../text/span";
import { append } from "../../../text/grouped";
import { isoTime } from "../../reading/bytes";
import { labelName } from "../../reading/label-names";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { MARKS } from "../../codecs/marks";
import type { RawRejection } from "../../codecs/marks";
import { ATTRIBUTES, readAttributes } from "../../codecs/attributes";
import { PROVENANCE, provenanceOf } from "../../codecs/provenance";
import { rowReader } from "../../codecs/texts";
import type { RawLabel, RawRelation, RawText } from "../../codecs/texts";
import type { ReaderOptions } from "../../format";
import { CLASSES, SPANS } from "../../../documents/tasks";
import type { Input } from "../../reading/drive";
import type { RowPlace } from "../../reading/ledger";
import { Twins } from "../../reading/twins";
import { anything, either, has, list, number, object, perhaps, places, SPAN, take, text } from "../../reading/shape";
import type { Of } from "../../reading/shape";
import type { LabelTask } from "../../../documents/tasks";

const DETAILS = { ...PROVENANCE, attributes: ATTRIBUTES };

/** The first and the last token of a span. */
const TOKENS = { token_start: perhaps(number), token_end: perhaps(number) };

/** A span that a relation joins. */
const END = object({ ...SPAN, label: anything }, "start", "end");

const FIELDS = {
  text: perhaps(text),
  answer: anything,
  label: anything,
  spans: places(
    object({ ...SPAN, ...TOKENS, label: anything, text, also: list(object(DETAILS)), ...DETAILS }, "start", "end"),
  ),
  options: list(object({ id: anything, text })),
  accept: list(anything),
  relations: list(
    object({
      label: text,
      head: anything,
      child: anything,
      head_span: perhaps(END),
      child_span: perhaps(END),
      ...DETAILS,
    }),
  ),
  meta: perhaps(object({ score: perhaps(number), source: text, start_utf16: perhaps(number) })),
  _view_id: text,
  _annotator_id: text,
  _session_id: text,
  _timestamp: either(number, text),
  _task_hash: anything,
  [MARKS]: perhaps(object({ ...DETAILS, classes: list(object({ label: text, ...DETAILS })) })),
};
const TASK = object(FIELDS);

type Task = Of<typeof TASK>;
type TaskRelation = NonNullable<Task["relations"]>[number];
type TaskSpan = NonNullable<NonNullable<Task["spans"]>[number]>;

/** What is said of a label besides. */
function detailsOf(said: Pick<NonNullable<Task[typeof MARKS]>, keyof typeof DETAILS>): Details {
  return { ...provenanceOf(said), ...readAttributes(said.attributes) };
}

/** What a span and its label are called in a task. */
function idOf({ start, end }: Span, label: string): string {
  return `${start} ${end} ${label}`;
}

/** In these the annotator sees all labels of a text at once: what carries none when it is accepted is outside. */
const MANUAL = /^(?:ner|spans)_manual$/;

/** Who answered the task, and when. */
function answeredBy(task: Task): Details {
  const author = task._annotator_id ?? task._session_id;
  const time = isoTime(task._timestamp);
  return {
    ...(author !== undefined && { author }),
    ...(time !== undefined && { time }),
    ...(task[MARKS] ? detailsOf(task[MARKS]) : provenanceOf({ score: task.meta?.score })),
  };
}

class TaskReader {
  readonly labels: RawLabel[] = [];
  readonly rejected: RawRejection[] = [];
  readonly relations: RawRelation[] = [];
  /** Ids of labels by their last token, by which a relation that names no span names them. */
  readonly #byToken = new Map<number, string>();
  #byTask: readonly Details[] | undefined;

  constructor(
    private readonly task: Task,
    private readonly options: ReaderOptions,
    private readonly report: (reason: string, of?: Partial<Loss>) => void,
  ) {}

  #name(value: unknown, task: LabelTask): string | undefined {
    const { name, problem } = labelName(value, this.options.names?.[task]);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  /** What the task's own fields say, unless the span says more. */
  #people(span: TaskSpan): readonly Details[] {
    const own = detailsOf(span);
    const also = span.also ?? [];
    // Most spans say nothing of their own: they share what the task says.
    if (Object.keys(own).length === 0 && also.length === 0) return (this.#byTask ??= [answeredBy(this.task)]);
    // A span with an author is one of ours: what it leaves out is not known. Any other takes after its task.
    const first = own.author === undefined ? { ...answeredBy(this.task), ...own } : own;
    return [first, ...also.map(detailsOf)];
  }

  spans(rejected: boolean): void {
    for (const span of this.task.spans ?? []) {
      if (span === undefined) continue;
      const { start, end } = span;
      // Without a label the task is about one: `label` of the whole task.
      const label = this.#name(span.label ?? this.task.label, SPANS);
      if (label === undefined) continue;
      const by = this.#people(span);
      if (rejected)
        append(
          this.rejected,
          by.map((who) => ({ task: SPANS, span: { start, end }, label, ...who })),
        );
      else
        this.labels.push({
          task: SPANS,
          ...((this.task.relations ?? []).length > 0 && { id: this.#noted(span, label) }),
          span: { start, end },
          ...(span.text !== undefined && { exact: span.text }),
          label,
          by,
        });
    }
  }

  #noted({ start, end, token_start: first, token_end: last = first }: TaskSpan, label: string): string {
    const id = idOf({ start, end }, label);
    if (last !== undefined && !this.#byToken.has(last)) this.#byToken.set(last, id);
    return id;
  }

  /** After all spans. */
  relation({ label: type, head, child, head_span: from, child_span: to, ...details }: TaskRelation): void {
    if (type === undefined) {
      this.report("a relation without a label");
      return;
    }
    const end = (span: typeof from, token: unknown): string => {
      if (span !== undefined) return idOf(span, this.#name(span.label, SPANS) ?? "");
      return this.#byToken.get(Number(token)) ?? "";
    };
    const own = detailsOf(details);
    const by = own.author === undefined ? { ...answeredBy(this.task), ...own } : own;
    this.relations.push({ type, from: end(from, head), to: end(to, child), ...by });
  }

  /** The name of a choice: its id, or for an id that is a number what the annotator read. */
  #choice(id: unknown): string | undefined {
    if (typeof id === "string") return id;
    return this.task.options?.find((option) => option.id === id)?.text ?? this.#name(id, CLASSES);
  }

  choices(): void {
    // Of several that one person chose each may have been decided at its own time.
    const own = new Map((this.task[MARKS]?.classes ?? []).map((one) => [one.label, detailsOf(one)]));
    for (const id of this.task.accept ?? []) {
      const label = this.#choice(id);
      const by = (label === undefined ? undefined : own.get(label)) ?? answeredBy(this.task);
      if (label !== undefined) this.labels.push({ task: CLASSES, label, by: [by] });
    }
  }

  class(rejected: boolean): void {
    const label = this.#name(this.task.label, CLASSES);
    if (label === undefined) return;
    const by = answeredBy(this.task);
    if (rejected) this.rejected.push({ task: CLASSES, label, ...by });
    else this.labels.push({ task: CLASSES, label, by: [by] });
  }
}

/** Why a task cannot be taken; undefined if it can. */
function problem(task: Task, choices: boolean): { readonly reason: string; readonly kind?: Loss["kind"] } | undefined {
  if (task.text === undefined) return { reason: 'it has no "text": images, audio and pages are not supported' };
  const { answer = "accept" } = task;
  if (answer === "ignore") return { reason: "the annotator ignored it", kind: "left-out" };
  if (answer === "accept") return undefined;
  if (answer !== "reject") return { reason: `its answer is ${excerpt(JSON.stringify(answer))}` };
  const whole = MANUAL.test(task._view_id ?? "") || choices;
  if (!whole && (task.spans ?? []).length <= 1) return undefined;
  const what = whole ? "the task as a whole was rejected" : "several spans were rejected together";
  return { reason: `${what}, which does not say what is wrong in it`, kind: "left-out" };
}

function readTask(row: unknown, at: RowPlace, { options, losses }: Input, twins: Twins): RawText | undefined {
  const task = take(TASK, row, at, losses);
  if (task === undefined) return undefined;
  const { text = "" } = task;
  const report = (reason: string, of: Partial<Loss> = {}): void => {
    const exact = excerpt(text === "" ? JSON.stringify(row) : text);
    losses.push({ kind: "dropped", ...at, exact, ...of, reason });
  };
  const choices = has(row, "options");
  const wrong = problem(task, choices);
  if (wrong !== undefined) {
    report(wrong.reason, wrong);
    return undefined;
  }
  const view = task._view_id ?? "";
  const rejected = task.answer === "reject";
  const binary = !MANUAL.test(view) && task.label !== undefined && (task.spans ?? []).length === 0;
  const reader = new TaskReader(task, options, report);
  if (binary) reader.class(rejected);
  else reader.spans(rejected);
  if (choices) reader.choices();
  for (const relation of task.relations ?? []) reader.relation(relation);
  const start = task.meta?.start_utf16;
  const path = start === undefined ? undefined : task.meta?.source;
  if (task._task_hash !== undefined) {
    const key = JSON.stringify([task._task_hash, task._session_id, task.answer]);
    twins.note(key, "the same task with the same answer", at);
  }
  return {
    ...{ ...at, text },
    ...(path !== undefined && { path }),
    kind: path === undefined ? "whole" : "excerpt",
    ...(start !== undefined && Number.isInteger(start) && { start }),
    ...(path !== undefined && { unit: "codepoint" as const }),
    labels: reader.labels,
    reviewed: MANUAL.test(view) ? "whole" : [],
    rejected: reader.rejected,
    relations: reader.relations,
  };
}

/** Reads tasks. @throws {ReadError} if there is none with a text. */
export const readProdigy = rowReader("There is no task with a text", ["codepoint", "utf16"], (input) => {
  const twins = new Twins(input.losses);
  // Of `meta` the score is read; it is mostly about other things.
  const fields = new Set(Object.keys(FIELDS).filter((name) => name !== "meta"));
  return { take: (row, place) => readTask(row, place, input, twins), finish: () => ({ fields }) };
});
