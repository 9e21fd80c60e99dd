/**
 * W3C Web Annotation (https://www.w3.org/TR/annotation-model/): an annotation page a split in JSON-LD, and the texts it speaks of. Every
 * target has a `TextQuoteSelector` and a `TextPositionSelector`, which counts code points. What the vocabulary has no word for is under the
 * prefix `glossator:`.
 */
import { rejectedIn } from "../../../documents/layers";
import { attributesInOrder } from "../../../documents/attributes";
import type { Details, Provenance } from "../../../documents/labelled";
import { makeQuote } from "../../../text/anchors";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import type { LabelledDocument } from "../../document";
import { inOrder } from "../../codecs/in-order";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { LABEL_TASKS, SPANS, isSpanTask } from "../../../documents/tasks";
import { fileText, FOLDER, textFile } from "../../codecs/text-files";
import { readWebAnnotation } from "./read";
import { wellFormed } from "../../../text/well-formed";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import { commaLines } from "../../writing/contents";
import type { Output } from "../../writing/output";

const CONTEXT = ["http://www.w3.org/ns/anno.jsonld", { glossator: "urn:glossator:" }];

interface Body {
  readonly value: string;
  readonly purpose: string;
  readonly "glossator:attributes"?: readonly object[];
}

/** As a list: names may be anything, and JSON-LD has meanings of its own for some. */
function attributesOf({ attributes }: Details): Pick<Body, "glossator:attributes"> {
  const list = attributesInOrder(attributes).map(([name, value]) => ({
    "glossator:name": name,
    "glossator:value": value,
  }));
  return list.length === 0 ? {} : { "glossator:attributes": list };
}

class DocumentWriter {
  readonly annotations: string[] = [];
  readonly #offsets: CheckedOffsets;

  /** Where the file's name does not say the document's path. */
  readonly #path: object;

  constructor(
    private readonly document: LabelledDocument,
    private readonly source: string,
  ) {
    const { path } = document;
    this.#path = source === reference(`${FOLDER}/${path}`) ? {} : { "glossator:path": wellFormed(path) };
    this.#offsets = new CheckedOffsets(document, "codepoint");
  }

  #target(span: Span): object {
    const { exact, prefix, suffix } = makeQuote(this.document.text, span);
    const selector = [
      { type: "TextQuoteSelector", exact, prefix, suffix },
      { type: "TextPositionSelector", ...this.#offsets.span(span) },
    ];
    return { source: this.source, selector };
  }

  #iri(id: string): string {
    return `urn:glossator:${[this.document.path, id].map((part) => encodeURIComponent(wellFormed(part))).join(":")}`;
  }

  #add(
    id: string,
    motivation: string,
    by: Provenance,
    body: Body | undefined,
    target: unknown,
    more: object = {},
  ): void {
    const { author, time, model, score } = by;
    const software = model && {
      type: "Software",
      name: wellFormed(model.name),
      "schema:softwareVersion": wellFormed(model.version),
    };
    const annotation = {
      id: this.#iri(id),
      type: "Annotation",
      motivation,
      ...(author !== undefined && { creator: { type: "Person", name: wellFormed(author) } }),
      ...(time !== undefined && { created: time }),
      ...(body !== undefined && {
        body: {
          type: "TextualBody",
          ...body,
          ...(software && { creator: software }),
          ...(score !== undefined && { "glossator:score": score }),
        },
      }),
      target,
      ...this.#path,
      ...more,
    };
    this.annotations.push(lineSafeJson(annotation));
  }

  /** All annotations of the document, task by task. */
  write(): string[] {
    const { questions, layers } = this.document;
    for (const task of LABEL_TASKS) {
      const purpose = isSpanTask(task) ? "tagging" : "assessing";
      for (const item of inOrder(layers[task].labels))
        this.#add(item.id, purpose, item, { value: item.label, purpose, ...attributesOf(item) }, this.#target(item));
    }
    for (const item of this.document.relations ?? []) {
      const target = [item.from, item.to].map((end) => ({ id: this.#iri(end) }));
      this.#add(item.id, "linking", item, { value: item.type, purpose: "tagging", ...attributesOf(item) }, target);
    }
    for (const item of questions) {
      const targets = answersIn(item.answers).map((answer) => this.#target(answer));
      const target = targets.length === 0 ? this.source : targets.length === 1 ? targets[0] : targets;
      const plausible = item.plausible.map((answer) => this.#target(answer));
      const more = {
        "glossator:question": wellFormed(item.id),
        ...(plausible.length > 0 && { "glossator:plausible": plausible }),
      };
      this.#add(item.id, "questioning", item, { value: item.question, purpose: "questioning" }, target, more);
    }
    for (const [index, item] of rejectedIn(this.document).entries()) {
      const more = {
        "glossator:task": item.task,
        ...(item.question !== undefined && { "glossator:question": item.question }),
      };
      const body = { value: item.label, purpose: "glossator:rejecting" };
      this.#add(`rejected-${index + 1}`, "glossator:rejecting", item, body, this.#target(item), more);
    }
    for (const [index, span] of layers[SPANS].reviewed.entries()) {
      this.#add(`reviewed-${index + 1}`, "glossator:reviewing", {}, undefined, this.#target(span));
    }
    return this.annotations;
  }
}

/** A relative reference to a file (RFC 3986). */
function reference(file: string): string {
  return file
    .split("/")
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join("/");
}

function page(annotations: Iterable<string>): Iterable<string> {
  // An annotation a line, so that a change of one is a change of one line.
  const open = `{"@context":${JSON.stringify(CONTEXT)},"type":"AnnotationPage","items":[`;
  return commaLines(`${open}\n`, annotations, "\n]}\n");
}

/** Writes all tasks. */
function write(document: LabelledDocument, out: Output): void {
  const file = out.unique(textFile(document));
  out.file(file, fileText(document));
  for (const annotation of new DocumentWriter(document, reference(file)).write())
    out.row(`${out.split}.jsonld`, annotation);
}

const PAGE = /\.(?:json|jsonld|jsonl)$/i;

/** The format. */
export const webAnnotation: DatasetFormat = {
  title: "W3C Web Annotation",
  holds: { ...HOLDS_ALL, relations: true },
  extensions: ["jsonld", "json"],
  write,
  join: page,
  read: readWebAnnotation,
  signs: [
    {
      name: PAGE,
      has: [/http:\/\/www\.w3\.org\/ns\/anno\.jsonld/],
      confidence: 1,
      says: "has the context of W3C Web Annotations",
    },
    {
      name: PAGE,
      has: [/"TextQuoteSelector"|"TextPositionSelector"/],
      confidence: 0.9,
      says: "has text selectors of W3C Web Annotations",
    },
  ],
};
