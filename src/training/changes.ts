/** What one model says otherwise than another of the same texts: the predictions that differ, as the editor would show them. Offsets are UTF-16 code units. */
import type { EngineClient } from "../engine/client";
import type { EngineInfo, SegmentLabels } from "../engine/protocol";
import { TogetherStream } from "../engine/together";
import type { SaidSentence } from "../engine/together";
import { isClassTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { defaultLabelSets } from "../labels/labelset";
import { loadLabelSets } from "../labels/labelset-file";
import { labelNamed } from "../labels/own-names";
import { shownLabels } from "../labels/shown";
import type { Showing, ShownSegment } from "../labels/shown";
import { segmentingDocument, sentenceText } from "../text/document";
import { append } from "../text/grouped";
import { LineColumns } from "../text/line-columns";
import { inSlices } from "../text/slices";
import { sameSpan } from "../text/span";
import type { Span } from "../text/span";
import type { TeachOutcome } from "./job";
import { AS_IT_CAME } from "./versions";

/** A text that both models read. */
export interface ComparedText {
  /** Names the document: a path or an address. */
  readonly path: string;
  readonly text: string;
  /** VS Code's, "markdown" or anything else for plain text. */
  readonly languageId: string;
  /** What is asked of the models; none: nothing is compared. */
  readonly tasks: readonly LabelTask[];
}

/** The names of two models to compare, {@link AS_IT_CAME} among them. */
export interface VersionPair {
  readonly version: string;
  /** One of the two is in use; default: what is in use, or, of the version in use, what that was taught from. */
  readonly against?: string;
}

/**
 * What tells what a job changed, or, where nothing was accepted, what it would have. Undefined where it judged nothing.
 * @param before the version that was in use before it. @param active the one that is now
 */
export function changedBy(
  outcomes: readonly TeachOutcome[],
  before: string | undefined,
  active: string | undefined,
): VersionPair | undefined {
  const judged = outcomes.filter((outcome) => outcome.kind === "judged");
  const latest = judged.at(-1);
  // Of several tasks one may have been taught before: what it came to need not be in use, what all of them came to is.
  if (active === undefined || !judged.some(({ verdict }) => verdict.accepted))
    return latest && { version: latest.version.id };
  // All were taught before: what is in use is what was in use.
  return active === before ? { version: active } : { version: active, against: before ?? AS_IT_CAME };
}

/** A label on a stretch of text. */
export interface PlacedName extends Span {
  readonly label: string;
}

/** A stretch of text of which the two models say different things: labels that overlap each other are one change. */
export interface Change extends Span {
  readonly task: LabelTask;
  /** What is shown there now; empty: nothing. */
  readonly before: readonly PlacedName[];
  /** What would be. */
  readonly after: readonly PlacedName[];
}

/** A {@link Change} where people find it. */
export interface PlacedChange extends Change {
  readonly path: string;
  /** Line and column, both from 1. */
  readonly at: string;
  /** What stands there. */
  readonly exact: string;
}

/** One of the two models. */
export interface Side {
  readonly engine: Pick<EngineClient, "label">;
  readonly unmarked: EngineInfo["unmarked"];
  /** The name under which one of its labels is shown; undefined: it is not. */
  readonly offered: (task: LabelTask, label: string) => string | undefined;
}

/**
 * A model as it serves a workspace: under the names of its label set, or, where it has none, all labels.
 * @param root the `.glossator` folder. @throws as `loadLabelSets`.
 */
export async function sideOf(
  root: string,
  engine: Pick<EngineClient, "label">,
  { labels, unmarked }: Pick<EngineInfo, "labels" | "unmarked">,
): Promise<Side> {
  const sets = await loadLabelSets(root, defaultLabelSets(labels));
  const offered = (task: LabelTask, name: string): string | undefined => {
    const label = labelNamed(sets, task, name);
    return label?.retired === true ? undefined : label?.name;
  };
  return { engine, unmarked, offered };
}

/** How to compare. */
export interface CompareOptions {
  /** What of the predictions is shown in a document. */
  readonly least: (path: string, offered: Side["offered"]) => Omit<Showing, "unmarked">;
  /** Sentences of a document compared, and how many it has. */
  readonly onProgress?: (progress: { readonly path: string; readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What came of a document. */
export interface ComparedDocument {
  readonly path: string;
  /** In order. */
  readonly changes: readonly PlacedChange[];
  /** Sentences that one of the models could not read. */
  readonly unread: number;
}

/** A sentence of a compared document, and what one model says of it. */
type Compared = Span & SaidSentence & ShownSegment;
type Said = [Compared, SegmentLabels | undefined];

/** Sentences in a request: so many are lost when it is cancelled. */
const SENTENCES = 512;

/**
 * Compares what two models say of documents, one after another.
 * @throws what the engines throw; the signal's reason when aborted.
 */
export async function* changesOf(
  documents: AsyncIterable<ComparedText> | Iterable<ComparedText>,
  before: Side,
  after: Side,
  options: CompareOptions,
): AsyncGenerator<ComparedDocument> {
  const { signal, onProgress } = options;
  for await (const { path, text, languageId, tasks } of documents) {
    signal?.throwIfAborted();
    const sentences = tasks.length === 0 ? [] : await inSlices(segmentingDocument(text, languageId), signal);
    const shownBy = ({ unmarked, offered }: Side) => {
      const showing = { ...options.least(path, offered), unmarked };
      return (segment: Compared, labels: SegmentLabels = {}) => shownOf(segment, labels, tasks, showing, offered);
    };
    const [shownBefore, shownAfter] = [shownBy(before), shownBy(after)];
    const found: Change[] = [];
    const [had, has] = [new TogetherStream<Compared>(), new TogetherStream<Compared>()];
    let unread = 0;
    const compare = ([segment, was]: Said, [, is]: Said): void => {
      if (was?.error !== undefined || is?.error !== undefined) {
        unread++;
        return;
      }
      const [old, now] = [shownBefore(segment, was), shownAfter(segment, is)];
      for (const task of tasks) append(found, changesBetween(task, old.get(task)!, now.get(task)!));
    };
    for (let from = 0; from < sentences.length; from += SENTENCES) {
      const part = sentences.slice(from, from + SENTENCES);
      const segments = part.map((sentence) => ({ text: sentenceText(text, sentence) }));
      const ask = ({ engine }: Side): Promise<SegmentLabels[]> =>
        engine.label(segments, tasks, signal === undefined ? {} : { signal });
      const said = await Promise.all([ask(before), ask(after)]);
      const last = from + SENTENCES >= sentences.length;
      const [was, is] = [had, has].map((stream, side) => {
        const next = part.map((sentence, i) => ({ ...sentence, ...segments[i]!, labels: said[side]![i] }));
        return [...stream.push(next), ...(last ? stream.end() : [])];
      });
      was!.forEach((one, i) => compare(one, is![i]!));
      onProgress?.({ path, done: from + part.length, total: sentences.length });
    }
    // Lines are counted only where there is something to show.
    const lines = found.length === 0 ? undefined : new LineColumns(text);
    const changes = found
      .sort((a, b) => a.start - b.start || a.end - b.end)
      .map((change) => ({
        ...change,
        ...{ path, at: lines!.at(change.start), exact: text.slice(change.start, change.end) },
      }));
    yield { path, changes, unread };
  }
}

/** The labels of a sentence that are shown, by task, where they are in the document. */
function shownOf(
  segment: Span & ShownSegment,
  labels: SegmentLabels,
  tasks: readonly LabelTask[],
  showing: Showing,
  offered: Side["offered"],
): Map<LabelTask, PlacedName[]> {
  const shown = shownLabels(segment, labels, showing);
  const { start, end } = segment;
  return new Map(
    tasks.map((task) => {
      const said = isClassTask(task)
        ? [shown[task]].flatMap((found) => (found === undefined ? [] : [{ start, end, label: found.label }]))
        : shown[task].map((item) => ({ start: start + item.start, end: start + item.end, label: item.label }));
      const named = said.flatMap(({ label, ...span }) => {
        const name = offered(task, label);
        return name === undefined ? [] : [{ ...span, label: name }];
      });
      return [task, named];
    }),
  );
}

/** The differences between two lists of labels of one task: what both hold is none, and what overlaps is one. */
export function changesBetween(task: LabelTask, before: readonly PlacedName[], after: readonly PlacedName[]): Change[] {
  const missingIn = (list: readonly PlacedName[], others: readonly PlacedName[], side: "before" | "after") =>
    list.filter((a) => !others.some((b) => sameSpan(a, b) && a.label === b.label)).map((item) => ({ side, item }));
  const all = [...missingIn(before, after, "before"), ...missingIn(after, before, "after")];
  all.sort((a, b) => a.item.start - b.item.start || a.item.end - b.item.end);
  const changes: { task: LabelTask; start: number; end: number; before: PlacedName[]; after: PlacedName[] }[] = [];
  for (const { side, item } of all) {
    let last = changes.at(-1);
    if (last === undefined || item.start >= last.end)
      changes.push((last = { task, start: item.start, end: item.end, before: [], after: [] }));
    last.end = Math.max(last.end, item.end);
    last[side].push(item);
  }
  return changes;
}
