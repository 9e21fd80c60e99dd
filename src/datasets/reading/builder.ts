/** Documents that grow row by row, for formats whose files hold rows about documents in any order. Offsets are UTF-16 code units. */
import { OffsetMap } from "../../text/offsets";
import type { Span } from "../../text/span";
import type { ExactSpan } from "../document";
import type { Mutable, ReadDocument, ReadLabel, ReadQuestion, ReadRejection } from "../format";

type GrowingQuestion = Mutable<ReadQuestion> & { answers: ExactSpan[]; plausible: ExactSpan[] };

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
    this.questions.push(made);
    return made;
  }

  build(): ReadDocument {
    const { first, entities, sentiment, questions, rejected, reviewed } = this;
    return { ...first, entities, sentiment, questions, rejected, reviewed };
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

  build(): ReadDocument[] {
    return [...this.#whole.values(), ...this.#excerpts].map((one) => one.build());
  }
}
