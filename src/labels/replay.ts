/** The one way from a log to a text: what was decided, and where that is now. Offsets are UTF-16 code units. */
import { answersIn, answersLeft, mapAnswers } from "../documents/answers";
import type { Rejection, StaleLabel, TokenizedSentence } from "../documents/labelled";
import { isQuestionTask, QUESTIONS } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { Steps } from "../text/slices";
import { quoted } from "../text/span";
import type { Span } from "../text/span";
import { mergeSpans } from "../text/spans";
import type {
  Adjudication,
  Annotation,
  AnsweredQuestion,
  Beside,
  DecidedBy,
  LabelValue,
  PlacedRelation,
  PlacedVersion,
} from "./annotation";
import { aboutTasks } from "./events";
import { decidedBy } from "./annotation";
import type { DecisionEvent } from "./events";
import { Positions } from "./positions";
import { provenance } from "./provenance";
import { reduce } from "./state";
import type { DecidedAdjudication, DecidedQuestion, Decisions } from "./state";

/** One person's decisions on a text. What is gone from it is there as well: it is stale. */
export class Replay {
  constructor(
    readonly decisions: Decisions,
    readonly positions: Positions,
  ) {}

  /** The person's own labels, in order of decision; answers are those of {@link questions}. */
  annotations(): Annotation[] {
    return [...this.decisions.annotations.values()].map((item) =>
      this.#place(item.id, item.task, item.value, item, item.replaces[0]?.score),
    );
  }

  /** The person's own relations, in order of decision. */
  relations(): PlacedRelation[] {
    const { annotations, relations } = this.decisions;
    const placed = new Map<string, Annotation>();
    const label = (id: string): Annotation => {
      const { task, value, replaces, ...by } = annotations.get(id)!;
      const known = placed.get(id) ?? this.#place(id, task, value, by, replaces[0]?.score);
      placed.set(id, known);
      return known;
    };
    return [...relations.values()].map(({ id, type, from, to, attributes, ...by }) => ({
      ...{ id, type, from: label(from), to: label(to) },
      ...(attributes && { attributes }),
      ...decidedBy(by),
    }));
  }

  /** The person's own questions, in order of decision. */
  questions(): AnsweredQuestion[] {
    return [...this.decisions.questions.values()].map((item): AnsweredQuestion => {
      const { id, question, replaces } = item;
      const answers = mapAnswers(item.answers, (value, index) => ({
        ...this.#place(`${id}.${index}`, QUESTIONS, value, item),
        question,
      }));
      const plausible = replaces.flatMap((value) => this.positions.at(value) ?? []);
      return {
        ...{ id, question, answers, plausible, ...decidedBy(item) },
        ...(item.sourceId !== undefined && { sourceId: item.sourceId }),
        ...(item.context && { context: this.positions.context(item.context) ?? "gone" }),
      };
    });
  }

