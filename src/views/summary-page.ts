/** The dataset summary as a page: the dashboard of the work, and what is in the documents. */
import { LENGTH_BINS } from "../datasets/workspace/summary";
import type { Count, DatasetSummary, LengthSummary } from "../datasets/workspace/summary";
import { isQuestionTask, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { plural } from "../text/counted";
import { addTo } from "../text/grouped";
import { barChart, CHART_STYLE, MOST_BARS, moreOf, paragraph, percent, section, table } from "./charts";
import type { Bar } from "./charts";
import { escapeHtml, pageHtml } from "./page";
import type { Frame, Texts } from "./page";
import { paceSections, progressSection, suggestionSections, WORK_STYLE } from "./work-sections";
import type { Work } from "./work-sections";

function titleOf(task: Task, l10n: Texts): string {
  return {
    entities: l10n.t("Entities by label"),
    sentiment: l10n.t("Sentiment of sentences by label"),
    answers: l10n.t("Questions by outcome"),
  }[task];
}

/** A document's notes beyond these are counted only. */
const MOST_NOTES = 200;

/** What came of questions: the summary names it for the program, not for the user. */
function outcome({ name, count }: Count, l10n: Texts): Count {
  return { name: name === "answered" ? l10n.t("answered") : l10n.t("no answer"), count };
}

function barsOf(items: readonly Count[]): Bar[] {
  return items.map(({ name, count }) => ({ name, parts: [count], says: String(count) }));
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
    barChart(title, barsOf(items), l10n),
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

/** The head of a task's column. */
function columnOf(task: Task, l10n: Texts): string {
  return { entities: l10n.t("entities"), sentiment: l10n.t("sentiment"), answers: l10n.t("questions") }[task];
}

/** "12 entities". */
function countOf(task: Task, count: number, l10n: Texts): string {
  return {
    entities: plural(count, l10n.t("1 entity"), l10n.t("{0} entities", count)),
    sentiment: plural(count, l10n.t("1 sentence with a sentiment"), l10n.t("{0} sentences with a sentiment", count)),
    answers: plural(count, l10n.t("1 question"), l10n.t("{0} questions", count)),
  }[task];
}

/** How many of what there are, in sentences. */
function numbersOf({ documents, labels, reviewed }: DatasetSummary, l10n: Texts): string {
  const total = (task: Task): number => labels[task].reduce((sum, { count }) => sum + count, 0);
  const counted = TASK_NAMES.map((task) => countOf(task, total(task), l10n)).join(l10n.t(", "));
  const totals = plural(
    documents.length,
    l10n.t("1 document: {0}.", counted),
    l10n.t("{0} documents: {1}.", documents.length, counted),
  );
  return [totals, l10n.t("{0} of the text is reviewed.", percent(reviewed, l10n))].join(" ");
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

/** Nothing is decided yet: what to do. */
function nothingYet(l10n: Texts): string {
  return paragraph(
    l10n.t("There are no decisions in this folder yet."),
    l10n.t("Open a text file, accept or correct what is suggested in it, and show this page again."),
  );
}

/** The body of the page. `notes`: what could not be counted or is taken for granted. `work`: what is known beside the documents themselves. */
export function summaryBody(summary: DatasetSummary, notes: readonly SummaryNote[], l10n: Texts, work?: Work): string {
  const { documents, labels, annotators, lengths } = summary;
  const heading = `<h1>${escapeHtml(l10n.t("Dataset summary"))}</h1>`;
  const warning = notes.length === 0 ? [] : [noteWarning(notes.length, l10n)];
  const noted = notes.length === 0 ? [] : [noteSection(notes, l10n)];
  const progress = work === undefined ? [] : [progressSection(work, l10n)];
  if (documents.length === 0) return [heading, nothingYet(l10n), ...warning, ...progress, ...noted].join("\n");
  const parts = TASK_NAMES.filter((task) => labels[task].length > 0).map((task) => {
    const title = titleOf(task, l10n);
    const heads = [l10n.t("label"), l10n.t("count")];
    const counts = isQuestionTask(task) ? labels[task].map((item) => outcome(item, l10n)) : labels[task];
    const rows = counts.map((item) => [item.name, item.count]);
    return section(title, barChart(title, barsOf(counts), l10n), table(title, heads, rows, l10n));
  });
  const reviewed = documents
    .toSorted((a, b) => b.reviewed - a.reviewed)
    .map(({ path, reviewed: share }): Bar => ({ name: path, parts: [share], says: percent(share, l10n) }));
  const rows = documents.map((one) => [
    ...[one.path, ...TASK_NAMES.map((task) => one.counts[task]), one.rejected, one.stale],
    percent(one.reviewed, l10n),
  ]);
  const heads = [
    ...[l10n.t("document"), ...TASK_NAMES.map((task) => columnOf(task, l10n))],
    ...[l10n.t("rejected"), l10n.t("stale"), l10n.t("reviewed")],
  ];
  const byAnnotator = l10n.t("Decisions by annotator");
  return [
    heading,
    `<p>${escapeHtml(numbersOf(summary, l10n))}</p>`,
    ...warning,
    ...progress,
    ...(work === undefined ? [] : suggestionSections(work, l10n)),
    ...parts,
    section(
      byAnnotator,
      barChart(byAnnotator, barsOf(annotators), l10n),
      table(
        byAnnotator,
        [l10n.t("annotator"), l10n.t("decisions")],
        annotators.map((item) => [item.name, item.count]),
        l10n,
      ),
    ),
    ...(work === undefined ? [] : paceSections(work, l10n)),
    section(
      l10n.t("Share reviewed"),
      barChart(l10n.t("Share of each document reviewed"), reviewed, l10n),
      table(l10n.t("Documents"), heads, rows, l10n),
    ),
    ...(lengths.length === 0
      ? []
      : [
          `<h2>${escapeHtml(l10n.t("Lengths of entities"))}</h2>`,
          ...lengths.slice(0, MOST_BARS).map((length) => lengthSection(length, l10n)),
        ]),
    ...noted,
  ].join("\n");
}

const STYLE = `${CHART_STYLE}${WORK_STYLE}
summary { cursor: pointer; padding: .2em 0; }
.note { border-left: 3px solid var(--vscode-editorWarning-foreground, currentColor); padding-left: 0.6em; }`;

/** The whole page. */
export function summaryPage(body: string, l10n: Texts, frame: Frame): string {
  return pageHtml({ title: l10n.t("Dataset summary"), body, style: STYLE }, frame);
}
