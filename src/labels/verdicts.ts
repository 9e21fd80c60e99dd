/** What a person's decisions say of the model's suggestions: which were taken as they were, what the others became, and what was not suggested. Offsets are UTF-16 code units. */
import { isLabelTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import type { Steps } from "../text/slices";
import { overlaps } from "../text/span";
import type { LabelValue } from "./annotation";
import { importedActs } from "./acts";
import { aboutTasks } from "./events";
import type { DecisionEvent } from "./events";
import { activeActs } from "./state";

/**
 * What a suggestion became. `accepted`: a label on the same words, of the same name. `boundary`: the same name on other words. `type`: another name on the same
 * words. `both`: another name on other words. `spurious`: no label.
 */
export const OUTCOMES = ["accepted", "boundary", "type", "both", "spurious"] as const;
/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** What became of a suggestion. */
export interface Verdict {
  readonly task: LabelTask;
  /** What was suggested. */
  readonly label: string;
  /** When it was decided on last: ISO 8601, UTC. */
  readonly time: string;
  readonly outcome: Outcome;
  /** Taken as it was: the same words under the same label. */
  readonly right: boolean;
  /** The version of the model that suggested it. */
  readonly version: string;
  /** The model's calibrated probability, 0 to 1; absent where the log does not say it. */
  readonly score?: number;
}

/** A label that a person gave where the model suggested none. */
export interface Missed {
  readonly task: LabelTask;
  readonly label: string;
}

/** What one log says of the model's suggestions. */
export interface Verdicts {
  readonly verdicts: readonly Verdict[];
  readonly missed: readonly Missed[];
}

/** Events that are looked at in a step. */
const EVENTS_A_STEP = 1000;

/** A suggestion on its way through a log. */
interface Suggested {
  readonly key: string;
  readonly label: string;
  readonly version: string;
  readonly score?: number;
  /** Its words, as edits of the text have left them. */
  words: string;
}

type LabelEvent = DecisionEvent & { readonly annotation: string; readonly task: LabelTask } & {
  readonly kind: "accepted" | "rejected" | "relabelled" | "resized" | "added" | "removed";
};

/** All that was decided on one annotation. */
interface Chain {
  readonly task: LabelTask;
  suggestions: Suggested[];
  /** None: it was rejected, or taken away. */
  value: LabelValue | undefined;
  time: string;
  version: string | undefined;
  /** A person's own, from the first event on. */
  own: boolean;
  /** Which event of the log was the last about it: a clock may have been set back. */
  last: number;
}

function isLabelEvent(event: DecisionEvent): event is LabelEvent {
  return (
    isLabelTask(event.task) &&
    ["accepted", "rejected", "relabelled", "resized", "added", "removed"].includes(event.kind)
  );
}

function oldOf(event: LabelEvent): LabelValue | undefined {
  return "old" in event ? event.old : undefined;
}

const newOf = (event: LabelEvent): LabelValue | undefined => ("new" in event ? event.new : undefined);

/** Equal for labels that say something of the same words, one in place of another. */
function placeKey(event: LabelEvent, { label, span, quote: { exact, prefix, suffix } }: LabelValue): string {
  return [event.task, span.start, span.end, exact, prefix, suffix, ...(event.several === true ? [label] : [])].join(
    "\0",
  );
}

/** A confidence that can be one: a line may be anybody's. */
function scoreOf(value: LabelValue): { readonly score?: number } {
  const score = "score" in value ? (value.score as number) : Number.NaN;
  return score >= 0 && score <= 1 ? { score } : {};
}

class Following {
  readonly chains = new Map<string, Chain>();
  /** What was decided last on a place, also that a label there is wrong: who gives one there later has changed their mind, or decided in another window. */
  readonly #latest = new Map<string, { readonly chain: Chain; readonly value: LabelValue | undefined }>();
  /** What the latest act put in the place of others. */
  #resized: { readonly act: string; readonly chain: Chain; readonly value: LabelValue } | undefined;

  follow(event: LabelEvent, index: number): void {
    const { annotation, time, model } = event;
    const known = this.chains.get(annotation);
    const [old, now] = [oldOf(event), newOf(event)];
    if (known?.value !== undefined && old !== undefined) carryWords(known, known.value, old);
    if ("cause" in event) {
      // Text that was edited around a label is no decision about it.
      if (known !== undefined && old !== undefined && now !== undefined) {
        carryWords(known, old, now);
        known.value = now;
      }
      return;
    }
    const chain = known ?? this.#begin(event);
    chain.time = time;
    chain.last = index;
    chain.version = model?.version ?? chain.version;
    chain.value = now;
    for (const value of event.replaces ?? []) this.#suggest(chain, value);
    if (event.kind === "resized") this.#resized = { act: event.act, chain, value: event.new };
    if (event.kind === "removed") this.#joined(event, chain);
    const words = now ?? old;
    if (words === undefined) return;
    this.#takeUp(chain, placeKey(event, words));
  }

  /** What is known of suggestions where a log begins with a line of an earlier version, or one that was compacted. */
  #begin(event: LabelEvent): Chain {
    const { task, annotation, time, model, replaces, suggestedBy, kind } = event;
    const own =
      (kind === "added" || kind === "relabelled" || kind === "resized") &&
      suggestedBy === undefined &&
      model === undefined;
    const chain: Chain = { task, suggestions: [], value: undefined, time, version: model?.version, own, last: 0 };
    this.chains.set(annotation, chain);
    const silent =
      (replaces ?? []).length === 0 && suggestedBy === undefined && model !== undefined && kind !== "added";
    const value = kind === "accepted" ? event.new : oldOf(event);
    if (silent && value !== undefined) this.#suggest(chain, value);
    return chain;
  }

  #suggest(chain: Chain, value: LabelValue): void {
    const { label, span, quote } = value;
    // One that was drawn over by two labels is one.
    const key = [chain.task, span.start, span.end, label, quote.exact].join("\0");
    if (chain.version === undefined || chain.suggestions.some((one) => one.key === key)) return;
    chain.suggestions.push({ key, label, version: chain.version, words: quote.exact, ...scoreOf(value) });
  }

  /** A label that became part of another one is not taken away. */
  #joined({ act, old }: LabelEvent & { readonly kind: "removed" }, chain: Chain): void {
    const into = this.#resized;
    if (into?.act !== act || old === undefined || into.chain.task !== chain.task) return;
    if (into.chain === chain || !overlaps(into.value.span, old.span)) return;
    into.chain.suggestions.push(...chain.suggestions);
    chain.suggestions = [];
  }

  /** What was decided there before gives way, and its suggestions became this. */
  #takeUp(chain: Chain, key: string): void {
    const before = this.#latest.get(key);
    this.#latest.set(key, { chain, value: chain.value });
    // Elsewhere by now.
    if (before === undefined || before.chain === chain || before.chain.value !== before.value) return;
    if (chain.value === undefined && before.value !== undefined) return;
    chain.suggestions.push(...before.chain.suggestions);
    before.chain.suggestions = [];
    before.chain.value = undefined;
  }
}

