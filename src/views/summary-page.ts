/** The dataset summary as a page: plots as SVG, each with its numbers in a table beside it. Colours are the theme's; nothing is told by colour alone. */
import { LENGTH_BINS } from "../datasets/summary";
import type { Count, DatasetSummary, LengthSummary } from "../datasets/summary";
import { TASKS } from "../model/task";
import type { Task } from "../model/task";
import { counted } from "../text/counted";
import { addTo } from "../text/grouped";
import { escapeHtml, pageHtml } from "./page";

const TITLES: Readonly<Record<Task, string>> = {
  entities: "Entities",
  sentiment: "Sentiment of sentences",
  answers: "Questions",
};
/** Longer tables are cut, and say so. */
const MOST_ROWS = 500;
const MOST_BARS = 30;
/** A document's notes beyond these are counted only. */
const MOST_NOTES = 200;

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.slice(0, MOST_ROWS).map(([first, ...rest]) => {
    const numbers = rest.map((value) => `<td>${escapeHtml(String(value))}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(String(first))}</th>${numbers}</tr>`;
  });
  const more = rows.length > MOST_ROWS ? `<p>… and ${rows.length - MOST_ROWS} more.</p>` : "";
  const head = heads.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${cells.join("")}</tbody></table>${more}`;
}

/** Bars from left to right, a row each, with their numbers written on them. */
function barChart(title: string, items: readonly Count[], format: (count: number) => string = String): string {
  const shown = items.slice(0, MOST_BARS);
  const most = Math.max(...shown.map(({ count }) => count), 1e-9);
  const [row, left, width] = [22, 150, 300];
  const bars = shown.map(({ name, count }, index) => {
    const y = index * row;
    const extent = count === 0 ? 0 : Math.max(1, (width * count) / most);
    const label = name.length > 20 ? `${Array.from(name).slice(0, 19).join("")}…` : name;
    return (
      `<text x="${left - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(label)}</text>` +
      `<rect x="${left}" y="${y + 3}" width="${extent.toFixed(1)}" height="${row - 6}"></rect>` +
      `<text x="${left + extent + 6}" y="${y + 15}">${escapeHtml(format(count))}</text>`
    );
  });
  const size = `viewBox="0 0 ${left + width + 70} ${Math.max(row, shown.length * row)}"`;
  // The table beside it says the same: a reader aloud needs it once.
  return `<svg role="img" aria-label="${escapeHtml(title)}; the table after it has the numbers" ${size}>${bars.join("")}</svg>`;
}

function section(title: string, plot: string, numbers: string): string {
  return `<section><h2>${escapeHtml(title)}</h2><div class="pair">${plot}${numbers}</div></section>`;
}

function lengthSection({ label, bins, mean, median, longest, count }: LengthSummary): string {
  const names = bins.map((_, index) => (index === LENGTH_BINS - 1 ? `${LENGTH_BINS} or more` : String(index + 1)));
  const items = bins.map((n, index) => ({ name: names[index]!, count: n }));
  const title = `${label}: lengths in words (${count} spans, mean ${mean.toFixed(1)}, median ${median}, longest ${longest})`;
  return section(
    title,
    barChart(title, items),
    table(
      title,
      ["words", "spans"],
      items.map((item) => [item.name, item.count]),
    ),
  );
}

/** Something about one document that its numbers do not show, such as a disagreement that is not settled. */
export interface SummaryNote {
  /** Path in the workspace; none: about the whole folder. */
  readonly document?: string;
  readonly reason: string;
}

/** Notes, folded up by document: a disputed document has many. */
function noteSection(notes: readonly SummaryNote[]): string {
  const byDocument = new Map<string, string[]>();
  for (const { document = "This folder", reason } of notes) addTo(byDocument, document, [reason]);
  const items = [...byDocument].map(([document, reasons]) => {
    const shown = reasons.slice(0, MOST_NOTES).map((reason) => `<li>${escapeHtml(reason)}</li>`);
    const more = reasons.length > MOST_NOTES ? `<li>… and ${reasons.length - MOST_NOTES} more.</li>` : "";
    return `<details><summary>${escapeHtml(document)}: ${counted(reasons.length, "note")}</summary><ul>${shown.join("")}${more}</ul></details>`;
  });
  return `<section><h2>Notes</h2>${items.join("")}</section>`;
}

/** The body of the page. `notes`: what could not be counted or is taken for granted. */
export function summaryBody(summary: DatasetSummary, notes: readonly SummaryNote[] = []): string {
  const { documents, labels, annotators, lengths } = summary;
  if (documents.length === 0) {
    return "<h1>Dataset summary</h1><p>There are no decisions in this folder yet. Accept or correct a label, then refresh.</p>";
  }
  const total = TASKS.map((task) => labels[task].reduce((sum, { count }) => sum + count, 0));
  const parts = TASKS.filter((task) => labels[task].length > 0).map((task) => {
    const title = `${TITLES[task]} by ${task === "answers" ? "outcome" : "label"}`;
    return section(
      title,
      barChart(title, labels[task]),
      table(
        title,
        ["label", "count"],
        labels[task].map((item) => [item.name, item.count]),
      ),
    );
  });
  const reviewed = documents
    .map(({ path, reviewed: share }) => ({ name: path, count: share }))
    .sort((a, b) => b.count - a.count);
  const rows = documents.map((one) => [
    ...[one.path, one.counts.entities, one.counts.sentiment, one.counts.answers, one.rejected, one.stale],
    percent(one.reviewed),
  ]);
  const heads = ["document", "entities", "sentiment", "questions", "rejected", "stale", "reviewed"];
  return [
    "<h1>Dataset summary</h1>",
    `<p>${counted(documents.length, "document")}: ${total[0]} entities, ${total[1]} sentences with a sentiment, ${total[2]} questions. ${percent(summary.reviewed)} of the text is reviewed for entities.</p>`,
    ...(notes.length === 0
      ? []
      : [
          `<p class="note">⚠ ${counted(notes.length, "note")} on what is disputed or could not be counted: at the end of this page.</p>`,
        ]),
    ...parts,
    section(
      "Decisions by annotator",
      barChart("Decisions by annotator", annotators),
      table(
        "Decisions by annotator",
        ["annotator", "decisions"],
        annotators.map((item) => [item.name, item.count]),
      ),
    ),
    section(
      "Share reviewed",
      barChart("Share of each document reviewed", reviewed, percent),
      table("Documents", heads, rows),
    ),
    ...(lengths.length === 0
      ? []
      : [`<h2>Lengths of entities</h2>`, ...lengths.slice(0, MOST_BARS).map(lengthSection)]),
    ...(notes.length === 0 ? [] : [noteSection(notes)]),
  ].join("\n");
}

const STYLE = `
.pair { display: flex; flex-wrap: wrap; gap: 2em; align-items: flex-start; }
svg { width: 520px; max-width: 100%; font-size: 12px; }
svg text { fill: var(--vscode-foreground); }
svg rect { fill: var(--vscode-charts-blue, var(--vscode-foreground)); stroke: var(--vscode-contrastBorder, transparent); }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
summary { cursor: pointer; padding: .2em 0; }
th, td { padding: .2em .8em .2em 0; }
td { text-align: right; }
th[scope=row] { overflow-wrap: anywhere; }
.note { color: var(--vscode-editorWarning-foreground, var(--vscode-foreground)); }`;

/** The whole page. */
export function summaryPage(body: string, nonce: string): string {
  return pageHtml({ title: "Dataset summary", body, style: STYLE }, nonce);
}
