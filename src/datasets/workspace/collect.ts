/** From a workspace on disk to labelled documents: logs, and the files they speak of. */
import path from "node:path";
import { isOurFolder } from "../../files/names";
import { SafeFolder } from "../../files/safe-folder";
import { answersIn, keptAnswers } from "../../labels/answers";
import { defaultLabelSets } from "../../labels/labelset";
import { loadLabelSets } from "../../labels/labelset-file";
import type { LabelSets } from "../../labels/labelset";
import { placedAdjudications } from "../../labels/agreement/annotators";
import type { PlacedAdjudication } from "../../labels/agreement/annotators";
import { disagreementsOf } from "../../labels/agreement/disagreements";
import { Positions } from "../../labels/positions";
import { loggedDocuments, readLogs } from "../../labels/log/read-log";
import type { LogIssue } from "../../labels/log/read-log";
import { mergeSpans } from "../../labels/regions";
import { reduce } from "../../labels/state";
import type { LabelValue, ModelRef } from "../../labels/annotation";
import type { DecisionEvent, Origin } from "../../labels/events";
import { append } from "../../text/grouped";
import type { Span } from "../../text/span";
import { inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import { languageOf, segmentingDocument } from "../../text/document";
import { unsettledLosses, withAdjudications } from "./adjudicated";
import { comparedDocument } from "./compared-document";
import type {
  ExactSpan,
  LabelledDocument,
  LabelledQuestion,
  LabelledText,
  Provenance,
  RejectedText,
  StaleLabel,
} from "../document";
import type { Loss } from "../losses";
import { UsedLabels } from "./used-labels";

/** How far a long piece of work is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What was worked on last. */
  readonly item: string;
}

