/** Markdown cells of Jupyter notebooks, each a document of its own: their ids and paths. Pure. */

/** A cell of a notebook. */
export interface CellPlace {
  /** The notebook's path, with `/`. */
  readonly notebook: string;
  /** The cell's id in its notebook. */
  readonly id: string;
}

/** As nbformat has it: https://nbformat.readthedocs.io/en/latest/format_description.html#cell-ids */
const ID = /^[a-zA-Z0-9_-]{1,64}$/;
/** The fragment by which JupyterLab addresses a cell. Only a file of just such a name has the same path, and such files are no documents. */
const PATH = /^(.*[^/]\.ipynb)#cell-id=([a-zA-Z0-9_-]{1,64})$/is;
const NOTEBOOK = /[^/]\.ipynb$/i;

/** Whether a file is a notebook, by its name. */
export function isNotebook(path: string): boolean {
  return NOTEBOOK.test(path);
}

/** Whether nbformat allows a cell to have this id. */
export function isCellId(id: unknown): id is string {
  return typeof id === "string" && ID.test(id);
}

/** The path of a cell as a document, as {@link cellOfPath} reads it. */
export function cellPath({ notebook, id }: CellPlace): string {
  return `${notebook}#cell-id=${id}`;
}

/** The cell that a document's path names; undefined for any other document. */
export function cellOfPath(path: string): CellPlace | undefined {
  const [, notebook, id] = PATH.exec(path) ?? [];
  return notebook === undefined || id === undefined ? undefined : { notebook, id };
}

/** Whether cells have ids that stay theirs, by what a notebook says of its format: from nbformat 4.5 on. */
export function cellsHaveIds(nbformat: unknown, minor: unknown): boolean {
  if (typeof nbformat !== "number") return false;
  return nbformat > 4 || (nbformat === 4 && typeof minor === "number" && minor >= 5);
}
