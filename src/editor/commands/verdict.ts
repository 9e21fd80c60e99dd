/** Asks how a disagreement is settled: somebody's version, another label, or nothing. Offsets are UTF-16 code units. */
import { l10n } from "vscode";
import { isClassTask, isLabelTask, isQuestionTask } from "../../documents/tasks";
import { ANSWER_LABEL } from "../../labels/annotation";
import type { PlacedLabel } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { excerpt } from "../base/describe";
import { pickByKey } from "../base/picks";
import type { Choice as PickChoice } from "../base/picks";
import type { Catalog } from "../documents/catalog";
import { sayVersions } from "../documents/disagreements";
import type { Queued } from "../documents/disagreements";
import { selectedText } from "../documents/targets";
import type { Front } from "../documents/targets";
import { chooseLabel } from "./pick-label";

/** A disagreement in the document in front. */
export type Disputed = Queued & { readonly at: Front };

/** What counts from now on: labels, and whose they are if they are taken as they are. */
export interface Verdict {
  readonly labels: readonly PlacedLabel[];
  readonly chosen?: string;
}

type Choice = PickChoice & { readonly key: string; readonly choose: () => Promise<Verdict | undefined> };

/**
 * What nobody said: another label, on what is selected if anything is; of a question, the selection as its answer. Undefined if the user leaves.
 * @param label given with the command; absent: the user is asked
 * @throws {LabelsError} if an answer is to be selected first
 */
export async function thirdVerdict(
  catalog: Catalog,
  { at, disagreement }: Disputed,
  label?: unknown,
): Promise<Verdict | undefined> {
  const { task, region, versions } = disagreement;
  const marked = selectedText(at);
  if (!isLabelTask(task)) {
    if (marked === undefined) throw new LabelsError(l10n.t("Select the answer first."));
    return { labels: [{ ...marked, label: ANSWER_LABEL }] };
  }
  const own = versions.find(({ author }) => author === at.labels.author) ?? versions[0];
  const whole = marked?.start === region.start && marked.end === region.end;
  // What is selected is the disputed text itself, unless the user selected something else.
  const span = isClassTask(task) || marked === undefined ? region : whole ? (own?.labels[0] ?? region) : marked;
  const title = l10n.t('Label of "{0}"', excerpt(at.session.text.slice(span.start, span.end), 40));
  const chosen = await chooseLabel(catalog, [task], at.session.uri, label, title);
  return chosen && { labels: [{ start: span.start, end: span.end, label: chosen.label }] };
}

/** One of the versions, yours first, another label, or nothing; a key alone chooses. Undefined if the user leaves. @throws as {@link thirdVerdict} */
export async function chooseVerdict(catalog: Catalog, here: Disputed): Promise<Verdict | undefined> {
  const { disagreement, at } = here;
  const { task, versions, question, region } = disagreement;
  const mineFirst = [...versions].sort(
    (a, b) => Number(b.author === at.labels.author) - Number(a.author === at.labels.author),
  );
  const items = mineFirst.map(({ author, labels }, index): Choice => {
    const said = sayVersions({ ...disagreement, versions: [{ author, labels }] }, at.session.text);
    const own = author === at.labels.author ? { description: l10n.t("yours") } : {};
    const verdict = { labels, chosen: author };
    return { key: String(index + 1), label: `${index + 1}  ${said}`, ...own, choose: () => Promise.resolve(verdict) };
  });
  const asked = isQuestionTask(task);
  const other = asked ? l10n.t("Use the selection as the answer") : l10n.t("Another label…");
  items.push({ key: "o", label: ["o", other].join("  "), choose: () => thirdVerdict(catalog, here) });
  if (versions.every(({ labels }) => labels.length > 0) && !isClassTask(task)) {
    const nothing = asked ? l10n.t("No answer") : l10n.t("No label");
    items.push({ key: "0", label: ["0", nothing].join("  "), choose: () => Promise.resolve({ labels: [] }) });
  }
  const about = excerpt(question ?? at.session.text.slice(region.start, region.end), 60);
  const chosen = await pickByKey(
    items,
    { title: l10n.t("Settle: {0}", about), placeHolder: l10n.t("Press a key of the list, or choose") },
    (typed) => items.find(({ key }) => key === typed),
  );
  return chosen?.choose();
}
