/** Labels in words, for hovers, lists and screen readers. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import type { Task } from "../../documents/tasks";
import { perCent, shortened } from "../../text/print";
import { shownName } from "../../text/shown";
import type { Span } from "../../text/span";

/** What a task is called within a text: "entities". */
export function taskInWords(task: Task): string {
  return { entities: l10n.t("entities"), sentiment: l10n.t("sentiment"), answers: l10n.t("answers") }[task];
}

/** "93 %". */
export function percent(score: number): string {
  return l10n.t("{0} %", perCent(score));
}

/** ".54", where two are to be compared at a glance; "1.00". */
export function points(score: number): string {
  return score.toFixed(2).replace(/^0/, "");
}

/** At most `length` UTF-16 units on one line, never half a surrogate pair. */
export function excerpt(text: string, length = 60): string {
  return shortened(text.replace(/\s+/gu, " ").trim(), length);
}

/** So much of the text before and after words, in UTF-16 units: what follows is what a list cuts off. */
const [BEFORE, AFTER] = [28, 26];

/** Words where they stand: "…met [Jordan] in Paris. He said…", so that two places in one line can be told apart. */
export function inContext(text: string, { start, end }: Span): string {
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const after = text.slice(end, end + AFTER);
  const [cutBefore, cutAfter] = [start > BEFORE, text.length > end + AFTER];
  // Cut where white space is, if there is any: no half of a word, and none of a character.
  const head = cutBefore ? `…${/\s([^]*)$/u.exec(before)?.[1] ?? ""}` : before;
  const tail = cutAfter ? `${/^([^]*)\s/u.exec(after)?.[1] ?? ""}…` : after;
  return `${head}[${excerpt(text.slice(start, end), 40)}]${tail}`.replace(/\s+/gu, " ").trim();
}

/** "suggested, 93 %", "decided by Ada", "disagreement settled by Ada", "its text is gone". */
export function statusInWords(annotation: Annotation): string {
  const { score, author, suggestedBy } = annotation;
  switch (annotation.status) {
    case "suggested":
      if (suggestedBy === "repeat") return l10n.t("suggested, as you decided elsewhere");
      return score === undefined ? l10n.t("suggested") : l10n.t("suggested, {0}", percent(score));
    case "accepted":
      if (author === undefined) return l10n.t("decided");
      return annotation.adjudication === undefined
        ? l10n.t("decided by {0}", shownName(author))
        : l10n.t("disagreement settled by {0}", shownName(author));
    case "stale":
      return annotation.proposal === undefined
        ? l10n.t("its text is gone")
        : l10n.t("may have moved: agree, or remove it");
  }
}

/** "PER: Angela Merkel (suggested, 93 %)". */
export function sayAnnotation(annotation: Annotation): string {
  const { label, quote } = annotation;
  return l10n.t("{0}: {1} ({2})", shownName(label), excerpt(quote.exact), statusInWords(annotation));
}
