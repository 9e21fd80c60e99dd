/** Columns of which each is a class, with 1 where a text has it and 0 where not, as data sets of texts with several classes have them. */

const YES: ReadonlySet<unknown> = new Set([1, true, "1", "1.0", "true", "True", "TRUE"]);
const NO: ReadonlySet<unknown> = new Set([0, false, "0", "0.0", "false", "False", "FALSE"]);
/** Columns that say something else by 0 and 1: numbers of rows, and what a text is or has beside its classes. */
const OTHERS =
  /^(?:|id|idx|index|row|split|fold|year|count|n|len(?:gth)?|unnamed:.*|.*[_-]id|id[_-].*|(?:is|has|num)[_-].*)$/i;

/** Whether a cell says that the text has the class. */
export function saysYes(value: unknown): boolean {
  return YES.has(typeof value === "bigint" ? Number(value) : value);
}

function saysNo(value: unknown): boolean {
  return NO.has(typeof value === "bigint" ? Number(value) : value);
}

/**
 * Which of a table's columns are classes: those that say yes or no in every row, if they are at least two of at least two rows, and something has a class at all.
 * @param values of a column, by its name, row by row
 */
export function oneHotColumns(
  names: readonly string[],
  rows: readonly ((name: string) => unknown)[],
): readonly string[] {
  if (rows.length < 2) return [];
  const found = names.filter(
    (name) =>
      !OTHERS.test(name.trim()) &&
      rows.every((row) => {
        const value = row(name);
        return saysYes(value) || saysNo(value);
      }),
  );
  return found.length > 1 && rows.some((row) => found.some((name) => saysYes(row(name)))) ? found : [];
}
