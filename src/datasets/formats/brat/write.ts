/**
 * brat standoff: a `.txt` and an `.ann` a document, `annotation.conf` for all. Offsets are code points of the `.txt`, whose lines end
 * with LF. What brat has no place for is kept in `glossator.json`: document paths, other line ends, reviewed stretches, labels said to be
 * wrong, questions without an answer. Rules from brat's own server (github.com/nlplab/brat), `annotation.py` and `projectconfig.py`.
 */
import { rejectedIn } from "../../../documents/layers";
import type { DecidedQuestion, Provenance } from "../../../documents/labelled";
import { joined } from "../../../documents/relations";
import { append } from "../../../text/grouped";
import { foldedName } from "../../../files/names";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import { attributeTypes, bratAttributes, bratParts } from "./attributes";
import type { BratAttributes } from "./attributes";
import { attributeLine, LINE_END_SET, noteLine, relationLine, textLine } from "./lines";
import {
  annotationConf,
  ANSWER_TYPE,
  bratNames,
  namesUsed,
  NOTES,
  oneLine,
  PROVENANCE,
  RELATIONS,
  relationTypes,
  SENTENCE_TYPE,
  SENTIMENT,
  SIDECAR,
  visualConf,
} from "./names";
import type { BratNames } from "./names";
import { readBrat } from "./read";
import type { Documents, LabelledDocument, WriterOptions } from "../../document";
import { inOrder } from "../../codecs/in-order";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { relationLosses } from "../../lost-relations";
import { UnixText } from "../../../text/newlines";
import { provenanceRow } from "../../codecs/provenance";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { CLASSES, QUESTIONS, SPANS, isSpanTask, LABEL_TASKS, perTask } from "../../../documents/tasks";
import { safePath } from "../../writing/writable";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import { commaLines } from "../../writing/contents";
import type { ExportOutput, Output } from "../../writing/output";
import type { LabelTask } from "../../../documents/tasks";

/** One `T` line to be, with what hangs on it. */
interface Item extends Span {
  readonly type: string;
  readonly fragments: readonly Span[];
  /** `A` lines on it. */
  readonly attributes: readonly (readonly [name: string, value?: string])[];
  readonly notes: readonly (readonly [type: string, text: string])[];
  /** The label it is of, by its id. */
  readonly label?: string;
}

/** What the documents of an export share. */
interface ExportNames {
  readonly labels: Readonly<Record<LabelTask, BratNames>>;
  readonly relations: BratNames;
  readonly attributes: BratAttributes;
  /** The names of those that relations have. */
  readonly onRelations: ReadonlySet<string>;
  /** Files without extension, by document path. */
  readonly bases: ReadonlyMap<string, string>;
}

type Pairs = (readonly [start: number, end: number])[];

/** With the line ends among the pieces when splitting by it. */
const LINE_ENDS = new RegExp(`([${LINE_END_SET}]+)`);

/** Who decided, and what else only a note can hold. */
function ownNotes(of: Provenance, rest: object): Item["notes"] {
  const note = { ...provenanceRow(of), ...rest };
  return Object.keys(note).length === 0 ? [] : [[PROVENANCE, lineSafeJson(note)]];
}

class DocumentWriter {
  readonly losses: Loss[] = [];
  readonly #unix: UnixText;
  readonly #offsets: CheckedOffsets;
  /** The text as it is in the file. */
  readonly text: string;
  readonly #shift: number;

  constructor(
    private readonly document: LabelledDocument,
    private readonly names: Pick<ExportNames, "labels" | "relations" | "attributes">,
  ) {
    this.#unix = new UnixText(document.text);
    // Readers take one U+FEFF at the start away; brat counts it.
    this.#shift = this.#unix.text.startsWith("\ufeff") ? 1 : 0;
    this.text = `${this.#shift === 1 ? "\ufeff" : ""}${this.#unix.text}`;
    this.#offsets = new CheckedOffsets({ path: document.path, text: this.text }, "codepoint");
  }

