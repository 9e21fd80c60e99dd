/** The label names of other people's models, brought into the form the rest of the program reads. */
import { tagRole } from "../../text/tags";
import { ModelError } from "../errors";
import type { Decoder } from "./manifest";

/** The parts of a {@link Decoder} that describe its output layer, and what had to be assumed. */
export interface OutputLayer extends Pick<Decoder, "labels" | "classes" | "unmarked" | "insideBegins"> {
  readonly notes: readonly string[];
}

/**
 * The tags of a token-classification model as BIO2. Single-token tags (S-, U-, W-) begin an entity, end tags (E-, L-) and middle tags (M-)
 * go on with one, and names without a prefix are read as "part of one".
 * @param names one a class, in order.
 * @param file for messages.
 * @throws {ModelError} `model-unsupported` when no name is an outside tag or none is an entity's.
 */
export function entityLayer(names: readonly string[], file: string): OutputLayer {
  const refuse = (why: string): ModelError =>
    new ModelError("model-unsupported", `${file}: ${why}. Choose a named-entity model, or correct "id2label".`);
  if (names.every((name) => /^LABEL_\d+$/i.test(name)))
    throw refuse(`the labels have no names (${names.slice(0, 3).join(", ")}…), so nobody can tell the entities`);
  const outside = names.findIndex((name) => /^(O|OUT|OUTSIDE|NONE)$/i.test(name));
  if (outside < 0)
    throw refuse(
      `none of the labels (${names.slice(0, 6).join(", ")}…) means "no entity" (O), so every word would be marked`,
    );
  const labels = ["O"];
  const classes: number[] = [];
  const prefixes = new Set<string>();
  const begun = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (index === outside) {
      classes.push(0);
      continue;
    }
    const match = /^([A-Z])[-_](.+)$/.exec(name);
    const prefix = match?.[1] ?? "";
    const role = tagRole(prefix);
    const begins = role === "begin" || role === "single";
    const type = (role === undefined ? name : match![2]!).trim().replace(/\s+/g, "_");
    if (type === "") throw refuse(`label ${index} has an empty name`);
    if (role !== undefined) prefixes.add(prefix);
    if (begins) begun.add(type);
    let at = labels.indexOf(`B-${type}`);
    if (at < 0) at = labels.push(`B-${type}`, `I-${type}`) - 2;
    classes.push(begins ? at : at + 1);
  }
  if (labels.length === 1) throw refuse("there is no label but the outside tag");
  const notes: string[] = [];
  if (prefixes.size === 0) notes.push("Its labels tell no beginnings: neighbouring words of one type are one entity.");
  else if (labels.some((label) => label.startsWith("B-") && !begun.has(label.slice(2))))
    notes.push("Its labels are of the scheme IOB1.");
  // Which scheme a model with B- and I- was trained on, no file says, and models of IOB1 have both. So a beginning is either.
  return { labels, classes, insideBegins: true, notes };
}

const POLARITY: readonly (readonly [RegExp, string])[] = [
  [/^(very |strongly )?(neg|negative)$/, "negative"],
  [/^(very |strongly )?(pos|positive)$/, "positive"],
  [/^(neu|neutral)$/, "neutral"],
];
/** What the classes of a model without names mean by custom: SST-2's two, TweetEval's three, SST-5's or a review's five. */
const BY_CUSTOM: Readonly<Record<number, readonly string[]>> = {
  2: ["negative", "positive"],
  3: ["negative", "neutral", "positive"],
  5: ["negative", "negative", "neutral", "positive", "positive"],
};

/**
 * The classes of a sequence-classification model as sentiment labels: polarities get the names `negative`, `neutral`, `positive`, stars too;
 * other names (emotions, topics) stay.
 * @param names one a class, in order.
 * @param file for messages.
 * @throws {ModelError} `model-unsupported` for a regression, and for a model that compares two texts.
 */
export function sentimentLayer(names: readonly string[], file: string): OutputLayer {
  const refuse = (why: string): ModelError =>
    new ModelError("model-unsupported", `${file}: ${why}. Choose a model that sorts single sentences into classes.`);
  if (names.length < 2) throw refuse("the model gives one number (a regression or a ranking), not classes");
  const plain = names.map((name) => name.trim().toLowerCase().replace(/_/g, " "));
  if (plain.some((name) => /^(entailment|contradiction|not entailment)$/.test(name)))
    throw refuse(`the labels (${names.join(", ")}) tell whether one text follows from another, which takes two texts`);
  const notes: string[] = [];
  let meanings: readonly string[] | undefined;
  if (plain.every((name) => /^label \d+$/.test(name))) {
    meanings = BY_CUSTOM[names.length];
    notes.push(
      meanings
        ? `Its labels have no names; ${names.join(", ")} are read as ${meanings.join(", ")}.`
        : `Its labels have no names and stay ${names[0]!} to ${names.at(-1)!}.`,
    );
  } else if (plain.every((name) => /^[1-5]( stars?)?$/.test(name)) && names.length === 5) {
    meanings = plain.map((name) => BY_CUSTOM[5]![parseInt(name) - 1]!);
    notes.push("Its stars are read as sentiment: 1 and 2 are negative, 3 is neutral, 4 and 5 are positive.");
  } else if (plain.some((name) => POLARITY.some(([pattern]) => pattern.test(name)))) {
    meanings = plain.map((name, i) => POLARITY.find(([pattern]) => pattern.test(name))?.[1] ?? named(names[i]!));
    if (new Set(meanings).size < names.length)
      notes.push(`Its labels ${names.join(", ")} are read as ${[...new Set(meanings)].join(", ")}.`);
  }
  meanings ??= names.map(named);
  const labels = [...new Set(meanings)];
  if (labels.length < 2) throw refuse(`the labels (${names.join(", ")}) mean all the same`);
  return {
    labels,
    classes: meanings.map((meaning) => labels.indexOf(meaning)),
    ...(labels.includes("neutral") ? { unmarked: "neutral" } : {}),
    notes,
  };
}

/** Label names hold no white space (`labels.json`). */
const named = (name: string): string => name.trim().replace(/\s+/g, "_");
