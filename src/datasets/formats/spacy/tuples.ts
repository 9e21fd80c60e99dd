/** spaCy's training data as it was written for version 2 and as annotators still export it: `["text", {"entities": [[0, 4, "PER"]]}]`, in a list, a line each, or under `annotations`. */
import { isRow } from "../../reading/bytes";
import { fromList, jsonLists } from "../../reading/json";
import { noteRow } from "../../reading/ledger";
import type { Loss } from "../../losses";

const TUPLE = /^\s*\[\s*(?:(?:null\s*,\s*)*\[\s*)?"[^"\\]*(?:\\.[^"\\]*)*"\s*,\s*\{/;
const LISTED = /^\s*\{[^]*?"annotations"\s*:\s*\[\s*(?:null\s*,\s*)*\[\s*"/;

/** Whether a file's text begins as one of tuples. */
export function hasTuples(start: string): boolean {
  return TUPLE.test(start) || LISTED.test(start);
}

/** The tuples of a file as rows. */
export function* tupleRows(
  text: string,
  file: string,
  losses: Loss[],
): Generator<{ readonly line: number; readonly row: unknown }> {
  const list = TUPLE.test(text) ? text : fromList(text, "annotations");
  for (const { line, list: tuple } of jsonLists(list ?? text, file, losses)) {
    const [said, about] = tuple;
    const row = typeof said === "string" && isRow(about) ? { ...about, text: said } : undefined;
    noteRow({ file, line }, row);
    if (row !== undefined) yield { line, row };
    else
      losses.push({ kind: "dropped", file, line, reason: 'no text with its labels, as in ["text", {"entities": []}]' });
  }
}
