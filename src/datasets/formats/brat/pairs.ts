/** The files of brat documents: texts, and the annotations beside them. */
import { addTo, append } from "../../../text/grouped";
import { parseAnn } from "./lines";
import type { AnnLine } from "./lines";
import { countedTexts } from "./text";
import { pathsWith, textOf } from "../../reading/bytes";
import type { Loss } from "../../losses";
import type { DatasetFiles } from "../../format";
import type { UnitSample } from "../../reading/units";

/** The files of one document. */
export interface Pair {
  readonly base: string;
  readonly raw: string;
  readonly mark: boolean;
  readonly lines: readonly (AnnLine & { readonly file: string })[];
}

/** Texts with the annotations beside them; files without the other half are losses. */
export function pairsOf(files: DatasetFiles, losses: Loss[]): Pair[] {
  const byBase = new Map<string, string[]>();
  for (const file of pathsWith(files, "ann", "a1", "a2")) {
    const base = file.replace(/\.[^./]+$/, "");
    addTo(byBase, base, [file]);
  }
  const pairs: Pair[] = [];
  for (const [base, anns] of byBase) {
    const text = `${base}.txt`;
    const bytes = files.get(text);
    if (bytes === undefined) {
      losses.push({ kind: "dropped", file: anns[0]!, reason: `its text, ${text}, is not beside it` });
      continue;
    }
    const raw = textOf(files, text, losses);
    if (raw === undefined) continue;
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const lines = anns.flatMap((file) => {
      const content = textOf(files, file, losses);
      if (content === undefined) return [];
      const parsed = parseAnn(content);
      append(
        losses,
        parsed.bad.map(({ line, reason }): Loss => ({ kind: "dropped", file, line, reason })),
      );
      return parsed.lines.map((line) => ({ ...line, file }));
    });
    pairs.push({ base, raw, mark, lines });
  }
  for (const file of pathsWith(files, "txt")) {
    if (!byBase.has(file.replace(/\.[^./]+$/, "")))
      losses.push({ kind: "dropped", file, reason: "no .ann file beside it: a text without annotations" });
  }
  return pairs;
}

/** What the annotations quote, to find out how they count. */
export function* samples(pairs: readonly Pair[]): Generator<UnitSample> {
  for (const { raw, mark, lines } of pairs) {
    const [way] = countedTexts(raw, mark);
    for (const line of lines) {
      const [only, ...more] = line.kind === "text" ? line.fragments : [];
      if (line.kind !== "text" || only === undefined || more.length > 0 || line.text === "") continue;
      yield { text: way!.text, ...only, exact: line.text };
    }
  }
}
