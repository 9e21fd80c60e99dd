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
import { ctakesKind, isCtakesNumber } from "./ctakes";
import { beginOf, featuresOf } from "./structures";
import type { Cas, Structure } from "./structures";
import { isTextual, isValue } from "./type-system";

/** Types of ours with a meaning of their own. */
const OURS: ReadonlySet<string> = new Set([SENTIMENT, REJECTED, ANSWER, REVIEWED, PROVENANCE, ATTRIBUTE]);

/** What every annotation has. */
const PLACE = new Set(["sofa", "begin", "end"]);

/** The features of a relation: the annotation that it goes from, and that it goes to. */
export const [FROM, TO] = ["Governor", "Dependent"] as const;

/** What a user names in place of a feature, where the type is the label; a feature of this name is that feature. */
const BY_TYPE = "type";

/** A type's name without its package. */
export function shortName(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** What is said of the annotations of a type that people or tools made. */
export interface LabelFeature {
  /** The feature that says the label. */
  readonly name?: string;
  /** The label of all of them, where their type says it. */
  readonly label?: string;
  /** They are relations, from one annotation to another; without a {@link name} the type of annotation says which. */
  readonly relation?: true;
  /** Why there is neither: how the annotations are called in a loss, after their type. */
  readonly why?: string;
}

/** Whether annotations of a type are words, sentences or the like, also those of other type systems than DKPro's. */
function isStructural(type: string): boolean {
  const kind = ctakesKind(type);
  if (kind !== undefined) return kind !== "mention";
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
    if (all.has(FROM) && all.has(TO)) {
      const [only, ...others] = textual;
      const name = ["value", "label"].find((one) => textual.has(one)) ?? (others.length === 0 ? only : undefined);
      return { relation: true, ...(name !== undefined && { name }) };
    }
    if (chosen !== undefined && all.has(chosen)) return { name: chosen };
    if (type === NAMED_ENTITY) return { name: "value" };
    const typed = ctakesKind(type) === "mention";
    const named = typed ? undefined : ["value", "label"].find((name) => textual.has(name));
    if (named !== undefined) return { name: named };
    const label = shortName(type);
    if (chosen === BY_TYPE) return { label };
    const [only, ...others] = textual;
    if (!typed && only !== undefined && others.length === 0) return { name: only };
    const byType = `--columns label=${BY_TYPE} takes "${label}", its type, for it`;
    if (typed || only === undefined) return { why: `none of its features says a label: ${byType}` };
    const names = [...textual].sort();
    const quoted = names.map((name) => `"${name}"`).join(", ");
    return {
      why: `which of its features ${quoted} is the label is not known: say it, as in --columns label=${names[0]!}; ${byType}`,
    };
  }
}

/**
 * What says the label, for each type of annotation that may be one.
 * @param chosen the feature that the user named; `type`: where nothing else is called a label, the type is one
 */
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

type Feature = readonly [name: string, value: unknown];

/** What an annotation says beside its place and its label: values, and what refers to other structures, or to several. */
export function featuresBeside(
  { types, idName }: Cas,
  structure: Structure,
  label?: string,
): { readonly values: readonly Feature[]; readonly others: readonly Feature[] } {
  const values: Feature[] = [];
  const others: Feature[] = [];
  for (const [name, value] of featuresOf(structure)) {
    if (PLACE.has(name) || name === label || value === null || value === "") continue;
    const simple = typeof value !== "object" && !Object.hasOwn(structure.raw, `@${name}`);
    // In XML a reference is a number, or several.
    const reference = idName !== "%ID" && typeof value === "string" && /^\d+(?:\s+\d+)*$/.test(value);
    const said = isValue(types, structure.type, name) ?? (!reference || isCtakesNumber(structure.type, name));
    if (simple && said) values.push([name, value]);
    else others.push([name, value]);
  }
  return { values, others };
}
