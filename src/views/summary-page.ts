/** The dataset summary as a page: plots as SVG, each with its numbers in a table beside it. Colours are the theme's; nothing is told by colour alone. */
import type { l10n } from "vscode";
import { LENGTH_BINS } from "../datasets/workspace/summary";
import type { Count, DatasetSummary, LengthSummary } from "../datasets/workspace/summary";
import { TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { plural } from "../text/counted";
import { addTo } from "../text/grouped";
import { perCent, shortenedTo } from "../text/print";
import { escapeHtml, pageHtml } from "./page";
import type { Frame } from "./page";

/** Where the page's texts come from: a parameter, so that the page can be made outside the editor. */
type Texts = Pick<typeof l10n, "t">;

function titleOf(task: Task, l10n: Texts): string {
  return {
    entities: l10n.t("Entities by label"),
    sentiment: l10n.t("Sentiment of sentences by label"),
    answers: l10n.t("Questions by outcome"),
  }[task];
}

/** Longer tables are cut, and say so. */
const MOST_ROWS = 500;
const MOST_BARS = 30;
/** A document's notes beyond these are counted only. */
const MOST_NOTES = 200;

/** What came of questions: the summary names it for the program, not for the user. */
function outcome({ name, count }: Count, l10n: Texts): Count {
  return { name: name === "answered" ? l10n.t("answered") : l10n.t("no answer"), count };
}

function percent(share: number, l10n: Texts): string {
  return l10n.t("{0} %", perCent(share, share > 0 && share < 0.1 ? 1 : 0));
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  l10n: Texts,
): string {
  const cells = rows.slice(0, MOST_ROWS).map(([first, ...rest]) => {
    const numbers = rest.map((value) => `<td>${escapeHtml(String(value))}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(String(first))}</th>${numbers}</tr>`;
  });
  const more = rows.length > MOST_ROWS ? `<p>${moreOf(rows.length - MOST_ROWS, l10n)}</p>` : "";
  const head = heads.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${cells.join("")}</tbody></table>${more}`;
}

/** What stands where a list was cut. */
function moreOf(count: number, l10n: Texts): string {
  return escapeHtml(l10n.t("… and {0} more.", count));
}

/** Bars from left to right, a row each, with their numbers written on them. */
function barChart(
  title: string,
  items: readonly Count[],
  l10n: Texts,
  format: (count: number) => string = String,
): string {
  const shown = items.slice(0, MOST_BARS);
  const most = Math.max(...shown.map(({ count }) => count), 1e-9);
  const [row, left, width] = [22, 150, 300];
  const bars = shown.map(({ name, count }, index) => {
    const y = index * row;
    const extent = count === 0 ? 0 : Math.max(1, (width * count) / most);
    const label = shortenedTo(name, 20);
    return (
      `<text x="${left - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(label)}</text>` +
      `<rect x="${left}" y="${y + 3}" width="${extent.toFixed(1)}" height="${row - 6}"></rect>` +
      `<text x="${left + extent + 6}" y="${y + 15}">${escapeHtml(format(count))}</text>`
    );
  });
  const size = `viewBox="0 0 ${left + width + 70} ${Math.max(row, shown.length * row)}"`;
  // The table beside it says the same: a reader aloud needs it once.
  const said = escapeHtml(l10n.t("{0}; the table after it has the numbers", title));
  return `<svg role="img" aria-label="${said}" ${size}>${bars.join("")}</svg>`;
}

function section(title: string, plot: string, numbers: string): string {
  return `<section><h2>${escapeHtml(title)}</h2><div class="pair">${plot}${numbers}</div></section>`;
}

