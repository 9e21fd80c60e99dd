/** What another version of the model would say otherwise, as a list to walk through: which changes there are, and which one is being looked at. Offsets are UTF-16 code units. */
import { DecorationRangeBehavior, l10n, OverviewRulerLane, Range, ThemeColor, Uri, window, workspace } from "vscode";
import type { TextEditor, WorkspaceFolder } from "vscode";
import path from "node:path";
import { whyUnreadable, walkWorkspace } from "../../datasets/workspace/walk";
import { MOST_FILES, textFiles } from "../../datasets/workspace/text-files";
import { isClassTask } from "../../documents/tasks";
import type { AutomaticTask } from "../../documents/tasks";
import { LabelsError } from "../../labels/contract";
import type { Subscription } from "../../labels/contract";
import { languageOf, layoutOf } from "../../text/document";
import { readsText } from "../../text/language";
import { languageSample } from "../../text/language-sample";
import { nearestPlace } from "../../text/nearest";
import { decorationText, shownName } from "../../text/shown";
import { changesOf, sideOf } from "../../training/changes";
import type { Change, ComparedText, PlacedChange } from "../../training/changes";
import type { Version } from "../../training/versions";
import { addressOf } from "../base/cells";
import * as config from "../base/config";
import { setContext } from "../base/context-keys";
import { excerpt, taskInWords } from "../base/describe";
import { log } from "../base/log";
import { sayInStatus } from "../base/messages";
import { glance, openDocument, reveal, show } from "../base/reveal";
import type { EngineService } from "./engine-service";
import { leastOf } from "./placing";
import { enabledTasks } from "./running-tasks";
import type { Sessions } from "./sessions";
import { selected } from "./targets";
import type { Teacher } from "./teacher";
import { documentName, openInOrder } from "./open-documents";

/** Changes that are kept. */
const MOST_CHANGES = 5000;

/** Two models of a workspace folder; undefined stands for the model as it came. */
export interface Compared {
  readonly folder: WorkspaceFolder;
  readonly before: Version | undefined;
  readonly after: Version | undefined;
  /** The one of the two that is in use. */
  readonly used: "before" | "after";
}

/** What came of a comparison. */
export interface FoundChanges {
  readonly changes: readonly PlacedChange[];
  readonly documents: number;
  /** What was not compared, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** There are more than are kept. */
  readonly cut: boolean;
}

/** How far a comparison is. */
type OnProgress = (progress: { readonly name: string; readonly done: number; readonly total: number }) => void;

/** "nothing → VEHICLE"; `LOC "York" → LOC "New York"`. */
export function sayChange({ task, start, end, exact, before, after }: Change & { readonly exact: string }): string {
  const said = (labels: Change["before"]): string =>
    labels
      .map((item) => {
        const whole = isClassTask(task) || (item.start === start && item.end === end);
        const words = excerpt(exact.slice(item.start - start, item.end - start), 30);
        return whole ? shownName(item.label) : l10n.t('{0} "{1}"', shownName(item.label), words);
      })
      .join(", ") || l10n.t("nothing");
  return l10n.t("{0} → {1}", said(before), said(after));
}

/** A document's name in lists. */
export function nameOfDocument(address: string): string {
  return documentName(Uri.parse(address));
}

