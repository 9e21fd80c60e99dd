/** Import: files into decisions. First a plan, which writes nothing; then the plan is carried out, as one act that undo takes back. */
import path from "node:path";
import type { Labelled, TokenizedSentence } from "../../documents/labelled";
import { decisionsIn } from "../../documents/layers";
import { joined, labelsById, replaceRelations } from "../../documents/relations";
import { onlyDecisions, onlyTasks } from "../../documents/select";
import type { ClassTask, Task } from "../../documents/tasks";
import type { DecisionEvent } from "../../labels/events";
import { sortAfter } from "../../labels/ids";
import { defaultLabelSets } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import { loadLabelSets } from "../../labels/labelset-file";
import { logFiles, loggedDocuments, readLog } from "../../labels/log/read-log";
import { underOwnNames } from "../../labels/own-names";
import { addTo, append } from "../../text/grouped";
import { inSlices } from "../../text/slices";
import type { LabelledDocument } from "../document";
import type { FormatName } from "../formats";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";
import type { Split } from "../splits";
import { documentFrom } from "../workspace/collect";
import type { Progress } from "../workspace/walk";
import { alignAll } from "./align";
import { isComplete, withReviewed } from "./complete";
import { compare } from "./conflicts";
import type { Compared } from "./conflicts";
import { sourceFiles } from "./files";
import { adoptLabels } from "./labels";
import type { NewLabels } from "./labels";
import type { RowChoice, RowGroup } from "./rows";
import { readSource } from "./source";
import type { ReadSource, SourceOptions } from "./source";
import { onlySplits } from "./source-splits";
import { findTargets } from "./targets";
import type { Target, TargetDocument } from "./targets";
import { sourceTokens, unknownTokens } from "./tokens";

