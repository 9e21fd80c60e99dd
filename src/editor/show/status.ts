/** One status bar item: is the model ready, which one, where it runs, how much is left, what went wrong. */
import { commands, l10n, StatusBarAlignment, TabInputText, ThemeColor, window, workspace } from "vscode";
import type { MarkdownString } from "vscode";
import type { Subscription } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { getContext, onDidChangeContext } from "../base/context-keys";
import type { EngineService } from "../documents/engine-service";
import type { IndexProgress, Indexer } from "../documents/indexer";
import { needInWords } from "../documents/teaching-need";
import type { TeachingNeed } from "../documents/teaching-need";
import type { Teacher } from "../documents/teacher";
import { paragraphs } from "../base/markdown";
import { showError } from "../base/messages";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import type { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";

/** VS Code does not give extensions documents above this size, in bytes. */
const SYNC_LIMIT = 50 * 1024 * 1024;
/** The item is repainted at most this often. */
const PAUSE_MS = 100;

/** What the item says. */
export interface StatusView {
  readonly text: string;
  /** The same in words, for screen readers and the tooltip. */
  readonly says: string;
  readonly problem: boolean;
}

interface StatusInput {
  readonly engine: Pick<EngineService, "state" | "message" | "info">;
  readonly session: DocumentSession | undefined;
  readonly against: string | undefined;
  readonly reviewMode: boolean;
  /** What is being indexed for questions. */
  readonly indexing?: IndexProgress | undefined;
  /** The steps of the job that teaches the model; 0 of 0 before the first. */
  readonly teaching?: { readonly done: number; readonly total: number } | undefined;
  /** How many decisions are missing until the model can be taught, in words. */
  readonly need?: string | undefined;
}

/** Those that there are, one after the other. */
function sentences(...all: readonly (string | undefined)[]): string {
  return all.filter((one) => one !== undefined).join(" ");
}

/** What goes wrong: it is shown whatever else there is to show. */
function troubleOf({ state, message }: StatusInput["engine"], { journal }: DocumentSession): StatusView | undefined {
  if (state === "failed") {
    const says = sentences(l10n.t("The model is not running."), message);
    return { text: "$(error) Glossator", says, problem: true };
  }
  if (!journal.failed) return undefined;
  const pending = journal.pending.length;
  const says = plural(
    pending,
    l10n.t("1 decision is not on disk yet."),
    l10n.t("{0} decisions are not on disk yet.", pending),
  );
  return { text: "$(warning) Glossator", says, problem: true };
}

/** What to show for a state of things; undefined to show nothing. */
export function statusView({
  engine,
  session,
  against,
  reviewMode,
  indexing,
  teaching,
  need,
}: StatusInput): StatusView | undefined {
  const trouble = session === undefined || against !== undefined ? undefined : troubleOf(engine, session);
  if (trouble !== undefined) return trouble;
  const reviewing = reviewMode && session !== undefined;
  const mode = reviewing
    ? l10n.t("Review mode: J and K move, A accepts, R rejects, L relabels, U undoes, Escape leaves.")
    : undefined;
  const name = reviewing ? l10n.t("Review") : "Glossator";
  if (teaching !== undefined) {
    const { done, total } = teaching;
    const step = total === 0 ? l10n.t("It begins.") : l10n.t("Step {0} of {1}.", done, total);
    return {
      text: `$(mortar-board) ${name} ${total === 0 ? "" : `${Math.floor((100 * done) / total)} %`}`.trim(),
      says: sentences(mode, l10n.t("The model is being taught."), step),
      problem: false,
    };
  }
  if (against !== undefined) return { text: "$(circle-slash) Glossator", says: against, problem: false };
  if (session === undefined) return undefined;
  const { state, message } = engine;
  if (state === "stopped" || state === "starting") {
    return { text: "$(loading~spin) Glossator", says: l10n.t("The model is starting."), problem: false };
  }
  if (state === "restarting") {
    return {
      text: "$(loading~spin) Glossator",
      says: sentences(l10n.t("The model process is being restarted."), message),
      problem: false,
    };
  }
  if (session.unread !== undefined) return { text: "$(circle-slash) Glossator", says: session.unread, problem: false };
  const { done, total, share } = session.progress;
  const icon = reviewing ? "$(checklist)" : "$(tag)";
  if (total < 0 && session.tasks.length > 0) {
    const first = l10n.t("What is in view is labelled first; the rest follows.");
    // A part of a per cent, of a text of megabytes, is many sentences.
    const far = Math.floor(100 * Math.min(1, share));
    if (done === 0) return { text: `$(loading~spin) ${name}`, says: sentences(mode, first), problem: false };
    const says = sentences(mode, l10n.t("{0} sentences are labelled, {1} % of the text.", done, far), first);
    return { text: `$(loading~spin) ${name} ${far} %`, says, problem: false };
  }
  if (done < total) {
    return {
      text: `$(loading~spin) ${name} ${done}/${total}`,
      says: sentences(mode, l10n.t("{0} of {1} sentences are labelled.", done, total)),
      problem: false,
    };
  }
  const stale = session.labels?.annotations({ status: "stale" }).length ?? 0;
  const lost =
    stale === 0
      ? undefined
      : plural(
          stale,
          l10n.t("1 label is not certain to be on the same text as before: Review Moved Labels."),
          l10n.t("{0} labels are not certain to be on the same text as before: Review Moved Labels.", stale),
        );
  const index = indexing && l10n.t("{0} of {1} passages are indexed for questions.", indexing.done, indexing.total);
  const { unoffered } = session;
  const lacking =
    unoffered.length === 0
      ? undefined
      : l10n.t(
          "The label set lacks {0}, so the model's suggestions of it are not offered: Check Label Set.",
          unoffered.map(shownName).join(", "),
        );
  return {
    text: `${icon} ${name}`,
    says: sentences(mode, l10n.t("All {0} sentences are labelled.", total), lacking, index, lost, need),
    problem: false,
  };
}

/** Keeps the item up to date. */
export class Status implements Subscription {
  readonly #item = window.createStatusBarItem("glossator.status", StatusBarAlignment.Right, 90);
  readonly #disposables: Subscription[];
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;

  constructor(
    private readonly engine: EngineService,
    private readonly sessions: Sessions,
    private readonly indexer: Indexer,
    private readonly teacher: Teacher,
    private readonly need: TeachingNeed,
  ) {
    this.#item.name = "Glossator";
    this.#item.command = "glossator.showStatus";
    const soon = (): void => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#paint();
      }, PAUSE_MS);
    };
    this.#disposables = [
      this.#item,
      engine.onDidChange(() => {
        this.#notify();
        soon();
      }),
      sessions.onDidChange(soon),
      indexer.onDidChange(soon),
      teacher.onDidChange(soon),
      need.onDidChange(soon),
      onDidChangeContext((key) => {
        if (key === "reviewMode") this.#paint();
      }),
      window.onDidChangeActiveTextEditor(soon),
      window.tabGroups.onDidChangeTabs(soon),
    ];
    soon();
  }

  /** What the item says now, for the test interface. */
  get view(): StatusView | undefined {
    const editor = window.activeTextEditor;
    return statusView({
      engine: this.engine,
      session: this.sessions.active,
      against: editor !== undefined && this.sessions.active === undefined ? this.#against(editor.document) : undefined,
      reviewMode: getContext("reviewMode") === true,
      indexing: this.indexer.progress(this.sessions.active),
      teaching: this.teacher.isTeaching ? (this.teacher.progress ?? { done: 0, total: 0 }) : undefined,
      need: needInWords(this.need),
    });
  }

  /** Commands behind the item. */
  get commands(): CommandTable {
    return { showStatus: () => this.#menu() };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const item of this.#disposables) item.dispose();
  }

  /** Only what surprises: a log or a source file that is not labelled needs no item. */
  #against(document: Parameters<Sessions["reasonAgainst"]>[0]): string | undefined {
    const usual = document.languageId === "plaintext" || document.languageId === "markdown";
    return usual && ["file", "untitled", "vscode-notebook-cell"].includes(document.uri.scheme)
      ? this.sessions.reasonAgainst(document)
      : undefined;
  }

  #paint(): void {
    const view = this.view;
    if (view === undefined) {
      this.#item.hide();
      void this.#tooLarge();
      return;
    }
    const { text, says, problem } = view;
    this.#item.text = text;
    this.#item.backgroundColor = problem ? new ThemeColor("statusBarItem.errorBackground") : undefined;
    this.#item.accessibilityInformation = { label: l10n.t("Glossator: {0}", says), role: "button" };
    this.#item.tooltip = this.#tooltip(says);
    this.#item.show();
  }

  /** A document above the limit never reaches an extension; its tab does. */
  async #tooLarge(): Promise<void> {
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    if (window.activeTextEditor !== undefined || !(input instanceof TabInputText)) return;
    const size = await Promise.resolve(workspace.fs.stat(input.uri)).then(
      (stat) => stat.size,
      () => 0,
    );
    if (size <= SYNC_LIMIT) return;
    const says = l10n.t(
      "This file is larger than 50 MB: VS Code keeps such files from extensions, so it is not labelled.",
    );
    this.#item.text = "$(circle-slash) Glossator";
    this.#item.tooltip = says;
    this.#item.accessibilityInformation = { label: l10n.t("Glossator: {0}", says), role: "button" };
    this.#item.show();
  }

  #tooltip(says: string): MarkdownString {
    const { info } = this.engine;
    if (info === undefined) return paragraphs([says]);
    const model = l10n.t("Model {0}, version {1}", info.model, info.modelVersion.slice(0, 12));
    const device = l10n.t("Device {0}", info.device);
    return paragraphs([says, model, device, ...info.deviceReason.split("\n"), ...info.notes]);
  }

  /** One message a failure, with what can be done about it. */
  #notify(): void {
    const { state, message, code } = this.engine;
    if (state !== "failed") {
      this.#told = undefined;
      return;
    }
    const words = message ?? l10n.t("The model stopped.");
    if (this.#told === words) return;
    this.#told = words;
    const ofModel = /^(?:model|manifest|tokenizer)-/.test(code ?? "");
    const actions: Record<string, string> = {
      ...(ofModel && { [l10n.t("Choose Model Folder")]: "glossator.chooseModel" }),
      ...(ofModel && this.engine.usesOwnModel && { [l10n.t("Use Built-in Model")]: "glossator.useBuiltInModel" }),
      ...(!ofModel && { [l10n.t("Restart")]: "glossator.restartEngine" }),
      [l10n.t("Show Log")]: "glossator.showLog",
    };
    void showError(words, ...Object.keys(actions)).then((choice) => {
      const command = choice === undefined ? undefined : actions[choice];
      if (command !== undefined) void commands.executeCommand(command);
    });
  }

  async #menu(): Promise<void> {
    const { info } = this.engine;
    const item = (icon: string, label: string, command: string, description = ""): Choice & { command: string } => ({
      ...{ icon, label, description, command },
    });
    const all = [
      item("checklist", l10n.t("Review Mode"), "glossator.toggleReviewMode", l10n.t("decide with single keys")),
      item("inbox", l10n.t("Review Queue"), "glossator.reviewQueue.focus", l10n.t("what is left to decide, by doubt")),
      item("list-unordered", l10n.t("Show Labels"), "glossator.showLabels"),
      item("question", l10n.t("Ask About This File"), "glossator.ask"),
      this.indexer.progress(this.sessions.active) === undefined
        ? item("database", l10n.t("Index for Questions"), "glossator.indexDocument")
        : item("debug-stop", l10n.t("Stop Indexing for Questions"), "glossator.stopIndexing"),
      item("eye", l10n.t("Toggle Labels"), "glossator.toggleLabels"),
      this.teacher.isTeaching
        ? item("debug-stop", l10n.t("Stop Teaching"), "glossator.stopTeaching")
        : item(
            "mortar-board",
            l10n.t("Teach Model"),
            "glossator.teachModel",
            needInWords(this.need) ?? l10n.t("by what was decided here"),
          ),
      item("history", l10n.t("Model Versions…"), "glossator.modelVersions"),
      item("export", l10n.t("Export Dataset…"), "glossator.exportDataset"),
      item("folder", l10n.t("Choose Model Folder…"), "glossator.chooseModel", info?.model ?? ""),
      item("home", l10n.t("Use Built-in Model"), "glossator.useBuiltInModel"),
      item(
        "debug-restart",
        l10n.t("Restart Model Process"),
        "glossator.restartEngine",
        info === undefined ? "" : l10n.t("on {0}", info.device),
      ),
      item("output", l10n.t("Show Log"), "glossator.showLog"),
      item("gear", l10n.t("Open Settings"), "glossator.openSettings"),
    ];
    const chosen = await pickOne(all, { title: "Glossator", placeHolder: this.view?.says ?? "" });
    if (chosen !== undefined) await commands.executeCommand(chosen.command);
  }
}
