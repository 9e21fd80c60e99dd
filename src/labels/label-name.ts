/** The one rule of what a new label may be called. Names that come from elsewhere (a log, a label set, a model, a file) stay as they are, and are shown by `shownName`. */

/** Longest name of a new label, in code points. */
const LONGEST = 100;

/** What is wrong with the name of a label that a user makes, in words; undefined if nothing is. */
export function labelNameProblem(name: string): string | undefined {
  if (name === "") return "A label needs a name.";
  if (/\s/u.test(name)) return "The name of a label has no white space in it.";
  if (/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(name))
    return "The name of a label has a character in it that cannot be seen: type it anew.";
  if (/["'`\\<>]/.test(name))
    return "The name of a label has no quotation marks, backslashes, or angle brackets in it.";
  if (Array.from(name).length > LONGEST) return `The name of a label has at most ${LONGEST} characters.`;
  if (name === "O") return '"O" means "no label" in every tag scheme; choose another name.';
  return undefined;
}
