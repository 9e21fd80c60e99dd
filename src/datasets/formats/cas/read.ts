/** Reads UIMA CAS JSON: our own, that of dkpro-cassis, of INCEpTION and of UIMA's Java library. */
import { append } from "../../../text/grouped";
import type { Loss } from "../../losses";
import { pathsWith, tooDeep } from "../../reading/bytes";
import { reader, textsIn } from "../../reading/drive";
import type { Input, Reading } from "../../reading/drive";
import { fromList, jsonObjects } from "../../reading/json";
import { fields, take } from "../../reading/shape";
import { casSamples, CasReader } from "./document";
import { labelFeatures } from "./label-features";
import { CAS_FILE, casOf } from "./structures";
import type { Cas } from "./structures";
import { typesOfJson } from "./type-system";

/** The line of a place in a text, counted from 1. */
function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function jsonOf(text: string, file: string, losses: Loss[]): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (fields.fits(value) && !tooDeep(value)) return value as Readonly<Record<string, unknown>>;
    losses.push({ kind: "dropped", file, line: 1, reason: "JSON, but not the object of a CAS" });
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = lineAt(text, position === undefined ? text.length : Number(position));
    losses.push({ kind: "dropped", file, line, reason: `not JSON, or cut off: ${message}` });
    return salvaged(text, file, losses);
  }
  return undefined;
}

/** What is told where which structures are in the text's view is lost. */
export const ALL_IN_VIEW = "every structure before and after the damage is taken for a part of the text's view";

/** The feature structures of a list that can be read one by one. Which of them the view holds is not known then. */
function salvaged(text: string, file: string, losses: Loss[]): Readonly<Record<string, unknown>> | undefined {
  const from = fromList(text, "%FEATURE_STRUCTURES");
  if (from === undefined) return undefined;
  const lost: Loss[] = [];
  const rows = [...jsonObjects(from, file, lost)].map(({ row }) => row);
  if (rows.length === 0) return undefined;
  append(losses, lost);
  losses.push({ kind: "assumed", file, reason: ALL_IN_VIEW });
  return { "%FEATURE_STRUCTURES": rows };
}

/** How files that are a CAS become documents. */
export function readingCas(parts: Iterable<Cas>, { options, losses }: Input): Reading<Cas> {
  return {
    parts,
    units: ["utf16", "codepoint"],
    samples: casSamples,
    documents: (all, unit) => {
      const labels = labelFeatures(all, options.columns?.["label"]);
      return { documents: all.map((cas) => new CasReader(cas, labels, unit, options, losses).read()) };
    },
  };
}

function* casesIn(input: Input): Generator<Cas> {
  const { files, losses } = input;
  for (const { file, text } of textsIn(input, pathsWith(files, "json"))) {
    if (!text.includes('"%FEATURE_STRUCTURES"')) continue;
    const raw = jsonOf(text, file, losses);
    const value = raw && take(CAS_FILE, raw, { file }, losses);
    const where = { file, idName: "%ID", types: typesOfJson(raw?.["%TYPES"]) };
    const cas = value && casOf(value, where, losses);
    if (cas !== undefined) yield cas;
  }
}

/** Reads every file that is a CAS. Of one that is cut off, what comes before is read. */
export const readCasJson = reader<Cas>("No UIMA CAS with a text in the files", (input) =>
  readingCas(casesIn(input), input),
);
