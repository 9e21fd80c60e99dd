/** The texts of Markdown cells in a notebook's JSON. Pure. */
import { cellsHaveIds, isCellId } from "./notebooks";

/** Why the text of a cell cannot be had; the message says it after the cell's name. */
export class NotebookError extends Error {
  override readonly name = "NotebookError";

  constructor(
    message: string,
    /** The notebook can be read, and has no such document. */
    readonly missing = false,
  ) {
    super(message);
  }
}

/** Types of cells that editors show; what is of no known type is left out by them, and its id is nobody's. */
const TYPES = new Set(["markdown", "code", "raw"]);

/** The texts of a notebook's Markdown cells. */
export class NotebookTexts {
  /** By id; undefined: the cell is no Markdown cell, or what it holds is no text. */
  readonly #texts = new Map<string, string | undefined>();

  /** @param json a notebook file. @throws {NotebookError} if it is none, or of a format whose cells have no ids. */
  constructor(json: string) {
    let read: unknown;
    try {
      read = JSON.parse(json);
    } catch {
      throw new NotebookError("its notebook is damaged: it is not JSON");
    }
    const { nbformat, nbformat_minor: minor, cells } = fieldsOf(read);
    if (!Array.isArray(cells)) throw new NotebookError("its notebook is damaged: it has no list of cells");
    if (!cellsHaveIds(nbformat, minor)) {
      const version = [nbformat, minor].filter((part) => typeof part === "number").join(".") || "of no version";
      throw new NotebookError(`its notebook is in nbformat ${version}, and cells have ids from 4.5 on`);
    }
    for (const cell of cells as unknown[]) {
      const { id, cell_type: type, source } = fieldsOf(cell);
      if (typeof type !== "string" || !TYPES.has(type) || !isCellId(id)) continue;
      // Of several cells with one id the first has it, as nbformat repairs it.
      if (!this.#texts.has(id)) this.#texts.set(id, type === "markdown" ? textOf(source) : undefined);
    }
  }

  /** Ids and texts of all Markdown cells, in their order. */
  markdown(): (readonly [string, string])[] {
    return [...this.#texts].flatMap(([id, text]) => (text === undefined ? [] : [[id, text] as const]));
  }

  /** The text of a cell. @throws {NotebookError} if there is no such cell, or it is no Markdown cell. */
  get(id: string): string {
    if (!this.#texts.has(id)) throw new NotebookError("its notebook has no such cell (deleted?)", true);
    const text = this.#texts.get(id);
    if (text === undefined) throw new NotebookError("it is no Markdown cell, or holds no text");
    return text;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A `source`, as VS Code shows it: each part of a list is a line, though nbformat wants it to end with a line break of its own. */
function textOf(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  if (!Array.isArray(source) || !source.every((part) => typeof part === "string")) return undefined;
  const lines = source as readonly string[];
  return lines.map((line, index) => (index === lines.length - 1 || line.endsWith("\n") ? line : `${line}\n`)).join("");
}
