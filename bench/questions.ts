/** Row 5: a question over a file of 1 MB. */
import { EngineClient } from "../src/engine/client";
import { passagesOf } from "../src/text/passages";
import { SegmentedDocument } from "../src/text/segmented";
import { longText, source } from "./documents";
import { modelDir, serverPath, type BenchOptions } from "./options";
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
export async function questions({ quick, threads }: BenchOptions): Promise<Finding[]> {
  const client = new EngineClient({ serverPath, modelDir, device: "cpu", threads });
  try {
    await client.start();
    const document = new SegmentedDocument(longText(quick ? 100_000 : 1_000_000), "plaintext");
    let contexts: string[] = [];
    const cutting = await timed(async () => {
      await document.scan();
      contexts = [...passagesOf(document.sentences())].map(({ text }) => text);
    });
    const [first, ...others] = quick ? QUESTIONS.slice(0, 4) : QUESTIONS;
    const cold = await timed(() => client.ask(first, contexts));
    const warm: number[] = [];
    for (const question of others) warm.push(await timed(() => client.ask(question, contexts)));
    return [
      {
        row: 5,
        what: "a question over an indexed 1 MB file, p95",
        figure: percentile(warm, 0.95),
        unit: "ms",
        target: { atMost: 250 },
        note: `p50 ${percentile(warm, 0.5).toFixed(0)} ms over ${warm.length} questions; first one with indexing ${cold.toFixed(0)} ms, cutting ${cutting.toFixed(0)} ms; ${contexts.length} passages of ${source}${quick ? ", 100 KB" : ""}`,
      },
    ];
  } finally {
    await client.dispose();
  }
}
