/** Documents from words with tags, however a format has them: lines, rows of a table. */
import { layersByKind } from "../../documents/layers";
import type { Label } from "../../documents/labelled";
import { SPANS } from "../../documents/tasks";
import { decodeTags } from "../../text/tags";
import type { TagScheme } from "../../text/tags";
import { joinWords } from "../format";
import type { ReadDocument } from "../format";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { UNLABELLED } from "../reading/builder";

/** A word with its tags. */
export interface TaggedWord {
  readonly word: string;
  /** One for each column of tags; none where the line has no such column. */
  readonly tags: readonly string[];
  readonly line: number;
}

/** Sentences that make a document. */
export interface TaggedBlock {
  readonly file: string;
  readonly line: number;
  /** The document's path, where the file says it. */
  readonly path?: string;
  readonly sentences: readonly (readonly TaggedWord[])[];
}

/** The tags of a sentence, a list for each column. */
export function tagsOf(words: readonly TaggedWord[]): string[][] {
  const columns = words.reduce((most, { tags }) => Math.max(most, tags.length), 0);
  return Array.from({ length: columns }, (_, column) => words.map(({ tags }) => tags[column] ?? "O"));
}

/** A document whose sentences stand apart. Those with a tag on every word count as reviewed. */
export function taggedDocument(
  { file, line, path, sentences }: TaggedBlock,
  scheme: TagScheme,
  losses: Loss[],
): ReadDocument {
  const { text, words } = joinWords(sentences.map((sentence) => sentence.map(({ word }) => word)));
  const spans = sentences.flatMap((sentence, number) => {
    const seen = new Set<string>();
    return tagsOf(sentence).flatMap((tags) => {
      const { entities, problems } = decodeTags(tags, scheme);
      for (const { index, reason } of problems) {
        const at = sentence[index]!;
        losses.push({ kind: "assumed", task: SPANS, file, line: at.line, exact: excerpt(at.word), reason });
      }
      return entities.flatMap(({ first, last, label }): Label[] => {
        const key = `${first} ${last} ${label}`;
        if (seen.has(key)) return [];
        seen.add(key);
        const span = { start: words[number]![first]!.start, end: words[number]![last]!.end };
        return [{ ...span, label, exact: text.slice(span.start, span.end), line: sentence[first]!.line }];
      });
    });
  });
  const reviewed = sentences.flatMap((sentence, number) =>
    sentence.some(({ tags }) => tags.length === 0)
      ? []
      : [{ start: words[number]![0]!.start, end: words[number]!.at(-1)!.end }],
  );
  const layers = layersByKind({ spans, reviewed });
  const named = path === undefined ? {} : { path };
  return { ...UNLABELLED, ...named, file, line, text, kind: "tokens", words: words.flat(), layers };
}
