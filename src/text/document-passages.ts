/** The passages that are asked about: what can be read of a document, and the borders no answer crosses. Offsets are UTF-16 code units. */
import { blockBorders } from "./block-borders";
import { passagesOf } from "./passages";
import type { Passage, SentenceLike } from "./passages";
import { readablePieces } from "./readable";
import type { ReadablePiece } from "./readable";

/** A passage, and where in its text another block begins: no answer crosses that. */
export interface DocumentPassage extends Passage {
  /** Offsets in `text`, in order. */
  readonly borders: readonly number[];
}

/**
 * The passages of a document to look for answers in, code included: what editor and command line ask about.
 * @param sentences of the document, in order, with markup blanked out. @param languageId VS Code's.
 */
export function* documentPassages(
  text: string,
  sentences: Iterable<SentenceLike>,
  languageId: string,
): Generator<DocumentPassage> {
  const opening: number[] = [];
  const pieces = function* (): Generator<ReadablePiece> {
    for (const piece of readablePieces(text, sentences, languageId)) {
      if (piece.opens) opening.push(piece.start);
      yield piece;
    }
  };
  let from = 0;
  for (const passage of passagesOf(pieces())) {
    while (from < opening.length && opening[from]! <= passage.start) from++;
    const borders = new Set(blockBorders(text, passage));
    for (let i = from; i < opening.length && opening[i]! < passage.end; i++) borders.add(opening[i]! - passage.start);
    yield { ...passage, borders: [...borders].sort((a, b) => a - b) };
  }
}
