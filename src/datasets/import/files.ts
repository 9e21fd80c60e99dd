/** The files of an import. */
import type { Dirent } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { readRegular } from "../../files/open";
import { isRefused, refusalOf } from "../../files/refused";
import { append } from "../../text/grouped";
import type { Loss } from "../losses";
import type { DatasetFiles, NumberNames } from "../format";
import { ReadError } from "../format";
import { isTypesFile, isTypeSystem } from "../reading/column-types";
import { isNameList, parseNames } from "../reading/name-lists";
import { allowance, isZip, MOST_BYTES, MOST_FILES, unpacked, unpackedOrRefused } from "./packed";

/** The files of a source, and what of it was refused. */
export interface SourceFiles {
  readonly files: DatasetFiles;
  /** Links, pipes and the like in a folder or an archive: each is named, none was opened. */
  readonly refused: readonly Loss[];
  /** Of a single file: those beside it that may name its labels. */
  readonly beside?: DatasetFiles;
}

/**
 * A file, or all files of a folder or of an archive. Hidden files are left alone. A link somebody named is meant; one found in a folder is not followed, since it
 * leads wherever whoever made the folder wanted.
 * @throws {ReadError} if there is nothing to read, the signal's reason when aborted.
 */
export async function sourceFiles(source: string, signal?: AbortSignal): Promise<SourceFiles> {
  const unreadable = (error: unknown): never => {
    throw new ReadError(`${source} cannot be read: ${(error as Error).message}`, { cause: error });
  };
  const top = await realpath(source).catch(unreadable);
  const read = (file: string): Promise<Uint8Array> =>
    readRegular(file, MOST_BYTES).catch((error: unknown) => {
      throw isRefused(error) ? new ReadError(error.message, { cause: error }) : error;
    });
  const entries = await listIfFolder(top).catch(unreadable);
  if (entries === undefined) {
    const [name, bytes] = [path.basename(source), await read(top)];
    const one = await oneFile(name, bytes, signal);
    return isZip(name, bytes) ? one : { ...one, beside: await filesBeside(path.resolve(source)) };
  }
  const named = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({
      entry,
      name: path.relative(top, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"),
    }))
    .filter(({ name }) => !name.split("/").some((part) => part.startsWith(".")))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const refused: Loss[] = named.flatMap(({ entry, name }): Loss[] => {
    const refusal = refusalOf(name, entry);
    return refusal === undefined
      ? []
      : [{ kind: "dropped", file: name, reason: `it was not opened: ${refusal.message}` }];
  });
  const names = named.filter(({ entry }) => entry.isFile()).map(({ name }) => name);
  if (names.length === 0) {
    const why = refused.length === 0 ? "" : ` Of what is there, nothing is a file: ${refused[0]!.reason}`;
    throw new ReadError(`There are no files in ${source}.${why}`);
  }
  if (names.length > MOST_FILES)
    throw new ReadError(`There are ${names.length} files in ${source}: choose a folder with the dataset alone.`);
  const files = new Map<string, Uint8Array>();
  const left = allowance();
  for (const name of names) {
    signal?.throwIfAborted();
    const bytes = await read(path.join(top, ...name.split("/")));
    const inside = await unpackedOrRefused(name, bytes, `${name}/`, left, signal);
    append(refused, inside.refused);
    for (const [as, data] of inside.files) files.set(files.has(as) ? name : as, data);
  }
  if (files.size === 0) throw nothingIn(source, refused);
  return { files, refused };
}

/**
 * One file, or the files of an archive by their paths in it.
 * @throws {ReadError} if it cannot be unpacked, or an archive has nothing in it to read; the signal's reason when aborted
 */
export async function oneFile(
  name: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Pick<SourceFiles, "files" | "refused">> {
  const { files, refused } = await unpacked(name, bytes, "", allowance(), signal);
  if (files.length === 0) throw nothingIn(name, refused);
  return { files: new Map(files), refused };
}

function nothingIn(source: string, [first]: readonly Loss[]): ReadError {
  const why = first === undefined ? "" : ` ${first.file}: ${first.reason}.`;
  return new ReadError(`There are no files in ${source} that can be read.${why}`);
}

/** {@link sourceFiles} alone, as a reader gets them. @throws as that. */
export async function datasetFiles(source: string, signal?: AbortSignal): Promise<DatasetFiles> {
  return (await sourceFiles(source, signal)).files;
}

/** The names of numbers in a file that a person named. @throws {ReadError} if it cannot be read, or holds none */
export async function namesInFile(file: string): Promise<NumberNames> {
  const bytes = await readRegular(await realpath(file), MOST_BESIDE).catch((error: unknown) => {
    throw new ReadError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  const names = parseNames(new TextDecoder().decode(bytes));
  if (names !== undefined) return names;
  throw new ReadError(
    `${file} holds no list of names: one a line from 0 on, or JSON such as {"0": "O", "1": "B-PER"}.`,
  );
}

/** Settings beside a file are short. */
const MOST_BESIDE = 1_000_000;

/** The files beside one that may say the names of its labels or the types of its columns. What cannot be read is no help, and no harm. */
async function filesBeside(source: string): Promise<DatasetFiles> {
  const folder = path.dirname(source);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const { name } = entry;
    if (!entry.isFile() || name === path.basename(source)) continue;
    if (!(isNameList(name) || isTypesFile(name) || isTypeSystem(name))) continue;
    const bytes = await readRegular(path.join(folder, name), MOST_BESIDE).catch(() => undefined);
    if (bytes !== undefined) found.set(name, bytes);
  }
  return found;
}

async function listIfFolder(top: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(top, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}
