/**
 * W3C Web Annotation (https://www.w3.org/TR/annotation-model/): an annotation page a split in JSON-LD, and the texts it speaks of. Every
 * target has a `TextQuoteSelector` and a `TextPositionSelector`, which counts code points. What the vocabulary has no word for is under the
 * prefix `glossator:`.
 */
import { makeQuote } from "../../../text/anchors";
import { addTo } from "../../../text/grouped";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../labels/answers";
import type { LabelledDocument, Provenance, WriterOptions } from "../../document";
import { head } from "../../reading/bytes";
import { inOrder } from "../../codecs/in-order";
import type { DatasetFiles, DatasetFormat, Detection } from "../../format";
import type { Loss } from "../../losses";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { wholeDocuments } from "../../writing/standoff";
import { fileText, FOLDER, textFiles } from "../../codecs/text-files";
import { readWebAnnotation } from "./read";
import { wellFormed } from "../../../text/well-formed";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import type { Written } from "../../writing/writer";

const CONTEXT = ["http://www.w3.org/ns/anno.jsonld", { glossator: "urn:glossator:" }];

interface Body {
  readonly value: string;
  readonly purpose: string;
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
      id: `urn:glossator:${[this.document.path, id].map((part) => encodeURIComponent(wellFormed(part))).join(":")}`,
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

  /** All annotations of the document, entities first. */
  write(): string[] {
    const { entities, sentiment, questions, rejected, reviewed } = this.document;
    for (const item of inOrder(entities)) {
      this.#add(item.id, "tagging", item, { value: item.label, purpose: "tagging" }, this.#target(item));
    }
    for (const item of inOrder(sentiment)) {
      this.#add(item.id, "assessing", item, { value: item.label, purpose: "assessing" }, this.#target(item));
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
    for (const [index, item] of rejected.entries()) {
      const more = {
        "glossator:task": item.task,
        ...(item.question !== undefined && { "glossator:question": item.question }),
      };
      const body = { value: item.label, purpose: "glossator:rejecting" };
      this.#add(`rejected-${index + 1}`, "glossator:rejecting", item, body, this.#target(item), more);
    }
    for (const [index, span] of reviewed.entries()) {
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

function page(annotations: readonly string[]): string {
  // An annotation a line, so that a change of one is a change of one line.
  const open = `{"@context":${JSON.stringify(CONTEXT)},"type":"AnnotationPage","items":[`;
  return `${open}\n${annotations.join(",\n")}\n]}\n`;
}

/** Writes all tasks. */
export function writeWebAnnotation(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const whole = wholeDocuments(documents, options);
  const losses: Loss[] = [...whole.losses];
  const files = new Map<string, string>();
  const counts: Record<string, number> = {};
  const names = textFiles(whole.documents.map(([{ path }]) => path));
  const lines = new Map<Split, string[]>();
  for (const [document, split] of whole.documents) {
    const file = names.get(document.path)!;
    files.set(file, fileText(document));
    const written = new DocumentWriter(document, reference(file)).write();
    addTo(lines, split, written);
  }
  for (const split of SPLITS) {
    const annotations = lines.get(split);
    if (annotations === undefined || annotations.length === 0) continue;
    files.set(`${split}.jsonld`, page(annotations));
    counts[`${split}.jsonld`] = annotations.length;
  }
  return { files, losses, counts };
}

function detect(files: DatasetFiles): Detection {
  for (const [file, bytes] of files) {
    if (!/\.(?:json|jsonld|jsonl)$/i.test(file)) continue;
    const start = head(bytes);
    if (start.includes("http://www.w3.org/ns/anno.jsonld")) {
      return { confidence: 1, reason: `"${file}" has the context of W3C Web Annotations` };
    }
    if (/"TextQuoteSelector"|"TextPositionSelector"/.test(start)) {
      return { confidence: 0.9, reason: `"${file}" has text selectors of W3C Web Annotations` };
    }
  }
  return { confidence: 0, reason: "no annotation of the W3C's model" };
}

/** The format. */
export const webAnnotation: DatasetFormat = {
  title: "W3C Web Annotation",
  tasks: ["entities", "sentiment", "answers"],
  lossless: true,
  extensions: ["jsonld", "json"],
  write: writeWebAnnotation,
  read: readWebAnnotation,
  detect,
};
