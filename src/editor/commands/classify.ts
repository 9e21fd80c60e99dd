/** Commands that say which classes a text has: the sentence at the cursor, or all of the document; one class, or several where the label set allows it. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Annotation } from "../../labels/annotation";
import { allowsSeveral } from "../../labels/labelset";
import { CLASS_TASKS, isClassTask, isOfDocument } from "../../documents/tasks";
import type { ClassTask } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import { overlaps, sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import type { CommandTable } from "../base/command-table";
import { excerpt } from "../base/describe";
import { trimSpan } from "../../text/span";
import { front, selected } from "../documents/targets";
import type { Front } from "../documents/targets";
import { done, onward } from "./outcome";
import type { Parts } from "./parts";
import { chooseLabel, chooseLabels } from "./pick-label";

/** Tasks of whose classes a sentence has some. */
const SENTENCE_TASKS = CLASS_TASKS.filter((task) => !isOfDocument(task));
/** A class is found again by its text, which the log holds each time: what is longer has none of its own. */
const MOST_UNITS = 100_000;

/** A text that gets classes, and those that it has or that are suggested for it. */
interface Classified {
  readonly span: Span;
  readonly there: readonly Annotation[];
  readonly title: string;
}

const lengthOf = ({ start, end }: Span): number => end - start;

function classesIn(at: Front, region: Span): Annotation[] {
  return at.labels.annotations({ region }).filter(({ task, status }) => isClassTask(task) && status !== "stale");
}

/** All of a document's text without white space at its ends. */
function whole({ session }: Front): Span | undefined {
  return trimSpan(session.text, { start: 0, end: session.text.length });
}

/** Whether a class is of all the document: of most of its text, and of more than a sentence, since the document may have grown since. */
function isOfWhole(at: Front, { span }: Annotation, all: Span): boolean {
  if (sameSpan(span, all)) return true;
  const sentence = at.session.sentenceAt(span.start);
  return 2 * lengthOf(span) > lengthOf(all) && (sentence === undefined || !sameSpan(sentence, span));
}

/** What a class at the cursor is of: where there is none the sentence, without what is said of all the document. @throws {LabelsError} where there is no sentence */
function sentenceAtCursor(at: Front, { walk }: Parts): Classified {
  const sentence = at.session.sentenceAt(selected(at.editor).start);
  if (sentence === undefined) throw new LabelsError(l10n.t("There is no sentence at the cursor."));
  const all = whole(at) ?? sentence;
  const near = classesIn(at, sentence)
    .filter((item) => overlaps(item.span, sentence) && (sameSpan(all, sentence) || !isOfWhole(at, item, all)))
    .sort((a, b) => lengthOf(a.span) - lengthOf(b.span));
  const stopped = walk.get(at);
  const nearest =
    near.find(({ id }) => id === stopped?.id) ?? near.find(({ span }) => sameSpan(span, sentence)) ?? near[0];
  const span = nearest === undefined ? sentence : { start: nearest.span.start, end: nearest.span.end };
  const text = excerpt(at.session.text.slice(span.start, span.end), 40);
  return { span, there: near.filter((item) => sameSpan(item.span, span)), title: l10n.t('Class of "{0}"', text) };
}

/** @throws {LabelsError} for a document without text, and one that is too long */
function wholeDocument(at: Front): Classified {
  const all = whole(at);
  if (all === undefined) throw new LabelsError(l10n.t("The document holds no text."));
  if (lengthOf(all) > MOST_UNITS)
    throw new LabelsError(
      l10n.t(
        "The document is too long for a class of its own: {0} characters, at most {1}.",
        lengthOf(all),
        MOST_UNITS,
      ),
    );
  const there = classesIn(at, all).filter((item) => isOfWhole(at, item, all));
  return { span: all, there, title: l10n.t("Class of the document") };
}

/**
 * Asks for the classes of a text, or takes the one that was given: where several are allowed it is put beside the others, or taken away if it is there.
 * @throws {LabelsError} as `chooseLabel`.
 */
async function classify(
  parts: Parts,
  at: Front,
  of: Classified,
  tasks: readonly ClassTask[],
  label: unknown,
): Promise<void> {
  const { catalog } = parts;
  const { uri } = at.session;
  const { span, title } = of;
  const [only] = tasks;
  const inTask = (task: ClassTask): Annotation[] => of.there.filter((item) => item.task === task);
  const decided = (task: ClassTask): string[] =>
    inTask(task).flatMap((item) => (item.status === "accepted" ? [item.label] : []));
  const several = tasks.length === 1 && only !== undefined && allowsSeveral(catalog.sets(uri), only);
  let chosen: { readonly task: ClassTask; readonly names: readonly string[] } | undefined;
  if (several && typeof label !== "string") {
    const suggested = inTask(only).flatMap((item) => (item.status === "suggested" ? [item.label] : []));
    const names = await chooseLabels(catalog, only, uri, title, { decided: decided(only), suggested });
    chosen = names && { task: only, names };
  } else {
    const now = tasks.length === 1 ? inTask(only!)[0]?.label : undefined;
    const one = await chooseLabel(catalog, tasks, uri, label, title, now);
    const before = one && several ? decided(one.task) : [];
    const names =
      one && (before.includes(one.label) ? before.filter((name) => name !== one.label) : [...before, one.label]);
    chosen = one && { task: one.task, names: names! };
  }
  if (chosen === undefined) return;
  const instead = inTask(chosen.task).map(({ id }) => id);
  const act = at.labels.classify({ task: chosen.task, span, names: chosen.names, instead });
  if (act === undefined) throw new LabelsError(l10n.t("These are its classes already."));
  const said = chosen.names.map(shownName).join(", ");
  done(at, act, said === "" ? l10n.t("it has no class now") : l10n.t("its class is {0}", said));
  // By single keys several classes are given one after another.
  if (!several || typeof label !== "string") await onward(parts, at, undefined);
}

/** Gives the sentence at the cursor a class, or asks which. */
export function classifySentence(parts: Parts, at: Front, tasks: readonly ClassTask[], label: unknown): Promise<void> {
  return classify(parts, at, sentenceAtCursor(at, parts), tasks, label);
}

/** The commands. */
export function classCommands(parts: Parts): CommandTable {
  const { sessions } = parts;
  return {
    setSentiment: (label) => classifySentence(parts, front(sessions), SENTENCE_TASKS, label),
    setDocumentClass: (label) => {
      const at = front(sessions);
      return classify(parts, at, wholeDocument(at), CLASS_TASKS, label);
    },
  };
}
