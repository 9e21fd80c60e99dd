/**
 * UIMA CAS JSON 0.4 (github.com/apache/uima-uimaj-io-jsoncas, SPECIFICATION.adoc), a file a document, as dkpro-cassis and INCEpTION write and
 * read it: offsets are UTF-16 code units; sentences and tokens are in it, since INCEpTION needs them.
 */
import { rejectedIn } from "../../../documents/layers";
import type { DecidedLabel, DecidedRelation, Details, Provenance } from "../../../documents/labelled";
import { labelsById } from "../../../documents/relations";
import type { Span } from "../../../text/span";
import { attributesInOrder } from "../../../documents/attributes";
import {
  ANSWER,
  ATTRIBUTE,
  META,
  NAMED_ENTITY,
  PROVENANCE,
  REJECTED,
  RELATION,
  REVIEWED,
  SENTENCE,
  SENTIMENT,
  SOFA,
  TOKEN,
  typeSystem,
  VIEW,
} from "../../codecs/dkpro-types";
import { readCasJson } from "./read";
import type { LabelledDocument } from "../../document";
import { inOrder } from "../../codecs/in-order";
import { LABEL_TASKS, SPANS, isSpanTask } from "../../../documents/tasks";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { safePath } from "../../writing/writable";
import { wellFormed } from "../../../text/well-formed";
import { plainWords } from "../../../text/words";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import type { Output } from "../../writing/output";

type Features = Readonly<Record<string, string | number>>;

/** What every annotation has, what ours have, and what XML takes for itself. A feature of the label's type has another name. */
const TAKEN = new Set(["sofa", "begin", "end", "value", "Governor", "Dependent", "xmlns"]);

/** Whether UIMA takes it for the name of a feature, and means nothing else by it. */
const isFeature = (name: string): boolean => /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !TAKEN.has(name);

/** A document as the structures of a CAS, for whichever notation. */
export interface MadeCas {
  /** In order of their ids; features that refer to others have `@` before their names, as in CAS JSON. The text's is the first. */
  readonly structures: readonly Readonly<Record<string, string | number>>[];
  /** The ids of those that the view of the text has. */
  readonly members: readonly number[];
  readonly types: ReadonlySet<string>;
  /** Features that are no type's own, by type. */
  readonly features: ReadonlyMap<string, ReadonlySet<string>>;
}

/** An annotation beside those that {@link CasWriter} makes. */
export interface ExtraAnnotation extends Span {
  readonly type: string;
  readonly value: string;
}

/** Makes structures of a document: what CAS JSON and XMI both say. */
export class CasWriter {
  readonly #structures: Record<string, string | number>[] = [];
  readonly #members: number[] = [];
  readonly #types = new Set<string>();
  /** Attributes that are features, by type. */
  readonly #features = new Map<string, Set<string>>();
  /** Structures of labels by the labels' ids. */
  readonly #ids = new Map<string, number>();
  readonly #offsets: CheckedOffsets;

  constructor(private readonly document: LabelledDocument) {
    this.#offsets = new CheckedOffsets(document, "utf16");
    const sofa = { sofaNum: 1, sofaID: VIEW, mimeType: "text", sofaString: document.text };
    this.#structures.push({ "%ID": 1, "%TYPE": SOFA, ...sofa });
  }

