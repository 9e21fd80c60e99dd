/** Documents that are put together piece by piece. Offsets are UTF-16 code units. */
import { layersOf } from "../../documents/layers";
import type { ExactSpan, Label, Question, Rejection, Relation } from "../../documents/labelled";
import { withRelations } from "../../documents/relations";
import { some } from "../../documents/answers";
import { SPANS, TASK_NAMES, perTask } from "../../documents/tasks";
import type { LabelTask, Task } from "../../documents/tasks";
import { OffsetMap } from "../../text/offsets";
import type { Span } from "../../text/span";
import type { ReadDocument } from "../format";
import type { Loss } from "../losses";
import { lostQuestion } from "../lost-question";

/** What a document has of which nothing is said. */
export const UNLABELLED: Pick<ReadDocument, "layers" | "questions"> = { layers: layersOf(() => ({})), questions: [] };

interface Indexed {
  readonly span: ExactSpan;
  readonly index: number;
}

function inOrder(list: readonly Indexed[]): ExactSpan[] {
  return [...list].sort((a, b) => a.index - b.index).map(({ span }) => span);
}

/** A question whose answers come one by one, in any order, those that could not be taken among them. */
export class GrowingQuestion {
  readonly #answers: Indexed[] = [];
  readonly #plausible: Indexed[] = [];
  #none = false;

  constructor(private readonly of: Omit<Question, "answers" | "plausible">) {}

  /** It is said to have no answer. */
  none(): void {
    this.#none = true;
  }

  /** @param index its place among the answers */
  answer(span: ExactSpan, index = 0): void {
    this.#answers.push({ span, index });
  }

  /** What a model had said instead. @param index its place among such */
  plausible(span: ExactSpan, index = 0): void {
    this.#plausible.push({ span, index });
  }

  /** The question; none, and a loss, if it has no answer and was not said to have none. */
  build(where: Pick<Loss, "document" | "file">, losses: Loss[]): Question[] {
    const { of } = this;
    const answers = some(inOrder(this.#answers)) ?? (this.#none ? "none" : undefined);
    if (answers !== undefined) return [{ ...of, answers, plausible: inOrder(this.#plausible) }];
    losses.push({ kind: "dropped", ...where, ...(of.line !== undefined && { line: of.line }), ...lostQuestion(of) });
    return [];
  }
}

/** What is known of a document when its first row comes. */
export type FirstRow = Pick<ReadDocument, "path" | "text" | "kind" | "offset" | "file" | "line">;

/** A document that is put together as it is read. */
export class DocumentBuilder {
  readonly map: OffsetMap;
  readonly #layers = perTask(TASK_NAMES, () => ({
    labels: [] as Label[],
    rejected: [] as Rejection[],
    reviewed: [] as Span[],
  }));
  readonly #relations: Relation[] = [];
  readonly #asked: Question[] = [];
  readonly #growing = new Map<string, GrowingQuestion>();

  constructor(private readonly first: FirstRow) {
    this.map = new OffsetMap(first.text);
  }

  get path(): string | undefined {
    return this.first.path;
  }

  get text(): string {
    return this.first.text;
  }

  get kind(): ReadDocument["kind"] {
    return this.first.kind;
  }

  label(task: LabelTask, item: Label): void {
    this.#layers[task].labels.push(item);
  }

  /** A label that is wrong. */
  reject(task: Task, item: Rejection): void {
    this.#layers[task].rejected.push(item);
  }

  /** A stretch that was looked at in full, for spans where the file does not say what for. */
  review({ start, end }: Span, task: Task = SPANS): void {
    this.#layers[task].reviewed.push({ start, end });
  }

  /** A relation between labels that have ids. */
  relate(relation: Relation): void {
    this.#relations.push(relation);
  }

  ask(question: Question): void {
    this.#asked.push(question);
  }

  /** The question of this key, whose answers come one by one. `of`: what is known of it where it is the first time that it comes. */
  question(key: string, of: Omit<Question, "answers" | "plausible">): GrowingQuestion {
    const known = this.#growing.get(key) ?? new GrowingQuestion(of);
    this.#growing.set(key, known);
    return known;
  }

  /** Whether there is a question of this key. */
  has(key: string): boolean {
    return this.#growing.has(key);
  }

  /** Questions that lost all their answers are left out, and added to `losses`. */
  build(losses: Loss[]): ReadDocument {
    const { first } = this;
    const where = { file: first.file, ...(first.path !== undefined && { document: first.path }) };
    const grown = [...this.#growing.values()].flatMap((one) => one.build(where, losses));
    return {
      ...first,
      layers: layersOf((task) => this.#layers[task]),
      questions: [...this.#asked, ...grown],
      ...withRelations(this.#relations),
    };
  }
}

/** All documents of an import, for formats whose rows are about documents in any order. */
export class DocumentBuilders {
  readonly #whole = new Map<string, DocumentBuilder>();
  readonly #excerpts: DocumentBuilder[] = [];

  /** The document whose text is in `file`. `first` counts for the first row of it. */
  whole(file: string, first: Omit<FirstRow, "kind">): DocumentBuilder {
    const made = this.#whole.get(file) ?? new DocumentBuilder({ ...first, kind: "whole" });
    this.#whole.set(file, made);
    return made;
  }

  /** A document of which a row has a piece alone. */
  excerpt(first: Omit<FirstRow, "kind">): DocumentBuilder {
    const made = new DocumentBuilder({ ...first, kind: "excerpt" });
    this.#excerpts.push(made);
    return made;
  }

  /** As {@link DocumentBuilder.build}. */
  build(losses: Loss[]): ReadDocument[] {
    return [...this.#whole.values(), ...this.#excerpts].map((one) => one.build(losses));
  }
}
