/** One open document: its text cut into sentences, its labels, its log. Everything a user sees of a document is read from here. Offsets are UTF-16 code units. */
import { EventEmitter, l10n } from "vscode";
import type { Disposable, EndOfLine, TextDocument, TextDocumentChangeEvent, Uri } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import type { DecidedWords } from "../../labels/doubt";
import type { DecisionEvent } from "../../labels/events";
import { aliasKey, underOwnNames } from "../../labels/own-names";
import { NO_REPEATS } from "../../labels/repeats";
import type { RepeatedPhrases } from "../../labels/repeats";
import { DocumentLabels, MOST_CHANGES } from "../../labels/store";
import { layoutOf } from "../../text/document";
import { SegmentedDocument } from "../../text/segmented";
import type { LocatedSentence, UncutStretch } from "../../text/segmented";
import type { Span } from "../../text/span";
import { plural } from "../../text/counted";
import { commonText, covered } from "../../text/spans";
import type { Steps } from "../../text/slices";
import type { Catalog } from "./catalog";
import type { EngineService } from "./engine-service";
import type { DocumentJournal } from "./journals";
import { addressOf } from "../base/cells";
import { background } from "../base/log";
import { sayInStatus } from "../base/messages";
import { textAround } from "./queued-document";
import type { QueuedDocument } from "./queued-document";
import { RunningTasks } from "./running-tasks";
import { placingIn } from "./placing";
import { readAround } from "./read-around";
import { placeRepeats, placeSuggestions } from "./suggest";
import type { PlaceOptions } from "./suggest";
import { repeatsDecisions } from "../base/config";
import { visibleSpan } from "../base/visible";
import { AUTOMATIC_TASKS, describeTask, isClassTask, SPAN_TASKS } from "../../documents/tasks";
import type { AutomaticTask } from "../../documents/tasks";

/** Documents up to this size are labelled and drawn whole; longer ones get suggestions where they are looked at. */
const WHOLE_UNITS = 200_000;
/** After the last edit in a long document, its unseen rest is queued again. */
const REST_DELAY_MS = 400;
/** Cutting what is wanted at once takes no longer than this and a step; the rest comes in slices. */
const AT_ONCE_MS = 4;
/** Suggestions out of sight are placed at most this often. */
const PLACE_ALL_MS = 250;

/** What changed in a session. */
export interface SessionChange {
  /** `labels`: what is drawn may differ. `progress`: only counts. */
  readonly what: "labels" | "progress";
  /** Decisions, or where they are, changed; absent: they did not. */
  readonly decided?: true;
}

/** A labelled document. Made for visible documents, kept until they are closed. */
export class DocumentSession implements Disposable, QueuedDocument {
  readonly id: string;
  /** Where it is for folders, names and its log: of a cell of a notebook not the address of its text. */
  readonly uri: Uri;
  /** Resolves when decisions are read and the text is cut into sentences. */
  readonly ready: Promise<void>;
  readonly #changed = new EventEmitter<SessionChange>();
  readonly onDidChange = this.#changed.event;
  readonly #abort = new AbortController();
  readonly #disposables: { dispose(): unknown }[] = [];
  readonly #running: RunningTasks;
  #labels: DocumentLabels | undefined;
  /** Labels whose places are still looked for. They go along with edits, and are not shown before. */
  #coming: DocumentLabels | undefined;
  #segmented: SegmentedDocument;
  #text: string;
  #eol: EndOfLine;
  #rest: NodeJS.Timeout | undefined;
  #placeAll: NodeJS.Timeout | undefined;
  #done = 0;
  #total = -1;
  #share = 0;
  /** Only the visible part of a long document is queued so far. */
  #partial = true;
  /** The whole document is being cut, in slices. */
  #cutting = false;
  #editedAt: number | undefined;
  #names = aliasKey();
  #repeats = NO_REPEATS;
  /** Where repeats were placed last, since when nothing changed: looking again would find the same. */
  #repeated: Span | undefined;
  /** Milliseconds from the latest edit to the labels of what is visible; for the test interface. */
  lastLatency: number | undefined;

