/** Names in brat: types of labels, `annotation.conf` and `visual.conf`, and what only `glossator.json` can keep. */
import type { LabelDefinition, LabelSets } from "../../../labels/labelset";
import type { LabelTask } from "../../../documents/tasks";
import type { Documents } from "../../document";
import { LINE_END_SET, storageForm } from "./lines";
import type { Loss } from "../../losses";

/** A sentence with a sentiment, which is its attribute. */
export const SENTENCE_TYPE = "Sentence";
/** An answer; its question is a note on it. */
export const ANSWER_TYPE = "Answer";
/** The attribute of a {@link SENTENCE_TYPE}. */
export const SENTIMENT = "Sentiment";
/** The kind of note a person sees and edits in brat. */
export const NOTES = "AnnotatorNotes";
/** The kind of note that says who decided, as JSON. */
export const PROVENANCE = "Provenance";
/** The file that keeps what brat's own files cannot. */
export const SIDECAR = "glossator.json";

/** Under which that file keeps the names of types of relations. */
export const RELATIONS = "relations";

const BLANKS = new RegExp(`[\\s${LINE_END_SET}]+`, "g");

/** A question as a note shows it: on one line, for Python's `str.splitlines` too. */
export function oneLine(question: string): string {
  return question.replace(BLANKS, " ").trim();
}

/** The names brat stores for labels, and back. */
export interface BratNames {
  readonly stored: ReadonlyMap<string, string>;
  readonly losses: readonly Loss[];
}

/** Names for the labels of a set and for those used beside it, unique, in the form brat stores. @param task absent: they are types of relations */
export function bratNames(
  task: LabelTask | undefined,
  labels: readonly string[],
  reserved: readonly string[],
): BratNames {
  const stored = new Map<string, string>();
  const taken = new Set(reserved);
  const losses: Loss[] = [];
  for (const label of labels) {
    // A line of hyphens is a rule between groups in `annotation.conf`.
    const base = storageForm(label).replace(/^-+$/, "_$&");
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    stored.set(label, name);
    if (name === label) continue;
    const why = reserved.includes(label) ? "that name has another use here" : "brat stores a-z, A-Z, 0-9, _ and - only";
    const of = task === undefined ? {} : { task };
    losses.push({
      kind: "renamed",
      ...of,
      label,
      reason: `it is "${name}" in brat: ${why}; ${SIDECAR} keeps the name`,
    });
  }
  return { stored, losses };
}

/** The names of a set, then those used that are not in it, sorted. */
export function namesUsed(task: LabelTask, labels: readonly LabelDefinition[], documents: Documents): string[] {
  const known = labels.map(({ name }) => name);
  const used = new Set<string>();
  for (const { layers } of documents)
    for (const { label } of [...layers[task].labels, ...layers[task].rejected]) used.add(label);
  return [...known, ...[...used].filter((name) => !known.includes(name)).sort()];
}

/** Types of relations, sorted. */
export function relationTypes(documents: Documents): string[] {
  const used = new Set<string>();
  for (const { relations = [] } of documents) for (const { type } of relations) used.add(type);
  return [...used].sort();
}

/** `annotation.conf`. A retired label has `!` before it: brat shows it and does not offer it. @param attributes the lines of those that labels have */
export function annotationConf(
  sets: LabelSets,
  entities: BratNames,
  sentiment: BratNames,
  relations: BratNames,
  attributes: readonly string[],
): string {
  const retired = new Set(sets.entities.filter((label) => label.retired).map(({ name }) => name));
  return [
    "[entities]",
    ...[...entities.stored].map(([label, name]) => `${retired.has(label) ? "!" : ""}${name}`),
    SENTENCE_TYPE,
    ANSWER_TYPE,
    "",
    "[relations]",
    ...[...relations.stored.values()].map((name) => `${name}\tArg1:<ENTITY>, Arg2:<ENTITY>`),
    "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>",
    "",
    "[events]",
    "",
    "[attributes]",
    `${SENTIMENT}\tArg:${SENTENCE_TYPE}, Value:${[...sentiment.stored.values()].join("|")}`,
    ...attributes,
    "",
  ].join("\n");
}

/** `visual.conf`: labels under their own names, in the colours of the label set. */
export function visualConf(sets: LabelSets, entities: BratNames, relations: BratNames): string {
  const shown = [...entities.stored, ...relations.stored].filter(
    ([label, name]) => label !== name && !/[|\t]/.test(label),
  );
  const coloured = sets.entities.filter(({ colour }) => colour !== undefined);
  return [
    "[labels]",
    ...shown.map(([label, name]) => `${name} | ${label}`),
    "",
    "[drawing]",
    "SPAN_DEFAULT\tfgColor:black, bgColor:lightgreen, borderColor:darken",
    "ARC_DEFAULT\tcolor:black, arrowHead:triangle-5",
    "ATTRIBUTE_DEFAULT\tglyph:*",
    ...coloured.map(({ name, colour = "" }) => `${entities.stored.get(name) ?? name}\tbgColor:${colour}`),
    "",
  ].join("\n");
}

/** The types of the `[entities]` section of an `annotation.conf`, in order. */
export function entityTypes(conf: string): string[] {
  const types: string[] = [];
  let section = "";
  for (const line of conf.split(/\r\n|\r|\n/)) {
    const head = /^\s*\[(.*)\]\s*$/.exec(line);
    if (head !== null) section = head[1]!;
    else if (section === "entities" && !/^\s*(?:#.*|-+\s*|<.*)?$/.test(line)) {
      const [term = ""] = line.trim().split(/\s+/);
      const name = term.split("|")[0]!.replace(/^!/, "");
      if (name !== "" && !types.includes(name)) types.push(name);
    }
  }
  return types;
}
