/** Files that hold others, or themselves in fewer bytes: archives of zip, and gzip. Anybody may have made them. */
import zlib from "node:zlib";
import { fromBufferPromise, getFileNameLowLevel, validateFileName } from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { append } from "../../text/grouped";
import { ReadError } from "../format";
import type { Loss } from "../losses";

/** Larger files do not fit a string of this program, in bytes. */
export const MOST_BYTES = 500_000_000;
/** More files are no dataset alone. */
export const MOST_FILES = 200_000;
/** What all archives of a source may unpack to, in bytes: a small one may claim any number. */
const MOST_UNPACKED = 1_000_000_000;
/** An archive in an archive is how INCEpTION exports a project; deeper ones are made to be endless. */
const DEEPEST = 3;

/** What is left of what a source may unpack to. */
export interface Allowance {
  bytes: number;
  files: number;
}

/** The allowance of one source. */
export function allowance(): Allowance {
  return { bytes: MOST_UNPACKED, files: MOST_FILES };
}

/** What became of a file: itself, or what was in it. */
export interface Unpacked {
  readonly files: readonly (readonly [name: string, bytes: Uint8Array])[];
  /** What was in it and was not opened. */
  readonly refused: readonly Loss[];
}

/** Whether a file is an archive of zip, by its name and by how it begins. */
export function isZip(name: string, bytes: Uint8Array): boolean {
  const [p, k, three, four] = bytes;
  return (
    /\.zip$/i.test(name) && p === 0x50 && k === 0x4b && ((three === 3 && four === 4) || (three === 5 && four === 6))
  );
}

const isGzip = (name: string, bytes: Uint8Array): boolean =>
  /.\.gz$/i.test(name) && bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * A file as it is read: one of gzip under its name without `.gz`, an archive as its members, whose names begin with `prefix`.
 * @param left is lowered by what was unpacked
 * @throws {ReadError} if it is damaged, or holds more than it may; the signal's reason when aborted
 */
export async function unpacked(
  name: string,
  bytes: Uint8Array,
  prefix: string,
  left: Allowance,
  signal?: AbortSignal,
  depth = 1,
): Promise<Unpacked> {
  if (isZip(name, bytes)) return members(name, bytes, prefix, left, signal, depth);
  if (!isGzip(name, bytes)) return { files: [[name, bytes]], refused: [] };
  try {
    const whole = zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, Math.min(MOST_BYTES, left.bytes)) });
    left.bytes -= whole.length;
    return { files: [[name.replace(/\.gz$/i, ""), whole]], refused: [] };
  } catch (error) {
    throw new ReadError(`${name} cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
}

const notOpened = (file: string, why: string): Loss => ({
  kind: "dropped",
  file,
  reason: `it was not opened: ${why}`,
});

/** As {@link unpacked}, for one file of several: what cannot be unpacked costs no other. */
export async function unpackedOrRefused(...of: Parameters<typeof unpacked>): Promise<Unpacked> {
  try {
    return await unpacked(...of);
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return { files: [], refused: [notOpened(of[0], error.message)] };
  }
}

/** Types of files in Unix's modes. */
const [TYPE, REGULAR, FOLDER, LINK] = [0o170000, 0o100000, 0o040000, 0o120000];
/** Systems whose archives say modes: Unix, and macOS. */
const UNIX = new Set([3, 19]);

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

/** Why a member is not opened; undefined where it is. */
function refusal(entry: Entry, name: string): string | undefined {
  const problem = validateFileName(name);
  if (problem !== null || name.includes("\0")) return "its path leads out of the archive, or is none";
  const kind = UNIX.has(entry.versionMadeBy >> 8) ? (entry.externalFileAttributes >>> 16) & TYPE : 0;
  if (kind === LINK) return "it is a symbolic link, and links are not followed";
  if (kind !== 0 && kind !== REGULAR && kind !== FOLDER) return "it is neither file nor folder";
  if (entry.isEncrypted()) return "it is encrypted. Unpack the archive with its password, and read the folder";
  if (!entry.canDecodeFileData())
    return "it is packed in a way that is not known here. Unpack the archive, and read the folder";
  if (entry.uncompressedSize > MOST_BYTES)
    return `it has ${megabytes(entry.uncompressedSize)} MB; at most ${megabytes(MOST_BYTES)} MB are read`;
  return undefined;
}

/** The members that are files, with their names; folders, and what systems put in of their own, are left alone as hidden files are. */
async function listed(zip: ZipFile, archive: string, left: Allowance): Promise<(readonly [string, Entry])[]> {
  const all: (readonly [string, Entry])[] = [];
  for await (const entry of zip.eachEntry()) {
    const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
    const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
    if (name.endsWith("/")) continue;
    const parts = name.split("/");
    if (parts.some((part) => (part.startsWith(".") && !/^\.+$/.test(part)) || part === "__MACOSX")) continue;
    all.push([name, entry]);
    if (all.length > left.files)
      throw new ReadError(`${archive} has more than ${left.files} files: choose an archive with the dataset alone.`);
  }
  left.files -= all.length;
  return all.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

async function contents(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // The stream fails where there is more or less than was said.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  // Node has it since 20.15.
  if (typeof zlib.crc32 === "function" && zlib.crc32(bytes) !== entry.crc32) throw new Error("its checksum is another");
  return bytes;
}

async function members(
  archive: string,
  bytes: Uint8Array,
  prefix: string,
  left: Allowance,
  signal: AbortSignal | undefined,
  depth: number,
): Promise<Unpacked> {
  const files = new Map<string, Uint8Array>();
  const refused: Loss[] = [];
  const refuse = (file: string, why: string): void => void refused.push(notOpened(file, why));
  const damaged = (error: unknown): never => {
    if (error instanceof ReadError) throw error;
    throw new ReadError(`${archive} cannot be unpacked: ${(error as Error).message}`, { cause: error });
  };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await fromBufferPromise(buffer, { decodeStrings: false }).catch(damaged);
  const all = await listed(zip, archive, left).catch(damaged);
  const claimed = all.reduce((sum, [, { uncompressedSize }]) => sum + Math.min(uncompressedSize, MOST_BYTES + 1), 0);
  if (claimed > left.bytes)
    throw new ReadError(
      `${archive} would unpack to ${megabytes(claimed)} MB; at most ${megabytes(MOST_UNPACKED)} MB of a source are unpacked. Unpack it, and read the folder.`,
    );
  for (const [name, entry] of all) {
    signal?.throwIfAborted();
    const path = `${prefix}${name}`;
    const why = refusal(entry, name);
    if (why !== undefined) {
      refuse(path, why);
      continue;
    }
    const found = await contents(zip, entry).catch((error: unknown) => error as Error);
    if (found instanceof Error) {
      refuse(path, `it is damaged (${found.message})`);
      continue;
    }
    left.bytes -= found.length;
    if (isZip(name, found) && depth === DEEPEST) {
      refuse(path, "archives lie in each other too deep");
      continue;
    }
    const inner = await unpackedOrRefused(path, found, `${path}/`, left, signal, depth + 1);
    append(refused, inner.refused);
    for (const [as, data] of inner.files) {
      // A file and the same in gzip; two members of one name.
      const key = files.has(as) ? path : as;
      if (files.has(key)) refuse(path, "the archive has another member of this name");
      else files.set(key, data);
    }
  }
  return { files: [...files], refused };
}
