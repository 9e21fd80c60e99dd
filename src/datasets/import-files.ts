/** The files of an import, and the paths it may touch. */
import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { languageOf } from "../text/document";
import type { DatasetFiles } from "./reading";
import { ReadError } from "./reading";

/** Larger files do not fit a string of this program. */
const MOST_BYTES = 500_000_000;
const MOST_FILES = 200_000;

async function read(file: string, name: string): Promise<Uint8Array> {
  const { size } = await lstat(file);
  if (size > MOST_BYTES) {
    throw new ReadError(
      `${name} has ${Math.round(size / 1e6)} MB; at most ${MOST_BYTES / 1e6} MB can be read. Cut it into parts.`,
    );
  }
  return readFile(file);
}

/**
 * A file, or all files of a folder, as a reader gets them. Hidden files and symbolic links are left alone.
 * @throws {ReadError} if there is nothing to read, the signal's reason when aborted.
 */
export async function datasetFiles(source: string, signal?: AbortSignal): Promise<DatasetFiles> {
  const about = await lstat(source).catch((error: unknown) => {
    throw new ReadError(`${source} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  // A link somebody named is meant; links found in a folder are not followed.
  const top = about.isSymbolicLink() ? await realpath(source) : source;
  if (!(await lstat(top)).isDirectory())
    return new Map([[path.basename(source), await read(top, path.basename(source))]]);
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .filter((name) => !name.split("/").some((part) => part.startsWith(".")))
    .sort();
  if (names.length === 0) throw new ReadError(`There are no files in ${source}.`);
  if (names.length > MOST_FILES)
    throw new ReadError(`There are ${names.length} files in ${source}: choose a folder with the dataset alone.`);
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    signal?.throwIfAborted();
    files.set(name, await read(path.join(top, ...name.split("/")), name));
  }
  return files;
}

/** A path from a file as one below a workspace, with `/`; undefined if it is absolute, leaves the workspace, or is no path at all. */
export function safePath(given: string): string | undefined {
  const windows = given.replaceAll("\\", "/");
  if (windows.startsWith("/") || /^[a-z]:/i.test(windows) || /^[a-z][a-z0-9+.-]*:\/\//i.test(windows)) return undefined;
  // Control characters, and what Windows keeps from names.
  if (/\p{Cc}/u.test(given)) return undefined;
  const parts = windows.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) return undefined;
  if (parts[0] === ".glossator" || parts.some((part) => part === ".git")) return undefined;
  return parts.join("/");
}

/** A name for a document to make: what file systems do not take is replaced. */
export function documentName(given: string): string {
  const parts = given.split("/").map((part) => {
    const clean = part
      .replace(/[<>:"|?*]/g, "_")
      .replace(/[. ]+$/, "_")
      .replace(/^\.+/, "_");
    return clean === "" ? "_" : clean.slice(0, 120).replace(/[\ud800-\udbff]$/, "");
  });
  const name = parts.join("/");
  return /\.txt$/i.test(name) || languageOf(name) === "markdown" ? name : `${name}.txt`;
}

/** Whether a path, once links in it are followed, lies in a folder. What does not exist yet is judged by its nearest folder that does. */
export async function liesInside(folder: string, file: string): Promise<boolean> {
  const root = await realpath(folder);
  for (let at = file; ; at = path.dirname(at)) {
    let real: string;
    try {
      real = await realpath(at);
    } catch (error) {
      // A link that leads nowhere is a way out as soon as somebody makes its target.
      if (await lstat(at).catch(() => undefined)) return false;
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || at === path.dirname(at)) return false;
      continue;
    }
    const relative = path.relative(root, real);
    return relative === "" || !(relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative));
  }
}
