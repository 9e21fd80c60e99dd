/** Row 4: from an edit in a long document to the labels of the changed sentence, and how long the event loop is blocked meanwhile. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { LABEL_TASKS } from "../src/documents/tasks";
import { EngineClient } from "../src/engine/client";
import { Scheduler } from "../src/engine/scheduler";
import { SegmentedDocument } from "../src/text/segmented";
import { longText, source } from "./documents";
import { modelDir, serverPath } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { pause, percentile } from "./statistics";

const ID = "bench";
/** Units above and below the edit that an editor shows, with a screen around. */
const SCREEN = 4000;
/** A letter for each edit: text that is repeated for want of more would else hold the changed sentence already, with its labels. */
const LETTERS = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßœšž");
/** The event loop's timer ticks this often; a tick that is on time is no delay. */
const RESOLUTION_MS = 1;

/** Longest time between two ticks of the event loop beyond the interval itself, in milliseconds. */
function watchLoop(): { take: () => number; stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    take: () => {
      const longest = Math.max(0, delay.max / 1e6 - RESOLUTION_MS);
      delay.reset();
      return longest;
    },
    stop: () => void delay.disable(),
  };
}

const texts = function* (document: SegmentedDocument, from: number, to: number): Generator<string> {
  for (const { text } of document.sentences(from, to)) yield text;
};

/** Resolves when the scheduler has nothing left to do. */
async function idle(scheduler: Scheduler, onWait: () => void = () => undefined): Promise<void> {
  while (!scheduler.idle) {
    await pause(200);
    onWait();
  }
}

/** One keystroke in the sentence at an offset; resolves with the milliseconds until its labels are there. */
async function typeAt(document: SegmentedDocument, scheduler: Scheduler, offset: number, key: string): Promise<number> {
  const [sentence] = document.sentences(offset, offset + 1);
  if (sentence === undefined) throw new Error(`There is no sentence at ${offset}.`);
  const at = Math.floor((sentence.start + sentence.end) / 2);
  const started = performance.now();
  document.applyChange({ start: at, end: at, text: key });
  const [changed] = document.sentences(at, at + 1);
  if (changed === undefined) throw new Error(`The sentence at ${at} is gone after the edit.`);
  scheduler.want(ID, texts(document, Math.max(0, at - SCREEN), at + SCREEN), LABEL_TASKS);
  if (scheduler.lookup(changed.text) !== undefined)
    throw new Error("The changed sentence had labels before it was typed.");
  return new Promise((resolve) => {
    const stop = scheduler.onDidLabel(() => {
      if (scheduler.lookup(changed.text) === undefined) return;
      stop();
      resolve(performance.now() - started);
    });
  });
}

/** Offsets of ordinary sentences in `text`, spread over its first `to` units. */
function places(document: SegmentedDocument, to: number, count: number): number[] {
  const ordinary = [...document.sentences(0, to)].filter(({ start, end }) => end - start >= 40 && end - start <= 240);
  if (ordinary.length === 0) throw new Error("The text has no sentence of ordinary length.");
  return Array.from({ length: count }, (_, i) => ordinary[Math.floor(((i + 0.5) / count) * ordinary.length)]!.start);
}

/** Measures row 4. */
export async function typing({ quick, threads }: BenchOptions): Promise<Finding[]> {
  const labelledUnits = quick ? 8_000 : 100_000;
  const edits = quick ? 4 : 40;
  const longSeconds = quick ? 3 : 30;
  const client = new EngineClient({ serverPath, modelDir, device: "cpu", threads });
  const loop = watchLoop();
  try {
    await client.start();
    const scheduler = new Scheduler(client);
    scheduler.onError((error) => {
      throw error;
    });
    const document = new SegmentedDocument(longText(1_000_000), "plaintext");
    await document.scan();
    let progress = "";
    scheduler.onDidLabel((_, done) => (progress = `${done} sentences`));
    scheduler.want(ID, texts(document, 0, labelledUnits), LABEL_TASKS);
    await idle(scheduler, () => process.stderr.isTTY && process.stderr.write(`\rbench: labelling, ${progress} `));
    if (process.stderr.isTTY) process.stderr.write("\n");
    loop.take();

    console.error("bench: typing in a labelled document …");
    const calm: number[] = [];
    // What an edit near the end would show beyond the labelled part is not its own.
    const offsets = places(document, labelledUnits - SCREEN, edits);
    for (const [i, offset] of offsets.entries()) {
      calm.push(await typeAt(document, scheduler, offset + i, LETTERS[i]!));
      await idle(scheduler);
      await pause(250);
    }
    const calmBlock = loop.take();

    console.error("bench: typing while the rest is labelled …");
    const busy: number[] = [];
    for (const [i, offset] of offsets.entries()) {
      scheduler.want(ID, texts(document, labelledUnits, Infinity), LABEL_TASKS);
      await pause(400 + (i % 5) * 37);
      busy.push(await typeAt(document, scheduler, offset + edits + i, LETTERS[edits + i]!));
    }
    scheduler.forget(ID);
    const busyBlock = loop.take();

    console.error(`bench: a document of 10 MB, ${longSeconds} s …`);
    const long = new SegmentedDocument(longText(10_000_000), "plaintext");
    await pause(50);
    loop.take();
    let seen = 0;
    const stop = scheduler.onDidLabel((_, done) => (seen = done));
    await long.scan();
    const scanBlock = loop.take();
    scheduler.want(ID, texts(long, 0, Infinity), LABEL_TASKS);
    await pause(longSeconds * 1000);
    scheduler.forget(ID);
    stop();
    const labelBlock = loop.take();

    const note = `1 MB of ${source}, its first ${labelledUnits / 1000} KB labelled and edited, ${edits} edits`;
    const p = (values: number[]): string =>
      `p50 ${percentile(values, 0.5).toFixed(1)} ms, p95 ${percentile(values, 0.95).toFixed(1)} ms`;
    const atMost = { atMost: 50 };
    return [
      {
        row: 4,
        what: "keystroke → labels, p95, document labelled",
        figure: percentile(calm, 0.95),
        unit: "ms",
        target: atMost,
        note: `${p(calm)}; ${note}`,
      },
      {
        row: 4,
        what: "the same while the rest is being labelled",
        figure: percentile(busy, 0.95),
        unit: "ms",
        note: p(busy),
      },
      {
        row: 4,
        what: "longest event-loop block while typing",
        figure: Math.max(calmBlock, busyBlock),
        unit: "ms",
        note: `labelled ${calmBlock.toFixed(1)} ms, being labelled ${busyBlock.toFixed(1)} ms`,
      },
      {
        row: 4,
        what: "longest event-loop block, 10 MB document",
        figure: Math.max(scanBlock, labelBlock),
        unit: "ms",
        target: { atMost: 16 },
        note: `without the editor: cut ${scanBlock.toFixed(1)} ms, labelled for ${longSeconds} s ${labelBlock.toFixed(1)} ms, ${seen} sentences`,
      },
    ];
  } finally {
    loop.stop();
    await client.dispose();
  }
}