/** Owner of the list. */
export class Changes implements Subscription {
  #found: readonly PlacedChange[] = [];
  #current: PlacedChange | undefined;
  readonly #look = window.createTextEditorDecorationType({
    border: "2px dotted",
    borderColor: new ThemeColor("editorInfo.foreground"),
    overviewRulerColor: new ThemeColor("editorInfo.foreground"),
    overviewRulerLane: OverviewRulerLane.Full,
    rangeBehavior: DecorationRangeBehavior.ClosedClosed,
  });
  readonly #listener = workspace.onDidChangeTextDocument(({ document }) => {
    // Its place may have moved; going to it finds it again.
    if (document.uri.toString() === this.#current?.path) this.#draw(undefined);
  });

  constructor(
    private readonly engine: EngineService,
    private readonly sessions: Sessions,
    private readonly teacher: Teacher,
  ) {}

  /** What the latest comparison found, in order of the documents. */
  get found(): readonly PlacedChange[] {
    return this.#found;
  }

  /** The one that was gone to last. */
  get current(): PlacedChange | undefined {
    return this.#current;
  }

  /**
   * Compares two models, one of which is in use.
   * @param whole all text files of the folder and all documents that are open, in place of the latter alone
   * @throws {LabelsError} if the model does not run; what the engines throw; the signal's reason when aborted.
   */
  async compare(
    { folder, before, after, used }: Compared,
    whole: boolean,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<FoundChanges> {
    const { client, info } = await this.engine.running();
    const other = this.engine.beside(await this.teacher.foldersWith(used === "before" ? after : before), info.device);
    const changes: PlacedChange[] = [];
    const left: { name: string; reason: string }[] = [];
    const seen = { documents: 0, cut: false };
    try {
      const root = path.join(folder.uri.fsPath, ".glossator");
      const otherInfo = await other.start();
      signal.throwIfAborted();
      const [own, others] = [await sideOf(root, client, info), await sideOf(root, other, otherInfo)];
      const [first, second] = used === "before" ? [own, others] : [others, own];
      const offered = info.tasks.filter((task) => otherInfo.tasks.includes(task));
      const texts = this.#texts(
        folder,
        whole,
        signal,
        (uri, text, layout) => {
          const start = languageSample(text, layout);
          const tasks = enabledTasks(offered, uri);
          const read = tasks.filter(
            (task) => config.labelsOtherLanguages(uri) || readsText(info.languages?.[task], start),
          );
          if (read.length > 0) seen.documents++;
          else if (tasks.length > 0)
            left.push({
              name: nameOfDocument(uri.toString()),
              reason: l10n.t("The model does not read its language."),
            });
          return read;
        },
        left,
      );
      const compared = changesOf(texts, first, second, {
        signal,
        least: (address, offered) => leastOf(Uri.parse(address), offered),
        onProgress: ({ path: address, done, total }) => onProgress({ name: nameOfDocument(address), done, total }),
      });
      for await (const { path: address, changes: list, unread } of compared) {
        if (unread > 0)
          left.push({
            name: nameOfDocument(address),
            reason: l10n.t("Sentences that stopped the model process: {0}", unread),
          });
        changes.push(...list.slice(0, MOST_CHANGES - changes.length));
        seen.cut ||= changes.length === MOST_CHANGES;
        if (seen.cut) break;
      }
    } finally {
      await other.dispose();
    }
    for (const { name, reason } of left) log.warn(`${name} was not compared: ${reason}`);
    this.leave();
    this.#found = changes;
    setContext("changes", changes.length > 0);
    return { changes, left, ...seen };
  }

  /** The change after (or before) the one that was gone to last, else after the cursor; once around. Undefined if there are none. */
  next(by: 1 | -1): PlacedChange | undefined {
    const all = this.#found;
    const at = this.#current === undefined ? -1 : all.indexOf(this.#current);
    if (at >= 0) return all[(at + by + all.length) % all.length];
    const editor = window.activeTextEditor;
    if (editor === undefined) return by === 1 ? all[0] : all.at(-1);
    const [address, { start }] = [addressOf(editor.document).toString(), selected(editor)];
    const here = all.filter((change) => change.path === address);
    const found =
      by === 1 ? here.find((change) => change.start >= start) : here.findLast((change) => change.start < start);
    return found ?? (by === 1 ? (here[0] ?? all[0]) : (here.at(-1) ?? all.at(-1)));
  }

  /**
   * Opens a change's document and selects its text.
   * @param preview leaves the keyboard where it is, as while a list is gone through
   * @throws {LabelsError} if its text is no longer there.
   */
  async goTo(change: PlacedChange, preview = false): Promise<void> {
    const document = await openDocument(Uri.parse(change.path));
    const span = nearestPlace(document.getText(), change.exact, change);
    if (span === undefined)
      throw new LabelsError(
        l10n.t('"{0}" is no longer in this document: compare anew with What Would Change….', excerpt(change.exact)),
      );
    const editor = await (preview ? glance(document, { preview: true }) : show(document));
    this.#current = change;
    if (editor === undefined) return;
    reveal(editor, span, true);
    this.#draw(editor, span);
    if (preview) return;
    const number = l10n.t("{0} of {1}", this.#found.indexOf(change) + 1, this.#found.length);
    sayInStatus(
      l10n.t('{0}, {1}: "{2}", {3}', number, taskInWords(change.task), excerpt(change.exact), sayChange(change)),
      15_000,
    );
  }

  /** Forgets which one is being looked at. */
  leave(): void {
    this.#current = undefined;
    this.#draw(undefined);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#look.dispose();
  }

  /** The open documents, as they are now; and, if all are wanted, the text files of the folder. */
  async *#texts(
    folder: WorkspaceFolder,
    whole: boolean,
    signal: AbortSignal,
    tasksOf: (uri: Uri, text: string, layout: string) => readonly AutomaticTask[],
    left: { name: string; reason: string }[],
  ): AsyncGenerator<ComparedText> {
    const open = new Map(openInOrder(this.sessions).map((session) => [session.id, session]));
    for (const { uri, text, layout } of open.values())
      yield { path: uri.toString(), text, languageId: layout, tasks: tasksOf(uri, text, layout) };
    if (!whole) return;
    const documents: string[] = [];
    for await (const file of textFiles(folder.uri.fsPath, signal, config.languages())) {
      if (open.has(Uri.joinPath(folder.uri, file).toString())) continue;
      if (documents.length === MOST_FILES) {
        left.push({ name: folder.name, reason: l10n.t("It has more than {0} text files.", MOST_FILES) });
        break;
      }
      documents.push(file);
    }
    const most = config.maxDocumentSize();
    for await (const { document, read } of walkWorkspace({ workspace: folder.uri.fsPath, documents, signal })) {
      const uri = Uri.joinPath(folder.uri, document);
      const languageId = languageOf(document);
      if (!config.isEnabled(uri) || !config.languages().includes(languageId)) continue;
      let text: string;
      try {
        text = await read();
      } catch (error) {
        left.push({ name: document, reason: whyUnreadable(error) });
        continue;
      }
      if (text.length > most)
        left.push({ name: document, reason: l10n.t("The document is larger than glossator.maxDocumentSize allows.") });
      else {
        const layout = layoutOf(document);
        yield { path: uri.toString(), text, languageId: layout, tasks: tasksOf(uri, text, layout) };
      }
    }
  }

  #draw(editor: TextEditor | undefined, span?: { readonly start: number; readonly end: number }): void {
    for (const other of window.visibleTextEditors) if (other !== editor) other.setDecorations(this.#look, []);
    if (editor === undefined || span === undefined || this.#current === undefined) return;
    const { document } = editor;
    const range = new Range(document.positionAt(span.start), document.positionAt(span.end));
    const after = {
      contentText: decorationText(` ${sayChange(this.#current)}`),
      color: new ThemeColor("editorInfo.foreground"),
    };
    editor.setDecorations(this.#look, [{ range, renderOptions: { after } }]);
  }
}
