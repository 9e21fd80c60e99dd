/** What of the dashboard is about the work: how far files are, what became of suggestions, how sure the model was of them, how long decisions took. Pure. */
import type { WorkspaceProgress } from "../datasets/workspace/progress";
import type { WorkSummary } from "../datasets/workspace/work";
import { LABEL_TASKS } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { MOST_DAYS, PAUSE_MS } from "../labels/pace";
import type { Pace, PaceGroup } from "../labels/pace";
import { CONFIDENCE_BINS } from "../labels/suggestion-counts";
import type { OutcomeCounts, TaskOutcomes } from "../labels/suggestion-counts";
import { OUTCOMES } from "../labels/verdicts";
import type { Outcome } from "../labels/verdicts";
import { plural } from "../text/counted";
import { barChart, paragraph, percent, section, table } from "./charts";
import { escapeHtml, filledHtml } from "./page";
import type { Texts } from "./page";

/** What is shown beside the numbers of the dataset. */
export interface Work extends Pick<WorkSummary, "suggestions" | "pace" | "progress"> {
  /** The address of the workspace folder, for links to its files. */
  readonly folder: string;
}

/** The command that links in the page run. */
export const NEXT_FILE = "glossator.openNextUnreviewedFile";

function fileLink(text: string, ...args: readonly string[]): string {
  const given = args.length === 0 ? "" : `?${encodeURIComponent(JSON.stringify(args))}`;
  return `<a href="${escapeHtml(`command:${NEXT_FILE}${given}`)}">${escapeHtml(text)}</a>`;
}

/** How far files are, with links to the next ones. Empty where there is no file. */
export function progressSection({ progress, folder }: Pick<Work, "progress" | "folder">, l10n: Texts): string {
  const title = l10n.t("Progress over files");
  if (progress === undefined) {
    const why = l10n.t("In Restricted Mode files without decisions are not looked at.");
    return `<section><h2>${escapeHtml(title)}</h2>${paragraph(why)}</section>`;
  }
  const { reviewed, begun, untouched, next, more } = progress;
  const total = reviewed + begun + untouched;
  if (total === 0) return "";
  const rows = [
    { name: l10n.t("reviewed in whole"), count: reviewed },
    { name: l10n.t("begun"), count: begun },
    { name: l10n.t("untouched"), count: untouched },
  ];
  const says = (count: number): string => l10n.t("{0} ({1})", count, percent(count / total, l10n));
  const plot = barChart(
    title,
    rows.map(({ name, count }) => ({ name, parts: [count], says: says(count) })),
    l10n,
    100,
  );
  const numbers = table(
    title,
    [l10n.t("state"), l10n.t("files"), l10n.t("share")],
    rows.map(({ name, count }) => [name, count, percent(count / total, l10n)]),
    l10n,
  );
  const cut = more ? [l10n.t("There are more text files: the first {0} are counted.", total)] : [];
  const counted = l10n.t(
    "Text files of the folder, as the Review Queue finds them. One is reviewed in whole when every sentence of it is, whoever did so.",
  );
  return section(title, plot, numbers, {
    before: paragraph(counted, ...cut),
    more: nextFiles(progress, next, folder, l10n),
  });
}

function nextFiles(
  { begun, untouched }: WorkspaceProgress,
  next: WorkspaceProgress["next"],
  folder: string,
  l10n: Texts,
): string {
  const left = begun + untouched;
  if (left === 0) return paragraph(l10n.t("All of them are reviewed."));
  const items = next.map(({ document, state, reviewed }) => {
    const link = fileLink(document, folder, document);
    const how =
      state === "untouched"
        ? filledHtml(l10n.t("{0}: untouched"), link)
        : filledHtml(l10n.t("{0}: begun, {1} reviewed"), link, escapeHtml(percent(reviewed, l10n)));
    return `<li>${how}</li>`;
  });
  const rest = left > next.length ? `<p>${escapeHtml(l10n.t("… and {0} more.", left - next.length))}</p>` : "";
  return `<h3>${escapeHtml(l10n.t("Next files"))}</h3><p>${fileLink(l10n.t("Open Next Unreviewed File"))}</p><ol>${items.join("")}</ol>${rest}`;
}