  #report(kind: Loss["kind"], task: Loss["task"], span: Span & { readonly label?: string }, reason: string): void {
    const { start, end, label } = span;
    const exact = excerpt(this.document.text.slice(start, end));
    const where = { document: this.document.path, ...(task !== undefined && { task }), span: { start, end } };
    this.losses.push({ kind, ...where, ...(label !== undefined && { label }), exact, reason });
  }

  /** One fragment a line, in UTF-16 units of the file's text; a line's end cannot be part of any. */
  #lines(span: Span): Span[] {
    const start = this.#unix.toUnix(span.start) + this.#shift;
    const end = this.#unix.toUnix(span.end) + this.#shift;
    const fragments: Span[] = [];
    let at = start;
    // Every second piece is what stands between two lines.
    for (const [index, piece] of this.text.slice(start, end).split(LINE_ENDS).entries()) {
      if (piece !== "" && index % 2 === 0) fragments.push({ start: at, end: at + piece.length });
      at += piece.length;
    }
    return fragments;
  }

  #fragments(task: Loss["task"], span: Span & { readonly label?: string }): Span[] {
    const fragments = this.#lines(span);
    const [first, last] = [fragments[0], fragments.at(-1)];
    if (first === undefined || last === undefined) {
      // `glossator.json` takes answers that have no line.
      if (task !== QUESTIONS) this.#report("dropped", task, span, "holds line ends only");
      return [];
    }
    const exactly =
      this.#unix.fromUnix(first.start - this.#shift) === span.start &&
      this.#unix.fromUnix(last.end - this.#shift) === span.end;
    if (!exactly) this.#report("trimmed", task, span, "line ends at its edges are no part of a line");
    return fragments;
  }

  #item(task: Loss["task"], span: Span, type: string, more: Pick<Item, "notes" | "attributes" | "label">): Item[] {
    const fragments = this.#fragments(task, span);
    const [first, last] = [fragments[0], fragments.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ start: first.start, end: last.end, type, fragments, ...more }];
  }

  #items(): Item[] {
    const { questions } = this.document;
    return [
      ...LABEL_TASKS.flatMap((task) =>
        inOrder(this.document.layers[task].labels).flatMap((item) => {
          const { lines, rest } = bratParts(item.attributes, this.names.attributes);
          const [notes, name] = [ownNotes(item, rest), this.names.labels[task].stored.get(item.label)!];
          return isSpanTask(task)
            ? this.#item(task, item, name, { notes, attributes: lines, label: item.id })
            : this.#item(task, item, SENTENCE_TYPE, {
                notes,
                attributes: [[SENTIMENT, name], ...lines],
                label: item.id,
              });
        }),
      ),
      ...questions.flatMap((item) =>
        answersIn(item.answers).flatMap((answer, index) => {
          const { id, question } = item;
          const shown = oneLine(question);
          const more = { id, answer: index, ...(shown !== question && { question }), ...provenanceRow(item) };
          const notes = [
            [NOTES, shown],
            [PROVENANCE, lineSafeJson(more)],
          ] as const;
          return this.#item(QUESTIONS, answer, ANSWER_TYPE, { notes, attributes: [] });
        }),
      ),
    ];
  }

  /** The `.ann` file. */
  ann(): string {
    const lines: string[] = [];
    const ids = new Map<string, string>();
    let [texts, attributes, notes] = [0, 0, 0];
    const beside = (id: string, item: Pick<Item, "attributes" | "notes">): void => {
      for (const [name, value] of item.attributes) lines.push(attributeLine(`A${++attributes}`, name, id, value));
      for (const [type, note] of item.notes) lines.push(noteLine(`#${++notes}`, type, id, note));
    };
    for (const item of this.#items().sort((a, b) => a.start - b.start || b.end - a.end)) {
      const id = `T${++texts}`;
      const points = item.fragments.map((fragment) => this.#offsets.span(fragment));
      const text = item.fragments.map(({ start, end }) => this.text.slice(start, end)).join(" ");
      lines.push(textLine(id, item.type, points, text));
      if (item.label !== undefined) ids.set(item.label, id);
      beside(id, item);
    }
    const { kept, loose } = joined(this.document.relations ?? [], ids);
    append(this.losses, relationLosses(loose, { document: this.document.path }, "a label that it joins has no line"));
    for (const [index, item] of kept.entries()) {
      const id = `R${index + 1}`;
      const type = this.names.relations.stored.get(item.type)!;
      const { lines: said, rest } = bratParts(item.attributes, this.names.attributes);
      lines.push(relationLine(id, type, ids.get(item.from)!, ids.get(item.to)!));
      beside(id, { attributes: said, notes: ownNotes(item, rest) });
    }
    return lines.join("");
  }

  /** Spans for `glossator.json`, in code points of the file. */
  #pairs(task: Loss["task"], spans: readonly Span[]): Pairs {
    return spans.flatMap((span) => {
      const start = this.#unix.toUnix(span.start);
      const end = this.#unix.toUnix(span.end);
      if (this.#unix.fromUnix(start) !== span.start || this.#unix.fromUnix(end) !== span.end)
        this.#report("trimmed", task, span, "begins or ends inside a CRLF");
      if (start === end) return [];
      const points = this.#offsets.span({ start: start + this.#shift, end: end + this.#shift });
      return [[points.start, points.end] as const];
    });
  }

  /** What `glossator.json` says of the document. */
  kept(): object {
    const { path, layers, questions } = this.document;
    const question = (item: DecidedQuestion): object[] => {
      const { id, plausible } = item;
      const all = answersIn(item.answers);
      const without = all.flatMap((answer, index) => {
        const [pair] = this.#lines(answer).length > 0 ? [] : this.#pairs(QUESTIONS, [answer]);
        return pair === undefined ? [] : [[index, ...pair]];
      });
      const alone = without.length === all.length;
      if (!alone && without.length === 0 && plausible.length === 0) return [];
      const by = alone ? { question: item.question, ...provenanceRow(item) } : {};
      return [{ id, ...by, answers: without, plausible: this.#pairs(QUESTIONS, plausible) }];
    };
    const wrong = rejectedIn(this.document).flatMap((item) =>
      this.#pairs(item.task, [item]).map((span) => {
        const { task, label, question: of } = item;
        return { task, label, span, ...(of !== undefined && { question: of }), ...provenanceRow(item) };
      }),
    );
    return {
      path,
      ...(this.#unix.ends !== undefined && { lineEnds: this.#unix.ends }),
      reviewed: this.#pairs(SPANS, layers[SPANS].reviewed),
      questions: questions.flatMap(question),
      rejected: wrong,
    };
  }
}

/** File names without extension, by document path: unique, also where case is not told apart, and none that brat takes for another kind of file. */
function baseNames(paths: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const path of paths) {
    const whole = safePath(path);
    const short = whole.replace(/(?<=[^/])\.txt$/i, "");
    let name = taken.has(foldedName(short)) ? whole : short;
    if (/\.(?:ann|a1|a2|co|rel)$/i.test(name)) name += "_";
    while (taken.has(foldedName(name))) name += "_";
    taken.add(foldedName(name));
    names.set(path, name);
  }
  return names;
}

