/** Documents that grow row by row, for formats whose files hold rows about documents in any order. Offsets are UTF-16 code units. */
import { some } from "../../documents/answers";
import { LABEL_TASKS, perTask } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";
import { OffsetMap } from "../../text/offsets";
import type { Span } from "../../text/span";
import type { ExactSpan } from "../document";
import type { ReadDocument, ReadLabel, ReadQuestion, ReadRejection } from "../format";
import type { Loss } from "../losses";
import { lostQuestion } from "../lost-question";

/** What a document has of which nothing is said. */
export const UNLABELLED: Pick<ReadDocument, LabelTask | "questions" | "reviewed" | "rejected"> = {
  ...perTask(LABEL_TASKS, () => []),
  questions: [],
  reviewed: [],
  rejected: [],
};

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

  constructor(private readonly of: Omit<ReadQuestion, "answers" | "plausible">) {}

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
  build(where: Pick<Loss, "document" | "file">, losses: Loss[]): ReadQuestion[] {
    const { of } = this;
    const answers = some(inOrder(this.#answers)) ?? (this.#none ? "none" : undefined);
    if (answers !== undefined) return [{ ...of, answers, plausible: inOrder(this.#plausible) }];
    losses.push({ kind: "dropped", ...where, ...(of.line !== undefined && { line: of.line }), ...lostQuestion(of) });
    return [];
  }
}

/** What is known of a document when its first row comes. */
export type FirstRow = Pick<ReadDocument, "path" | "text" | "kind" | "offset" | "file" | "line">;

/** The document that rows are about. */
export class GrowingDocument {
  readonly entities: ReadLabel[] = [];
  readonly sentiment: ReadLabel[] = [];
  readonly questions: ReadQuestion[] = [];
  readonly rejected: ReadRejection[] = [];
  readonly reviewed: Span[] = [];
  readonly map: OffsetMap;
  readonly #byKey = new Map<string, GrowingQuestion>();

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

  /** The question of this key; `make` is called where it is the first row of it. */
  question(key: string, make: () => GrowingQuestion): GrowingQuestion {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#byKey.set(key, made);
    return made;
  }

  /** Questions that lost all their answers are left out, and added to `losses`. */
  build(losses: Loss[]): ReadDocument {
    const { first, entities, sentiment, rejected, reviewed } = this;
    const where = { file: first.file, ...(first.path !== undefined && { document: first.path }) };
    const grown = [...this.#byKey.values()].flatMap((one) => one.build(where, losses));
    return { ...first, entities, sentiment, questions: [...this.questions, ...grown], rejected, reviewed };
  }
}

/** All documents of an import. */
export class GrowingDocuments {
  readonly #whole = new Map<string, GrowingDocument>();
  readonly #excerpts: GrowingDocument[] = [];

  /** The document whose text is in `file`. `first` counts for the first row of it. */
  whole(file: string, first: Omit<FirstRow, "kind">): GrowingDocument {
    const made = this.#whole.get(file) ?? new GrowingDocument({ ...first, kind: "whole" });
    this.#whole.set(file, made);
    return made;
  }

  /** A document of which a row has a piece alone. */
  excerpt(first: Omit<FirstRow, "kind">): GrowingDocument {
    const made = new GrowingDocument({ ...first, kind: "excerpt" });
    this.#excerpts.push(made);
    return made;
  }

  /** As {@link GrowingDocument.build}. */
  build(losses: Loss[]): ReadDocument[] {
    return [...this.#whole.values(), ...this.#excerpts].map((one) => one.build(losses));
  }
}
