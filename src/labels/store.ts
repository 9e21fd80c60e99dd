/** The labels of one document: the model's suggestions, one person's decisions, and where they are now. Offsets are UTF-16 code units. */
import { EventEmitter } from "node:events";
import { append } from "../text/grouped";
import { inSlices, SLICE_MS } from "../text/slices";
import type { Span } from "../text/span";
import type { Attributes } from "../documents/attributes";
import { QUESTIONS } from "../documents/tasks";
import type { ClassTask, LabelTask, SpanTask, Task } from "../documents/tasks";
import { ANSWER_LABEL } from "./annotation";
import type { Adjudication, Anchor, AnsweredQuestion, Annotation, PlacedRelation } from "./annotation";
import type { ModelRef } from "../documents/labelled";
import { ByPlace } from "./by-place";
import { classified } from "./classified";
import { LabelsError } from "./contract";
import type {
  Act,
  AdjudicationRequest,
  AnnotationFilter,
  Classification,
  DocumentLabelling,
  EventSink,
  LabelsChange,
  RepeatSuggestion,
  Standing,
  Subscription,
  Suggestion,
  TextChange,
} from "./contract";
import { DecisionDrafts } from "./drafts";
import type { Draft } from "./drafts";
import { decidedValues, editedDecisions } from "./edits";
import { aboutTasks, EVENT_VERSION, SEVERAL_VERSION } from "./events";
import type { DecisionEvent } from "./events";
import { newId, sortAfter } from "./ids";
import { allowsSeveral } from "./labelset";
import { overruled } from "./overruled";
import type { Overruled } from "./overruled";
import { agreed } from "./proposals";
import { merge, split } from "./recut";
import { related, relatedPlace, unrelated } from "./relate";
import type { Positions } from "./positions";
import { Replay, startReplay } from "./replay";
import { activeActs, reduce } from "./state";
import type { Decisions, RejectedSuggestion } from "./state";
import { Suggestions } from "./suggestions";
import { decidedAnnotations, visibleSuggestions } from "./view";
import type { Decided, Suggested } from "./view";

/** An edit that replaces more than this by more than this is no typing. */
const LARGE_UNITS = 100;
/** More edits at once than this, as when a word is replaced everywhere, are not followed one by one. */
export const MOST_CHANGES = 100;

/** What a {@link DocumentLabels} is made of. */
export interface DocumentLabelsOptions {
  /** The document's text as it is now. */
  readonly text: string;
  readonly author: string;
  readonly sink: EventSink;
  /** The author's log of this document, in order of id. */
  readonly events?: readonly DecisionEvent[];
  /** Tasks of whose classes a text may have several (`LabelSets.multiple`). */
  readonly multiple?: readonly ClassTask[];
  /**
   * Long searches of the text give way to other work every few milliseconds, until the signal says that their results are no longer wanted. Absent: they are
   * done at once.
   */
  readonly slices?: { readonly signal: AbortSignal };
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
  readonly #repeats = new Suggestions();
  readonly #positions: Positions;
  readonly #multiple: readonly ClassTask[];
  readonly #slices: { readonly signal: AbortSignal } | undefined;
  readonly #emitter = new EventEmitter<{ change: [LabelsChange]; writeError: [unknown] }>();
  #text: string;
  #decisions: Decisions;
  #decided: Decided | undefined;
  /** What is decided by id; made when it is first asked for, since many are asked for at once. */
  #byId: { readonly of: Decided; readonly items: ReadonlyMap<string, Annotation> } | undefined;
  /** The same by place. */
  #byPlace: { readonly of: Decided; readonly items: ByPlace<Annotation> } | undefined;
  /** The search that runs in slices. */
  #searching: Promise<void> | undefined;

