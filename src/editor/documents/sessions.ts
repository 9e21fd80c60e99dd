/** Which documents are labelled: those of the chosen languages, from when they are first seen until they are closed. */
import { EventEmitter, l10n, languages as vscodeLanguages, RelativePattern, window, workspace } from "vscode";
import type { NotebookDocument, NotebookDocumentChangeEvent, TextDocument, Uri } from "vscode";
import type { Subscription } from "../../labels/contract";
import type { DecisionEvent } from "../../labels/events";
import { isOwnFile } from "../../files/names";
import { plural } from "../../text/counted";
import { cellOfPath } from "../../text/notebooks";
import { addressOf, cellOf, cellsComeInSight, cellsOnShow, isCell } from "../base/cells";
import * as config from "../base/config";
import { setContext } from "../base/context-keys";
import { aliasKey } from "../../labels/own-names";
import type { Catalog } from "./catalog";
import type { EngineService } from "./engine-service";
import type { Journals } from "./journals";
import { background, log } from "../base/log";
import { DocumentSession } from "./session";
import type { SessionChange } from "./session";

/** Schemes whose documents are other views of a text, or output. */
const NOT_OURS = new Set([
  "git",
  "output",
  "debug",
  "vscode",
  "comment",
  "search-editor",
  "walkThrough",
  "vscode-settings",
]);

/** How often the logs of visible documents are looked at, in ms. */
const LOOK_MS = 2000;

/** Something changed in one document's session; or, without one, which sessions there are. */
export interface SessionsChange extends SessionChange {
  readonly session?: DocumentSession;
}

/** Owner of every {@link DocumentSession}. */
export class Sessions implements Subscription {
  readonly #sessions = new Map<string, DocumentSession>();
  readonly #opening = new Set<string>();
  /** Label sets by which suggestions are offered. */
  readonly #offers = new WeakMap<DocumentSession, string>();
  readonly #changed = new EventEmitter<SessionsChange>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Subscription[] = [];
  readonly #watchers: Subscription[] = [];

  constructor(
    private readonly engine: EngineService,
    private readonly journals: Journals,
    private readonly catalog: Catalog,
  ) {
    this.#watch();
    const looking = setInterval(() => this.#look(), LOOK_MS);
    this.#disposables.push(
      { dispose: () => clearInterval(looking) },
      workspace.onDidChangeWorkspaceFolders(() => this.#watch()),
      window.onDidChangeVisibleTextEditors(() => this.openVisible()),
      window.onDidChangeActiveTextEditor(() => this.#tellActive()),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.get(textEditor.document)?.want()),
      // Cells come with their notebook.
      workspace.onDidOpenTextDocument((document) => {
        if (!isCell(document)) this.openVisible();
      }),
      window.onDidChangeVisibleNotebookEditors(() => this.openVisible()),
      window.onDidChangeNotebookEditorVisibleRanges(({ notebookEditor }) => {
        if (cellsComeInSight(notebookEditor)) this.openVisible();
      }),
      workspace.onDidChangeNotebookDocument((event) => this.#followNotebook(event)),
      workspace.onDidSaveNotebookDocument((notebook) => {
        for (const session of this.#cellsOf(notebook))
          background(`recording edits of ${session.id}`, session.onSaved());
      }),
      workspace.onDidCloseTextDocument((document) => this.#close(document)),
      workspace.onDidChangeTextDocument((event) => this.get(event.document)?.onTextChange(event)),
      workspace.onDidSaveTextDocument((document) => {
        const session = this.get(document);
        if (session !== undefined) background(`recording edits of ${session.id}`, session.onSaved());
      }),
      engine.onDidLabel(({ document, done, total }) => this.#sessions.get(document)?.onLabelled(done, total)),
      catalog.onDidChange(() => this.#relabel()),
      engine.onDidChange(() => {
        if (engine.info !== undefined) this.refresh();
      }),
    );
  }

  /** Another window may write to the same logs. */
  #watch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.dispose();
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== "file") continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, ".glossator/log/**/*.jsonl"));
      const changed = ({ fsPath }: Uri): void => {
        const session = this.all.find(({ journal }) => journal.path === fsPath);
        if (session !== undefined) this.#follow(session);
      };
      this.#watchers.push(watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed));
    }
  }

  /** A watcher sees nothing outside the workspace or on some network drives, and misses what happens in a new folder before it is watched, too. */
  #look(): void {
    for (const session of new Set(window.visibleTextEditors.map(({ document }) => this.get(document)))) {
      if (session !== undefined) this.#follow(session);
    }
  }

  #follow(session: DocumentSession): void {
    background(`reading ${session.journal.path}`, session.onLogChange());
  }

