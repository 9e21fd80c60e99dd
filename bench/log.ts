/** Row 7: reading the logs of a workspace, 100,000 events over 1,000 documents, against parsing the same bytes as JSON and nothing else. */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EVENT_VERSION } from "../src/labels/events";
import type { DecisionEvent } from "../src/labels/events";
import { newId } from "../src/labels/ids";
import { Journal } from "../src/labels/log/journal";
import { encodeLine } from "../src/labels/log/line";
import { readLogs } from "../src/labels/log/read-log";
import { reduce } from "../src/labels/state";
import { makeQuote } from "../src/text/anchors";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { median, timed } from "./statistics";

const DOCUMENTS = 1000;
const EVENTS = 100_000;
const ROUNDS = 5;
const TEXT =
  "Angela Merkel visited Paris on Tuesday, and the hotel was wonderful; nobody had expected that of Zürich. ".repeat(
    20,
  );

/** Events as a day of work leaves them: mostly accepted suggestions, some corrections, undone acts and reviewed regions. */
function events(author: string, count: number): DecisionEvent[] {
  const model = { name: "glossator-minilm", version: "0123456789abcdef" };
  const list: DecisionEvent[] = [];
  for (let i = 0; i < count; i++) {
    const id = newId();
    const start = (i * 37) % (TEXT.length - 20);
    const span = { start, end: start + 5 + (i % 12) };
    const value = { label: ["PER", "ORG", "LOC", "MISC"][i % 4]!, span, quote: makeQuote(TEXT, span) };
    const time = new Date(1.77e12 + i * 1000).toISOString();
    const head = { v: EVENT_VERSION, id, act: id, time, author, task: "entities", unit: "utf16" } as const;
    const before = list.at(-1);
    if (i % 20 === 19 && before !== undefined) list.push({ ...head, kind: "undone", undoes: before.act });
    else if (i % 25 === 24)
      list.push({
        ...head,
        kind: "reviewed",
        regions: [{ span, head: "Angela Merkel", tail: "Zürich", digest: "0123456789abcdef" }],
      });
    else if (i % 10 === 9) list.push({ ...head, kind: "added", annotation: id, new: value });
    else
      list.push({
        ...head,
        kind: "accepted",
        annotation: id,
        new: value,
        replaces: [{ ...value, score: 0.93 }],
        model,
      });
  }
  return list;
}

async function makeWorkspace(root: string, documents: number, perDocument: number): Promise<void> {
  for (let i = 0; i < documents; i++) {
    for (const author of ["ann", "bob"]) {
      const { path: file } = new Journal(root, `chapter-${i % 40}/document-${i}.txt`, author);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(
        file,
        events(author, perDocument / 2)
          .map(encodeLine)
          .join(""),
      );
    }
  }
}

/** Processor time of this process, all its threads, in milliseconds. */
async function processorTime(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Measures it. Both sides read the same warm files; they take turns. */
export async function log({ quick }: BenchOptions): Promise<Finding[]> {
  const documents = quick ? 20 : DOCUMENTS;
  const perDocument = EVENTS / DOCUMENTS;
  const folder = await mkdtemp(path.join(tmpdir(), "glossator-bench-log-"));
  try {
    const root = path.join(folder, ".glossator");
    await makeWorkspace(root, documents, perDocument);
    const load = async (): Promise<void> => {
      let count = 0;
      for await (const { logs } of readLogs(root))
        for (const { events: read, issues } of logs) {
          if (issues.length > 0) throw new Error(`${issues[0]!.path}: ${issues[0]!.reason}`);
          reduce(read);
          count += read.length;
        }
      if (count !== documents * perDocument) throw new Error(`${count} events were read.`);
    };
    const parse = async (): Promise<void> => {
      for (const entry of await readdir(path.join(root, "log"), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const lines = readFileSync(path.join(entry.parentPath, entry.name), "utf8").split("\n");
        for (const line of lines) if (line !== "") JSON.parse(line);
      }
    };
    const [loads, parses, processor]: [number[], number[], number[]] = [[], [], []];
    await parse();
    await load();
    for (let round = 0; round < ROUNDS; round++) {
      processor.push(await processorTime(async () => loads.push(await timed(load))));
      parses.push(await timed(parse));
    }
    const note = `processor time ${median(processor).toFixed(0)} ms; JSON.parse of the same files one by one ${median(parses).toFixed(0)} ms`;
    const what = `${documents * perDocument} events of ${documents} documents, two annotators: read, checked, reduced`;
    return [
      { row: 7, what, figure: median(loads), unit: "ms", target: { atMost: 1000 }, note },
      {
        ...{ row: 7, what: "the same, against JSON.parse alone", figure: median(loads) / median(parses) },
        ...{ unit: "×", note: "what checksums, checks and state add to it" },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
