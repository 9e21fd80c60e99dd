/** The agreement report as a page: tables with a bar beside each figure. Pure; no scripts, so nothing in it can run. */
import type { Agreement, GroupFigures, PairAgreement, PairFigures, TaskAgreement } from "../labels/agreement/agreement";
import type { Disagreement } from "../labels/agreement/disagreements";
import { isClassTask, TASK_NAMES } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { plural } from "../text/counted";
import { escapeHtml, filledHtml, pageHtml } from "./page";
import type { Frame, Texts } from "./page";

/** What could not be compared. */
export interface LeftOut {
  readonly unreadable: readonly { readonly document: string; readonly reason: string }[];
  /** Odd lines in logs. */
  readonly skipped: number;
}

function titleOf(task: Task, l10n: Texts): string {
  return { entities: l10n.t("Entities"), sentiment: l10n.t("Sentiment"), answers: l10n.t("Answers") }[task];
}

/** What is compared, in whole sentences: where there is something, and where not. */
function unitsOf(task: Task, { units, completeUnits, annotators: { length } }: TaskAgreement, l10n: Texts): string {
  if (units === 0) {
    return {
      entities: l10n.t("Nothing to compare: there are no words of text that both annotators reviewed or labelled."),
      sentiment: l10n.t("Nothing to compare: there are no sentences that both annotators labelled."),
      answers: l10n.t(
        "Nothing to compare: there are no questions that both annotators decided; the category is whether there is an answer.",
      ),
    }[task];
  }
  return {
    entities: l10n.t(
      "Compared are words of text that both annotators reviewed or labelled: {0} in all, {1} by all {2} annotators.",
      units,
      completeUnits,
      length,
    ),
    sentiment: l10n.t(
      "Compared are sentences that both annotators labelled: {0} in all, {1} by all {2} annotators.",
      units,
      completeUnits,
      length,
    ),
    answers: l10n.t(
      "Compared are questions that both annotators decided; the category is whether there is an answer: {0} in all, {1} by all {2} annotators.",
      units,
      completeUnits,
      length,
    ),
  }[task];
}

const BAR_UNITS = 60;

