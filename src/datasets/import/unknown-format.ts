/** Files that look like no format: what is in them, and what can be said of them all the same. */
import { FORMATS } from "../formats";
import type { FormatName } from "../formats";
import type { DatasetFiles } from "../format";
import { head } from "../reading/bytes";
import { JSON_FILE } from "../reading/json";
import { firstRows } from "../reading/json-rows";
import { fieldsShown } from "../reading/read-dataset";

/** The format for files whose columns the user named. */
export function tableFormat(files: DatasetFiles): FormatName {
  const names = [...files.keys()];
  if (names.some((name) => JSON_FILE.test(name) || /\.(?:parquet|arrow)$/i.test(name))) return "huggingface";
  return names.some((name) => /\.(?:csv|tsv)$/i.test(name)) ? "csv" : "conll2003";
}

/** What a user is told of files that look like no format: the fields or the columns that they have, and how to go on. */
export function unknownFormat(files: DatasetFiles): string {
  const some = [...files.keys()].slice(0, 5).join(", ");
  const names = Object.keys(FORMATS).join(", ");
  return `These files look like none of the formats (${some}).${contents(files)} Name the format: one of ${names}.`;
}

function contents(files: DatasetFiles): string {
  const say = (what: string): string =>
    ` ${what}: say which has the text and which the labels, as in --columns text=NAME,label=NAME.`;
  for (const [file, bytes] of files) {
    const start = head(bytes);
    if (JSON_FILE.test(file)) {
      const [row] = firstRows(start);
      if (row !== undefined) return say(`The rows of ${file} have the fields ${fieldsShown(Object.entries(row))}`);
    } else if (/\.(?:csv|tsv)$/i.test(file)) {
      return say(`The first row of ${file} is ${JSON.stringify(start.split(/\r?\n/, 1)[0]?.slice(0, 200))}`);
    }
  }
  return "";
}
