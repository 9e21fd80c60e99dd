/** Words with several labels as problems of their documents. Labels themselves are none. */
import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  l10n,
  languages,
  Location,
  Range,
  workspace,
} from "vscode";
import type { DiagnosticCollection, TextDocument, Uri } from "vscode";
import { isClassTask } from "../../documents/tasks";
import type { LabelledPlace, OtherLabel } from "../../labels/consistency";
import type { Subscription } from "../../labels/contract";
import { plural } from "../../text/counted";
import { plainText, shownName } from "../../text/shown";
import { consistencySeverity } from "../base/config";
import { getContext, onDidChangeContext } from "../base/context-keys";
import { excerpt } from "../base/describe";
import type { Consistency, Inconsistent } from "../documents/consistency";
import { documentName } from "../documents/open-documents";
import { textAround } from "../documents/queued-document";
import type { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";

/** Of a document so many are shown, those of the rarest labels first: the editor itself shows no more than 1,000. */
const MOST = 500;
/** So many other labels are named in a message. */
const MOST_LABELS = 3;
/** So many places are led to. */
const MOST_PLACES = 5;

/** What problems of ours say of themselves. */
export const SOURCE = "Glossator";
export const CODE = "label-consistency";

/** Keeps the editor's list of problems in step. */
export class ConsistencyProblems implements Subscription {
  readonly #collection: DiagnosticCollection = languages.createDiagnosticCollection("glossator");
  /** What is shown, by the documents' addresses: what did not change is not shown anew. */
  readonly #shown = new Map<string, { readonly uri: Uri; readonly signature: string }>();
  readonly #disposables: Subscription[];

  constructor(
    private readonly consistency: Consistency,
    private readonly sessions: Sessions,
  ) {
    this.#disposables = [
      this.#collection,
      consistency.onDidChange(() => this.#show()),
      onDidChangeContext((key) => {
        if (key === "labelsVisible") this.#show();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("glossator.consistencySeverity")) this.#show();
      }),
    ];
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
  }

  #show(): void {
    const open = new Map(this.sessions.all.map((session) => [session.id, session] as const));
    const wanted = getContext("labelsVisible") === false ? [] : [...this.consistency.documents];
    const sessions = wanted.flatMap((id) => open.get(id) ?? []);
    const there = new Set(sessions.map(({ id }) => id));
    for (const [id, { uri }] of [...this.#shown]) {
      if (there.has(id)) continue;
      this.#shown.delete(id);
      this.#collection.delete(uri);
    }
    for (const session of sessions) {
      const problems = this.#problems(session, open);
      const signature = JSON.stringify([problems, problems.map(({ relatedInformation }) => relatedInformation)]);
      if (this.#shown.get(session.id)?.signature === signature) continue;
      const { uri } = session.document;
      this.#shown.set(session.id, { uri, signature });
      this.#collection.set(uri, problems);
    }
  }

  #problems(session: DocumentSession, open: ReadonlyMap<string, DocumentSession>): Diagnostic[] {
    const severity =
      consistencySeverity(session.uri) === "warning" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
    const all = [...this.consistency.in(session.id).values()];
    if (all.length > MOST) {
      const times = new Map(all.map((one) => [one, timesOf(one)] as const));
      all.sort((a, b) => times.get(a)! - times.get(b)!).length = MOST;
    }
    return all.map((one) => {
      const others = one.of.others(one.place);
      const range = rangeOf(session.document, one);
      const problem = new Diagnostic(range, messageOf(one, others, open), severity);
      problem.source = SOURCE;
      problem.code = CODE;
      problem.relatedInformation = others
        .flatMap(({ places }) => places)
        .slice(0, MOST_PLACES)
        .flatMap((place) => related(place, open));
      return problem;
    });
  }
}

/** How often the place's own label is given to its words. */
function timesOf({ place, of }: Inconsistent): number {
  return of.labels().find(([label]) => label === place.label)?.[1] ?? 0;
}

/** Its words; a class belongs to all of its sentence, of which the first line is enough. */
function rangeOf(document: TextDocument, { place, of }: Inconsistent): Range {
  const start = document.positionAt(place.span.start);
  const end = document.positionAt(place.span.end);
  return isClassTask(of.task) && end.line > start.line
    ? new Range(start, document.lineAt(start.line).range.end)
    : new Range(start, end);
}

/** `"Washington" is LOC here and PER in 3 other places (first: notes.md:12)`. */
function messageOf(
  { place, of }: Inconsistent,
  others: readonly OtherLabel[],
  open: ReadonlyMap<string, DocumentSession>,
): string {
  const named = others
    .slice(0, MOST_LABELS)
    .map(({ label, times }) =>
      plural(
        times,
        l10n.t("{0} in 1 other place", shownName(label)),
        l10n.t("{0} in {1} other places", shownName(label), times),
      ),
    );
  const left = others.length - named.length;
  const more = left === 0 ? [] : [plural(left, l10n.t("1 more label"), l10n.t("{0} more labels", left))];
  const elsewhere = [...named, ...more].join(", ");
  const first = others[0]?.places[0];
  const where = first === undefined ? undefined : placeInWords(first, open);
  const words = excerpt(of.words, 60);
  return plainText(
    where === undefined
      ? l10n.t('"{0}" is {1} here and {2}', words, shownName(place.label), elsewhere)
      : l10n.t('"{0}" is {1} here and {2} (first: {3})', words, shownName(place.label), elsewhere, where),
  );
}

/** "notes.md:12". */
function placeInWords(
  { document, span }: LabelledPlace,
  open: ReadonlyMap<string, DocumentSession>,
): string | undefined {
  const session = open.get(document);
  if (session === undefined) return undefined;
  return `${documentName(session.uri)}:${session.document.positionAt(span.start).line + 1}`;
}

function related(
  { document, label, span }: LabelledPlace,
  open: ReadonlyMap<string, DocumentSession>,
): DiagnosticRelatedInformation[] {
  const session = open.get(document);
  if (session === undefined) return [];
  const range = new Range(session.document.positionAt(span.start), session.document.positionAt(span.end));
  const said = l10n.t("{0}: {1}", shownName(label), excerpt(textAround(session.text, span), 120));
  return [new DiagnosticRelatedInformation(new Location(session.document.uri, range), plainText(said))];
}
