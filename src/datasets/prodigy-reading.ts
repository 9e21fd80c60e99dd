/** Reads Prodigy's JSON Lines: manual and binary tasks with spans, choices, binary classes. */
import { append } from "../text/grouped";
import type { Provenance } from "./document";
import { isoTime, isRow, listIn, rowsIn, stringIn, textOf } from "./files";
import type { Row } from "./files";
import { jsonFiles, jsonObjects } from "./json-elements";
import { labelName } from "./label-names";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { MARKS } from "./own-marks";
import type { RawRejection } from "./own-marks";
import { readProvenance } from "./provenance";
import { readTexts } from "./raw-texts";
import type { RawLabel, RawText } from "./raw-texts";
import { ReadError } from "./reading";
import type { DatasetFiles, ReaderOptions, ReadResult } from "./reading";

/** In these the annotator sees all labels of a text at once: what carries none when it is accepted is outside. */
const MANUAL = /^(?:ner|spans)_manual$/;

/** Who answered the task, and when. */
function answeredBy(row: Row): Provenance {
  const author = stringIn(row, "_annotator_id") ?? stringIn(row, "_session_id");
  const time = isoTime(row["_timestamp"]);
  const own = row[MARKS];
  const { score } = isRow(row["meta"]) ? row["meta"] : {};
  return {
    ...(author !== undefined && { author }),
    ...(time !== undefined && { time }),
    ...readProvenance(isRow(own) ? own : { score }),
  };
}

class TaskReader {
  readonly labels: RawLabel[] = [];
  readonly rejected: RawRejection[] = [];

  constructor(
    private readonly row: Row,
    private readonly options: ReaderOptions,
    private readonly report: (reason: string, of?: Partial<Loss>) => void,
  ) {}

  #name(value: unknown, task: "entities" | "sentiment"): string | undefined {
    const { name, problem } = labelName(value, this.options.names?.[task]);
    if (problem !== undefined) this.report(problem, { kind: name === undefined ? "dropped" : "renamed", task });
    return name;
  }

  /** What the task's own fields say, unless the span says more. */
  #people(span: Row): readonly Provenance[] {
    const own = readProvenance(span);
    // A span with an author is one of ours: what it leaves out is not known. Any other takes after its task.
    const first = own.author === undefined ? { ...answeredBy(this.row), ...own } : own;
    return [first, ...rowsIn(span, "also").map(readProvenance)];
  }

  spans(rejected: boolean): void {
    for (const span of listIn(this.row, "spans")) {
      const { start, end } = isRow(span) ? span : {};
      if (!isRow(span) || typeof start !== "number" || typeof end !== "number") {
        this.report("a span's offsets are no numbers", { task: "entities", exact: excerpt(JSON.stringify(span)) });
        continue;
      }
      // Without a label the task is about one: `label` of the whole task.
      const label = this.#name(span["label"] ?? this.row["label"], "entities");
      if (label === undefined) continue;
      const by = this.#people(span);
      if (rejected)
        append(
          this.rejected,
          by.map((who) => ({ task: "entities" as const, span: { start, end }, label, ...who })),
        );
      else this.labels.push({ task: "entities", span: { start, end }, ...said(span), label, by });
    }
  }

  /** The name of a choice: its id, or for an id that is a number what the annotator read. */
  #choice(id: unknown): string | undefined {
    if (typeof id === "string") return id;
    const option = listIn(this.row, "options").find((one) => isRow(one) && one["id"] === id);
    return (isRow(option) ? stringIn(option, "text") : undefined) ?? this.#name(id, "sentiment");
  }

  choices(): void {
    const chosen = listIn(this.row, "accept");
    for (const id of chosen) {
      const label = this.#choice(id);
      if (label !== undefined) this.labels.push({ task: "sentiment", label, by: [answeredBy(this.row)] });
    }
  }

  class(rejected: boolean): void {
    const label = this.#name(this.row["label"], "sentiment");
    if (label === undefined) return;
    const by = answeredBy(this.row);
    if (rejected) this.rejected.push({ task: "sentiment", label, ...by });
    else this.labels.push({ task: "sentiment", label, by: [by] });
  }
}

