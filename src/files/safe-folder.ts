/**
 * The one way to what lies in a folder that anybody may have filled: a workspace, and the decisions in it. No link is followed at any level, so
 * nothing outside is read, written or made; what is no regular file is not opened.
 */
import { constants } from "node:fs";
import type { Dirent } from "node:fs";
import { link, lstat, mkdir, readdir, realpath, rename, rm, rmdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { patiently } from "./patiently";
import { MOST_BYTES, openRegular, readRegular } from "./open";
import { RefusedFileError, refusedLink } from "./refused";

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;

/**
 * Whether a path lies in a folder or is it, by their words alone: `..foo` does, `../foo` does not. Links are not looked at.
 * @param paths the rules of a platform: on Windows another drive or server is another place, and case makes no difference
 */
export function isBelow(folder: string, file: string, paths: path.PlatformPath = path): boolean {
  const relative = paths.relative(folder, file);
  return !(relative === ".." || relative.startsWith(`..${paths.sep}`) || paths.isAbsolute(relative));
}

async function missing(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => false,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
      throw error;
    },
  );
}

/**
 * A folder whose inside is not trusted; links above it are the user's own. Paths are absolute, or count from the folder. Every method throws
 * {@link RefusedFileError} for what is, or lies below, a symbolic link, and for a path that leads out; else the file system's error.
 */
export class SafeFolder {
  /** Absolute. */
  readonly path: string;

  constructor(folder: string) {
    this.path = path.resolve(folder);
  }

  /** The bytes of a regular file of at most `most` bytes. */
  async read(file: string, most = MOST_BYTES): Promise<Buffer> {
    const at = await this.#reach(file);
    return readRegular(at, most);
  }

  /** Opens a regular file that is there, to read. */
  async openToRead(file: string): Promise<FileHandle> {
    return openRegular(await this.#reach(file), O_RDONLY);
  }

  /** Opens a regular file to append to and to read from; makes it if it is not there. */
  async openToAppend(file: string): Promise<FileHandle> {
    return openRegular(await this.#reach(file), O_RDWR | O_APPEND | O_CREAT);
  }

  /** Makes a file to write; EEXIST if there is anything of its name. A name that was just removed stays in use on Windows for a moment. */
  async openNew(file: string): Promise<FileHandle> {
    const at = await this.#reach(file);
    return patiently(() => openRegular(at, O_WRONLY | O_CREAT | O_EXCL));
  }

  /** What is in a folder, itself a real one; `recursive`: and in all below it. Links are listed as such, and not gone into. */
  async list(folder: string, { recursive = false } = {}): Promise<Dirent[]> {
    const at = this.#resolve(folder);
    await this.check(at);
    return readdir(at, { recursive, withFileTypes: true });
  }

  /** When a file was last written to, in milliseconds since 1970. */
  async modified(file: string): Promise<number> {
    return (await lstat(await this.#reach(file))).mtimeMs;
  }

  /** How many bytes a file has. */
  async size(file: string): Promise<number> {
    return (await lstat(await this.#reach(file))).size;
  }

  /** Puts a file in the place of another in one step. */
  async rename(from: string, to: string): Promise<void> {
    const [there, here] = [await this.#reach(from), await this.#reach(to)];
    await patiently(() => rename(there, here));
  }

  /** Gives a file a second name. */
  async link(file: string, name: string): Promise<void> {
    await link(await this.#reach(file), await this.#reach(name));
  }

  /** Removes a file, or a link itself. Does nothing if there is none. */
  async remove(file: string): Promise<void> {
    const at = this.#resolve(file);
    if (!(await missing(this.check(path.dirname(at))))) await patiently(() => rm(at, { force: true }));
  }

  /** Removes a folder in which there is nothing. Does nothing if there is none, or something in it. */
  async removeEmpty(folder: string): Promise<void> {
    const at = this.#resolve(folder);
    if (await missing(this.check(at))) return;
    await rmdir(at).catch((error: unknown) => {
      if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    });
  }

  /**
   * Makes a folder and those above it; gives back the first one made, undefined if all were there. Unlike `mkdir` with `recursive` it says what is
   * in the way: that reports a read-only file system as a folder that does not exist.
   */
  async makeFolders(folder: string): Promise<string | undefined> {
    const at = this.#resolve(folder);
    if (!(await missing(this.check(at)))) return undefined;
    let first = await makeAbove(this.path);
    for (const step of this.#steps(at)) {
      if (await missing(this.#step(step))) {
        await mkdir(step).catch((error: unknown) => {
          // Another program was faster: what it made is looked at like anything else.
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        });
        first ??= step;
        await this.#step(step);
      }
    }
    return first;
  }

  /**
   * Looks at a folder and all above it, up to this one: each must be a real folder. Two system calls as a rule.
   * @throws ENOENT if it is not there, {@link RefusedFileError} for a link on the way to it.
   */
  async check(folder: string): Promise<void> {
    const at = this.#resolve(folder);
    const real = await Promise.all([realpath(this.path), realpath(at)]).catch(() => undefined);
    if (real !== undefined && real[1] === path.join(real[0], path.relative(this.path, at))) return;
    // A link, or a name that the file system spells in another way (case, normal form, short names): look at each step.
    if (at === this.path) await lstat(at);
    for (const step of this.#steps(at)) await this.#step(step);
  }

  /** As {@link check} for the folders above a file that are there already; those that are not would be real ones. */
  async checkAbove(file: string): Promise<void> {
    await missing(this.check(path.dirname(this.#resolve(file))));
  }

  /** A file's absolute path once the folders above it were looked at. */
  async #reach(file: string): Promise<string> {
    const at = this.#resolve(file);
    await this.check(path.dirname(at));
    return at;
  }

  async #step(step: string): Promise<void> {
    if ((await lstat(step)).isSymbolicLink()) throw refusedLink(step);
  }

  /** The folders from the first below this one to the one given. */
  #steps(at: string): string[] {
    const parts = path.relative(this.path, at).split(path.sep);
    return parts.filter((part) => part !== "").map((_, index) => path.join(this.path, ...parts.slice(0, index + 1)));
  }

  #resolve(file: string): string {
    const at = path.resolve(this.path, file);
    if (!isBelow(this.path, at)) throw new RefusedFileError(at, "EXDEV", `lies outside ${this.path}.`);
    return at;
  }
}

/** Makes a folder of the user's own, and those above it; gives back the first one made. */
async function makeAbove(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return undefined;
    const parent = path.dirname(folder);
    if (code !== "ENOENT" || parent === folder) throw error;
    const first = await makeAbove(parent);
    await mkdir(folder).catch((again: unknown) => {
      if ((again as NodeJS.ErrnoException).code !== "EEXIST") throw again;
    });
    return first ?? folder;
  }
}