  constructor(
    readonly document: TextDocument,
    readonly journal: DocumentJournal,
    private readonly author: string,
    private readonly engine: EngineService,
    private readonly catalog: Catalog,
    /** Decisions made on the same text under another name, as before an untitled document was saved. */
    private readonly inherited: readonly DecisionEvent[] = [],
  ) {
    this.id = document.uri.toString();
    this.uri = addressOf(document);
    this.#text = document.getText();
    this.#eol = document.eol;
    this.#segmented = new SegmentedDocument(this.#text, this.layout);
    this.#running = new RunningTasks(this.uri, this.layout, engine);
    this.ready = this.#load();
    background(`opening ${this.id}`, this.ready);
  }

  /** The text as it is now, the document's own line endings included. */
  get text(): string {
    return this.#text;
  }

  /** How its text is cut into blocks. */
  get layout(): string {
    return layoutOf(this.uri.path, this.document.languageId);
  }

  lineOf({ span }: Annotation): number {
    return this.document.positionAt(span.start).line + 1;
  }

  around({ span }: Annotation): string {
    return textAround(this.#text, span);
  }

  *addDecided(words: DecidedWords): Steps<void> {
    if (this.#labels !== undefined) yield* words.add(this.#labels);
  }

  /** By which aliases of labels decisions were read ({@link aliasKey}). */
  get names(): string {
    return this.#names;
  }

  /** Undefined until decisions are read. */
  get labels(): DocumentLabels | undefined {
    return this.#labels;
  }

  /** Sentences labelled and in all; `total` is -1 while it is not known. `share`: how much of the text was given to the model, 0 to 1, where its sentences are not counted beforehand. */
  get progress(): { readonly done: number; readonly total: number; readonly share: number } {
    return { done: this.#done, total: this.#partial ? -1 : this.#total, share: this.#share };
  }

  /** Whether nothing is left to label. */
  get complete(): boolean {
    const { done, total } = this.progress;
    return total >= 0 && done >= total;
  }

  /** Tasks that run by themselves on this document. */
  get tasks(): AutomaticTask[] {
    return this.#running.on(this.#text);
  }

  /** Why a document stays unmarked though tasks are enabled: the model does not read its language. */
  get unread(): string | undefined {
    return this.#running.unread(this.#text);
  }

  /** Labels that the model suggests and the label set lacks, so that they are not offered. */
  get unoffered(): readonly string[] {
    const { tasks } = this;
    const all = this.catalog.unoffered(this.uri);
    return all.filter(({ task }) => tasks.some((one) => one === task)).map(({ label }) => label);
  }

  /** Whether a label carries no mark: it says that there is nothing to mark, as neutral does of opinions. */
  isUnmarked({ task, label }: Pick<Annotation, "task" | "label">): boolean {
    if (!isClassTask(task)) return false;
    return label === (this.engine.info?.unmarked?.[task] ?? describeTask(task).unmarked);
  }

  /** Sentences that touch a region, in order; none before the text is cut. */
  sentences(region?: Span): Iterable<LocatedSentence> {
    return region === undefined ? this.#segmented.sentences() : this.#segmented.sentences(region.start, region.end);
  }

  /** As {@link sentences}, without any work: text that is not cut yet comes in stretches. */
  knownSentences({ start, end }: Span): Iterable<LocatedSentence | UncutStretch> {
    return this.#segmented.knownSentences(start, end);
  }

  /** Cuts the whole text into sentences, in slices: going through {@link sentences} costs little afterwards. */
  async cut(signal: AbortSignal): Promise<void> {
    await this.ready;
    do {
      await this.#segmented.scan({ signal });
      await this.#segmented.cut({ signal });
    } while (!this.#segmented.scanned && !signal.aborted);
  }

  /** The sentence at an offset. */
  sentenceAt(offset: number): Span | undefined {
    for (const { start, end } of this.sentences({ start: Math.max(0, offset - 1), end: offset + 1 })) {
      if (start <= offset && offset <= end) return { start, end };
    }
    return undefined;
  }

  /** The whole document if it is short, else what its editors show and a screen around it. */
  get watched(): Span {
    if (this.#text.length <= WHOLE_UNITS) return { start: 0, end: this.#text.length };
    return visibleSpan(this.document) ?? { start: 0, end: 0 };
  }

  /** What is suggested wherever its words stand, since it was decided on the same words elsewhere. */
  get repeats(): RepeatedPhrases {
    return this.#repeats;
  }

  set repeats(repeats: RepeatedPhrases) {
    this.#repeats = repeats;
    this.#clearRepeats();
    this.#show();
    this.#placeAll ??= setTimeout(() => this.#placeAllNow(), PLACE_ALL_MS);
  }

  /** Brings what the model said of regions, and repeats of decisions, into the labels. True if every sentence in them has been labelled. */
  place(regions: readonly Span[] = [this.watched]): boolean {
    const { scheduler, info } = this.engine;
    const tasks = this.tasks;
    const labels = this.#labels;
    if (labels !== undefined) this.#placeRepeats(labels, regions);
    if (labels === undefined || scheduler === undefined || info === undefined) return false;
    if (tasks.length === 0) return true;
    // Reading settings costs more than placing a sentence.
    const placing = placingIn(this.uri, tasks, info, this.catalog);
    const said = readAround(
      (region) => this.knownSentences(region),
      (text) => scheduler.lookup(text),
    );
    const incomplete = regions.filter((region) => !placeSuggestions(labels, said(region), region, placing));
    return incomplete.length === 0 && this.#segmented.scanned;
  }

  /** Whether the model has spoken of all sentences of a region. */
  isLabelled(region: Span): boolean {
    const { scheduler } = this.engine;
    if (scheduler === undefined) return false;
    for (const { text } of this.knownSentences(region))
      if (text === undefined || scheduler.lookup(text) === undefined) return false;
    return true;
  }

  /** Text that somebody has read for every task that runs by itself, merged, in order. */
  get reviewed(): readonly Span[] {
    const labels = this.#labels;
    const [first, ...others] = this.tasks;
    if (labels === undefined || first === undefined) return [];
    return others.reduce<readonly Span[]>(
      (spans, task) => commonText(spans, labels.reviewed(task)),
      labels.reviewed(first),
    );
  }

  /** Queues what has no labels yet, the visible part first. `eager`: this region before anything else. */
  want(eager?: Span): void {
    const { scheduler } = this.engine;
    if (scheduler === undefined || this.engine.info === undefined || this.#labels === undefined) return;
    const urgent = eager ?? visibleSpan(this.document);
    // What is on the screen does not wait for the rest to be cut, unless it is far down.
    if (urgent !== undefined && urgent.end <= WHOLE_UNITS) {
      this.#segmented.scanTo(urgent.end, AT_ONCE_MS);
      this.#segmented.cutWithin(urgent, AT_ONCE_MS);
    }
    const short = this.#text.length <= WHOLE_UNITS;
    const whole = this.#segmented.scanned && (short || eager !== undefined);
    this.#partial = !whole;
    const texts = this.#texts(urgent, whole);
    const known = short && this.#segmented.cutWithin({ start: 0, end: this.#text.length }, AT_ONCE_MS);
    scheduler.want(this.id, known ? [...texts].filter((text) => text !== undefined) : texts, this.tasks);
    clearTimeout(this.#rest);
    if (!whole && this.#segmented.scanned) this.#rest = setTimeout(() => this.#wantRest(), REST_DELAY_MS);
    // What is cached needs no run: show it now.
    this.#show();
  }

  /** Follows an edit, or a change on disk that the editor has taken over. */
  onTextChange(event: TextDocumentChangeEvent): void {
    const changes = event.contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      text,
    }));
    const eolChanged = event.document.eol !== this.#eol;
    if (changes.length === 0 && !eolChanged) return;
    this.#editedAt = performance.now();
    this.#repeated = undefined;
    const read = this.unread === undefined;
    const many = changes.length > MOST_CHANGES;
    if (many) this.#text = event.document.getText();
    if (eolChanged || (!many && !this.#follow(changes))) {
      this.#startOver();
      return;
    }
    (this.#labels ?? this.#coming)?.applyEdits(changes, this.#text);
    if (many) this.#segmented = new SegmentedDocument(this.#text, this.layout);
    else for (const change of changes) this.#segmented.applyChange(change, AT_ONCE_MS);
    if (!this.#segmented.scanned) background("cutting the text", this.#cut());
    // Undo brings text back.
    if (event.reason !== undefined) this.#recoverStale();
    if (read === (this.unread === undefined)) this.want();
    else this.refresh();
  }

  /** The document was saved: what edits did to labels is recorded. */
  async onSaved(): Promise<void> {
    try {
      await this.#labels?.recordEdits();
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }

  /** The log was written to. What another window of the same person decided is taken over, and what gave way is said. */
  async onLogChange(): Promise<void> {
    await this.ready;
    const events = await this.journal.news();
    if (events.length === 0 || this.#labels === undefined || this.#abort.signal.aborted) return;
    const { ours, theirs } = this.#labels.adopt(underOwnNames(events, this.catalog.sets(this.uri)));
    const said = [
      ...(ours === 0
        ? []
        : [
            plural(
              ours,
              l10n.t("A decision of this window was replaced by a later one of another window"),
              l10n.t("{0} decisions of this window were replaced by later ones of another window", ours),
            ),
          ]),
      ...(theirs === 0
        ? []
        : [
            plural(
              theirs,
              l10n.t("An earlier decision of another window was replaced by this one's"),
              l10n.t("{0} earlier decisions of another window were replaced by this one's", theirs),
            ),
          ]),
    ].join("; ");
    if (said !== "") sayInStatus(l10n.t("{0} (Undo brings back what was before)", said), 10_000);
  }

  /** Labels of sentences came in. */
  onLabelled(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
    this.#show();
    if (this.complete) this.#placeAllNow();
    else this.#placeAll ??= setTimeout(() => this.#placeAllNow(), PLACE_ALL_MS);
    this.#changed.fire({ what: "progress" });
  }

  /** Model, settings or label set changed: what the model said before counts no more. */
  refresh(): void {
    if (this.#labels === undefined) return;
    this.#clearRepeats();
    const info = this.engine.info;
    if (info !== undefined) {
      const model = { name: info.model, version: info.modelVersion };
      const all = { start: 0, end: this.#text.length };
      for (const task of AUTOMATIC_TASKS) this.#labels.setSuggestions(task, all, [], model);
    }
    this.want();
  }

  /** Waits until every sentence of a region is labelled and placed. @throws the signal's reason; {@link LabelsError} if the session ends, as when the label set is read anew. */
  async whenLabelled(region: Span, signal?: AbortSignal): Promise<void> {
    await this.ready;
    if (this.place([region])) return;
    this.want(region);
    const ended = this.#abort.signal;
    const gone = (): LabelsError =>
      new LabelsError(l10n.t("The document was closed, or its labels were read anew. Try again."));
    if (ended.aborted) throw gone();
    await new Promise<void>((resolve, reject) => {
      const listener = this.onDidChange(() => {
        const long = region.end - region.start > WHOLE_UNITS;
        if ((long && !this.complete) || !this.place([region])) return;
        listener.dispose();
        resolve();
      });
      const fail = (error: Error): void => {
        listener.dispose();
        reject(error);
      };
      signal?.addEventListener("abort", () => fail(signal.reason as Error));
      ended.addEventListener("abort", () => fail(gone()), { once: true });
    });
  }

  dispose(): void {
    this.#abort.abort();
    clearTimeout(this.#rest);
    clearTimeout(this.#placeAll);
    for (const item of this.#disposables) item.dispose();
    this.engine.scheduler?.forget(this.id);
    this.#changed.dispose();
  }

  async #load(): Promise<void> {
    const closed = (): boolean => this.#abort.signal.aborted;
    await this.catalog.ready;
    const logged = await this.journal.load();
    if (closed()) return;
    const known = new Set(logged.map(({ id }) => id));
    const adopted = this.inherited.filter(({ id }) => !known.has(id));
    if (adopted.length > 0) {
      this.journal.append(adopted).catch((error: unknown) => background("log", this.journal.explain(error)));
    }
    const sets = this.catalog.sets(this.uri);
    this.#names = aliasKey(sets);
    const events = underOwnNames([...logged, ...adopted], sets);
    const slices = { signal: this.#abort.signal };
    const { multiple = [] } = sets;
    const kept = { author: this.author, sink: this.journal, events, multiple };
    const labels = new DocumentLabels({ text: this.#text, ...kept, slices });
    this.#coming = labels;
    await labels.whenPlaced();
    if (closed()) return;
    this.#labels = labels;
    this.#disposables.push(
      labels.onDidChange(({ what }) => {
        if (what === "decisions" || what === "places") this.#changed.fire({ what: "labels", decided: true });
      }),
      labels.onWriteError((error) => background("log", this.journal.explain(error))),
    );
    this.#changed.fire({ what: "labels", decided: true });
    await this.#cut();
  }

  #placeRepeats(labels: DocumentLabels, regions: readonly Span[]): void {
    if (SPAN_TASKS.every((task) => this.#repeats[task].size === 0) || !repeatsDecisions(this.uri)) return;
    const offered: PlaceOptions["offered"] = (task, label) => this.catalog.offered(task, label, this.uri);
    for (const region of regions) {
      if (this.#repeated !== undefined && covered([this.#repeated], region)) continue;
      const options = { repeats: this.#repeats, offered };
      const whole = placeRepeats(labels, this.knownSentences(region), region, options) && this.#segmented.scanned;
      this.#repeated = whole ? region : undefined;
    }
  }

  #clearRepeats(): void {
    this.#repeated = undefined;
    const all = { start: 0, end: this.#text.length };
    for (const task of SPAN_TASKS) this.#labels?.setRepeats(task, all, []);
  }

  async #cut(): Promise<void> {
    this.want();
    // Edits and other texts meanwhile are taken over by the loop that runs.
    if (this.#cutting) return;
    this.#cutting = true;
    const { signal } = this.#abort;
    try {
      do {
        await this.#segmented.scan({ signal });
        if (this.#text.length <= WHOLE_UNITS) await this.#segmented.cut({ signal });
      } while (!this.#segmented.scanned && !signal.aborted);
    } finally {
      this.#cutting = false;
    }
    if (!signal.aborted) this.want();
  }

  #wantRest(): void {
    this.#partial = false;
    this.engine.scheduler?.want(this.id, this.#texts(visibleSpan(this.document), true), this.tasks);
  }

  /** Applies changes to our copy of the text; false if it then disagrees with the document. */
  #follow(changes: readonly (Span & { readonly text: string })[]): boolean {
    for (const { start, end, text } of changes) this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
    const last = this.document.lineAt(this.document.lineCount - 1);
    return this.#text.length === this.document.offsetAt(last.range.end);
  }

  #startOver(): void {
    this.#text = this.document.getText();
    this.#eol = this.document.eol;
    this.#segmented = new SegmentedDocument(this.#text, this.layout);
    (this.#labels ?? this.#coming)?.reanchor(this.#text);
    if (this.#labels !== undefined) background("cutting the text", this.#cut());
  }

  #recoverStale(): void {
    if ((this.#labels?.annotations({ status: "stale" }).length ?? 0) > 0) this.#labels?.reanchor(this.#text);
  }

  #show(): void {
    const region = visibleSpan(this.document) ?? this.watched;
    const complete = this.place([region]);
    if (complete && this.#editedAt !== undefined) {
      this.lastLatency = performance.now() - this.#editedAt;
      this.#editedAt = undefined;
    }
    this.#changed.fire({ what: "labels" });
  }

  #placeAllNow(): void {
    clearTimeout(this.#placeAll);
    this.#placeAll = undefined;
    this.place();
    this.#changed.fire({ what: "labels" });
  }

  /** Texts of sentences, with an `undefined` after each step of work that found none. */
  *#texts(first: Span | undefined, rest: boolean): Iterable<string | undefined> {
    const end = this.#text.length;
    const after = { start: first?.end ?? 0, end };
    const before = { start: 0, end: first?.start ?? 0 };
    let passed = 0;
    for (const region of [...(first ? [first] : []), ...(rest ? [after, before] : [])]) {
      if (region.end <= region.start) continue;
      for (const sentence of this.#segmented.sentencesInSteps(region.start, region.end)) {
        if (sentence !== undefined) this.#share = (passed + Math.max(0, sentence.end - region.start)) / end;
        yield sentence?.text;
      }
      passed += region.end - region.start;
    }
  }
}
