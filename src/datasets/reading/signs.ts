/** Which formats files look like, by the signs that each format names. */
import type { DatasetFiles, Detection, LookedAt, Sign } from "../format";
import { isReport } from "../losses";
import { head } from "./bytes";

const TAIL_BYTES = 16 * 1024;

class Looked implements LookedAt {
  readonly start: string;
  /** A long text in the first row hides the fields after it. */
  readonly ends: string;

  constructor(
    readonly name: string,
    bytes: Uint8Array,
  ) {
    this.start = head(bytes);
    this.ends = bytes.length <= 4 * TAIL_BYTES ? this.start : `${this.start}\n${head(bytes.subarray(-TAIL_BYTES))}`;
  }
}

function found({ name, has = [], lacks, test }: Sign, file: LookedAt): boolean {
  if (name?.test(file.name) === false) return false;
  if (lacks?.test(file.ends) === true) return false;
  return has.every((one) => one.test(file.ends)) && test?.(file) !== false;
}

/** How well files look like each of some formats: its surest sign in any of them, the first of equals. Each file is looked at once, and only at its ends. */
export function detect(formats: readonly { readonly signs: readonly Sign[] }[], files: DatasetFiles): Detection[] {
  const best = formats.map((): Detection => ({ confidence: 0, reason: "none of its signs is in the files" }));
  for (const [name, bytes] of files) {
    if (isReport(name)) continue;
    const file = new Looked(name, bytes);
    for (const [index, { signs }] of formats.entries()) {
      for (const sign of signs) {
        if (sign.confidence <= best[index]!.confidence || !found(sign, file)) continue;
        const says = typeof sign.says === "string" ? sign.says : sign.says(file);
        best[index] = { confidence: sign.confidence, reason: `"${name}" ${says}` };
      }
    }
  }
  return best;
}
