/** Reading SQuAD's JSON, v1.1 and v2.0. `answer_start` is in code points by the format; files counted otherwise are told by their answers' text. */
import type { ExactSpan } from "./document";
import { OffsetMap } from "../text/offsets";
import type { OffsetUnit } from "../text/offsets";
import { isRow, listIn, parseJson, pathsWith, provenanceIn, stringIn, textOf } from "./files";
import type { Row } from "./files";
import { typeName } from "./json-types";
import { noteRow } from "./ledger";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { ReadError } from "./reading";
import type { DatasetFiles, Detected, ReadDocument, ReaderOptions, ReadQuestion, ReadResult } from "./reading";
import { detectUnit, spanIn } from "./units";
import type { UnitSample } from "./units";

/** A paragraph with where it is in the file. */
export interface Paragraph {
  readonly file: string;
  readonly line?: number;
  /** Such as `data[0].paragraphs[2]`. */
  readonly at: string;
  readonly title?: string;
  readonly context: string;
  readonly questions: readonly Row[];
}

function paragraphsOf(value: unknown, file: string, losses: Loss[]): Paragraph[] {
  if (isRow(value)) noteRow(value, { file, line: 1 });
  const articles = isRow(value) ? listIn(value, "data") : [];
  if (articles.length === 0) throw new ReadError(`${file}: no articles in "data", so this is no SQuAD file.`);
  return articles.flatMap((article, index) => {
    if (!isRow(article)) {
      losses.push({ kind: "dropped", file, reason: `data[${index}] is no object` });
      return [];
    }
    const title = stringIn(article, "title");
    return listIn(article, "paragraphs").flatMap((paragraph, number) => {
      const at = `data[${index}].paragraphs[${number}]`;
      const context = isRow(paragraph) ? stringIn(paragraph, "context") : undefined;
      if (!isRow(paragraph) || context === undefined) {
        losses.push({
          kind: "dropped",
          file,
          ...(title !== undefined && { document: title }),
          reason: `${at} has no context`,
        });
        return [];
      }
      const questions = listIn(paragraph, "qas").filter((one, i) => {
        if (isRow(one)) return true;
        losses.push({ kind: "dropped", file, reason: `${at}.qas[${i}] is no object` });
        return false;
      }) as Row[];
      return [{ file, at, ...(title !== undefined && { title }), context, questions }];
    });
  });
}

/** Answers as the file has them; SQuAD says where they start and what they are. */
function* samples(paragraphs: readonly Paragraph[]): Generator<UnitSample> {
  for (const { context, questions } of paragraphs) {
    for (const answer of questions.flatMap((question) => [
      ...(answersIn(question, "answers") ?? []),
      ...(answersIn(question, "plausible_answers") ?? []),
    ])) {
      if (!isRow(answer)) continue;
      const { text, answer_start: start } = answer;
      if (typeof text === "string" && typeof start === "number")
        yield { text: context, start, end: start, exact: text };
    }
  }
}

class ParagraphReader {
  readonly #map: OffsetMap;

  constructor(
    private readonly paragraph: Paragraph,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
    private readonly ids: Set<string>,
  ) {
    this.#map = new OffsetMap(paragraph.context);
  }

