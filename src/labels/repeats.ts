/** What a person decided of words, to be suggested wherever exactly the same words stand. Pure. */
import { isLabelTask, isSpanTask, perTask, SPAN_TASKS } from "../documents/tasks";
import type { LabelTask, SpanTask, Task } from "../documents/tasks";
import { asRead } from "../text/filled";
import { readEscapes } from "../text/json-lines/escapes";
import { Phrases } from "../text/phrases";
import type { Steps } from "../text/slices";
import type { DocumentLabelling } from "./contract";

/** What was decided of words in a document. */
interface Said {
  readonly task: LabelTask;
  readonly words: string;
  /** Labels that somebody gave here, and labels that a dataset brought. */
  readonly given: Set<string>;
  readonly brought: Set<string>;
  /** Labels that were said to be wrong, or taken away. */
  readonly denied: Set<string>;
}

/** What was decided in one document, by task and words. */
export type DecidedPhrases = ReadonlyMap<string, Said>;

/** By task: words that stand for a label, with that label. */
export type RepeatedPhrases = Readonly<Record<SpanTask, Phrases<string>>>;

/** Where nothing is decided. */
export const NO_REPEATS: RepeatedPhrases = perTask(SPAN_TASKS, () => new Phrases<string>([]));

/** Longer texts stand nowhere else, and would be kept for nothing. Classes are of sentences. */
const LONGEST = 1000;
/** Longer names are not repeated. */
const LONGEST_REPEATED = 200;
/** So many different words are followed; what was decided later in a list is left out. */
const MOST = 20_000;
/** Work between two steps. */
const STEP = 1000;

/** Reads a document's decisions, in steps of bounded cost. */
export function* decidedPhrases(labels: Pick<DocumentLabelling, "annotations" | "rejected">): Steps<DecidedPhrases> {
  const all = new Map<string, Said>();
  let count = 0;
  const said = (task: Task, words: string): Said | undefined => {
    if (!isLabelTask(task) || words.length > LONGEST) return undefined;
    const key = `${task}\u0000${words}`;
    const known = all.get(key) ?? { task, words, given: new Set(), brought: new Set(), denied: new Set() };
    all.set(key, known);
    return known;
  };
  for (const { task, label, quote, origin } of labels.annotations({ status: "accepted" })) {
    const one = said(task, quote.exact);
    (origin === undefined ? one?.given : one?.brought)?.add(label);
    if (++count % STEP === 0) yield undefined;
  }
  for (const { task, value } of labels.rejected()) {
    said(task, value.quote.exact)?.denied.add(value.label);
    if (++count % STEP === 0) yield undefined;
  }
  return all;
}

/**
 * The words of which one label alone was decided, in all documents: somebody gave it, nothing else was given, and nobody said that it is wrong there. What a
 * dataset brought is no reason to repeat it, since nobody chose it here, but one against.
 */
export function* repeatedPhrases(documents: Iterable<DecidedPhrases>): Steps<RepeatedPhrases> {
  const merged = new Map<string, Said & { readonly written: Set<string> }>();
  let count = 0;
  for (const document of documents)
    for (const { task, words, given, brought, denied } of document.values()) {
      if (++count % STEP === 0) yield undefined;
      if (!isSpanTask(task) || !canRepeat(words)) continue;
      // In JSON Lines words are looked for as they are read: `M\u00fcller` is Müller there, and a path elsewhere.
      const read = asRead(readEscapes(words));
      const key = `${task}\u0000${read}`;
      const known = merged.get(key);
      if (known === undefined) {
        if (merged.size >= MOST) continue;
        const sets = { given: new Set(given), brought: new Set(brought), denied: new Set(denied) };
        merged.set(key, { task, words: read, ...sets, written: new Set([words, read]) });
      } else {
        known.written.add(words);
        for (const label of given) known.given.add(label);
        for (const label of brought) known.brought.add(label);
        for (const label of denied) known.denied.add(label);
      }
    }
  const found = perTask(SPAN_TASKS, () => [] as (readonly [string, string])[]);
  for (const { task, written, given, brought, denied } of merged.values()) {
    const [label, ...others] = new Set([...given, ...brought]);
    if (isSpanTask(task) && label !== undefined && others.length === 0 && given.has(label) && !denied.has(label))
      for (const words of written) found[task].push([words, label]);
    if (++count % STEP === 0) yield undefined;
  }
  return perTask(SPAN_TASKS, (task) => new Phrases(found[task]));
}

/** Whether two of them say the same, so that nothing has to be placed anew. */
export function sameRepeats(a: RepeatedPhrases, b: RepeatedPhrases): boolean {
  return SPAN_TASKS.every((task) => a[task].equals(b[task]));
}

/** A single character and what holds no letter and no digit stand for too much. */
function canRepeat(words: string): boolean {
  return words.length >= 2 && words.length <= LONGEST_REPEATED && /[\p{L}\p{N}]/u.test(words);
}
