/** What a decision means as events, given what is on the screen. Decides; does not act. Offsets are UTF-16 code units. */
import { lastingQuote, lastingQuotes } from "../text/quoting";
import { addTo, append } from "../text/grouped";
import { insidePair } from "../text/offsets";
import { overlaps, sameSpan } from "../text/span";
import { finish } from "../text/slices";
import type { Quote, Span } from "../text/span";
import { isLabelTask, isQuestionTask, QUESTIONS } from "../documents/tasks";
import type { ClassTask, LabelTask, Task } from "../documents/tasks";
import { adjudicated, amended } from "./adjudicate";
import { answersIn } from "../documents/answers";
import { attributesInOrder, saysAll, withAttributes } from "../documents/attributes";
import type { Attributes } from "../documents/attributes";
import { ANSWER_LABEL, beside, recorded } from "./annotation";
import type {
  Adjudication,
  AnsweredQuestion,
  Annotation,
  Beside,
  LabelValue,
  PlacedLabel,
  SuggestedBy,
  SuggestedValue,
} from "./annotation";
import type { ModelRef } from "../documents/labelled";
import { LabelsError } from "./contract";
import type { AdjudicationRequest, DocumentLabelling } from "./contract";
import type { DecisionEvent } from "./events";
import { newId } from "./ids";
import { allowsSeveral } from "./labelset";
import { anchorRegion } from "./regions";

type Stamp = "v" | "id" | "act" | "time" | "author" | "unit";
type Without<T> = T extends DecisionEvent ? Omit<T, Stamp> : never;

/** What of an event says which suggestions it takes the place of. */
interface Replaced {
  readonly replaces?: SuggestedValue[];
  readonly model?: ModelRef;
}

/** An event before it has an id, an act, a time and an author. */
export type Draft = Without<DecisionEvent>;

/** What events about a class say where a text may have several. */
export function besideOthers(task: Task, multiple: readonly ClassTask[]): { readonly several?: true } {
  return allowsSeveral({ multiple }, task) ? { several: true } : {};
}

/** Turns requests into drafts of events. Every method throws {@link LabelsError} as `DocumentLabelling` says. */
export class DecisionDrafts {
  /** By start and end of the span. */
  readonly #quotes = new Map<string, Quote>();

  constructor(
    private readonly text: string,
    private readonly labels: Pick<DocumentLabelling, "adjudications" | "annotations" | "get" | "questions">,
    /** Tasks of whose classes a text may have several. */
    private readonly multiple: readonly ClassTask[] = [],
  ) {}

