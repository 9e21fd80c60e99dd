/** Which document of the workspace each read text belongs to, and the text of those that have to be made. */
import { foldedName } from "../../files/names";
import { isRefused } from "../../files/refused";
import { SafeFolder } from "../../files/safe-folder";
import { documentName, safePath } from "./paths";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import type { ReadDocument } from "../format";
import { WorkspaceTexts } from "../workspace/workspace-texts";
import { isRow, rowGroups, rowPlaces, stacked } from "./rows";
import type { RowChoice, RowGroup, RowDocument } from "./rows";

/** A document that something is read for. */
export interface TargetDocument {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly text: string;
  /** It does not exist and has to be made. */
  readonly isNew: boolean;
}

/** A document with what was read for it. */
export interface Target extends TargetDocument {
  readonly reads: readonly ReadDocument[];
}

/** Where documents are, and where new ones may go. */
export interface TargetOptions {
  readonly workspace: string;
  /** Relative to the workspace with `/`, "" for the workspace itself; absent: none are made. */
  readonly into?: string;
  /** Documents of the workspace that texts without a path are compared with. */
  readonly known: readonly string[];
  /** Which texts become a document each; default: `auto`. */
  readonly rows?: RowChoice;
  readonly signal?: AbortSignal;
}

/** Two texts with this in common are the same but for white space. */
function essence(text: string): string {
  return text.replace(/[\s\u0085\ufeff]+/g, "");
}

class Targets {
  readonly losses: Loss[] = [];
  /** What has no document here, while none may be made. */
  readonly homeless: ReadDocument[] = [];
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #workspace: WorkspaceTexts;
  #known: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(private readonly options: TargetOptions) {
    this.#workspace = new WorkspaceTexts(options.workspace);
  }

  refuse(read: ReadDocument, reason: string): void {
    const { file, line, path: document, text } = read;
    const of = { ...(document !== undefined && { document }), ...(line !== undefined && { line }) };
    this.losses.push({ kind: "dropped", file, ...of, exact: excerpt(text), reason });
  }

  text(document: string): Promise<string | undefined> {
    let found = this.#texts.get(document);
    if (found === undefined) this.#texts.set(document, (found = this.#workspace.find(document)));
    return found;
  }

  /** The known document whose text is the same but for white space. */
  async same(text: string): Promise<string | undefined> {
    this.#known ??= Promise.all(
      this.options.known.map(
        async (document) => [essence((await this.text(document).catch(() => "")) ?? ""), document] as const,
      ),
    ).then((pairs) => new Map(pairs.filter(([key]) => key !== "")));
    return (await this.#known).get(essence(text));
  }

  /** A path for a new document that no disk takes for another new one's: `A.txt` and `a.txt` are one file on many. */
  async apart(document: string, made: Map<string, string>): Promise<string> {
    let path = document;
    for (;;) {
      const other = made.get(foldedName(path));
      // The same path again is the same document.
      if (other === document || (other === undefined && (await this.text(path)) === undefined)) break;
      path = path.replace(/(\.[^./]+)?$/, "_$1");
    }
    made.set(foldedName(path), document);
    return path;
  }

  inFolder(name: string): string | undefined {
    const { into } = this.options;
    return into === undefined ? undefined : into === "" ? name : `${into}/${name}`;
  }

  /** Where a group of texts goes; `isNew` if that is not there yet. */
  async place(
    name: string,
    named: boolean,
    reads: readonly ReadDocument[],
  ): Promise<{ path: string; isNew: boolean } | undefined> {
    const safe = safePath(name);
    const refuse = (reason: string): { path: string; isNew: boolean } | undefined => {
      for (const read of reads) this.refuse(read, reason);
      return undefined;
    };
    if (safe === undefined) return refuse("its path leads out of the workspace, so it was refused");
    if (named) {
      for (const candidate of [safe, this.inFolder(safe), this.inFolder(documentName(safe))]) {
        if (candidate !== undefined && (await this.text(candidate)) !== undefined)
          return { path: candidate, isNew: false };
      }
    }
    const [only] = reads;
    if (only !== undefined && reads.length === 1 && only.kind !== "excerpt") {
      const twin = await this.same(only.text);
      if (twin !== undefined) return { path: twin, isNew: false };
    }
    const made = this.inFolder(documentName(safe));
    if (made === undefined) {
      this.homeless.push(...reads);
      return undefined;
    }
    await new SafeFolder(this.options.workspace).checkAbove(made);
    if ((await this.text(made)) !== undefined) return { path: made, isNew: false };
    return { path: made, isNew: true };
  }
}

