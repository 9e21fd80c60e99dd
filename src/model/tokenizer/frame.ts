/** The special tokens around a text, or around question and passage, as the post-processor of `tokenizer.json` says. */
import { isId, list, object } from "./json";
import type { Json } from "./json";

/** Ids before and after one text. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Ids around two texts. Everything up to the second text is of token type 0. */
export interface PairFrame extends Frame {
  readonly between: readonly number[];
  /** Token type of the second text and what comes after it. */
  readonly secondType: 0 | 1;
}

/** Both. */
export interface Frames {
  readonly single: Frame;
  readonly pair: PairFrame;
}

/** Frames without any special token. */
export const NO_FRAMES: Frames = {
  single: { before: [], after: [] },
  pair: { before: [], between: [], after: [], secondType: 0 },
};

/** The frames of BERT, from the ids of its two special tokens. */
export function bertFrames(cls: number, sep: number): Frames {
  return {
    single: { before: [cls], after: [sep] },
    pair: { before: [cls], between: [sep], after: [sep], secondType: 1 },
  };
}

/**
 * Reads a post-processor.
 * @param refuse makes the error from what is wrong.
 * @returns undefined when it adds no special tokens.
 * @throws what `refuse` makes, for a type, or an order of tokens, that is not supported.
 */
export function readFrames(value: unknown, refuse: (what: string) => Error): Frames | undefined {
  const json = object(value);
  if (!json) return undefined;
  switch (json["type"]) {
    case "ByteLevel":
      return undefined;
    case "Sequence": {
      const found = list(json["processors"]).map((part) => readFrames(part, refuse));
      const frames = found.filter((part) => part !== undefined);
      if (frames.length > 1) throw refuse("the post-processor adds special tokens twice");
      return frames[0];
    }
    case "BertProcessing":
      return bertFrames(...clsAndSep(json, refuse));
    case "RobertaProcessing": {
      const [cls, sep] = clsAndSep(json, refuse);
      return {
        single: { before: [cls], after: [sep] },
        pair: { before: [cls], between: [sep, sep], after: [sep], secondType: 0 },
      };
    }
    case "TemplateProcessing":
      return template(json, refuse);
    default:
      throw refuse(`the post-processor is of type ${JSON.stringify(json["type"] ?? "unknown")}`);
  }
}

function clsAndSep(json: Json, refuse: (what: string) => Error): [number, number] {
  const [cls, sep] = ["cls", "sep"].map((key) => list(json[key])[1]);
  if (!isId(cls) || !isId(sep)) throw refuse("the post-processor does not say the ids of its special tokens");
  return [cls, sep];
}

interface Item {
  /** Ids of a special token; undefined for a text. */
  readonly ids?: readonly number[];
  readonly text?: string;
  readonly type: number;
}

function template(json: Json, refuse: (what: string) => Error): Frames {
  const special = object(json["special_tokens"]) ?? {};
  const items = (key: string): Item[] =>
    list(json[key]).map((value) => {
      const sequence = object(object(value)?.["Sequence"]);
      const token = object(object(value)?.["SpecialToken"]);
      const { id, type_id: type } = sequence ?? token ?? {};
      if (typeof id !== "string" || !isId(type)) throw refuse(`the post-processor's "${key}" is malformed`);
      if (sequence) return { text: id, type };
      const ids = list(object(special[id])?.["ids"]);
      if (ids.length === 0 || !ids.every(isId)) throw refuse(`the post-processor does not say the id of ${id}`);
      return { ids, type };
    });
  const idsOf = (part: readonly Item[]): number[] => part.flatMap((item) => item.ids ?? []);
  const single = items("single");
  const a = single.findIndex((item) => item.text === "A");
  if (single.filter((item) => item.text !== undefined).length !== 1 || a < 0 || single.some(({ type }) => type !== 0))
    throw refuse("the post-processor's template for one text is not supported");
  const pair = items("pair");
  const [first, second] = [pair.findIndex((item) => item.text === "A"), pair.findIndex((item) => item.text === "B")];
  const secondType = pair[second]?.type;
  const fits =
    pair.filter((item) => item.text !== undefined).length === 2 &&
    first >= 0 &&
    second > first &&
    (secondType === 0 || secondType === 1) &&
    pair.every(({ type }, i) => type === (i < second ? 0 : secondType));
  if (!fits) throw refuse("the post-processor's template for two texts is not supported");
  return {
    single: { before: idsOf(single.slice(0, a)), after: idsOf(single.slice(a + 1)) },
    pair: {
      before: idsOf(pair.slice(0, first)),
      between: idsOf(pair.slice(first + 1, second)),
      after: idsOf(pair.slice(second + 1)),
      secondType,
    },
  };
}
