/** The view of labels: what is decided in all open documents, by document and by label, and how labels are related. It keeps nothing: each branch is read when it is opened. */
import { EventEmitter, l10n, window } from "vscode";
import type { TreeDataProvider, TreeItem, TreeView } from "vscode";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Annotation, PlacedRelation } from "../../labels/annotation";
import type { Subscription } from "../../labels/contract";
import { plural } from "../../text/counted";
import { addTo } from "../../text/grouped";
import { shownName } from "../../text/shown";
import { excerpt, statusInWords, taskInWords } from "../base/describe";
import { background } from "../base/log";
import { Quiet } from "../base/quiet";
import { treeItem } from "../base/tree-items";
import type { Branch } from "../base/tree-items";
import type { Catalog } from "../documents/catalog";
import type { DocumentSession } from "../documents/session";
import type { Sessions } from "../documents/sessions";
import { openInOrder } from "../documents/open-documents";
import { documentBranch, iconOf } from "./queue-rows";

/** A row of the view. */
export type LabelRow =
  | { readonly kind: "document"; readonly session: DocumentSession; readonly count: number }
  | LabelBranch
  | { readonly kind: "label"; readonly session: DocumentSession; readonly annotation: Annotation }
  | RelationBranch
  | { readonly kind: "relation"; readonly session: DocumentSession; readonly relation: PlacedRelation }
  | { readonly kind: "rest"; readonly id: string; readonly count: number };

/** All that has one label in a document. */
interface LabelBranch {
  readonly kind: "group";
  readonly session: DocumentSession;
  readonly task: Task;
  readonly label: string;
  readonly items: readonly Annotation[];
}

/** All relations of one type in a document. */
interface RelationBranch {
  readonly kind: "relations";
  readonly session: DocumentSession;
  readonly type: string;
  readonly items: readonly PlacedRelation[];
}

/** So many of a label, or of a type of relation, are listed in a document. */
const MOST = 500;
/** The view is read anew so long after a change, in ms. */
const PAUSE_MS = 300;

/** What is decided, and what became of it: labels whose text is gone are listed, too. */
function decidedIn({ labels }: DocumentSession): Annotation[] {
  return labels === undefined
    ? []
    : [...labels.annotations({ status: "accepted" }), ...labels.annotations({ status: "stale" })];
}

/** The tree. */
export class LabelsView implements TreeDataProvider<LabelRow>, Subscription {
  readonly #tree: TreeView<LabelRow>;
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #quiet = new Quiet();
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;
  readonly #disposables: Subscription[];

  constructor(
    private readonly sessions: Sessions,
    private readonly catalog: Catalog,
  ) {
    this.#tree = window.createTreeView("glossator.labels", { treeDataProvider: this, showCollapseAll: true });
    this.#disposables = [
      this.#tree,
      this.#changed,
      this.#quiet,
      this.#tree.onDidChangeVisibility(() => this.#soon()),
      window.tabGroups.onDidChangeTabs(() => this.#soon()),
      sessions.onDidChange(({ what }) => {
        if (what === "labels") this.#soon();
      }),
    ];
  }

  getChildren(row?: LabelRow): LabelRow[] {
    switch (row?.kind) {
      case undefined:
        return openInOrder(this.sessions).flatMap((session): LabelRow[] => {
          const count = decidedIn(session).length;
          return count === 0 ? [] : [{ kind: "document", session, count }];
        });
      case "document":
        return [...groups(row.session), ...relations(row.session)];
      case "group": {
        const { session, task, label, items } = row;
        const id = JSON.stringify([session.id, task, label, "rest"]);
        return listed(items, id, (annotation) => ({ kind: "label", session, annotation }));
      }
      case "relations": {
        const { session, type, items } = row;
        const id = JSON.stringify([session.id, "relations", type, "rest"]);
        return listed(items, id, (relation) => ({ kind: "relation", session, relation }));
      }
      default:
        return [];
    }
  }

