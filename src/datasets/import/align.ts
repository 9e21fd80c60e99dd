/** Placing what was read on a document as it is: by position where the text is the same, by quote where it is not. Offsets are UTF-16 code units. */
import { answersIn, keptAnswers } from "../../documents/answers";
import type { ExactSpan, Label, Labelled, Question, TokenizedSentence } from "../../documents/labelled";
import { labelsIn, layerOf, layersOf, mapLayers } from "../../documents/layers";
import type { LayerParts } from "../../documents/layers";
import { QUESTIONS, TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Quote, Span } from "../../text/span";
import { QuoteFinder } from "../../text/finder";
import { likelyPlace } from "../../text/likely";
import { lastingQuotes } from "../../text/quoting";
import { finish, inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import { findWords, wordEdges } from "../../text/find-words";
import type { WordEdges } from "../../text/find-words";
import { LooseText } from "../../text/loose";
import { firstIndex } from "../../text/search";
import { excerpt } from "../losses";
import { lostQuestion } from "../lost-question";
import { withKnownLabels } from "../lost-relations";
import type { Loss } from "../losses";
import type { Misaligned, ReadDocument } from "../format";
import type { Target } from "./targets";

type Place = (span: Span) => Span | undefined;

/** Places texts read for one document, one after another: a piece without a position is looked for after the one before it. */
export class Aligner {
  readonly #loose: LooseText;
  readonly #finder: QuoteFinder;
  #edges: WordEdges | undefined;
  /** What was searched for, by what was read. */
  readonly #quoted = new WeakMap<object, { readonly quote: Quote; readonly sure?: Span }>();
  #next = 0;

  constructor(
    private readonly document: string,
    private readonly text: string,
    private readonly misaligned: Misaligned,
    readonly losses: Loss[] = [],
  ) {
    this.#loose = new LooseText(text);
    this.#finder = new QuoteFinder(text);
  }

  /** What of a text is found, on the document. What is not, or only something like it, is listed in {@link losses}. */
  align(read: ReadDocument): Labelled {
    return finish(this.aligning(read));
  }

  /** As {@link align}. */
  *aligning(read: ReadDocument): Steps<Labelled> {
    const place = this.#place(read);
    yield;
    if (read.kind !== "tokens") yield* this.#search(read, place);
    const each = function* <T, R>(list: readonly T[], of: (item: T) => readonly R[]): Steps<R[]> {
      const results: R[] = [];
      for (const item of list) {
        results.push(...of(item));
        yield;
      }
      return results;
    };
    const found = new Map<Task, LayerParts>();
    for (const task of TASK_NAMES) {
      const label = <T extends Label>(item: T): T[] => {
        const span = this.#found(read, item, place, task, item);
        return span === undefined ? [] : [{ ...item, ...span }];
      };
      const { labels, rejected, reviewed } = layerOf(read.layers, task);
      found.set(task, {
        labels: yield* each(labels, label),
        rejected: yield* each(rejected, label),
        reviewed: yield* each(reviewed, (span) => this.#reviewed(read, span, place, task)),
      });
    }
    const questions = yield* each(read.questions, (item) => this.#question(read, item, place));
    const tokenized = yield* each(tokenizedIn(read), (sentence) => this.#tokenized(sentence, place));
    return {
      ...{ text: this.text, layers: layersOf((task) => found.get(task) ?? {}), questions },
      ...(read.relations && { relations: read.relations }),
      ...(tokenized.length > 0 && { tokenized }),
    };
  }

  /** None where a word of it is not there: what is not said in the report of words is said of the text. */
  #tokenized({ words }: TokenizedSentence, place: Place | undefined): TokenizedSentence[] {
    const placed = words.flatMap((word) => place?.(word) ?? []);
    const [first, last] = [placed[0], placed.at(-1)];
    if (first === undefined || last === undefined || placed.length < words.length) return [];
    const inOrder = placed.every(({ start, end }, at) => start < end && (at === 0 || placed[at - 1]!.end <= start));
    return inOrder ? [{ start: first.start, end: last.end, words: placed }] : [];
  }

  /** Looks for all quotes of a text that is not there as a whole in one pass over the document. */
  *#search(read: ReadDocument, place: Place | undefined): Steps<void> {
    const items = [
      ...labelsIn(read),
      ...read.questions.flatMap(({ answers }) => answersIn(answers)),
      ...TASK_NAMES.flatMap((task) => read.layers[task].rejected),
    ].filter((item) => place?.(item) === undefined);
    const spans = items.map(({ start, end }) => ({ start, end }));
    const quotes = yield* lastingQuotes(read.text, spans);
    const quoted = spans.map((span, index) => ({ quote: quotes[index]!, span: atOffset(read, span) }));
    const found = yield* this.#finder.finding(quoted);
    for (const [index, { quote }] of quoted.entries())
      this.#quoted.set(items[index]!, { quote, ...(found[index] && { sure: found[index] }) });
  }

  /** The whole read text on the document, if it is there; else undefined, and each label is looked for by its quote. */
  #place(read: ReadDocument): Place | undefined {
    if (read.text === this.text) return (span) => ({ start: span.start, end: span.end });
    const { offset } = read;
    if (offset !== undefined && read.text !== "" && this.text.startsWith(read.text, offset)) {
      this.#next = offset + read.text.length;
      return ({ start, end }) => ({ start: start + offset, end: end + offset });
    }
    if (read.kind === "tokens") return this.#placeWords(read);
    const found = this.#loose.find(read.text, read.offset ?? this.#next);
    if (found === undefined) return undefined;
    this.#next = found.span.end;
    if (read.kind === "excerpt" && found.times > 1 && read.offset === undefined) {
      const reason = `the text is ${found.times} times in the document; the place after the text before it was taken`;
      this.#report("assumed", read, { span: found.span, exact: read.text, reason });
    }
    return found.map;
  }

  #placeWords(read: ReadDocument): Place | undefined {
    const words = read.words ?? [];
    const places: (Span | undefined)[] = [];
    for (let first = 0; first < words.length;) {
      let last = first + 1;
      while (last < words.length && !read.text.slice(words[last - 1]!.end, words[last]!.start).includes("\n")) last++;
      const group = words.slice(first, last);
      const found = findWords(
        this.text,
        group.map(({ start, end }) => read.text.slice(start, end)),
        this.#next,
        (this.#edges ??= wordEdges(this.text)),
      );
      if (found === undefined) {
        const span = { start: group[0]!.start, end: group.at(-1)!.end };
        const reason = "its words are not in the document in this order";
        this.#report("dropped", read, { exact: read.text.slice(span.start, span.end), reason });
      } else this.#next = found.at(-1)!.end;
      for (const index of group.keys()) places.push(found?.[index]);
      first = last;
    }
    return (span) => {
      const first = lowerBound(words, span.start);
      const last = lowerBound(words, span.end, true) - 1;
      if (first > last) return undefined;
      const [from, to] = [places[first], places[last]];
      if (from === undefined || to === undefined || to.end < from.start) return undefined;
      const start = from.start + Math.max(0, span.start - words[first]!.start);
      return { start, end: to.end - Math.max(0, words[last]!.end - span.end) };
    };
  }

  #found(
    read: ReadDocument,
    span: ExactSpan,
    place: Place | undefined,
    task: Task,
    of: { readonly label?: string; readonly line?: number } = {},
  ): ExactSpan | undefined {
    const placed = place?.(span);
    if (placed !== undefined) return { ...placed, exact: this.text.slice(placed.start, placed.end) };
    // Text that is known not to be there as a whole may still hold the label's own words in their context.
    const { quote, sure } = this.#quoted.get(span) ?? {};
    const found = sure ?? (quote && likelyPlace(this.text, quote, atOffset(read, span)));
    const about = {
      task,
      ...(of.label !== undefined && { label: of.label }),
      ...(of.line !== undefined && { line: of.line }),
    };
    if (found === undefined) {
      this.#report("dropped", read, { ...about, exact: span.exact, reason: "its text is not in the document" });
      return undefined;
    }
    const exact = this.text.slice(found.start, found.end);
    if (sure === undefined) {
      const reason =
        exact === span.exact
          ? `the document says ${JSON.stringify(excerpt(exact))} in other surroundings`
          : `the document says ${JSON.stringify(excerpt(exact))} instead of ${JSON.stringify(excerpt(span.exact))}`;
      if (this.misaligned === "refuse") {
        this.#report("dropped", read, { ...about, span: found, exact: span.exact, reason });
        return undefined;
      }
      this.#report("snapped", read, { ...about, span: found, exact, reason });
    }
    return { ...found, exact };
  }

  #question(read: ReadDocument, item: Question, place: Place | undefined): Question[] {
    const of = item.line === undefined ? {} : { line: item.line };
    const answers = keptAnswers(item.answers, (answer) => this.#found(read, answer, place, QUESTIONS, of));
    if (answers === undefined) {
      this.#report("dropped", read, { ...lostQuestion(item), ...of });
      return [];
    }
    // A question without an answer may be about text that is gone.
    if (answers === "none" && place === undefined) {
      this.#report("dropped", read, {
        task: QUESTIONS,
        exact: item.question,
        reason: "its context is not in the document",
      });
      return [];
    }
    const plausible = item.plausible.flatMap((answer) => {
      const span = place?.(answer);
      return span === undefined ? [] : [{ ...span, exact: this.text.slice(span.start, span.end) }];
    });
    const context = this.#context(read, item, place);
    return [{ ...item, answers, plausible, ...(context && { context }) }];
  }

  /** Who asks of an excerpt asks of no more than it. */
  #context(read: ReadDocument, { context }: Question, place: Place | undefined): Span | undefined {
    const said = context ?? (read.kind === "excerpt" ? { start: 0, end: read.text.length } : undefined);
    const found = said && place?.(said);
    return found && (found.start > 0 || found.end < this.text.length) ? found : undefined;
  }

  #reviewed(read: ReadDocument, span: Span, place: Place | undefined, task: Task): Span[] {
    const found = place?.(span);
    if (found !== undefined) return [found];
    const reason = "reviewed text that is not in the document as it was: not taken for reviewed";
    if (read.kind !== "tokens" && read.text.slice(span.start, span.end).trim() !== "") {
      this.#report("dropped", read, { task, exact: read.text.slice(span.start, span.end), reason });
    }
    return [];
  }

  #report(kind: Loss["kind"], read: ReadDocument, loss: Omit<Loss, "kind">): void {
    const { file, line } = read;
    const exact = loss.exact === undefined ? {} : { exact: excerpt(loss.exact) };
    this.losses.push({ kind, document: this.document, file, ...(line !== undefined && { line }), ...loss, ...exact });
  }
}

