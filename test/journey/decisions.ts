import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { annotator, eventually } from "./harness";

/** An event of a log, as far as journeys look at it. Offsets are in UTF-16 code units. */
export interface LoggedEvent {
  readonly kind: string;
  readonly task: string;
  readonly act?: string;
  readonly undoes?: string;
  readonly new?: {
    readonly label: string;
    readonly span: { start: number; end: number };
    readonly quote: { exact: string };
    readonly attributes?: Readonly<Record<string, string>>;
  };
}

/** Decisions on one document, as they stand in the logs below a `.glossator` folder. */
export function eventsIn(root: string, document: string): LoggedEvent[] {
  const folder = join(root, "log", document);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedEvent);
}

/** Decisions on one document of a workspace, as they stand on disk. */
export const eventsOn = (workspace: string, document: string): LoggedEvent[] =>
  eventsIn(join(workspace, ".glossator"), document);

/** Waits until a decision of a kind is on disk. */
export function decided(workspace: string, document: string, kind: string): Promise<LoggedEvent> {
  return eventually(`an event "${kind}"`, () => eventsOn(workspace, document).find((event) => event.kind === kind));
}

/** Writes a log of one label, as a colleague's comes by git, or the user's own from before. */
export async function logLabel(
  workspace: string,
  document: string,
  exact: string,
  label: string,
  author = annotator,
): Promise<{ readonly start: number; readonly end: number }> {
  const text = readFileSync(join(workspace, document), "utf8");
  const start = text.indexOf(exact);
  if (start < 0) throw new Error(`${document} has no "${exact}".`);
  const span = { start, end: start + exact.length };
  const sink = new Journal(join(workspace, ".glossator"), document, author);
  await new DocumentLabels({ text, author, sink }).add("entities", span, label).saved;
  return span;
}