/** The text of a document to make, and what was read with its place in it. */
export function composed({ reads, rows }: Pick<Group, "reads" | "rows">): {
  readonly text: string;
  readonly reads: readonly ReadDocument[];
} {
  if (rows) return stacked(reads);
  const whole = reads.find(({ kind }) => kind === "whole");
  if (whole !== undefined) return { text: whole.text, reads };
  const ordered = reads.every(({ offset }) => offset !== undefined)
    ? [...reads].sort((a, b) => a.offset! - b.offset!)
    : reads;
  const long = ordered.filter(({ text }) => text.length > 500);
  const at = new Map<string, number>();
  const pieces: string[] = [];
  let length = 0;
  for (const read of ordered) {
    if (at.has(read.text)) continue;
    // Sentences that are in a context already are not put in twice.
    if (long.some((one) => one.text.length > read.text.length && one.text.includes(read.text))) continue;
    if (pieces.length > 0) {
      pieces.push("\n\n");
      length += 2;
    }
    at.set(read.text, length);
    pieces.push(read.text);
    length += read.text.length;
  }
  const text = `${pieces.join("")}\n`;
  const placed = ordered.map((read): ReadDocument => {
    const found = at.get(read.text) ?? text.indexOf(read.text);
    return { ...read, offset: Math.max(0, found) };
  });
  return { text, reads: placed };
}

/** Said once for all, with what helps. */
function homelessLosses(homeless: readonly ReadDocument[], all: number): Loss[] {
  const [first] = homeless;
  if (first === undefined) return [];
  const { file, line, path, text } = first;
  const { length: count } = homeless;
  const reason =
    `${count} of ${all} texts have no document in the workspace, and no folder was chosen for new ones: ` +
    "choose one to have them made (--into FOLDER; --into . is the workspace itself)";
  const one = count > 1 ? {} : { ...(path !== undefined && { document: path }), exact: excerpt(text) };
  return [{ kind: "dropped", file, ...(line !== undefined && { line }), ...one, count, reason }];
}

function numbered(number: number, of: number): string {
  return String(number).padStart(String(of).length, "0");
}

function withoutExtension(file: string): string {
  return file.replace(/\.[^./]+$/, "");
}

/** What belongs to one document. */
interface Group {
  /** The document's path as the file says it, or made of the file's. */
  readonly name: string;
  /** The file names the document. */
  readonly named: boolean;
  /** Rows that are put together. */
  readonly rows: boolean;
  readonly reads: ReadDocument[];
}

/** Groups what was read by the document it is for. @param places rows that are put together */
export function grouped(
  documents: readonly ReadDocument[],
  places: ReadonlyMap<ReadDocument, RowDocument> = new Map(),
): Iterable<Group> {
  const groups = new Map<string, Group>();
  const perFile = new Map<string, number>();
  for (const one of documents) if (isRow(one)) perFile.set(one.file, (perFile.get(one.file) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const read of documents) {
    let name = read.path;
    if (name === undefined) {
      name = withoutExtension(read.file);
      const many = perFile.get(read.file) ?? 0;
      const row = places.get(read);
      if (row !== undefined) name += row.of === 1 ? "" : `-${numbered(row.document, row.of)}`;
      else if (isRow(read) && many > 1) {
        const number = (seen.get(read.file) ?? 0) + 1;
        seen.set(read.file, number);
        name += `-${numbered(number, many)}`;
      }
    }
    const key = `${read.path === undefined ? "file" : "path"} ${name}`;
    const group = groups.get(key) ?? { name, named: read.path !== undefined, rows: places.has(read), reads: [] };
    group.reads.push(read);
    groups.set(key, group);
  }
  return groups.values();
}

/**
 * A document for everything that was read: by its path, by its text, or a new one in the chosen folder. What has none, or would lie outside
 * the workspace, is in `losses`.
 */
export async function findTargets(
  documents: readonly ReadDocument[],
  options: TargetOptions,
): Promise<{
  readonly targets: readonly Target[];
  readonly losses: readonly Loss[];
  readonly rows: readonly RowGroup[];
}> {
  const finder = new Targets(options);
  const targets = new Map<string, Target>();
  const made = new Map<string, string>();
  const places = rowPlaces(documents, options.rows);
  for (const group of grouped(documents, places)) {
    const { name, named } = group;
    // Rows that were put together before are looked for in what they became.
    const reads = group.rows ? stacked(group.reads).reads : group.reads;
    options.signal?.throwIfAborted();
    try {
      const found = await finder.place(name, named, reads);
      if (found === undefined) continue;
      const place = found.isNew ? { ...found, path: await finder.apart(found.path, made) } : found;
      const earlier = targets.get(place.path);
      if (earlier !== undefined) {
        targets.set(place.path, { ...earlier, reads: [...earlier.reads, ...reads] });
      } else if (place.isNew) {
        targets.set(place.path, { ...place, ...composed(group) });
      } else {
        targets.set(place.path, { ...place, text: (await finder.text(place.path)) ?? "", reads });
      }
    } catch (error) {
      const { message } = error as Error;
      const why = isRefused(error) ? `the document was refused: ${message}` : `the document cannot be read: ${message}`;
      for (const read of reads) finder.refuse(read, why);
    }
  }
  const losses = [...finder.losses, ...homelessLosses(finder.homeless, documents.length)];
  return {
    targets: [...targets.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    losses,
    rows: rowGroups(places),
  };
}