  accept(ids: readonly string[]): Draft[] {
    const items = ids.map((id) => this.#suggested(id));
    this.#quoteAll(items.map(({ span }) => span));
    const answers = items.filter(({ task }) => isQuestionTask(task));
    const byQuestion = new Map<string, Span[]>();
    for (const { question = "", span } of answers) addTo(byQuestion, question, [span]);
    return [
      ...items.filter(({ task }) => isLabelTask(task)).map((item) => this.#accepted(item)),
      ...[...byQuestion].map(([question, spans]) => this.#answered(question, spans)),
    ];
  }

  reject(ids: readonly string[]): Draft[] {
    const items = ids.map((id) => this.#suggested(id));
    this.#quoteAll(items.map(({ span }) => span));
    return items.map((item) => {
      const { id, task, question } = item;
      const rest = { ...(question !== undefined && { question }), ...this.#on(item), ...this.#beside(task) };
      return { kind: "rejected", task, annotation: id, old: this.#value(item.label, item.span, item), ...rest };
    });
  }

  relabel(id: string, label: string): Draft[] {
    const item = this.#known(id);
    if (isQuestionTask(item.task)) throw new LabelsError("An answer has no label to change; resize or remove it.");
    if (item.status === "stale") {
      throw new LabelsError(`The text of "${item.quote.exact}" is gone: give it a new span, or remove it.`);
    }
    if (label === item.label) {
      if (item.status === "suggested") return [this.#accepted(item)];
      throw new LabelsError(`It is labelled ${label} already.`);
    }
    const settled = this.#settled(item);
    if (settled !== undefined)
      return [this.#amended(settled, item.id, [{ ...item.span, label: this.#label(label), ...beside(item) }])];
    if (this.#isThere(item.task, item.span, label)) throw new LabelsError(`It is labelled ${label} already.`);
    const replaced = item.status === "suggested" ? this.#on(item) : this.#model(item.model);
    const [old, now] = [this.#value(item.label, item.span, item), this.#value(this.#label(label), item.span, item)];
    const rest = { ...replaced, ...this.#beside(item.task) };
    return [{ kind: "relabelled", task: item.task, annotation: id, old, new: now, ...rest }];
  }

  relabelAll(ids: readonly string[], label: string): Draft[] {
    const items = ids.map((id) => this.#known(id)).filter((item) => item.label !== label);
    this.#quoteAll(items.filter(({ status }) => status !== "stale").map(({ span }) => span));
    const placeOf = ({ task, span }: Annotation): string => `${task} ${span.start} ${span.end}`;
    const there = new Set(
      this.labels.annotations({ status: "accepted" }).flatMap((item) => (item.label === label ? [placeOf(item)] : [])),
    );
    const settled = new Map<Adjudication, Annotation[]>();
    const drafts: Draft[] = [];
    for (const item of items) {
      const of = item.status === "stale" ? undefined : this.#settled(item);
      if (of !== undefined) addTo(settled, of, [item]);
      // A dataset may bring several labels of one place: of these one is left.
      else if (item.status === "accepted" && there.has(placeOf(item))) append(drafts, this.remove([item.id]));
      else append(drafts, this.relabel(item.id, label));
      there.add(placeOf(item));
    }
    // What settles one disagreement is said at once: a second event would not know of the first.
    for (const [of, some] of settled) {
      const now = some.map((item) => ({ ...item.span, label: this.#label(label), ...beside(item) }));
      drafts.push(this.#amended(of, new Set(some.map(({ id }) => id)), now));
    }
    return drafts;
  }

  /** What a label says beside its name: all of it. It is written as the same label anew, which earlier versions read, too. */
  say(id: string, attributes: Attributes | undefined): Draft[] {
    const item = this.#known(id);
    if (isQuestionTask(item.task)) throw new LabelsError("An answer has no attributes.");
    if (item.status === "stale") {
      throw new LabelsError(`The text of "${item.quote.exact}" is gone: give it a new span, or remove it.`);
    }
    if (item.adjudication !== undefined)
      throw new LabelsError(
        `"${item.quote.exact}" settles a disagreement: give the attribute to the label as you have it.`,
      );
    const says = withAttributes(attributesInOrder(attributes));
    if (saysAll(item.attributes, attributes) && saysAll(attributes, item.attributes))
      throw new LabelsError("The label says so already.");
    const saying = ({ label, span, quote, further }: LabelValue): LabelValue => ({
      ...{ label, span, quote },
      ...(further && { further }),
      ...says,
    });
    if (item.status === "suggested") {
      const accepted = this.#accepted(item);
      return [accepted.kind === "accepted" ? { ...accepted, new: saying(accepted.new) } : accepted];
    }
    const [old, now] = [this.#value(item.label, item.span, item), this.#value(item.label, item.span, item)];
    const rest = { ...this.#model(item.model), ...this.#beside(item.task) };
    return [{ kind: "relabelled", task: item.task, annotation: id, old, new: saying(now), ...rest }];
  }

  resize(id: string, span: Span): Draft[] {
    const item = this.#known(id);
    this.#check(span);
    const same = sameSpan(span, item.span);
    if (same && item.status === "suggested") return this.accept([id]);
    if (same && item.status === "accepted") throw new LabelsError("It has exactly this span already.");
    if (isQuestionTask(item.task)) {
      const question = item.question ?? "";
      const decided = this.#questionOf(id) ?? this.#question(question);
      if (item.status === "suggested" || decided === undefined) return [this.#answered(question, [span])];
      const spans = answersIn(decided.answers).filter((answer) => answer.status === "accepted" || answer.id === id);
      const now = spans.map((answer) => (answer.id === id ? span : answer.span));
      return [this.#answered(question, now, new Set([id]), decided)];
    }
    const settled = this.#settled(item);
    if (settled !== undefined)
      return [this.#amended(settled, id, [{ ...span, label: item.label, ...beside(item) }], span)];
    if (this.#adjudicationAt(item.task, span) !== undefined) {
      throw new LabelsError("That text is settled by an adjudication: change its label there, or undo it.");
    }
    const over = this.#drawnOver(item.task, span, item.label, id);
    const from = item.status === "suggested" ? this.#on(item, over) : this.#from(over, item.model);
    const replaced = { ...from, ...this.#beside(item.task) };
    const old = item.status === "stale" ? recorded(item) : this.#value(item.label, item.span, item);
    return [
      { kind: "resized", task: item.task, annotation: id, old, new: this.#value(item.label, span, item), ...replaced },
    ];
  }

  add(task: LabelTask, span: Span, label: string): Draft[] {
    this.#check(span);
    const there = this.labels
      .annotations({ task, region: span })
      .find((item) => sameSpan(item.span, span) && (item.label === label || !this.#severalOf(task)));
    if (there !== undefined) return this.relabel(there.id, label);
    const settled = this.#adjudicationAt(task, span);
    if (settled !== undefined)
      return [this.#amended(settled, undefined, [{ ...span, label: this.#label(label) }], span)];
    const value = this.#value(this.#label(label), span);
    const rest = { ...this.#from(this.#drawnOver(task, span, label)), ...this.#beside(task) };
    return [{ kind: "added", task, annotation: newId(), new: value, ...rest }];
  }

  addAll(task: LabelTask, spans: readonly Span[], label: string): Draft[] {
    for (const span of spans) this.#check(span);
    this.#quoteAll(spans);
    return spans.flatMap((span) => this.add(task, span, label));
  }

  remove(ids: readonly string[]): Draft[] {
    const drafts: Draft[] = [];
    const gone = new Map<AnsweredQuestion, Set<string>>();
    for (const id of ids) {
      const question = this.#questionOf(id);
      if (question !== undefined) {
        const removed = gone.get(question) ?? new Set();
        for (const answer of answersIn(question.answers))
          if (id === question.id || id === answer.id) removed.add(answer.id);
        gone.set(question, removed);
        continue;
      }
      const item = this.#known(id);
      if (item.status === "suggested") throw new LabelsError("This is a suggestion: reject it instead.");
      const settled = this.#settled(item);
      if (settled !== undefined) {
        drafts.push(this.#amended(settled, new Set(ids), []));
        continue;
      }
      const old = item.status === "stale" ? recorded(item) : this.#value(item.label, item.span, item);
      drafts.push({ kind: "removed", task: item.task, annotation: id, old, ...this.#model(item.model) });
    }
    for (const [question, removed] of gone) {
      const kept = answersIn(question.answers).filter(({ id }) => !removed.has(id));
      const placed = kept.flatMap(({ status, span }) => (status === "accepted" ? [span] : []));
      drafts.push(
        kept.length > 0 ? this.#answered(question.question, placed, removed, question) : this.#withdrawn(question),
      );
    }
    return drafts;
  }

  answer(question: string, spans: readonly Span[]): Draft[] {
    if (question.trim() === "") throw new LabelsError("The question is empty: type one.");
    for (const span of spans) this.#check(span);
    return [this.#answered(question, spans)];
  }

  reviewed(spans: readonly Span[], tasks: readonly Task[]): Draft[] {
    const regions = spans.flatMap((span) => anchorRegion(this.text, span));
    if (regions.length === 0) return [];
    return tasks.map((task) => ({ kind: "reviewed", task, regions }));
  }

  adjudicate(request: AdjudicationRequest): Draft[] {
    const { task, region, question, labels } = request;
    for (const { start, end, label } of labels) {
      this.#check({ start, end });
      if (isLabelTask(task)) this.#label(label);
    }
    if (isLabelTask(task)) this.#check(region);
    else if (question === undefined || question.trim() === "") throw new LabelsError("The question is empty.");
    const before = isQuestionTask(task)
      ? this.labels.adjudications().find((item) => item.question?.trim() === question?.trim())
      : this.#adjudicationAt(task, region);
    return [adjudicated(this.text, request, before)];
  }

  #settled(item: Annotation): Adjudication | undefined {
    return this.labels.adjudications().find(({ id }) => id === item.adjudication);
  }

  #adjudicationAt(task: Task, span: Span): Adjudication | undefined {
    return this.labels.adjudications().find((item) => item.task === task && item.region && overlaps(item.region, span));
  }

  /** The adjudication with some of its labels taken away and others put in; `more` is text that becomes part of it. */
  #amended(
    before: Adjudication,
    without: string | ReadonlySet<string> | undefined,
    labels: readonly PlacedLabel[],
    more?: Span,
  ): Draft {
    const gone = typeof without === "string" ? new Set([without]) : without;
    const kept = before.labels
      .filter(({ id, status }) => status === "accepted" && !gone?.has(id))
      .map((item) => ({ ...item.span, label: item.label, ...beside(item) }));
    const region = [...(before.region ? [before.region] : []), ...(more ? [more] : [])];
    const start = Math.min(...region.map((span) => span.start));
    const end = Math.max(...region.map((span) => span.end));
    return amended(this.text, before, [...kept, ...labels], { start, end });
  }

  #accepted(item: Annotation): Draft {
    const value = this.#value(item.label, item.span, item);
    const rest = { ...this.#on(item), ...this.#beside(item.task) };
    return { kind: "accepted", task: item.task, annotation: item.id, new: value, ...rest };
  }

  /** `except`: a change of some answers, which leaves others that are stale as they are; without it `spans` are all there are. */
  #answered(
    question: string,
    spans: readonly Span[],
    except?: ReadonlySet<string>,
    before: AnsweredQuestion | undefined = this.#question(question),
  ): Draft {
    const settled = this.labels.adjudications().find(({ id }) => id === before?.adjudication);
    const stayed = except ? staleOnes(before, except) : [];
    const answered = before && answersIn(before.answers);
    if (settled !== undefined) {
      const labels = spans.map((span) => ({ ...span, label: ANSWER_LABEL, ...beside(answered?.find(at(span)) ?? {}) }));
      const draft = amended(this.text, settled, labels);
      return { ...draft, new: [...draft.new, ...stayed] };
    }
    const shown = this.labels.annotations({ task: QUESTIONS, status: "suggested" });
    const same = shown.filter((item) => item.question?.trim() === question.trim());
    return {
      kind: "answered",
      task: QUESTIONS,
      annotation: before?.id ?? newId(),
      question: question.trim(),
      ...(answered && { old: answered.map((answer) => this.#current(answer)) }),
      new: [...spans.map((span) => this.#value(ANSWER_LABEL, span, answered?.find(at(span)))), ...stayed],
      ...this.#from(same, answered?.[0]?.model),
    };
  }

  #withdrawn(question: AnsweredQuestion): Draft {
    const [first] = answersIn(question.answers);
    return {
      kind: "removed",
      task: QUESTIONS,
      annotation: question.id,
      question: question.question,
      ...(first && { old: this.#current(first) }),
    };
  }

  #current(item: Annotation): LabelValue {
    return item.status === "stale" ? recorded(item) : this.#value(item.label, item.span, item);
  }

  /** By its own id, or by that of one of its answers: the same words may be asked of several paragraphs. */
  #questionOf(id: string): AnsweredQuestion | undefined {
    return this.labels
      .questions()
      .find((item) => item.id === id || answersIn(item.answers).some((answer) => answer.id === id));
  }

  #question(question: string): AnsweredQuestion | undefined {
    return this.labels.questions().find((item) => item.question.trim() === question.trim());
  }

  /** Suggestions that the label takes the place of: where a text may have several classes, those of the same one. */
  #drawnOver(task: Task, span: Span, label: string, except?: string): Annotation[] {
    const shown = this.labels.annotations({ task, region: span, status: "suggested" });
    const beside = (item: Annotation): boolean => this.#severalOf(task) && item.label !== label;
    return shown.filter((item) => item.id !== except && overlaps(item.span, span) && !beside(item));
  }

  #severalOf(task: Task): boolean {
    return allowsSeveral({ multiple: this.multiple }, task);
  }

  #beside(task: Task): { readonly several?: true } {
    return besideOthers(task, this.multiple);
  }

  /** Whether one of several classes is decided on this text already. */
  #isThere(task: Task, span: Span, label: string): boolean {
    if (!this.#severalOf(task)) return false;
    const decided = this.labels.annotations({ task, region: span, status: "accepted" });
    return decided.some((item) => item.label === label && sameSpan(item.span, span));
  }

  /** What a decision says of the suggestions it takes the place of. What repeats a decision is not the model's, and counts for nothing that the model said. */
  #from(items: readonly Annotation[], otherwise?: ModelRef): Replaced {
    const own = items.filter(({ suggestedBy }) => suggestedBy === undefined);
    if (own.length === 0) return this.#model(otherwise);
    const replaces = own.map((item) => ({ ...this.#value(item.label, item.span, item), score: item.score ?? 0 }));
    return { replaces, ...this.#model(own[0]?.model) };
  }

  /** The same of a decision on one suggestion. @param over others, which it is drawn over */
  #on(item: Annotation, over: readonly Annotation[] = []): Replaced & { suggestedBy?: SuggestedBy } {
    const { suggestedBy } = item;
    return { ...this.#from([item, ...over]), ...(suggestedBy !== undefined && { suggestedBy }) };
  }

  #model(model: ModelRef | undefined): { model?: ModelRef } {
    return model === undefined ? {} : { model };
  }

  /** `of`: the label that this is another state of. */
  #value(label: string, { start, end }: Span, of: Beside = {}): LabelValue {
    return { label, span: { start, end }, quote: this.#quote({ start, end }), ...beside(of) };
  }

  /** Quotes many labels in the few passes over the text that one takes. */
  #quoteAll(spans: readonly Span[]): void {
    const quotes = finish(lastingQuotes(this.text, spans));
    for (const [index, { start, end }] of spans.entries()) this.#quotes.set(`${start}:${end}`, quotes[index]!);
  }

  #quote(span: Span): Quote {
    const key = `${span.start}:${span.end}`;
    const quote = this.#quotes.get(key) ?? lastingQuote(this.text, span);
    this.#quotes.set(key, quote);
    return quote;
  }

  #label(label: string): string {
    if (label.trim() === "") throw new LabelsError("The label is empty: choose one.");
    return label;
  }

  #known(id: string): Annotation {
    const item = this.labels.get(id);
    if (item === undefined)
      throw new LabelsError("This label is not there any more; the text or the suggestions changed.");
    return item;
  }

  #suggested(id: string): Annotation {
    const item = this.#known(id);
    if (item.status !== "suggested") throw new LabelsError("This is decided already; undo or remove it instead.");
    return item;
  }

  #check({ start, end }: Span): void {
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end <= this.text.length)) {
      throw new LabelsError(`The span ${start}–${end} lies outside the text (0–${this.text.length}).`);
    }
    if (start >= end) throw new LabelsError("The span is empty: select some text.");
    if (insidePair(this.text, start) || insidePair(this.text, end))
      throw new LabelsError("The span cuts a character in two.");
  }
}

function staleOnes(before: AnsweredQuestion | undefined, except: ReadonlySet<string>): LabelValue[] {
  const list = before === undefined ? [] : answersIn(before.answers);
  return list.filter(({ id, status }) => status === "stale" && !except.has(id)).map(recorded);
}

/** Whether an annotation is on exactly this span. */
function at({ start, end }: Span): (item: Annotation) => boolean {
  return ({ span, status }) => status !== "stale" && sameSpan(span, { start, end });
}
