/** Lists of names for labels that a file has as numbers: as a person types them, and as they lie beside data. */
import type { DatasetFiles, NumberNames } from "../format";
import { isRow } from "./bytes";

/** Numbers above it are ids of some database: nothing counts so many labels. */
const MOST_NUMBERS = 100_000;

/** Names from pairs of a number, or its digits, and a name; undefined if a pair is none. */
export function byNumber(pairs: readonly (readonly [unknown, unknown])[]): NumberNames | undefined {
  const names: (string | undefined)[] = [];
  for (const [key, value] of pairs) {
    const number = typeof key === "string" && /^\s*\d+\s*$/.test(key) ? Number(key) : key;
    if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > MOST_NUMBERS)
      return undefined;
    if (typeof value !== "string" || value.trim() === "") return undefined;
    names[number] = value.trim();
  }
  return pairs.length === 0 ? undefined : names;
}

/**
 * Names from JSON: a list of them, names by number or numbers by name, such a map under `id2label` or `label2id` (the configuration of a
 * model), doccano's list of labels with `id` and `text`. Undefined for anything else.
 */
function namesInJson(value: unknown): NumberNames | undefined {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (list.every((one) => typeof one === "string")) return byNumber(list.map((one, number) => [number, one]));
    return byNumber(
      list.map((one) => (isRow(one) ? [one["id"], one["text"] ?? one["name"] ?? one["label"]] : [])) as [
        unknown,
        unknown,
      ][],
    );
  }
  if (!isRow(value)) return undefined;
  for (const inner of ["id2label", "label2id", "names", "labels"]) {
    const found = namesInJson(value[inner]);
    if (found !== undefined) return found;
  }
  const pairs = Object.entries(value);
  return byNumber(pairs) ?? byNumber(pairs.map(([name, number]) => [number, name]));
}

/**
 * Names as a person writes them: `O, B-PER, I-PER` for 0, 1, 2, or `1=PER, 2=ORG`; one a line is as good, also with the number before the name; or as JSON.
 * Undefined if it is none of that.
 */
export function parseNames(text: string): NumberNames | undefined {
  const given = text.replace(/^\ufeff/, "").trim();
  if (/^[[{]/.test(given)) {
    try {
      return namesInJson(JSON.parse(given));
    } catch {
      return undefined;
    }
  }
  const items = given.split(given.includes("\n") ? /\r?\n/ : ",").map((item) => item.trim());
  const said = items.filter((item) => item !== "");
  if (said.length === 0) return undefined;
  const numbered = said.map((item) => /^(\d+)(?:\s*[=:,;]\s*|\s+)(\S.*)$/.exec(item));
  if (numbered.every((match) => match !== null)) return byNumber(numbered.map((match) => [match[1], match[2]]));
  return byNumber(items.flatMap((item, number): [number, string][] => (item === "" ? [] : [[number, item]])));
}

/** What files with names of labels are called: those of Hugging Face's scripts and configurations, of doccano and of benchmarks. */
const LIST =
  /(?:^|\/)(?:labels?|label[-_]?(?:list|names|map|mapping|config)|class(?:es|[-_]?names)|tags|tag[-_]?names|mapping|id2label|label2id|tag2id|tag[-_]to[-_]id|config)\.(?:json|txt)$/i;

/** Whether a file's name is one of a list of names of labels. */
export function isNameList(file: string): boolean {
  return LIST.test(file);
}

/** The list of names among files, if there is one, or all that are there agree. */
export function nameListIn(files: DatasetFiles): { readonly names: NumberNames; readonly file: string } | undefined {
  const found = [...files].flatMap(([file, bytes]) => {
    if (!isNameList(file) || bytes.length > MOST_NUMBERS) return [];
    const names = parseNames(new TextDecoder().decode(bytes));
    return names === undefined ? [] : [{ names, file }];
  });
  const [first, ...others] = found;
  const same = (one: (typeof found)[number]): boolean => JSON.stringify(one.names) === JSON.stringify(first?.names);
  return others.every(same) ? first : undefined;
}
