/** What a log of events amounts to. Pure; positions are those of the events, the store maps them to the text of today. */
import type { Attributes } from "../documents/attributes";
import type { Task } from "../documents/tasks";
import { addTo, append } from "../text/grouped";
import { answersIn, answersSaid } from "../documents/answers";
import type { DecidedAnswers } from "../documents/answers";
import type { Anchor, AnnotatorVersion, DecidedBy, LabelValue, SuggestedValue } from "./annotation";
import { decidedBy } from "./annotation";
import { aboutTasks } from "./events";
import type {
  AdjudicatedEvent,
  AnsweredEvent,
  DecisionEvent,
  RegionAnchor,
  RelatedEvent,
  TokenizedRegion,
} from "./events";

/** A decided label. */
export interface DecidedAnnotation extends DecidedBy {
  readonly id: string;
  readonly task: Task;
  readonly value: LabelValue;
  /** The suggestions it came from or took the place of. */
  readonly replaces: readonly SuggestedValue[];
}

/** A decided question. */
export interface DecidedQuestion extends DecidedBy {
  readonly id: string;
  readonly question: string;
  /** As in {@link AnsweredEvent}. */
  readonly context?: RegionAnchor;
  readonly sourceId?: string;
  readonly answers: DecidedAnswers<LabelValue>;
  readonly replaces: readonly SuggestedValue[];
}

/** A settled disagreement. Of two on the same text or question, the one decided later counts. */
export interface DecidedAdjudication extends DecidedBy {
  readonly id: string;
  /** The latest event that changed it; ids of events sort by time. */
  readonly event: string;
  readonly task: Task;
  readonly region?: Anchor;
  readonly question?: string;
  readonly labels: readonly LabelValue[];
  readonly versions: readonly AnnotatorVersion[];
  readonly chosen?: string;
}

/** A decided relation, and the labels that it joins, by their ids. */
export interface DecidedRelation extends DecidedBy {
  readonly id: string;
  readonly task: Task;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly attributes?: Attributes;
}

/** A suggestion that must not come back. */
export interface RejectedSuggestion extends DecidedBy {
  readonly task: Task;
  readonly value: LabelValue;
  readonly question?: string;
}

/** A stretch a person looked at in full. */
export interface ReviewedRegion {
  readonly task: Task;
  readonly region: RegionAnchor;
}

/** The state a log of one person on one document leads to. */
export interface Decisions {
  readonly annotations: ReadonlyMap<string, DecidedAnnotation>;
  readonly questions: ReadonlyMap<string, DecidedQuestion>;
  /** Those between labels that count. */
  readonly relations: ReadonlyMap<string, DecidedRelation>;
  /** In order of their first event. They leave the person's own decisions, all of the above, as they are. */
  readonly adjudications: ReadonlyMap<string, DecidedAdjudication>;
  readonly rejected: readonly RejectedSuggestion[];
  readonly reviewed: readonly ReviewedRegion[];
  /** Sentences of imported datasets; of two on the same text the later one counts. */
  readonly tokenized: readonly TokenizedRegion[];
  /** Acts that undo would take back, the next one last. */
  readonly undoable: readonly string[];
  /** Undo events that redo would take back, the next one last. */
  readonly redoable: readonly string[];
}

function activity(events: readonly DecisionEvent[]): (act: string) => boolean {
  const undoers = new Map<string, string[]>();
  for (const event of events) {
    if (event.kind !== "undone" || event.undoes === event.act) continue;
    addTo(undoers, event.undoes, [event.act]);
  }
  const known = new Map<string, boolean>();
  return (act) => {
    if (!known.has(act)) settle(act, undoers, known);
    return known.get(act)!;
  };
}

/** Whether an act counts: if none of those that undo it does. Without recursion: a chain of undo may be as long as a log. */
function settle(act: string, undoers: ReadonlyMap<string, readonly string[]>, known: Map<string, boolean>): void {
  const open = [{ act, next: 0 }];
  // Set first: two events edited by hand to undo each other must not loop.
  known.set(act, true);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const undoer = (undoers.get(top.act) ?? [])[top.next];
    const counts = undoer === undefined ? false : known.get(undoer);
    if (undoer !== undefined && counts === undefined) {
      known.set(undoer, true);
      open.push({ act: undoer, next: 0 });
    } else if (undoer !== undefined && counts === false) top.next++;
    else {
      known.set(top.act, undoer === undefined);
      open.pop();
    }
  }
}

/** The acts that count: not taken back, or taken back and brought back. Independent of the order of events. */
export function activeActs(events: readonly DecisionEvent[]): (act: string) => boolean {
  const active = activity(events);
  // From the newest to the oldest, as acts are undone by later ones.
  for (let i = events.length - 1; i >= 0; i--) active(events[i]?.act ?? "");
  return active;
}

/** Whether the event only says that a label went along with an edit of its text. */
function followsEdit(event: DecisionEvent): boolean {
  return "cause" in event;
}