  get all(): readonly DocumentSession[] {
    return [...this.#sessions.values()];
  }

  /** The session of the editor in front. */
  get active(): DocumentSession | undefined {
    return window.activeTextEditor === undefined ? undefined : this.get(window.activeTextEditor.document);
  }

  get(document: TextDocument): DocumentSession | undefined {
    return this.#sessions.get(document.uri.toString());
  }

  /** Whether it is its language for which a document is not labelled. */
  isOtherLanguage(document: TextDocument): boolean {
    return this.#reasonBeforeLanguage(document) === undefined && !config.languages().includes(document.languageId);
  }

  /** Why a document is not labelled; undefined if it is, or may be. */
  reasonAgainst(document: TextDocument): string | undefined {
    const reason = this.#reasonBeforeLanguage(document);
    if (reason !== undefined) return reason;
    if (!config.languages().includes(document.languageId))
      return l10n.t('Documents of the language "{0}" are not labelled (glossator.languages).', document.languageId);
    const last = document.lineAt(document.lineCount - 1).range.end;
    if (document.offsetAt(last) > config.maxDocumentSize()) {
      return l10n.t("The document is larger than glossator.maxDocumentSize allows.");
    }
    return undefined;
  }

  /** What speaks against a document in any language. */
  #reasonBeforeLanguage(document: TextDocument): string | undefined {
    const cell = cellOf(document);
    const address = cell?.address ?? document.uri;
    if (NOT_OURS.has(address.scheme) || document.isClosed || (cell === undefined && isCell(document)))
      return l10n.t("This is not a document that can be labelled.");
    if (isOwnFile(address.path)) return l10n.t("Files of Glossator's own are not labelled.");
    if (cell?.problem !== undefined) return cell.problem;
    if (cell === undefined && cellOfPath(address.path) !== undefined)
      return l10n.t("The name of this file stands for a cell of a notebook: give it another one to label it.");
    if (!config.isEnabled(address)) return l10n.t("Labelling is switched off (glossator.enabled).");
    return undefined;
  }

  /** Opens sessions for what is on the screen, of notebooks also for cells that are rendered. */
  openVisible(): void {
    for (const editor of window.visibleTextEditors) this.#open(editor.document);
    for (const document of cellsOnShow()) this.#open(document);
    this.#tellActive();
  }

