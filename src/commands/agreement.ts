/** `glossator agreement`: how far the annotators of a workspace agree, and where they do not. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { compareDocuments } from "../datasets/workspace/compare";
import { agreementOf } from "../labels/agreement/agreement";
import type { Agreement, GroupFigures, PairFigures, TaskAgreement } from "../labels/agreement/agreement";
import { disagreementsOf } from "../labels/agreement/disagreements";
import type { Disagreement } from "../labels/agreement/disagreements";
import { LabelSetError } from "../labels/labelset";
import { isClassTask, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { counted } from "../text/counted";
import { CommandError, EXIT } from "./exit";
import { jsonLine } from "./json";
import { table } from "./tables";
import type { Terminal } from "./terminal";

interface AgreementCommandOptions {
  readonly workspace: string;
  readonly json?: boolean;
}

/** Adds the command. @param run runs the work and turns its result into the exit code. */
export function addAgreementCommand(
  program: Command,
  terminal: Terminal,
  run: (work: () => Promise<number>) => Promise<void>,
): void {
  program
    .command("agreement")
    .summary("how far annotators agree")
    .description(
      "Compares the annotators of a workspace: Cohen's and Fleiss' kappa, Krippendorff's alpha, F1 of spans, per task and label. " +
        "Entities are compared over words of text that both reviewed or labelled, sentiment over sentences both labelled, answers " +
        "over questions both decided.",
    )
    .option("--workspace <folder>", "the folder whose .glossator holds the decisions", ".")
    .option("--json", "write one JSON object, with every disagreement, and nothing else to standard output")
    .action((options: AgreementCommandOptions) => run(() => agreement(options, terminal)));
}

async function agreement(options: AgreementCommandOptions, terminal: Terminal): Promise<number> {
  const workspace = resolve(options.workspace);
  if (!(await stat(workspace).catch(() => undefined))?.isDirectory())
    throw new CommandError(EXIT.input, `${workspace} is no folder: name the workspace with --workspace.`);
  const { documents, issues, unreadable } = await compareDocuments({
    workspace,
    onProgress: ({ done, total, item }) => terminal.progress(`${done} of ${total}, ${item}`),
    signal: terminal.signal,
  }).catch((error: unknown) => {
    if (!(error instanceof LabelSetError)) throw error;
    throw new CommandError(EXIT.input, error.message, { cause: error });
  });
  for (const { document, reason } of unreadable) terminal.say(`${document}: ${reason}`);
  for (const { path, line, kind, reason } of issues) terminal.say(`${path}:${line}: ${reason} (${kind})`);
  const result = agreementOf(documents);
  const disagreements = documents.flatMap(disagreementsOf);
  if (options.json) {
    for (const piece of jsonLine({ workspace, ...result, disagreements: disagreements.map(forJson) }))
      await terminal.write(piece);
  } else await terminal.write(inWords(result, disagreements));
  const skipped = issues.some(({ kind }) => kind !== "edited" && kind !== "duplicate");
  return unreadable.length > 0 || skipped ? EXIT.input : EXIT.ok;
}

function forJson({ settled, outdated, ...rest }: Disagreement): object {
  const state = settled ? "settled" : outdated ? "outdated" : "open";
  const by = settled ?? outdated;
  const there = by?.labels.filter(({ status }) => status === "accepted") ?? [];
  const labels = there.map(({ span, label }) => ({ ...span, label }));
  return { ...rest, state, ...(by && { adjudicated: { author: by.author, labels } }) };
}

const figure = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(3));

/** Figures of a pair, as a row; F1 only where a task chooses spans. */
function pairRow(task: Task, of: string, who: string, units: string, figures: PairFigures): string[] {
  const { observed, cohensKappa, exact, overlap } = figures;
  const spans = isClassTask(task) ? [] : [exact?.f1, overlap?.f1];
  return [who, of, units, ...[observed, cohensKappa, ...spans].map(figure)];
}

function groupRow(of: string, { fleissKappa, krippendorffsAlpha }: GroupFigures): string[] {
  return [of, figure(fleissKappa), figure(krippendorffsAlpha)];
}

function taskInWords(task: Task, found: TaskAgreement, disagreements: readonly Disagreement[]): string {
  const { unit, annotators, units, completeUnits, labels, pairs } = found;
  const mine = disagreements.filter((item) => item.task === task);
  const settled = mine.filter((item) => item.settled !== undefined).length;
  const dispute = `${counted(mine.length, "disagreement")}, ${settled} settled.`;
  const head = `${task}: ${counted(units, unit)} compared, ${completeUnits} of them by all ${annotators.length}. ${dispute}\n`;
  if (units === 0) return `${task}: nothing to compare. ${dispute}\n\n`;
  const group = [groupRow("all", found), ...Object.entries(labels).map(([label, of]) => groupRow(label, of))];
  const rows = pairs.flatMap((pair) => {
    const who = pair.annotators.join(" – ");
    const byLabel = Object.entries(pair.labels).map(([label, of]) => pairRow(task, label, "", "", of));
    return [pairRow(task, "all", who, String(pair.units), pair), ...byLabel];
  });
  const heads = [
    "annotators",
    "label",
    `${unit}s`,
    "same",
    "Cohen",
    ...(isClassTask(task) ? [] : ["F1 exact", "F1 overlap"]),
  ];
  return [
    head,
    table(["label", "Fleiss", "Krippendorff"], group, [1, 2]),
    "\n",
    table(heads, rows, [2, 3, 4, 5, 6]),
    "\n",
  ].join("");
}

function inWords(result: Agreement, disagreements: readonly Disagreement[]): string {
  const { annotators, documents, tasks } = result;
  const who = annotators.length === 0 ? "nobody" : annotators.join(", ");
  const first = `${counted(annotators.length, "annotator")} (${who}), ${counted(documents, "document")} in common.\n\n`;
  if (documents === 0) return `${first}Agreement needs a document on which two annotators decided something.\n`;
  const legend =
    "–: not defined, for want of units or of a second category. same: share of units with the same category.\n";
  return first + TASK_NAMES.map((task) => taskInWords(task, tasks[task], disagreements)).join("") + legend;
}
