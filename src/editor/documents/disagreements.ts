/** Disagreements between annotators as a queue: which there are, which one is being looked at, and where the next one is. Offsets are UTF-16 code units. */
import path from "node:path";
import { DecorationRangeBehavior, l10n, OverviewRulerLane, Range, ThemeColor, Uri, window, workspace } from "vscode";
import type { TextDocument, TextEditor, WorkspaceFolder } from "vscode";
import { isClassTask, isQuestionTask } from "../../documents/tasks";
import { sentencesOf } from "../../datasets/workspace/walk";
import { compareDocuments } from "../../datasets/workspace/compare";
import type { Compared } from "../../datasets/workspace/compare";
import { comparedDocument } from "../../datasets/workspace/compared-document";
import { LabelsError } from "../../labels/contract";
import type { Subscription } from "../../labels/contract";
import { disagreementsOf } from "../../labels/agreement/disagreements";
import type { Disagreement } from "../../labels/agreement/disagreements";
import { underOwnNames } from "../../labels/own-names";
import { pathInFolder } from "../../labels/log/paths";
import { readLogs } from "../../labels/log/read-log";
import { decorationText, shownName } from "../../text/shown";
import { inSlices } from "../../text/slices";
import { overlaps } from "../../text/span";
import type { Progress } from "../../datasets/workspace/walk";
import { addressOf } from "../base/cells";
import { setContext } from "../base/context-keys";
import { excerpt, taskInWords } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { openDocument, reveal, show } from "../base/reveal";
import type { Catalog } from "./catalog";
import type { Sessions } from "./sessions";
import { selected } from "./targets";
import type { Front } from "./targets";

/** How long a document may take to be opened and its decisions to be read. */
const OPEN_MS = 15_000;

/** One disagreement in the queue. */
export interface Queued {
  readonly uri: Uri;
  readonly disagreement: Disagreement;
}

/** Whether somebody still has to decide. */
export function unsettled({ settled }: Disagreement): boolean {
  return settled === undefined;
}

/** "ann: PER Ada · bob: nothing". */
export function sayVersions({ task, versions }: Disagreement, text: string): string {
  return versions
    .map(({ author, labels }) => {
      const said = labels.map(({ start, end, label }) => {
        const exact = excerpt(text.slice(start, end), 30);
        const name = shownName(label);
        return isClassTask(task)
          ? name
          : isQuestionTask(task)
            ? l10n.t('"{0}"', exact)
            : l10n.t('{0} "{1}"', name, exact);
      });
      const none = isQuestionTask(task) ? l10n.t("no answer") : l10n.t("nothing");
      return l10n.t("{0}: {1}", shownName(author), said.join(", ") || none);
    })
    .join(" · ");
}

