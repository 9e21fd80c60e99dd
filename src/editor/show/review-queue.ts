/** The Review Queue: suggestions that nobody has decided on, of all open documents or of all text files, by doubt or by place. It is made anew when documents change. */
import { EventEmitter, l10n, window } from "vscode";
import type { Memento, TreeDataProvider, TreeItem, TreeView } from "vscode";
import type { Annotation } from "../../labels/annotation";
import type { Subscription } from "../../labels/contract";
import { RANKS, least } from "../../labels/doubt";
import { addTo } from "../../text/grouped";
import { setContext } from "../base/context-keys";
import { background } from "../base/log";
import { paragraphs } from "../base/markdown";
import { Quiet } from "../base/quiet";
import { treeItem } from "../base/tree-items";
import type { Branch } from "../base/tree-items";
import type { Catalog } from "../documents/catalog";
import type { EngineService } from "../documents/engine-service";
import { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";
import { sortedByName, openInOrder } from "../documents/open-documents";
import type { QueuedDocument } from "../documents/queued-document";
import { needInWords } from "../documents/teaching-need";
import type { TeachingNeed } from "../documents/teaching-need";
import { undecidedIn, weighed } from "../documents/undecided";
import type { Found, Undecided } from "../documents/undecided";
import { UnopenedDocument } from "../documents/unopened-document";
import type { Unopened } from "../documents/unopened";
import { branchOf, countInWords, QUEUE_ORDERS, readingInWords, tooltipOf } from "./queue-rows";
import type { DocumentRow, QueueOrder, QueueRow, RestRow, SuggestionRow } from "./queue-rows";

/** What the queue says where there is nothing in it; `some`: there is. The welcome texts of the manifest have these names. */
export type QueueState = "some" | "none" | "reading" | "failed" | "done";

/** Kept between sessions of the editor: which order the user likes. */
const ORDER = "reviewQueue.order";
/** So many suggestions are listed, by place of each document. The editor takes rows one and all; nobody reads on. */
const MOST = 200;
/** So many suggestions of a document are looked for at a time: of a long one those at its start, and others when these are decided. */
const MOST_FOUND = 5000;
/** So many documents have a branch, by place. */
const MOST_BRANCHES = 500;
/** So long after a change it is looked at, in ms; while nobody sees the queue and only its badge counts, {@link HIDDEN_MS}. */
const SHOWN_MS = 150;
const HIDDEN_MS = 1000;
/** So many times as long as a look took, the next one waits: a fifth of the time at most goes into looking through long documents. */
const REST = 4;
/** And at least so long, in ms, since the editor takes the rows anew each time. */
const LEAST_REST_MS = 500;

/** So long a selected row may be unknown to the editor, in ms. */
const SELECTION_MS = 2000;

const NOTHING: Found = { items: [], more: false };

/** The tree, its badge, and which text stands in it where it is empty. */
export class ReviewQueue implements TreeDataProvider<QueueRow>, Subscription {
  readonly #tree: TreeView<QueueRow>;
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #quiet = new Quiet();
  /** What was found when a document was last looked through. */
  readonly #found = new Map<DocumentSession, Found>();
  /** Documents that changed since. */
  readonly #stale = new WeakSet<DocumentSession>();
  #rows: readonly QueueRow[] = [];
  #byKey = new Map<string, QueueRow>();
  #state: QueueState = "none";
  #order: QueueOrder;
  /** The order of {@link #rows}, which may still be another one. */
  #listed: QueueOrder = "doubt";
  #timer: NodeJS.Timeout | undefined;
  /** A look is under way; `again`: something changed meanwhile. */
  #looking: "no" | "yes" | "again" = "no";
  #disposed = false;
  /** Keys of rows that have another than their document and suggestion give them. */
  readonly #keys = new Map<string, string>();
  /** There is no look before this, by `performance.now()`. */
  #earliest = 0;
  readonly #disposables: Subscription[];

  constructor(
    private readonly sessions: Sessions,
    private readonly engine: EngineService,
    private readonly catalog: Catalog,
    private readonly unopened: Unopened,
    private readonly need: TeachingNeed,
    private readonly memory: Memento,
  ) {
    const kept = memory.get<string>(ORDER);
    this.#order = QUEUE_ORDERS.find((order) => order === kept) ?? "doubt";
    this.#tree = window.createTreeView("glossator.reviewQueue", { treeDataProvider: this });
    this.#disposables = [
      this.#tree,
      this.#changed,
      this.#quiet,
      this.#tree.onDidChangeVisibility(() => this.#atOnce()),
      unopened.onDidChange(() => this.#soon()),
      window.onDidChangeActiveTextEditor(() => this.#soon()),
      window.tabGroups.onDidChangeTabs(() => this.#soon()),
      sessions.onDidChange(({ what, session }) => {
        if (session !== undefined && what === "labels") this.#stale.add(session);
        this.#soon();
      }),
      engine.onDidChange(() => this.#soon()),
      need.onDidChange(() => this.#soon()),
    ];
    this.#soon();
  }

  get order(): QueueOrder {
    return this.#order;
  }

  /** Orders the queue otherwise, now and in later sessions of the editor. */
  set order(order: QueueOrder) {
    this.#order = order;
    background("order of the review queue", this.memory.update(ORDER, order));
    this.#atOnce();
  }

  /** What it says where it is empty, for the test interface. */
  get state(): QueueState {
    return this.#state;
  }

  /** Suggestions of the document in front that are not decided; undefined where there are none. */
  get badge(): number | undefined {
    return this.#tree.badge?.value;
  }

  /** A row that is listed, if this is one: arguments of commands come from anywhere. */
  row(from: unknown): QueueRow | undefined {
    const { key } = (typeof from === "object" && from !== null ? from : {}) as { readonly key?: unknown };
    const row = typeof key === "string" ? this.#byKey.get(key) : undefined;
    return row === from ? row : undefined;
  }

  /** The suggestion that is selected in the tree, if one is. While the editor takes the rows anew, it knows none of them: that is waited for. */
  async selected(): Promise<SuggestionRow | undefined> {
    for (const end = performance.now() + SELECTION_MS; ;) {
      const row = this.row(this.#tree.selection[0]);
      if (row?.kind === "suggestion") return row;
      if (this.#disposed || performance.now() >= end) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The suggestions after one, as they are listed. */
  after(row: SuggestionRow): readonly SuggestionRow[] {
    const all = this.#rows
      .flatMap((one) => (one.kind === "document" ? one.rows : [one]))
      .filter((one) => one.kind === "suggestion");
    return all.slice(all.indexOf(row) + 1);
  }

  /** Selects a row, if the queue is in sight. */
  async select(row: SuggestionRow): Promise<void> {
    if (this.#tree.visible && this.row(row) !== undefined) await this.#tree.reveal(row, { select: true, focus: true });
  }

  /** A row's file was opened: the row stands for the same suggestion in the document, and stays selected. */
  becomes(row: SuggestionRow, document: DocumentSession, annotation: Annotation): void {
    this.#keys.set(`${document.id}#${annotation.id}`, row.key);
    row.undecided = { ...row.undecided, document, annotation };
  }

  /** Takes a row away that is decided or gone; the next look would, too, but later. */
  forget(row: SuggestionRow): void {
    const without = <T extends QueueRow>(rows: readonly T[]): T[] => rows.filter((one) => one !== row);
    this.#byKey.delete(row.key);
    for (const one of this.#rows)
      if (one.kind === "document" && one.rows.some((inner) => inner === row)) {
        one.rows = without(one.rows);
        one.count--;
      }
    this.#rows = without(this.#rows).filter((one) => one.kind !== "document" || one.count > 0);
    const { document, annotation } = row.undecided;
    const known = document instanceof DocumentSession ? this.#found.get(document) : undefined;
    if (document instanceof DocumentSession && known !== undefined)
      this.#found.set(document, { ...known, items: known.items.filter(({ id }) => id !== annotation.id) });
    else if (document instanceof UnopenedDocument) this.unopened.again(document);
    this.#changed.fire(undefined);
    this.#count();
  }

  getChildren(row?: QueueRow): QueueRow[] {
    if (row === undefined) return [...this.#rows];
    return row.kind === "document" ? [...row.rows] : [];
  }

  getParent(row: QueueRow): QueueRow | undefined {
    return this.#rows.find((one) => one.kind === "document" && one.rows.some((inner) => inner === row));
  }

  getTreeItem(row: QueueRow): TreeItem {
    return treeItem(this.branch(row));
  }

  resolveTreeItem(item: TreeItem, row: QueueRow): TreeItem {
    if (row.kind === "suggestion") item.tooltip = paragraphs(tooltipOf(row.undecided));
    return item;
  }

  /** What a row shows. */
  branch(row: QueueRow): Branch {
    const front = row.kind === "document" && row.document === this.sessions.active;
    let own;
    if (row.kind === "suggestion") {
      const { document, annotation } = row.undecided;
      own = this.catalog.find(annotation.task, annotation.label, document.uri);
    }
    return branchOf(row, { order: this.#listed, front, own });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const item of this.#disposables) item.dispose();
  }

  #keyOf({ document, annotation }: Undecided): string {
    const key = `${document.id}#${annotation.id}`;
    return this.#keys.get(key) ?? key;
  }

  /** As {@link #soon}, for what the user asked for. */
  #atOnce(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#earliest = 0;
    this.#soon(0);
  }

  #soon(wait = this.#tree.visible ? SHOWN_MS : HIDDEN_MS): void {
    if (this.#looking !== "no") this.#looking = "again";
    if (this.#disposed || this.#looking !== "no" || this.#timer !== undefined) return;
    const ms = Math.max(wait, this.#earliest - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      background("review queue", this.#look());
    }, ms);
  }

  async #look(): Promise<void> {
    this.#looking = "yes";
    const before = this.#quiet.worked;
    try {
      const { visible } = this.#tree;
      const { active } = this.sessions;
      const all = visible ? openInOrder(this.sessions) : active === undefined ? [] : [active];
      for (const session of all) {
        if (this.#found.has(session) && !this.#stale.has(session)) continue;
        // What changes while it is looked through makes it stale again.
        this.#stale.delete(session);
        const found = await this.#quiet.slowly(undecidedIn(session, MOST_FOUND));
        if (found !== undefined) this.#found.set(session, found);
      }
      const known = new Set(this.sessions.all);
      for (const session of this.#found.keys()) if (!known.has(session)) this.#found.delete(session);
      if (visible) this.unopened.begin();
      if (visible) await this.#list(all.filter((session) => known.has(session)));
      if (!this.#disposed) this.#count();
    } finally {
      const again = this.#looking === ("again" as string);
      this.#looking = "no";
      this.#earliest = performance.now() + Math.max(LEAST_REST_MS, REST * (this.#quiet.worked - before));
      if (again) this.#soon();
    }
  }

  async #list(sessions: readonly DocumentSession[]): Promise<void> {
    const unopened = this.unopened.documents;
    const found = new Map<QueuedDocument, Found>([
      ...sessions.map((session) => [session, this.#found.get(session) ?? NOTHING] as const),
      ...unopened.map((document) => [document, document.found] as const),
    ]);
    const all = await this.#quiet.slowly(weighed(found));
    if (all === undefined) return;
    const order = this.#order;
    const first = order === "place" ? undefined : await this.#quiet.slowly(least(all, RANKS[order], MOST));
    if (this.#disposed) return;
    this.#listed = order;
    const before = this.#byKey;
    this.#byKey = new Map();
    const intern = <T extends QueueRow>(row: T): T => {
      const known = before.get(row.key);
      // The editor knows a row by what object it is.
      const same = known?.kind === row.kind ? Object.assign(known, row) : row;
      this.#byKey.set(row.key, same);
      return same;
    };
    const rows = (items: readonly Undecided[], left: number, more: boolean, of = ""): (SuggestionRow | RestRow)[] => [
      ...items.map((undecided): SuggestionRow => {
        return intern({ kind: "suggestion", key: this.#keyOf(undecided), undecided });
      }),
      ...(left > 0 || more
        ? [intern<RestRow>({ kind: "rest", key: `rest#${of}`, count: more ? undefined : left })]
        : []),
    ];
    if (first !== undefined) {
      const more = [...found.values()].some((one) => one.more);
      this.#rows = rows(first, all.length - MOST, more);
    } else {
      const byDocument = new Map<QueuedDocument, Undecided[]>();
      for (const item of all) addTo(byDocument, item.document, [item]);
      const documents = sortedByName([...byDocument.keys()]);
      const branches = documents.slice(0, MOST_BRANCHES).map((document): DocumentRow => {
        const { more } = found.get(document) ?? NOTHING;
        const items = byDocument.get(document)!;
        const inner = rows(items.slice(0, MOST), items.length - MOST, more, document.id);
        return intern({ kind: "document", key: document.id, document, count: items.length, more, rows: inner });
      });
      const hidden = documents
        .slice(MOST_BRANCHES)
        .reduce((sum, document) => sum + byDocument.get(document)!.length, 0);
      this.#rows = [...branches, ...rows([], hidden, false)];
    }
    this.#changed.fire(undefined);
  }

  /** The badge, and what is said where there is nothing. */
  #count(): void {
    const { active } = this.sessions;
    const { items, more } = (active && this.#found.get(active)) ?? NOTHING;
    const count = items.length;
    const tooltip = l10n.t("{0} in the document in front", countInWords(count, more));
    if (count === 0) this.#tree.badge = undefined;
    else if (tooltip !== this.#tree.badge?.tooltip) this.#tree.badge = { value: count, tooltip };
    const all = openInOrder(this.sessions);
    const { state } = this.unopened.progress;
    if (this.#rows.length > 0) this.#state = "some";
    else if (all.length === 0 && (state === "off" || state === "untrusted")) this.#state = "none";
    else if (this.engine.state === "failed") this.#state = "failed";
    // Rows are listed only while somebody sees them: until then it is not known that there is nothing.
    else {
      const reading = !this.#tree.visible || state === "reading" || all.some((session) => this.#isRead(session));
      this.#state = reading ? "reading" : "done";
    }
    setContext("queue", this.#state);
    setContext("queueScope", this.unopened.scope);
    setContext("queueReading", state);
    const said = [readingInWords(this.unopened.progress), needInWords(this.need)];
    this.#tree.message = said.filter((one) => one !== undefined).join(" ");
  }

  /** Whether the model is still reading a document. */
  #isRead({ labels, complete, tasks }: DocumentSession): boolean {
    return labels === undefined || this.engine.info === undefined || (tasks.length > 0 && !complete);
  }
}
