/** What was read against what was decided before: new, the same, or in conflict. Offsets are UTF-16 code units. */
import { answersIn } from "../../documents/answers";
import type { DecidedAnswers } from "../../documents/answers";
import { attributesInOrder, saysAll, united, withAttributes } from "../../documents/attributes";
import type { ExactSpan, Label, Labelled, Question, Rejection, Relation } from "../../documents/labelled";
import { layerOf } from "../../documents/layers";
import { LABEL_TASKS, QUESTIONS, SPAN_TASKS, TASK_NAMES, isSpanTask } from "../../documents/tasks";
import type { LabelTask, QuestionTask, Task } from "../../documents/tasks";
import { addTo } from "../../text/grouped";
import { overlaps, sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { covered, mergeSpans } from "../../text/spans";
import { allowsSeveral } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import type { LabelledDocument } from "../document";
import { excerpt } from "../losses";

/** What to do about a conflict: keep what was decided before, take what was read and drop that, or have both. */
export type Choice = "mine" | "theirs" | "both";

/** One side of a conflict, for people. */
export interface Side {
  /** Absent: no label there. */
  readonly label?: string;
  readonly exact: string;
  readonly span?: Span;
  readonly author?: string;
}

/** What is written for a decision that was read. */
export type Incoming =
  | { readonly kind: "label"; readonly task: LabelTask; readonly item: Label }
  | { readonly kind: "rejection"; readonly task: Task; readonly item: Rejection }
  | { readonly kind: "question"; readonly task: QuestionTask; readonly item: Question };

/** A decision that was read and does not go with one made before. */
export interface Conflict {
  /** The same for the same files and workspace. */
  readonly id: string;
  readonly document: string;
  readonly task: Task;
  readonly mine: readonly Side[];
  readonly theirs: Side;
  readonly reason: string;
  readonly incoming: Incoming;
  /** Annotations and questions that `theirs` takes the place of. */
  readonly replaces: readonly string[];
}

/** What to write for one document. */
export interface Compared {
  readonly additions: readonly Incoming[];
  readonly conflicts: readonly Conflict[];
  /** Relations to write. Their labels are called as what was read calls them. */
  readonly relations: readonly Relation[];
  /** Annotations by what was read calls labels that were decided before already. */
  readonly known: ReadonlyMap<string, string>;
  /** Decisions that were made before already. */
  readonly same: number;
  /** Labels that were read more than once, on the same words: each counts once. */
  readonly twins: number;
  /** The same of relations. */
  readonly twinRelations: number;
  /** What was not reviewed before, by task. */
  readonly reviewed: readonly { readonly task: Task; readonly spans: readonly Span[] }[];
}

const at = ({ start, end }: Span): string => `${start}–${end}`;

/** A label for people, with what it says besides in its name. */
function withSaid<T extends Label>(item: T): T {
  const said = attributesInOrder(item.attributes).map(([name, value]) => `${name}: ${value}`);
  return { ...item, label: `${item.label} (${excerpt(said.join(", ")) || "no attributes"})` };
}

/** What is left of a list, without what is there more than once. */
interface WithoutTwins<T> {
  readonly left: readonly T[];
  readonly twins: number;
}

/**
 * What says the same as one, with the attributes of all, as long as these say nothing different of one name.
 * @param keyOf what it says, apart from its attributes
 * @param met what is made of one that is there already and one that says the same
 */
function withoutTwins<T extends Label | Relation>(
  all: readonly T[],
  keyOf: (item: T) => string,
  met: (known: T, again: T) => T = (known) => known,
): WithoutTwins<T> {
  const byKey = new Map<string, T[]>();
  let twins = 0;
  for (const item of all) {
    const known = byKey.get(keyOf(item)) ?? [];
    byKey.set(keyOf(item), known);
    const index = known.findIndex(({ attributes }) => united(attributes, item.attributes) !== undefined);
    const twin = known[index];
    if (twin === undefined) known.push(item);
    else {
      twins++;
      const says = withAttributes(Object.entries(united(twin.attributes, item.attributes)!));
      known[index] = { ...met(twin, item), ...says };
    }
  }
  return { left: [...byKey.values()].flat(), twins };
}

/** Labels of one name on the same words as one. @param called gets the ids of those that are left by the ids of their twins */
function withoutTwinLabels(all: readonly Label[], called: Map<string, string>): WithoutTwins<Label> {
  return withoutTwins(
    all,
    (item) => `${at(item)} ${item.label}`,
    (known, again) => {
      const id = known.id ?? again.id;
      if (again.id !== undefined) called.set(again.id, id!);
      return id === undefined ? known : { ...known, id };
    },
  );
}

const relationKey = ({ type, from, to }: Relation): string => JSON.stringify([type, from, to]);

class Comparer {
  readonly additions: Incoming[] = [];
  readonly conflicts: Conflict[] = [];
  readonly relations: Relation[] = [];
  readonly known = new Map<string, string>();
  same = 0;
  twins = 0;
  #mine: ReadonlyMap<string, readonly Relation[]> | undefined;
  readonly #seen = new Set<string>();

  constructor(
    private readonly mine: LabelledDocument,
    private readonly sets: Pick<LabelSets, "multiple">,
  ) {}

  label(task: LabelTask, item: Label): void {
    const { mine } = this;
    const incoming: Incoming = { kind: "label", task, item };
    const { labels, rejected, reviewed } = mine.layers[task];
    // Where a text may have several classes, one says nothing against another.
    const several = allowsSeveral(this.sets, task);
    const near = labels.filter((one) => overlaps(one, item) && (!several || one.label === item.label));
    const alike = near.filter((one) => sameSpan(one, item) && one.label === item.label);
    const same = alike.find(({ attributes }) => saysAll(attributes, item.attributes));
    if (same !== undefined) {
      this.same++;
      if (item.id !== undefined) this.known.set(item.id, same.id);
    } else if (alike.length > 0) {
      this.#conflict(
        incoming,
        task,
        alike.map(withSaid),
        withSaid(item),
        "other attributes",
        alike.map(({ id }) => id),
      );
    } else if (near.length > 0) {
      const reason = near.some((one) => sameSpan(one, item)) ? "another label" : "another span";
      this.#conflict(
        incoming,
        task,
        near,
        item,
        reason,
        near.map(({ id }) => id),
      );
    } else if (rejected.some((one) => sameSpan(one, item) && one.label === item.label)) {
      this.#conflict(incoming, task, [{ exact: item.exact }], item, "this label was rejected here before", []);
    } else if (isSpanTask(task) && covered(reviewed, item)) {
      this.#conflict(
        incoming,
        task,
        [{ exact: item.exact }],
        item,
        "this text was reviewed before and has no label here",
        [],
      );
    } else this.additions.push(incoming);
  }

  /** After all labels. One that says something else than mine of the same labels stands beside it. */
  relation(item: Relation): void {
    const [from, to] = [this.known.get(item.from), this.known.get(item.to)];
    const before =
      from === undefined || to === undefined ? [] : (this.#relations().get(relationKey({ ...item, from, to })) ?? []);
    if (before.some(({ attributes }) => saysAll(attributes, item.attributes))) this.same++;
    else this.relations.push(item);
  }

  #relations(): ReadonlyMap<string, readonly Relation[]> {
    if (this.#mine !== undefined) return this.#mine;
    const byKey = new Map<string, Relation[]>();
    for (const one of this.mine.relations ?? []) addTo(byKey, relationKey(one), [one]);
    return (this.#mine = byKey);
  }

  rejection(task: Task, item: Rejection): void {
    if (!this.#first(`not ${task} ${at(item)} ${item.label} ${item.question ?? ""}`)) return;
    const incoming: Incoming = { kind: "rejection", task, item };
    const { labels, rejected } = layerOf(this.mine.layers, task);
    const kept = labels.filter((one) => sameSpan(one, item) && one.label === item.label);
    const before = rejected.some((one) => sameSpan(one, item) && one.label === item.label);
    if (before) this.same++;
    else if (kept.length > 0) {
      const theirs = { exact: item.exact, span: item, ...(item.author !== undefined && { author: item.author }) };
      this.#conflict(
        incoming,
        task,
        kept,
        theirs,
        `${item.label} was rejected there`,
        kept.map(({ id }) => id),
      );
    } else this.additions.push(incoming);
  }

  question(item: Question): void {
    const key = (answers: DecidedAnswers<Span>): string => answersIn(answers).map(at).sort().join(" ");
    const about = item.context === undefined ? "" : at(item.context);
    if (!this.#first(`question ${item.question} ${key(item.answers)} ${about} ${item.id ?? ""}`)) return;
    const incoming: Incoming = { kind: "question", task: QUESTIONS, item };
    const mine = this.#sameQuestions(item);
    if (mine.length === 0) this.additions.push(incoming);
    else if (mine.some(({ answers }) => key(answers) === key(item.answers))) this.same++;
    else {
      const side = (answers: DecidedAnswers<ExactSpan>): string =>
        answers === "none" ? "no answer" : answers.map(({ exact }) => exact).join(" | ");
      const sides = mine.map(({ answers, author = "" }) => ({ label: side(answers), exact: item.question, author }));
      const theirs = {
        label: side(item.answers),
        exact: item.question,
        ...(item.author !== undefined && { author: item.author }),
      };
      this.#conflict(
        incoming,
        QUESTIONS,
        sides,
        theirs,
        "other answers",
        mine.map(({ id }) => id),
      );
    }
  }

  /** Those with its id, else those with its words about the same text. */
  #sameQuestions(item: Question): LabelledDocument["questions"] {
    const alike = this.mine.questions.filter(({ question }) => question.trim() === item.question.trim());
    const named = alike.filter(({ id, sourceId }) => item.id !== undefined && (sourceId ?? id) === item.id);
    if (named.length > 0) return named;
    const { context } = item;
    return alike.filter((one) => context === undefined || one.context === undefined || sameSpan(one.context, context));
  }

  #first(key: string): boolean {
    if (this.#seen.has(key)) {
      this.twins++;
      return false;
    }
    this.#seen.add(key);
    return true;
  }

  #conflict(
    incoming: Incoming,
    task: Task,
    mine: readonly (Side & Partial<Span>)[],
    theirs: Side & Partial<Span>,
    reason: string,
    replaces: readonly string[],
  ): void {
    const side = ({ label, exact, span, start, end, author }: Side & Partial<Span>): Side => ({
      ...(label !== undefined && { label }),
      exact,
      ...(start !== undefined && end !== undefined
        ? { span: { start, end } }
        : span && { span: { start: span.start, end: span.end } }),
      ...(author !== undefined && { author }),
    });
    const id = `${this.mine.path}#${this.conflicts.length + 1}`;
    const document = this.mine.path;
    this.conflicts.push({ id, document, task, mine: mine.map(side), theirs: side(theirs), reason, incoming, replaces });
  }
}

