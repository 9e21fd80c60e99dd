/** The texts of a workspace's documents as they are on disk: of files, and of cells of notebooks. */
import { isOurFolder } from "../../files/names";
import { SafeFolder } from "../../files/safe-folder";
import { NotebookError, NotebookTexts } from "../../text/notebook-texts";
import { cellOfPath } from "../../text/notebooks";

/** Most that is read of a notebook, in bytes: outputs are in it, too, and all of it is parsed at once. */
const MOST_NOTEBOOK_BYTES = 50_000_000;

/** What it means that there is nothing of a document's name. */
const MISSING = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function isMissing(error: unknown): boolean {
  return MISSING.has((error as NodeJS.ErrnoException).code ?? "");
}

/** Reads documents. A notebook is parsed once for all its cells that are asked for one after the other. */
export class WorkspaceTexts {
  readonly #folder: SafeFolder;
  #notebook: { readonly path: string; readonly texts: Promise<NotebookTexts> } | undefined;

  /** @param workspace the workspace folder */
  constructor(workspace: string) {
    this.#folder = new SafeFolder(workspace);
  }

  /**
   * A document's text, without its byte order mark.
   * @param document its path relative to the workspace, with `/`
   * @throws {RefusedFileError} if it lies outside, or is, or lies below, a link, or is a cell of too large a notebook; {@link NotebookError} for a cell
   * that cannot be had; Error if it cannot be read or is not UTF-8.
   */
  async read(document: string): Promise<string> {
    // Logs name documents, and logs may be anybody's: what git keeps (an address with a password in it) is no text to export.
    // A log that speaks of one there was not made by an editor.
    if (document.split(/[\\/]/).some(isOurFolder)) throw new Error("it lies in a folder of git's or of this program's");
    const cell = cellOfPath(document);
    if (cell === undefined) return this.#decoded(document);
    if (this.#notebook?.path !== cell.notebook)
      this.#notebook = { path: cell.notebook, texts: this.#parsed(cell.notebook) };
    return (await this.#notebook.texts).get(cell.id);
  }

  /** As {@link read}; undefined if there is no such document. */
  async find(document: string): Promise<string | undefined> {
    try {
      return await this.read(document);
    } catch (error) {
      if (isMissing(error) || (error instanceof NotebookError && error.missing)) return undefined;
      throw error;
    }
  }

  async #parsed(notebook: string): Promise<NotebookTexts> {
    try {
      return new NotebookTexts(await this.#decoded(notebook, MOST_NOTEBOOK_BYTES));
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new NotebookError("its notebook does not exist (moved or renamed?)", true);
    }
  }

  async #decoded(file: string, most?: number): Promise<string> {
    // The decoder drops a byte order mark, as editors do.
    return new TextDecoder("utf-8", { fatal: true }).decode(await this.#folder.read(file, most));
  }
}
