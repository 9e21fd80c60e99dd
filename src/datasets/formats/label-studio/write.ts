/**
 * Label Studio's JSON with its labelling configuration. Offsets are code points of the text with its line endings as they are
 * (label-studio: web/libs/editor, tests/integration/e2e/ner/emoji.cy.ts). One annotation a person; what a model had suggested is in `predictions`.
 * `completed_by` is left out: an import is refused when it names somebody the installation does not know. Who, when and the score are in each
 * region's `meta`, which Label Studio keeps.
 */
import type { DecidedRelation, Provenance } from "../../../documents/labelled";
import { labelsById } from "../../../documents/relations";
import { SPANS } from "../../../documents/tasks";
import { rejectedIn } from "../../../documents/layers";
import { addTo, append } from "../../../text/grouped";
import { overlaps } from "../../../text/span";
import type { Span } from "../../../text/span";
import { isLabelTask, isSpanTask, LABEL_TASKS, perTask, QUESTIONS } from "../../../documents/tasks";
import type { LabelTask, Task } from "../../../documents/tasks";
import { answersIn } from "../../../documents/answers";
import { withSeveral } from "../../../labels/labelset";
import type { LabelSets } from "../../../labels/labelset";
import type { Documents, LabelledDocument } from "../../document";
import type { Row } from "../../reading/bytes";
import { inOrder } from "../../codecs/in-order";
import { JSON_FILE } from "../../reading/json";
import { labellingConfig, TAGS } from "./config";
import { controlled, controlsFor } from "./controls";
import type { Controls } from "./controls";
import { readLabelStudio } from "./read";
import type { Loss } from "../../losses";
import { relationLosses } from "../../lost-relations";
import { MARKS, marksRow } from "../../codecs/marks";
import { attributesRow } from "../../codecs/attributes";
import { provenanceRow } from "../../codecs/provenance";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { UNWRITABLE, unwritable } from "../../../text/well-formed";
import { CheckedOffsets } from "../../../text/checked-offsets";
import { lineSafeJson } from "../../../text/print";
import { commaLines } from "../../writing/contents";
import type { ExportOutput, Output } from "../../writing/output";

/** A decision as results, and as Label Studio counts it. */
interface Region {
  readonly author: string;
  readonly by: Provenance;
  readonly results: readonly Row[];
  /** What they say besides; no prediction. */
  readonly details?: readonly Row[];
  /** A question without an answer, which belongs to no region; `own` is what its provenance is kept as. */
  readonly unanswerable?: { readonly id: string; readonly question: string; readonly own: Row };
  /** What the model had said is this very region. */
  readonly predicted: boolean;
}

/** A model in one string, as `model_version` is. */
function modelVersion({ name, version }: NonNullable<Provenance["model"]>): string {
  return version === "" ? name : `${name}@${version}`;
}

class TaskWriter {
  readonly losses: Loss[] = [];
  readonly #points: CheckedOffsets;

  constructor(
    private readonly document: LabelledDocument,
    private readonly controls: Controls,
  ) {
    this.#points = new CheckedOffsets(document, "codepoint");
  }

  #value(span: Span): Row {
    const { start, end } = span;
    return { ...this.#points.span({ start, end }), text: this.document.text.slice(start, end) };
  }

