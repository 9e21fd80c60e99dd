/** How long people take to decide: the time from one decision of a person to their next in one sitting, by person and by day. Times are in milliseconds. */
import { addTo } from "../text/grouped";
import { quantile } from "../text/quantiles";
import type { Steps } from "../text/slices";
import { importedActs } from "./acts";
import { aboutTasks } from "./events";
import type { DecisionEvent } from "./events";
import { activeActs } from "./state";

/**
 * A longer pause ends a sitting. In a minute some 240 words are read (238 of non-fiction: Brysbaert, Journal of Memory and Language 109, 2019), which is more than
 * a sentence with all around it that may matter: who takes longer does, as a rule, something else. What such a pause was is not known, so its decision is not timed.
 */
export const PAUSE_MS = 60_000;
/** Days that are told, the latest ones with a decision. */
export const MOST_DAYS = 30;
/** Events that are looked at in a step. */
const EVENTS_A_STEP = 1000;
const HOUR_MS = 3_600_000;

/** The decisions of somebody, or of a day. */
export interface PaceGroup {
  /** A person, or a day as `2026-03-01`; empty: all of them. */
  readonly name: string;
  /** Acts that decided one thing: on a label, on an answer, or that text is read. */
  readonly decisions: number;
  /** Those of them with another act before them in the sitting, so that their time is known. */
  readonly timed: number;
  /** Of these; absent where there are none. */
  readonly time?: { readonly lower: number; readonly median: number; readonly upper: number };
  /** Timed decisions in an hour of their time; absent where that is nothing. */
  readonly perHour?: number;
  /** Acts that decided many things at once, and how many. They are not timed. */
  readonly bulk: { readonly acts: number; readonly labels: number };
}

/** How long people took. */
export interface Pace {
  readonly all: PaceGroup;
  /** Who decided most comes first. */
  readonly annotators: readonly PaceGroup[];
  /** In order. */
  readonly days: readonly PaceGroup[];
}

/** `other`: the person was at work, and decided nothing that stands. */
type ActKind = "single" | "bulk" | "import" | "other";

interface Act {
  /** Of its first event: ids sort by time also where the clock was set back. */
  readonly id: string;
  readonly time: number;
  readonly kind: ActKind;
  readonly labels: number;
}

/** What an act says so far, while its events are gone through. */
interface Open {
  readonly id: string;
  readonly time: number;
  kind: ActKind;
  labels: number;
  readonly name: string;
  readonly first: Map<string, string>;
  related: boolean;
}

/** What of a text an event decides on; undefined: none, as where it says that text is read. */
function decidedOn(event: DecisionEvent): string | undefined {
  switch (event.kind) {
    case "accepted":
    case "added":
    case "relabelled":
    case "resized":
      return `${event.new.span.start}:${event.new.span.end}`;
    case "rejected":
      return `${event.old.span.start}:${event.old.span.end}`;
    case "removed":
      return event.old === undefined ? event.annotation : `${event.old.span.start}:${event.old.span.end}`;
    case "answered":
    case "adjudicated":
      return event.annotation;
    case "reviewed":
    case "tokenized":
    case "related":
    case "undone":
      return undefined;
  }
}

class Group {
  decisions = 0;
  acts = 0;
  labels = 0;
  readonly #times: number[] = [];

  add({ kind, labels }: Act, time: number | undefined): void {
    if (kind === "bulk") {
      this.acts++;
      this.labels += labels;
      return;
    }
    this.decisions++;
    if (time !== undefined) this.#times.push(time);
  }

  result(name: string): PaceGroup {
    const { decisions, acts, labels } = this;
    const sorted = Float64Array.from(this.#times).sort();
    const all = sorted.reduce((sum, time) => sum + time, 0);
    const at = (share: number): number => quantile(sorted, share);
    return {
      ...{ name, decisions, timed: sorted.length, bulk: { acts, labels } },
      ...(sorted.length > 0 && { time: { lower: at(0.25), median: at(0.5), upper: at(0.75) } }),
      ...(all > 0 && { perHour: (sorted.length / all) * HOUR_MS }),
    };
  }
}

/** The day of a time where the user is, as `2026-03-01`. */
function localDay(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Gathers what logs say of time, and works it out. */
export class PaceCounter {
  readonly #acts = new Map<string, Act[]>();

  /** @param dayOf the day of a time, as `2026-03-01`; default: where the user is */
  constructor(private readonly dayOf: (time: number) => string = localDay) {}

  /** Takes a log, in order of id. */
  *adding(all: readonly DecisionEvent[]): Steps<void> {
    const events = aboutTasks(all);
    const [active, imported] = [activeActs(events), importedActs(events)];
    const open = new Map<string, Open>();
    for (const [index, event] of events.entries()) {
      if (index % EVENTS_A_STEP === EVENTS_A_STEP - 1) yield;
      // That a label went along with its text is noticed when that is saved.
      if ("cause" in event) continue;
      const { id, act, author, time, kind } = event;
      const name = author.trim();
      const key = `${act}\0${name}`;
      let of = open.get(key);
      if (of === undefined) {
        const how = imported.has(act) ? "import" : kind === "undone" || !active(act) ? "other" : "single";
        of = { id, name, time: Date.parse(time), kind: how, labels: 0, first: new Map(), related: false };
        open.set(key, of);
      }
      if (kind === "related") of.related = true;
      const on = decidedOn(event);
      if (on === undefined || of.kind === "import" || of.kind === "other") continue;
      of.labels++;
      const first = of.first.get(kind);
      // One thing may be a label cut in two, two made one, or a text with several classes.
      if (first === undefined) of.first.set(kind, on);
      else if (first !== on) of.kind = "bulk";
    }
    yield;
    for (const { id, name, time, kind, labels, related } of open.values()) {
      // Labels that are related are accepted with that.
      const how = related && kind === "bulk" ? "single" : kind;
      addTo(this.#acts, name, [{ id, time, kind: how, labels }]);
    }
  }

  /** What all logs say together. */
  *working(): Steps<Pace> {
    const all = new Group();
    const days = new Map<string, Group>();
    const annotators: PaceGroup[] = [];
    for (const [name, acts] of this.#acts) {
      const own = new Group();
      let before: Act | undefined;
      let from: number | undefined;
      acts.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      yield;
      for (const [index, act] of acts.entries()) {
        if (index % EVENTS_A_STEP === EVENTS_A_STEP - 1) yield;
        const pause = before === undefined ? Number.NaN : act.time - before.time;
        // A clock that was set back says nothing of time.
        if (!(pause >= 0 && pause <= PAUSE_MS) || before?.kind === "import") from = undefined;
        before = act;
        if (act.kind === "import" || act.kind === "other") continue;
        const day = this.dayOf(act.time);
        const ofDay = days.get(day) ?? new Group();
        days.set(day, ofDay);
        const time = from === undefined ? undefined : act.time - from;
        for (const group of [all, own, ofDay]) group.add(act, time);
        from = act.time;
      }
      if (own.decisions + own.acts > 0) annotators.push(own.result(name));
    }
    const latest = [...days].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-MOST_DAYS);
    const most = (one: PaceGroup): number => one.decisions + one.bulk.labels;
    return {
      all: all.result(""),
      annotators: annotators.sort((a, b) => most(b) - most(a) || (a.name < b.name ? -1 : 1)),
      days: latest.map(([name, group]) => group.result(name)),
    };
  }
}
