/** What the extension tells tests, and only them: state that a user sees as pictures and words. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { window, workspace } from "vscode";
import type { TreeDataProvider, TreeItem, Uri } from "vscode";
import type { EngineInfo } from "../engine/protocol";
import type { AnsweredQuestion, Annotation } from "../labels/annotation";
import type { Drift } from "../labels/drift";
import type { Parts } from "./commands/parts";
import type { EngineState } from "./documents/engine-service";
import type { DocumentSession } from "./documents/session";
import type { TeachingOffer } from "./documents/teaching-offer";
import type { Unopened } from "./documents/unopened";
import type { LabelRow, LabelsView } from "./show/labels-view";
import type { ReviewQueue } from "./show/review-queue";
import type { Status } from "./show/status";
import type { QueueRow } from "./show/queue-rows";
import { openList } from "./base/picks";
import type { OpenList } from "./base/picks";
import { cancelAll, underWay } from "./base/with-cancel";

/** Returned by `activate` when the extension host runs tests. Offsets are UTF-16 code units. */
export interface TestApi {
  engine(): {
    readonly state: EngineState;
    readonly message: string | undefined;
    readonly code: string | undefined;
    readonly info: EngineInfo | undefined;
  };
  /** Every label of a document, also outside the visible part; undefined if it is not labelled. */
  labels(uri: Uri): readonly Annotation[] | undefined;
  questions(uri: Uri): readonly AnsweredQuestion[] | undefined;
  /** Resolves when every sentence of the document has been labelled. */
  idle(uri: Uri): Promise<void>;
  /** Resolves when every decision is on disk. */
  written(uri: Uri): Promise<void>;
  logFile(uri: Uri): string | undefined;
  status(): { readonly text: string; readonly says: string } | undefined;
  /** Decisions by which teaching is offered now; undefined: it is not. */
  teachingOffer(): number | undefined;
  /** What got worse, where that is why. */
  drift(): Drift | undefined;
  /** What the Review Queue shows: its badge, what it says where it is empty, how far files are read, and its rows as the tree gives them. */
  queue(): {
    readonly badge: number | undefined;
    readonly state: string;
    readonly reading: Unopened["progress"];
    readonly rows: readonly ShownRow[];
  };
  /** The list to choose from that is open, and its item in focus. */
  openList(): OpenList | undefined;
  /** What the view of labels shows. */
  labelsView(): readonly ShownRow[];
  /** Looks drawn in the visible editors of a document, with the number of ranges. */
  drawn(uri: Uri): Readonly<Record<string, number>>;
  /** Lines with a bar in the gutter, from 0: those reviewed whole, and in part. */
  reviewedLines(uri: Uri): { readonly whole: readonly number[]; readonly part: readonly number[] };
  currentAnswer(uri: Uri): Annotation | undefined;
  /** Whether the document is indexed for questions as it is now. */
  indexed(uri: Uri): boolean;
  /** Milliseconds the latest activation took. */
  readonly activationMs: number;
  /** From the latest edit to the labels of what is visible; undefined while they are not there. */
  latencyMs(uri: Uri): number | undefined;
  /** What long work that is under way says last. */
  underWay(): readonly string[];
  /** Presses every cancel button there is, and resolves when what was under way has ended. */
  cancelAll(): Promise<void>;
  /** Longest block of the extension host's event loop since the last call, in milliseconds. */
  longestBlockMs(): number;
}

/** A row of a tree, with what it stands for, which commands take. */
export interface ShownRow {
  readonly row: unknown;
  readonly label: string;
  readonly description: string;
  readonly says: string;
  readonly rows: readonly ShownRow[];
}

/** What a tree shows. */
function shownRows<T>(tree: TreeDataProvider<T>, of?: T): ShownRow[] {
  return ((tree.getChildren(of) ?? []) as T[]).map((row) => {
    const { label, description, accessibilityInformation } = tree.getTreeItem(row) as TreeItem;
    const says = accessibilityInformation?.label ?? "";
    return { row, label: label as string, description: String(description ?? ""), says, rows: shownRows(tree, row) };
  });
}

/** Builds the interface. */
export function createTestApi(
  parts: Parts,
  {
    status,
    offer,
    queue,
    labelsView,
  }: {
    readonly status: Status;
    readonly offer: TeachingOffer;
    readonly queue: ReviewQueue;
    readonly labelsView: LabelsView;
  },
  activationMs: number,
): TestApi {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const session = (uri: Uri): DocumentSession | undefined => {
    const document = workspace.textDocuments.find((item) => item.uri.toString() === uri.toString());
    return document && parts.sessions.get(document);
  };
  return {
    activationMs,
    engine: () => ({
      state: parts.engine.state,
      message: parts.engine.message,
      code: parts.engine.code,
      info: parts.engine.info,
    }),
    labels: (uri) => {
      const found = session(uri);
      found?.place([{ start: 0, end: found.text.length }]);
      return found?.labels?.annotations();
    },
    questions: (uri) => session(uri)?.labels?.questions(),
    idle: async (uri) => {
      for (;;) {
        const found = session(uri);
        if (found !== undefined)
          try {
            await found.whenLabelled({ start: 0, end: found.text.length });
            return;
          } catch (error) {
            // Another one takes its place where the label set was read anew.
            if (session(uri) === found) throw error;
          }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    written: async (uri) => session(uri)?.journal.flush(),
    logFile: (uri) => session(uri)?.journal.path,
    status: () => status.view,
    teachingOffer: () => offer.decisions,
    drift: () => offer.drift,
    queue: () => ({
      ...{ badge: queue.badge, state: queue.state },
      ...{ reading: parts.unopened.progress, rows: shownRows<QueueRow>(queue) },
    }),
    openList,
    labelsView: () => shownRows<LabelRow>(labelsView),
    drawn: (uri) => {
      const counts: Record<string, number> = {};
      for (const editor of window.visibleTextEditors) {
        if (editor.document.uri.toString() !== uri.toString()) continue;
        for (const [look, ranges] of parts.decorator.drawn(editor))
          counts[lookInWords(look)] = ranges.split(",").length;
      }
      return counts;
    },
    reviewedLines: (uri) => {
      const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
      const drawn = editor === undefined ? "" : parts.decorator.reviewedLines(editor);
      const [whole = [], part = []] = drawn.split("|").map((list) => (list === "" ? [] : list.split(",").map(Number)));
      return { whole, part };
    },
    currentAnswer: (uri) => {
      const found = session(uri);
      return found && parts.answers.current(found);
    },
    indexed: (uri) => {
      const found = session(uri);
      return found !== undefined && parts.indexer.isCurrent(found);
    },
    latencyMs: (uri) => session(uri)?.lastLatency,
    underWay,
    cancelAll,
    longestBlockMs: () => {
      const longest = delay.max / 1e6;
      delay.reset();
      return longest;
    },
  };
}

/** Task, label, status and lane of a look, and the names of what stands before the same text. */
function lookInWords(look: string): string {
  const [task, label, status, , , , lane, ...more] = look.split("\u0000");
  return [task, label, status, ...(lane === "" ? [] : [`lane ${lane}`]), ...more].join(" ");
}
