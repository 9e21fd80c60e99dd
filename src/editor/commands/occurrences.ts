/** The same words labelled alike in all open documents: each place is shown with what is there, and one undo takes all of it back. */
import { l10n, window } from "vscode";
import { isSpanTask } from "../../documents/tasks";
import type { SpanTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { occurrences } from "../../text/occurrences";
import { shownName } from "../../text/shown";
import { inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import { sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { mergeSpans, touched } from "../../text/spans";
import type { CommandTable } from "../base/command-table";
import { excerpt, inContext, statusInWords } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { pickSome } from "../base/picks";
import { reveal } from "../base/reveal";
import { comparableWith } from "../documents/mentions";
import { documentName } from "../documents/open-documents";
import { front, target } from "../documents/targets";
import type { Opened } from "../documents/targets";
import { MOST_SHOWN } from "./everywhere";
import { onward } from "./outcome";
import type { Parts } from "./parts";

/** A label that words are to be given. */
interface Wanted {
  readonly task: SpanTask;
  readonly words: string;
  readonly label: string;
}

/** A place where the words stand without the label. */
interface Place {
  readonly of: Opened;
  readonly span: Span;
  /** What is there, on these words or on more. */
  readonly there: Annotation | undefined;
  /** Somebody said that the label is wrong there. */
  readonly rejected: boolean;
}

/** The places in a document, in order. What somebody labelled as a part of a longer name is none. */
function* placesIn(of: Opened, { task, words, label }: Wanted): Steps<Place[]> {
  const { session, labels } = of;
  const { text } = session;
  const accepted = labels.annotations({ task, status: "accepted" });
  const longer = mergeSpans(accepted.flatMap(({ span }) => (text.slice(span.start, span.end) === words ? [] : [span])));
  const denied = labels
    .rejected()
    .flatMap(({ task: other, value }) => (other === task && value.label === label ? [value.span] : []));
  const found: Place[] = [];
  for (const span of occurrences(text, words)) {
    yield undefined;
    if (touched(longer, span)) continue;
    // What the model said of text that is out of sight is placed when it is asked for.
    session.place([span]);
    const here = labels.annotations({ task, region: span }).filter(({ status }) => status !== "stale");
    const same = here.filter((item) => sameSpan(item.span, span));
    if (same.some((item) => item.status === "accepted" && item.label === label)) continue;
    const there = same.find(({ status }) => status === "accepted") ?? same[0] ?? here[0];
    found.push({ of, span, there, rejected: denied.some((one) => sameSpan(one, span)) });
  }
  return found;
}

/** Shows all places; those where nobody and nothing says otherwise are ticked. Undefined if the user leaves. */
async function lookOver(places: readonly Place[], title: string, label: string): Promise<readonly Place[] | undefined> {
  const choices = places.slice(0, MOST_SHOWN).map((place) => {
    const { of, span, there, rejected } = place;
    const line = of.session.document.positionAt(span.start).line + 1;
    const says = [
      ...(there === undefined ? [] : [thereInWords(there, span)]),
      ...(rejected ? [l10n.t("{0} was rejected here", shownName(label))] : []),
    ];
    return {
      label: inContext(of.session.text, span),
      description: [`${documentName(of.session.uri)}:${line}`, ...says].join(" · "),
      picked: !rejected && (there === undefined || (there.label === label && sameSpan(there.span, span))),
      place,
    };
  });
  const more = places.length - choices.length;
  const placeHolder =
    more === 0
      ? l10n.t("Ticked where nothing else was said")
      : l10n.t("Ticked where nothing else was said; {0} more are not listed", more);
  const chosen = await pickSome(
    choices,
    { title, placeHolder, matchOnDescription: true },
    ({ place: { of, span } }) => {
      const editor = window.visibleTextEditors.find(({ document }) => document === of.session.document);
      if (editor !== undefined && span.end <= of.session.text.length) reveal(editor, span, true);
    },
  );
  return chosen?.map(({ place }) => place);
}

/** What is at a place: of a longer name, too, which. */
function thereInWords(there: Annotation, span: Span): string {
  const says = `${shownName(there.label)}, ${statusInWords(there)}`;
  return sameSpan(there.span, span) ? says : l10n.t('in "{0}": {1}', excerpt(there.quote.exact, 40), says);
}

/** Labels places as one act over all documents. @throws {LabelsError} if nothing is left to label. */
function labelAll({ shared }: Parts, places: readonly Place[], { task, words, label }: Wanted): void {
  const left = [...new Set(places.map(({ of }) => of))].flatMap((of) => {
    // The list was open for a while: where the text is another one by now, it is nobody's choice.
    const spans = places.flatMap((place) =>
      place.of === of && of.session.text.slice(place.span.start, place.span.end) === words ? [place.span] : [],
    );
    return of.session.labels !== of.labels || spans.length === 0 ? [] : [{ ...of, spans }];
  });
  if (left.length === 0) throw new LabelsError(l10n.t("No label was added."));
  const acts = shared.make(left, (at, act) => at.labels.addAll(task, at.spans, label, act));
  for (const { saved } of acts) saved.catch(() => undefined);
  const count = left.reduce((sum, { spans }) => sum + spans.length, 0);
  // Nobody read the sentences around: what has no label in them is not said to have none.
  const [short, name] = [excerpt(words, 40), shownName(label)];
  const said =
    left.length > 1
      ? l10n.t(
          '{0} times "{1}" is {2} now, in {3} documents. One undo in any of them takes all of it back.',
          count,
          short,
          name,
          left.length,
        )
      : plural(
          count,
          l10n.t('1 "{0}" is {1} now. Undo takes it back.', short, name),
          l10n.t('{0} times "{1}" is {2} now. One undo takes all of it back.', count, short, name),
        );
  sayInStatus(said, 8000);
}

/** The command. */
export function occurrencesCommands(parts: Parts): CommandTable {
  const { sessions, catalog, walk } = parts;
  return {
    labelOccurrencesInOpen: async (id) => {
      const at = front(sessions);
      const item = target(at, walk, id, ({ task, status }) => isSpanTask(task) && status !== "stale");
      const { task, label, span } = item;
      if (!isSpanTask(task) || item.status === "stale")
        throw new LabelsError(l10n.t("Only names in the text can be labelled everywhere."));
      const wanted: Wanted = { task, label, words: at.session.text.slice(span.start, span.end) };
      const places: Place[] = [];
      for (const session of comparableWith(sessions, catalog, at.session)) {
        const { labels } = session;
        if (labels !== undefined) places.push(...(await inSlices(placesIn({ session, labels }, wanted))));
      }
      const short = excerpt(wanted.words, 40);
      if (places.length === 0)
        throw new LabelsError(l10n.t('"{0}" is {1} wherever it stands in open documents.', short, shownName(label)));
      const chosen = await lookOver(places, l10n.t('Label "{0}" as {1} where?', short, shownName(label)), label);
      if (chosen === undefined) return;
      labelAll(parts, chosen, wanted);
      await onward(parts, at, id);
    },
  };
}