/** What to import, and how. */
export interface ImportOptions extends SourceOptions {
  /** A file or a folder. */
  readonly source: string;
  readonly workspace: string;
  /** Absent: all. */
  readonly tasks?: readonly Task[];
  /** Absent: all. Files that belong to no split are read in any case. */
  readonly splits?: readonly Split[];
  /** Folder of the workspace for documents that do not exist, relative, with `/`; "" is the workspace itself. Absent: none are made. */
  readonly into?: string;
  /** Whose log the decisions go to. */
  readonly author: string;
  /**
   * `mine` (default): all into the author's log; who decided is kept with each. `keep`: what somebody else decided into a log of that name, so
   * that annotators can be compared.
   */
  readonly annotators?: "mine" | "keep";
  /**
   * The source is complete: in the texts that are read, what has no label has none. False: nothing of them counts as looked at, whatever the format says.
   * Absent: as the format says, by its nature or by a mark of ours.
   */
  readonly reviewed?: boolean;
  /** Which texts become a document each where documents are made; default: `auto`. */
  readonly rows?: RowChoice;
  /** Labels where the workspace has no `labels.json`. */
  readonly defaults?: LabelSets;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** One log that is written to. */
export interface PlannedLog {
  readonly document: string;
  readonly author: string;
  readonly mine: LabelledDocument;
  readonly compared: Compared;
  /** Sentences with words as the dataset has them, where they are not known yet. */
  readonly tokenized: readonly TokenizedSentence[];
}

/** What an import would do. Nothing has been written. */
export interface ImportPlan {
  readonly options: ImportOptions;
  readonly workspace: string;
  readonly format: FormatName;
  readonly read: Pick<ReadSource, "because" | "unit" | "scheme" | "unnamed" | "tables">;
  /** How many of the texts that were read were looked at in full, and of how many. */
  readonly complete: { readonly texts: number; readonly of: number };
  /** Files whose texts were put together. */
  readonly rows: readonly RowGroup[];
  readonly targets: readonly TargetDocument[];
  readonly logs: readonly PlannedLog[];
  readonly labels: LabelSets;
  /** Labels the workspace does not have yet. */
  readonly newLabels: NewLabels;
  /** Tasks of whose classes the workspace allows one a text so far, and several from then on. */
  readonly several: readonly ClassTask[];
  readonly losses: readonly Loss[];
}

/** What was read for one person, where each has a log of their own. A relation goes where both of its labels do; the others are added to `losses`. */
function byAuthor(
  read: readonly Labelled[],
  author: string,
  losses: Loss[],
  where: Pick<Loss, "document" | "file">,
): Map<string, Labelled[]> {
  const people = new Map<string, Labelled[]>();
  const of = (item: { readonly author?: string }): string => (item.author ?? "").trim() || author;
  for (const one of read) {
    const names = new Set(decisionsIn(one).map(of));
    // Who looked at the text is not said: it counts for everybody who decided in it.
    for (const name of names.size === 0 ? [author] : names)
      addTo(people, name, [ownRelations(onlyDecisions(one, (item) => of(item) === name))]);
    const authors = new Map([...labelsById(one)].map(([id, item]) => [id, of(item)]));
    const between = (one.relations ?? []).filter(({ from, to }) => authors.get(from) !== authors.get(to));
    append(losses, relationLosses(between, where, "it joins labels of two annotators, who have a log each"));
  }
  return people;
}

/** A part of what was read, with the relations of which it has both labels. */
function ownRelations(part: Labelled): Labelled {
  return replaceRelations(part, joined(part.relations ?? [], labelsById(part)).kept);
}

async function ownEvents(root: string, document: string, labels: LabelSets): Promise<Map<string, DecisionEvent[]>> {
  const found = new Map<string, DecisionEvent[]>();
  for (const log of await Promise.all((await logFiles(root, document)).map((file) => readLog(root, file)))) {
    // What is written later has to come after it, also where the clock was set back.
    sortAfter(log.events.at(-1)?.id ?? "");
    for (const event of underOwnNames(log.events, labels)) addTo(found, event.author, [event]);
  }
  return found;
}

function twinLoss(document: string, file: string | undefined, count: number): Loss {
  const reason = "labels that are there more than once, on the same words: each was taken once";
  return { kind: "merged", document, ...(file !== undefined && { file }), count, reason };
}

function twinRelationLoss(where: Pick<Loss, "document" | "file">, count: number): Loss {
  const reason = "relations that are there more than once, of one type between the same labels: each was taken once";
  return { kind: "merged", ...where, count, reason };
}

/** What importing would write to the logs of one document. What has no place in it is added to `losses`. */
async function logsFor(
  target: Target,
  events: ReadonlyMap<string, readonly DecisionEvent[]>,
  { author, annotators, reader, signal }: ImportOptions,
  sets: LabelSets,
  losses: Loss[],
): Promise<PlannedLog[]> {
  const { path: document, text } = target;
  const aligned = await alignAll(target, reader?.misaligned ?? "refuse", losses, signal);
  const { file } = target.reads[0] ?? {};
  const where = { document, ...(file !== undefined && { file }) };
  const people = annotators === "keep" ? byAuthor(aligned, author, losses, where) : new Map([[author, aligned]]);
  const tokens = await inSlices(sourceTokens(document, text, aligned), signal);
  const logs: PlannedLog[] = [];
  for (const [name, part] of people) {
    const own = events.get(name);
    const mine = await inSlices(documentFrom(document, text, own === undefined ? [] : [own], []), signal);
    const compared = compare(part, mine, sets);
    if (compared.twins > 0) losses.push(twinLoss(document, file, compared.twins));
    if (compared.twinRelations > 0) losses.push(twinRelationLoss(where, compared.twinRelations));
    // Whose decisions they are, a text has one tokenization.
    const tokenized = logs.length === 0 ? unknownTokens(tokens, mine) : [];
    logs.push({ document, author: name, mine, compared, tokenized });
  }
  return logs;
}

/**
 * Reads files and works out what importing them would do: the documents, the labels, what is new, what is known, what conflicts.
 * @throws {ReadError} if the format is not known, or they cannot be read at all; {@link LabelSetError} for a broken `labels.json`; the signal's
 * reason when aborted.
 */
export async function planImport(options: ImportOptions): Promise<ImportPlan> {
  const { signal, onProgress } = options;
  const workspace = path.resolve(options.workspace);
  const root = path.join(workspace, ".glossator");
  const { plan, waiting, before } = await readForPlan(options, workspace, root);
  const losses = [...plan.losses];
  const logs: PlannedLog[] = [];
  const targets: TargetDocument[] = [];
  // What was read is let go document by document: of a large dataset there is no room for it twice.
  for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
    signal?.throwIfAborted();
    const { path: document, text, isNew } = target;
    const events = isNew ? new Map<string, DecisionEvent[]>() : await ownEvents(root, document, before);
    append(logs, await logsFor(target, events, options, plan.labels, losses));
    targets.push({ path: document, text, isNew });
    onProgress?.({ done: targets.length, total: targets.length + waiting.length, item: document });
  }
  return { ...plan, targets, logs, losses };
}

