/** The beginning of a document, by which its language is told. */
import { isJsonLines, scanBlocks } from "./blocks";
import { segmentBlock, sentenceText } from "./document";
import { asRead } from "./filled";

/** In UTF-16 units. */
const SAMPLE_UNITS = 6000;
/** So much of a document is looked at for its texts: what stands between them may go on for long. */
const SEARCHED_UNITS = 10 * SAMPLE_UNITS;

/**
 * What to tell a document's language by: of data only its texts, since its keys are English whatever its texts are, and names of labels and numbers are no language at all.
 * @param languageId as `layoutOf` has it.
 */
export function languageSample(text: string, languageId: string): string {
  if (!isJsonLines(languageId)) return text.slice(0, SAMPLE_UNITS);
  const start = text.slice(0, SEARCHED_UNITS);
  let sample = "";
  for (const block of scanBlocks(start, languageId)) {
    for (const sentence of segmentBlock(start, block, languageId))
      sample += `${asRead(sentenceText(start, sentence))}\n`;
    if (sample.length >= SAMPLE_UNITS) break;
  }
  return sample.slice(0, SAMPLE_UNITS);
}
