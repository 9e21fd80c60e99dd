/** Labels in words, for hovers, lists and screen readers. */
import type { Annotation } from "../labels/annotation";
import { shownName } from "../text/shown";

/** "93 %". */
export function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}

/** At most `length` UTF-16 units on one line, never half a surrogate pair. */
export function excerpt(text: string, length = 60): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** "suggested, 93 %", "decided by Ada", "disagreement settled by Ada", "its text is gone". */
export function statusInWords(annotation: Annotation): string {
  const score = annotation.score === undefined ? "" : `, ${percent(annotation.score)}`;
  switch (annotation.status) {
    case "suggested":
      return `suggested${score}`;
    case "accepted":
      if (annotation.author === undefined) return "decided";
      return `${annotation.adjudication === undefined ? "decided" : "disagreement settled"} by ${shownName(annotation.author)}`;
    case "stale":
      return annotation.proposal === undefined ? "its text is gone" : "may have moved: agree, or remove it";
  }
}

/** "PER: Angela Merkel (suggested, 93 %)". */
export function sayAnnotation(annotation: Annotation): string {
  return `${shownName(annotation.label)}: ${excerpt(annotation.quote.exact)} (${statusInWords(annotation)})`;
}
