/** Reads brat standoff, our own and that of brat: `.ann` (or the shared tasks' `.a1` and `.a2`) beside `.txt`. */
import { ANSWER_TYPE, entityTypes, SENTENCE_TYPE } from "./names";
import { labelOf, sidecarOf } from "./sidecar";
import { decodeText } from "../../reading/bytes";
import type { Loss } from "../../losses";
import { ReadError } from "../../format";
import type { DatasetFiles, ReadResult, ReaderOptions } from "../../format";
import { detectUnit } from "../../reading/units";
import { DocumentReader } from "./document";
import { pairsOf, samples } from "./pairs";

/** Reads every pair of text and annotations. Relations, events, equivalences, normalizations, and notes and attributes of others are listed as losses. */
export function readBrat(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const sidecar = sidecarOf(files, losses);
  const pairs = pairsOf(files, losses);
  if (pairs.length === 0) {
    const why = losses[0] === undefined ? "" : ` First problem: ${losses[0].file ?? ""}: ${losses[0].reason}.`;
    throw new ReadError(`No text with an .ann file beside it: choose the folder that holds both.${why}`);
  }
  const candidates = ["codepoint", "utf16", "byte"] as const;
  const unit =
    options.unit === undefined
      ? detectUnit(samples(pairs), candidates)
      : { value: options.unit, reason: "chosen by the user" };
  const documents = pairs.map((pair) => new DocumentReader(pair, sidecar, unit.value, options, losses).read());
  const conf = [...files.keys()].find((file) => /(?:^|\/)annotation\.conf$/.test(file));
  const types = conf === undefined ? [] : entityTypes(decodeSafely(files, conf));
  const names = types
    .filter((type) => type !== SENTENCE_TYPE && type !== ANSWER_TYPE)
    .map((type) => labelOf(sidecar, "entities", type));
  return { documents, unit, ...(names.length > 0 && { labels: { entities: names } }), losses };
}

function decodeSafely(files: DatasetFiles, file: string): string {
  try {
    return decodeText(files.get(file)!, file);
  } catch {
    return "";
  }
}
