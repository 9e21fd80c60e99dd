/** Cells of notebooks as documents of their own: which of them are, and under which address. */
import { l10n, NotebookCellKind, window, workspace } from "vscode";
import type { NotebookCell, NotebookDocument, NotebookEditor, TextDocument, Uri } from "vscode";
import { cellOfPath, cellPath, cellsHaveIds, isCellId, isNotebook } from "../../text/notebooks";

const CELL_SCHEME = "vscode-notebook-cell";
/** The only type of notebook whose cells have ids that are in the file. */
const JUPYTER = "jupyter-notebook";
/** Of a longer notebook the cells that were in sight are documents, too; all at once would be as many logs to read. */
const MOST_CELLS = 100;

/** A cell of a notebook that is open. */
export interface OpenCell {
  readonly cell: NotebookCell;
  /**
   * Of its notebook, with the cell's id behind the path (`cellPath`): it stays when cells are moved and when the notebook is opened anew, which
   * the address of its text does not.
   */
  readonly address: Uri;
  /** Why it is no document of its own; undefined if it is one. */
  readonly problem?: string;
}

/** The cells of a notebook as they were at one of its versions. */
interface Known {
  readonly version: number;
  readonly byText: ReadonlyMap<TextDocument, OpenCell>;
  /** Those that are documents, by address. */
  readonly byAddress: ReadonlyMap<string, OpenCell>;
}

const known = new WeakMap<NotebookDocument, Known>();

/** Whether a document is a cell, of a notebook that is open or was. */
export function isCell({ uri }: Pick<TextDocument, "uri">): boolean {
  return uri.scheme === CELL_SCHEME;
}

/** The cell whose text a document is; undefined for all else, and once its notebook or it is gone. */
export function cellOf(document: TextDocument): OpenCell | undefined {
  if (!isCell(document)) return undefined;
  for (const notebook of workspace.notebookDocuments) {
    if (notebook.uri.path !== document.uri.path) continue;
    const found = cellsOf(notebook).byText.get(document);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a document is for all that goes by folders and names, and how its log is found: its own address, of a cell that of {@link OpenCell}. */
export function addressOf(document: TextDocument): Uri {
  return cellOf(document)?.address ?? document.uri;
}

/** The file that a document is in: of a cell its notebook. */
export function fileOf(document: TextDocument): Uri {
  return cellOf(document)?.cell.notebook.uri ?? document.uri;
}

/** Texts of cells in their order, of notebooks on the screen. */
export function cellsOnShow(): TextDocument[] {
  return window.visibleNotebookEditors.flatMap(({ notebook, visibleRanges }) => {
    const cells = notebook.getCells();
    const near = visibleRanges.flatMap(({ start, end }) => cells.slice(Math.max(start, MOST_CELLS), end + 1));
    return [...cells.slice(0, MOST_CELLS), ...near]
      .filter(({ kind }) => kind === NotebookCellKind.Markup)
      .map(({ document }) => document);
  });
}

/** Whether {@link cellsOnShow} has more cells once a notebook is scrolled. */
export function cellsComeInSight({ notebook }: NotebookEditor): boolean {
  return notebook.cellCount > MOST_CELLS;
}

/** The open cell that an address names; undefined if there is none. */
export function cellAt(address: Uri): OpenCell | undefined {
  const notebook = notebookOf(address);
  const open = notebook && workspace.notebookDocuments.find(({ uri }) => uri.toString() === notebook.toString());
  return open && cellsOf(open).byAddress.get(address.toString());
}

/** The notebook that the address of a cell is in; undefined for any other address. */
export function notebookOf(address: Uri): Uri | undefined {
  const place = cellOfPath(address.path);
  return place && address.with({ path: place.notebook });
}

function cellsOf(notebook: NotebookDocument): Known {
  const before = known.get(notebook);
  if (before?.version === notebook.version) return before;
  const taken = new Set<string>();
  const cells = notebook.getCells().map((cell) => placed(cell, taken));
  const documents = cells.filter(({ problem }) => problem === undefined);
  const now = {
    version: notebook.version,
    byText: new Map(cells.map((one) => [one.cell.document, one])),
    byAddress: new Map(documents.map((one) => [one.address.toString(), one])),
  };
  known.set(notebook, now);
  return now;
}

/** @param taken ids of the cells before */
function placed(cell: NotebookCell, taken: Set<string>): OpenCell {
  const { notebook } = cell;
  const id: unknown = cell.metadata["id"];
  const problem = problemOf(cell, id, taken);
  if (!isCellId(id)) return { cell, address: notebook.uri, ...(problem !== undefined && { problem }) };
  taken.add(id);
  const address = notebook.uri.with({ path: cellPath({ notebook: notebook.uri.path, id }) });
  return { cell, address, ...(problem !== undefined && { problem }) };
}

function problemOf(
  { notebook, kind }: NotebookCell,
  id: unknown,
  taken: Pick<ReadonlySet<string>, "has">,
): string | undefined {
  if (notebook.notebookType !== JUPYTER || !isNotebook(notebook.uri.path))
    return l10n.t("Of notebooks those of Jupyter (.ipynb) are labelled.");
  if (kind !== NotebookCellKind.Markup) return l10n.t("Of a notebook only Markdown cells are labelled.");
  if (notebook.isUntitled)
    return l10n.t("Save the notebook first: before it has a name, its cells have no place for decisions.");
  if (!cellsHaveIds(notebook.metadata["nbformat"], notebook.metadata["nbformat_minor"]))
    return l10n.t(
      "Decisions on a cell are kept by its id, and the cells of this notebook have none: its format is older than nbformat 4.5. Bring it to 4.5 (the guide says how), then open it again.",
    );
  if (!isCellId(id))
    return l10n.t(
      "Decisions on a cell are kept by its id, and this one has none that nbformat allows (up to 64 of the letters A to Z, digits, - and _).",
    );
  if (taken.has(id))
    return l10n.t(
      "Decisions on a cell are kept by its id, and a cell above has the same one. Copy the text into a new cell to label it.",
    );
  return undefined;
}