/** A figure with a bar from 0 to 1; what is below 0 has no bar. */
function figure(value: number | undefined, l10n: Texts): string {
  if (value === undefined)
    return `<td class="figure"><span aria-label="${escapeHtml(l10n.t("not defined"))}">–</span></td>`;
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

function groupTable(found: TaskAgreement, l10n: Texts): string {
  const cells = ({ fleissKappa, krippendorffsAlpha }: GroupFigures): string[] =>
    [fleissKappa, krippendorffsAlpha].map((value) => figure(value, l10n));
  const rows = Object.entries(found.labels).map(([label, of]) => row(label, cells(of)));
  const all = row(l10n.t("all labels"), cells(found), true);
  const heads = [l10n.t("Label"), l10n.t("Fleiss' kappa"), l10n.t("Krippendorff's alpha")];
  return table(l10n.t("All annotators"), heads, [all, ...rows]);
}

/** "bob and ann: 2 words". */
function pairCaption(
  { annotators: [first, second], units }: PairAgreement,
  unit: TaskAgreement["unit"],
  l10n: Texts,
): string {
  return {
    word: plural(
      units,
      l10n.t("{0} and {1}: 1 word", first, second),
      l10n.t("{0} and {1}: {2} words", first, second, units),
    ),
    sentence: plural(
      units,
      l10n.t("{0} and {1}: 1 sentence", first, second),
      l10n.t("{0} and {1}: {2} sentences", first, second, units),
    ),
    question: plural(
      units,
      l10n.t("{0} and {1}: 1 question", first, second),
      l10n.t("{0} and {1}: {2} questions", first, second, units),
    ),
  }[unit];
}

function pairTables(task: Task, { pairs, unit }: TaskAgreement, l10n: Texts): string {
  const spans = !isClassTask(task);
  const cells = ({ observed, cohensKappa, exact, overlap }: PairFigures): string[] =>
    [observed, cohensKappa, ...(spans ? [exact?.f1, overlap?.f1] : [])].map((value) => figure(value, l10n));
  const heads = [
    ...[l10n.t("Label"), l10n.t("Same category"), l10n.t("Cohen's kappa")],
    ...(spans ? [l10n.t("F1, exact"), l10n.t("F1, overlap")] : []),
  ];
  return pairs
    .map((pair) => {
      const rows = Object.entries(pair.labels).map(([label, of]) => row(label, cells(of)));
      return table(pairCaption(pair, unit, l10n), heads, [row(l10n.t("all labels"), cells(pair), true), ...rows]);
    })
    .join("");
}

function section(task: Task, found: TaskAgreement, disagreements: readonly Disagreement[], l10n: Texts): string {
  const mine = disagreements.filter((item) => item.task === task);
  const settled = mine.filter((item) => item.settled !== undefined).length;
  const disputed = plural(
    mine.length,
    l10n.t("1 disagreement, {0} settled.", settled),
    l10n.t("{0} disagreements, {1} settled.", mine.length, settled),
  );
  const paragraphs = [unitsOf(task, found, l10n), disputed].map((text) => `<p>${escapeHtml(text)}</p>`).join("");
  const tables = found.units === 0 ? "" : groupTable(found, l10n) + pairTables(task, found, l10n);
  return `<section><h2>${escapeHtml(titleOf(task, l10n))}</h2>${paragraphs}${tables}</section>`;
}

function leftOutList({ unreadable, skipped }: LeftOut, l10n: Texts): string {
  const texts = unreadable.map(({ document, reason }) => l10n.t("{0}: {1}", document, reason));
  const odd = plural(
    skipped,
    l10n.t("1 odd line in logs; Show Log names it."),
    l10n.t("{0} odd lines in logs; Show Log names them.", skipped),
  );
  const items = [...texts, ...(skipped > 0 ? [odd] : [])].map((text) => `<li>${escapeHtml(text)}</li>`);
  if (items.length === 0) return "";
  return `<section><h2>${escapeHtml(l10n.t("Left out"))}</h2><ul>${items.join("")}</ul></section>`;
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

/** How the figures are read. */
function explanation(l10n: Texts): string {
  const texts = [
    l10n.t(
      "Kappa and alpha are 1 for perfect agreement and 0 for what chance would give; each label is compared with all else.",
    ),
    l10n.t(
      "For data to rely on, Krippendorff asks for an alpha of at least 0.8, and of 0.667 for tentative conclusions.",
    ),
    l10n.t("A dash: not defined, for want of units or of a second category."),
    l10n.t(
      "F1 says whether the same text was marked: exact asks for the same start, end and label, overlap for the same label and some text in common.",
    ),
  ];
  return `<section><h2>${escapeHtml(l10n.t("How to read it"))}</h2><p>${escapeHtml(texts.join(" "))}</p></section>`;
}

/** Links to what is unsettled. */
function unsettledLinks(open: number, l10n: Texts): string {
  if (open === 0) return "";
  const toCommand = (command: string, text: string): string =>
    `<a href="command:glossator.${command}">${escapeHtml(text)}</a>`;
  const first = plural(
    open,
    l10n.t("Go to the first of 1 unsettled disagreement"),
    l10n.t("Go to the first of {0} unsettled disagreements", open),
  );
  const links = [toCommand("nextDisagreement", first), toCommand("showDisagreements", l10n.t("list them"))];
  return `<p>${filledHtml(l10n.t("{0} or {1}."), ...links)}</p>`;
}

/** The page, in the language of its texts. */
export function agreementHtml(
  agreement: Agreement,
  disagreements: readonly Disagreement[],
  leftOut: LeftOut,
  l10n: Texts,
  frame: Frame,
): string {
  const { annotators, documents, tasks } = agreement;
  const who =
    annotators.length === 0
      ? l10n.t("Nobody has decided anything yet.")
      : l10n.t("Annotators: {0}.", annotators.join(", "));
  const common = plural(documents, l10n.t("1 document in common."), l10n.t("{0} documents in common.", documents));
  const open = disagreements.filter(({ settled }) => settled === undefined).length;
  const body =
    documents === 0
      ? `<p>${escapeHtml(l10n.t("Agreement needs a document on which two annotators decided something."))}</p>`
      : TASK_NAMES.map((task) => section(task, tasks[task], disagreements, l10n)).join("");
  const title = l10n.t("Agreement");
  const page = `<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml([who, common].join(" "))}</p>
${unsettledLinks(open, l10n)}
${body}
${explanation(l10n)}
${leftOutList(leftOut, l10n)}`;
  return pageHtml({ title, body: page, style: STYLE }, frame);
}