  /** The adjudications whose text is there, in order of their first event; of two on the same text both are here ({@link inForce}). */
  adjudications(): Adjudication[] {
    return [...this.decisions.adjudications.values()].flatMap((item): Adjudication[] => {
      const region = item.region && this.positions.at(item.region);
      if (region === undefined && item.question === undefined) return [];
      const { id, event, task, author, time, question, chosen } = item;
      const of = question === undefined ? {} : { question };
      const labels = item.labels.map((value, index) => ({
        ...this.#place(`${id}.${index}`, task, value, { author, time }),
        ...of,
        adjudication: id,
      }));
      return [
        {
          ...{ id, event, task, author, time, labels, versions: this.#versions(item), ...of },
          ...(question === undefined && { region: region! }),
          ...(chosen !== undefined && { chosen }),
        },
      ];
    });
  }

  /** Suggestions that the person rejected for a task, as far as their text is there. */
  rejected(task: Task, text: string): Rejection[] {
    const found = this.decisions.rejected.flatMap((item): Rejection[] => {
      const span = item.task === task ? this.positions.at(item.value) : undefined;
      if (span === undefined) return [];
      const { value, question } = item;
      const score = "score" in value ? (value.score as number) : undefined;
      return [
        {
          ...quoted(text, span),
          label: value.label,
          ...provenance(item, score),
          ...(question !== undefined && { question }),
        },
      ];
    });
    return found;
  }

  /** What was reviewed for a task, merged, in order. */
  reviewed(task: Task): readonly Span[] {
    const mine = this.decisions.reviewed.filter((item) => item.task === task);
    return mergeSpans(mine.flatMap(({ region }) => this.positions.region(region)));
  }

  /** Sentences of imported datasets whose text is as it was, the latest first. */
  tokenized(): TokenizedSentence[] {
    return this.decisions.tokenized.toReversed().flatMap((sentence) => {
      const { span, words: edges } = sentence;
      const [now, ...more] = this.positions.region(sentence);
      if (now === undefined || more.length > 0 || now.end - now.start !== span.end - span.start) return [];
      const words: Span[] = [];
      for (let at = 0; at < edges.length; at += 2)
        words.push({ start: now.start + edges[at]!, end: now.start + edges[at + 1]! });
      return [{ ...now, words }];
    });
  }

  /** How many of the person's own labels and answers are gone. */
  get lost(): number {
    const { annotations, questions } = this.decisions;
    const values = [
      ...[...annotations.values()].map(({ value }) => value),
      ...[...questions.values()].flatMap(({ answers }) => answersIn(answers)),
    ];
    return values.filter((value) => this.positions.at(value) === undefined).length;
  }

  /** Decisions for a task whose text is gone; labels of an adjudication also where the disputed text is. */
  stale(task: Task, text: string): StaleLabel[] {
    const { annotations, questions, rejected, adjudications } = this.decisions;
    const gone = (value: LabelValue): boolean => this.positions.at(value) === undefined;
    const of = <T extends { readonly task: Task }>(list: Iterable<T>): T[] =>
      [...list].filter((item) => item.task === task);
    const asked = isQuestionTask(task) ? [...questions.values()] : [];
    return [
      ...of(annotations.values()).flatMap(({ value }) => (gone(value) ? [this.#stale(value, text)] : [])),
      ...asked.flatMap(({ answers }) => answersIn(answers).filter(gone)).map((value) => this.#stale(value, text)),
      ...asked.filter((item) => this.#contextGone(item)).map(staleQuestion),
      ...of(rejected).flatMap(({ value }) =>
        gone(value) ? [{ ...this.#stale(value, text), rejected: true as const }] : [],
      ),
      ...of(adjudications.values()).flatMap(({ region, labels }) =>
        labels
          .filter((value) => gone(value) || (region !== undefined && this.positions.at(region) === undefined))
          .map((value) => this.#stale(value, text)),
      ),
    ];
  }

  /** Whether somebody said that a text does not answer it which is there no more. */
  #contextGone({ answers, context }: DecidedQuestion): boolean {
    return answers === "none" && context !== undefined && this.positions.context(context) === undefined;
  }

  /** Looks for where all that is gone may be. */
  *seeking(): Steps<void> {
    const { annotations, questions, rejected, adjudications } = this.decisions;
    const values = [
      ...[...annotations.values(), ...rejected].map(({ value }) => value),
      ...[...questions.values()].flatMap(({ answers }) => answersIn(answers)),
      ...[...adjudications.values()].flatMap(({ labels }) => labels),
    ];
    // Asking for proposals has them looked for.
    for (const value of values) this.positions.proposal(value);
    yield* this.positions.searching();
  }

  #versions({ question, versions }: DecidedAdjudication): PlacedVersion[] {
    return versions.flatMap(({ author, values }): PlacedVersion[] => {
      const labels = values.flatMap((value) => {
        const span = this.positions.at(value);
        return span === undefined ? [] : [{ ...span, label: value.label, ...this.#beside(value) }];
      });
      // Whose answers are all gone did not say that there is none.
      return question !== undefined && answersLeft(values, labels) === undefined ? [] : [{ author, labels }];
    });
  }

  #place(id: string, task: Task, value: LabelValue, by: DecidedBy, score?: number): Annotation {
    const span = this.positions.at(value);
    const proposal = this.positions.proposal(value);
    return {
      id,
      task,
      span: span ?? this.positions.last(value),
      quote: value.quote,
      label: value.label,
      ...this.#beside(value),
      status: span === undefined ? "stale" : "accepted",
      ...decidedBy(by),
      ...(proposal && { proposal }),
      ...(this.positions.unsought(value) && { unsought: true as const }),
      ...(score !== undefined && { score }),
    };
  }

  /** What a label says besides, its further stretches where they are now. */
  #beside({ attributes, further }: LabelValue): Beside {
    if (attributes === undefined && further === undefined) return {};
    const now = further?.map((part) => ({
      span: this.positions.at(part) ?? this.positions.last(part),
      quote: part.quote,
    }));
    return { ...(attributes && { attributes }), ...(now && { further: now }) };
  }

  #stale(value: LabelValue, text: string): StaleLabel {
    const proposal = this.positions.proposal(value);
    const of = { label: value.label, exact: value.quote.exact, span: this.positions.last(value) };
    return { ...of, ...(proposal && { proposal: quoted(text, proposal) }) };
  }
}

/** A question without an answer in a text that is gone. */
function staleQuestion({ question, context }: DecidedQuestion): StaleLabel {
  return { label: "no answer", exact: question, span: context!.span };
}

/** Starts with one person's events, in order of id, on a text: what can be found within `atOnce` milliseconds is found. */
export function startReplay(events: readonly DecisionEvent[], text: string, atOnce: number): Replay {
  const positions = new Positions(atOnce);
  for (const event of aboutTasks(events)) positions.track(event, text);
  positions.locate(text);
  return new Replay(reduce(events), positions);
}

/** One person's events, in order of id, on a text. */
export function* replaying(events: readonly DecisionEvent[], text: string): Steps<Replay> {
  const replay = startReplay(events, text, 0);
  yield* replay.positions.searching();
  return replay;
}
