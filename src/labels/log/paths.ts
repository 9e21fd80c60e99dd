/** Where a document's log lies below `.glossator/`. Names are encoded so that they fit every file system and can be decoded again. */
import { createHash } from "node:crypto";
import path from "node:path";
import process from "node:process";
import { foldedName } from "../../files/names";
import { SafeFolder } from "../../files/safe-folder";
import { cellOfPath } from "../../text/notebooks";

/** Longest encoded segment in UTF-8 bytes; file systems stop at 255. */
const SEGMENT_BYTES = 200;
const UNSAFE = /[^\p{L}\p{M}\p{N}._ @+,=~()[\]-]/gu;
/** Names Windows keeps for devices, with or without an extension. Logs lie under names without these since the first version. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** The rest of them: blanks before the extension, superscript digits, the console's two ends. A log can only be called so where Windows did not make it. */
const RESERVED_TOO = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/** Whether Windows keeps a file's name for a device: opening it opens that. */
export function isDeviceName(name: string): boolean {
  return RESERVED_TOO.test(name);
}

function percent(character: string): string {
  return [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

function encodeSegment(segment: string, windows: boolean): string {
  // Through UTF-8 and back: a lone surrogate cannot be in a file name.
  let safe = Buffer.from(segment).toString().replace(UNSAFE, percent);
  // A leading dot would allow "..", and Windows drops dots and blanks at the end.
  if (/^[. ]/.test(safe) || RESERVED.test(safe) || (windows && isDeviceName(safe)))
    safe = percent(safe.charAt(0)) + safe.slice(1);
  if (/[. ]$/.test(safe)) safe = safe.slice(0, -1) + percent(safe.slice(-1));
  return safe;
}

/** Cuts a segment that is too long into nested folders; a `%` at the end says that the next one goes on. */
function cut(segment: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const unit of segment.match(/%[0-9A-F]{2}|[^%]/gu) ?? []) {
    if (Buffer.byteLength(piece + unit) > SEGMENT_BYTES) {
      pieces.push(`${piece}%`);
      piece = "";
    }
    piece += unit;
  }
  return [...pieces, piece];
}

/**
 * The folders of a document's log below `.glossator/log`, for a path relative to the workspace with `/` or the platform's
 * separators. `..` and absolute paths are encoded like any other name, so the result never leaves its parent. A cell of a notebook has a folder of
 * its own, whatever the disk.
 * @param windows whether the folders are made on Windows, where more names are not taken; the path they stand for is the same.
 * @throws {RangeError} for an empty path.
 */
export function encodeDocumentPath(document: string, windows = process.platform === "win32"): string[] {
  const segments = (path.sep === "\\" ? document.replaceAll("\\", "/") : document)
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".");
  if (segments.length === 0) throw new RangeError("A document needs a path relative to its workspace; it is empty.");
  const encoded = segments.map((segment) => encodeSegment(segment, windows));
  const id = cellOfPath(segments.join("/"))?.id;
  if (id !== undefined) encoded.push(encodeCellId(encoded.pop()!, id));
  return encoded.flatMap(cut);
}

/** Two ids of a notebook may differ in case alone, which some disks do not tell apart; no disk takes `%41` for `a`. */
function encodeCellId(segment: string, id: string): string {
  return segment.slice(0, -id.length) + id.replace(/[A-Z]/g, percent);
}

/** The document's path with `/`, from the folders {@link encodeDocumentPath} made; undefined if it did not make them. */
export function decodeDocumentPath(folders: readonly string[]): string | undefined {
  const joined = folders.map((folder) => (folder.endsWith("%") ? folder.slice(0, -1) : `${folder}/`)).join("");
  try {
    return decodeURIComponent(joined.replace(/\/$/, ""));
  } catch {
    return undefined;
  }
}

/** The folder that holds a `.glossator` folder, through which all below is reached: `.glossator` itself may not be a link either. */
export function safeAround(root: string): SafeFolder {
  return new SafeFolder(path.dirname(path.resolve(root)));
}

/**
 * The name of an annotator's log file.
 * @throws {RangeError} if the name is blank.
 */
export function logFileName(author: string): string {
  const name = author.trim();
  if (name === "") throw new RangeError("The annotator's name is empty: set one, it names the log file.");
  return `${encodeSegment(name.slice(0, 60), process.platform === "win32")}.jsonl`;
}

/** Another name for the log of somebody whose name some disk takes for another annotator's. */
function logFileNameApart(author: string): string {
  const mark = createHash("sha256").update(author.trim()).digest("hex").slice(0, 8);
  return logFileName(author).replace(/\.jsonl$/, `~${mark}.jsonl`);
}

/**
 * The name of an annotator's log file among those that are there: where somebody has the same name but for case (`Ben`, `ben`), the later one's log
 * gets a mark. Else one file would hold both on a disk that tells no case apart, and a clone on such a disk would lack one of two.
 * @throws {RangeError} if the name is blank.
 */
export function logFileNameAmong(author: string, names: readonly string[]): string {
  const plain = logFileName(author);
  // A disk may hand back another normal form of the name it was given.
  if (names.some((name) => name.normalize("NFC") === plain.normalize("NFC"))) return plain;
  return names.some((name) => foldedName(name) === foldedName(plain)) ? logFileNameApart(author) : plain;
}

/** Whether a file of this name is an annotator's own log. @throws {RangeError} if the annotator's name is blank. */
export function isLogOf(author: string, name: string): boolean {
  const normal = name.normalize("NFC");
  return [logFileName(author), logFileNameApart(author)].some((own) => own.normalize("NFC") === normal);
}

/**
 * A document's path in a folder, with `/`, from their paths on disk. Not from their addresses: Windows writes the same drive as `c:` and as `C:` there.
 * @param paths the rules of a platform
 */
export function pathInFolder(folder: string, document: string, paths: path.PlatformPath = path): string {
  return paths.relative(folder, document).replaceAll(paths.sep, "/");
}