function outcomeName(outcome: Outcome | "missed", l10n: Texts): string {
  return {
    accepted: l10n.t("accepted"),
    boundary: l10n.t("other words"),
    type: l10n.t("other label"),
    both: l10n.t("both"),
    spurious: l10n.t("rejected"),
    missed: l10n.t("missed"),
  }[outcome];
}

function outcomesTitle(task: LabelTask, l10n: Texts): string {
  return {
    entities: l10n.t("What became of suggestions: entities"),
    sentiment: l10n.t("What became of suggestions: sentiment"),
  }[task];
}

function confidenceTitle(task: LabelTask, l10n: Texts): string {
  return {
    entities: l10n.t("Confidence of suggestions: entities"),
    sentiment: l10n.t("Confidence of suggestions: sentiment"),
  }[task];
}

function outcomeSection(task: LabelTask, { all, labels }: TaskOutcomes, l10n: Texts): string {
  const title = outcomesTitle(task, l10n);
  const share = (count: number, { decided }: OutcomeCounts): string =>
    decided === 0 ? l10n.t("–") : percent(count / decided, l10n);
  const bars = OUTCOMES.map((outcome) => ({
    name: outcomeName(outcome, l10n),
    parts: [all[outcome]],
    says: l10n.t("{0} ({1})", all[outcome], share(all[outcome], all)),
  }));
  const missed = { name: outcomeName("missed", l10n), parts: [all.missed], says: String(all.missed) };
  const heads = [
    ...[l10n.t("suggested label"), ...OUTCOMES.map((outcome) => outcomeName(outcome, l10n))],
    ...[l10n.t("decided"), l10n.t("accepted, share"), outcomeName("missed", l10n)],
  ];
  const row = (name: string, of: OutcomeCounts): (string | number)[] => [
    ...[name, ...OUTCOMES.map((outcome) => of[outcome]), of.decided],
    ...[share(of.accepted, of), of.missed],
  ];
  const rows = [row(l10n.t("all labels"), all), ...labels.map((of) => row(of.label, of))];
  const explained = paragraph(
    l10n.t("Accepted: as it was."),
    l10n.t("Other words: under the same label. Other label: on the same words. Both: another label on other words."),
    l10n.t("Rejected: or accepted and removed later."),
    l10n.t("Missed: labels that were given where nothing was suggested; they are not among the decided."),
  );
  return section(title, barChart(title, [...bars, missed], l10n, 110), table(title, heads, rows, l10n), {
    before: explained,
  });
}

function confidenceSection(task: LabelTask, { all, confidence, unknown }: TaskOutcomes, l10n: Texts): string {
  const title = confidenceTitle(task, l10n);
  const limit = (bin: number): string => (bin / CONFIDENCE_BINS).toFixed(1);
  const rows = confidence.map(({ right, wrong }, bin) => ({
    ...{ name: l10n.t("{0} to {1}", limit(bin), limit(bin + 1)), right, wrong },
    share: right + wrong === 0 ? l10n.t("–") : percent(right / (right + wrong), l10n),
  }));
  const bars = rows.map(({ name, right, wrong, share }) => ({
    ...{ name, parts: [right, wrong] },
    says: right + wrong === 0 ? l10n.t("none") : l10n.t("{0} right, {1} wrong ({2})", right, wrong, share),
  }));
  const heads = [l10n.t("confidence"), l10n.t("right"), l10n.t("wrong"), l10n.t("right, share")];
  const counted = l10n.t("{0} of {1} suggestions that were decided on.", all.decided - unknown, all.decided);
  const left = plural(
    unknown,
    l10n.t("Of 1 the log does not say the confidence: it is left out."),
    l10n.t("Of {0} the log does not say the confidence: they are left out.", unknown),
  );
  const before = paragraph(
    ...[counted, ...(unknown > 0 ? [left] : [])],
    l10n.t("Filled: accepted as it was. Outline: anything else."),
    l10n.t(
      "A confidence that can be relied on is right as often as it says; above that the model is too careful, below it too sure.",
    ),
  );
  const numbers = table(
    title,
    heads,
    rows.map(({ name, right, wrong, share }) => [name, right, wrong, share]),
    l10n,
  );
  return section(title, barChart(title, bars, l10n, 170), numbers, { before });
}

