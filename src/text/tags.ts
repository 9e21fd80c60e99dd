/** Entities as one tag a word, in the schemes of the field. Reference: Ramshaw & Marcus 1995 (IOB1), Ratinov & Roth 2009 (BILOU); BIOES says E and S for L and U. */

/** The schemes, the usual one first. `IO`: tags without a beginning. */
export const TAG_SCHEMES = ["IOB2", "IOB1", "BIOES", "BILOU", "IO"] as const;

/** One of {@link TAG_SCHEMES}. */
export type TagScheme = (typeof TAG_SCHEMES)[number];

/** What a tag says of its word: it begins an entity, is inside one, ends one, or is all of one. */
export type TagRole = "begin" | "inside" | "end" | "single";

/** Prefixes of IOB1, IOB2, BIOES, BILOU, and of BMES and BMEWO, which say M for I and W for S. */
const ROLES: Readonly<Record<string, TagRole>> = {
  ...{ B: "begin", I: "inside", M: "inside" },
  ...{ E: "end", L: "end", S: "single", U: "single", W: "single" },
};

/** The role that a prefix stands for, in any of the schemes; undefined for what is no prefix. */
export function tagRole(prefix: string): TagRole | undefined {
  return Object.hasOwn(ROLES, prefix) ? ROLES[prefix] : undefined;
}

/** An entity in words: `first` and `last` are indexes, both included. */
export interface WordRange {
  readonly first: number;
  readonly last: number;
  readonly label: string;
}

/** A tag that its scheme does not allow there, and the word it is on. */
export interface TagProblem {
  readonly index: number;
  readonly reason: string;
}

/** A prefix and what parts it from the label: Chinese corpora have `B_PER` for `B-PER`. */
const PREFIX = /^[BIESLUM][-_](?=\S)/;

/** Whether a text is a tag of one of the schemes with prefixes. */
export function isTag(text: string): boolean {
  return text === "O" || (PREFIX.test(text) && !/\s/.test(text));
}

/** The label of a tag; of one without a prefix all of it. */
export function labelOfTag(tag: string): string {
  return tag.replace(PREFIX, "");
}

function cut(tag: string): readonly [string, string] {
  if (tag === "O" || tag === "" || tag === "_") return ["O", ""];
  return isTag(tag) ? [tag.charAt(0), tag.slice(2)] : ["I", tag];
}

/**
 * The scheme of some sentences' tags, from what only one scheme does: `E` and `S` are BIOES, `L` and `U` are BILOU; an entity that starts
 * with `I` is IOB1, one that starts with `B` where IOB1 has `I` is IOB2.
 */
export function detectScheme(sentences: Iterable<readonly string[]>): {
  readonly value: TagScheme;
  readonly reason: string;
} {
  const seen = { ES: 0, LU: 0, B: 0, I: 0, bare: 0, apart: 0 };
  for (const tags of sentences) {
    let before: readonly [string, string] = ["O", ""];
    for (const tag of tags) {
      const now = cut(tag);
      const [prefix, label] = now;
      const fresh = before[0] === "O" || before[1] !== label;
      if (prefix === "E" || prefix === "S") seen.ES++;
      else if (prefix === "L" || prefix === "U") seen.LU++;
      else if (prefix === "B" && fresh) seen.B++;
      else if (prefix === "B") seen.apart++;
      else if (prefix === "I" && fresh) seen.I++;
      if (prefix === "I" && !isTag(tag)) seen.bare++;
      before = now;
    }
  }
  const count = (n: number, what: string): string => `${n} ${n === 1 ? "entity" : "entities"} ${what}`;
  if (seen.LU > 0) return { value: "BILOU", reason: `${seen.LU} tags with L- or U-` };
  if (seen.ES > 0) return { value: "BIOES", reason: `${seen.ES} tags with E- or S-` };
  if (seen.bare > 0 && seen.B === 0) return { value: "IO", reason: `${seen.bare} tags without a prefix` };
  if (seen.I > seen.B) {
    if (seen.apart > 0) {
      return { value: "IOB1", reason: `${count(seen.I, "start with I-")}, and B- only sets neighbours apart` };
    }
    return { value: "IOB1", reason: `${count(seen.I, "start with I-")}, ${seen.B} with B-` };
  }
  if (seen.B > 0) return { value: "IOB2", reason: `${count(seen.B, "start with B-")}, ${seen.I} with I-` };
  return { value: "IOB2", reason: "no entity tells schemes apart" };
}

/** The entities of one sentence's tags. A tag that cannot stand where it is starts an entity, as conlleval has it, and is listed. */
export function decodeTags(
  tags: readonly string[],
  scheme: TagScheme,
): { readonly entities: readonly WordRange[]; readonly problems: readonly TagProblem[] } {
  const entities: WordRange[] = [];
  const problems: TagProblem[] = [];
  let open: { first: number; label: string } | undefined;
  const close = (last: number, whole: boolean): void => {
    if (open === undefined) return;
    if (!whole && (scheme === "BIOES" || scheme === "BILOU")) {
      problems.push({ index: last, reason: `${tags[last]!} is the last word of an entity that has no end` });
    }
    entities.push({ ...open, last });
    open = undefined;
  };
  for (const [index, tag] of tags.entries()) {
    const [prefix, label] = cut(tag);
    if (prefix === "O") {
      close(index - 1, false);
      continue;
    }
    const role = tagRole(prefix);
    const goesOn = open?.label === label && (role === "inside" || role === "end");
    if (!goesOn) {
      close(index - 1, false);
      const astray = (role === "inside" || role === "end") && scheme !== "IOB1" && scheme !== "IO";
      if (astray) problems.push({ index, reason: `${tag} follows no ${label}: an entity was begun there (${scheme})` });
      open = { first: index, label };
    }
    if (role === "single" || role === "end") close(index, true);
  }
  close(tags.length - 1, false);
  return { entities, problems };
}

/** Tags of one sentence for entities in order that do not overlap. */
export function encodeTags(length: number, entities: readonly WordRange[], scheme: TagScheme): string[] {
  const tags = Array.from({ length }, () => "O");
  const [end, single] = scheme === "BILOU" ? ["L", "U"] : ["E", "S"];
  const bounded = scheme === "BIOES" || scheme === "BILOU";
  for (const [index, { first, last, label }] of entities.entries()) {
    const before = entities[index - 1];
    const touches = before !== undefined && before.last === first - 1 && before.label === label;
    for (let word = first; word <= last; word++) {
      let prefix = "I";
      if (bounded && first === last) prefix = single;
      else if (bounded && word === last) prefix = end;
      else if (word === first && scheme !== "IO") prefix = scheme === "IOB1" && !touches ? "I" : "B";
      tags[word] = `${prefix}-${label}`;
    }
  }
  return tags;
}
