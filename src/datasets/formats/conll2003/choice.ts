/** The columns that are taken of a file, and what is said of the others. */
import { linesOf } from "../../reading/bytes";
import { ReadError } from "../../format";
import type { TableColumns } from "../../format";
import type { Loss } from "../../losses";
import { SPANS } from "../../../documents/tasks";
import { beginsDocument, cellsOf, columnsOf, isComment } from "./columns";
import type { Columns, ColumnKind, SeenColumn } from "./columns";

/** Columns of a file, as they are taken. */
export interface Chosen extends Columns {
  /** The user said which has the tags. */
  readonly byUser: boolean;
}

const ROLES = ["word", "tag"] as const;
const SHOWN_ROWS = 5;

/** The columns of a file, those that the user named first. @throws {ReadError} for a column that is none, or a role that there is not */
export function chosenColumns(text: string, file: string, named: Readonly<Record<string, string>> = {}): Chosen {
  const found = columnsOf(text);
  const odd = Object.keys(named).find((role) => !ROLES.some((one) => one === role));
  if (odd !== undefined)
    throw new ReadError(
      `A file with one word a line has columns for ${ROLES.join(" and ")}, not for ${odd}: --columns word=1,tag=2.`,
    );
  const numbers = (role: (typeof ROLES)[number]): number[] | undefined =>
    named[role]?.split("+").map((one) => {
      const number = Number(one);
      if (!/^\d+$/.test(one) || number < 1 || number > found.all.length)
        throw new ReadError(`${file}: column ${one} is none; its lines have columns 1 to ${found.all.length}.`);
      return number - 1;
    });
  const [words, tags] = [numbers("word") ?? [found.word], numbers("tag") ?? found.tags];
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw new ReadError("One column has the words: --columns word=1,tag=2.");
  return { ...found, word, tags, byUser: named["tag"] !== undefined };
}

const HOLDS: Readonly<Record<ColumnKind, string>> = {
  words: "words or names",
  tags: "tags of entities",
  chunks: "tags of phrases (chunks)",
  numbers: "numbers of words",
  nothing: "nothing",
  other: "something else",
};

function saying({ kind, labels, examples }: SeenColumn): string {
  const such = examples.length === 0 ? "" : `, such as ${examples.join(", ")}`;
  return kind === "tags" || kind === "chunks" ? `${HOLDS[kind]}: ${labels}${such}` : `${HOLDS[kind]}${such}`;
}

/** Tells of columns that were not taken: labels are lost, all else has no place here. */
export function tellOthers({ all, word, tags, byUser }: Chosen, file: string, losses: Loss[]): void {
  const taken = tags.map((index) => index + 1).join("+");
  for (const [index, column] of all.entries()) {
    if (index === word || tags.includes(index) || column.kind === "numbers" || column.kind === "nothing") continue;
    const number = index + 1;
    if (column.kind === "tags" && column.labels > 0 && !byUser) {
      const reason =
        `column ${number} has tags, too (${column.examples.join(", ")}); column ${taken} was taken: ` +
        `--columns tag=${number} takes this one, --columns tag=${[...tags, index]
          .map((one) => one + 1)
          .sort((a, b) => a - b)
          .join("+")} both`;
      losses.push({ kind: "dropped", file, task: SPANS, count: column.labels, reason });
    } else {
      losses.push({ kind: "beside", file, count: column.cells, reason: `column ${number}: ${saying(column)}` });
    }
  }
}

/** The file's columns with a few lines, for the user. */
export function tableOf({ all, word, tags, separator }: Chosen, text: string, file: string): TableColumns {
  const rows: string[][] = [];
  for (const { text: line } of linesOf(text)) {
    const cells = beginsDocument(line) ? [] : cellsOf(line, separator);
    if (cells.every((cell) => cell === "") || isComment(line, cells)) continue;
    rows.push(cells);
    if (rows.length === SHOWN_ROWS) break;
  }
  const columns = all.map((column, index) => ({
    name: String(index + 1),
    ...(index === word ? { role: "word" } : tags.includes(index) ? { role: "tag" } : {}),
    holds: saying(column),
  }));
  return { file, columns, rows, roles: ROLES };
}