/** What became of suggestions, and how sure the model was of them, for each task with any. */
export function suggestionSections({ suggestions }: Pick<Work, "suggestions">, l10n: Texts): string[] {
  return LABEL_TASKS.flatMap((task) => {
    const of = suggestions[task];
    const { decided, missed } = of.all;
    return [
      ...(decided + missed === 0 ? [] : [outcomeSection(task, of, l10n)]),
      ...(decided === 0 ? [] : [confidenceSection(task, of, l10n)]),
    ];
  });
}

function seconds(ms: number | undefined, l10n: Texts): string {
  return ms === undefined ? l10n.t("–") : l10n.t("{0} s", (ms / 1000).toFixed(1));
}

function hourly(perHour: number | undefined, l10n: Texts): string {
  return perHour === undefined ? l10n.t("–") : perHour.toFixed(0);
}

function paceTable(title: string, head: string, groups: readonly PaceGroup[], l10n: Texts): string {
  const heads = [
    ...[
      head,
      l10n.t("decisions"),
      l10n.t("timed"),
      l10n.t("lower quartile"),
      l10n.t("median"),
      l10n.t("upper quartile"),
    ],
    ...[l10n.t("an hour"), l10n.t("bulk acts"), l10n.t("labels in bulk")],
  ];
  const rows = groups.map(({ name, decisions, timed, time, perHour, bulk }) => [
    ...[name, decisions, timed, seconds(time?.lower, l10n), seconds(time?.median, l10n), seconds(time?.upper, l10n)],
    ...[hourly(perHour, l10n), bulk.acts, bulk.labels],
  ]);
  return table(title, heads, rows, l10n);
}

/** How long decisions took: all of them, by person, by day. */
export function paceSections({ pace }: { readonly pace: Pace }, l10n: Texts): string[] {
  const { all, annotators, days } = pace;
  if (all.decisions + all.bulk.acts === 0) return [];
  const title = l10n.t("Time per decision");
  const { time } = all;
  const numbers =
    time === undefined
      ? l10n.t("No two decisions of one person follow each other closely enough to be timed.")
      : l10n.t(
          "Half of {0} timed decisions took less than {1}; a quarter less than {2}, a quarter more than {3}. That is {4} an hour.",
          all.timed,
          seconds(time.median, l10n),
          seconds(time.lower, l10n),
          seconds(time.upper, l10n),
          hourly(all.perHour, l10n),
        );
  const explained = paragraph(
    l10n.t("The time of a decision is that since the same person's decision before it."),
    l10n.t("After a pause of more than {0} s it is not known: in that time 240 words are read.", PAUSE_MS / 1000),
    l10n.t(
      "That a sentence is read is a decision. What one act did to many labels is told apart and not timed; imports do not count.",
    ),
  );
  const byDay = l10n.t("Decisions by day");
  return [
    section(
      title,
      barChart(
        title,
        annotators.map(({ name, time: own }) => ({
          name,
          parts: [own?.median ?? 0],
          says: seconds(own?.median, l10n),
        })),
        l10n,
      ),
      paceTable(title, l10n.t("annotator"), annotators, l10n),
      { before: paragraph(numbers) + explained },
    ),
    section(
      byDay,
      barChart(
        byDay,
        days.map(({ name, decisions }) => ({ name, parts: [decisions], says: String(decisions) })),
        l10n,
      ),
      paceTable(byDay, l10n.t("day"), days, l10n),
      { before: paragraph(l10n.t("The last {0} days with decisions, where you are.", MOST_DAYS)) },
    ),
  ];
}

/** Of what is not a plot or a table. */
export const WORK_STYLE = `
p { max-width: 60em; }
a { color: var(--vscode-textLink-foreground); }
ol { padding-left: 2em; }
li { padding: .1em 0; overflow-wrap: anywhere; }`;
