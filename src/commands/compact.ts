/** `glossator compact`: shorter logs, with what is taken out kept in archives beside them. */
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { CompactError, compactLog } from "../labels/log/compact";
import type { CompactReport } from "../labels/log/compact";
import { isLogOf } from "../labels/log/paths";
import { filesByDocument } from "../labels/log/read-log";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { table } from "./tables";
import type { Terminal } from "./terminal";

interface CompactCommandOptions {
  readonly workspace: string;
  readonly annotator?: string;
  readonly json?: boolean;
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addCompactCommand(
  program: Command,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  program
    .command("compact")
    .summary("shorten logs of decisions")
    .description(
      "Moves what no longer changes anything (undone acts, labels that were decided anew later) from each log to an archive beside it, byte for byte. " +
        "What counts stays the same; undo reaches back over the last 100 acts and what else is left. Commit and merge first: two branches " +
        "that both change one person's log do not merge by themselves.",
    )
    .option("--workspace <folder>", "the folder whose .glossator holds the decisions", ".")
    .option("--annotator <name>", "this annotator's logs alone (default: everybody's)")
    .option("--json", "write JSON Lines, one object a log that changed, and nothing else to standard output")
    .action((options: CompactCommandOptions) => run(() => compact(options, terminal)));
}

async function compact(options: CompactCommandOptions, terminal: Terminal): Promise<number> {
  const workspace = resolve(options.workspace);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.input, `${workspace} is no folder: name the workspace with --workspace.`);
  const { annotator } = options;
  const root = join(workspace, ".glossator");
  const logs = [...(await filesByDocument(root))].flatMap(([document, files]) =>
    files
      .filter((file) => annotator === undefined || isLogOf(annotator, basename(file)))
      .map((file) => ({ document, file })),
  );
  const changed: (CompactReport & { readonly document: string })[] = [];
  let failed = false;
  for (const [index, { document, file }] of logs.entries()) {
    if (terminal.signal.aborted) break;
    terminal.progress(`${index} of ${logs.length}, ${document}`);
    try {
      const report = await compactLog(root, file);
      if (report.moved === 0) continue;
      changed.push({ document, ...report });
      if (options.json) for (const piece of jsonLine({ document, ...report })) await terminal.write(piece);
    } catch (error) {
      failed = true;
      const { message } = error as Error;
      terminal.say(error instanceof CompactError ? message : `${file}: ${message}. It is as it was.`);
    }
  }
  if (!options.json) await terminal.write(inWords(changed, logs.length));
  return failed ? EXIT.input : EXIT.ok;
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;

function inWords(changed: readonly (CompactReport & { readonly document: string })[], logs: number): string {
  if (changed.length === 0)
    return `Nothing to move: ${logs === 1 ? "the log is" : `all ${logs} logs are`} as short as can be.\n`;
  const rows = changed.map(({ document, kept, moved, bytesBefore, bytesAfter }) => [
    ...[document, String(moved), String(kept)],
    `${kilobytes(bytesBefore)} → ${kilobytes(bytesAfter)}`,
  ]);
  return table(["document", "lines moved", "left", "log"], rows, [1, 2, 3]);
}
