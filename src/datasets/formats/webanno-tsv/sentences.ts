/** The lines of a WebAnno TSV file as sentences with tokens. */
import { append } from "../../../text/grouped";
import { linesOf } from "../../reading/bytes";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { unescapeText } from "./escapes";

/** What a column holds. */
export interface WebannoColumn {
  readonly kind: "span" | "relation" | "chain";
  /** The layer's type. */
  readonly type: string;
  /** Undefined for a layer without features. */
  readonly feature?: string;
}

/** A token, or a part of one, with its cells. Offsets are as in the file. */
export interface WebannoUnit {
  /** By which relations name it, such as `1-2`, or `1-2.1` for a part. */
  readonly id: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly form: string;
  readonly part: boolean;
  readonly cells: readonly string[];
}

/** A sentence; its text begins where its first token does. */
export interface WebannoSentence {
  readonly line: number;
  readonly text: string;
  readonly units: readonly WebannoUnit[];
}

/** A file taken apart. */
export interface WebannoFile {
  readonly columns: readonly WebannoColumn[];
  readonly sentences: readonly WebannoSentence[];
}

const LAYERS: Readonly<Record<string, WebannoColumn["kind"]>> = { SP: "span", RL: "relation", CH: "chain" };

function columnsOf(header: string): WebannoColumn[] {
  const match = /^#T_(SP|RL|CH)=([^|]+)\|?(.*)$/.exec(header);
  if (match === null) return [];
  const [, layer = "", type = "", rest = ""] = match;
  const kind = LAYERS[layer]!;
  const features = rest.split("|").filter((feature) => feature !== "");
  return features.length === 0 ? [{ kind, type }] : features.map((feature) => ({ kind, type, feature }));
}

/** Takes a file apart. Undefined if it does not begin as one. Lines that do not fit are losses. */
export function webannoFile(content: string, file: string, losses: Loss[]): WebannoFile | undefined {
  if (!content.startsWith("#FORMAT=WebAnno TSV 3")) return undefined;
  const columns: WebannoColumn[] = [];
  const sentences: { line: number; text: string; units: WebannoUnit[] }[] = [];
  let texts: string[] | undefined;
  for (const { line, text: raw } of linesOf(content)) {
    const lost = (reason: string): void =>
      void losses.push({ kind: "dropped", file, line, exact: excerpt(raw), reason });
    if (raw.startsWith("#FORMAT=") || raw.startsWith("#Sentence.id=")) continue;
    if (raw.startsWith("#T_") && sentences.length === 0) {
      const found = columnsOf(raw);
      if (found.length === 0) lost("it declares no layer");
      append(columns, found);
    } else if (raw.startsWith("#Text=")) {
      const last = sentences.at(-1);
      // Lines of text that follow each other are one sentence.
      if (texts !== undefined && last !== undefined && last.units.length === 0) {
        texts.push(unescapeText(raw.slice("#Text=".length)));
        last.text = texts.join("\n");
      } else {
        texts = [unescapeText(raw.slice("#Text=".length))];
        sentences.push({ line, text: texts[0]!, units: [] });
      }
    } else if (raw === "") {
      texts = undefined;
    } else {
      const [id = "", offsets = "", form, ...cells] = raw.split("\t");
      const match = /^(\d+)-(\d+)$/.exec(offsets);
      const sentence = sentences.at(-1);
      if (!/^\d+-\d+(?:\.\d+)?$/.test(id) || match === null || form === undefined) {
        lost("no token: that is a number such as 1-2, offsets such as 3-7, and the word, with tabs between them");
      } else if (sentence === undefined) {
        lost("a token before the first #Text line");
      } else if (cells.length < columns.length) {
        lost(`${cells.length} cells after the word, ${columns.length} columns in the header: cut off?`);
      } else {
        const [start, end] = [Number(match[1]), Number(match[2])];
        sentence.units.push({ id, line, start, end, form, part: id.includes("."), cells });
      }
    }
  }
  return { columns, sentences: sentences.filter(({ units }) => units.length > 0) };
}