/** All that was read for one document, on its text. What has no place in it is added to `losses`. @throws the signal's reason when aborted */
export async function alignAll(
  { path, text, reads }: Pick<Target, "path" | "text" | "reads">,
  misaligned: Misaligned,
  losses: Loss[],
  signal?: AbortSignal,
): Promise<Labelled[]> {
  const aligner = new Aligner(path, text, misaligned, losses);
  const aligned: Labelled[] = [];
  for (const [index, one] of reads.entries()) {
    const found = await inSlices(aligner.aligning(one), signal);
    const known = withKnownLabels(found, losses, { document: path, file: one.file });
    aligned.push(reads.length > 1 ? withOwnIds(known, `${index}/`) : known);
  }
  return aligned;
}

/** Ids are unique in what was read as one; of several texts of one document they become so by what comes before them. */
function withOwnIds(part: Labelled, before: string): Labelled {
  const { relations } = part;
  if (relations === undefined) return part;
  const layers = mapLayers(part.layers, ({ labels }) => ({
    labels: labels.map((item) => (item.id === undefined ? item : { ...item, id: before + item.id })),
  }));
  return {
    ...part,
    layers,
    relations: relations.map((one) => ({ ...one, from: before + one.from, to: before + one.to })),
  };
}

/** The sentences of what was read, with their words. */
function tokenizedIn({ text, words = [], sentences = [] }: ReadDocument): TokenizedSentence[] {
  const groups: Span[][] = [];
  let next = 0;
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    while (next < sentences.length && sentences[next]!.end <= word.start) next++;
    const begins =
      before === undefined ||
      (sentences.length > 0
        ? before.end <= (sentences[next]?.start ?? sentences.at(-1)!.end)
        : text.slice(before.end, word.start).includes("\n"));
    if (begins) groups.push([word]);
    else groups.at(-1)!.push(word);
  }
  return groups.map((group) => ({ start: group[0]!.start, end: group.at(-1)!.end, words: group }));
}

/** Where a span of what was read would be in the document. */
function atOffset({ offset = 0 }: ReadDocument, { start, end }: Span): Span {
  return { start: start + offset, end: end + offset };
}

/** The first word that ends after `offset`, or, for the end of a span, the first that does not start before it. */
function lowerBound(words: readonly Span[], offset: number, end = false): number {
  return firstIndex(words, (word) => (end ? word.start >= offset : word.end > offset));
}