/** The part of a plan that is known when all is read; the documents that it is read for, the last first; the workspace's labels as they are. */
async function readForPlan(
  options: ImportOptions,
  workspace: string,
  root: string,
): Promise<{
  readonly plan: Omit<ImportPlan, "targets" | "logs">;
  readonly waiting: Target[];
  readonly before: LabelSets;
}> {
  const { signal, onProgress, tasks } = options;
  const found = await sourceFiles(path.resolve(options.source), signal);
  const files = options.splits === undefined ? found.files : onlySplits(found.files, options.splits);
  const labels = await loadLabelSets(root, options.defaults ?? defaultLabelSets());
  // Reading may take long, and cannot say how far it is.
  onProgress?.({ done: 0, total: files.size, item: [...files.keys()][0] ?? "" });
  const result = await readSource({ ...found, files }, options);
  signal?.throwIfAborted();
  const losses: Loss[] = [...found.refused, ...result.losses];
  const read = tasks === undefined ? result.documents : result.documents.map((one) => onlyTasks(one, tasks));
  const said = withReviewed(read, options.reviewed);
  const adopted = adoptLabels(said, labels, result.labels, losses);
  const known = await loggedDocuments(root);
  const {
    targets,
    losses: homeless,
    rows,
  } = await findTargets(adopted.documents, {
    workspace,
    known,
    ...(options.into !== undefined && { into: options.into }),
    ...(options.rows && { rows: options.rows }),
    ...(signal && { signal }),
  });
  append(losses, homeless);
  const plan = {
    options,
    workspace,
    format: result.format,
    read: {
      because: result.because,
      ...(result.unit && { unit: result.unit }),
      ...(result.scheme && { scheme: result.scheme }),
      ...(result.unnamed && { unnamed: result.unnamed }),
      ...(result.tables && { tables: result.tables }),
    },
    complete: { texts: said.filter(isComplete).length, of: said.length },
    rows,
    labels: adopted.labels,
    newLabels: adopted.added,
    several: adopted.several,
    losses,
  };
  return { plan, waiting: [...targets].reverse(), before: labels };
}

/**
 * What a plan holds for some documents only: of the others, nothing is written or made, and no loss is told. Labels that the dataset brings are
 * the same. @param documents paths relative to the workspace, with `/`.
 */
export function onlyDocuments(plan: ImportPlan, documents: readonly string[]): ImportPlan {
  const kept = new Set(documents);
  const left = new Set(plan.targets.map((target) => target.path).filter((file) => !kept.has(file)));
  return {
    ...plan,
    targets: plan.targets.filter((target) => kept.has(target.path)),
    logs: plan.logs.filter(({ document }) => kept.has(document)),
    losses: plan.losses.filter(({ document }) => document === undefined || !left.has(document)),
  };
}
