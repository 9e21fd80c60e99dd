/** Texts of documents as files beside the labels, for formats that only point into them. */
import type { LabelledDocument } from "../document";
import { textOf } from "../reading/bytes";
import type { Loss } from "../losses";
import type { DatasetFiles } from "../format";
import { safePath } from "../writing/writable";

/** The folder the texts are in. */
export const FOLDER = "documents";

/** Where the text of a document goes. */
export function textFile({ path }: LabelledDocument): string {
  return `${FOLDER}/${safePath(path)}`;
}

/** A text as a file holds it: readers take one U+FEFF at its start for a byte order mark. */
export function fileText({ text }: LabelledDocument): string {
  return text.startsWith("\ufeff") ? `\ufeff${text}` : text;
}

/** Finds texts among the files that are read, each decoded once. */
export class TextFiles {
  readonly #texts = new Map<string, string | undefined>();

  constructor(
    private readonly files: DatasetFiles,
    private readonly losses: Loss[],
  ) {}

  /** The text of a file named in `from`: relative to its folder, to a folder above it, or to what was chosen. Undefined if it is not there. */
  find(name: string, from: string): { readonly file: string; readonly text: string } | undefined {
    const folders = from.split("/").slice(0, -1);
    for (let depth = folders.length; depth >= 0; depth--) {
      const file = [...folders.slice(0, depth), name].join("/");
      if (!this.files.has(file)) continue;
      if (!this.#texts.has(file)) this.#texts.set(file, textOf(this.files, file, this.losses));
      const text = this.#texts.get(file);
      if (text !== undefined) return { file, text };
    }
    return undefined;
  }

  /** As {@link find}, for a document: its text is below `documents/`, or where it says. */
  ofDocument(path: string, from: string): { readonly file: string; readonly text: string } | undefined {
    return this.find(`${FOLDER}/${path}`, from) ?? this.find(path, from);
  }
}
