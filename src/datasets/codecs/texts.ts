/** From texts as a file has them, offsets in its unit, to documents as readers give them back. */
import { layersOf } from "../../documents/layers";
import type { Details, ExactSpan, Label, Provenance, Question, Rejection, Relation } from "../../documents/labelled";
import { withRelations } from "../../documents/relations";
import { OffsetMap } from "../../text/offsets";
import type { OffsetUnit } from "../../text/offsets";
import type { Span } from "../../text/span";
import { answersIn, keptAnswers } from "../../documents/answers";
import type { DecidedAnswers } from "../../documents/answers";
import type { Loss } from "../losses";
import { lostQuestion } from "../lost-question";
import type { Marks, RawRejection } from "./marks";
import type { DatasetReader, Detected, ReadDocument, ReaderOptions, ReadResult } from "../format";
import { emptying, reader } from "../reading/drive";
import type { Input, Reading } from "../reading/drive";
import { jsonFiles, objectsOfFile, objectsOfText } from "../reading/json";
import type { jsonObjects } from "../reading/json";
import type { RowPlace } from "../reading/ledger";
import { spanIn } from "../reading/units";
import type { UnitSample } from "../reading/units";
import { QUESTIONS, SPANS } from "../../documents/tasks";
import type { LabelTask, Task } from "../../documents/tasks";

/** A label as a file has it. */
export interface RawLabel {
  /** By which relations of its text name it. */
  readonly id?: string;
  readonly task: LabelTask;
  /** In the file's unit; absent: the whole text. */
  readonly span?: Span;
  /** What the file says the span holds. */
  readonly exact?: string;
  readonly label: string;
  /** One label a person, with what is known of it besides. */
  readonly by: readonly Details[];
}

/** A question as a file has it. Offsets are in the file's unit. */
export interface RawQuestion extends Provenance {
  readonly id?: string;
  readonly question: string;
  readonly answers: DecidedAnswers<Span & { readonly exact?: string }>;
  readonly plausible?: readonly Span[];
}

/** A relation as a file has it, from and to labels by their ids. */
export type RawRelation = Omit<Relation, "line">;

/** A text as a file has it. */
export interface RawText {
  readonly file: string;
  readonly line?: number;
  readonly text: string;
  readonly path?: string;
  readonly kind: ReadDocument["kind"];
  /** Where the text starts in its document, in UTF-16 units. */
  readonly start?: number;
  /** The unit the file says its offsets are in. */
  readonly unit?: OffsetUnit;
  readonly labels: readonly RawLabel[];
  /** `whole`: all of the text. */
  readonly reviewed: readonly Span[] | "whole";
  readonly rejected: readonly RawRejection[];
  readonly relations?: readonly RawRelation[];
  readonly questions?: readonly RawQuestion[];
  /** Words and sentences of the source, in UTF-16 units of the text. */
  readonly words?: readonly Span[];
  readonly sentences?: readonly Span[];
}

/** Where a text is from, as our own marks on it say. */
export function markedPlace(
  marks: Marks | undefined,
): Pick<RawText, "path" | "kind" | "start" | "unit" | "rejected"> & { readonly reviewed: readonly Span[] } {
  return {
    ...(marks?.path !== undefined && { path: marks.path }),
    kind: marks === undefined || marks.whole ? "whole" : "excerpt",
    ...(marks?.start !== undefined && { start: marks.start }),
    ...(marks?.unit !== undefined && { unit: marks.unit }),
    reviewed: marks?.reviewed ?? [],
    rejected: marks?.rejected ?? [],
  };
}

function* samples(texts: readonly RawText[]): Generator<UnitSample> {
  for (const { text, labels, questions = [], unit } of texts) {
    if (unit !== undefined) continue;
    for (const { span, exact } of labels) {
      if (span !== undefined) yield { text, ...span, ...(exact !== undefined && { exact }) };
    }
    for (const { answers } of questions) for (const answer of answersIn(answers)) yield { text, ...answer };
  }
}

function unitSaid(texts: readonly RawText[]): Detected<OffsetUnit> | undefined {
  const [first, ...others] = new Set(texts.map(({ unit }) => unit));
  return first === undefined || others.length > 0 ? undefined : { value: first, reason: "the file says so" };
}

class Placing {
  readonly #map: OffsetMap;

  constructor(
    private readonly raw: RawText,
    private readonly unit: OffsetUnit,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    this.#map = new OffsetMap(raw.text);
  }