  getTreeItem(row: LabelRow): TreeItem {
    return treeItem(this.#branch(row));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const item of this.#disposables) item.dispose();
  }

  /** While nobody sees it the tree is left as it is; it is read when it comes into sight. */
  #soon(): void {
    if (!this.#tree.visible || this.#waiting) return;
    this.#waiting = true;
    this.#timer = setTimeout(() => {
      background(
        "view of labels",
        this.#quiet.come().then(() => {
          this.#waiting = false;
          this.#changed.fire(undefined);
        }),
      );
    }, PAUSE_MS);
  }

  #branch(row: LabelRow): Branch {
    switch (row.kind) {
      case "document":
        return documentBranch(row.session, countInWords(row.count), row.session === this.sessions.active);
      case "group": {
        const { session, task, label, items } = row;
        const own = this.catalog.find(task, label, session.uri);
        const description = [String(items.length), taskInWords(task)].join(" · ");
        const says = [shownName(label), taskInWords(task), countInWords(items.length)].join(", ");
        const id = JSON.stringify([session.id, task, label]);
        const icon = iconOf({ task, label }, own);
        return { id, kind: "group", label: shownName(label), description, says, icon, open: false };
      }
      case "label": {
        const { session, annotation } = row;
        const { id, quote, status, span, proposal, question } = annotation;
        const line = session.document.positionAt((proposal ?? span).start).line + 1;
        const where = status === "accepted" || proposal !== undefined ? [l10n.t("line {0}", line)] : [];
        const lost = status === "stale" ? [statusInWords(annotation)] : [];
        const words = excerpt(quote.exact, 80);
        const asked = question === undefined ? [] : [excerpt(question, 80)];
        return {
          id: `${session.id}#${id}`,
          kind: "label",
          label: words,
          description: [...where, ...lost, ...asked].join(" · "),
          tooltip: [quote.exact, statusInWords(annotation)].map((text) => excerpt(text, 400)),
          says: [words, shownName(annotation.label), statusInWords(annotation), ...where, ...asked].join(", "),
          ...(status === "stale" && { icon: { name: "warning" } }),
          run: { title: l10n.t("Go to Label"), command: "glossator.openLabel", argument: row },
        };
      }
      case "relations": {
        const { session, type, items } = row;
        const name = `→ ${shownName(type)}`;
        const count = plural(items.length, l10n.t("1 relation"), l10n.t("{0} relations", items.length));
        const id = JSON.stringify([session.id, "relations", type]);
        const says = [shownName(type), count].join(", ");
        return { id, kind: "relations", label: name, description: count, says, open: false };
      }
      case "relation": {
        const { session, relation } = row;
        const { id, type, from, to } = relation;
        const [one, other] = [from, to].map(({ quote }) => excerpt(quote.exact, 60));
        const words = `${one!} → ${other!}`;
        const line = session.document.positionAt((from.proposal ?? from.span).start).line + 1;
        const where = from.status === "stale" ? statusInWords(from) : l10n.t("line {0}", line);
        return {
          ...{ id: `${session.id}#${id}`, kind: "relation", label: words, description: where },
          tooltip: [`${shownName(from.label)} → ${shownName(type)} → ${shownName(to.label)}`],
          says: [one!, shownName(type), other!, where].join(", "),
          ...(from.status === "stale" && { icon: { name: "warning" } }),
          run: {
            title: l10n.t("Go to Label"),
            command: "glossator.openLabel",
            argument: { kind: "label", session, annotation: from },
          },
        };
      }
      case "rest": {
        const more = plural(row.count, l10n.t("1 more"), l10n.t("{0} more", row.count));
        return { id: row.id, kind: "rest", label: more, says: more };
      }
    }
  }
}

function groups(session: DocumentSession): LabelBranch[] {
  const all = new Map<string, Annotation[]>();
  for (const item of decidedIn(session)) addTo(all, JSON.stringify([item.task, item.label]), [item]);
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...all.values()]
    .map((items): LabelBranch => {
      const { task, label } = items[0]!;
      return { kind: "group", session, task, label, items };
    })
    .sort((a, b) => TASK_NAMES.indexOf(a.task) - TASK_NAMES.indexOf(b.task) || compare(a.label, b.label));
}

/** By type. */
function relations(session: DocumentSession): RelationBranch[] {
  const all = new Map<string, PlacedRelation[]>();
  for (const item of session.labels?.relations() ?? []) addTo(all, item.type, [item]);
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...all]
    .map(([type, items]): RelationBranch => ({ kind: "relations", session, type, items }))
    .sort((a, b) => compare(a.type, b.type));
}

/** The first {@link MOST} of a branch, and a row that counts the others. @param id of that row */
function listed<T>(items: readonly T[], id: string, row: (item: T) => LabelRow): LabelRow[] {
  const left = items.length - MOST;
  return [...items.slice(0, MOST).map(row), ...(left > 0 ? [{ kind: "rest" as const, id, count: left }] : [])];
}

function countInWords(count: number): string {
  return plural(count, l10n.t("1 label"), l10n.t("{0} labels", count));
}