  constructor(options: DocumentLabelsOptions) {
    const { text, author, sink, events = [], multiple = [], slices, now = (): Date => new Date() } = options;
    this.author = author;
    this.#multiple = multiple;
    this.#slices = slices;
    this.#text = text;
    this.#sink = sink;
    this.#now = now;
    for (const event of events) sortAfter(event.id);
    this.#events = [...aboutTasks(events)];
    const { positions, decisions } = startReplay(this.#events, text, slices === undefined ? Infinity : SLICE_MS);
    this.#positions = positions;
    this.#decisions = decisions;
    this.#search();
  }

  annotations(filter: AnnotationFilter = {}): readonly Annotation[] {
    const { task, region, status } = filter;
    const fits = (item: Annotation): boolean =>
      (task === undefined || item.task === task) && (status === undefined || item.status === status);
    const decided = status === "suggested" ? [] : this.#decidedIn(region).filter(fits);
    if (status === "accepted" || status === "stale") return decided;
    const suggested = visibleSuggestions(this.#suggested(), this.#view(), task, region);
    return [...decided, ...suggested].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }

  /** What is decided; in a region, of what is on the text what shares text with it. */
  #decidedIn(region: Span | undefined): readonly Annotation[] {
    const view = this.#view();
    if (region === undefined) return view.annotations;
    if (this.#byPlace?.of !== view)
      this.#byPlace = { of: view, items: new ByPlace(view.annotations.filter(({ status }) => status !== "stale")) };
    return this.#byPlace.items.in(region);
  }

  get(id: string): Annotation | undefined {
    const view = this.#view();
    if (this.#byId?.of !== view)
      this.#byId = { of: view, items: new Map(view.annotations.map((item) => [item.id, item] as const).reverse()) };
    const decided = this.#byId.items.get(id);
    if (decided !== undefined) return decided;
    const suggestion = this.#suggestions.get(id) ?? this.#repeats.get(id);
    if (suggestion === undefined) return undefined;
    const { task, span } = suggestion;
    return visibleSuggestions(this.#suggested(), view, task, span).find((item) => item.id === id);
  }

  questions(): readonly AnsweredQuestion[] {
    return this.#view().questions;
  }

  relations(): readonly PlacedRelation[] {
    return this.#view().relations;
  }

  adjudications(): readonly Adjudication[] {
    return this.#view().adjudications;
  }

  rejected(): readonly RejectedSuggestion[] {
    return this.#decisions.rejected;
  }

  reviewed(task: Task): readonly Span[] {
    return this.#view().reviewed[task];
  }

  setSuggestions(task: LabelTask, region: Span, list: readonly Suggestion[], model: ModelRef): void {
    this.#suggestions.replace(this.#text, task, region, list, model);
    this.#emitter.emit("change", { what: "suggestions", task });
  }

  setRepeats(task: SpanTask, region: Span, list: readonly RepeatSuggestion[]): void {
    this.#repeats.replace(this.#text, task, region, list);
    this.#emitter.emit("change", { what: "suggestions", task });
  }

  setAnswers(question: string, answers: readonly (Span & { readonly score: number })[], model: ModelRef): void {
    const list = answers.map(({ start, end, score }) => ({ start, end, score, label: ANSWER_LABEL }));
    this.#suggestions.replaceAnswers(this.#text, question, list, model);
    this.#emitter.emit("change", { what: "suggestions", task: QUESTIONS });
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

  relabelAll(ids: readonly string[], label: string, act?: string): Act {
    return this.#commit(this.#drafts().relabelAll(ids, label), undefined, act);
  }

  resize(id: string, span: Span): Act {
    return this.#commit(this.#drafts().resize(id, span));
  }

  say(id: string, attributes: Attributes | undefined): Act {
    return this.#commit(this.#drafts().say(id, attributes));
  }

  split(id: string, at: number): Act {
    return this.#commit(split(this.#text, this, this.#drafts(), id, at));
  }

  merge(...ids: string[]): Act {
    return this.#commit(merge(this, this.#drafts(), ids));
  }

  add(task: LabelTask, span: Span, label: string): Act {
    return this.#commit(this.#drafts().add(task, span, label));
  }

  addAll(task: LabelTask, spans: readonly Span[], label: string, act?: string): Act {
    const drafts = this.#drafts();
    const key = ({ start, end }: Span): string => `${start} ${end}`;
    const decided = this.annotations({ task, status: "accepted" }).filter((item) => item.label === label);
    const there = new Set(decided.map(({ span }) => key(span)));
    const free = spans.filter((span) => !there.has(key(span)));
    return this.#commit(drafts.addAll(task, free, label), undefined, act);
  }

  classify(request: Classification): Act | undefined {
    const several = allowsSeveral({ multiple: this.#multiple }, request.task);
    const drafts = classified(this.#text, this, this.#drafts(), several, request);
    return drafts.length === 0 ? undefined : this.#commit(drafts);
  }

  remove(...ids: string[]): Act {
    return this.#commit(this.#drafts().remove(ids));
  }

  relate(from: string, to: string, type: string): Act {
    return this.#commit(related(this, { from, to, type }, (ids) => this.#drafts().accept(ids)));
  }

  unrelate(...ids: string[]): Act {
    return this.#commit(unrelated(this, ids));
  }

  answer(question: string, spans: readonly Span[]): Act {
    return this.#commit(this.#drafts().answer(question, spans));
  }

  markReviewed(region: Span, ...tasks: Task[]): Act {
    return this.#commit(this.#drafts().reviewed([region], tasks));
  }

  alsoReviewed(act: Act, regions: readonly Span[], ...tasks: Task[]): Act {
    return this.#commit(this.#drafts().reviewed(regions, tasks), undefined, act.id);
  }

  acceptAll(region: Span, ...tasks: Task[]): Act {
    const inside = this.annotations({ region, status: "suggested" }).filter(
      ({ task, span }) => tasks.includes(task) && region.start <= span.start && span.end <= region.end,
    );
    const drafts = this.#drafts();
    return this.#commit([...drafts.accept(inside.map(({ id }) => id)), ...drafts.reviewed([region], tasks)]);
  }

  agree(...ids: string[]): Act {
    return this.#commit(agreed(this.#text, this, ids, this.#multiple));
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

  takeBackWith({ id, events }: Act): Act | undefined {
    const [event] = events;
    if (event?.kind !== "undone" || this.standing(event.undoes) !== "next") return undefined;
    return this.#takeBack(event.undoes, id);
  }

  standing(act: string): Standing {
    const { undoable, redoable } = this.#decisions;
    if (undoable.at(-1) === act || redoable.at(-1) === act) return "next";
    return this.#events.some((event) => event.act === act) && activeActs(this.#events)(act) ? "earlier" : "none";
  }

  placeOf(act: string): Span | undefined {
    const seen = new Set<string>();
    for (let of: string | undefined = act; of !== undefined && !seen.has(of);) {
      seen.add(of);
      let undone: string | undefined;
      for (const event of this.#events) {
        if (event.act !== of) continue;
        if (event.kind === "undone") undone = event.undoes;
        for (const anchor of anchorsIn(event)) {
          const place = this.#positions.at(anchor);
          if (place !== undefined) return place;
        }
        const place = relatedPlace(event, this.#events, (id) => this.get(id));
        if (place !== undefined) return place;
      }
      of = undone;
    }
    return undefined;
  }

  applyEdits(changes: readonly TextChange[], text: string): void {
    const before = this.#text;
    this.#text = text;
    this.#decided = undefined;
    // A change on disk comes as one large replacement, as does formatting: where things are in it, only their text can say.
    const large = changes.some(({ start, end, text: by }) => end - start > LARGE_UNITS && by.length > LARGE_UNITS);
    if (large) this.#positions.follow(before, text);
    else this.#positions.shift(changes, text);
    // The model's suggestions are kept by text elsewhere: placing them again costs less than moving each by every edit.
    for (const suggestions of [this.#suggestions, this.#repeats])
      if (changes.length > MOST_CHANGES) suggestions.clear();
      else for (const change of changes) suggestions.shift(change);
    this.#search();
    this.#emitter.emit("change", { what: "text" });
  }

  async recordEdits(): Promise<Act | undefined> {
    // What was saved is the text of now, so nothing is waited for without need.
    if (!this.#positions.placed) await this.whenPlaced();
    const edited = await inSlices(editedDecisions(this.#decisions, this.#positions, this.#text), this.#slices?.signal);
    const decisions = this.#decisions;
    // What was decided anew meanwhile was recorded by that.
    const drafts = edited.drafts.filter((draft) => {
      if (!("new" in draft)) return false;
      const values = "label" in draft.new ? [draft.new] : draft.new;
      const now = decidedValues(decisions, draft.annotation);
      return values.length === now.length && values.every((value, index) => edited.same.get(value) === now[index]);
    });
    return drafts.length === 0 ? undefined : this.#commit(drafts, edited.same);
  }

  async whenPlaced(): Promise<void> {
    while (!this.#positions.placed && this.#slices?.signal.aborted !== true) await this.#searching;
  }

  async whenSought(): Promise<void> {
    for (this.#view(); this.#searching !== undefined && this.#slices?.signal.aborted !== true; this.#view())
      await this.#searching;
  }

  reanchor(text: string): void {
    const before = this.#text;
    this.#text = text;
    this.#decided = undefined;
    this.#suggestions.clear();
    this.#repeats.clear();
    this.#positions.follow(before, text);
    this.#search();
    this.#emitter.emit("change", { what: "text" });
  }

  adopt(events: readonly DecisionEvent[]): Overruled {
    const known = new Set(this.#events.map(({ id }) => id));
    for (const event of events) sortAfter(event.id);
    const fresh = aboutTasks(events).filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return { ours: 0, theirs: 0 };
    this.#positions.admit(fresh, this.#text);
    for (const event of fresh) this.#keepPlaces(event);
    append(this.#events, fresh);
    this.#events.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    const before = this.#decisions;
    this.#decisions = reduce(this.#events);
    this.#decided = undefined;
    this.#emitter.emit("change", { what: "decisions" });
    return overruled(before, this.#decisions, fresh);
  }

  onDidChange(listener: (change: LabelsChange) => void): Subscription {
    this.#emitter.on("change", listener);
    return { dispose: () => this.#emitter.off("change", listener) };
  }

  onWriteError(listener: (error: unknown) => void): Subscription {
    this.#emitter.on("writeError", listener);
    return { dispose: () => this.#emitter.off("writeError", listener) };
  }

  #suggested(): Suggested {
    return { text: this.#text, model: this.#suggestions, repeats: this.#repeats };
  }

  #view(): Decided {
    if (this.#decided === undefined) {
      this.#decided = decidedAnnotations(new Replay(this.#decisions, this.#positions), this.#text, this.#multiple);
      // It asked for proposals.
      this.#search();
    }
    return this.#decided;
  }

  /** Finds in slices what is left to find, if anything, and tells when it is done. */
  #search(): void {
    if (this.#searching !== undefined || this.#positions.settled) return;
    this.#searching = this.#positions.settle(this.#slices?.signal).finally(() => {
      this.#searching = undefined;
      this.#decided = undefined;
      this.#emitter.emit("change", { what: "places" });
    });
  }

  #drafts(): DecisionDrafts {
    return new DecisionDrafts(this.#text, this, this.#multiple);
  }

  /** Where a label is in this window is known better here than from what another window recorded when it was saved there. */
  #keepPlaces(event: DecisionEvent): void {
    if (!("cause" in event) || !("annotation" in event) || !("new" in event)) return;
    const before = decidedValues(this.#decisions, event.annotation);
    const after = "label" in event.new ? [event.new] : event.new;
    if (before.length !== after.length) return;
    for (const [index, from] of before.entries())
      if (this.#positions.at(from) !== undefined) this.#positions.carry(after[index]!, from);
  }

  #takeBack(act: string, as?: string): Act {
    const task = this.#events.find((event) => event.act === act)!.task;
    return this.#commit([{ kind: "undone", task, undoes: act }], undefined, as);
  }

  /**
   * @param same values whose place is that of others, since the text they were made for may have changed again
   * @param act of which these are a part; absent: they are one of their own
   */
  #commit(drafts: readonly Draft[], same?: ReadonlyMap<Anchor, Anchor>, act?: string): Act {
    if (drafts.length === 0) throw new LabelsError("There is nothing to decide here.");
    const ids = drafts.map(() => newId());
    const time = this.#now().toISOString();
    const events = drafts.map((draft, index): DecisionEvent => {
      const head = {
        v: "several" in draft ? SEVERAL_VERSION : EVENT_VERSION,
        id: ids[index]!,
        act: act ?? ids[0]!,
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
    for (const [value, from] of same ?? []) this.#positions.carry(value, from);
    this.#decisions = reduce(this.#events);
    this.#decided = undefined;
    const saved = this.#sink.append(events);
    saved.catch((error: unknown) => this.#emitter.emit("writeError", error));
    this.#emitter.emit("change", { what: "decisions" });
    return { id: act ?? ids[0]!, events, saved };
  }
}

/** What of a text an event is about: the new place first. */
function anchorsIn(event: DecisionEvent): readonly Anchor[] {
  const { new: now, old } = event as {
    readonly new?: Anchor | readonly Anchor[];
    readonly old?: Anchor | readonly Anchor[];
  };
  return [now, old].flatMap((value) => value ?? []);
}
