/** Acts that several documents have a part of: undo and redo in one of them take back the parts of all that are open. */
import type { Memento } from "vscode";
import type { Act } from "../../labels/contract";
import { background } from "../base/log";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";
import type { Opened } from "./targets";

const KEY = "sharedActs";
/** So many acts are remembered; earlier ones are undone document by document. */
const MOST_ACTS = 100;

/** What became of the parts of an act. */
export interface TakenBack {
  readonly act: Act;
  /** In so many other documents, too. */
  readonly also: number;
  /** Documents in which something was decided later, by their addresses: there nothing was changed. */
  readonly later: readonly string[];
  /** Documents that are not open: their part stays. */
  readonly closed: readonly string[];
}

/**
 * Each document has its own log, and in it its part of the act, under the same id. Which documents have a part is remembered for the workspace and not looked for:
 * a log that was copied with its document has the same ids, and was no part of anything.
 */
export class SharedActs {
  /** By id: the documents' addresses. */
  readonly #acts: Map<string, readonly string[]>;

  constructor(
    private readonly sessions: Sessions,
    private readonly state: Memento,
  ) {
    this.#acts = new Map(storedIn(state));
  }

  /** Does something in several documents as one act. @param change does it in one; `act`: as a part of this one */
  make<T extends Opened>(all: readonly T[], change: (at: T, act: string | undefined) => Act): readonly Act[] {
    const acts: Act[] = [];
    try {
      for (const at of all) acts.push(change(at, acts[0]?.id));
    } finally {
      // Should one of them be refused, undo still takes back what was done.
      this.#remember(
        acts[0],
        all.slice(0, acts.length).map(({ session }) => addressOf(session)),
      );
    }
    return acts;
  }

  /** Takes the latest act of a document back, and its parts in others; undefined if there is none. */
  undo(at: Opened): TakenBack | undefined {
    return this.#follow(at, at.labels.undo());
  }

  /** Brings back what {@link undo} took away. */
  redo(at: Opened): TakenBack | undefined {
    return this.#follow(at, at.labels.redo());
  }

  #follow(at: Opened, act: Act | undefined): TakenBack | undefined {
    if (act === undefined) return undefined;
    const [event] = act.events;
    const undone = event?.kind === "undone" ? event.undoes : "";
    const done: string[] = [];
    const later: string[] = [];
    const closed: string[] = [];
    for (const id of this.#acts.get(undone) ?? []) {
      if (id === addressOf(at.session)) continue;
      const labels = this.sessions.all.find((session) => addressOf(session) === id)?.labels;
      if (labels === undefined) closed.push(id);
      else if (labels.standing(undone) === "earlier") later.push(id);
      else {
        const part = labels.takeBackWith(act);
        if (part === undefined) continue;
        part.saved.catch(() => undefined);
        done.push(id);
      }
    }
    this.#remember(act, [addressOf(at.session), ...done]);
    return { act, also: done.length, later, closed };
  }

  #remember(act: Act | undefined, documents: readonly string[]): void {
    if (act === undefined || documents.length < 2) return;
    this.#acts.set(act.id, documents);
    for (const id of [...this.#acts.keys()].slice(0, Math.max(0, this.#acts.size - MOST_ACTS))) this.#acts.delete(id);
    background("acts of several documents", this.state.update(KEY, [...this.#acts]));
  }
}

/** What stays the same when a document is opened anew; a session's id does not, of cells. */
const addressOf = ({ uri }: DocumentSession): string => uri.toString();

/** What was remembered in earlier sessions; what does not look like it is left out. */
function storedIn(state: Memento): [string, readonly string[]][] {
  const stored = state.get<unknown>(KEY);
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown): [string, readonly string[]][] => {
    const [act, documents] = Array.isArray(one) ? (one as unknown[]) : [];
    if (typeof act !== "string" || !Array.isArray(documents)) return [];
    return [[act, documents.filter((id): id is string => typeof id === "string")]];
  });
}
