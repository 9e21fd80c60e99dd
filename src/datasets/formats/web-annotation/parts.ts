/** The parts of a W3C Web Annotation as they are read: annotations of a file, targets, who made them. */
import type { Details, Provenance } from "../../../documents/labelled";
import type { Span } from "../../../text/span";
import { isoTime } from "../../reading/bytes";
import { attributesOf } from "../../codecs/attributes";
import { provenanceOf } from "../../codecs/provenance";
import { fromList, jsonObjects } from "../../reading/json";
import type { Loss } from "../../losses";
import {
  anything,
  anyText,
  either,
  has,
  list,
  mapped,
  number,
  object,
  oneOrMore,
  perhaps,
  take,
  text,
} from "../../reading/shape";
import type { Of, Shape } from "../../reading/shape";

/** What a target says: which text, and where in it. */
export interface Target {
  /** As the file calls it. */
  readonly id?: string;
  readonly source: string | undefined;
  readonly position?: Span;
  readonly quote?: { readonly exact: string; readonly prefix: string; readonly suffix: string };
}

function pathOf(name: string | undefined): string | undefined {
  if (name === undefined || name === "") return undefined;
  // A page is called by its address, without what only a browser needs of it.
  const [address = ""] = name
    .replace(/^file:\/*/, "")
    .replace(/^https?:\/\/(?:www\.)?/i, "")
    .split(/[?#]/, 1);
  let end = address.length;
  while (address[end - 1] === "/") end--;
  const path = address.slice(0, end);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const ID = { id: anything, "@id": anything };
const idOf = ({ id, "@id": at }: Of<typeof IDENTIFIED>): string | undefined => {
  const name = id ?? at;
  return pathOf(typeof name === "string" ? name : undefined);
};
const IDENTIFIED = object(ID);
/** What is named, by an address alone or an object that has it. What names nothing is nowhere. */
const SOURCE = either(
  mapped(anyText, pathOf),
  either(
    mapped(IDENTIFIED, idOf),
    mapped(anything, () => undefined),
  ),
);

const SELECTOR = object({
  ...{ type: perhaps(text), start: perhaps(number), end: perhaps(number), exact: perhaps(text) },
  ...{ prefix: text, suffix: text },
});

function targetOf(at: string | undefined, selectors: readonly Of<typeof SELECTOR>[] = []): Target {
  const found: { position?: Span; quote?: NonNullable<Target["quote"]> } = {};
  for (const { type, start, end, exact, prefix = "", suffix = "" } of selectors) {
    if (type === "TextPositionSelector" && start !== undefined && end !== undefined) found.position = { start, end };
    else if (type === "TextQuoteSelector" && exact !== undefined) found.quote = { exact, prefix, suffix };
  }
  return { source: at, ...found };
}

/** In a page a fragment is enough to name an annotation. */
function called(id: unknown): Pick<Target, "id"> {
  return typeof id === "string" && id !== "" ? { id: id.replace(/^#/, "") } : {};
}

/** The annotations that one joins, if that is all that it says of its targets. */
export function linkedBy({ motivation, target = [] }: Annotation): readonly [from: string, to: string] | undefined {
  const [from, to, ...more] = target;
  if (motivation?.includes("linking") !== true || more.length > 0) return undefined;
  const placed = [from, to].some((one) => one?.position !== undefined || one?.quote !== undefined);
  return placed || from?.id === undefined || to?.id === undefined ? undefined : [from.id, to.id];
}

/** A target that says nothing is one all the same: of the only text there is. */
const TARGETS: Shape<readonly Target[]> = oneOrMore(
  either(
    mapped(object({ ...ID, source: SOURCE, selector: oneOrMore(perhaps(SELECTOR)) }), (target) => ({
      ...called(target.id ?? target["@id"]),
      ...targetOf(target.source ?? idOf(target), target.selector),
    })),
    either(
      mapped(anyText, (name) => ({ ...called(name), ...targetOf(pathOf(name)) })),
      mapped(anything, () => targetOf(undefined)),
    ),
  ),
);

const TIME = perhaps(either(text, number));
const PERSON = either(
  mapped(object({ name: text, nickname: text }), ({ name, nickname }) => ({ name: name ?? nickname })),
  mapped(anyText, (name) => ({ name: pathOf(name) })),
);
const SAID = object({ "glossator:name": anyText, "glossator:value": text }, "glossator:name", "glossator:value");
const BODY = object({
  "glossator:attributes": list(SAID),
  ...{ type: perhaps(text), value: anyText, purpose: text, "glossator:score": perhaps(number) },
  creator: perhaps(object({ type: perhaps(text), name: text, "schema:softwareVersion": text })),
});
const ANNOTATION = object({
  ...{ id: text, target: TARGETS, body: oneOrMore(perhaps(BODY)), motivation: oneOrMore(text) },
  ...{ creator: PERSON, created: TIME, modified: TIME },
  // Of Hypothesis.
  ...{ tags: list(text), user: perhaps(text), text: perhaps(anyText), updated: TIME, uri: perhaps(text) },
  ...{ "glossator:path": text, "glossator:question": text, "glossator:task": text, "glossator:plausible": TARGETS },
});

/** An annotation. */
export type Annotation = Of<typeof ANNOTATION>;
/** A body of an annotation. */
export type Body = Of<typeof BODY>;

/** One annotation with its place in the files. */
export interface Found {
  readonly row: Annotation;
  readonly file: string;
  readonly line: number;
}

/** The annotations of a file, each by itself, so that a broken one costs no other. */
export function* annotationsIn(all: string, file: string, losses: Loss[]): Generator<Found> {
  const from = all.trimStart().startsWith("[") ? all : (fromList(all, "items", "rows") ?? all);
  for (const { row: value, line } of jsonObjects(from, file, losses)) {
    if (!has(value, "target")) losses.push({ kind: "dropped", file, line, reason: "no annotation: it has no target" });
    else {
      const row = take(ANNOTATION, value, { file, line }, losses);
      if (row !== undefined) yield { row, file, line };
    }
  }
}

/** What a label says beside its name. @param lose is told why, for each that is left out */
export function attributesIn(
  { "glossator:attributes": said = [] }: Body,
  lose: (reason: string) => void,
): Pick<Details, "attributes"> {
  return attributesOf(
    said.map((one) => [one["glossator:name"], one["glossator:value"]]),
    lose,
  );
}

/** Who decided, when, and what the model had said. */
export function provenanceIn(row: Annotation, body: Body): Provenance {
  const { creator: software, "glossator:score": score } = body;
  const name = software?.type === "Software" ? software.name : undefined;
  return provenanceOf({
    author: row.creator?.name,
    time: isoTime(row.modified ?? row.updated) ?? row.created,
    model: name === undefined ? undefined : { name, version: software?.["schema:softwareVersion"] },
    score,
  });
}
