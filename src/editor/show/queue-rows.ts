/** The rows of the Review Queue, and what each says: the text, why it is asked about, and where it is. */
import path from "node:path";
import { l10n } from "vscode";
import { describeTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import type { Ranking } from "../../labels/doubt";
import type { LabelDefinition } from "../../labels/labelset";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import { excerpt, percent, points } from "../base/describe";
import type { Branch } from "../base/tree-items";
import type { QueuedDocument } from "../documents/queued-document";
import { documentName } from "../documents/open-documents";
import type { Undecided } from "../documents/undecided";
import type { Unopened } from "../documents/unopened";
import { colourSlot } from "./decoration-types";

/** A suggestion. */
export interface SuggestionRow {
  readonly kind: "suggestion";
  readonly key: string;
  undecided: Undecided;
}

/** A document with its suggestions, in the order by place. */
export interface DocumentRow {
  readonly kind: "document";
  readonly key: string;
  document: QueuedDocument;
  /** All that were found; not all of them are listed. */
  count: number;
  /** The rest of the document was not looked at. */
  more: boolean;
  rows: readonly (SuggestionRow | RestRow)[];
}

/** Suggestions that are not listed. */
export interface RestRow {
  readonly kind: "rest";
  readonly key: string;
  /** Undefined: nobody counted them. */
  count: number | undefined;
}

/** How the queue may be ordered: by place it stands by document. */
export const QUEUE_ORDERS = ["doubt", "sentence", "disagreement", "entropy", "place"] as const satisfies readonly (
  Ranking | "place"
)[];

/** See {@link QUEUE_ORDERS}. */
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

/** A row of the queue. */
export type QueueRow = SuggestionRow | DocumentRow | RestRow;

/** So much of its text stands in a row, in UTF-16 units. */
const WORDS = 32;

/** "PER .54, ORG .41": the two best labels, which say how much there is to doubt; of what repeats a decision, that it does. */
export function twoBest({
  label,
  score,
  alternative,
  suggestedBy,
}: Pick<Annotation, "label" | "score" | "alternative" | "suggestedBy">): string {
  if (suggestedBy === "repeat") return [shownName(label), asElsewhere(alternative)].join(", ");
  const one = (name: string, probability: number): string => `${name} ${points(probability)}`;
  if (score === undefined) return shownName(label);
  const best = one(shownName(label), score);
  if (alternative === undefined) return best;
  const name = alternative.label === undefined ? l10n.t("no label") : shownName(alternative.label);
  return [best, one(name, alternative.score)].join(", ");
}

/** Why words are suggested that the model did not, or otherwise than it did. */
function asElsewhere(alternative: Annotation["alternative"]): string {
  return alternative?.label === undefined
    ? l10n.t("as you decided elsewhere")
    : l10n.t("as you decided elsewhere (the model: {0} {1})", shownName(alternative.label), points(alternative.score));
}

/** What was decided on the same words, if it was something else. */
function contradicted({ contradiction }: Undecided): string | undefined {
  if (contradiction === undefined) return undefined;
  const { labels, times } = contradiction;
  const said =
    labels.length === 0 ? l10n.t("rejected elsewhere") : l10n.t("{0} elsewhere", labels.map(shownName).join(", "));
  return times === 1 ? said : l10n.t("{0}, {1} times", said, times);
}

/** The icon of a label, in its colour; a colour of the label set's own is none of the theme's, and icons have no other. */
export function iconOf(
  { task, label }: Pick<Annotation, "task" | "label">,
  own: LabelDefinition | undefined,
): NonNullable<Branch["icon"]> {
  const coloured = own?.colour === undefined;
  if (describeTask(task).kind !== "classes")
    return { name: "tag", ...(coloured && { colour: `glossator.entity.${colourSlot(label)}.border` }) };
  const sign = { positive: "triangle-up", negative: "triangle-down" }[label];
  const slot = sign === undefined ? "other" : label;
  return { name: sign ?? "comment", ...(coloured && { colour: `glossator.sentiment.${slot}` }) };
}

/** The branch of a document: its name, how much is in it, and its folder, since another one may have a file of the same name. */
export function documentBranch({ id, uri }: QueuedDocument, count: string, open: boolean): Branch {
  const name = documentName(uri);
  const { dir, base } = path.posix.parse(name);
  const description = [count, ...(dir === "" ? [] : [dir])].join(" · ");
  return {
    id,
    kind: "document",
    label: base,
    description,
    says: [name, count].join(", "),
    icon: { name: "file" },
    open,
  };
}

/** What a row shows. @param order of the queue: by place a branch tells which document it is in @param front whether it is the document in front */
export function branchOf(
  row: QueueRow,
  { order, front, own }: { order: QueueOrder; front: boolean; own: LabelDefinition | undefined },
): Branch {
  switch (row.kind) {
    case "suggestion": {
      const { document, annotation } = row.undecided;
      const words = excerpt(annotation.quote.exact, 80);
      const line = document.lineOf(annotation);
      const name = documentName(document.uri);
      const place = order !== "place" ? `${path.posix.basename(name)}:${line}` : l10n.t("line {0}", line);
      const but = contradicted(row.undecided);
      return {
        id: row.key,
        kind: "suggestion",
        // A side bar is narrow: a whole sentence would leave no room for the reason.
        label: excerpt(annotation.quote.exact, WORDS),
        description: [
          ...(but === undefined ? [] : [but]),
          ...entropyFor(order, annotation),
          twoBest(annotation),
          place,
        ].join(" · "),
        says: saysOf(row.undecided, words, but, l10n.t("line {0} of {1}", line, name)),
        icon: iconOf(annotation, own),
        run: { title: l10n.t("Go to Suggestion"), command: "glossator.openFromQueue", argument: row },
      };
    }
    case "document":
      return documentBranch(row.document, countInWords(row.count, row.more), front);
    case "rest": {
      const more =
        row.count === undefined
          ? l10n.t("More are listed once these are decided")
          : plural(
              row.count,
              l10n.t("1 more is listed once some of these are decided"),
              l10n.t("{0} more are listed once some of these are decided", row.count),
            );
      return { id: row.key, kind: "rest", label: more, says: more };
    }
  }
}

/** What an order by entropy goes by. */
function entropyFor(order: QueueOrder, { entropy, sentenceEntropy }: Annotation): string[] {
  if (order === "entropy" && entropy !== undefined) return [l10n.t("entropy {0}", points(entropy))];
  if (order === "sentence" && sentenceEntropy !== undefined)
    return [l10n.t("sentence entropy {0}", sentenceEntropy.toFixed(1))];
  return [];
}

/** "12 suggestions"; of a long document of which only the start was looked at, "5,000 suggestions and more". */
export function countInWords(count: number, more: boolean): string {
  if (more) return l10n.t("{0} suggestions and more", count);
  return plural(count, l10n.t("1 suggestion"), l10n.t("{0} suggestions", count));
}

/** What the view says above its rows of how far files are read; nothing where all is as it should be. */
export function readingInWords({ state, done, total, left, more }: Unopened["progress"]): string | undefined {
  const all = more ? l10n.t("{0} and more", total) : String(total);
  switch (state) {
    case "off":
      return undefined;
    case "untrusted":
      return l10n.t("In Restricted Mode only open documents are read.");
    case "reading":
      return total === 0 ? l10n.t("Looking for text files…") : l10n.t("{0} of {1} files are read…", done, all);
    case "stopped":
      return l10n.t("Stopped: {0} of {1} files are read.", done, all);
    case "full":
      return l10n.t("{0} of {1} files are read, the others once some of this is decided.", done, all);
    case "failed":
      return l10n.t("{0} of {1} files are read: the model is not running.", done, all);
    case "done": {
      const unread = plural(
        left,
        l10n.t("1 file could not be read: see Show Log."),
        l10n.t("{0} files could not be read: see Show Log.", left),
      );
      const cut = l10n.t("Only the first {0} text files are read.", total);
      return [...(left > 0 ? [unread] : []), ...(more ? [cut] : [])].join(" ") || undefined;
    }
  }
}

/** "PER, Bell, 54 %, if not ORG, 41 %, …": a line of numbers is no sentence to hear. */
function saysOf({ annotation }: Undecided, words: string, but: string | undefined, place: string): string {
  const { label, score, alternative, suggestedBy } = annotation;
  if (suggestedBy === "repeat") return [words, shownName(label), asElsewhere(alternative), place].join(", ");
  const other = alternative && (alternative.label === undefined ? l10n.t("no label") : shownName(alternative.label));
  return [
    words,
    shownName(label),
    ...(score === undefined ? [] : [percent(score)]),
    ...(other === undefined ? [] : [l10n.t("if not, {0}, {1}", other, percent(alternative!.score))]),
    ...(but === undefined ? [] : [but]),
    place,
  ].join(", ");
}

/** What a hover over a row says: the text around, and why it is asked about. */
export function tooltipOf({ document, annotation, contradiction }: Undecided): readonly string[] {
  const labels = contradiction?.labels ?? [];
  return [
    excerpt(document.around(annotation), 400),
    twoBest(annotation),
    ...(contradiction !== undefined && labels.length === 0
      ? [l10n.t("On the same words elsewhere this label was rejected.")]
      : []),
    ...(labels.length > 0
      ? [l10n.t("The same words elsewhere were decided as {0}.", labels.map(shownName).join(", "))]
      : []),
  ];
}
