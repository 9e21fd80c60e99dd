/** One side of row 8, in a process of its own, so that its peak memory is its own: `write|read|import FORMAT FOLDER DOCUMENTS [FILES]`. Prints JSON. */
import { layersByKind } from "../src/documents/layers";
import type { DecidedLabel } from "../src/documents/labelled";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { LabelledDocument } from "../src/datasets/document";
import { formatOf } from "../src/datasets/formats";
import type { FormatName } from "../src/datasets/formats";
import { planImport } from "../src/datasets/import/plan";
import { datasetFiles } from "../src/datasets/import/files";
import { carryOut } from "../src/datasets/import/carry-out";
import { defaultLabelSets } from "../src/labels/labelset";
import { splitSentences } from "../src/text/sentences";
import { writeDataset } from "../src/datasets/writing/drive";

const SENTENCES = [
  ["Angela Merkel visited Paris on Tuesday. ", "PER", "Angela Merkel"],
  ["The hotel in Zürich was wonderful 😀 and we loved every minute of it. ", "LOC", "Zürich"],
  ["Microsoft opened a new office there. ", "ORG", "Microsoft"],
  ["Nobody had expected that. ", "", ""],
] as const;

/** Documents of twenty sentences with fifteen entities, reviewed in full. */
function documents(count: number): LabelledDocument[] {
  return Array.from({ length: count }, (_, number): LabelledDocument => {
    let text = "";
    const entities: DecidedLabel[] = [];
    for (let i = 0; i < 20; i++) {
      const [sentence, label, exact] = SENTENCES[(i + number) % SENTENCES.length]!;
      const start = text.length + sentence.indexOf(exact);
      const id = `${number}-${i}`;
      if (label !== "") entities.push({ id, start, end: start + exact.length, exact, label, author: "ann" });
      text += sentence;
    }
    const path = `folder-${number % 100}/document-${number}.txt`;
    const reviewed = [{ start: 0, end: text.length }];
    const layers = layersByKind({ spans: entities, decided: entities, reviewed });
    return { path, text, sentences: splitSentences(text), layers, questions: [] };
  });
}

async function main(): Promise<void> {
  const [what, name, folder, number, files] = process.argv.slice(2) as [string, FormatName, string, string, string?];
  const format = formatOf(name);
  const count = Number(number);
  let started: number;
  let done: number;
  if (what === "write") {
    const input = documents(count);
    const choices = files === undefined ? {} : { files };
    started = performance.now();
    const written = await writeDataset(format, input, {
      labels: defaultLabelSets(),
      seed: 0,
      validation: 0,
      test: 0,
      choices,
    });
    for (const [file, contents] of written.files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), contents);
    }
    done = count;
  } else if (what === "read") {
    started = performance.now();
    const read = await format.read!(await datasetFiles(folder), { misaligned: "refuse" });
    done = new Set(read.documents.map((one) => one.path ?? one)).size;
  } else {
    const workspace = path.join(folder, "..", "workspace");
    await mkdir(workspace, { recursive: true });
    started = performance.now();
    const plan = await planImport({ source: folder, workspace, format: name, into: "", author: "ann" });
    done = (await carryOut(plan)).documents.length;
    await readFile(path.join(workspace, "folder-0", "document-0.txt"));
  }
  const ms = performance.now() - started;
  if (done !== count) throw new Error(`${done} documents came out, not ${count}.`);
  console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

void main();
