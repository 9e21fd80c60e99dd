/** Label Studio's export JSON-MIN: a task's data and its results side by side, by the names that the project gives them. */
import { listedSpans } from "../../codecs/span-lists";
import type { RawLabel, RawText } from "../../codecs/texts";
import { provenanceOf } from "../../codecs/provenance";
import { CLASSES, SPANS } from "../../../documents/tasks";
import { excerpt } from "../../losses";
import type { Input } from "../../reading/drive";
import { isAddress, IS_ADDRESS } from "../../reading/address";
import { isoTime, isRow } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { labelName } from "../../reading/label-names";
import type { RowPlace } from "../../reading/ledger";

/** What Label Studio itself puts beside data and results. */
const OWN = new Set([
  ...["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "sampling", "inner_id"],
  ...["total_annotations", "annotators"],
]);
/** What results of one choice are usually called; of others it cannot be told whether they are data. */
const CHOICE = /^(?:label|labels|sentiment|choices?|class|category|intent|topic|emotion|rating)$/i;

/** Whether a row is of this export. */
export function isMinimal(row: unknown): row is Row {
  return isRow(row) && (Object.hasOwn(row, "annotation_id") || Object.hasOwn(row, "annotator"));
}

function textOf(row: Row): readonly [string, string] | undefined {
  const texts = Object.entries(row).filter(
    (field): field is [string, string] => typeof field[1] === "string" && !OWN.has(field[0]),
  );
  return (
    texts.find(([name]) => name === "text") ??
    texts.filter(([name]) => !CHOICE.test(name)).sort(([, a], [, b]) => b.length - a.length)[0]
  );
}

function choicesIn(name: string, value: unknown): readonly unknown[] | undefined {
  if (isRow(value) && Array.isArray(value["choices"])) return value["choices"] as readonly unknown[];
  if (!CHOICE.test(name)) return undefined;
  return Array.isArray(value) && value.every((one) => typeof one === "string")
    ? value
    : typeof value === "string"
      ? [value]
      : undefined;
}

/** A row as a text with its labels, or why it is none. */
export function minimalText(row: Row, at: RowPlace, { options, losses }: Input): RawText | undefined {
  const found = textOf(row);
  if (found === undefined || isAddress(found[1])) {
    const reason =
      found === undefined ? "its data has no text: pictures, audio and lists are not supported" : IS_ADDRESS;
    losses.push({ kind: "dropped", ...at, exact: excerpt(JSON.stringify(row)), reason });
    return undefined;
  }
  const [field, text] = found;
  const annotator = row["annotator"];
  const author = isRow(annotator) ? annotator["email"] : annotator;
  const time = isoTime(row["updated_at"]) ?? isoTime(row["created_at"]);
  const by = [
    provenanceOf({
      author: typeof author === "string" || typeof author === "number" ? String(author) : undefined,
      time,
    }),
  ];
  const labels: RawLabel[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (name === field || OWN.has(name)) continue;
    const spans = listedSpans(value);
    for (const { label: said, start, end, exact } of spans?.spans ?? []) {
      const label = labelName(said, options.names?.[SPANS]).name;
      if (label !== undefined)
        labels.push({ task: SPANS, span: { start, end }, ...(exact !== undefined && { exact }), label, by });
    }
    for (const item of spans?.odd ?? [])
      losses.push({
        kind: "dropped",
        ...at,
        exact: excerpt(JSON.stringify(item)),
        reason: `in "${name}": no region with a label`,
      });
    const choices = spans === undefined ? choicesIn(name, value) : undefined;
    for (const choice of choices ?? []) {
      const label = labelName(choice, options.names?.[CLASSES]).name;
      if (label !== undefined) labels.push({ task: CLASSES, label, by });
    }
    const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (spans === undefined && choices === undefined && !empty)
      losses.push({
        kind: "beside",
        file: at.file,
        line: at.line,
        exact: excerpt(JSON.stringify(value)),
        reason: `the field "${name}"`,
      });
  }
  // Whoever submits a task has looked at all of it.
  return { ...at, text, kind: "whole", labels, reviewed: "whole", rejected: [] };
}
