/** Reads W3C Web Annotations: pages, collections, lists, JSON Lines; our own, and those of tools that tag or highlight text. */
import type { ExactSpan, Provenance } from "../../../documents/labelled";
import type { OffsetUnit } from "../../../text/offsets";
import { isTask, CLASSES, QUESTIONS, SPANS } from "../../../documents/tasks";
import type { Task } from "../../../documents/tasks";
import { answersLeft } from "../../../documents/answers";
import { DocumentBuilders } from "../../reading/builder";
import type { DocumentBuilder } from "../../reading/builder";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { lostQuestion } from "../../lost-question";
import type { ReadDocument, ReaderOptions } from "../../format";
import { FOLDER, TextFiles } from "../../codecs/text-files";
import { reader, textsIn } from "../../reading/drive";
import type { Input, Reading } from "../../reading/drive";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";
import { annotationsIn, attributesIn, linkedBy, provenanceIn } from "./parts";
import type { Annotation, Body, Found, Target } from "./parts";

const TAGGING = ["tagging", "identifying", "classifying", "highlighting"];

/** What a label without a body says besides its name. */
const NO_BODY: Body = {
  ...{ type: undefined, value: undefined, purpose: undefined, creator: undefined },
  "glossator:score": undefined,
  "glossator:attributes": undefined,
};

const OURS = new RegExp(`^(?:.*/)?${FOLDER}/(?=.)`);

class PageReader implements Reading<Found> {
  readonly parts: Iterable<Found>;
  readonly units = ["codepoint", "utf16", "byte"] as const;
  readonly #documents = new DocumentBuilders();
  readonly #texts: TextFiles;
  readonly #only: string | undefined;
  readonly #options: ReaderOptions;
  readonly #losses: Loss[];
  #unit: OffsetUnit = "codepoint";
  /** Annotations that others link. */
  #linked: ReadonlySet<string> = new Set();
  /** Those of them that are labels, with the text that each is on. */
  readonly #labels = new Map<string, DocumentBuilder>();

  constructor(input: Input) {
    const { files, options, losses } = input;
    this.parts = foundIn(input);
    this.#options = options;
    this.#losses = losses;
    this.#texts = new TextFiles(files, losses);
    const texts = [...files.keys()].filter((file) => !PAGE.test(file));
    this.#only = texts.length === 1 ? texts[0] : undefined;
  }

