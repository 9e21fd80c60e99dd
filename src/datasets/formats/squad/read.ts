/** Reading SQuAD's JSON, v1.1 and v2.0. `answer_start` is in code points by the format; files counted otherwise are told by their answers' text. */
import type { ExactSpan, Question } from "../../../documents/labelled";
import { answersLeft } from "../../../documents/answers";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import { parseJson, pathsWith } from "../../reading/bytes";
import { UNLABELLED } from "../../reading/builder";
import { reader, textsIn, unitOf } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { QUESTIONS } from "../../../documents/tasks";
import { typeName } from "../../reading/json-types";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { lostQuestion } from "../../lost-question";
import { FLAT_PROVENANCE, flatProvenanceOf } from "../../codecs/provenance";
import { ReadError } from "../../format";
import type { ReadDocument, ReaderOptions, ReadResult } from "../../format";
import {
  anything,
  anyText,
  either,
  fields,
  flag,
  mapped,
  number,
  object,
  perhaps,
  places,
  take,
  text,
  textOrNumber,
} from "../../reading/shape";
import type { Of, Shape } from "../../reading/shape";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";

/** A value in a shape that is not known, which is not the same as none: its type in words. */
interface Unknown {
  readonly unknown: string;
}

function isUnknown(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && "unknown" in value;
}

const ANSWER = object({ text: anyText, answer_start: number }, "text", "answer_start");
type Answers = readonly (Of<typeof ANSWER> | undefined)[];

const LISTS = object({ text: places(anyText), answer_start: places(number) }, "text", "answer_start");

/** Answers in any of the shapes that are written: a list of objects, one object, or an object of lists as `datasets` has them. `null` is none. */
const ANSWERS: Shape<Answers | Unknown> = either(
  places(ANSWER),
  either(
    { ...mapped(ANSWER, (one) => [one]), take: (value, where) => [ANSWER.take(value, where)], fits: isOneAnswer },
    either(
      {
        ...mapped(LISTS, ({ text: texts, answer_start: starts }) =>
          texts.map((one, index) => {
            const start = starts[index];
            return one === undefined || start === undefined ? undefined : { text: one, answer_start: start };
          }),
        ),
        fits: areLists,
      },
      mapped(anything, (value) => (value === null ? [] : { unknown: typeName(value) })),
    ),
  ),
);

function isOneAnswer(value: unknown): boolean {
  return fields.fits(value) && typeof (value as { text?: unknown }).text === "string";
}

function areLists(value: unknown): boolean {
  const { text, answer_start: start } = (fields.fits(value) ? value : {}) as { text?: unknown; answer_start?: unknown };
  return Array.isArray(text) && Array.isArray(start) && text.length === start.length;
}

/** A question as SQuAD and `datasets` have it. */
export const QUESTION = object({
  question: perhaps(text),
  id: textOrNumber,
  answers: ANSWERS,
  plausible_answers: ANSWERS,
  is_impossible: either(
    flag,
    mapped(anything, (value): Unknown | undefined => (value === null ? undefined : { unknown: typeName(value) })),
  ),
  ...FLAT_PROVENANCE,
});

/** A question of {@link QUESTION}. */
type QuestionRow = Of<typeof QUESTION>;

const FILE = object({
  version: text,
  data: places(object({ title: text, paragraphs: places(object({ context: perhaps(text), qas: places(QUESTION) })) })),
});

/** A paragraph with where it is in the file. */
export interface Paragraph {
  readonly file: string;
  readonly line?: number;
  /** Such as `data[0].paragraphs[2]`. */
  readonly at: string;
  readonly title?: string;
  readonly context: string;
  /** Undefined in the place of those that were told of. */
  readonly questions: readonly (QuestionRow | undefined)[];
}

function paragraphsOf(
  value: unknown,
  file: string,
  losses: Loss[],
): { readonly paragraphs: readonly Paragraph[]; readonly version: string } {
  const { version = "none", data = [] } = take(FILE, value, { file }, losses) ?? {};
  if (data.length === 0) throw new ReadError(`${file}: no articles in "data", so this is no SQuAD file.`);
  const paragraphs = data.flatMap((article, index) => {
    const title = article?.title;
    return (article?.paragraphs ?? []).flatMap((paragraph, number): Paragraph[] => {
      if (paragraph === undefined) return [];
      const at = `data[${index}].paragraphs[${number}]`;
      const { context, qas = [] } = paragraph;
      if (context === undefined) {
        const of = title === undefined ? {} : { document: title };
        losses.push({ kind: "dropped", file, ...of, reason: `${at} has no context` });
        return [];
      }
      return [{ file, at, ...(title !== undefined && { title }), context, questions: qas }];
    });
  });
  return { paragraphs, version };
}

const UNITS = ["codepoint", "utf16", "byte"] as const;

