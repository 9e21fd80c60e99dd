/** What `glossator convert` reads: files, folders, and standard input, which has no name to be known by. */
import { resolve } from "node:path";
import process from "node:process";
import type { ConvertSource } from "../datasets/convert/convert";
import { ReadError } from "../datasets/format";
import { detectFormats, formatOf } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { oneFile, sourceFiles } from "../datasets/import/files";
import { isZip } from "../datasets/import/packed";
import { readBytes, STDIN } from "./input";
import type { Terminal } from "./terminal";

/** How much of standard input is looked at to tell what it is. */
const HEAD_BYTES = 64 * 1024;

/**
 * Reads what is named; {@link STDIN} is standard input. What cannot be read is told of, and the rest is given.
 * @param from the format that the user named
 * @throws {ReadError} if nothing can be read; the signal's reason when aborted
 */
export async function readSources(
  inputs: readonly string[],
  from: FormatName | undefined,
  terminal: Terminal,
): Promise<{ readonly sources: readonly ConvertSource[]; readonly failed: boolean }> {
  const sources: ConvertSource[] = [];
  const problems: string[] = [];
  for (const [index, name] of inputs.entries()) {
    terminal.progress(`${index} of ${inputs.length}, ${name}`);
    try {
      if (name === STDIN) {
        const bytes = await readBytes(name, process.stdin, terminal.signal);
        sources.push({ name: "standard input", ...(await oneFile(nameFor(bytes, from), bytes, terminal.signal)) });
      } else sources.push({ name, ...(await sourceFiles(resolve(name), terminal.signal)) });
    } catch (error) {
      terminal.signal.throwIfAborted();
      problems.push((error as Error).message);
    }
  }
  if (sources.length === 0) throw new ReadError(problems.join("\n"));
  for (const problem of problems) terminal.say(problem);
  return { sources, failed: problems.length > 0 };
}

/** A name for what comes without one, such that readers that go by extensions look at it. */
function nameFor(bytes: Uint8Array, from: FormatName | undefined): string {
  if (isZip("stdin.zip", bytes)) return "stdin.zip";
  const known = contentExtensions(bytes);
  const guesses = [...known, ...(from === undefined ? ["txt", "tsv", "csv", "conllu"] : formatOf(from).extensions)];
  const best = guesses
    .map((extension) => {
      const found = detectFormats(new Map([[`stdin.${extension}`, bytes]]));
      const mine = from === undefined ? found[0] : found.find((one) => one.name === from);
      return { extension, confidence: mine?.confidence ?? 0 };
    })
    .sort((a, b) => b.confidence - a.confidence)[0];
  return `stdin.${best?.extension ?? "txt"}`;
}

/** The extensions that contents have as a rule, where their beginning tells it; the likeliest first. */
function contentExtensions(bytes: Uint8Array): readonly string[] {
  // A DocBin is known by its name alone; it is packed by zlib, whose first byte is this.
  if (bytes[0] === 0x78 && (bytes[0] * 256 + bytes[1]!) % 31 === 0) return ["spacy"];
  const start = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)).trimStart();
  if (start.startsWith("PAR1")) return ["parquet"];
  // A stream begins with what continues a message: four bytes of ones.
  if (start.startsWith("ARROW1") || bytes.subarray(0, 4).every((byte) => byte === 0xff)) return ["arrow"];
  if (start.startsWith("<")) return ["xmi"];
  if (start.startsWith("[")) return ["json"];
  if (!start.startsWith("{")) return [];
  const line = start.split("\n", 1)[0]!;
  // An object alone may be a file, or its only row.
  return start.trimEnd() !== line.trimEnd() && isJson(line) ? ["jsonl", "json"] : ["json", "jsonl"];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