/** Owner of the queue. */
export class Disagreements implements Subscription {
  /** By address of the document, in order of path; undefined before the workspace was read. */
  #found: Map<string, readonly Disagreement[]> | undefined;
  #current: Queued | undefined;
  readonly #look = window.createTextEditorDecorationType({
    border: "2px dotted",
    borderColor: new ThemeColor("editorWarning.foreground"),
    overviewRulerColor: new ThemeColor("editorWarning.foreground"),
    overviewRulerLane: OverviewRulerLane.Full,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });
  readonly #listeners = [
    workspace.onDidChangeTextDocument(({ document }) => {
      // Its place may have moved; going to it finds it again.
      if (addressOf(document).toString() === this.#current?.uri.toString()) this.#draw(undefined);
    }),
    // Their keys are letters: elsewhere they would settle what nobody looks at.
    window.onDidChangeActiveTextEditor(() => this.#tell()),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === window.activeTextEditor) this.#tell();
    }),
  ];

  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {}

  /**
   * The unsettled disagreement that the cursor or the selection is on, as it is now; of several the one that was gone to, else the shortest. Undefined if there
   * is none.
   */
  async under(at: Front): Promise<Queued | undefined> {
    const { uri } = at.session;
    await this.refresh(at);
    const here = this.#under(at.editor);
    return here && { uri, disagreement: here };
  }

  /** All unsettled ones, in order. @throws {LabelsError} if the workspace was not read yet. */
  get open(): readonly Queued[] {
    return [...(this.#found ?? [])].flatMap(([uri, list]) =>
      list.filter(unsettled).map((disagreement) => ({ uri: Uri.parse(uri), disagreement })),
    );
  }

  /** Whether {@link scan} has been done. */
  get scanned(): boolean {
    return this.#found !== undefined;
  }

  /** Reads all logs of a folder anew. */
  async scan(
    folder: WorkspaceFolder,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Compared> {
    await this.#written();
    const compared = await compareDocuments({
      workspace: folder.uri.fsPath,
      textOf: (document) => this.#opened(Uri.joinPath(folder.uri, document))?.getText(),
      onProgress,
      signal,
    });
    this.#found = new Map(
      compared.documents.map((document) => [
        Uri.joinPath(folder.uri, document.path).toString(),
        disagreementsOf(document),
      ]),
    );
    this.#tell();
    return compared;
  }

  /** The disagreement after (or before) a place in a document, once around the workspace; undefined if all are settled. */
  next(from: { readonly uri: Uri; readonly offset: number } | undefined, by: 1 | -1): Queued | undefined {
    const { open } = this;
    if (from === undefined) return by === 1 ? open[0] : open.at(-1);
    const documents = [...(this.#found ?? new Map<string, unknown>()).keys()];
    const order = ({ uri, disagreement }: Queued): readonly [number, number] => [
      documents.indexOf(uri.toString()),
      // Questions stand after the text they are asked of.
      disagreement.question === undefined ? disagreement.region.start : Number.MAX_SAFE_INTEGER,
    ];
    const current = this.#current;
    const index =
      current === undefined
        ? -1
        : open.findIndex((item) => item.uri.toString() === current.uri.toString() && sameSubject(item, current));
    if (index >= 0) return open[(index + by + open.length) % open.length];
    const here = [documents.indexOf(from.uri.toString()), from.offset] as const;
    const after = (item: Queued): boolean => {
      const at = order(item);
      return at[0] > here[0] || (at[0] === here[0] && at[1] >= here[1]);
    };
    return by === 1 ? (open.find(after) ?? open[0]) : (open.findLast((item) => !after(item)) ?? open.at(-1));
  }

  /**
   * Opens a disagreement's document, compares it anew and goes to it. Undefined if it is there no more: somebody settled it, or decided otherwise.
   * @throws {LabelsError} if the document cannot be labelled.
   */
  async goTo({ uri, disagreement }: Queued): Promise<(Queued & { readonly at: Front }) | undefined> {
    const editor = await show(await openDocument(uri));
    const at = await this.#front(editor);
    const found = (await this.refresh(at)).filter(unsettled);
    const now = found.find((item) => sameSubject({ disagreement: item }, { disagreement }));
    if (now === undefined) return undefined;
    const queued = { uri, disagreement: now };
    this.#current = queued;
    reveal(editor, queued.disagreement.region, true);
    this.#tell();
    this.#draw(editor);
    const { task, question } = queued.disagreement;
    const what = question === undefined ? taskInWords(task) : l10n.t('"{0}"', excerpt(question, 40));
    sayInStatus(l10n.t("{0}: {1}", what, sayVersions(queued.disagreement, at.session.text)), 15_000);
    return { ...queued, at };
  }

  /** Goes to the next one after (or before) a place; undefined if none is left. @throws as {@link goTo} */
  async advance(...from: Parameters<Disagreements["next"]>): ReturnType<Disagreements["goTo"]> {
    // What somebody else has settled since is passed over. Each try compares its document anew, so this ends.
    for (let next = this.next(...from); next !== undefined; next = this.next(...from)) {
      const reached = await this.goTo(next);
      if (reached !== undefined) return reached;
    }
    return undefined;
  }

  /** Compares one open document anew: its text as it is, the decisions of its session, everybody else's from disk. */
  async refresh({ session, labels }: Front): Promise<readonly Disagreement[]> {
    const { uri, journal, text } = session;
    const folder = workspace.getWorkspaceFolder(uri);
    if (folder === undefined) throw new LabelsError(l10n.t("This document lies in no folder of the workspace."));
    const name = pathInFolder(folder.uri.fsPath, uri.fsPath);
    const root = path.join(folder.uri.fsPath, ".glossator");
    const others = [];
    for await (const { logs, unreadable } of readLogs(root, [name])) {
      if (unreadable !== undefined) throw new LabelsError(l10n.t("A log of {0} cannot be read: {1}", name, unreadable));
      others.push(...logs.map(({ events }) => events.filter(({ author }) => author !== labels.author)));
    }
    const sentences = await inSlices(sentencesOf(text, name));
    const sets = this.catalog.sets(uri);
    const logs = [...others, journal.events].map((events) => underOwnNames(events, sets));
    const found = disagreementsOf(await inSlices(comparedDocument(name, text, logs, sentences)));
    this.#found ??= new Map();
    this.#found.set(uri.toString(), found);
    const current = this.#current?.uri.toString() === uri.toString() ? this.#current : undefined;
    if (current !== undefined && !found.some((item) => unsettled(item) && sameSubject({ disagreement: item }, current)))
      this.#draw(undefined);
    this.#tell();
    return found;
  }

  /** Forgets which one is being looked at. */
  leave(): void {
    this.#current = undefined;
    this.#tell();
    this.#draw(undefined);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
    this.#look.dispose();
  }

  #tell(): void {
    setContext(
      "disagreement",
      window.activeTextEditor !== undefined && this.#under(window.activeTextEditor) !== undefined,
    );
  }

  /** As far as is known: what was decided since the documents were compared may have changed it. */
  #under(editor: TextEditor): Disagreement | undefined {
    const uri = addressOf(editor.document).toString();
    const current = this.#current?.uri.toString() === uri ? this.#current : undefined;
    const { start, end } = selected(editor);
    const isCurrent = (item: Disagreement): boolean =>
      current !== undefined && sameSubject(current, { disagreement: item });
    const on = (item: Disagreement): boolean =>
      // What is selected may be the right answer to the question, which can be anywhere.
      (item.question !== undefined && start < end && isCurrent(item)) ||
      (item.region.start <= end && start <= item.region.end);
    const length = ({ region }: Disagreement): number => region.end - region.start;
    const here = (this.#found?.get(uri) ?? []).filter((item) => unsettled(item) && on(item));
    return here.find(isCurrent) ?? here.sort((a, b) => length(a) - length(b))[0];
  }

  #draw(editor: TextEditor | undefined): void {
    for (const other of window.visibleTextEditors) if (other !== editor) other.setDecorations(this.#look, []);
    if (editor === undefined || this.#current === undefined) return;
    const { document } = editor;
    const { disagreement } = this.#current;
    const range = new Range(
      document.positionAt(disagreement.region.start),
      document.positionAt(disagreement.region.end),
    );
    const said = sayVersions(disagreement, document.getText());
    const after = { contentText: decorationText(` ${said}`), color: new ThemeColor("editorWarning.foreground") };
    editor.setDecorations(this.#look, [{ range, renderOptions: { after } }]);
  }

  #opened(uri: Uri): TextDocument | undefined {
    return workspace.textDocuments.find((document) => addressOf(document).toString() === uri.toString());
  }

  /** What was decided a moment ago may still be on its way to the log; what cannot be written is told of elsewhere. */
  async #written(): Promise<void> {
    await Promise.allSettled(this.sessions.all.map(({ journal }) => journal.flush()));
  }

  async #front(editor: TextEditor): Promise<Front> {
    const reason = this.sessions.reasonAgainst(editor.document);
    if (reason !== undefined) throw new LabelsError(reason);
    for (const end = Date.now() + OPEN_MS; Date.now() < end;) {
      const session = this.sessions.get(editor.document);
      if (session?.labels !== undefined) return { editor, session, labels: session.labels };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new LabelsError(l10n.t("The decisions on this document are still being read: try again in a moment."));
  }
}

/** Whether two are about the same question, or overlapping text, of a task. */
function sameSubject(a: Pick<Queued, "disagreement">, b: Pick<Queued, "disagreement">): boolean {
  const [first, second] = [a.disagreement, b.disagreement];
  if (first.task !== second.task || first.question !== second.question) return false;
  return first.question !== undefined || overlaps(first.region, second.region);
}
