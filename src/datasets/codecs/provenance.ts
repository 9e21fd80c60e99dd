/** Who decided a label, when, and what the model had said: as JSON rows hold it. */
import type { Provenance } from "../../documents/labelled";
import { isoTime } from "../reading/bytes";
import type { Row } from "../reading/bytes";
import { anyText, either, number, object, perhaps, take, text } from "../reading/shape";
import type { Of } from "../reading/shape";
import { wellFormed } from "../../text/well-formed";

/** Provenance alone, without what else is in the object, in a fixed order; what is not known is left out. */
export function provenanceRow({ author, time, model, score }: Provenance): Row {
  return {
    ...(author !== undefined && { author: wellFormed(author) }),
    ...(time !== undefined && { time }),
    ...(model !== undefined && { model: { name: wellFormed(model.name), version: wellFormed(model.version) } }),
    ...(score !== undefined && { score }),
  };
}

/** The fields of {@link provenanceRow} in a shape. Other tools have fields of these names: what does not fit is theirs. */
export const PROVENANCE = {
  author: text,
  time: perhaps(either(anyText, number)),
  model: perhaps(object({ name: text, version: perhaps(anyText) })),
  score: perhaps(number),
};

type Said = { readonly [K in keyof typeof PROVENANCE]?: Of<(typeof PROVENANCE)[K]> | undefined };

/** From {@link PROVENANCE}: a score that is no probability, and a time that is none, are left out. */
export function provenanceOf({ author, time: said, model: by, score }: Said): Provenance {
  const time = isoTime(said);
  const model = by?.name === undefined ? undefined : { name: by.name, version: by.version ?? "" };
  return {
    ...(author !== undefined && { author }),
    ...(time !== undefined && { time }),
    ...(model && { model }),
    ...(score !== undefined && score >= 0 && score <= 1 && { score }),
  };
}

const WHOLE_PROVENANCE = object(PROVENANCE);

/** Reads {@link provenanceRow} back. Untrusted: what is not as it must be is left out. */
export function readProvenance(value: unknown): Provenance {
  return provenanceOf(take(WHOLE_PROVENANCE, value, {}, []) ?? {});
}

/** Who, when and which model, in columns or fields of these names. */
export const FLAT_PROVENANCE = {
  author: text,
  time: perhaps(either(anyText, number)),
  model: text,
  model_version: text,
  score: perhaps(number),
};

/** Who, when and which model under the names of {@link FLAT_PROVENANCE}; what is not known is left out. */
export function flatProvenanceRow(by: Provenance): {
  readonly [K in keyof typeof FLAT_PROVENANCE]?: string | number;
} {
  const { author, time, model, score } = by;
  return {
    ...(author !== undefined && { author: wellFormed(author) }),
    ...(time !== undefined && { time }),
    ...(model !== undefined && { model: wellFormed(model.name), model_version: wellFormed(model.version) }),
    ...(score !== undefined && { score }),
  };
}

/** From {@link FLAT_PROVENANCE}: a time or a probability that is none is left out. */
export function flatProvenanceOf(said: {
  readonly [K in keyof typeof FLAT_PROVENANCE]: Of<(typeof FLAT_PROVENANCE)[K]> | undefined;
}): Provenance {
  const { author, time, model: name, model_version: version = "", score } = said;
  return provenanceOf({ author, time, score, model: name === undefined ? undefined : { name, version } });
}
