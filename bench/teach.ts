/** Row 11: teaching by fifty decisions, from reading the log to the new version, in the process that the editor uses. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Journal } from "../src/labels/log/journal";
import { DocumentLabels } from "../src/labels/store";
import { segmentDocument } from "../src/text/document";
import { BASE_TEXT } from "../src/training/base-text";
import { startTeaching } from "../src/training/process/client";
import type { TeachReport } from "../src/training/teach";
import { longText } from "./documents";
import { modelDir, root } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";

const DECISIONS = 50;
/** A capitalised word that does not begin the sentence: what the model learns to call a NAME. */
const NAME = /(?<=[a-z,;] )\p{Lu}\p{Ll}{2,}/u;

/** Measures a job from its start to its end. */
export async function teaching({ quick, threads }: BenchOptions): Promise<Finding[]> {
  const home = await mkdtemp(join(tmpdir(), "glossator-bench-teach-"));
  try {
    const workspace = join(home, "work");
    await mkdir(workspace);
    await decide(workspace, quick ? 12 : DECISIONS);
    let firstStep = 0;
    const began = performance.now();
    const { report } = startTeaching(
      { serverPath: resolve(root, "out/teach.js") },
      {
        ...{ workspace, modelFolder: modelDir, versions: join(home, "versions"), threads },
        ...{ baseText: join(modelDir, BASE_TEXT), ...(quick && { settings: { steps: 2 } }) },
      },
      { onProgress: ({ done }) => (firstStep ||= done > 0 ? performance.now() - began : 0) },
    );
    const { outcomes } = await report;
    const ms = performance.now() - began;
    return [
      {
        ...{ row: 11, what: `teaching by ${quick ? 12 : DECISIONS} decisions, gate included`, figure: ms, unit: "ms" },
        target: { atMost: 45_000 },
        note: `${(firstStep / 1000).toFixed(1)} s to the first step; ${described(outcomes)}`,
      },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function described([outcome]: TeachReport["outcomes"]): string {
  if (outcome?.kind !== "judged") throw new Error("no job was made");
  const { verdict, version } = outcome;
  const f1 = ({ f1: value }: { readonly f1: number }): string => (100 * value).toFixed(1);
  return `three runs to measure and one over all (${version.steps} steps); F1 ${f1(verdict.all.before)} → ${f1(verdict.all.after)}`;
}

/** One decision in each of the first sentences that hold a name; all of these were looked at. */
async function decide(workspace: string, decisions: number): Promise<void> {
  const source = longText(200_000);
  const sentences = segmentDocument(source, "plaintext")
    .sentences.map(({ start, end }) => source.slice(start, end).replace(/\s+/g, " "))
    .filter((text) => text.length < 200 && NAME.test(text))
    .slice(0, decisions);
  const text = sentences.join("\n\n");
  await writeFile(join(workspace, "names.txt"), text);
  const journal = new Journal(join(workspace, ".glossator"), "names.txt", "bench");
  await journal.load();
  const labels = new DocumentLabels({ text, author: "bench", sink: journal });
  let at = 0;
  for (const sentence of sentences) {
    const { index, 0: name } = NAME.exec(sentence)!;
    await labels.add("entities", { start: at + index, end: at + index + name.length }, "NAME").saved;
    at += sentence.length + 2;
  }
  await labels.markReviewed({ start: 0, end: text.length }, "entities").saved;
  await journal.flush();
}
