/** Words that are labelled in several ways in the open documents: kept up to date as decisions change, with what the user said is right. */
import { EventEmitter, window, workspace } from "vscode";
import type { Memento } from "vscode";
import { inconsistencies, sameWords, wordsKey } from "../../labels/consistency";
import type { Compared, Inconsistency, LabelledPlace } from "../../labels/consistency";
import type { Subscription } from "../../labels/contract";
import { isTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Steps } from "../../text/slices";
import { addTo } from "../../text/grouped";
import { Again } from "../base/again";
import { consistency } from "../base/config";
import { background } from "../base/log";
import { Quiet } from "../base/quiet";
import type { Catalog } from "./catalog";
import type { DecidedIn } from "./decided-in";
import { openInOrder } from "./open-documents";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** A label on words that have another one elsewhere. */
export interface Inconsistent {
  readonly place: LabelledPlace;
  readonly of: Inconsistency;
}

/** Words of which the user said that their labels are right. */
export interface Kept {
  readonly task: Task;
  readonly words: string;
}

const KEPT = "consistency.kept";
/** So many are remembered; of more, those kept last. */
const MOST_KEPT = 2000;

/** Looks where nobody types, a few milliseconds at a time. */
export class Consistency implements Subscription {
  readonly #quiet = new Quiet();
  readonly #looking = new Again("consistency", () => this.#look());
  readonly #changed = new EventEmitter<void>();
  /** Other words are labelled in several ways, or the same in other places. */
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Subscription[];
  /** By documents' addresses and labels' ids. */
  #found: ReadonlyMap<string, ReadonlyMap<string, Inconsistent>> = new Map();
  /** By {@link wordsKey}. */
  readonly #kept: Map<string, Kept>;

  constructor(
    private readonly sessions: Sessions,
    private readonly decided: DecidedIn,
    private readonly catalog: Catalog,
    private readonly state: Memento,
  ) {
    this.#kept = new Map(keptIn(state).map((kept) => [wordsKey(kept.task, kept.words), kept]));
    const ask = (): void => this.#looking.ask();
    this.#disposables = [
      this.#quiet,
      this.#changed,
      decided.onDidRead(ask),
      catalog.onDidChange(ask),
      window.tabGroups.onDidChangeTabs(ask),
      sessions.onDidChange(({ session, decided: changed }) => {
        // Without one: a document was closed. With one that has decisions: they are read first.
        if (session === undefined && changed !== true && this.#found.size > 0) ask();
      }),
      // Places go along with edits.
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.#found.has(document.uri.toString())) ask();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("glossator.consistency")) ask();
      }),
    ];
  }

  /** What of a document's labels is labelled otherwise elsewhere, by the label's id. */
  in(document: string): ReadonlyMap<string, Inconsistent> {
    return this.#found.get(document) ?? new Map<string, Inconsistent>();
  }

  /** Addresses of documents with such labels. */
  get documents(): Iterable<string> {
    return this.#found.keys();
  }

  /** Words of which it is no longer said that they have several labels, those kept last first. */
  get kept(): readonly Kept[] {
    return [...this.#kept.values()].reverse();
  }

  /** All labels of these words are right: it is not said any more, in this workspace. */
  keep(task: Task, words: string): void {
    const kept = { task, words: sameWords(words) };
    this.#kept.set(wordsKey(task, words), kept);
    for (const key of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MOST_KEPT))) this.#kept.delete(key);
    this.#remember();
  }

  /** It is said again. */
  forget(all: readonly Kept[]): void {
    for (const { task, words } of all) this.#kept.delete(wordsKey(task, words));
    this.#remember();
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
  }

  #remember(): void {
    background("labels kept", this.state.update(KEPT, [...this.#kept.values()]));
    this.#looking.ask();
  }

  async #look(): Promise<void> {
    const found = await this.#quiet.slowly(this.#compare());
    // What was edited or decided meanwhile is looked at again before anything is said.
    if (found === undefined || this.#looking.asked) return;
    const before = this.#found;
    this.#found = found;
    if (before.size > 0 || found.size > 0) this.#changed.fire();
  }

  *#compare(): Steps<Map<string, Map<string, Inconsistent>>> {
    const found = new Map<string, Map<string, Inconsistent>>();
    for (const documents of this.#groups()) {
      const kept = (key: string): boolean => this.#kept.has(key);
      for (const of of yield* inconsistencies(documents, kept))
        for (const place of of.places) {
          yield undefined;
          if (of.others(place).length === 0) continue;
          const own = found.get(place.document) ?? new Map<string, Inconsistent>();
          found.set(place.document, own);
          own.set(place.id, { place, of });
        }
    }
    return found;
  }

  /** The documents that are compared with each other: those of one label set, or each with itself. */
  #groups(): Compared[][] {
    const groups = new Map<string, Compared[]>();
    for (const session of openInOrder(this.sessions)) {
      const scope = consistency(session.uri);
      const compared = scope === "off" ? undefined : this.#compared(session);
      if (compared === undefined) continue;
      const group = scope === "document" ? session.id : `\u0000${this.catalog.folderOf(session.uri)}`;
      addTo(groups, group, [compared]);
    }
    return [...groups.values()];
  }

  #compared({ id, uri, text, labels }: DocumentSession): Compared | undefined {
    const decided = this.decided.of(id);
    if (labels === undefined || decided === undefined) return undefined;
    return { document: id, text, labels, decided, multiple: this.catalog.sets(uri).multiple ?? [] };
  }
}

/** What was kept in earlier sessions; what does not look like it is left out. */
function keptIn(state: Memento): Kept[] {
  const stored = state.get<unknown>(KEPT);
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown): Kept[] => {
    const { task, words } = (one ?? {}) as { readonly task?: unknown; readonly words?: unknown };
    return isTask(task) && typeof words === "string" ? [{ task, words }] : [];
  });
}
