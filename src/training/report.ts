/** What teaching would learn from, and what came of it, for people: the same words in the editor and on the command line. */
import { cell, excerpt } from "../datasets/losses";
import { answersIn } from "../documents/answers";
import { isClassTask, isQuestionTask } from "../documents/tasks";
import { counted } from "../text/counted";
import { perCent } from "../text/print";
import type { PlacedChange } from "./changes";
import type { AnswerExample } from "./examples/answers";
import type { Taught, TaughtTask } from "./examples/collect";
import type { TeachExample } from "./examples/example";
import { LEAST_DECISIONS } from "./gate";
import type { Compared, Verdict } from "./gate";
import type { ExportedJob } from "./exchange/export-job";
import type { TeachOutcome } from "./job";
import type { TaskProgress, TeachReport } from "./teach";
import type { Version } from "./versions";

const points = (share: number): string => perCent(share, 1);

/** How far a job is, in a few words. */
export function progressText({ task, phase, done, total, loss, secondsLeft }: TaskProgress): string {
  const what = {
    reading: "reading texts",
    folds: "measuring by runs on parts",
    training: "learning from all",
    measuring: "comparing",
    writing: "writing the new version",
  }[phase];
  const steps = total === 0 ? "" : `, step ${done} of ${total}`;
  const lost = loss === undefined ? "" : `, loss ${loss.toFixed(3)}`;
  const left = secondsLeft === undefined ? "" : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${task}: ${what}${steps}${lost}${left}`;
}

/** What an example says, one thing a line: `corrected: LOC "Oslo"`; of a question, what answers it and with which passages it is read. */
export function saidIn(example: TaughtTask["examples"][number]): string[] {
  return "passages" in example ? saidOfQuestion(example) : saidOfText(example);
}

function saidOfQuestion({ answers, how, passages }: AnswerExample): string[] {
  const places = passages.reduce((sum, passage) => sum + passage.answers.length, 0);
  const without = passages.filter((passage) => passage.answers.length === 0).length;
  const exact = answersIn(answers).map((answer) => JSON.stringify(excerpt(answer)));
  if (exact.length === 0) return [`${how}: no answer, in ${counted(without, "passage")}`];
  const said = `${how}: ${exact.join(" or ")}${places > 1 ? `, in ${places} places` : ""}`;
  return without === 0 ? [said] : [said, `${counted(without, "other passage")} held to what was said there`];
}

function saidOfText({ text, labels, rejected, reviewed }: TeachExample): string[] {
  const said = [...labels, ...rejected].map(({ start, end, label, how }) => {
    const what = how === "rejected" ? `not ${label}` : label;
    return `${how}: ${what} "${excerpt(text.slice(start, end))}"`;
  });
  const whole = reviewed.some(({ start, end }) => start === 0 && end >= text.trimEnd().length);
  if (said.length === 0) said.push(whole ? "reviewed: nothing here" : "reviewed in part: nothing there");
  else if (whole) said.push("reviewed: nothing else here");
  return said;
}

/** What two models say of a stretch of text: `nothing → VEHICLE`, `LOC "York" → LOC "New York"`. */
export function changeText({ task, start, end, exact, before, after }: PlacedChange): string {
  const said = (labels: PlacedChange["before"]): string =>
    labels
      .map((item) => {
        const whole = isClassTask(task) || (item.start === start && item.end === end);
        return whole ? item.label : `${item.label} "${excerpt(exact.slice(item.start - start, item.end - start))}"`;
      })
      .join(", ") || "nothing";
  return `${said(before)} → ${said(after)}`;
}

/** All examples by document, as Markdown. @param most examples of a document that are listed */
export function examplesMarkdown({ tasks, notYet, losses }: Taught, most: number): string {
  const lines = ["# Training Examples", ""];
  for (const { task, examples, decisions, left } of tasks) {
    lines.push(`## ${task}`, "", `${counted(decisions, "decision")} in ${counted(examples.length, "example")}.`, "");
    if (decisions < LEAST_DECISIONS && decisions > 0)
      lines.push(`${LEAST_DECISIONS - decisions} more to teach: fewer than ${LEAST_DECISIONS} cannot be measured.`, "");
    const byDocument = new Map<string, TaughtTask["examples"][number][]>();
    for (const example of examples) {
      const own = byDocument.get(example.document) ?? [];
      byDocument.set(example.document, own);
      own.push(example);
    }
    for (const [document, own] of byDocument) {
      const read = isQuestionTask(task) ? "question" : "text";
      lines.push(`### ${cell(document)}`, "", `| ${read} | what is learned | weight |`, "|---|---|---|");
      for (const example of own.slice(0, most))
        lines.push(`| ${cell(excerpt(example.text))} | ${cell(saidIn(example).join("; "))} | ${example.weight} |`);
      if (own.length > most) lines.push("", `And ${counted(own.length - most, "example")} more.`);
      lines.push("");
    }
    if (left.length > 0) {
      lines.push("### Not learned from", "", "| document | text | why |", "|---|---|---|");
      for (const { document, exact, reason } of left.slice(0, most))
        lines.push(`| ${cell(document)} | ${cell(excerpt(exact))} | ${cell(reason)} |`);
      if (left.length > most) lines.push("", `And ${left.length - most} more.`);
      lines.push("");
    }
  }
  for (const { task, decisions } of notYet) if (decisions > 0) lines.push(notYetText({ task, decisions }), "");
  for (const { document, reason } of losses.filter(({ kind }) => kind === "dropped").slice(0, most))
    lines.push(`- ${cell(document ?? "")}: ${cell(reason)}`);
  return lines.join("\n");
}

