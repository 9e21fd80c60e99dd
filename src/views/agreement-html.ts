/** The agreement report as a page: tables with a bar beside each figure. Pure; no scripts, so nothing in it can run. */
import type { Agreement, GroupFigures, PairFigures, TaskAgreement } from "../labels/agreement";
import type { Disagreement } from "../labels/disagreements";
import { TASKS } from "../model/task";
import type { Task } from "../model/task";
import { escapeHtml, pageHtml } from "./page";

/** What could not be compared. */
export interface LeftOut {
  readonly unreadable: readonly { readonly document: string; readonly reason: string }[];
  /** Odd lines in logs. */
  readonly skipped: number;
}

const TITLES: Readonly<Record<Task, string>> = { entities: "Entities", sentiment: "Sentiment", answers: "Answers" };
const UNITS: Readonly<Record<Task, string>> = {
  entities: "words of text that both annotators marked as reviewed",
  sentiment: "sentences that both annotators labelled",
  answers: "questions that both annotators decided; the category is whether there is an answer",
};
const BAR_UNITS = 60;

/** A figure with a bar from 0 to 1; what is below 0 has no bar. */
function figure(value: number | undefined): string {
  if (value === undefined) return '<td class="figure"><span aria-label="not defined">–</span></td>';
  const width = (Math.max(0, Math.min(1, value)) * BAR_UNITS).toFixed(1);
  const bar = `<svg aria-hidden="true" width="${BAR_UNITS}" height="10"><rect class="track" width="${BAR_UNITS}" height="10"/><rect class="bar" width="${width}" height="10"/></svg>`;
  return `<td class="figure">${value.toFixed(3)} ${bar}</td>`;
}

function row(head: string, cells: readonly string[], heading = false): string {
  return `<tr${heading ? ' class="all"' : ""}><th scope="row">${escapeHtml(head)}</th>${cells.join("")}</tr>`;
}

function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function groupTable(found: TaskAgreement): string {
  const cells = ({ fleissKappa, krippendorffsAlpha }: GroupFigures): string[] =>
    [fleissKappa, krippendorffsAlpha].map(figure);
  const rows = Object.entries(found.labels).map(([label, of]) => row(label, cells(of)));
  const all = row("all labels", cells(found), true);
  return table("All annotators", ["Label", "Fleiss' kappa", "Krippendorff's alpha"], [all, ...rows]);
}

function pairTables(task: Task, { pairs, unit }: TaskAgreement): string {
  const spans = task !== "sentiment";
  const cells = ({ observed, cohensKappa, exact, overlap }: PairFigures): string[] =>
    [observed, cohensKappa, ...(spans ? [exact?.f1, overlap?.f1] : [])].map(figure);
  const heads = ["Label", "Same category", "Cohen's kappa", ...(spans ? ["F1, exact", "F1, overlap"] : [])];
  return pairs
    .map((pair) => {
      const rows = Object.entries(pair.labels).map(([label, of]) => row(label, cells(of)));
      const caption = `${pair.annotators.join(" and ")}: ${pair.units} ${unit}${pair.units === 1 ? "" : "s"}`;
      return table(caption, heads, [row("all labels", cells(pair), true), ...rows]);
    })
    .join("");
}

function section(task: Task, found: TaskAgreement, disagreements: readonly Disagreement[]): string {
  const mine = disagreements.filter((item) => item.task === task);
  const settled = mine.filter((item) => item.settled !== undefined).length;
  const dispute = `<p>${mine.length} ${mine.length === 1 ? "disagreement" : "disagreements"}, ${settled} settled.</p>`;
  const head = `<section><h2>${TITLES[task]}</h2>`;
  if (found.units === 0)
    return `${head}<p>Nothing to compare: there are no ${escapeHtml(UNITS[task])}.</p>${dispute}</section>`;
  const all = found.annotators.length;
  const units = `<p>Compared are ${escapeHtml(UNITS[task])}: ${found.units} in all, ${found.completeUnits} by all ${all} annotators.</p>`;
  return `${head}${units}${dispute}${groupTable(found)}${pairTables(task, found)}</section>`;
}

function leftOutList({ unreadable, skipped }: LeftOut): string {
  const items = unreadable.map(({ document, reason }) => `<li>${escapeHtml(`${document}: ${reason}`)}</li>`);
  if (skipped > 0)
    items.push(`<li>${skipped} odd ${skipped === 1 ? "line" : "lines"} in logs; Show Log names them.</li>`);
  return items.length === 0 ? "" : `<section><h2>Left out</h2><ul>${items.join("")}</ul></section>`;
}

const STYLE = `
body { max-width: 60em; }
a { color: var(--vscode-textLink-foreground); }
table { margin: 1em 0; }
caption { text-align: left; font-weight: 600; padding: 0.3em 0; }
th, td { padding: 0.25em 1em 0.25em 0; }
.all th, .all td { font-weight: 600; }
.figure { white-space: nowrap; }
.track { fill: none; stroke: var(--vscode-foreground); opacity: 0.4; }
.bar { fill: var(--vscode-charts-blue, currentColor); }`;

/** The page. `nonce` is of this page alone: only its own style sheet is applied. */
export function agreementHtml(
  agreement: Agreement,
  disagreements: readonly Disagreement[],
  leftOut: LeftOut,
  nonce: string,
): string {
  const { annotators, documents, tasks } = agreement;
  const who = annotators.length === 0 ? "Nobody has decided anything yet." : `Annotators: ${annotators.join(", ")}.`;
  const open = disagreements.filter(({ settled }) => settled === undefined).length;
  const go =
    open === 0
      ? ""
      : `<p><a href="command:glossator.nextDisagreement">Go to the first of ${open} unsettled ${open === 1 ? "disagreement" : "disagreements"}</a> or <a href="command:glossator.showDisagreements">list them</a>.</p>`;
  const body =
    documents === 0
      ? "<p>Agreement needs a document on which two annotators decided something.</p>"
      : TASKS.map((task) => section(task, tasks[task], disagreements)).join("");
  const page = `<h1>Agreement</h1>
<p>${escapeHtml(who)} ${documents} ${documents === 1 ? "document" : "documents"} in common.</p>
${go}
${body}
<section><h2>How to read it</h2>
<p>Kappa and alpha are 1 for perfect agreement and 0 for what chance would give; each label is compared with all else. For data to rely on,
Krippendorff asks for an alpha of at least 0.8, and of 0.667 for tentative conclusions. A dash: not defined, for want of units or of a second category.
F1 says whether the same text was marked: exact asks for the same start, end and label, overlap for the same label and some text in common.</p></section>
${leftOutList(leftOut)}`;
  return pageHtml({ title: "Agreement", body: page, style: STYLE }, nonce);
}
