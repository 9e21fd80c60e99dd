/** Which annotations of a CAS are labels, and which of their features says the label. */
import {
  ANSWER,
  ATTRIBUTE,
  NAMED_ENTITY,
  notLabels,
  PROVENANCE,
  REJECTED,
  REVIEWED,
  SENTIMENT,
} from "../../codecs/dkpro-types";
import { beginOf, featuresOf } from "./structures";
import type { Cas, Structure } from "./structures";
import { isTextual, isValue } from "./type-system";

/** Types of ours with a meaning of their own. */
const OURS: ReadonlySet<string> = new Set([SENTIMENT, REJECTED, ANSWER, REVIEWED, PROVENANCE, ATTRIBUTE]);

/** What every annotation has. */
const PLACE = new Set(["sofa", "begin", "end"]);

/** What is said of the annotations of a type that people or tools made. */
export interface LabelFeature {
  /** The feature that says the label. */
  readonly name?: string;
  /** Why there is none: how the annotations are called in a loss, after their type. */
  readonly why?: string;
}

/** Whether annotations of a type are words, sentences or the like, also those of other type systems than DKPro's. */
function isStructural(type: string): boolean {
  return notLabels(type) !== undefined || /(?:^|\.)(?:Token|Word|Sentence|Paragraph|DocumentAnnotation)$/.test(type);
}

/** Whether a structure may be a label by its type. */
export function mayBeLabel(structure: Structure): boolean {
  const { type } = structure;
  return type === NAMED_ENTITY || (!OURS.has(type) && !isStructural(type) && beginOf(structure) !== undefined);
}

/** A value that no type system is needed for to see that it is no name: a number, a reference or several, true or false. */
function isPlain(value: string): boolean {
  return /^\s*(?:true|false|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\d+(?:\s+\d+)*)?\s*$/.test(value);
}

/** The features of a type that are texts and hold something, over all files. */
class Seen {
  readonly textual = new Set<string>();
  readonly all = new Set<string>();

  add({ types, idName }: Cas, structure: Structure): void {
    const { type } = structure;
    for (const [name, value] of featuresOf(structure)) {
      if (PLACE.has(name)) continue;
      this.all.add(name);
      if (typeof value !== "string" || value === "" || this.textual.has(name)) continue;
      // Values of JSON have types of their own; in XML all are texts.
      const known = isTextual(types, type, name) ?? (idName === "%ID" || !isPlain(value));
      if (known) this.textual.add(name);
    }
  }

  feature(type: string, chosen: string | undefined): LabelFeature {
    const { textual, all } = this;
    if (all.has("Governor") && all.has("Dependent")) return { why: "it is a relation between labels" };
    if (chosen !== undefined && all.has(chosen)) return { name: chosen };
    if (type === NAMED_ENTITY) return { name: "value" };
    const named = ["value", "label"].find((name) => textual.has(name));
    const [only, ...others] = textual;
    if (named !== undefined || (only !== undefined && others.length === 0)) return { name: named ?? only! };
    if (only === undefined) return { why: "it has no place here" };
    const names = [...textual].sort().map((name) => `"${name}"`);
    return {
      why: `which of its features ${names.join(", ")} is the label is not known: say it, as in --columns label=${[...textual].sort()[0]!}`,
    };
  }
}

/** The feature with the label for each type of annotation that may be one. @param chosen the feature that the user named */
export function labelFeatures(all: readonly Cas[], chosen?: string): ReadonlyMap<string, LabelFeature> {
  const seen = new Map<string, Seen>();
  for (const cas of all) {
    for (const structure of cas.structures) {
      if (!mayBeLabel(structure)) continue;
      const of = seen.get(structure.type) ?? new Seen();
      of.add(cas, structure);
      seen.set(structure.type, of);
    }
  }
  return new Map([...seen].map(([type, of]) => [type, of.feature(type, chosen)]));
}

/** What an annotation says beside its place and its label: values, and what refers to other structures, or to several. */
export function featuresBeside(
  { types, idName }: Cas,
  structure: Structure,
  label: string,
): { readonly values: readonly (readonly [name: string, value: unknown])[]; readonly others: readonly string[] } {
  const values: (readonly [string, unknown])[] = [];
  const others: string[] = [];
  for (const [name, value] of featuresOf(structure)) {
    if (PLACE.has(name) || name === label || value === null || value === "") continue;
    const simple = typeof value !== "object" && !Object.hasOwn(structure.raw, `@${name}`);
    // In XML a reference is a number, or several.
    const reference = idName !== "%ID" && typeof value === "string" && /^\d+(?:\s+\d+)*$/.test(value);
    const said = isValue(types, structure.type, name) ?? !reference;
    if (simple && said) values.push([name, value]);
    else others.push(name);
  }
  return { values, others };
}