/** That decisions are there which a model cannot be taught. */
export function notYetText({ task, decisions }: Taught["notYet"][number]): string {
  return `${task}: ${counted(decisions, "decision")}, which this model cannot be taught.`;
}

/** What came of an outcome, in a sentence or two. */
export function outcomeText(outcome: TeachOutcome): string {
  if (outcome.kind === "few")
    return `${outcome.task}: ${counted(outcome.decisions, "decision")}, ${outcome.more} more to teach.`;
  const { task, verdict, version } = outcome;
  const is = verdict.accepted ? `version ${version.id} is used from now on` : `version ${version.id} is kept aside`;
  return `${task}: ${is}. ${verdict.reasons.join(" ")}`;
}

/** What an exported job holds and leaves out, a sentence each. */
export function exportedText({ folder, tasks, few, without, left }: ExportedJob): string[] {
  return [
    `${folder} holds ${tasks.map(({ task, decisions, examples }) => `${counted(decisions, "decision")} on ${task} in ${counted(examples, "example")}`).join(", ")}.`,
    ...few.map(({ task, more }) => `${task} is left out: ${more} more to teach.`),
    ...without.map(
      ({ task, decisions }) =>
        `${task}: ${counted(decisions, "decision")} left out, since a job for another machine holds labels alone.`,
    ),
    ...(left.length === 0 ? [] : [`${counted(left.length, "decision")} could not be learned from.`]),
    "README.md there names the one command that trains it.",
  ];
}

/** All that came of teaching, as Markdown. */
export function reportMarkdown({ outcomes, left, notYet, losses }: TeachReport): string {
  const lines = ["# Teaching", ""];
  if (outcomes.length === 0) lines.push(`There are no decisions to learn from: ${LEAST_DECISIONS} are needed.`, "");
  for (const outcome of outcomes) {
    lines.push(`## ${outcome.task}`, "", cell(outcomeText(outcome)), "");
    if (outcome.kind === "judged") lines.push(...figures(outcome.version));
  }
  for (const { task, decisions } of notYet) lines.push(notYetText({ task, decisions }), "");
  if (left.length > 0)
    lines.push(`${counted(left.length, "decision")} could not be learned from: *Show Training Examples* says why.`, "");
  const dropped = losses.filter(({ kind }) => kind === "dropped").length;
  if (dropped > 0) lines.push(`${counted(dropped, "document or line of a log")} could not be read.`, "");
  return lines.join("\n");
}

/** The figures of a version, as Markdown. */
export function versionMarkdown(version: Version): string {
  const { id, accepted, verdict, newLabels, parent, elsewhere } = version;
  const begun = Object.entries(newLabels).map(([label, old]) => `${label} (begun like ${old})`);
  return [
    `# Version ${id}`,
    "",
    cell(`${accepted ? "Accepted" : "Kept aside"}. ${verdict.reasons.join(" ")}`),
    "",
    `Taught from ${parent === undefined ? "the model as it came" : `version ${parent}`}${elsewhere === undefined ? "" : `, as an exported job (${cell(elsewhere)})`}.`,
    "",
    ...(begun.length === 0 ? [] : [`New labels: ${cell(begun.join(", "))}.`, ""]),
    ...figures(version),
  ].join("\n");
}

function figures({ task, verdict, decisions, examples, steps, seconds }: Version): string[] {
  const { all, labels, probes } = verdict;
  const asked = isQuestionTask(task);
  return [
    "On decisions that were held out, before → after:",
    "",
    ...(asked
      ? ["| questions with | F1 | 95 % of draws | questions |", "|---|---|---|---|"]
      : ["| label | precision | recall | F1 | 95 % of draws | decisions |", "|---|---|---|---|---|---|"]),
    ...[all, ...labels].map((compared) => figureRow(compared, asked)),
    "",
    `On other text ${points(probes.agreement)} % of the ${counted(probes.sure, asked ? "answer" : "label")} that the model was sure of are as before.`,
    "",
    `${counted(decisions, "decision")} in ${counted(examples, "example")}; ${counted(steps, "step")}, ${seconds} s in all.`,
    "",
  ];
}

/** @param asked of questions, whose F1 is a mean: precision and recall are no figures of their own */
function figureRow({ label, before, after, interval }: Compared, asked: boolean): string {
  const pair = (of: (score: Compared["before"]) => number): string => `${points(of(before))} → ${points(of(after))}`;
  const f1 = pair(({ f1: value }) => value);
  const columns = asked ? [f1] : [pair(({ precision }) => precision), pair(({ recall }) => recall), f1];
  const between = `${points(interval.low)} to ${points(interval.high)}`;
  return `| ${cell(label ?? "all")} | ${columns.join(" | ")} | ${between} | ${Math.round(after.right + after.missed)} |`;
}

/** A version in one line: when it was made, from what, and how good it is. */
export function versionLine({ task, accepted, decisions, verdict }: Version): string {
  const f1 = ({ all }: Verdict): string => `F1 ${points(all.before.f1)} → ${points(all.after.f1)}`;
  return `${task}, ${counted(decisions, "decision")}, ${f1(verdict)}${accepted ? "" : ", kept aside"}`;
}
