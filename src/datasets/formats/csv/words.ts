/** Tables with a word a row and its tag, such as `Sentence #,Word,POS,Tag`. */
import { taggedDocument, tagsOf } from "../../codecs/tagged-words";
import type { TaggedBlock, TaggedWord } from "../../codecs/tagged-words";
import { SPANS } from "../../../documents/tasks";
import { schemeOf } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import type { ReadResult } from "../../format";
import { isTag } from "../../../text/tags";
import { excerpt } from "../../losses";
import type { CsvRow } from "./rows";

/** Words for "no label" in tables whose tags are plain names. */
const NONE = /^(?:o|other|others|none|null|out|outside|nothing|)$/i;

/** A new sentence: another number of it, or, without numbers, an empty line before it. Kaggle's tables number the first word of each only. */
function begins(row: CsvRow, before: CsvRow | undefined, sentence: string): boolean {
  if (before === undefined) return false;
  if (row.header.at.sentence === undefined) return row.line > before.line + before.lines;
  const own = row.cell("sentence");
  return own !== "" && own !== sentence;
}

type GrowingBlock = Omit<TaggedBlock, "sentences"> & { readonly sentences: TaggedWord[][] };

/** The document of each file of words, and the scheme of their tags. */
export function wordDocuments(
  rows: readonly CsvRow[],
  { options, losses }: Input,
): Pick<ReadResult, "documents" | "scheme"> {
  const blocks = new Map<string, GrowingBlock>();
  const plain = plainNames(rows);
  let before: CsvRow | undefined;
  let sentence = "";
  let noTag = 0;
  for (const row of rows) {
    const { file, line, cell } = row;
    const [word, tag] = [cell("word"), cell("tag").trim()];
    if (word.trim() === "") {
      losses.push({ kind: "dropped", file, line, reason: "the row has no word" });
      continue;
    }
    const path = cell("document");
    const key = `${file} ${path}`;
    const block: GrowingBlock = blocks.get(key) ?? { file, line, ...(path !== "" && { path }), sentences: [[]] };
    blocks.set(key, block);
    const same = before?.file === file ? before : undefined;
    if (begins(row, same, sentence) && block.sentences.at(-1)!.length > 0) block.sentences.push([]);
    sentence = cell("sentence") || (same === undefined ? "" : sentence);
    before = row;
    const outside = tag !== "O" && NONE.test(tag) && (plain || tag === "");
    if (outside && tag !== "") noTag++;
    // White space within a word would make it two.
    block.sentences
      .at(-1)!
      .push({ word: word.trim().replace(/\s+/g, " "), tags: tag === "" ? [] : [outside ? "O" : tag], line });
  }
  const [first] = rows;
  if (noTag > 0 && first !== undefined) {
    const name = rows.map(({ cell }) => cell("tag").trim()).find((tag) => tag !== "O" && tag !== "" && NONE.test(tag))!;
    const reason = `the tag ${excerpt(name)} is taken for "no label"`;
    losses.push({ kind: "assumed", task: SPANS, file: first.file, line: first.line, count: noTag, reason });
  }
  const all = [...blocks.values()];
  const scheme = schemeOf(
    options,
    all.flatMap(({ sentences }) => sentences.flatMap(tagsOf)),
  );
  return { documents: all.map((block) => taggedDocument(block, scheme.value, losses)), scheme };
}

/** Whether tags are names without prefixes. */
function plainNames(rows: readonly CsvRow[]): boolean {
  const tags = rows.map(({ cell }) => cell("tag").trim()).filter((tag) => !NONE.test(tag));
  return tags.filter(isTag).length * 2 < tags.length;
}