  read(): ReadDocument {
    const { title, context, file, line, questions } = this.paragraph;
    return {
      ...(title !== undefined && { path: title }),
      ...{ file, ...(line !== undefined && { line }) },
      text: context,
      kind: "excerpt",
      entities: [],
      sentiment: [],
      questions: questions.flatMap((question, index) => this.#question(question, index)),
      reviewed: [],
      rejected: [],
    };
  }

  #question(row: Row, index: number): ReadQuestion[] {
    const at = `${this.paragraph.at}.qas[${index}]`;
    const question = stringIn(row, "question")?.trim();
    if (question === undefined || question === "") {
      this.#report("dropped", `${at} has no question`);
      return [];
    }
    const id = typeof row["id"] === "number" ? String(row["id"]) : stringIn(row, "id");
    if (id !== undefined && this.ids.has(id))
      this.#report("assumed", `${at}: the id ${id} is there twice; both were taken`, question);
    if (id !== undefined) this.ids.add(id);
    const said = answersIn(row, "answers");
    const plausibles = answersIn(row, "plausible_answers");
    const marked = row["is_impossible"];
    if (said === undefined || (marked !== undefined && marked !== null && typeof marked !== "boolean")) {
      const field = said === undefined ? "answers" : "is_impossible";
      const reason = `${at}: "${field}" is ${typeName(row[field])} in a shape that is not known, which is not the same as no answer`;
      this.#report("dropped", reason, question);
      return [];
    }
    if (plausibles === undefined)
      this.#report("dropped", `${at}: "plausible_answers" are in a shape that is not known`, question);
    const impossible = marked === true;
    const answers = this.#answers(said, `${at}.answers`, question);
    const plausible = this.#answers(plausibles ?? [], `${at}.plausible_answers`, question);
    const of = { ...(id !== undefined && { id }), question, ...provenanceIn(row) };
    if (impossible) {
      if (answers.length > 0)
        this.#report("assumed", `${at} is impossible and has answers; it was taken for impossible`, question);
      return [{ ...of, answers: [], plausible: [...plausible, ...answers] }];
    }
    // Answers that could not be taken do not make the question one without an answer.
    if (said.length > 0 && answers.length === 0) return [];
    if (said.length === 0 && marked !== false) {
      this.#report(
        "assumed",
        `${at} has no answers and does not say why; it was taken for one without an answer`,
        question,
      );
    }
    return [{ ...of, answers, ...(plausible.length > 0 && { plausible }) }];
  }

  #answers(list: readonly unknown[], at: string, question: string): ExactSpan[] {
    const found = list.flatMap((value, index): ExactSpan[] => {
      const { text, answer_start: start } = isRow(value) ? value : {};
      if (typeof text !== "string" || text === "" || typeof start !== "number") {
        this.#report("dropped", `${at}[${index}] lacks its text or its start`, question);
        return [];
      }
      const place = { task: "answers", ...this.#where() } as const;
      const span = { start, end: start + new OffsetMap(text).length(this.unit), exact: text };
      const before = this.losses.length;
      const answer = spanIn(
        this.paragraph.context,
        this.#map,
        span,
        this.unit,
        this.options.misaligned,
        place,
        this.losses,
      );
      for (const [i, loss] of this.losses.slice(before).entries()) {
        this.losses[before + i] = { ...loss, reason: `${at}[${index}]: ${loss.reason}` };
      }
      return answer === undefined ? [] : [answer];
    });
    // The same answer from several people is one answer here.
    return found.filter(({ start, end }, i) => found.findIndex((one) => one.start === start && one.end === end) === i);
  }

  #where(): Pick<Loss, "document" | "file" | "line"> {
    const { title, file, line } = this.paragraph;
    return { file, ...(title !== undefined && { document: title }), ...(line !== undefined && { line }) };
  }

  #report(kind: Loss["kind"], reason: string, exact?: string): void {
    const of = { task: "answers", ...this.#where() } as const;
    this.losses.push({ kind, ...of, ...(exact !== undefined && { exact: excerpt(exact) }), reason });
  }
}

/**
 * Answers in any of the shapes that are written: a list of objects, one object, or an object of lists as `datasets` has them. Absent and `null` are
 * none; undefined if the shape is not known, which is not the same.
 */
export function answersIn(row: Row, name: string): readonly unknown[] | undefined {
  const value = row[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!isRow(value)) return undefined;
  const { text, answer_start: start } = value;
  if (typeof text === "string") return [value];
  if (!Array.isArray(text) || !Array.isArray(start) || text.length !== start.length) return undefined;
  return text.map((one: unknown, index) => ({ text: one, answer_start: start[index] as unknown }));
}

/** See {@link ReadResult}. Each paragraph is an excerpt of the document its article's title names. */
export function readSquad(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const paragraphs: Paragraph[] = [];
  const versions = new Set<string>();
  let first: ReadError | undefined;
  for (const file of pathsWith(files, "json")) {
    const text = textOf(files, file, losses);
    if (text === undefined) continue;
    try {
      const value = parseJson(text, file);
      for (const one of paragraphsOf(value, file, losses)) paragraphs.push(one);
      if (isRow(value)) versions.add(stringIn(value, "version") ?? "none");
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      first ??= error;
      losses.push({ kind: "dropped", file, reason: error.message });
    }
  }
  if (paragraphs.length === 0) throw first ?? new ReadError("There is no paragraph with a context in these files.");
  const read = readParagraphs(paragraphs, options);
  const scheme = { value: `SQuAD ${[...versions].join(", ")}`, reason: 'what "version" says' };
  return { ...read, scheme, losses: [...losses, ...read.losses] };
}

/** Paragraphs with their questions, each an excerpt; their offsets in the unit most answers say they are in. */
export function readParagraphs(
  paragraphs: readonly Paragraph[],
  options: ReaderOptions,
): Pick<ReadResult, "documents" | "losses"> & { readonly unit: Detected<OffsetUnit> } {
  const losses: Loss[] = [];
  const unit: Detected<OffsetUnit> =
    options.unit === undefined
      ? detectUnit(samples(paragraphs), ["codepoint", "utf16", "byte"])
      : { value: options.unit, reason: "chosen" };
  const ids = new Set<string>();
  const documents = paragraphs.map((one) => new ParagraphReader(one, unit.value, options, losses, ids).read());
  return { documents, unit, losses };
}