/** The text of a span that says it. */
function said(span: Row): { readonly exact?: string } {
  const exact = stringIn(span, "text");
  return exact === undefined ? {} : { exact };
}

/** Why a task cannot be taken; undefined if it can. */
function problem(row: Row): { readonly reason: string; readonly kind?: Loss["kind"] } | undefined {
  if (stringIn(row, "text") === undefined) {
    return { reason: 'it has no "text": images, audio and pages are not supported' };
  }
  const { answer = "accept" } = row;
  if (answer === "ignore") return { reason: "the annotator ignored it", kind: "left-out" };
  if (answer === "accept") return undefined;
  if (answer !== "reject") return { reason: `its answer is ${excerpt(JSON.stringify(answer))}` };
  const whole = MANUAL.test(stringIn(row, "_view_id") ?? "") || "options" in row;
  if (!whole && listIn(row, "spans").length <= 1) return undefined;
  const what = whole ? "the task as a whole was rejected" : "several spans were rejected together";
  return { reason: `${what}, which does not say what is wrong in it`, kind: "left-out" };
}

function readTask(row: Row, file: string, line: number, options: ReaderOptions, losses: Loss[]): RawText | undefined {
  const text = stringIn(row, "text") ?? "";
  const report = (reason: string, of: Partial<Loss> = {}): void => {
    const exact = excerpt(text === "" ? JSON.stringify(row) : text);
    losses.push({ kind: "dropped", file, line, exact, ...of, reason });
  };
  const wrong = problem(row);
  if (wrong !== undefined) {
    report(wrong.reason, wrong);
    return undefined;
  }
  const view = stringIn(row, "_view_id") ?? "";
  const rejected = row["answer"] === "reject";
  const binary = !MANUAL.test(view) && "label" in row && listIn(row, "spans").length === 0;
  const reader = new TaskReader(row, options, report);
  if (binary) reader.class(rejected);
  else reader.spans(rejected);
  if ("options" in row) reader.choices();
  for (const relation of listIn(row, "relations")) {
    const label = isRow(relation) ? stringIn(relation, "label") : undefined;
    report("relations between labels are not supported", { task: "entities", ...(label !== undefined && { label }) });
  }
  const meta = isRow(row["meta"]) ? row["meta"] : {};
  const start = meta["start_utf16"];
  const path = typeof start === "number" ? stringIn(meta, "source") : undefined;
  return {
    file,
    line,
    text,
    ...(path !== undefined && { path }),
    kind: path === undefined ? "whole" : "excerpt",
    ...(typeof start === "number" && Number.isInteger(start) && { start }),
    ...(path !== undefined && { unit: "codepoint" as const }),
    labels: reader.labels,
    reviewed: MANUAL.test(view) ? "whole" : [],
    rejected: reader.rejected,
  };
}

/** Reads tasks. @throws {ReadError} if there is no task with a text. */
export function readProdigy(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const texts: RawText[] = [];
  const seen = new Map<string, number>();
  for (const file of jsonFiles(files)) {
    for (const { line, row } of jsonObjects(textOf(files, file, losses) ?? "", file, losses)) {
      const raw = readTask(row, file, line, options, losses);
      if (raw === undefined) continue;
      const key = JSON.stringify([row["_task_hash"], row["_session_id"], row["answer"]]);
      const first = seen.get(key);
      if (row["_task_hash"] !== undefined && first !== undefined) {
        const reason = `the same task with the same answer is on line ${first}: both are taken`;
        losses.push({ kind: "assumed", file, line, reason });
      }
      seen.set(key, first ?? line);
      texts.push(raw);
    }
  }
  if (texts.length === 0) {
    const why =
      losses[0] === undefined ? "" : ` First reason: ${losses[0].file}:${losses[0].line}: ${losses[0].reason}.`;
    throw new ReadError(`There is no task with a text.${why}`);
  }
  const { documents, unit } = readTexts(texts, options, ["codepoint", "utf16"], losses);
  return { documents, unit, losses };
}
