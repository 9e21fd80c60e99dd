/** Imported decisions as events of the log. Offsets are UTF-16 code units. */
import { answersIn } from "../../documents/answers";
import type { Attributes } from "../../documents/attributes";
import type { ModelRef, Provenance, Relation, TokenizedSentence } from "../../documents/labelled";
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
  /** Annotations by what was read calls them. */
  readonly #called = new Map<string, string>();
  /** Annotations that took the place of mine, by these. */
  readonly #instead = new Map<string, string>();

  constructor(
    private readonly text: string,
    private readonly act: ImportAct,
  ) {}

  add(incoming: Incoming, replaced: readonly string[], mine: LabelledDocument): void {
    const { kind, task, item } = incoming;
    const by = this.#from(item);
    if (kind !== "question") for (const id of replaced) this.#remove(task, id, mine);
    if (kind === "label") {
      const annotation = newId();
      if (item.id !== undefined) this.#called.set(item.id, annotation);
      for (const id of replaced) this.#instead.set(id, annotation);
      const value = this.#value(item.label, item);
      const { model, score } = item;
      // A model's own score goes where the editor looks for it; a correction's belongs to what was suggested before.
      if (model !== undefined && score !== undefined) {
        this.#push({
          kind: "accepted",
          task,
          annotation,
          new: value,
          replaces: [{ ...this.#value(item.label, item), score }],
          ...by,
        });
      } else this.#push({ kind: "added", task, annotation, new: value, ...by });
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

  /** What was read calls a label of mine so. */
  know(called: string, id: string): void {
    this.#called.set(called, id);
  }

  /** Relations that were read. @returns those of labels that are not written, since mine were kept */
  related(relations: readonly Relation[]): Relation[] {
    return relations.filter((item) => {
      const [from, to] = [this.#called.get(item.from), this.#called.get(item.to)];
      if (from === undefined || to === undefined) return true;
      this.#relate(newId(), item, from, to, this.#from(item));
      return false;
    });
  }

  /** My relations of labels that others took the place of go on with these. */
  keepRelated({ relations = [] }: LabelledDocument): void {
    for (const item of relations) {
      const [from, to] = [item.from, item.to].map((id) => this.#instead.get(id) ?? id) as [string, string];
      if (from !== item.from || to !== item.to) this.#relate(item.id, item, from, to, this.#from(item));
    }
  }

  #relate(id: string, { type, attributes }: Relation, from: string, to: string, by: object): void {
    const says = attributes === undefined ? {} : { attributes };
    this.#push({ kind: "related", task: SPANS, annotation: id, type, from, to, ...says, ...by });
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

/** What is written to a log, and the relations that cannot be, since a label that they join gave way to mine. */
export interface Written {
  readonly events: readonly DecisionEvent[];
  readonly loose: readonly Relation[];
}

/** The events for one document and person: what is new, what conflicts were settled for, what was reviewed. */
export function importEvents(
  text: string,
  act: ImportAct,
  mine: LabelledDocument,
  compared: Compared,
  choose: (conflict: Conflict) => Choice,
  tokenized: readonly TokenizedSentence[] = [],
): Written {
  const maker = new EventMaker(text, act);
  for (const [called, id] of compared.known) maker.know(called, id);
  for (const incoming of compared.additions) maker.add(incoming, [], mine);
  const gone = new Set<string>();
  for (const conflict of compared.conflicts) {
    const choice = choose(conflict);
    if (choice === "mine") {
      const { item, kind } = conflict.incoming;
      const id = kind === "label" ? sameLabel(mine, conflict) : undefined;
      if (id !== undefined && item.id !== undefined) maker.know(item.id, id);
      continue;
    }
    const replaced = choice === "theirs" ? conflict.replaces.filter((id) => !gone.has(id)) : [];
    for (const id of replaced) gone.add(id);
    maker.add(conflict.incoming, replaced, mine);
  }
  const loose = maker.related(compared.relations);
  maker.keepRelated(mine);
  for (const { task, spans } of compared.reviewed) maker.reviewed(task, spans);
  maker.tokenized(tokenized);
  return { events: maker.events, loose };
}

/** Of a conflict about attributes alone, my label: it is what was read, too. */
function sameLabel(mine: LabelledDocument, { incoming: { task, item }, replaces }: Conflict): string | undefined {
  const alike = layerOf(mine.layers, task).labels.find(
    ({ id, start, end, label }) =>
      replaces.includes(id) && "label" in item && start === item.start && end === item.end && label === item.label,
  );
  return alike?.id;
}

/** Takes an import back in one log. */
export function undoEvent(act: string, author: string, task: Task): DecisionEvent {
  const id = newId();
  const time = new Date().toISOString();
  return { v: EVENT_VERSION, id, act: id, time, author, task, unit: "utf16", kind: "undone", undoes: act };
}