function undoStacks(events: readonly DecisionEvent[]): Pick<Decisions, "undoable" | "redoable"> {
  const undoable: string[] = [];
  let redoable: { undo: string; act: string }[] = [];
  const undos = new Map<string, string>();
  const seen = new Set<string>();
  for (const event of events) {
    if (event.kind !== "undone") {
      if (followsEdit(event) || seen.has(event.act)) continue;
      seen.add(event.act);
      undoable.push(event.act);
      redoable = [];
      continue;
    }
    const brought = undos.get(event.undoes);
    if (brought !== undefined) {
      redoable = redoable.filter(({ undo }) => undo !== event.undoes);
      undoable.push(brought);
      continue;
    }
    const index = undoable.lastIndexOf(event.undoes);
    if (index < 0) continue;
    undoable.splice(index, 1);
    undos.set(event.act, event.undoes);
    redoable.push({ undo: event.act, act: event.undoes });
  }
  return { undoable, redoable: redoable.map(({ undo }) => undo) };
}

function differs(a: LabelValue, b: LabelValue): boolean {
  return a.label !== b.label || a.span.start !== b.span.start || a.span.end !== b.span.end;
}

function same(a: LabelValue, b: LabelValue): boolean {
  const { exact, prefix, suffix } = a.quote;
  return !differs(a, b) && exact === b.quote.exact && prefix === b.quote.prefix && suffix === b.quote.suffix;
}

function decided({ author, time, model, origin }: DecisionEvent, earlier?: DecidedBy): DecidedBy {
  const of = model ?? earlier?.model;
  return { author, time, ...(of && { model: of }), ...(origin && { origin }) };
}

function allSame(now: readonly LabelValue[] | undefined, then: readonly LabelValue[]): boolean {
  return now?.length === then.length && now.every((value, index) => same(value, then[index] ?? value));
}

/** A place in a text, as far as a value says: two values with one key are on the same words. */
function placeKey(task: Task, { span, quote }: Anchor): string {
  return [task, span.start, span.end, quote.prefix, quote.exact, quote.suffix].join("\0");
}

/** As {@link placeKey}, of one of several classes: the same class on the same words. */
function classKey(task: Task, value: LabelValue): string {
  return `several\0${value.label}\0${placeKey(task, value)}`;
}

/** Two questions with one key are the same: the same words about the same part of the text. */
function questionKey({ question, context }: DecidedQuestion): string {
  return context === undefined ? question.trim() : `${question.trim()}\0${context.digest}`;
}

/** Two relations with one key say the same. */
function relationKey({ type, from, to }: Pick<DecidedRelation, "type" | "from" | "to">): string {
  return JSON.stringify(["relation", type, from, to]);
}

class Reducer {
  /**
   * What was decided last on a place, or a question. Within one window a second decision there changes the first; two windows that do not know of each other
   * make two, and the later one counts. Datasets may bring several labels on one place: they stay.
   */
  readonly #latest = new Map<string, { readonly id: string; readonly act: string }>();
  readonly annotations = new Map<string, DecidedAnnotation>();
  readonly questions = new Map<string, DecidedQuestion>();
  readonly relations = new Map<string, DecidedRelation>();
  /** What was decided apart on the same words and gave way, with what counts there: relations go along. */
  readonly #gaveWay = new Map<string, string>();
  readonly adjudications = new Map<string, DecidedAdjudication>();
  readonly rejected: RejectedSuggestion[] = [];
  readonly reviewed: ReviewedRegion[] = [];
  readonly tokenized: TokenizedRegion[] = [];

  apply(event: DecisionEvent): void {
    switch (event.kind) {
      case "undone":
        return;
      case "reviewed":
        for (const region of event.regions) this.reviewed.push({ task: event.task, region });
        return;
      case "tokenized":
        append(this.tokenized, event.sentences);
        return;
      case "answered":
        this.#answered(event);
        return;
      case "adjudicated":
        this.#adjudicated(event);
        return;
      case "related":
        this.#related(event);
        return;
      case "rejected":
        this.#takeOverPlace(event, event.old, event.old.label);
        this.#reject(event, event.old);
        return;
      case "removed":
        this.annotations.delete(event.annotation);
        this.questions.delete(event.annotation);
        if (this.relations.delete(event.annotation)) return;
        if (this.adjudications.delete(event.annotation)) return;
        if (event.old !== undefined) this.#reject(event, event.old);
        return;
      default: {
        const earlier = this.annotations.get(event.annotation);
        // The decision that went along may have been undone, or another one brought back by undo.
        if (followsEdit(event) && !(earlier && "old" in event && same(earlier.value, event.old))) return;
        const replaces = [...(earlier?.replaces ?? []), ...(event.replaces ?? [])];
        for (const value of event.replaces ?? []) {
          if (differs(value, event.new)) this.#reject(event, value);
        }
        this.#gaveWay.delete(event.annotation);
        this.annotations.set(event.annotation, {
          id: event.annotation,
          task: event.task,
          value: event.new,
          // Text that was edited around a label is no decision about it: who decided stays.
          ...(followsEdit(event) && earlier !== undefined ? decidedBy(earlier) : decided(event, earlier)),
          replaces,
        });
        this.#takeOverPlace(event, event.new);
      }
    }
  }