/** What and how to collect. */
export interface CollectOptions {
  /** The workspace folder; its decisions are in `.glossator`. */
  readonly workspace: string;
  /** Paths relative to the workspace with `/`; absent: every document with a log. */
  readonly documents?: readonly string[];
  /** One annotator's own decisions alone, without adjudications; absent: everybody's, and adjudications where there are some. */
  readonly annotator?: string;
  /** Labels to use where `labels.json` is absent, those of the model as a rule. */
  readonly defaults?: LabelSets;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What was collected. */
export interface Collected {
  readonly documents: readonly LabelledDocument[];
  readonly labels: LabelSets;
  /** Odd lines in logs. */
  readonly issues: readonly LogIssue[];
  /** Documents and lines that could not be read. */
  readonly losses: readonly Loss[];
}

/** Of an imported decision, what the file said; of any other, what the log says. */
function provenance(
  of: { author: string; time: string; model?: ModelRef; origin?: Origin },
  score?: number,
): Provenance & { author: string } {
  const { author, time, model, origin } = of;
  const from: Provenance & { author: string } =
    origin === undefined
      ? { author, time }
      : { author: origin.author ?? author, ...(origin.time !== undefined && { time: origin.time }) };
  const value = origin?.score ?? score;
  return { ...from, ...(model && { model }), ...(value !== undefined && { score: value }) };
}

/** Everybody's events on a text, a list a person, placed on it. Where a disagreement was settled, the adjudication counts. */
export function* documentFrom(
  file: string,
  text: string,
  logs: readonly (readonly DecisionEvent[])[],
  sentences: LabelledDocument["sentences"],
): Steps<LabelledDocument> {
  const entities: LabelledText[] = [];
  const sentiment: LabelledText[] = [];
  const questions: LabelledQuestion[] = [];
  const reviewed: Span[] = [];
  const rejected: RejectedText[] = [];
  const decided: Span[] = [];
  const stale: StaleLabel[] = [];
  const adjudications: PlacedAdjudication[] = [];
  for (const events of logs) {
    const positions = new Positions(0);
    for (const event of events) positions.track(event, text);
    positions.locate(text);
    yield* positions.searching();
    const state = reduce(events);
    const decisions: readonly { readonly values: readonly LabelValue[] }[] = [
      ...[...state.annotations.values(), ...state.rejected].map(({ value }) => ({ values: [value] })),
      ...[...state.questions.values()].map(({ answers }) => ({ values: answersIn(answers) })),
      ...[...state.adjudications.values()].map(({ labels }) => ({ values: labels })),
    ];
    // Asking for proposals has them looked for.
    for (const value of decisions.flatMap(({ values }) => values)) positions.proposal(value);
    yield* positions.searching();
    const placed = (value: LabelValue): ExactSpan | undefined => {
      const span = positions.at(value);
      return span && { ...span, exact: text.slice(span.start, span.end) };
    };
    const lost = (task: StaleLabel["task"], value: LabelValue, rejected = false): void => {
      const proposed = positions.proposal(value);
      const proposal = proposed && { ...proposed, exact: text.slice(proposed.start, proposed.end) };
      const of = { task, label: value.label, exact: value.quote.exact, span: positions.last(value) };
      stale.push({ ...of, ...(proposal && { proposal }), ...(rejected && { rejected }) });
    };
    for (const item of state.annotations.values()) {
      const { id, task, value, replaces } = item;
      const found = placed(value);
      if (found === undefined) {
        lost(task, value);
        continue;
      }
      const by = provenance(item, replaces[0]?.score);
      (task === "sentiment" ? sentiment : entities).push({ id, ...found, label: value.label, ...by });
      if (task === "entities") decided.push({ start: found.start, end: found.end });
    }
    for (const item of state.questions.values()) {
      const { id, question, answers, replaces } = item;
      const found = keptAnswers(answers, (value) => {
        const span = placed(value);
        if (span === undefined) lost("answers", value);
        return span;
      });
      const plausible = replaces.flatMap((value) => placed(value) ?? []);
      if (found !== undefined) questions.push({ id, question, answers: found, plausible, ...provenance(item) });
    }
    for (const item of state.rejected) {
      const { task, value, question } = item;
      const found = placed(value);
      if (found === undefined) {
        lost(task, value, true);
        continue;
      }
      if (task === "entities") decided.push({ start: found.start, end: found.end });
      const by = { ...provenance(item, "score" in value ? (value.score as number) : undefined) };
      rejected.push({ task, ...found, label: value.label, ...by, ...(question !== undefined && { question }) });
    }
    for (const { task, region, labels } of state.adjudications.values()) {
      const gone = region === undefined ? false : positions.at(region) === undefined;
      for (const value of labels) if (gone || positions.at(value) === undefined) lost(task, value);
    }
    append(adjudications, placedAdjudications(state, positions));
    for (const { task, region } of state.reviewed) if (task === "entities") append(reviewed, positions.region(region));
  }
  const document: LabelledDocument = {
    path: file,
    text,
    sentences,
    entities,
    sentiment,
    questions,
    reviewed: mergeSpans(reviewed),
    rejected: rejected.sort((a, b) => a.start - b.start || a.end - b.end),
    decided,
    stale,
  };
  return withAdjudications(document, adjudications);
}

/** The sentences of a document as the editor has it: Markdown by its extension, all else as plain text. */
export function sentencesOf(text: string, document: string): Steps<LabelledDocument["sentences"]> {
  return segmentingDocument(text, languageOf(document));
}

/**
 * Reads a document of a workspace, without its byte order mark.
 * @throws {RefusedFileError} if it lies outside, or is, or lies below, a link; Error if it cannot be read or is not UTF-8.
 */
export async function readDocument(workspace: string, document: string): Promise<string> {
  // Logs name documents, and logs may be anybody's: what git keeps (an address with a password in it) is no text to export.
  // A log that speaks of one there was not made by an editor.
  if (document.split(/[\\/]/).some(isOurFolder)) throw new Error("it lies in a folder of git's or of this program's");
  const bytes = await new SafeFolder(workspace).read(document);
  // The decoder drops a byte order mark, as editors do.
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/**
 * Reads a workspace's decisions and the documents they are about. A document that cannot be read is listed in `losses`.
 * @throws {LabelSetError} for a broken `labels.json`, the signal's reason when aborted.
 */
export async function collectDocuments(options: CollectOptions): Promise<Collected> {
  const { defaults, onProgress, signal } = options;
  const workspace = path.resolve(options.workspace);
  const root = path.join(workspace, ".glossator");
  const none: LabelSets = { entities: [], sentiment: [] };
  const own = await loadLabelSets(root, none);
  const logged = await loggedDocuments(root);
  const paths = [...new Set(options.documents ?? logged)].sort();
  const used = new UsedLabels();
  // Without a `labels.json` nothing says that a label in use is wrong.
  const open = own.entities.length === 0 || own.sentiment.length === 0;
  let done = 0;
  const documents: LabelledDocument[] = [];
  const issues: LogIssue[] = [];
  const losses: Loss[] = [];
  for await (const { document: item, logs, unreadable } of readLogs(root, paths)) {
    signal?.throwIfAborted();
    if (unreadable !== undefined)
      losses.push({
        kind: "dropped",
        document: item,
        reason: `its log cannot be read, so none of its labels is here: ${unreadable}`,
      });
    for (const log of logs) append(issues, log.issues);
    if (open) for (const log of logs) used.addEvents(log.events);
    for (const { path: file, line, kind, reason } of logs.flatMap((log) => log.issues)) {
      if (kind === "edited") continue;
      const where = path.relative(workspace, file).replaceAll(path.sep, "/");
      losses.push({
        kind: "dropped",
        document: item,
        reason: line === 0 ? `a log was not read: ${reason}` : `${where}, line ${line}: ${reason}`,
      });
    }
    try {
      const text = await readDocument(workspace, item);
      const events = logs
        .map((log) =>
          log.events.filter(({ author }) => options.annotator === undefined || author === options.annotator),
        )
        .filter((list) => list.length > 0);
      if (events.length > 0) {
        const cut = await inSlices(sentencesOf(text, item), signal);
        const counting = events.map((list) =>
          options.annotator === undefined ? list : list.filter(({ kind }) => kind !== "adjudicated"),
        );
        documents.push(await inSlices(documentFrom(item, text, counting, cut), signal));
        if (events.length > 1) {
          const compared = await inSlices(comparedDocument(item, text, events, cut), signal);
          append(losses, unsettledLosses(text, disagreementsOf(compared)));
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === "ENOENT" ? "it does not exist (moved or renamed?)" : message;
      losses.push({ kind: "dropped", document: item, reason: `the document cannot be read: ${why}` });
    }
    onProgress?.({ done: ++done, total: paths.length, item });
  }
  if (open) {
    const chosen = new Set(paths);
    const others = logged.filter((file) => !chosen.has(file));
    for await (const { logs } of readLogs(root, others)) {
      signal?.throwIfAborted();
      for (const { events } of logs) used.addEvents(events);
    }
    for (const document of documents) used.addDocument(document);
  }
  const preset = defaults ?? defaultLabelSets();
  const labels: LabelSets = {
    entities: own.entities.length === 0 ? used.extend(preset, "entities") : own.entities,
    sentiment: own.sentiment.length === 0 ? used.extend(preset, "sentiment") : own.sentiment,
  };
  return { documents, labels, issues, losses };
}
