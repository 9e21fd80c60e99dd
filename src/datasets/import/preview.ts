/** What an import would do, in numbers, before anything is written. */
import { isSpanTask } from "../../documents/tasks";
import type { ClassTask, LabelTask, Task } from "../../documents/tasks";
import { counted } from "../../text/counted";
import { formatOf } from "../formats";
import type { ImportPlan } from "./plan";
import type { Conflict } from "./conflicts";
import { lossCount } from "../losses";
import type { TableColumns, UnnamedLabels } from "../format";
import { unitName } from "../reading/units";
import { textsWithSeveral } from "./several";

/** Counts of one label of a task, over all documents. */
export interface LabelCount {
  readonly task: Task;
  /** For questions: `answered` or `no answer`. */
  readonly label: string;
  readonly count: number;
}

/** What an import would bring to one document. */
export interface DocumentPreview {
  readonly path: string;
  readonly isNew: boolean;
  readonly added: number;
  readonly same: number;
  readonly conflicts: number;
}

/** An import in numbers. JSON as it is. */
export interface ImportPreview {
  readonly format: string;
  /** Why it was taken for that. */
  readonly because: string;
  readonly unit?: string;
  readonly scheme?: string;
  /** Which columns of tables were taken for what; of several files that are alike, the first. */
  readonly tables: readonly TableColumns[];
  /** Labels that are numbers, and which nothing names. */
  readonly unnamed: readonly UnnamedLabels[];
  readonly labels: readonly LabelCount[];
  /** Relations that are new, by type, the most frequent first. */
  readonly relations: readonly { readonly type: string; readonly count: number }[];
  readonly newLabels: Readonly<Record<LabelTask, readonly string[]>>;
  /** Of whose classes texts may have several from then on, in a sentence each. */
  readonly several: readonly string[];
  readonly documents: readonly DocumentPreview[];
  readonly annotators: readonly string[];
  /** Sentences and words of the dataset that are kept with the documents. */
  readonly tokens: { readonly sentences: number; readonly words: number };
  /** Texts of a file that are put together to documents, in a sentence each. */
  readonly rows: readonly string[];
  /** How much of the source counts as looked at in full, in a sentence; undefined where there is no span in it. */
  readonly reviewed?: string;
  readonly added: number;
  readonly same: number;
  readonly conflicts: number;
  readonly losses: number;
}

/** All conflicts of a plan, in order of document. */
export function conflictsOf(plan: ImportPlan): readonly Conflict[] {
  return plan.logs.flatMap(({ compared }) => compared.conflicts);
}

/** Tables without those that have the columns of one before them. */
function different(tables: readonly TableColumns[]): readonly TableColumns[] {
  const seen = new Set<string>();
  return tables.filter(({ columns }) => {
    const key = JSON.stringify(columns.map(({ name, role }) => [name, role]));
    return !seen.has(key) && seen.add(key);
  });
}

/** Counts what a plan holds. */
export function previewOf(plan: ImportPlan): ImportPreview {
  const counts = new Map<string, LabelCount>();
  const count = (task: Task, label: string): void => {
    const key = `${task} ${label}`;
    counts.set(key, { task, label, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  const documents = new Map<string, DocumentPreview>();
  const isNew = new Map(plan.targets.map((target) => [target.path, target.isNew]));
  for (const { document, compared } of plan.logs) {
    for (const { kind, task, item } of [...compared.additions, ...compared.conflicts.map(({ incoming }) => incoming)]) {
      if (kind === "label") count(task, item.label);
      else if (kind === "question") count(task, item.answers === "none" ? "no answer" : "answered");
      else count(task, `not ${item.label}`);
    }
    const before = documents.get(document);
    documents.set(document, {
      path: document,
      isNew: isNew.get(document) ?? false,
      added: (before?.added ?? 0) + compared.additions.length + compared.relations.length,
      same: (before?.same ?? 0) + compared.same,
      conflicts: (before?.conflicts ?? 0) + compared.conflicts.length,
    });
  }
  const list = [...documents.values()];
  const sum = (of: (one: DocumentPreview) => number): number => list.reduce((total, one) => total + of(one), 0);
  const { because, unit, scheme, unnamed = [], tables = [] } = plan.read;
  return {
    format: formatOf(plan.format).title,
    because,
    ...(unit && { unit: `${unitName(unit.value)}: ${unit.reason}` }),
    ...(scheme && { scheme: `${scheme.value}: ${scheme.reason}` }),
    tables: different(tables),
    unnamed,
    labels: [...counts.values()].sort((a, b) => (a.task === b.task ? b.count - a.count : a.task < b.task ? -1 : 1)),
    relations: relationCounts(plan),
    newLabels: plan.newLabels,
    several: plan.several.map((task) => severalSaid(plan, task)),
    documents: list,
    tokens: tokenCounts(plan),
    rows: plan.rows.map(
      ({ file, texts, documents: made }) =>
        `the ${texts} texts of ${file} are put together to ${made} ${made === 1 ? "document" : "documents"}; --rows apart makes one of each`,
    ),
    ...reviewedSaid(plan),
    annotators: [...new Set(plan.logs.map(({ author }) => author))],
    added: sum(({ added }) => added),
    same: sum(({ same }) => same),
    conflicts: sum(({ conflicts }) => conflicts),
    losses: lossCount(plan.losses),
  };
}

function relationCounts({ logs }: ImportPlan): ImportPreview["relations"] {
  const counts = new Map<string, number>();
  for (const { compared } of logs)
    for (const { type } of compared.relations) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
}

function severalSaid(plan: ImportPlan, task: ClassTask): string {
  const texts = textsOf(plan, task);
  return `${counted(texts, "text")} of it ${texts === 1 ? "has" : "have"} several classes of ${task}: labels.json allows it from then on ("multiple")`;
}

/** How many texts an import gives several classes of a task. */
function textsOf({ logs }: ImportPlan, task: ClassTask): number {
  return logs.reduce((sum, { compared }) => {
    const labels = compared.additions.flatMap((one) => (one.kind === "label" && one.task === task ? [one.item] : []));
    return sum + textsWithSeveral(labels);
  }, 0);
}

function reviewedSaid({ complete, options, logs }: ImportPlan): { readonly reviewed?: string } {
  const { texts, of } = complete;
  const spans = logs.some(({ compared }) =>
    [...compared.additions, ...compared.conflicts.map(({ incoming }) => incoming)].some(
      ({ kind, task }) => kind === "label" && isSpanTask(task),
    ),
  );
  if (!spans && texts === 0) return {};
  const by = options.reviewed === undefined ? "as the format says" : "as was chosen";
  if (texts === of) return { reviewed: `all of it counts as looked at (${by}): what has no label there has none` };
  const some = texts === 0 ? "nothing of it counts" : `${texts} of ${of} texts count`;
  const cure = options.reviewed === undefined ? "; say if the source is complete (--reviewed)" : "";
  return {
    reviewed: `${some} as looked at in full (${by}): an export leaves out what has no label in the rest${cure}`,
  };
}

function tokenCounts({ logs }: ImportPlan): ImportPreview["tokens"] {
  const all = logs.flatMap(({ tokenized }) => tokenized);
  return { sentences: all.length, words: all.reduce((sum, { words }) => sum + words.length, 0) };
}

/** In a sentence; undefined where none are kept. */
export function tokensKept({ tokens }: ImportPreview): string | undefined {
  const { sentences, words } = tokens;
  return sentences === 0 ? undefined : `${words} words in ${sentences} sentences, kept as the dataset has them`;
}