  /** Of two decisions on one place the later one counts; of several classes of a text, of two on the same class. @param label as in {@link #takeOver} */
  #takeOverPlace(event: DecisionEvent & { readonly annotation: string }, value: LabelValue, label?: string): void {
    const place = placeKey(event.task, value);
    if (!("several" in event)) {
      this.#takeOver(event, place, label);
      return;
    }
    // The same class may have been decided while the label set had one a text.
    const before = this.#latest.get(place);
    const key = classKey(event.task, value);
    if (before !== undefined && !this.#latest.has(key)) this.#latest.set(key, before);
    this.#takeOver(event, key, value.label);
  }

  /** Of two decisions on one place, or question, made apart from each other, leaves the later one. @param label only if the earlier one says this */
  #takeOver(event: DecisionEvent & { readonly annotation: string }, key: string, label?: string): void {
    if (event.origin !== undefined) return;
    const { annotation: id, act, task } = event;
    const earlier = this.#latest.get(key);
    if (!followsEdit(event) || earlier === undefined) this.#latest.set(key, { id, act });
    if (earlier === undefined || earlier.id === id || earlier.act === act || followsEdit(event)) return;
    const value = this.annotations.get(earlier.id)?.value;
    const same = value !== undefined && (placeKey(task, value) === key || classKey(task, value) === key);
    if (same && (label ?? value.label) === value.label) {
      this.annotations.delete(earlier.id);
      if (event.kind !== "rejected") this.#gaveWay.set(earlier.id, id);
    }
    const related = this.relations.get(earlier.id);
    if (related !== undefined && relationKey(related) === key) this.relations.delete(earlier.id);
    const asked = this.questions.get(earlier.id);
    if (asked !== undefined && questionKey(asked) === key) this.questions.delete(earlier.id);
  }

  #answered(event: AnsweredEvent): void {
    if (followsEdit(event)) {
      const current = answersIn(this.questions.get(event.annotation)?.answers ?? "none");
      if (current.length === 0 || !allSame(current, event.old ?? [])) return;
    }
    for (const value of event.replaces ?? []) {
      if (event.new.every((answer) => differs(value, answer))) this.#reject(event, value);
    }
    const { annotation: id, question } = event;
    const earlier = this.questions.get(id);
    const replaces = [...(earlier?.replaces ?? []), ...(event.replaces ?? [])];
    const by = followsEdit(event) && earlier !== undefined ? decidedBy(earlier) : decided(event);
    const context = event.context ?? earlier?.context;
    const sourceId = event.sourceId ?? earlier?.sourceId;
    const asked: DecidedQuestion = {
      ...{ id, question, answers: answersSaid(event.new), ...by, replaces },
      ...(context && { context }),
      ...(sourceId !== undefined && { sourceId }),
    };
    this.questions.set(id, asked);
    this.#takeOver(event, questionKey(asked));
  }

  #related(event: RelatedEvent): void {
    const { annotation: id, task, type, from, to, attributes } = event;
    this.relations.set(id, { ...{ id, task, type, from, to }, ...(attributes && { attributes }), ...decided(event) });
    this.#takeOver(event, relationKey(event));
  }

  /** The relations of which both labels count: one comes back with its label. */
  joined(): ReadonlyMap<string, DecidedRelation> {
    const end = (id: string): string => {
      let at = id;
      // Whatever is decided on anew has no entry any more, so there is no circle.
      while (!this.annotations.has(at) && this.#gaveWay.has(at)) at = this.#gaveWay.get(at)!;
      return at;
    };
    const found = new Map<string, DecidedRelation>();
    for (const item of this.relations.values()) {
      const [from, to] = [end(item.from), end(item.to)];
      if (this.annotations.has(from) && this.annotations.has(to)) found.set(item.id, { ...item, from, to });
    }
    return found;
  }

  #adjudicated(event: AdjudicatedEvent): void {
    const { annotation: id, task, region, question, versions, chosen } = event;
    const earlier = this.adjudications.get(id);
    if (followsEdit(event) && !allSame(earlier?.labels, event.old ?? [])) return;
    const by = followsEdit(event) && earlier !== undefined ? decidedBy(earlier) : decided(event);
    this.adjudications.set(id, {
      ...{ id, event: event.id, task, labels: event.new, versions, ...by },
      ...(region && { region }),
      ...(question !== undefined && { question }),
      ...(chosen !== undefined && { chosen }),
    });
  }

  #reject(event: DecisionEvent, value: LabelValue): void {
    const question = "question" in event ? event.question : undefined;
    this.rejected.push({ task: event.task, value, ...decided(event), ...(question !== undefined && { question }) });
  }
}

/** The state of one person's events on one document, given in order of id. Decisions about declared layers are left out. Events that undo something unknown are without effect. */
export function reduce(all: readonly DecisionEvent[]): Decisions {
  const events = aboutTasks(all);
  const active = activeActs(events);
  const reducer = new Reducer();
  for (const event of events) if (active(event.act)) reducer.apply(event);
  const { annotations, questions, adjudications, rejected, reviewed, tokenized } = reducer;
  const relations = reducer.joined();
  return { annotations, questions, relations, adjudications, rejected, reviewed, tokenized, ...undoStacks(events) };
}
