/** What can be done about words with several labels: one of their labels for all of them, here or in all open documents, or to keep them. */
import { l10n } from "vscode";
import type { LabelledPlace } from "../../labels/consistency";
import { shownName } from "../../text/shown";
import { excerpt } from "../base/describe";
import type { Inconsistent } from "../documents/consistency";

/** Where labels are changed. */
export type AlikeScope = "document" | "open";

/** All labels of some words made one. */
export interface Alike {
  readonly label: string;
  readonly scope: AlikeScope;
  /** So many would be changed. */
  readonly count: number;
}

/** So many labels are offered, the most frequent first. */
const MOST_LABELS = 4;

const sum = (all: readonly (readonly [string, number])[]): number => all.reduce((total, [, times]) => total + times, 0);

/** What is on offer for a label, the document alone first. */
export function alikeChoices({ place, of }: Inconsistent): Alike[] {
  const here = of.labels(place.document);
  const all = of.labels();
  const labels = all.slice(0, MOST_LABELS);
  const choices = (scope: AlikeScope, among: typeof all): Alike[] =>
    labels.flatMap(([label]) => {
      const count = sum(among.filter(([other]) => other !== label));
      return count === 0 ? [] : [{ label, scope, count }];
    });
  return [...choices("document", here), ...(sum(here) === sum(all) ? [] : choices("open", all))];
}

/** The places whose labels a choice changes. */
export function changedBy(
  { place, of }: Inconsistent,
  { label, scope }: Pick<Alike, "label" | "scope">,
): LabelledPlace[] {
  return of.places.filter((other) => other.label !== label && (scope === "open" || other.document === place.document));
}

/** A choice in words. */
export function alikeInWords({ of }: Inconsistent, { label, scope, count }: Alike): string {
  const words = excerpt(of.words, 30);
  return scope === "document"
    ? l10n.t('Label all "{0}" in this document as {1} (changes {2})', words, shownName(label), count)
    : l10n.t('Label all "{0}" in all open documents as {1} (changes {2})', words, shownName(label), count);
}

/** To keep them, in words. */
export function keepInWords({ of }: Inconsistent): string {
  const words = excerpt(of.words, 30);
  return of.labels().length === 2
    ? l10n.t('Keep both (do not report "{0}" again)', words)
    : l10n.t('Keep them all (do not report "{0}" again)', words);
}
