/** Row 10: labels that are in doubt, in texts made to make finding them dear. Every step of it as the editor does it: in slices, measured by what the event loop waits. */
import { DocumentLabels } from "../src/labels/store";
import type { DecisionEvent } from "../src/labels/events";
import { HOSTILE_TEXTS, prose } from "../test/unit/support/hostile-texts";
import { staleLogOf } from "../test/unit/support/stale-labels";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";

const UNITS = 1_000_000;
const LONG_UNITS = 10_000_000;
const LABELS = 1000;
/** Kinds of {@link HOSTILE_TEXTS} that drive searching, not cutting, to its most. */
const KINDS = [
  ...[
    "one word",
    "spaces",
    "spaces between two words",
    "one-letter lines",
    "blank lines between two words",
    "no line break",
  ],
  ...[
    "one letter with combining marks",
    "initials",
    "stars alone",
    "autolinks in one word",
    "lone high surrogates",
    "quotes in a line",
  ],
];

interface Cost {
  readonly time: number;
  readonly longest: number;
}

const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Processor time of some work, and the longest the event loop had to wait for it. */
async function measured(work: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  let longest = 0;
  let running = true;
  const started = processor();
  let last = started;
  const look = (): void => {
    const now = processor();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(look);
  };
  setImmediate(look);
  await work();
  running = false;
  look();
  return { time: processor() - started, longest };
}

const sink = { append: (): Promise<void> => Promise.resolve() };

/** What an editor does to a document with labels in doubt, one after another. */
async function costs(text: string): Promise<Record<string, Cost>> {
  const events: readonly DecisionEvent[] = staleLogOf(text, LABELS);
  const slices = { signal: new AbortController().signal };
  let labels!: DocumentLabels;
  const found: Record<string, Cost> = {};
  found["opening"] = await measured(async () => {
    labels = new DocumentLabels({ text, author: "a", sink, events, slices });
    await labels.whenPlaced();
  });
  found["looking for proposals"] = await measured(() => labels.whenSought());
  const more = `${text.slice(0, text.length / 2)}\n${text}`;
  found["pasting"] = await measured(async () => {
    labels.applyEdits([{ start: 0, end: 0, text: more.slice(0, more.length - text.length) }], more);
    await labels.whenPlaced();
  });
  const placed = new DocumentLabels({ text, author: "a", sink, events: staleLogOf(text, LABELS, true), slices });
  await placed.whenPlaced();
  const other = `New.\n${text.slice(0, text.length / 3)}x${text.slice(text.length / 3 + 100)}`;
  found["a change from outside"] = await measured(async () => {
    placed.reanchor(other);
    await placed.whenPlaced();
  });
  found["saving"] = await measured(() => placed.recordEdits());
  return found;
}

/** Measures every case on every kind of text. */
export async function stale({ quick }: BenchOptions): Promise<Finding[]> {
  const units = quick ? 20_000 : UNITS;
  const word = "the cat sat on the mat. ";
  const texts: Record<string, string> = {
    prose: prose(units),
    "a common word": word.repeat(units / word.length),
    "prose in one line": prose(units).replaceAll("\n", " "),
    ...Object.fromEntries(KINDS.map((kind) => [kind, HOSTILE_TEXTS[kind]!(units)])),
    [`a common word, ${LONG_UNITS / UNITS} times as long`]: word.repeat((quick ? units : LONG_UNITS) / word.length),
  };
  await costs(prose(units));
  const all: { readonly kind: string; readonly what: string; readonly cost: Cost }[] = [];
  for (const [kind, text] of Object.entries(texts))
    for (const [what, cost] of Object.entries(await costs(text))) all.push({ kind, what, cost });
  const base = (what: string): Cost => all.find((one) => one.kind === "prose" && one.what === what)!.cost;
  const whats = [...new Set(all.map(({ what }) => what))];
  return whats.map((what): Finding => {
    const of = all.filter((one) => one.what === what);
    const longest = of.reduce((most, one) => (one.cost.longest > most.cost.longest ? one : most));
    const dearest = of.reduce((most, one) => (one.cost.time > most.cost.time ? one : most));
    const ratio = dearest.cost.time / base(what).time;
    return {
      ...{
        row: 10,
        what: `longest block: ${what}, ${LABELS} labels in doubt`,
        figure: longest.cost.longest,
        unit: "ms",
      },
      target: { atMost: 50 },
      note: `${longest.kind}; prose ${base(what).longest.toFixed(1)} ms. Dearest: ${dearest.kind}, ${Math.round(dearest.cost.time)} ms in all, ${ratio.toFixed(1)}× prose`,
    };
  });
}