  #place(
    span: (Span & { readonly exact?: string }) | undefined,
    of: Pick<Loss, "task" | "label">,
  ): ExactSpan | undefined {
    const { text } = this.raw;
    if (span === undefined) return { start: 0, end: text.length, exact: text };
    const at = { ...this.#where(), ...of };
    const checked = this.#saysSo(span) ? { start: span.start, end: span.end } : span;
    return spanIn(text, this.#map, checked, this.unit, this.options.misaligned, at, this.losses);
  }

  #where(): Pick<Loss, "file" | "line" | "document"> {
    const { file, line, path } = this.raw;
    return { file, ...(line !== undefined && { line }), ...(path !== undefined && { document: path }) };
  }

  /** Whether a span holds what the file says it does, white space aside: tools collapse it in what they show. */
  #saysSo({ start, end, exact }: Span & { readonly exact?: string }): boolean {
    if (exact === undefined) return false;
    try {
      const held = this.raw.text.slice(this.#map.toUtf16(start, this.unit), this.#map.toUtf16(end, this.unit));
      return collapsed(held) === collapsed(exact);
    } catch {
      return false;
    }
  }

  labels(task: Task): Label[] {
    const { line } = this.raw;
    return this.raw.labels.flatMap(({ task: its, span, exact, label, by, id }) => {
      if (its !== task) return [];
      const found = this.#place(span && { ...span, ...(exact !== undefined && { exact }) }, { task, label });
      if (found === undefined) return [];
      return by.map((who, index) => ({
        ...found,
        ...(id !== undefined && this.#related && { id: idOf(id, index) }),
        label,
        ...who,
        ...(line !== undefined && { line }),
      }));
    });
  }

  /** Of a label that several people have, a relation is of the one of its own author. */
  relations(): Relation[] {
    const { line, labels, relations = [] } = this.raw;
    const people = new Map(labels.flatMap(({ id, by }) => (id === undefined ? [] : [[id, by] as const])));
    const end = (id: string, { author }: RawRelation): string => {
      const index = (people.get(id) ?? []).findIndex((who) => who.author === author);
      return idOf(id, Math.max(0, index));
    };
    return relations.map((item) => ({
      ...item,
      from: end(item.from, item),
      to: end(item.to, item),
      ...(line !== undefined && { line }),
    }));
  }

  get #related(): boolean {
    return (this.raw.relations ?? []).length > 0;
  }

  /** What is looked at in full counts for spans: files say no more. */
  reviewed(task: Task): Span[] {
    if (task !== SPANS) return [];
    const { reviewed, text } = this.raw;
    if (reviewed === "whole") return [{ start: 0, end: text.length }];
    return reviewed.flatMap((span) => {
      const found = this.#place(span, { task });
      return found === undefined ? [] : [{ start: found.start, end: found.end }];
    });
  }

  questions(): Question[] {
    const { line } = this.raw;
    return (this.raw.questions ?? []).flatMap(({ answers, plausible = [], ...rest }) => {
      const place = (span: Span): ExactSpan | undefined => this.#place(span, { task: QUESTIONS, label: rest.question });
      const found = keptAnswers(answers, place);
      if (found === undefined) {
        this.losses.push({ kind: "dropped", ...this.#where(), ...lostQuestion(rest) });
        return [];
      }
      const instead = plausible.flatMap((span) => place(span) ?? []);
      return [{ ...rest, answers: found, plausible: instead, ...(line !== undefined && { line }) }];
    });
  }

  rejected(task: Task): Rejection[] {
    const { line } = this.raw;
    return this.raw.rejected.flatMap(({ span, task: its, ...rest }) => {
      if (its !== task) return [];
      const found = this.#place(span, { task, label: rest.label });
      return found === undefined ? [] : [{ ...rest, ...found, ...(line !== undefined && { line }) }];
    });
  }
}

/** The id of a label, one for each of the people who have it. */
function idOf(id: string, index: number): string {
  return index === 0 ? id : `${id}~${index}`;
}

function collapsed(text: string): string {
  return text.replace(/[\s\u0085]+/g, " ").trim();
}

/**
 * Documents from texts. Texts that do not say their unit are read in the one their spans fit best among `units`, the usual one first; spans that
 * do not fit are added to the losses.
 */
export function readingTexts(
  parts: Reading<RawText>["parts"],
  units: readonly OffsetUnit[],
  { options, losses }: Input,
): Reading<RawText> {
  return {
    ...{ parts, units, samples, unitSaid },
    documents: (texts, unit) => ({
      documents: emptying(texts, (raw): ReadDocument => {
        const placing = new Placing(raw, options.unit ?? raw.unit ?? unit, options, losses);
        const { file, line, path, kind, start, text, words, sentences } = raw;
        return {
          ...(path !== undefined && { path }),
          text,
          kind,
          ...(start !== undefined && { offset: start }),
          layers: layersOf((task) => ({
            labels: placing.labels(task),
            reviewed: placing.reviewed(task),
            rejected: placing.rejected(task),
          })),
          questions: placing.questions(),
          ...withRelations(placing.relations()),
          ...(words && { words }),
          ...(sentences && { sentences }),
          file,
          ...(line !== undefined && { line }),
        };
      }),
    }),
  };
}

/** Takes a row as a text, or says why not. */
export type RowTaker = (row: unknown, place: RowPlace) => RawText | undefined;

function* rowsIn({ files, losses }: Input, { take, rows }: RowsTaker): Generator<RawText> {
  for (const file of jsonFiles(files)) {
    const elements = rows ? objectsOfText(files, file, losses, rows) : objectsOfFile(files, file, losses);
    for (const { line, row } of elements) {
      const raw = take(row, { file, line });
      if (raw !== undefined) yield raw;
    }
  }
}

/** Takes rows one by one, and says in the end what there is to say of all of them. */
export interface RowsTaker {
  readonly take: RowTaker;
  /** The rows of a file's text, where they are not objects one after another. */
  readonly rows?: typeof jsonObjects;
  readonly finish?: () => Pick<ReadResult, "unnamed" | "fields">;
}

/** A reader of JSON whose objects are texts with labels. @param nothing as {@link reader} has it */
export function rowReader(
  nothing: string,
  units: readonly OffsetUnit[],
  open: (input: Input) => RowTaker | RowsTaker,
): DatasetReader {
  return reader(nothing, (input) => {
    const opened = open(input);
    const taker: RowsTaker = typeof opened === "function" ? { take: opened } : opened;
    const { finish = (): Pick<ReadResult, "unnamed"> => ({}) } = taker;
    const reading = readingTexts(rowsIn(input, taker), units, input);
    return {
      ...reading,
      documents: (texts: RawText[], unit) => ({ ...reading.documents(texts, unit), ...finish() }),
    };
  });
}
