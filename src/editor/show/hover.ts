/** What a label says on hover: what, how sure, by which model, and what can be done. */
import { Hover, l10n, Range } from "vscode";
import type { HoverProvider, MarkdownString, Position, TextDocument } from "vscode";
import { attributesInOrder } from "../../documents/attributes";
import { isLabelTask } from "../../documents/tasks";
import type { Annotation, PlacedRelation } from "../../labels/annotation";
import { relationsOf } from "../../labels/relate";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { Catalog } from "../documents/catalog";
import { addressOf } from "../base/cells";
import { excerpt, percent, taskInWords } from "../base/describe";
import { commandLinks, paragraphs } from "../base/markdown";
import type { CommandLink } from "../base/markdown";
import type { Sessions } from "../documents/sessions";
import { annotationsAt, proposalsAt } from "../documents/targets";

function links({ id, status, task }: Annotation): MarkdownString {
  const link = (title: string, command: string): CommandLink => ({ title, command, argument: id });
  const all =
    status === "suggested"
      ? [link(l10n.t("Accept"), "glossator.accept"), link(l10n.t("Reject"), "glossator.reject")]
      : [link(l10n.t("Remove"), "glossator.remove")];
  if (status === "stale") all.unshift(link(l10n.t("Agree: it is this"), "glossator.agree"));
  else if (isLabelTask(task)) {
    all.push(link(l10n.t("Relabel…"), "glossator.relabel"));
    if (status === "accepted") all.push(link(l10n.t("Relate…"), "glossator.relate"));
  }
  return commandLinks(all);
}

/** So many attributes are shown; of more it says how many there are. */
const MOST_ATTRIBUTES = 20;

/** What the label says besides, in one paragraph. */
function attributeTexts(attributes: Annotation["attributes"]): string[] {
  const all = attributesInOrder(attributes);
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST_ATTRIBUTES).map(([name, value]) => `${shownName(name)}: ${excerpt(value, 200)}`);
  const more = all.length - shown.length;
  const rest = plural(more, l10n.t("1 more attribute"), l10n.t("{0} more attributes", more));
  return [[...shown, ...(more > 0 ? [rest] : [])].join(" · ")];
}

/** So many relations are shown; of more it says how many there are. */
const MOST_RELATIONS = 10;

/** The relations of a label, in one paragraph: those that go from it, then those that go to it. */
function relationTexts(all: readonly PlacedRelation[], id: string): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, MOST_RELATIONS).map(({ type, from, to }) => {
    const other = excerpt((from.id === id ? to : from).quote.exact, 60);
    return from.id === id ? `${shownName(type)} → ${other}` : `${other} → ${shownName(type)}`;
  });
  const more = all.length - shown.length;
  const rest = plural(more, l10n.t("1 more relation"), l10n.t("{0} more relations", more));
  return [[...shown, ...(more > 0 ? [rest] : [])].join(" · ")];
}

/** Hovers of all labels; made when asked for, so that drawing stays cheap. */
export class LabelHovers implements HoverProvider {
  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {}

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const labels = this.sessions.get(document)?.labels;
    if (labels === undefined) return undefined;
    const offset = document.offsetAt(position);
    const found = [...annotationsAt(labels, offset), ...proposalsAt(labels, offset)];
    const first = found[0];
    if (first === undefined) return undefined;
    const { start, end } = first.proposal ?? first.span;
    const range = new Range(document.positionAt(start), document.positionAt(end));
    return new Hover(
      found.flatMap((item) => [this.#say(item, document, labels.relations()), links(item)]),
      range,
    );
  }

  #say(annotation: Annotation, document: TextDocument, relations: readonly PlacedRelation[]): MarkdownString {
    const { label, task, score, model, status, author, question, quote, attributes } = annotation;
    const { suggestedBy, alternative } = annotation;
    const decided = author === undefined ? l10n.t("decided by you") : l10n.t("decided by {0}", shownName(author));
    const how = [
      taskInWords(task),
      ...(score === undefined ? [] : [percent(score)]),
      status === "suggested" ? l10n.t("suggested") : decided,
    ];
    const repeated = suggestedBy === "repeat" ? this.#repeats(alternative) : [];
    const guideline = this.catalog.find(task, label, addressOf(document))?.guideline;
    const texts = [
      how.join(" · "),
      ...(status === "stale" ? [l10n.t("The text changed outside the editor. The label was on:")] : []),
      excerpt(quote.exact, 120),
      ...repeated,
      ...attributeTexts(attributes),
      ...relationTexts(relationsOf(relations, annotation.id), annotation.id),
      ...(question === undefined ? [] : [l10n.t("Question: {0}", excerpt(question, 500))]),
      ...(guideline === undefined ? [] : [excerpt(guideline, 1000)]),
      ...(model === undefined
        ? []
        : [l10n.t("Model {0}, version {1}", shownName(model.name), model.version.slice(0, 12))]),
    ];
    return paragraphs(texts, shownName(label));
  }

  /** That it is not the model's, and what the model says. */
  #repeats(alternative: Annotation["alternative"]): string[] {
    return [
      l10n.t("As you decided on the same words elsewhere. The model has no part in it."),
      ...(alternative?.label === undefined
        ? []
        : [l10n.t("The model says {0}, {1}.", shownName(alternative.label), percent(alternative.score))]),
    ];
  }
}
