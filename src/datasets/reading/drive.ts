/** What every reader does alike: the files one by one, the error when there is nothing in them, and the unit and scheme that are chosen or found out. */
import type { OffsetUnit } from "../../text/offsets";
import { detectScheme, TAG_SCHEMES } from "../../text/tags";
import type { TagScheme } from "../../text/tags";
import { ReadError } from "../format";
import type { DatasetFiles, DatasetReader, Detected, ReaderOptions, ReadResult } from "../format";
import { isReport } from "../losses";
import type { Loss } from "../losses";
import { textOf } from "./bytes";
import { detectUnit } from "./units";
import type { UnitSample } from "./units";

/** What a reader is given, and where it says what it could not take. */
export interface Input {
  /** Without the report of an export. */
  readonly files: DatasetFiles;
  readonly options: ReaderOptions;
  readonly losses: Loss[];
}

/** How a format's files are read: first into parts, such as rows, then, when the unit of offsets is known, into documents. */
export interface Reading<Part> {
  /** What the files consist of. Without any there is nothing to read, which is an error. */
  readonly parts: Iterable<Part> | Promise<Iterable<Part>>;
  /** The units that files of the format are found to count in, the usual one first; absent: nothing in them is counted. */
  readonly units?: readonly OffsetUnit[];
  /** The unit, where the files say it. */
  unitSaid?(parts: readonly Part[]): Detected<OffsetUnit> | undefined;
  /** Spans that tell the unit where nothing says it. */
  samples?(parts: readonly Part[]): Iterable<UnitSample>;
  /** A `unit` of its own is for files of which only some count in the one given. The parts are its own, to be let go as they become documents ({@link emptying}). */
  documents(parts: Part[], unit: OffsetUnit): Omit<ReadResult, "losses">;
}

/**
 * A format's reader.
 * @param nothing what is missing where there is no part, as a sentence without its full stop
 */
export function reader<Part>(nothing: string, open: (input: Input) => Reading<Part>): DatasetReader {
  return (all, options) => {
    const files = new Map([...all].filter(([file]) => !isReport(file)));
    const input: Input = { files, options, losses: [] };
    const reading = open(input);
    const { parts } = reading;
    const read = (some: Iterable<Part>): ReadResult => readParts([...some], nothing, reading, input);
    return parts instanceof Promise ? parts.then(read) : read(parts);
  };
}

/** Makes one thing of each part, in order, and lets each go then: of a large dataset there is no room for both. */
export function emptying<Part, Made>(parts: Part[], make: (part: Part) => Made): Made[] {
  const made: Made[] = [];
  parts.reverse();
  while (parts.length > 0) made.push(make(parts.pop()!));
  return made;
}

function readParts<Part>(
  parts: Part[],
  nothing: string,
  reading: Reading<Part>,
  { options, losses }: Input,
): ReadResult {
  if (parts.length === 0) throw new ReadError(`${nothing}.${firstReason(losses)}`);
  const { units } = reading;
  const unit = units && unitOf(options, units, () => reading.samples?.(parts) ?? [], reading.unitSaid?.(parts));
  const read = reading.documents(parts, unit?.value ?? "utf16");
  return { ...(unit && { unit }), ...read, losses };
}

/** The first thing that was not taken: why there is nothing. */
function firstReason([first]: readonly Loss[]): string {
  if (first === undefined) return "";
  const { file = "", line } = first;
  const reason = first.reason.replace(/\.$/, "");
  // What could not be decoded or parsed has its place in the reason.
  const where = reason.startsWith(file) ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  return ` First reason: ${where}${reason}.`;
}

/** The unit that was chosen, or that the files say, or that most spans fit. */
export function unitOf(
  { unit }: ReaderOptions,
  candidates: readonly OffsetUnit[],
  samples: () => Iterable<UnitSample>,
  said?: Detected<OffsetUnit>,
): Detected<OffsetUnit> {
  return unit === undefined ? (said ?? detectUnit(samples(), candidates)) : { value: unit, reason: "chosen" };
}

/** The scheme that was chosen, or that the tags of sentences are in. */
export function schemeOf({ scheme }: ReaderOptions, tags: Iterable<readonly string[]>): Detected<TagScheme> {
  const chosen = TAG_SCHEMES.find((one) => one === scheme);
  return chosen === undefined ? detectScheme(tags) : { value: chosen, reason: "chosen" };
}

/** Files as texts, one by one; one that cannot be decoded is a loss. @param decode another way to a file's text */
export function* textsIn(
  { files, losses }: Input,
  names: Iterable<string> = files.keys(),
  decode: typeof textOf = textOf,
): Generator<{ readonly file: string; readonly text: string }> {
  for (const file of names) {
    const text = decode(files, file, losses);
    if (text !== undefined) yield { file, text };
  }
}
