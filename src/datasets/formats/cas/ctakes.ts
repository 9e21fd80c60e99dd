/** Types of Apache cTAKES, as its `TypeSystem.xml` declares them (ctakes-type-system): files of it seldom come with one. */

const PACKAGE = "org.apache.ctakes.typesystem.type.";

/** A type without the package that all of them are in; undefined for one of others. */
function within(type: string): string | undefined {
  return type.startsWith(PACKAGE) ? type.slice(PACKAGE.length) : undefined;
}

/** What annotations of a type are; undefined for those of others. `mention`: of something in the text, and the type is what it is. */
export function ctakesKind(type: string): "sentence" | "word" | "structure" | "syntax" | "mention" | undefined {
  const name = within(type);
  if (name === undefined) return undefined;
  if (name === "textspan.Sentence") return "sentence";
  if (/^syntax\.\w+Token$/.test(name)) return name === "syntax.NewlineToken" ? "structure" : "word";
  if (name.startsWith("textspan.")) return "structure";
  return /^textsem\.(?!(?:Predicate|SemanticArgument)$)/.test(name) ? "mention" : "syntax";
}

/** Features of a mention that are whole numbers, which without a type system may be taken for references. */
const NUMBERS = new Set(["id", "typeID", "discoveryTechnique", "polarity", "uncertainty", "historyOf"]);

/** Whether a feature of a type is a number. */
export function isCtakesNumber(type: string, feature: string): boolean {
  return ctakesKind(type) === "mention" && NUMBERS.has(feature);
}
