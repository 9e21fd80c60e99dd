/** What was read against what was decided before: new, the same, or in conflict. Offsets are UTF-16 code units. */
import { answersIn } from "../../documents/answers";
import type { DecidedAnswers } from "../../documents/answers";
import { covered, mergeSpans } from "../../text/spans";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import type { LabelTask, Task } from "../../documents/tasks";
import type { Aligned } from "./align";
import type { LabelledDocument } from "../document";
import type { ReadLabel, ReadQuestion, ReadRejection } from "../format";

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
  | { readonly kind: "label"; readonly task: LabelTask; readonly item: ReadLabel }
  | { readonly kind: "rejection"; readonly task: Task; readonly item: ReadRejection }
  | { readonly kind: "question"; readonly task: "answers"; readonly item: ReadQuestion };

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
  /** Decisions that were made before already. */
  readonly same: number;
  /** Reviewed regions that were not reviewed before. */
  readonly reviewed: readonly Span[];
}

const at = ({ start, end }: Span): string => `${start}–${end}`;
const equal = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;

class Comparer {
  readonly additions: Incoming[] = [];
  readonly conflicts: Conflict[] = [];
  same = 0;
  readonly #seen = new Set<string>();

  constructor(private readonly mine: LabelledDocument) {}

  label(task: LabelTask, item: ReadLabel): void {
    const { mine } = this;
    if (!this.#first(`${task} ${at(item)} ${item.label}`)) return;
    const incoming: Incoming = { kind: "label", task, item };
    const near = mine[task].filter((one) => overlaps(one, item));
    if (near.some((one) => equal(one, item) && one.label === item.label)) {
      this.same++;
    } else if (near.length > 0) {
      const reason = near.some((one) => equal(one, item)) ? "another label" : "another span";
      this.#conflict(
        incoming,
        task,
        near,
        item,
        reason,
        near.map(({ id }) => id),
      );
    } else if (mine.rejected.some((one) => one.task === task && equal(one, item) && one.label === item.label)) {
      this.#conflict(incoming, task, [{ exact: item.exact }], item, "this label was rejected here before", []);
    } else if (task === "entities" && covered(mine.reviewed, item)) {
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

  rejection(item: ReadRejection): void {
    const { task } = item;
    if (!this.#first(`not ${task} ${at(item)} ${item.label} ${item.question ?? ""}`)) return;
    const incoming: Incoming = { kind: "rejection", task, item };
    const mine = task === "answers" ? [] : this.mine[task];
    const kept = mine.filter((one) => equal(one, item) && one.label === item.label);
    const before = this.mine.rejected.some((one) => one.task === task && equal(one, item) && one.label === item.label);
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

  question(item: ReadQuestion): void {
    const key = (answers: DecidedAnswers<Span>): string => answersIn(answers).map(at).sort().join(" ");
    if (!this.#first(`question ${item.question} ${key(item.answers)}`)) return;
    const incoming: Incoming = { kind: "question", task: "answers", item };
    const mine = this.mine.questions.filter(({ question }) => question.trim() === item.question.trim());
    if (mine.length === 0) this.additions.push(incoming);
    else if (mine.some(({ answers }) => key(answers) === key(item.answers))) this.same++;
    else {
      const side = (answers: ReadQuestion["answers"]): string =>
        answers === "none" ? "no answer" : answers.map(({ exact }) => exact).join(" | ");
      const sides = mine.map(({ answers, author }) => ({ label: side(answers), exact: item.question, author }));
      const theirs = {
        label: side(item.answers),
        exact: item.question,
        ...(item.author !== undefined && { author: item.author }),
      };
      this.#conflict(
        incoming,
        "answers",
        sides,
        theirs,
        "other answers",
        mine.map(({ id }) => id),
      );
    }
  }

  #first(key: string): boolean {
    if (this.#seen.has(key)) return false;
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
function joined(text: string, spans: readonly Span[]): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of mergeSpans(spans)) {
    const last = result.at(-1);
    if (last !== undefined && text.slice(last.end, start).trim() === "") last.end = end;
    else result.push({ start, end });
  }
  return result;
}

/** Compares what was read with one person's decisions on the same text. */
export function compare(read: readonly Aligned[], mine: LabelledDocument): Compared {
  const comparer = new Comparer(mine);
  for (const { entities, sentiment, questions, rejected } of read) {
    for (const item of entities) comparer.label("entities", item);
    for (const item of sentiment) comparer.label("sentiment", item);
    for (const item of questions) comparer.question(item);
    for (const item of rejected) comparer.rejection(item);
  }
  const reviewed = joined(
    mine.text,
    read.flatMap((one) => one.reviewed),
  ).filter((span) => !covered(mine.reviewed, span));
  const { additions, conflicts, same } = comparer;
  return { additions, conflicts, same, reviewed };
}
