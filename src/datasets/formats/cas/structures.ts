/** The feature structures of a CAS, whichever way its file writes them, and the view of them that has the text. Offsets are as the file counts. */
import { OffsetMap } from "../../../text/offsets";
import {
  ANSWER,
  ATTRIBUTE,
  CHARACTER,
  META,
  NAMED_ENTITY,
  PROVENANCE,
  REJECTED,
  REVIEWED,
  SENTIMENT,
  SOFA,
  VIEW,
} from "../../codecs/dkpro-types";
import { PROVENANCE as SAID } from "../../codecs/provenance";
import { toNumber } from "../../reading/bytes";
import { typeName } from "../../reading/json-types";
import {
  anything,
  anyText,
  either,
  fields,
  list,
  mapped,
  number,
  object,
  perhaps,
  record,
  take,
  text,
  textOrNumber,
} from "../../reading/shape";
import type { Of, Shape } from "../../reading/shape";
import type { Loss } from "../../losses";
import { characterNamed } from "./xml-values";
import type { TypeSystem } from "./type-system";

/** A feature whose name may have a mark: of references, numbers or anchors. */
type Marked<Name extends string> = Name | `^${Name}` | `@${Name}` | `#${Name}`;

function marked<Name extends string, T>(name: Name, shape: Shape<T>): Readonly<Record<Marked<Name>, Shape<T>>> {
  const names = [name, `^${name}`, `@${name}`, `#${name}`] as const;
  return Object.fromEntries(names.map((one) => [one, shape])) as Record<Marked<Name>, Shape<T>>;
}

/** Where an annotation is. Offsets may be texts, too; what is no number has its own loss. */
const PLACE = { ...marked("sofa", anything), ...marked("begin", anything), ...marked("end", anything) };
/** Of the types that have a meaning here. */
const KNOWN = object({
  ...PLACE,
  ...{ sofaID: textOrNumber, sofaString: anyText },
  ...{ documentTitle: text, documentId: text, "@of": anything, ...marked("score", perhaps(number)) },
  ...{ name: anyText, author: text, time: SAID.time, model: text, modelVersion: text },
  ...{ value: text, label: text, task: text, question: text, questionId: text, kind: text, index: anything },
});
/** Of types that others made: their features are called as they like. */
const OTHERS = object(PLACE);
const TYPES = new Set([
  SOFA,
  META,
  NAMED_ENTITY,
  SENTIMENT,
  ANSWER,
  REVIEWED,
  PROVENANCE,
  ATTRIBUTE,
  REJECTED,
  CHARACTER,
]);

const HEAD = object({ "%TYPE": perhaps(text), "%ID": anything });
/** Of types without a meaning here the place alone. */
type Features = Of<typeof OTHERS> & Partial<Of<typeof KNOWN>>;