function lengthSection({ label, bins, mean, median, longest, count }: LengthSummary, l10n: Texts): string {
  const names = bins.map((_, index) =>
    index === LENGTH_BINS - 1 ? l10n.t("{0} or more", LENGTH_BINS) : String(index + 1),
  );
  const items = bins.map((n, index) => ({ name: names[index]!, count: n }));
  const title = l10n.t(
    "{0}: lengths in words ({1} spans, mean {2}, median {3}, longest {4})",
    label,
    count,
    mean.toFixed(1),
    median,
    longest,
  );
  return section(
    title,
    barChart(title, items, l10n),
    table(
      title,
      [l10n.t("words"), l10n.t("spans")],
      items.map((item) => [item.name, item.count]),
      l10n,
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
function noteSection(notes: readonly SummaryNote[], l10n: Texts): string {
  const byDocument = new Map<string, string[]>();
  for (const { document = l10n.t("This folder"), reason } of notes) addTo(byDocument, document, [reason]);
  const items = [...byDocument].map(([document, reasons]) => {
    const shown = reasons.slice(0, MOST_NOTES).map((reason) => `<li>${escapeHtml(reason)}</li>`);
    const more = reasons.length > MOST_NOTES ? `<li>${moreOf(reasons.length - MOST_NOTES, l10n)}</li>` : "";
    const head = plural(
      reasons.length,
      l10n.t("{0}: 1 note", document),
      l10n.t("{0}: {1} notes", document, reasons.length),
    );
    return `<details><summary>${escapeHtml(head)}</summary><ul>${shown.join("")}${more}</ul></details>`;
  });
  return `<section><h2>${escapeHtml(l10n.t("Notes"))}</h2>${items.join("")}</section>`;
}

/** How many of what there are, in sentences. */
function numbersOf({ documents, labels, reviewed }: DatasetSummary, l10n: Texts): string {
  const total = (task: Task): number => labels[task].reduce((sum, { count }) => sum + count, 0);
  const [entities, sentences, questions] = [total("entities"), total("sentiment"), total("answers")];
  const totals = plural(
    documents.length,
    l10n.t("1 document: {0} entities, {1} sentences with a sentiment, {2} questions.", entities, sentences, questions),
    l10n.t(
      "{0} documents: {1} entities, {2} sentences with a sentiment, {3} questions.",
      documents.length,
      entities,
      sentences,
      questions,
    ),
  );
  return [totals, l10n.t("{0} of the text is reviewed for entities.", percent(reviewed, l10n))].join(" ");
}

/** That there are notes, before they come. */
function noteWarning(count: number, l10n: Texts): string {
  const said = plural(
    count,
    l10n.t("1 note on what is disputed or could not be counted: at the end of this page."),
    l10n.t("{0} notes on what is disputed or could not be counted: at the end of this page.", count),
  );
  return `<p class="note">⚠ ${escapeHtml(said)}</p>`;
}

/** The body of the page. `notes`: what could not be counted or is taken for granted. */
export function summaryBody(summary: DatasetSummary, notes: readonly SummaryNote[], l10n: Texts): string {
  const { documents, labels, annotators, lengths } = summary;
  const heading = `<h1>${escapeHtml(l10n.t("Dataset summary"))}</h1>`;
  if (documents.length === 0) {
    const none = l10n.t("There are no decisions in this folder yet. Accept or correct a label, then refresh.");
    return `${heading}<p>${escapeHtml(none)}</p>`;
  }
  const parts = TASK_NAMES.filter((task) => labels[task].length > 0).map((task) => {
    const title = titleOf(task, l10n);
    const heads = [l10n.t("label"), l10n.t("count")];
    const counts = task === "answers" ? labels[task].map((item) => outcome(item, l10n)) : labels[task];
    const rows = counts.map((item) => [item.name, item.count]);
    return section(title, barChart(title, counts, l10n), table(title, heads, rows, l10n));
  });
  const reviewed = documents
    .map(({ path, reviewed: share }) => ({ name: path, count: share }))
    .sort((a, b) => b.count - a.count);
  const rows = documents.map((one) => [
    ...[one.path, one.counts.entities, one.counts.sentiment, one.counts.answers, one.rejected, one.stale],
    percent(one.reviewed, l10n),
  ]);
  const heads = [
    ...[l10n.t("document"), l10n.t("entities"), l10n.t("sentiment"), l10n.t("questions")],
    ...[l10n.t("rejected"), l10n.t("stale"), l10n.t("reviewed")],
  ];
  const byAnnotator = l10n.t("Decisions by annotator");
  return [
    heading,
    `<p>${escapeHtml(numbersOf(summary, l10n))}</p>`,
    ...(notes.length === 0 ? [] : [noteWarning(notes.length, l10n)]),
    ...parts,
    section(
      byAnnotator,
      barChart(byAnnotator, annotators, l10n),
      table(
        byAnnotator,
        [l10n.t("annotator"), l10n.t("decisions")],
        annotators.map((item) => [item.name, item.count]),
        l10n,
      ),
    ),
    section(
      l10n.t("Share reviewed"),
      barChart(l10n.t("Share of each document reviewed"), reviewed, l10n, (share) => percent(share, l10n)),
      table(l10n.t("Documents"), heads, rows, l10n),
    ),
    ...(lengths.length === 0
      ? []
      : [
          `<h2>${escapeHtml(l10n.t("Lengths of entities"))}</h2>`,
          ...lengths.slice(0, MOST_BARS).map((length) => lengthSection(length, l10n)),
        ]),
    ...(notes.length === 0 ? [] : [noteSection(notes, l10n)]),
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
export function summaryPage(body: string, l10n: Texts, frame: Frame): string {
  return pageHtml({ title: l10n.t("Dataset summary"), body, style: STYLE }, frame);
}
