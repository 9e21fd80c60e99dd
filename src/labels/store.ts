/** The labels of one document: the model's suggestions, one person's decisions, and where they are now. Offsets are UTF-16 code units. */
import { EventEmitter } from "node:events";
import { QuoteFinder } from "../text/finder";
import { lastingQuote } from "../text/quoting";
import type { Span } from "../text/span";
import type { Task } from "../model/task";
import { ANSWER_LABEL } from "./annotation";
import { adjudicatedAgain } from "./adjudicate";
import type { Adjudication, Anchor, AnsweredQuestion, Annotation, LabelValue, ModelRef } from "./annotation";
import { LabelsError } from "./contract";
import type {
  Act,
  AdjudicationRequest,
  AnnotationFilter,
  DocumentLabelling,
  EventSink,
  LabelsChange,
  Subscription,
  Suggestion,
  TextChange,
} from "./contract";
import { DecisionDrafts } from "./drafts";
import type { Draft } from "./drafts";
import { EVENT_VERSION } from "./events";
import type { DecisionEvent } from "./events";
import { newId, sortAfter } from "./ids";
import { agreed } from "./proposals";
import { Positions } from "./positions";
import { mergeSpans } from "./regions";
import { reduce } from "./state";
import type { Decisions } from "./state";
import { Suggestions } from "./suggestions";
import { decidedAnnotations, visibleSuggestions } from "./view";
import type { Decided } from "./view";

/** An edit that replaces more than this by more than this is no typing. */
const LARGE_UNITS = 100;

/** What a {@link DocumentLabels} is made of. */
export interface DocumentLabelsOptions {
  /** The document's text as it is now. */
  readonly text: string;
  readonly author: string;
  readonly sink: EventSink;
  /** The author's log of this document, in order of id. */
  readonly events?: readonly DecisionEvent[];
  /** For tests. */
  readonly now?: () => Date;
}

/** See {@link DocumentLabelling}. Build one per document and person; events read from the log are found in the text by their quotes. */
export class DocumentLabels implements DocumentLabelling {
  readonly author: string;
  readonly #sink: EventSink;
  readonly #now: () => Date;
  readonly #events: DecisionEvent[];
  readonly #suggestions = new Suggestions();
  readonly #positions = new Positions();
  readonly #emitter = new EventEmitter<{ change: [LabelsChange]; writeError: [unknown] }>();
  #text: string;
  #decisions: Decisions;
  #decided: Decided | undefined;

  constructor({ text, author, sink, events = [], now = () => new Date() }: DocumentLabelsOptions) {
    this.author = author;
    this.#text = text;
    this.#sink = sink;
    this.#now = now;
    this.#events = [...events];
    for (const event of events) {
      this.#positions.track(event, text);
      sortAfter(event.id);
    }
    this.#positions.locate(text);
    this.#decisions = reduce(this.#events);
  }