/** Regions in order, those with only white space between them as one: formats made of sentences do not have what is between. */
export function reviewedTogether(text: string, spans: readonly Span[]): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of mergeSpans(spans)) {
    const last = result.at(-1);
    if (last !== undefined && text.slice(last.end, start).trim() === "") last.end = end;
    else result.push({ start, end });
  }
  return result;
}

/** Compares what was read with one person's decisions on the same text. @param sets whether a text may have several classes */
export function compare(
  read: readonly Labelled[],
  mine: LabelledDocument,
  sets: Pick<LabelSets, "multiple"> = {},
): Compared {
  const comparer = new Comparer(mine, sets);
  const called = new Map<string, string>();
  for (const task of LABEL_TASKS) {
    const { left, twins } = withoutTwinLabels(
      read.flatMap(({ layers }) => layers[task].labels),
      called,
    );
    comparer.twins += twins;
    for (const item of left) comparer.label(task, item);
  }
  const end = (id: string): string => called.get(id) ?? id;
  const relations = withoutTwins(
    read.flatMap((part) => part.relations ?? []).map((one) => ({ ...one, from: end(one.from), to: end(one.to) })),
    relationKey,
  );
  for (const item of relations.left) comparer.relation(item);
  for (const { layers, questions } of read) {
    for (const item of questions) comparer.question(item);
    for (const task of TASK_NAMES) for (const item of layers[task].rejected) comparer.rejection(task, item);
  }
  const reviewed = SPAN_TASKS.flatMap((task) => {
    const found = reviewedTogether(
      mine.text,
      read.flatMap(({ layers }) => layers[task].reviewed),
    ).filter((span) => !covered(mine.layers[task].reviewed, span));
    return found.length === 0 ? [] : [{ task, spans: found }];
  });
  const { additions, conflicts, known, same, twins } = comparer;
  const twinRelations = relations.twins;
  return { additions, conflicts, relations: comparer.relations, known, same, twins, twinRelations, reviewed };
}
