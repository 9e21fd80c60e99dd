/** What a type system says of types: whose features are texts. */
import { fields, object, perhaps, record, take, text } from "../../reading/shape";

/** A type: the one it is a kind of, and the types of its own features by name. */
interface Type {
  readonly parent?: string;
  readonly features: ReadonlyMap<string, string>;
}

/** Types by name; of those that are not in it nothing is known. */
export type TypeSystem = ReadonlyMap<string, Type>;

const STRING = "uima.cas.String";

const DECLARED = object({ "%SUPER_TYPE": perhaps(text) });
const FEATURE = object({ "%RANGE": perhaps(text) });

/** The `%TYPES` of CAS JSON. What is not as it should be says nothing, and is no loss: it is no label. */
export function typesOfJson(types: unknown): TypeSystem {
  const found = take(perhaps(record(perhaps(fields))), types, {}, []) ?? [];
  return new Map(
    found.map(([name, type]) => {
      const { "%SUPER_TYPE": parent } = take(DECLARED, type, {}, []) ?? {};
      const features = Object.entries(type).flatMap(([feature, about]): [string, string][] => {
        const range = fields.fits(about) ? take(FEATURE, about, {}, [])?.["%RANGE"] : undefined;
        return range === undefined ? [] : [[feature.replace(/^[@^#]/, ""), range]];
      });
      return [name, { ...(parent !== undefined && { parent }), features: new Map(features) }];
    }),
  );
}

/** Ranges of values that are written out where they are, and refer to nothing. */
const PLAIN = new Set([
  ...[STRING, "uima.cas.Boolean", "uima.cas.Byte", "uima.cas.Short", "uima.cas.Integer", "uima.cas.Long"],
  ...["uima.cas.Float", "uima.cas.Double"],
]);

/** Whether a feature of a type is a text; undefined where that is not known. */
export function isTextual(types: TypeSystem, type: string, feature: string): boolean | undefined {
  const range = rangeOf(types, type, feature);
  // One of a list of texts is a type of its own.
  return range === undefined ? undefined : range === STRING || types.get(range)?.parent === STRING;
}

/** Whether a feature of a type is a text, a number, or true or false; undefined where that is not known. */
export function isValue(types: TypeSystem, type: string, feature: string): boolean | undefined {
  const range = rangeOf(types, type, feature);
  return range === undefined ? undefined : PLAIN.has(range) || types.get(range)?.parent === STRING;
}

function rangeOf(types: TypeSystem, type: string, feature: string): string | undefined {
  const seen = new Set<string>();
  for (let name: string | undefined = type; name !== undefined && !seen.has(name); name = types.get(name)?.parent) {
    seen.add(name);
    const range = types.get(name)?.features.get(feature);
    if (range !== undefined) return range;
  }
  return undefined;
}