/** Answers as the file has them; SQuAD says where they start and what they are. */
function* samples(paragraphs: readonly Paragraph[]): Generator<UnitSample> {
  for (const { context, questions } of paragraphs) {
    for (const question of questions) {
      for (const answers of [question?.answers ?? [], question?.plausible_answers ?? []]) {
        if (isUnknown(answers)) continue;
        for (const answer of answers) {
          if (answer === undefined) continue;
          const { text: exact, answer_start: start } = answer;
          yield { text: context, start, end: start, exact };
        }
      }
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
      ...UNLABELLED,
      text: context,
      kind: "excerpt",
      questions: questions.flatMap((question, index) =>
        question === undefined ? [] : this.#question(question, index),
      ),
    };
  }

  #question(row: QuestionRow, index: number): Question[] {
    const at = `${this.paragraph.at}.qas[${index}]`;
    const question = row.question?.trim() ?? "";
    if (question === "") {
      this.#report("dropped", `${at} has no question`);
      return [];
    }
    const { id, answers: said = [], plausible_answers: plausibles = [], is_impossible: marked } = row;
    if (id !== undefined && this.ids.has(id))
      this.#report("assumed", `${at}: the id ${id} is there twice; both were taken`, question);
    if (id !== undefined) this.ids.add(id);
    const odd = (field: string, { unknown }: Unknown): Question[] => {
      const reason = `${at}: "${field}" is ${unknown} in a shape that is not known, which is not the same as no answer`;
      this.#report("dropped", reason, question);
      return [];
    };
    if (isUnknown(said)) return odd("answers", said);
    if (isUnknown(marked)) return odd("is_impossible", marked);
    if (isUnknown(plausibles))
      this.#report("dropped", `${at}: "plausible_answers" are in a shape that is not known`, question);
    const impossible = marked === true;
    const found = this.#answers(said, `${at}.answers`, question);
    const plausible = this.#answers(isUnknown(plausibles) ? [] : plausibles, `${at}.plausible_answers`, question);
    const of = { ...(id !== undefined && { id }), question, ...flatProvenanceOf(row) };
    if (impossible) {
      if (found.length > 0)
        this.#report("assumed", `${at} is impossible and has answers; it was taken for impossible`, question);
      return [{ ...of, answers: "none", plausible: [...plausible, ...found] }];
    }
    const answers = answersLeft(said, found);
    if (answers === undefined) {
      this.#report("dropped", `${at}: ${lostQuestion({ question }).reason}`, question);
      return [];
    }
    if (said.length === 0 && marked !== false) {
      this.#report(
        "assumed",
        `${at} has no answers and does not say why; it was taken for one without an answer`,
        question,
      );
    }
    return [{ ...of, answers, plausible }];
  }

  #answers(list: Answers, at: string, question: string): ExactSpan[] {
    const found = list.flatMap((one, index): ExactSpan[] => {
      if (one === undefined) return [];
      const { text, answer_start: start } = one;
      if (text === "") {
        this.#report("dropped", `${at}[${index}] lacks its text`, question);
        return [];
      }
      const place = { task: QUESTIONS, ...this.#where() } as const;
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
    const of = { task: QUESTIONS, ...this.#where() } as const;
    this.losses.push({ kind, ...of, ...(exact !== undefined && { exact: excerpt(exact) }), reason });
  }
}

/** The paragraphs of all files; versions, as the files say them, are added to `versions`. */
function* paragraphsIn(input: Input, versions: Set<string>): Generator<Paragraph> {
  const { files, losses } = input;
  for (const { file, text } of textsIn(input, pathsWith(files, "json"))) {
    try {
      const { paragraphs, version } = paragraphsOf(parseJson(text, file), file, losses);
      versions.add(version);
      yield* paragraphs;
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      losses.push({ kind: "dropped", file, reason: error.message });
    }
  }
}

/** Each paragraph is an excerpt of the document its article's title names. */
export const readSquad = reader<Paragraph>("There is no paragraph with a context in these files", (input) => {
  const versions = new Set<string>();
  return {
    parts: paragraphsIn(input, versions),
    units: UNITS,
    samples,
    documents: (paragraphs, unit) => ({
      documents: paragraphDocuments(paragraphs, unit, input),
      scheme: { value: `SQuAD ${[...versions].join(", ")}`, reason: 'what "version" says' },
    }),
  };
});

/** Paragraphs with their questions, each an excerpt. */
function paragraphDocuments(
  paragraphs: readonly Paragraph[],
  unit: OffsetUnit,
  { options, losses }: Input,
): ReadDocument[] {
  const ids = new Set<string>();
  return paragraphs.map((one) => new ParagraphReader(one, unit, options, losses, ids).read());
}

/** Paragraphs that another format has beside other rows: their offsets in the unit most answers say they are in. */
export function readParagraphs(paragraphs: readonly Paragraph[], input: Input): Pick<ReadResult, "documents" | "unit"> {
  const unit = unitOf(input.options, UNITS, () => samples(paragraphs));
  return { documents: paragraphDocuments(paragraphs, unit.value, input), unit };
}
