/**
 * `Entity=` in CoNLL-U's MISC: `(` begins an entity, `)` ends it, both on one word make one of a word. Between them are fields with hyphens, which
 * `global.Entity` names (CorefUD 1.0: `eid-etype-head-other`; GUM: `GRP-etype-…`). An end repeats the entity's id, or its type and id.
 */
import type { LossKind } from "../../losses";
import type { WordRange } from "../../../text/tags";

interface Open {
  readonly first: number;
  readonly id: string;
  readonly label: string;
  readonly content: string;
}

const PIECE = /\(([^()]*)(\))?|([^()]*)\)/g;
/** A part of an entity in several parts, such as `e5[1/2]`. */
const PART = /\[\d+\/\d+\]/;
const NUMBER = /^[a-z]?\d+$/i;

function fieldsOf(content: string, names: string | undefined): { readonly id: string; readonly label: string } {
  const values = content.replace(PART, "").split("-");
  const fields = names?.split("-") ?? [];
  const type = fields.findIndex((name) => /^e?type$/i.test(name));
  if (type >= 0) {
    const id = fields.findIndex((name) => /^(?:eid|grp|id)$/i.test(name));
    // The last field may have hyphens of its own.
    const label = type === fields.length - 1 ? values.slice(type).join("-") : values[type];
    return { id: values[id] ?? "", label: label ?? "" };
  }
  const [first = "", second] = values;
  if (second === undefined) return NUMBER.test(first) ? { id: first, label: "" } : { id: "", label: first };
  return NUMBER.test(second) && !NUMBER.test(first) ? { id: second, label: first } : { id: first, label: second };
}

/** The entities of one sentence, in order of their ends, from the value on each word (empty: none). What does not fit is reported with its word. */
export function readBrackets(
  values: readonly string[],
  names: string | undefined,
  report: (index: number, kind: LossKind, reason: string) => void,
): WordRange[] {
  const entities: WordRange[] = [];
  const open: Open[] = [];
  const add = ({ first, label, content }: Open, last: number): void => {
    if (PART.test(content)) report(first, "split", "one of several parts of an entity: each is an entity of its own");
    if (label === "" || label === "_") report(first, "dropped", `the entity (${content}) has no type`);
    else entities.push({ first, last, label });
  };
  const close = (content: string, index: number): void => {
    const at = open.findLastIndex((one) => {
      return [one.id, one.content, one.label, `${one.label}-${one.id}`].includes(content) || content === "";
    });
    const [found] = at < 0 ? [] : open.splice(at, 1);
    if (found === undefined) report(index, "dropped", `${content}) ends an entity that was not begun`);
    else add(found, index);
  };
  for (const [index, value] of values.entries()) {
    for (const [, begun, whole, ended] of value.matchAll(PIECE)) {
      if (begun === undefined) close(ended ?? "", index);
      else {
        const one = { first: index, content: begun, ...fieldsOf(begun, names) };
        if (whole === undefined) open.push(one);
        else add(one, index);
      }
    }
  }
  for (const { first, content } of open) report(first, "dropped", `(${content} begins an entity that does not end`);
  return entities;
}
