/** Reads brat standoff, our own and that of brat: `.ann` (or the shared tasks' `.a1` and `.a2`) beside `.txt`. */
import { ANSWER_TYPE, entityTypes, SENTENCE_TYPE } from "./names";
import { labelOf, sidecarOf } from "./sidecar";
import type { Sidecar } from "./sidecar";
import { decodeText } from "../../reading/bytes";
import type { DatasetFiles } from "../../format";
import { SPANS } from "../../../documents/tasks";
import { reader } from "../../reading/drive";
import { DocumentReader } from "./document";
import { pairsOf, samples } from "./pairs";
import type { Pair } from "./pairs";

/** The names of the labels that `annotation.conf` lists, in its order. */
function namesIn(files: DatasetFiles, sidecar: Sidecar): string[] {
  const conf = [...files.keys()].find((file) => /(?:^|\/)annotation\.conf$/.test(file));
  const types = conf === undefined ? [] : entityTypes(decodeSafely(files, conf));
  return types
    .filter((type) => type !== SENTENCE_TYPE && type !== ANSWER_TYPE)
    .map((type) => labelOf(sidecar, SPANS, type));
}

/** Reads every pair of text and annotations. Normalizations, and notes and attributes of others, are listed as losses. */
export const readBrat = reader<Pair>(
  "No text with an .ann file beside it: choose the folder that holds both",
  ({ files, options, losses }) => {
    const sidecar = sidecarOf(files, losses);
    return {
      parts: pairsOf(files, losses),
      units: ["codepoint", "utf16", "byte"],
      samples,
      documents: (pairs, unit) => {
        const names = namesIn(files, sidecar);
        return {
          documents: pairs.map((pair) => new DocumentReader(pair, sidecar, unit, options, losses).read()),
          ...(names.length > 0 && { labels: { [SPANS]: names } }),
        };
      },
    };
  },
);

function decodeSafely(files: DatasetFiles, file: string): string {
  try {
    return decodeText(files.get(file)!, file);
  } catch {
    return "";
  }
}
