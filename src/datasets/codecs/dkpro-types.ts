/** Names of UIMA types and features: DKPro Core's, which INCEpTION reads and writes, and ours for what those have no place for. */

/** Text under annotation. */
export const SOFA = "uima.cas.Sofa";
/** The view that has it. */
export const VIEW = "_InitialView";

const DKPRO = "de.tudarmstadt.ukp.dkpro.core.api";
/** A sentence. */
export const SENTENCE = `${DKPRO}.segmentation.type.Sentence`;
/** A word. */
export const TOKEN = `${DKPRO}.segmentation.type.Token`;
/** An entity; its label is the feature `value`. */
export const NAMED_ENTITY = `${DKPRO}.ner.type.NamedEntity`;
/** The document's name. */
export const META = `${DKPRO}.metadata.type.DocumentMetaData`;

/** A sentence's sentiment, in the feature `value`. */
export const SENTIMENT = "glossator.type.Sentiment";
/** An answer, right or plausible, or (empty) that there is none. */
export const ANSWER = "glossator.type.Answer";
/** A label that is wrong here. */
export const REJECTED = "glossator.type.Rejected";
/** A stretch that was looked at in full for entities. */
export const REVIEWED = "glossator.type.Reviewed";
/** A relation between two labels, which says in `value` which; a relation layer as INCEpTION has them. */
export const RELATION = "glossator.type.Relation";
/** What a label says beside its name, where that cannot be the name of a feature. */
export const ATTRIBUTE = "glossator.type.Attribute";
/** A character of the text that XML 1.0 cannot hold, where U+FFFD stands for it; `value` is its code point, as in `U+000C`. */
export const CHARACTER = "glossator.type.Character";
/** Who decided on another annotation. */
export const PROVENANCE = "glossator.type.Provenance";

const STRING = "uima.cas.String";
const ANNOTATION = "uima.tcas.Annotation";

const FEATURES: Readonly<
  Record<string, { readonly parent: string; readonly features: Readonly<Record<string, string>> }>
> = {
  [META]: {
    parent: "uima.tcas.DocumentAnnotation",
    features: { documentTitle: STRING, documentId: STRING },
  },
  [SENTENCE]: { parent: ANNOTATION, features: {} },
  [TOKEN]: { parent: ANNOTATION, features: {} },
  [NAMED_ENTITY]: { parent: ANNOTATION, features: { value: STRING, identifier: STRING } },
  [SENTIMENT]: { parent: ANNOTATION, features: { value: STRING } },
  [ANSWER]: {
    parent: ANNOTATION,
    features: { kind: STRING, question: STRING, questionId: STRING, index: "uima.cas.Integer" },
  },
  [REJECTED]: { parent: ANNOTATION, features: { task: STRING, value: STRING, question: STRING } },
  [REVIEWED]: { parent: ANNOTATION, features: {} },
  [CHARACTER]: { parent: ANNOTATION, features: { value: STRING } },
  [RELATION]: { parent: ANNOTATION, features: { value: STRING, Governor: ANNOTATION, Dependent: ANNOTATION } },
  [ATTRIBUTE]: { parent: "uima.cas.TOP", features: { of: ANNOTATION, name: STRING, value: STRING } },
  [PROVENANCE]: {
    parent: "uima.cas.TOP",
    features: {
      of: ANNOTATION,
      author: STRING,
      time: STRING,
      model: STRING,
      modelVersion: STRING,
      score: "uima.cas.Double",
    },
  },
};

/** A type as type systems declare it. */
export interface DeclaredType {
  readonly name: string;
  readonly parent: string;
  /** Types of its own features by their names. */
  readonly features: readonly (readonly [name: string, range: string])[];
}

/** The declarations of some types. @param more names of further features of each that are texts, in order */
export function declaredTypes(
  types: readonly string[],
  more: ReadonlyMap<string, ReadonlySet<string>>,
): readonly DeclaredType[] {
  return types.map((name) => {
    const { parent, features } = FEATURES[name]!;
    const texts = [...(more.get(name) ?? [])].sort().map((feature) => [feature, STRING] as const);
    return { name, parent, features: Object.entries({ ...features, ...Object.fromEntries(texts) }) };
  });
}

/** The `%TYPES` of some types, as CAS JSON declares them. Arguments as those of {@link declaredTypes}. */
export function typeSystem(types: readonly string[], more: ReadonlyMap<string, ReadonlySet<string>>): object {
  return Object.fromEntries(
    declaredTypes(types, more).map(({ name, parent, features }) => {
      const ranges = features.map(([feature, range]) => [feature, { "%NAME": feature, "%RANGE": range }]);
      return [name, { "%NAME": name, "%SUPER_TYPE": parent, ...Object.fromEntries(ranges) }];
    }),
  );
}

/** What is not a label of text: structure, and the syntax of DKPro Core. Structure is passed over, the rest is listed as a loss. */
export function notLabels(type: string): "structure" | "syntax" | undefined {
  if (/^uima\.|\.metadata\.|\.segmentation\.type\.(?:Token|Sentence|Paragraph|Heading|Div|Document)$/.test(type))
    return "structure";
  return /^(?:de\.tudarmstadt\.ukp|org)\.dkpro\.core\.api\.(?:lexmorph|segmentation|syntax|morph|coref)\./.test(type)
    ? "syntax"
    : undefined;
}