  #cellsOf(notebook: NotebookDocument): DocumentSession[] {
    return this.all.filter(({ document }) => isCell(document) && cellOf(document)?.cell.notebook === notebook);
  }

  /** Cells came, or got other ids: whose log is whose goes by them. */
  #followNotebook({ notebook, contentChanges, cellChanges, metadata }: NotebookDocumentChangeEvent): void {
    const typed = contentChanges.length === 0 && metadata === undefined;
    if (typed && cellChanges.every((change) => change.metadata === undefined)) return;
    for (const session of this.#cellsOf(notebook)) {
      const { document, uri } = session;
      const same = addressOf(document).toString() === uri.toString() && this.reasonAgainst(document) === undefined;
      if (!same) this.#close(document, false);
    }
    this.openVisible();
  }

  /** Settings changed: other documents may be labelled, and other labels shown. */
  applySettings(): void {
    for (const session of this.all)
      if (this.reasonAgainst(session.document) !== undefined) this.#close(session.document, false);
    this.openVisible();
    this.refresh();
  }

  /** Logs were written to by something else, such as an import: every document reads its own anew. What is decided meanwhile must be on disk (`journal.flush`). */
  reload(): void {
    for (const session of this.all) this.#close(session.document, false);
    this.openVisible();
  }

  /** The model, or what is shown of what it says, changed. */
  refresh(): void {
    for (const session of this.all) session.refresh();
  }

  /** The label sets changed: other suggestions are offered; where labels have other names, decisions are read anew. */
  #relabel(): void {
    for (const session of this.all) {
      const { document, names } = session;
      const sets = this.catalog.sets(session.uri);
      if (names === aliasKey(sets)) {
        // The same sets are read again whenever the model says what it is.
        const offers = JSON.stringify(sets);
        if (this.#offers.get(session) !== offers) session.refresh();
        this.#offers.set(session, offers);
      } else
        background(
          `reading ${session.id} anew`,
          session.journal.flush().then(() => {
            if (this.get(document) !== session) return;
            this.#close(document, false);
            this.openVisible();
          }),
        );
    }
  }

  dispose(): void {
    for (const item of [...this.#disposables, ...this.#watchers]) item.dispose();
    for (const session of this.all) session.dispose();
    this.#sessions.clear();
    this.#changed.dispose();
  }

  #open(document: TextDocument): void {
    const id = document.uri.toString();
    if (this.#sessions.has(id) || this.#opening.has(id) || this.reasonAgainst(document) !== undefined) return;
    this.engine.ensureStarted();
    this.#opening.add(id);
    background(
      `opening ${id}`,
      config.annotator().then((author) => {
        this.#opening.delete(id);
        // While the name was looked up, the document may have been closed or changed its language.
        if (this.#sessions.has(id) || this.reasonAgainst(document) !== undefined) return;
        const { engine, catalog } = this;
        const journal = this.journals.open(addressOf(document), author);
        const session = new DocumentSession(document, journal, author, engine, catalog, this.#decisionsOn(document));
        this.#sessions.set(id, session);
        session.onDidChange((change) => this.#changed.fire({ ...change, session }));
        this.#changed.fire({ what: "labels", session });
        this.#tellActive();
      }),
    );
  }

  /** Decisions on an untitled document that was just saved as this one. */
  #decisionsOn(document: TextDocument): readonly DecisionEvent[] {
    if (document.uri.scheme === "untitled" || isCell(document)) return [];
    const text = document.getText();
    const before = this.all.find(
      (other) => other.document.uri.scheme === "untitled" && text !== "" && other.text === text,
    );
    return before?.journal.events ?? [];
  }

  #close(document: TextDocument, forget = true): void {
    const id = document.uri.toString();
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    const waiting = session.journal.pending.length;
    if (waiting > 0) {
      log.error(`${waiting} decisions on ${id} are not on disk yet.`);
      const said = plural(
        waiting,
        l10n.t("1 decision on {0} is not on disk yet.", id),
        l10n.t("{0} decisions on {1} are not on disk yet.", waiting, id),
      );
      background("log", session.journal.explain(new Error(said)));
    }
    session.dispose();
    if (forget) this.journals.forget(document.uri);
    this.#changed.fire({ what: "labels" });
    this.#tellActive();
  }

  #tellActive(): void {
    setContext("active", this.active !== undefined);
    this.#changed.fire({ what: "progress" });
  }
}

/** Documents of the chosen languages, for providers of hovers and code actions. */
export function documentSelector(): { language: string }[] {
  return config.languages().map((language) => ({ language }));
}

/** Registers a provider for the chosen languages, anew when they change. */
export function registerForLanguages(register: (languages: typeof vscodeLanguages) => Subscription): Subscription {
  let current = register(vscodeLanguages);
  const listener = workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration("glossator.languages")) return;
    current.dispose();
    current = register(vscodeLanguages);
  });
  return {
    dispose: () => {
      listener.dispose();
      current.dispose();
    },
  };
}
