/** Row 5: a question over a file of 1 MB. */
import { existsSync, readFileSync } from "node:fs";
import { EngineClient } from "../src/engine/client";
import { passagesOf } from "../src/text/passages";
import { SegmentedDocument } from "../src/text/segmented";
import { longText, source } from "./documents";
import { serverPath } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { percentile, timed } from "./statistics";

const QUESTIONS = [
  "Who is Prince Vasili's daughter?",
  "Where does Anna Pavlovna give her reception?",
  "What illness has Anna Pavlovna had?",
  "Who is the father of Pierre?",
  "Where was Pierre educated?",
  "Which general has been appointed commander in chief?",
  "What is the name of Prince Andrew's wife?",
  "How old is Natasha?",
  "Who was killed in the battle?",
  "When did the army cross the river?",
  "What did Napoleon say to the ambassador?",
  "Where does the old prince live?",
  "Who inherited the count's fortune?",
  "What does Princess Mary wear around her neck?",
  "Which regiment does Nicholas Rostov join?",
  "Who lost money at cards?",
  "What happened to the bear?",
  "Which city was burned?",
  "Who commands the Russian army at Austerlitz?",
  "What did the doctor order?",
] as const;

/** Measures row 5. */
export async function questions({ quick, threads, model }: BenchOptions): Promise<Finding[]> {
  const client = new EngineClient({ serverPath, modelDir: model, device: "cpu", threads });
  try {
    const { pid } = await client.start();
    const document = new SegmentedDocument(longText(quick ? 50_000 : 1_000_000), "plaintext");
    let contexts: string[] = [];
    const cutting = await timed(async () => {
      await document.scan();
      contexts = [...passagesOf(document.sentences())].map(({ text }) => text);
    });
    const [first, ...others] = quick ? QUESTIONS.slice(0, 4) : QUESTIONS;
    const at = { document: "book" };
    const before = residentMegabytes(pid);
    const cold = await timed(() => client.ask(first, contexts, at));
    const indexing = await timed(() => client.index(contexts, at));
    const after = residentMegabytes(pid);
    const nothing = await timed(() => client.index(contexts, at));
    const times: number[] = [];
    // The first pass opens buffers.
    await client.ask(first, contexts, at);
    for (const question of others) times.push(await timed(() => client.ask(question, contexts, at)));
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const memory =
      before === undefined || after === undefined
        ? "memory not known on this platform"
        : `memory of the process ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`;
    return [
      {
        row: 5,
        what: "a question over an indexed 1 MB file, p95",
        figure: percentile(times, 0.95),
        unit: "ms",
        target: { atMost: 250 },
        note: `p50 ${percentile(times, 0.5).toFixed(0)} ms over ${times.length} questions`,
      },
      {
        row: 5,
        what: "indexing 1 MB, once",
        figure: indexing,
        unit: "ms",
        note: `${contexts.length} passages of ${source}${quick ? ", 50 KB" : ""}, ${(contexts.join("").length / 1000 / (indexing / 1000)).toFixed(1)} thousand characters a second; ${memory}; again without a change ${nothing.toFixed(0)} ms; cutting ${cutting.toFixed(0)} ms; a question before it was indexed ${seconds(cold)}`,
      },
    ];
  } finally {
    await client.dispose();
  }
}

/** Memory of a process that is resident, where `/proc` tells it. */
function residentMegabytes(pid: number): number | undefined {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, "utf8"))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
