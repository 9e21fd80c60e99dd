/** The labels of a document in the outline, in breadcrumbs and in *Go to Symbol*: by label, then by their words, with their places. */
import { DocumentSymbol, l10n, languages, Range, SymbolKind, window, workspace } from "vscode";
import type { Disposable, DocumentSymbolProvider, TextDocument } from "vscode";
import { isSpanTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import type { Subscription } from "../../labels/contract";
import { outlineOf } from "../../labels/outline";
import type { OutlinedWords } from "../../labels/outline";
import { plural } from "../../text/counted";
import { plainText, shownName } from "../../text/shown";
import { Again } from "../base/again";
import { outline } from "../base/config";
import { excerpt, statusInWords } from "../base/describe";
import { Quiet } from "../base/quiet";
import { documentSelector } from "../documents/sessions";
import type { Sessions } from "../documents/sessions";

/** So many entries are made; the rest is counted. */
const MOST = 2000;
/** The outline is made anew at most this often, in ms. */
const PAUSE_MS = 1000;

/** Whether a document's labels are in its outline. Plain text has no outline of its own; beside headings or functions a list of names would be in the way. */
function isOutlined(document: TextDocument): boolean {
  const set = outline(document);
  return set === "on" || (set === "auto" && document.languageId === "plaintext");
}

/** What was said of one version of a text. */
interface Told {
  readonly version: number;
  readonly signatures: Set<string>;
}

/** The provider. The editor asks it when the text changes; that labels changed it learns from the provider being registered anew. */
export class LabelOutline implements DocumentSymbolProvider, Subscription {
  readonly #quiet = new Quiet();
  readonly #renewing = new Again("outline", () => this.#renew());
  readonly #listeners: Subscription[];
  /**
   * What was said of a document since the provider was registered; what nobody asked for needs no renewal. All of it: parts of the editor ask apart from each other,
   * and the outline keeps the answer that it got, for as long as text and provider are the same.
   */
  #told = new WeakMap<TextDocument, Told>();
  #registered: Disposable | undefined;

  constructor(private readonly sessions: Sessions) {
    this.#listeners = [
      this.#quiet,
      sessions.onDidChange(({ what, session }) => {
        if (what === "labels" && session?.document === window.activeTextEditor?.document) this.#renewing.ask();
      }),
      window.onDidChangeActiveTextEditor(() => this.#renewing.ask()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("glossator.outline")) this.#renewing.ask();
      }),
    ];
  }

  /** Registers it for the languages that are labelled, until what is returned is disposed of. */
  register(): Subscription {
    this.#told = new WeakMap();
    this.#registered = languages.registerDocumentSymbolProvider(documentSelector(), this, { label: "Glossator" });
    return {
      dispose: () => {
        this.#registered?.dispose();
        this.#registered = undefined;
      },
    };
  }

  provideDocumentSymbols(document: TextDocument): DocumentSymbol[] {
    const all = this.#all(document);
    const told = this.#told.get(document);
    const signatures = told?.version === document.version ? told.signatures : new Set<string>();
    this.#told.set(document, { version: document.version, signatures: signatures.add(signatureOf(all)) });
    const { labels, left } = outlineOf(all, MOST);
    const symbols = labels.map(({ label, words, count }) => {
      const counted = plural(count, l10n.t("1 label"), l10n.t("{0} labels", count));
      const group = symbol(document, shownName(label), counted, SymbolKind.Namespace, words[0]!.places[0]!);
      group.children = words.map((one) => wordsSymbol(document, one));
      return group;
    });
    if (left > 0) {
      const end = document.lineAt(document.lineCount - 1).range.end;
      const more = plural(left, l10n.t("1 more label"), l10n.t("{0} more labels", left));
      symbols.push(new DocumentSymbol(more, "", SymbolKind.Null, new Range(end, end), new Range(end, end)));
    }
    return symbols;
  }

  dispose(): void {
    for (const item of this.#listeners) item.dispose();
  }

  #all(document: TextDocument): readonly Annotation[] {
    const labels = this.sessions.get(document)?.labels;
    if (labels === undefined || !isOutlined(document)) return [];
    return labels.annotations().filter(({ task, status }) => isSpanTask(task) && status !== "stale");
  }

  async #renew(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await this.#quiet.come();
    const document = window.activeTextEditor?.document;
    const told = document && this.#told.get(document);
    // After a change of the text the editor asks by itself.
    if (this.#registered === undefined || document === undefined || told?.version !== document.version) return;
    const now = signatureOf(this.#all(document));
    if ([...told.signatures].every((one) => one === now)) return;
    this.#registered.dispose();
    this.register();
  }
}

/** Labels, wherever they are: places go along with the text, after whose changes the editor asks by itself. */
function signatureOf(all: readonly Annotation[]): string {
  return [all.length, ...all.slice(0, MOST).flatMap(({ id, label, status }) => [id, label, status])].join("\u0000");
}

/**
 * An entry. It is where its first place is, not all between its first and its last: else the editor would say of everything between them that it is part of the
 * label, as it says of text in a function.
 */
function symbol(
  document: TextDocument,
  name: string,
  detail: string,
  kind: SymbolKind,
  { span }: Annotation,
): DocumentSymbol {
  const range = new Range(document.positionAt(span.start), document.positionAt(span.end));
  // The editor refuses an entry without a name.
  return new DocumentSymbol(name.trim() === "" ? "…" : name, detail, kind, range, range);
}

function wordsSymbol(document: TextDocument, { words, places }: OutlinedWords): DocumentSymbol {
  const name = plainText(excerpt(words, 80));
  const [first] = places;
  if (places.length === 1) return symbol(document, name, statusInWords(first!), SymbolKind.String, first!);
  const several = symbol(document, name, l10n.t("{0} times", places.length), SymbolKind.String, first!);
  several.children = places.map((place) => {
    const line = l10n.t("line {0}", document.positionAt(place.span.start).line + 1);
    return symbol(document, line, statusInWords(place), SymbolKind.Constant, place);
  });
  return several;
}