  annotations(filter: AnnotationFilter = {}): readonly Annotation[] {
    const { task, region, status } = filter;
    const fits = (item: Annotation): boolean =>
      (task === undefined || item.task === task) &&
      (status === undefined || item.status === status) &&
      (region === undefined ||
        (item.status !== "stale" && item.span.start < region.end && region.start < item.span.end));
    const decided = this.#view().annotations.filter(fits);
    if (status === "accepted" || status === "stale") return decided;
    const suggested = visibleSuggestions(this.#suggestions, this.#view(), task, region);
    return [...decided, ...suggested].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }

  get(id: string): Annotation | undefined {
    const decided = this.#view().annotations.find((item) => item.id === id);
    if (decided !== undefined) return decided;
    const suggestion = this.#suggestions.get(id);
    if (suggestion === undefined) return undefined;
    const { task, span } = suggestion;
    return visibleSuggestions(this.#suggestions, this.#view(), task, span).find((item) => item.id === id);
  }

  questions(): readonly AnsweredQuestion[] {
    return this.#view().questions;
  }

  adjudications(): readonly Adjudication[] {
    return this.#view().adjudications;
  }

  reviewed(task: Task): readonly Span[] {
    return mergeSpans(
      this.#decisions.reviewed
        .filter((item) => item.task === task)
        .flatMap(({ region }) => this.#positions.region(region)),
    );
  }

  setSuggestions(task: "entities" | "sentiment", region: Span, list: readonly Suggestion[], model: ModelRef): void {
    this.#suggestions.replace(this.#text, task, region, list, model);
    this.#emitter.emit("change", { what: "suggestions", task });
  }

  setAnswers(question: string, answers: readonly (Span & { readonly score: number })[], model: ModelRef): void {
    const list = answers.map(({ start, end, score }) => ({ start, end, score, label: ANSWER_LABEL }));
    this.#suggestions.replaceAnswers(this.#text, question, list, model);
    this.#emitter.emit("change", { what: "suggestions", task: "answers" });
  }

  accept(...ids: string[]): Act {
    return this.#commit(this.#drafts().accept(ids));
  }

  reject(...ids: string[]): Act {
    return this.#commit(this.#drafts().reject(ids));
  }

  relabel(id: string, label: string): Act {
    return this.#commit(this.#drafts().relabel(id, label));
  }

  resize(id: string, span: Span): Act {
    return this.#commit(this.#drafts().resize(id, span));
  }

  add(task: "entities" | "sentiment", span: Span, label: string): Act {
    return this.#commit(this.#drafts().add(task, span, label));
  }

  remove(...ids: string[]): Act {
    return this.#commit(this.#drafts().remove(ids));
  }

  answer(question: string, spans: readonly Span[]): Act {
    return this.#commit(this.#drafts().answer(question, spans));
  }

  markReviewed(region: Span, ...tasks: Task[]): Act {
    return this.#commit(this.#drafts().reviewed(region, tasks));
  }

  acceptAll(region: Span, ...tasks: Task[]): Act {
    const inside = this.annotations({ region, status: "suggested" }).filter(
      ({ task, span }) => tasks.includes(task) && region.start <= span.start && span.end <= region.end,
    );
    const drafts = this.#drafts();
    return this.#commit([...drafts.accept(inside.map(({ id }) => id)), ...drafts.reviewed(region, tasks)]);
  }

  agree(...ids: string[]): Act {
    return this.#commit(agreed(this.#text, this, ids));
  }

  adjudicate(request: AdjudicationRequest): Act {
    return this.#commit(this.#drafts().adjudicate(request));
  }

  undo(): Act | undefined {
    const act = this.#decisions.undoable.at(-1);
    return act === undefined ? undefined : this.#takeBack(act);
  }

  redo(): Act | undefined {
    const act = this.#decisions.redoable.at(-1);
    return act === undefined ? undefined : this.#takeBack(act);
  }

  applyEdits(changes: readonly TextChange[], text: string): void {
    const before = this.#text;
    this.#text = text;
    this.#decided = undefined;
    // A change on disk comes as one large replacement, as does formatting: where things are in it, only their text can say.
    const large = changes.some(({ start, end, text: by }) => end - start > LARGE_UNITS && by.length > LARGE_UNITS);
    if (large) this.#positions.follow(before, text);
    else this.#positions.shift(changes, text);
    for (const change of changes) this.#suggestions.shift(change);
    this.#emitter.emit("change", { what: "text" });
  }

  recordEdits(): Act | undefined {
    const finder = new QuoteFinder(this.#text);
    const edited = (value: Anchor): boolean => {
      const span = this.#positions.at(value);
      if (span === undefined) return false;
      // What a later session would find from the log alone must be what the label is on now.
      const found = finder.find(value.quote, value.span);
      return found?.start !== span.start || found.end !== span.end;
    };
    const now = (value: LabelValue): LabelValue => {
      const span = this.#positions.at(value);
      return span === undefined ? { ...value } : { label: value.label, span, quote: lastingQuote(this.#text, span) };
    };
    const drafts: Draft[] = [];
    for (const { id, task, value } of this.#decisions.annotations.values()) {
      if (!edited(value)) continue;
      drafts.push({ kind: "resized", cause: "edit", task, annotation: id, old: { ...value }, new: now(value) });
    }
    for (const { id, question, answers } of this.#decisions.questions.values()) {
      if (!answers.some(edited)) continue;
      const values = { old: answers.map((value) => ({ ...value })), new: answers.map(now) };
      drafts.push({ kind: "answered", cause: "edit", task: "answers", annotation: id, question, ...values });
    }
    for (const item of this.#decisions.adjudications.values()) {
      const region = item.region && this.#positions.at(item.region);
      if (item.region !== undefined && region === undefined) continue;
      if (![...(item.region ? [item.region] : []), ...item.labels].some(edited)) continue;
      drafts.push(adjudicatedAgain(item, region && { span: region, quote: lastingQuote(this.#text, region) }, now));
    }
    return drafts.length === 0 ? undefined : this.#commit(drafts);
  }

  reanchor(text: string): void {
    const before = this.#text;
    this.#text = text;
    this.#decided = undefined;
    this.#suggestions.clear();
    this.#positions.follow(before, text);
    this.#emitter.emit("change", { what: "text" });
  }

  onDidChange(listener: (change: LabelsChange) => void): Subscription {
    this.#emitter.on("change", listener);
    return { dispose: () => this.#emitter.off("change", listener) };
  }

  onWriteError(listener: (error: unknown) => void): Subscription {
    this.#emitter.on("writeError", listener);
    return { dispose: () => this.#emitter.off("writeError", listener) };
  }

  #view(): Decided {
    this.#decided ??= decidedAnnotations(this.#decisions, this.#positions, this.#text);
    return this.#decided;
  }

  #drafts(): DecisionDrafts {
    return new DecisionDrafts(this.#text, this);
  }

  #takeBack(act: string): Act {
    const task = this.#events.find((event) => event.act === act)?.task ?? "entities";
    return this.#commit([{ kind: "undone", task, undoes: act }]);
  }

  #commit(drafts: readonly Draft[]): Act {
    if (drafts.length === 0) throw new LabelsError("There is nothing to decide here.");
    const ids = drafts.map(() => newId());
    const time = this.#now().toISOString();
    const events = drafts.map((draft, index): DecisionEvent => {
      const head = {
        v: EVENT_VERSION,
        id: ids[index]!,
        act: ids[0]!,
        time,
        author: this.author,
        unit: "utf16",
      } as const;
      return { ...head, ...draft };
    });
    for (const event of events) {
      this.#events.push(event);
      this.#positions.track(event, this.#text);
    }
    this.#decisions = reduce(this.#events);
    this.#decided = undefined;
    const saved = this.#sink.append(events);
    saved.catch((error: unknown) => this.#emitter.emit("writeError", error));
    this.#emitter.emit("change", { what: "decisions" });
    return { id: ids[0]!, events, saved };
  }
}
