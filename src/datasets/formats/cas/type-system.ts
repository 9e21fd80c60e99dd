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

/** Whether a feature of a type is a text; undefined where that is not known. */
export function isTextual(types: TypeSystem, type: string, feature: string): boolean | undefined {
  const seen = new Set<string>();
  for (let name: string | undefined = type; name !== undefined && !seen.has(name); name = types.get(name)?.parent) {
    seen.add(name);
    const range = types.get(name)?.features.get(feature);
    // One of a list of texts is a type of its own.
    if (range !== undefined) return range === STRING || types.get(range)?.parent === STRING;
  }
  return undefined;
}
