/** Imported decisions as events of the log. Offsets are UTF-16 code units. */
import { answersIn } from "../../documents/answers";
import type { Attributes } from "../../documents/attributes";
import type { ModelRef, Provenance, TokenizedSentence } from "../../documents/labelled";
import { layerOf } from "../../documents/layers";
import { SPANS } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Span } from "../../text/span";
import { ANSWER_LABEL } from "../../labels/annotation";
import type { LabelValue, Origin } from "../../labels/annotation";
import { EVENT_VERSION } from "../../labels/events";
import type { DecisionEvent, TokenizedRegion } from "../../labels/events";
import { newId } from "../../labels/ids";
import { anchor, anchorRegion } from "../../labels/regions";
import { lastingQuote } from "../../text/quoting";
import type { LabelledDocument } from "../document";
import type { Choice, Compared, Conflict, Incoming } from "./conflicts";

/** What all events of an import share. */
export interface ImportAct {
  /** One id for the whole import, over all documents: undo takes it back as a whole. */
  readonly act: string;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly format: string;
}

/** A line of a log stays of a size that any program reads. */
const SENTENCES_A_LINE = 500;

type Draft<T> = T extends DecisionEvent ? Omit<T, "v" | "id" | "act" | "time" | "author" | "unit"> : never;

class EventMaker {
  readonly events: DecisionEvent[] = [];

  constructor(
    private readonly text: string,
    private readonly act: ImportAct,
  ) {}

  add(incoming: Incoming, replaced: readonly string[], mine: LabelledDocument): void {
    const { kind, task, item } = incoming;
    const by = this.#from(item);
    if (kind !== "question") for (const id of replaced) this.#remove(task, id, mine);
    if (kind === "label") {
      const value = this.#value(item.label, item);
      const { model, score } = item;
      // A model's own score goes where the editor looks for it; a correction's belongs to what was suggested before.
      if (model !== undefined && score !== undefined) {
        this.#push({
          kind: "accepted",
          task,
          annotation: newId(),
          new: value,
          replaces: [{ ...this.#value(item.label, item), score }],
          ...by,
        });
      } else this.#push({ kind: "added", task, annotation: newId(), new: value, ...by });
      return;
    }
    if (kind === "rejection") {
      const question = item.question === undefined ? {} : { question: item.question };
      // What was mine and is wrong now was removed above, which rejects it as well.
      if (replaced.length > 0) return;
      this.#push({
        kind: "rejected",
        task,
        annotation: newId(),
        old: this.#value(item.label, item),
        ...question,
        ...by,
      });
      return;
    }
    const [id = newId(), ...more] = replaced;
    for (const other of more) this.#push({ kind: "removed", task, annotation: other, question: item.question });
    const none = item.answers === "none" ? item.plausible : [];
    const replaces = none.map((span) => ({ ...this.#value(ANSWER_LABEL, span), score: item.score ?? 0 }));
    const answers = answersIn(item.answers).map((answer) => this.#value(ANSWER_LABEL, answer));
    this.#push({
      ...{ kind: "answered", task, annotation: id, question: item.question, new: answers, ...by },
      ...(item.context && { context: anchor(this.text, item.context) }),
      ...(item.id !== undefined && item.id !== "" && { sourceId: item.id }),
      ...(replaces.length > 0 && { replaces }),
    });
  }

  reviewed(task: Task, spans: readonly Span[]): void {
    const regions = spans.flatMap((span) => anchorRegion(this.text, span));
    if (regions.length > 0) this.#push({ kind: "reviewed", task, regions, origin: { format: this.act.format } });
  }

  tokenized(sentences: readonly TokenizedSentence[]): void {
    for (let from = 0; from < sentences.length; from += SENTENCES_A_LINE) {
      const some = sentences.slice(from, from + SENTENCES_A_LINE).map(({ start, end, words }): TokenizedRegion => ({
        ...anchor(this.text, { start, end }),
        words: words.flatMap((word) => [word.start - start, word.end - start]),
      }));
      this.#push({ kind: "tokenized", task: SPANS, sentences: some, origin: { format: this.act.format } });
    }
  }

  #remove(task: Task, id: string, mine: LabelledDocument): void {
    const before = layerOf(mine.layers, task).labels.find((one) => one.id === id);
    this.#push({ kind: "removed", task, annotation: id, ...(before && { old: this.#value(before.label, before) }) });
  }

  #value(label: string, { start, end, attributes }: Span & { readonly attributes?: Attributes }): LabelValue {
    const says = attributes === undefined ? {} : { attributes };
    return { label, span: { start, end }, quote: lastingQuote(this.text, { start, end }), ...says };
  }

  #from({ author, time, model, score }: Provenance): { readonly origin: Origin; readonly model?: ModelRef } {
    const origin: Origin = {
      format: this.act.format,
      ...(author !== undefined && author.trim() !== "" && { author }),
      ...(time !== undefined && { time }),
      ...(score !== undefined && { score }),
    };
    return { origin, ...(model && { model }) };
  }

  #push(draft: Draft<DecisionEvent>): void {
    const { act, author, time } = this.act;
    this.events.push({ v: EVENT_VERSION, id: newId(), act, time, author, unit: "utf16", ...draft });
  }
}

/** The events for one document and person: what is new, what conflicts were settled for, what was reviewed. */
export function importEvents(
  text: string,
  act: ImportAct,
  mine: LabelledDocument,
  compared: Compared,
  choose: (conflict: Conflict) => Choice,
  tokenized: readonly TokenizedSentence[] = [],
): DecisionEvent[] {
  const maker = new EventMaker(text, act);
  for (const incoming of compared.additions) maker.add(incoming, [], mine);
  const gone = new Set<string>();
  for (const conflict of compared.conflicts) {
    const choice = choose(conflict);
    if (choice === "mine") continue;
    const replaced = choice === "theirs" ? conflict.replaces.filter((id) => !gone.has(id)) : [];
    for (const id of replaced) gone.add(id);
    maker.add(conflict.incoming, replaced, mine);
  }
  for (const { task, spans } of compared.reviewed) maker.reviewed(task, spans);
  maker.tokenized(tokenized);
  return maker.events;
}

/** Takes an import back in one log. */
export function undoEvent(act: string, author: string, task: Task): DecisionEvent {
  const id = newId();
  const time = new Date().toISOString();
  return { v: EVENT_VERSION, id, act: id, time, author, task, unit: "utf16", kind: "undone", undoes: act };
}
