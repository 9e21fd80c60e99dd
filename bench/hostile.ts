/** Row 9: texts made to stop the editor, kind by kind, against prose of the same length. Processor time, so that it holds on a busy machine, too. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadTokenizer } from "../src/model/tokenizer/load";
import { scanBlocks } from "../src/text/blocks";
import { segmentingBlock, sentenceText } from "../src/text/document";
import { HOSTILE_TEXTS, prose } from "../test/unit/support/hostile-texts";
import { modelDir, root } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { median } from "./statistics";

/** UTF-16 units of each text; the longest block does not depend on it, since work is in steps. */
const UNITS = 60_000;
/** A step that seems longer is measured again: garbage collection may have been in it. */
const AGAIN_MS = 20;
/** Measurements of what seems to grow faster than the text. */
const AGAIN = 3;
/** Shorter texts, to see how time grows. */
const SHARE = 4;
/** Kinds shown beside the summary. */
const SHOWN = 8;
const REPORT = resolve(root, ".cache/hostile-texts.tsv");

interface Cost {
  /** Of all of the text, in milliseconds. */
  readonly time: number;
  /** The longest step, after which other work gets its turn. */
  readonly longest: number;
}

interface Row {
  readonly kind: string;
  readonly language: string;
  /** Time against prose of that length. */
  readonly ratio: number;
  readonly longest: number;
  /** Time a unit against that of a text a quarter as long: 1 is linear, 4 quadratic. */
  readonly growth: number;
  /** Time to cut it into tokens, against prose. */
  readonly tokens: number;
}

const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** How much dearer a unit of the longer text is. The least of several measurements: what else the machine does only adds to a time. */
function growthOf(language: string, [short, first]: [string, number], [long, second]: [string, number]): number {
  let [small, large] = [first, second];
  for (let i = 0; i < AGAIN && large / long.length > 1.3 * (small / short.length); i++) {
    small = Math.min(small, cut(short, language).time);
    large = Math.min(large, cut(long, language).time);
  }
  return large / long.length / (small / short.length);
}

/** Cuts a text as the editor does. */
function cut(text: string, language: string): Cost {
  const started = processor();
  let longest = 0;
  let last = started;
  const step = (): void => {
    const now = processor();
    longest = Math.max(longest, now - last);
    last = now;
  };
  for (const block of scanBlocks(text, language)) {
    step();
    const steps = segmentingBlock(text, block, language);
    let next = steps.next();
    for (; next.done !== true; next = steps.next()) step();
    for (const sentence of next.value) sentenceText(text, sentence);
    step();
  }
  return { time: processor() - started, longest };
}

function tokens(tokenizer: Awaited<ReturnType<typeof loadTokenizer>>, text: string): number {
  const started = processor();
  tokenizer.encode(text);
  return processor() - started;
}

/** Measures every kind in both languages. */
export async function hostile({ quick }: BenchOptions): Promise<Finding[]> {
  const units = quick ? 5000 : UNITS;
  const tokenizer = await loadTokenizer(modelDir);
  const plain = prose(units);
  const base = median(Array.from({ length: 5 }, () => cut(plain, "plaintext").time));
  const tokenBase = median(Array.from({ length: 5 }, () => tokens(tokenizer, plain)));
  const rows: Row[] = [];
  for (const [kind, make] of Object.entries(HOSTILE_TEXTS)) {
    const [text, short] = [make(units), make(units / SHARE)];
    for (const language of ["markdown", "plaintext", "jsonl"]) {
      const small = cut(short, language);
      const large = cut(text, language);
      let { longest } = large;
      for (let i = 0; i < 2 && longest > AGAIN_MS; i++) longest = Math.min(longest, cut(text, language).longest);
      const growth = growthOf(language, [short, small.time], [text, large.time]);
      rows.push({
        kind,
        language,
        ratio: large.time / base,
        longest,
        growth,
        tokens: tokens(tokenizer, text) / tokenBase,
      });
    }
  }
  write(rows);
  const worst = (by: (row: Row) => number): Row => rows.reduce((most, row) => (by(row) > by(most) ? row : most));
  const name = ({ kind, language }: Row): string => `${kind}, ${language}`;
  const longest = worst((row) => row.longest);
  // Times below a millisecond say nothing of growth.
  const growth = worst((row) => (row.ratio * base > 20 ? row.growth : 0));
  const slowest = [...rows].sort((a, b) => b.ratio - a.ratio).slice(0, SHOWN);
  const count = Object.keys(HOSTILE_TEXTS).length;
  const finding = (item: Row): Finding => ({
    row: 9,
    what: `cutting ${name(item)}`,
    figure: item.ratio,
    unit: "×",
    note: `of prose of ${units} units (${base.toFixed(1)} ms); longest step ${item.longest.toFixed(1)} ms, growth ${item.growth.toFixed(2)}`,
  });
  return [
    {
      ...{ row: 9, what: `longest block of ${count} kinds of hostile text`, figure: longest.longest, unit: "ms" },
      target: { atMost: 50 },
      note: `${name(longest)}; all kinds in ${REPORT}`,
    },
    {
      ...{ row: 9, what: "time a unit, against a text a quarter as long", figure: growth.growth, unit: "×" },
      target: { atMost: 2 },
      note: `${name(growth)}; 1 is linear, 4 quadratic`,
    },
    {
      ...{ row: 9, what: "cutting into tokens, against prose", figure: worst((row) => row.tokens).tokens, unit: "×" },
      note: name(worst((row) => row.tokens)),
    },
    ...slowest.map(finding),
  ];
}

function write(rows: readonly Row[]): void {
  mkdirSync(dirname(REPORT), { recursive: true });
  const lines = rows.map(({ kind, language, ratio, longest, growth, tokens: cost }) =>
    [kind, language, ...[ratio, longest, growth, cost].map((value) => value.toFixed(2))].join("\t"),
  );
  writeFileSync(
    REPORT,
    ["kind\tlanguage\ttime × prose\tlongest step, ms\tgrowth\ttokens × prose", ...lines, ""].join("\n"),
  );
}