/** Whatever lay on the words before lies on those they became. */
function carryWords(chain: Chain, from: LabelValue, to: LabelValue): void {
  if (from.quote.exact === to.quote.exact) return;
  for (const one of chain.suggestions) if (one.words === from.quote.exact) one.words = to.quote.exact;
}

function outcomeOf({ label, words }: Suggested, value: LabelValue | undefined): Outcome {
  if (value === undefined) return "spurious";
  const [sameLabel, sameWords] = [value.label === label, value.quote.exact === words];
  if (sameLabel) return sameWords ? "accepted" : "boundary";
  return sameWords ? "type" : "both";
}

/**
 * What one person's events on a document, in order of id, say of suggestions, as decisions stand: what was undone is none, and what was decided anew counts as it
 * was decided last. What a dataset brought is no decision on a suggestion, and neither are answers or repeats of decisions.
 */
export function* judging(all: readonly DecisionEvent[]): Steps<Verdicts> {
  const events = aboutTasks(all);
  const [active, imported] = [activeActs(events), importedActs(events)];
  const following = new Following();
  const brought = new Set<string>();
  for (const [index, event] of events.entries()) {
    if (index % EVENTS_A_STEP === EVENTS_A_STEP - 1) yield;
    if (!isLabelEvent(event) || !active(event.act)) continue;
    if (imported.has(event.act)) {
      // What it took the place of is neither right nor wrong.
      following.chains.delete(event.annotation);
      brought.add(event.annotation);
    } else if (!brought.has(event.annotation)) following.follow(event, index);
  }
  yield;
  const found = new Map<string, { readonly verdict: Verdict; readonly last: number }>();
  const missed: Missed[] = [];
  for (const { task, suggestions, value, time, own, last } of following.chains.values()) {
    if (own && value !== undefined && suggestions.length === 0) missed.push({ task, label: value.label });
    for (const one of suggestions) {
      const { key, label, version, score } = one;
      const outcome = outcomeOf(one, value);
      if ((found.get(key)?.last ?? -1) > last) continue;
      const right = outcome === "accepted";
      const verdict = { task, label, time, outcome, right, version, ...(score !== undefined && { score }) };
      found.set(key, { verdict, last });
    }
  }
  return { verdicts: [...found.values()].map(({ verdict }) => verdict), missed };
}