  /** The text a source names, or the only one there is. */
  #textOf(source: string | undefined, file: string): { readonly file: string; readonly text: string } | undefined {
    if (source !== undefined) return this.#texts.ofDocument(source, file);
    return this.#only === undefined ? undefined : this.#texts.find(this.#only, "");
  }

  /** What the positions say, to find out how they were counted. */
  *samples(annotations: readonly Found[]): Generator<UnitSample> {
    for (const { row, file } of annotations) {
      for (const target of row.target ?? []) {
        const text = this.#textOf(target.source, file)?.text;
        if (text !== undefined && target.position && target.quote) {
          yield { text, ...target.position, exact: target.quote.exact };
        }
      }
    }
  }

  #document(target: Target, found: Found): DocumentBuilder | undefined {
    const { file, line } = found;
    const known = this.#textOf(target.source, file);
    if (known !== undefined) {
      // A text of ours is in a folder of its own, below which it has the document's path, or the annotation says it.
      const path = found.row["glossator:path"] ?? known.file.replace(OURS, "");
      return this.#documents.whole(known.file, { path, text: known.text, file, line });
    }
    if (target.quote === undefined) return undefined;
    const { exact, prefix, suffix } = target.quote;
    const named = target.source === undefined ? {} : { path: target.source };
    return this.#documents.excerpt({ ...named, text: `${prefix}${exact}${suffix}`, file, line });
  }

  /** A target's span in its text. Without the text, the quote with what is around it stands for it. */
  #span(target: Target, document: DocumentBuilder, found: Found, task: Task, label: string): ExactSpan | undefined {
    const { quote, position } = target;
    const { file, line } = found;
    const place = { file, line, task, label, ...(document.path !== undefined && { document: document.path }) };
    const exact = quote === undefined ? {} : { exact: quote.exact };
    // Positions count in a text that is not there if all there is of it is a quote.
    if (position !== undefined && document.kind === "whole") {
      return spanIn(
        document.text,
        document.map,
        { ...position, ...exact },
        this.#unit,
        this.#options.misaligned,
        place,
        this.#losses,
      );
    }
    const start = quote === undefined ? undefined : placeOf(quote, document.text);
    if (quote !== undefined && start !== undefined)
      return { start, end: start + quote.exact.length, exact: quote.exact };
    const reason = quote === undefined ? "it has no selector for text" : "its quote is not in the text";
    this.#losses.push({
      kind: "dropped",
      ...place,
      ...(quote !== undefined && { exact: excerpt(quote.exact) }),
      reason,
    });
    return undefined;
  }

  #question(row: Annotation, body: Body, found: Found, by: Provenance): void {
    const question = body.value === "" ? undefined : body.value;
    const targets = row.target ?? [];
    const document =
      targets[0] && (this.#document(targets[0], found) ?? this.#document({ source: targets[0].source }, found));
    if (question === undefined || document === undefined) {
      const reason =
        question === undefined
          ? "a question without text"
          : `${targets[0]?.source ?? "its text"} is not among the files`;
      this.#losses.push({ kind: "dropped", file: found.file, line: found.line, task: QUESTIONS, reason });
      return;
    }
    // A target without a place is the whole text: it has no answer.
    const placed = (some: readonly Target[]): Target[] =>
      some.filter(({ position, quote }) => position !== undefined || quote !== undefined);
    const spans = (some: readonly Target[]): ExactSpan[] =>
      some.flatMap((target) => this.#span(target, document, found, QUESTIONS, "answer") ?? []);
    const said = placed(targets);
    const answers = answersLeft(said, spans(said));
    const plausible = spans(placed(row["glossator:plausible"] ?? []));
    if (answers === undefined) {
      const of = {
        file: found.file,
        line: found.line,
        ...(document.path !== undefined && { document: document.path }),
      };
      this.#losses.push({ kind: "dropped", ...of, ...lostQuestion({ question }) });
      return;
    }
    const id = row["glossator:question"] ?? row.id;
    document.ask({ ...(id !== undefined && { id }), question, answers, plausible, ...by, line: found.line });
  }

  #label(row: Annotation, body: Body, motivation: string, found: Found, by: Provenance): void {
    const { file, line } = found;
    const label = body.value ?? "";
    const said = row["glossator:task"];
    const rejected = motivation === "glossator:rejecting";
    const assessed = motivation === "assessing";
    const lose = (reason: string): void => void this.#losses.push({ kind: "dropped", file, line, label, reason });
    const task: Task = rejected && isTask(said) ? said : assessed ? CLASSES : SPANS;
    for (const target of row.target ?? []) {
      const document = this.#document(target, found);
      if (document === undefined) {
        const reason = `${target.source ?? "its text"} is not among the files, and it has no quote to find it by`;
        this.#losses.push({ kind: "dropped", file, line, task, label, reason });
        continue;
      }
      const span = this.#span(target, document, found, task, label);
      if (span === undefined) continue;
      const question = row["glossator:question"];
      const called = rejected ? {} : this.#called(row.id, document);
      const item = { ...span, ...called, label, ...by, line };
      if (rejected) document.reject(task, { ...item, ...(question !== undefined && { question }) });
      else document.label(assessed ? CLASSES : SPANS, { ...item, ...attributesIn(body, lose) });
    }
  }

  /** The first label of an annotation that relations name has its id. */
  #called(said: string | undefined, document: DocumentBuilder): { readonly id?: string } {
    const id = said?.replace(/^#/, "");
    if (id === undefined || !this.#linked.has(id) || this.#labels.has(id)) return {};
    this.#labels.set(id, document);
    return { id };
  }

  /** An annotation that links two others is a relation between their labels. */
  #relation({ row, file, line }: Found, [from, to]: readonly [string, string]): void {
    const body = row.body?.find(({ value }) => value !== undefined && value !== "") ?? NO_BODY;
    const { value: type = "linking" } = body;
    const [document, other] = [this.#labels.get(from), this.#labels.get(to)];
    if (document === undefined || document !== other) {
      const reason = "a relation: what it links are not two labels of one text";
      this.#losses.push({ kind: "dropped", file, line, label: type, reason });
      return;
    }
    const lose = (reason: string): void =>
      void this.#losses.push({ kind: "dropped", file, line, label: type, reason: `a relation: ${reason}` });
    document.relate({ type, from, to, ...provenanceIn(row, body), ...attributesIn(body, lose), line });
  }

  /** Takes one annotation, or says why not. */
  #take(found: Found): void {
    const { row, file, line } = found;
    const bodies = row.body ?? [];
    // A body without a purpose has the annotation's motivation; with neither it is a comment, as the standard has it.
    const motivation = row.motivation?.[0];
    if (bodies.length === 0 && row.tags !== undefined) {
      this.#tags(found, row.tags);
      return;
    }
    if (motivation === "glossator:reviewing") {
      for (const target of row.target ?? []) {
        const document = this.#document(target, found);
        const span = document && this.#span(target, document, found, SPANS, "reviewed");
        if (span !== undefined) document?.review(span);
      }
      return;
    }
    const text = bodies.filter(({ type, value }) => type === "TextualBody" || value !== undefined);
    let taken = 0;
    let told = 0;
    for (const body of text) {
      const purpose = body.purpose ?? motivation ?? "commenting";
      const by = provenanceIn(row, body);
      if (purpose === "questioning") this.#question(row, body, found, by);
      else if (purpose === "assessing" || purpose === "glossator:rejecting" || TAGGING.includes(purpose)) {
        if (body.value === undefined || body.value === "") continue;
        this.#label(row, body, purpose, found, by);
      } else {
        const said = body.purpose ?? motivation;
        const what = said === undefined ? "without a purpose, so a comment," : `of the kind "${said}"`;
        const exact = body.value === undefined ? {} : { exact: excerpt(body.value) };
        this.#losses.push({ kind: "dropped", file, line, ...exact, reason: `a body ${what} has no place here` });
        told++;
        continue;
      }
      taken++;
    }
    if (taken + told === bodies.length && bodies.length > 0) return;
    const what =
      bodies.length === 0 ? "no label in its body" : "a body that is no text, or an empty one, has no place here";
    this.#losses.push({ kind: "dropped", file, line, reason: what });
  }

  /** An export of Hypothesis: its tags are the labels, and its text is a comment. */
  #tags(found: Found, tags: readonly string[]): void {
    const { row, file, line } = found;
    if (row.text !== undefined && row.text !== "")
      this.#losses.push({ kind: "beside", file, line, exact: excerpt(row.text), reason: "a comment" });
    if (tags.length === 0)
      this.#losses.push({ kind: "dropped", file, line, reason: "an annotation without tags has no label" });
    const by = provenanceIn(
      { ...row, creator: row.creator ?? (row.user === undefined ? undefined : { name: row.user }) },
      NO_BODY,
    );
    for (const value of tags) this.#label(row, { ...NO_BODY, value }, "tagging", found, by);
  }

  documents(annotations: readonly Found[], unit: OffsetUnit): { readonly documents: readonly ReadDocument[] } {
    this.#unit = unit;
    const links = annotations.flatMap((found) => {
      const link = linkedBy(found.row);
      return link === undefined ? [] : [[found, link] as const];
    });
    this.#linked = new Set(links.flatMap(([, ends]) => ends));
    const linking = new Set(links.map(([found]) => found));
    for (const found of annotations) if (!linking.has(found)) this.#take(found);
    for (const link of links) this.#relation(...link);
    return { documents: this.#documents.build(this.#losses) };
  }
}

/** Where a quote is, by what is around it, else by itself where it occurs once. */
function placeOf({ exact, prefix, suffix }: NonNullable<Target["quote"]>, text: string): number | undefined {
  const at = text.indexOf(`${prefix}${exact}${suffix}`);
  if (at >= 0) return at + prefix.length;
  const alone = text.indexOf(exact);
  return alone >= 0 && text.indexOf(exact, alone + 1) < 0 ? alone : undefined;
}

const PAGE = /\.(?:json|jsonld|jsonl)$/i;

function* foundIn(input: Input): Generator<Found> {
  const names = [...input.files.keys()].filter((file) => PAGE.test(file));
  for (const { file, text } of textsIn(input, names))
    if (/"target"/.test(text)) yield* annotationsIn(text, file, input.losses);
}

/** Reads annotations. A label whose text is not among the files comes as an excerpt: its quote, to be found in the document. */
export const readWebAnnotation = reader<Found>("No annotation in the files", (input) => new PageReader(input));