/** A feature structure with its id. */
export interface Structure {
  readonly id: number;
  readonly type: string;
  readonly row: Features;
  /** As the file has it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Feature structures and views as CAS JSON has them; XMI is brought into the same form. */
export const CAS_FILE = object({
  // In a list with ids, or under their ids.
  "%FEATURE_STRUCTURES": either(
    mapped(list(anything), (all) => all.map((one) => [undefined, one] as const)),
    record(anything),
  ),
  "%VIEWS": perhaps(record(perhaps(object({ "%MEMBERS": perhaps(list(anything)) })))),
});

/** A file taken apart: its text and what is annotated on it. */
export interface Cas {
  readonly file: string;
  /** What the file calls the id of a structure. */
  readonly idName: string;
  readonly text: string;
  readonly map: OffsetMap;
  readonly structures: readonly Structure[];
  /** All structures of the file by their ids: what annotations refer to need not be in a view. */
  readonly byId: ReadonlyMap<number, Structure>;
  /** What is known of the types. */
  readonly types: TypeSystem;
}

function structuresOf(
  rows: Of<typeof CAS_FILE>["%FEATURE_STRUCTURES"],
  { file, idName }: Pick<Cas, "file" | "idName">,
  losses: Loss[],
): Structure[] {
  const seen = new Set<number>();
  return (rows ?? []).flatMap(([key, value], index) => {
    const raw = fields.fits(value) ? take(fields, value, { file }, losses) : undefined;
    const head = raw && take(HEAD, raw, { file }, losses);
    const type = head?.["%TYPE"];
    const id = toNumber(key ?? head?.["%ID"]);
    const lost = (reason: string): never[] => {
      losses.push({ kind: "dropped", file, reason: `feature structure ${index + 1}: ${reason}` });
      return [];
    };
    if (raw === undefined || type === undefined) return lost("no object with a %TYPE");
    if (!Number.isSafeInteger(id)) return lost(`its ${idName} is no number (${type})`);
    if (seen.has(id)) return lost(`the ${idName} ${id} is taken by one before it (${type})`);
    seen.add(id);
    const row = take(TYPES.has(type) ? KNOWN : OTHERS, raw, { file }, losses, "%FEATURE_STRUCTURES", index);
    return row === undefined ? [] : [{ id, type, row, raw }];
  });
}

/** The features of a structure as the file has them, without the marks of their names. */
export function featuresOf({ raw }: Structure): readonly (readonly [string, unknown])[] {
  return Object.entries(raw).flatMap(([name, value]) =>
    name.startsWith("%") ? [] : [[name.replace(/^[@^#]/, ""), value] as const],
  );
}

/** Where a structure begins, as the file says it; undefined for one that is no annotation of text. */
export const beginOf = ({ row }: Structure): unknown => row.begin ?? row["^begin"] ?? row["@begin"] ?? row["#begin"];
/** Where it ends. */
export const endOf = ({ row }: Structure): unknown => row.end ?? row["^end"] ?? row["@end"] ?? row["#end"];
const sofaOf = ({ row }: Structure): unknown => row.sofa ?? row["^sofa"] ?? row["@sofa"] ?? row["#sofa"];

/** The text with the characters that XML could not hold, where ours say which; of one that fits nowhere a loss. */
function restored(text: string, structures: readonly Structure[], file: string, losses: Loss[]): string {
  const units: string[] = [];
  let from = 0;
  let unfit = 0;
  const found = structures.flatMap((one) =>
    one.type === CHARACTER ? [{ at: toNumber(beginOf(one)), is: characterNamed(one.row.value) }] : [],
  );
  for (const { at, is } of found.sort((a, b) => a.at - b.at)) {
    if (is === undefined || !(at >= from) || text.charAt(at) !== "\ufffd") unfit++;
    else {
      units.push(text.slice(from, at), is);
      from = at + 1;
    }
  }
  if (unfit > 0)
    losses.push({ kind: "dropped", file, count: unfit, reason: `a ${CHARACTER} where the text has no U+FFFD` });
  return units.join("") + text.slice(from);
}

/** The view of a file that has its text; undefined, and a loss, if none has. Annotations of other views are losses. */
export function casOf(
  file: Of<typeof CAS_FILE>,
  where: Pick<Cas, "file" | "idName" | "types">,
  losses: Loss[],
): Cas | undefined {
  const structures = structuresOf(file["%FEATURE_STRUCTURES"], where, losses);
  const sofas = structures.filter(({ type }) => type === SOFA);
  const sofa = sofas.find(({ row }) => row.sofaID === VIEW) ?? sofas[0];
  const string = sofa?.row.sofaString;
  if (sofa === undefined || string === undefined) {
    losses.push({ kind: "dropped", file: where.file, reason: "no text in it (no Sofa with a sofaString)" });
    return undefined;
  }
  const placed = structures.filter((one) => one.type !== SOFA && beginOf(one) !== undefined);
  for (const other of sofas.filter((one) => one !== sofa)) {
    const count = Math.max(1, placed.filter((one) => sofaOf(one) === other.id).length);
    const name = other.row.sofaID ?? typeName(undefined);
    losses.push({
      kind: "dropped",
      file: where.file,
      count,
      reason: `the view ${name}: one view a file can be taken`,
    });
  }
  const mine = structures.filter((one) => one.type !== SOFA && [undefined, sofa.id].includes(sofaOf(one) as number));
  const view = file["%VIEWS"]?.find(([name]) => name === String(sofa.row.sofaID))?.[1];
  const members = view?.["%MEMBERS"];
  const indexed = members === undefined ? undefined : new Set<unknown>(members);
  const structuresIn =
    indexed === undefined
      ? mine
      : mine.filter(({ id, type }) => indexed.has(id) || type === PROVENANCE || type === ATTRIBUTE);
  const whole = restored(string, structuresIn, where.file, losses);
  const others = structuresIn.filter(({ type }) => type !== CHARACTER);
  const byId = new Map(structures.map((one) => [one.id, one]));
  return { ...where, text: whole, map: new OffsetMap(whole), structures: others, byId };
}
