/** Documents as the command line reads them. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { isOwnFile } from "../files/names";

/** `-` is standard input. */
export const STDIN = "-";

/** A larger file would not fit into one string with its labels. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** A document; offsets count from the first character of the file, a byte order mark included. */
export interface InputDocument {
  readonly path: string;
  readonly text: string;
}

/** An input that cannot be read; the message names it and says why. */
export class InputError extends Error {
  override readonly name = "InputError";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  EBUSY: "another program has it open",
  EISDIR: "it is a folder: name the files in it",
  ENOTDIR: "a part of its path is not a folder",
  ELOOP: "its links lead in a circle",
};

/** What went wrong with an input, in words. */
export function failedInput(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`${path}: ${REASONS[code ?? ""] ?? message}`, { cause: error });
}

/** Why a file of this program's own is not read. */
export function ownFileError(path: string): InputError {
  return new InputError(`${path}: it is a file of Glossator's own, which holds no text`);
}

async function collect(chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MB: split it`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

async function readFileBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MB: split it`);
    return await collect(file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>, signal);
  } finally {
    await file.close();
  }
}

/** UTF-8, with a byte order mark kept as U+FEFF. @throws {InputError} */
export function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${path}: it is not UTF-8 text: convert it first`, { cause: error });
  }
}

/**
 * Reads a file, or standard input for `-`.
 * @throws {InputError} for what cannot be read, is a file of this program's own, is a folder, is too large, or is not UTF-8; the signal's reason when aborted.
 */
export async function readInput(path: string, stdin: Readable, signal: AbortSignal): Promise<InputDocument> {
  if (path !== STDIN && isOwnFile(resolve(path))) throw ownFileError(path);
  return { path, text: decodeUtf8(path, await readBytes(path, stdin, signal)) };
}

/** The bytes of a file, or of standard input for `-`. @throws as {@link readInput}, whatever the bytes are */
export async function readBytes(path: string, stdin: Readable, signal: AbortSignal): Promise<Buffer> {
  let bytes: Buffer;
  const giveUp = (): void => void stdin.destroy();
  if (path === STDIN) signal.addEventListener("abort", giveUp, { once: true });
  try {
    bytes = path === STDIN ? await collect(stdin as AsyncIterable<Buffer>, signal) : await readFileBytes(path, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw failedInput(path, error);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  signal.throwIfAborted();
  return bytes;
}