  /** Label Studio's provenance: drawn by hand, taken over from a prediction, or taken over and changed. */
  #origin(task: Task, item: Span & Provenance): "manual" | "prediction" | "prediction-changed" {
    if (item.score === undefined) return "manual";
    // The suggestion that a change took the place of was rejected by the same act.
    const replaced = this.document.layers[task].rejected.some(
      (one) => one.time === item.time && one.author === item.author && overlaps(one, item),
    );
    return replaced ? "prediction-changed" : "prediction";
  }

  #labels(task: LabelTask): Region[] {
    return inOrder(this.document.layers[task].labels).map((item): Region => {
      const origin = this.#origin(task, item);
      const place = this.#value(item);
      const { results: said, rest } = controlled(item, this.controls);
      const result = {
        id: item.id,
        from_name: TAGS[task],
        to_name: TAGS.text,
        type: "labels",
        origin,
        value: { ...place, labels: [item.label] },
        ...(item.score !== undefined && { score: item.score }),
        meta: { [MARKS]: { ...provenanceRow(item), ...attributesRow(rest) } },
      };
      const details = said.map(({ value, ...of }): Row => ({
        ...{ id: item.id, to_name: TAGS.text, origin: "manual", ...of },
        value: { ...place, ...(value as Row) },
      }));
      return { author: item.author ?? "", by: item, results: [result], details, predicted: origin === "prediction" };
    });
  }

  #questions(): Region[] {
    const { path, questions } = this.document;
    return questions.flatMap((item): Region[] => {
      if (unwritable(item.question)) {
        const reason = `the question ${UNWRITABLE}`;
        const [span = { start: 0, end: 0 }] = answersIn(item.answers);
        this.losses.push({ kind: "dropped", document: path, task: QUESTIONS, span, reason });
        return [];
      }
      const plausible = item.plausible.map(({ start, end }) => this.#points.span({ start, end }));
      const own = { question: item.id, ...provenanceRow(item), ...(plausible.length > 0 && { plausible }) };
      const common = { to_name: TAGS.text, origin: "manual", meta: { [MARKS]: own } };
      const textarea = { ...common, type: "textarea" };
      const results = answersIn(item.answers).flatMap((answer, index) => {
        const [id, value] = [`${item.id}-${index + 1}`, this.#value(answer)];
        return [
          { id, from_name: TAGS[QUESTIONS], ...common, type: "labels", value: { ...value, labels: ["answer"] } },
          { id, from_name: TAGS.question, ...textarea, value: { ...value, text: [item.question] } },
        ];
      });
      const of = { author: item.author ?? "", by: item, predicted: false, results };
      return [item.answers === "none" ? { ...of, unanswerable: { id: item.id, question: item.question, own } } : of];
    });
  }

  /** Relations by the author of the annotation that has both of their regions; Label Studio knows no region of another one. */
  #relations(): ReadonlyMap<string, Row[]> {
    const { path, relations = [] } = this.document;
    const labels = labelsById(this.document);
    const authorOf = (id: string): string => labels.get(id)?.author ?? "";
    const isBetween = ({ from, to }: DecidedRelation): boolean => authorOf(from) !== authorOf(to);
    const why = "it joins labels of two annotators, who have an annotation each";
    append(this.losses, relationLosses(relations.filter(isBetween), { document: path }, why));
    const rows = new Map<string, Row[]>();
    for (const item of relations) {
      if (isBetween(item)) continue;
      const row = {
        ...{ from_id: item.from, to_id: item.to, type: "relation", direction: "right", labels: [item.type] },
        meta: { [MARKS]: { ...provenanceRow(item), ...attributesRow(item) } },
      };
      addTo(rows, authorOf(item.from), [row]);
    }
    return rows;
  }

  /** The questions without an answer in one result: Label Studio has one text field for the whole task. */
  #unanswerable(regions: readonly Region[]): Row[] {
    const some = regions.flatMap(({ unanswerable: one }) => one ?? []);
    if (some.length === 0) return [];
    return [
      {
        id: some[0]!.id,
        from_name: TAGS.unanswerable,
        to_name: TAGS.text,
        type: "textarea",
        origin: "manual",
        value: { text: some.map(({ question }) => question) },
        meta: { [MARKS]: { questions: some.map(({ own }) => own) } },
      },
    ];
  }

  /** What models had said, one prediction a model: the regions taken over as they were, and those that were rejected. */
  #predictions(regions: readonly Region[]): Row[] {
    const byModel = new Map<string, Row[]>();
    const add = (by: Provenance, results: readonly Row[]): void => {
      if (by.model === undefined || by.score === undefined) return;
      const version = modelVersion(by.model);
      addTo(byModel, version, results);
    };
    for (const { by, results, predicted } of regions) {
      if (!predicted) continue;
      add(
        by,
        results.map((result) =>
          Object.fromEntries(Object.entries(result).filter(([name]) => name !== "origin" && name !== "meta")),
        ),
      );
    }
    const rejected = inOrder(rejectedIn(this.document).filter(({ task }) => isLabelTask(task)));
    for (const [index, item] of rejected.entries()) {
      if (!isLabelTask(item.task)) continue;
      const of = { id: `rejected-${index + 1}`, from_name: TAGS[item.task], to_name: TAGS.text, type: "labels" };
      add(item, [{ ...of, value: { ...this.#value(item), labels: [item.label] }, score: item.score }]);
    }
    return [...byModel]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([version, result]) => {
        const scores = result.map(({ score }) => score as number);
        const score = Math.round((scores.reduce((sum, one) => sum + one, 0) / scores.length) * 1e6) / 1e6;
        return { model_version: version, score, result };
      });
  }

  task(id: number): Row | undefined {
    const { document } = this;
    const regions = [...LABEL_TASKS.flatMap((task) => this.#labels(task)), ...this.#questions()];
    const { reviewed } = document.layers[SPANS];
    const rejected = rejectedIn(document);
    if (regions.length + reviewed.length + rejected.length === 0) return undefined;
    const relations = this.#relations();
    const authors = [...new Set(regions.map(({ author }) => author))].sort();
    const annotations = authors.map((author) => {
      const mine = regions.filter((region) => region.author === author);
      const times = mine.flatMap(({ by }) => by.time ?? []).sort();
      return {
        result: [
          ...mine.flatMap(({ results, details = [] }) => [...results, ...details]),
          ...this.#unanswerable(mine),
          ...(relations.get(author) ?? []),
        ],
        was_cancelled: false,
        ground_truth: false,
        ...(times.length > 0 && { created_at: times[0], updated_at: times.at(-1) }),
      };
    });
    const nothing = { result: [], was_cancelled: false, ground_truth: false };
    const piece = { start: 0, end: document.text.length };
    const marks = marksRow({
      document,
      piece,
      unit: "codepoint",
      offsets: this.#points,
      labels: {},
      reviewed,
      rejected,
    });
    return {
      id,
      data: { text: document.text, source: document.path },
      meta: { [MARKS]: marks },
      // Looked at and found empty is an annotation too.
      annotations: annotations.length === 0 && reviewed.length > 0 ? [nothing] : annotations,
      predictions: this.#predictions(regions),
    };
  }
}

/** What the labelling configuration needs to know of all documents. */
interface Used {
  readonly labels: Readonly<Record<LabelTask, ReadonlySet<string>>>;
  readonly reviewed: boolean;
  readonly questions: boolean;
  readonly relations: readonly string[];
}

function usedIn(documents: Documents): Used {
  const labels = perTask(LABEL_TASKS, () => new Set<string>());
  const relations = new Set<string>();
  let [reviewed, questions] = [false, false];
  for (const one of documents) {
    for (const task of LABEL_TASKS)
      for (const { label } of [...one.layers[task].labels, ...one.layers[task].rejected]) labels[task].add(label);
    for (const { type } of one.relations ?? []) relations.add(type);
    reviewed ||= one.layers[SPANS].reviewed.length > 0;
    questions ||= one.questions.length > 0;
  }
  return { labels, reviewed, questions, relations: [...relations].sort() };
}

function withUsed(labels: LabelSets, { labels: used, reviewed }: Used): LabelSets {
  const sets = perTask(LABEL_TASKS, (task) => {
    if (used[task].size === 0) return isSpanTask(task) && reviewed ? labels[task] : [];
    const known = new Set(labels[task].map(({ name }) => name));
    const more = [...used[task]].filter((name) => !known.has(name)).sort();
    return [...labels[task], ...more.map((name, index) => ({ id: labels[task].length + index, name }))];
  });
  return withSeveral<LabelSets>(sets, labels.multiple ?? []);
}

/** How many tasks the export has so far. */
const tasksSoFar = (): { count: number } => ({ count: 0 });

/** Writes a task in the list of its split. */
function write(document: LabelledDocument, out: Output): void {
  const writer = new TaskWriter(document, out.once(controlsFor));
  const so = out.once(tasksSoFar);
  const task = writer.task(so.count + 1);
  out.report(writer.losses);
  if (task === undefined) return;
  so.count++;
  out.row(`${out.split}.json`, lineSafeJson(task));
}

function join(tasks: Iterable<string>): Iterable<string> {
  return commaLines("[\n", tasks, "\n]\n");
}

function writeConfig(out: ExportOutput): void {
  const used = out.once(usedIn);
  const { questions: answers, relations } = used;
  const labels = withUsed(out.options.labels, used);
  out.file("config.xml", labellingConfig({ labels, answers, relations, attributes: out.once(controlsFor) }));
}

const DATA = /"data"\s*:\s*\{/;
const RESULTS = "has tasks with Label Studio's results";

/** The format. */
export const labelStudio: DatasetFormat = {
  title: "Label Studio JSON",
  holds: { ...HOLDS_ALL, relations: true, reviewed: "all", surrogates: "refused" },
  extensions: ["json", "xml"],
  write,
  join,
  finish: writeConfig,
  read: readLabelStudio,
  signs: [
    {
      name: JSON_FILE,
      has: [/"annotation_id"\s*:/, /"lead_time"\s*:/],
      lacks: /"from_name"\s*:|"was_cancelled"\s*:/,
      confidence: 0.96,
      says: "has the rows of Label Studio's JSON-MIN",
    },
    { name: JSON_FILE, has: [/"from_name"\s*:/], confidence: 0.97, says: RESULTS },
    { name: JSON_FILE, has: [DATA, /"was_cancelled"\s*:|"completions"\s*:/], confidence: 0.97, says: RESULTS },
    {
      name: JSON_FILE,
      has: [DATA, /"(?:annotations|predictions)"\s*:\s*\[/],
      confidence: 0.8,
      says: "has tasks with data and annotations",
    },
  ],
};