function attributesOfRelations(documents: Documents): Set<string> {
  const names = new Set<string>();
  for (const { relations = [] } of documents)
    for (const { attributes = {} } of relations) for (const name of Object.keys(attributes)) names.add(name);
  return names;
}

/** What the documents of an export share: the names of files, and those of labels. */
function namesOf(documents: Documents, { labels }: WriterOptions): ExportNames {
  const reserved = perTask(LABEL_TASKS, (task) => (isSpanTask(task) ? [SENTENCE_TYPE, ANSWER_TYPE] : []));
  return {
    labels: perTask(LABEL_TASKS, (task) => bratNames(task, namesUsed(task, labels[task], documents), reserved[task])),
    relations: bratNames(undefined, relationTypes(documents), ["Overlap"]),
    attributes: bratAttributes(documents),
    onRelations: attributesOfRelations(documents),
    bases: baseNames(Array.from(documents, ({ path }) => path)),
  };
}

/** Writes all tasks. */
function write(document: LabelledDocument, out: Output): void {
  const names = out.once(namesOf);
  const writer = new DocumentWriter(document, names);
  const base = `${out.split}/${names.bases.get(document.path)!}`;
  out.file(`${base}.txt`, writer.text);
  out.file(`${base}.ann`, writer.ann());
  out.row(SIDECAR, `${lineSafeJson(base)}: ${lineSafeJson(writer.kept())}`, 0);
  out.report(writer.losses);
  out.count(out.split);
}

/** The sidecar: a document a line, so that a change of one is a change of one line. */
function join(kept: Iterable<string>, _: string, out: ExportOutput): Iterable<string> {
  const { labels, relations } = out.once(namesOf);
  const renamed = ({ stored }: BratNames): object =>
    Object.fromEntries([...stored].filter(([label, name]) => label !== name).map(([label, name]) => [name, label]));
  const map = {
    ...perTask(LABEL_TASKS, (task) => renamed(labels[task])),
    ...(relations.stored.size > 0 && { [RELATIONS]: renamed(relations) }),
  };
  const open = `{"format":"brat","unit":"codepoint","labels":${lineSafeJson(map)},"documents":{\n`;
  return commaLines(open, kept, "\n}}\n");
}

function finish(out: ExportOutput): void {
  const { labels, relations, attributes, onRelations } = out.once(namesOf);
  for (const task of LABEL_TASKS) out.report(labels[task].losses);
  out.report(relations.losses);
  const types = attributeTypes(attributes, onRelations);
  out.file("annotation.conf", annotationConf(out.options.labels, labels[SPANS], labels[CLASSES], relations, types));
  out.file("visual.conf", visualConf(out.options.labels, labels[SPANS], relations));
}

/** The format. */
export const brat: DatasetFormat = {
  title: "brat standoff",
  holds: { ...HOLDS_ALL, relations: true, reviewed: "none" },
  extensions: ["ann", "txt", "conf"],
  write,
  join,
  finish,
  read: readBrat,
  signs: [
    {
      name: /\.(?:ann|a1|a2)$/i,
      has: [/^T\d+\t\S+ \d+ \d+/m],
      confidence: 1,
      says: "has brat's text-bound annotations",
    },
    { name: /\.ann$/i, confidence: 0.5, says: "is named as brat names its annotations" },
  ],
};
