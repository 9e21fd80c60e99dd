/** What `glossator label` writes: tables, or JSON. */
import type { LabelTask } from "../documents/tasks";
import type { OffsetUnit } from "../text/offsets";
import type { Span } from "../text/span";
import type { InputDocument } from "./input";
import { jsonObject } from "./json";
import { isRow, labelledRow } from "./rows";
import { excerpt, percent, table } from "./tables";
import type { Terminal } from "./terminal";

/** What the output calls a task's labels: its list in JSON, which is a format that stays, one row of a table, and one that only marked labels make. */
interface Words {
  readonly list: string;
  readonly row: string;
  readonly markedRow: string;
}

/** Tasks that are not here go by their own names. */
const WORDS: Readonly<Partial<Record<LabelTask, Words>>> = {
  entities: { list: "entities", row: "entity", markedRow: "entity" },
  sentiment: { list: "sentences", row: "sentence", markedRow: "sentence with an opinion" },
};
const wordsOf = (task: LabelTask): Words => WORDS[task] ?? { list: task, row: task, markedRow: task };

/** A labelled span in the unit that was asked for. */
interface Labelled extends Span {
  readonly label: string;
  readonly score: number;
}

/** A label where people find it. */
export interface Shown extends Labelled {
  readonly text: string;
  readonly at: string;
}

/** What a document has, by task, and what of it could not be labelled. */
export interface Placed {
  readonly found: ReadonlyMap<LabelTask, readonly Shown[]>;
  readonly failed: readonly string[];
}

/** How to write. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly offsets: OffsetUnit;
  readonly unmarked?: boolean;
}

/** Labels of a document as JSON, in pieces. @param rest properties before them */
function* labelsAsJson(
  found: Placed["found"],
  tasks: readonly LabelTask[],
  rest: Readonly<Record<string, unknown>>,
): Generator<string> {
  const bare = ({ start, end, label, score }: Shown): Labelled => ({ start, end, label, score });
  const lists = tasks.map((task) => [wordsOf(task).list, found.get(task)!.map(bare)] as const);
  yield* jsonObject({ ...rest, ...Object.fromEntries(lists) });
}

/** Writes the labels of a document: a row of a corpus as that row and its labels, a file as a line of JSON or as tables. */
export async function writeLabels(
  document: InputDocument,
  { found }: Placed,
  tasks: readonly LabelTask[],
  { json, offsets, unmarked }: OutputOptions,
  terminal: Terminal,
): Promise<void> {
  if (isRow(document)) {
    for (const piece of labelledRow(document, labelsAsJson(found, tasks, { offsets }))) await terminal.write(piece);
    return;
  }
  const { path } = document;
  if (json) {
    for (const piece of labelsAsJson(found, tasks, { path, offsets })) await terminal.write(piece);
    await terminal.write("\n");
    return;
  }
  const row = ({ text, label, score, at }: Shown): string[] => [excerpt(text), label, percent(score), at];
  await terminal.write(`${excerpt(path, 200)}\n`);
  for (const task of tasks) {
    const words = wordsOf(task);
    await writeRows(terminal, unmarked ? words.row : words.markedRow, found.get(task)!.map(row));
  }
  await terminal.write("\n");
}

async function writeRows(terminal: Terminal, what: string, rows: readonly string[][]): Promise<void> {
  if (rows.length === 0) return terminal.write(`  No ${what}.\n`);
  // A table is laid out as a whole; parts of it keep a very large one affordable.
  for (let from = 0; from < rows.length; from += 5000)
    await terminal.write(table([what, "label", "score", "line:column"], rows.slice(from, from + 5000), [2]));
}
