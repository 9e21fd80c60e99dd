/** What is suggested in a document, by task, in order of position. Offsets are UTF-16 code units. */
import { makeQuote, shiftSpan } from "../text/anchors";
import { firstIndex } from "../text/search";
import type { Quote, Span } from "../text/span";
import { isQuestionTask, QUESTIONS } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { Alternative, ModelRef } from "../documents/labelled";
import type { SuggestedBy } from "./annotation";
import type { RepeatSuggestion, Suggestion, TextChange } from "./contract";
import { newId } from "./ids";

/** A suggestion in a document; `span` moves with edits. */
export interface StoredSuggestion {
  readonly id: string;
  readonly task: Task;
  readonly label: string;
  /** Absent where it repeats a decision: nothing computed it. */
  readonly score?: number;
  /** Absent where it repeats a decision. */
  readonly model?: ModelRef;
  readonly suggestedBy?: SuggestedBy;
  /** As it was when suggested. */
  readonly quote: Quote;
  readonly question?: string;
  readonly alternative?: Alternative;
  readonly entropy?: number;
  readonly sentenceEntropy?: number;
  span: Span;
}

type AnySuggestion = RepeatSuggestion & Partial<Suggestion>;

/** The suggestions of one document, all of the model or all repeats of decisions: without a model, what is put in is such. Those of a task do not overlap each other, except answers. */
export class Suggestions {
  readonly #lists = new Map<Task, StoredSuggestion[]>();
  readonly #byId = new Map<string, StoredSuggestion>();

  get(id: string): StoredSuggestion | undefined {
    return this.#byId.get(id);
  }

  /** Those of a task, in order; only those that share text with `region` if it is given. */
  list(task: Task, region?: Span): readonly StoredSuggestion[] {
    const list = this.#lists.get(task) ?? [];
    if (region === undefined) return list;
    if (isQuestionTask(task)) return list.filter(({ span }) => span.start < region.end && region.start < span.end);
    const [from, to] = this.#range(list, region);
    return list.slice(from, to);
  }

  /** Replaces those that share text with the region. Those that stay the same keep their id. */
  replace(text: string, task: Task, region: Span, found: readonly Suggestion[], model: ModelRef): void;
  replace(text: string, task: Task, region: Span, found: readonly RepeatSuggestion[]): void;
  replace(text: string, task: Task, region: Span, found: readonly AnySuggestion[], model?: ModelRef): void {
    const list = this.#lists.get(task) ?? [];
    // Around a region's edge the new list may lie beside what it replaces: its own extent counts too.
    const start = found.reduce((least, { start }) => Math.min(least, start), region.start);
    const end = found.reduce((most, { end }) => Math.max(most, end), region.end);
    const [from, to] = this.#range(list, { start, end });
    this.#put(text, task, list, from, to - from, found, model);
  }

  /** Replaces all answers by those to one question. */
  replaceAnswers(text: string, question: string, found: readonly Suggestion[], model: ModelRef): void {
    const list = this.#lists.get(QUESTIONS) ?? [];
    this.#put(text, QUESTIONS, list, 0, list.length, found, model, question);
  }

  clear(): void {
    this.#lists.clear();
    this.#byId.clear();
  }

  /** Moves everything by one edit; what was deleted whole is dropped. */
  shift(change: TextChange): void {
    for (const [task, list] of this.#lists) {
      let dropped = false;
      for (const item of list) {
        if (item.span.end <= change.start && item.span.end < change.end) continue;
        const span = shiftSpan(item.span, change);
        if (span === undefined) {
          dropped = true;
          this.#byId.delete(item.id);
        } else item.span = span;
      }
      if (dropped)
        this.#lists.set(
          task,
          list.filter(({ id }) => this.#byId.has(id)),
        );
    }
  }

  #range(list: readonly StoredSuggestion[], region: Span): [number, number] {
    const from = firstIndex(list, ({ span }) => span.end > region.start);
    const to = firstIndex(list, ({ span }) => span.start >= region.end);
    return [from, Math.max(from, to)];
  }

  #put(
    text: string,
    task: Task,
    list: StoredSuggestion[],
    from: number,
    count: number,
    found: readonly AnySuggestion[],
    model: ModelRef | undefined,
    question?: string,
  ): void {
    const key = (span: Span, label: string, of = question): string => `${span.start}:${span.end}:${label}:${of ?? ""}`;
    const before = new Map<string, string>();
    for (const item of list.slice(from, from + count)) {
      before.set(key(item.span, item.label, item.question), item.id);
      this.#byId.delete(item.id);
    }
    const items = [...found]
      .sort((a, b) => a.start - b.start || a.end - b.end)
      .map(({ start, end, label, score, alternative, entropy, sentenceEntropy }): StoredSuggestion => {
        const span = { start, end };
        const id = before.get(key(span, label)) ?? newId();
        const quote = makeQuote(text, span);
        const rest = {
          ...(question !== undefined && { question }),
          ...(alternative && { alternative }),
          ...(entropy !== undefined && { entropy }),
          ...(sentenceEntropy !== undefined && { sentenceEntropy }),
          ...(score !== undefined && { score }),
          ...(model === undefined ? { suggestedBy: "repeat" as const } : { model }),
        };
        return { id, task, label, quote, span, ...rest };
      });
    list.splice(from, count, ...items);
    for (const item of items) this.#byId.set(item.id, item);
    this.#lists.set(task, list);
  }
}