  #structure(type: string, features: Features): number {
    const id = this.#structures.length + 1;
    this.#structures.push({ "%ID": id, "%TYPE": type, ...features });
    this.#members.push(id);
    this.#types.add(type);
    return id;
  }

  /** A label's attributes are features of it; one whose name is none for a feature is a structure of its own. */
  #label(type: string, item: DecidedLabel): void {
    this.#ids.set(item.id, this.#said(type, item, { value: item.label }, item));
  }

  /** After all labels. As in INCEpTION, a relation is where what it goes to is. */
  #relation(item: DecidedRelation, to: Span): void {
    const ends = { "@Governor": this.#ids.get(item.from)!, "@Dependent": this.#ids.get(item.to)! };
    this.#said(RELATION, to, { value: item.type, ...ends }, item);
  }

  #said(type: string, span: Span, main: Features, item: Details): number {
    const all = attributesInOrder(item.attributes);
    const features = all.filter(([name]) => isFeature(name));
    const known = this.#features.get(type) ?? new Set();
    this.#features.set(type, known);
    for (const [name] of features) known.add(name);
    const id = this.#annotation(type, span, { ...main, ...Object.fromEntries(features) }, item);
    for (const [name, value] of all) if (!isFeature(name)) this.#structure(ATTRIBUTE, { "@of": id, name, value });
    return id;
  }

  #annotation(type: string, span: Span, features: Features = {}, by: Provenance = {}): number {
    const { start, end } = this.#offsets.span(span);
    const id = this.#structure(type, { "@sofa": 1, begin: start, end, ...features });
    const { author, time, model, score } = by;
    const known = {
      ...(author !== undefined && { author: wellFormed(author) }),
      ...(time !== undefined && { time }),
      ...(model !== undefined && { model: wellFormed(model.name), modelVersion: wellFormed(model.version) }),
      ...(score !== undefined && { score }),
    };
    if (Object.keys(known).length > 0) this.#structure(PROVENANCE, { "@of": id, ...known });
    return id;
  }

  /** All of the document, and `more`. */
  made(more: readonly ExtraAnnotation[] = []): MadeCas {
    const { path, text, sentences, questions, layers } = this.document;
    const title = wellFormed(path);
    const whole = { start: 0, end: text.length };
    this.#annotation(META, whole, { language: "x-unspecified", documentTitle: title, documentId: title });
    for (const { start, end } of sentences) this.#annotation(SENTENCE, { start, end });
    for (const sentence of sentences) {
      for (const { start, end } of sentence.words ?? plainWords(text, sentence))
        this.#annotation(TOKEN, { start, end });
    }
    for (const task of LABEL_TASKS) {
      const type = isSpanTask(task) ? NAMED_ENTITY : SENTIMENT;
      for (const item of inOrder(layers[task].labels)) this.#label(type, item);
    }
    const labels = labelsById(this.document);
    for (const item of this.document.relations ?? []) this.#relation(item, labels.get(item.to)!);
    for (const item of questions) {
      const of = { question: item.question, questionId: wellFormed(item.id) };
      const add = (kind: string, spans: readonly Span[]): void => {
        for (const [index, span] of spans.entries()) this.#annotation(ANSWER, span, { kind, ...of, index }, item);
      };
      if (item.answers === "none") add("none", [{ start: 0, end: 0 }]);
      else add("answer", item.answers);
      add("plausible", item.plausible);
    }
    for (const item of rejectedIn(this.document)) {
      const of = item.question === undefined ? {} : { question: item.question };
      this.#annotation(REJECTED, item, { task: item.task, value: item.label, ...of }, item);
    }
    for (const span of layers[SPANS].reviewed) this.#annotation(REVIEWED, span);
    for (const { type, value, ...span } of more) this.#annotation(type, span, { value });
    return { structures: this.#structures, members: this.#members, types: this.#types, features: this.#features };
  }
}

function jsonOf({ structures, members, types, features }: MadeCas): string {
  const views = { [VIEW]: { "%SOFA": 1, "%MEMBERS": members } };
  // A feature structure a line, so that a change of one is a change of one line.
  const list = structures.map((one) => lineSafeJson(one)).join(",\n");
  const declared = JSON.stringify(typeSystem([...types].sort(), features));
  return `{"%TYPES":${declared},\n"%FEATURE_STRUCTURES":[\n${list}\n],\n"%VIEWS":${JSON.stringify(views)}}\n`;
}

/** Writes all tasks, a file a document. */
function write(document: LabelledDocument, out: Output): void {
  const name = out.unique(`${out.split}/${safePath(document.path)}`);
  out.file(`${name}.json`, jsonOf(new CasWriter(document).made()));
  out.count(out.split);
}

/** The format. */
export const casJson: DatasetFormat = {
  title: "UIMA CAS JSON",
  holds: { ...HOLDS_ALL, relations: true, words: true, reviewed: "none" },
  extensions: ["json"],
  write,
  read: readCasJson,
  signs: [
    {
      name: /\.json$/i,
      has: [/"%(?:TYPES|FEATURE_STRUCTURES|VIEWS|HEADER)"\s*:/],
      confidence: 1,
      says: "has the keys of a UIMA CAS",
    },
  ],
};
