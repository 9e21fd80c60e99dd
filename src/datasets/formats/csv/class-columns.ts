/** Tables of texts with several classes: a column for each class, or a cell that lists them. */
import { oneHotColumns, saysYes } from "../../reading/one-hot";

/** Names of columns that say by themselves that a cell has several labels. */
const PLURAL = /^(?:labels|tags|classes|categories|topics|genres|emotions|intents|targets)$/i;
const SEPARATORS = [";", "|", ","] as const;
/** No name of a label is longer: what is, is a sentence with a comma in it. */
const LONGEST_NAME = 60;

/** Where the columns are of which each is a class; none where a table has none. @param text where its texts are */
export function classColumns(
  names: readonly string[],
  records: readonly (readonly string[])[],
  text: number,
): readonly number[] {
  const whole = records.filter((cells) => cells.length >= names.length);
  const found = oneHotColumns(
    names.filter((_, index) => index !== text),
    whole.map((cells) => (name) => cells[names.indexOf(name)]?.trim()),
  );
  return found.map((name) => names.indexOf(name));
}

/** The names of the columns whose cell says that the text has the class. */
export function classesOf(names: readonly string[], cells: readonly string[], columns: readonly number[]): string[] {
  return columns.filter((index) => saysYes(cells[index]?.trim())).map((index) => names[index]!.trim());
}

/** What stands between the labels of a cell; undefined where the column is not called like one of several, or none has several. */
export function separatorOf(name: string, cells: readonly string[]): string | undefined {
  if (!PLURAL.test(name.trim())) return undefined;
  return SEPARATORS.find(
    (separator) =>
      cells.some((cell) => cell.includes(separator)) &&
      cells.every((cell) => cell.split(separator).every((part) => part.trim().length <= LONGEST_NAME)),
  );
}
