/** Whether a text is English: surely not, or perhaps. */
import { francAll } from "franc-min";

/** Units of a document that are looked at. */
const SAMPLE_UNITS = 6000;
/** Units of a part that is judged by itself, a paragraph or so. */
const PART_UNITS = 700;
/** Fewer words say nothing: names, titles, exclamations. */
const LEAST_WORDS = 12;
/** Function words: some 40 % of the words of English prose, a few of other languages' by chance. */
const FUNCTION_WORDS = new Set(
  `the of and to in is was that for it with as on be by are this from at or an have not which you but has were had their they he she his her its we
  can been who all would there will more if no when what about so up out than other into only some could these two may then do any my now such
  like our over me even most after also did many before must through how where your just should because each those very between both under does
  here make them him me us i a s use using used see`.split(/\s+/),
);
/** The share of function words from which a text is English. */
const ENGLISH_SHARE = 0.12;
/** How likely English may at most be, beside the likeliest language (franc's scale, 1 for that one). */
const ENGLISH_LIKELIHOOD = 0.97;

const HIDDEN =
  /^[ \t]*(`{3,}|~{3,})[^]*?(?:^[ \t]*\1|$(?![^]))|`[^`\n]*`|<[^>\n]{1,300}>|\b(?:https?:\/\/|www\.)\S+|\]\([^)\n]{0,300}\)/gm;
const LETTERS = /\p{L}/gu;
const LATIN = /\p{sc=Latin}/gu;

/**
 * Whether the beginning of a document is surely in another language than English. Texts of a few words, lists of names, and code are not: what cannot be told is taken for
 * English.
 */
export function isForeign(document: string): boolean {
  const text = document.slice(0, SAMPLE_UNITS).replace(HIDDEN, " ");
  if (text.length <= PART_UNITS) return isForeignPart(text);
  // Of long text the trigrams of all languages look alike: parts vote.
  let foreign = 0;
  let parts = 0;
  for (let from = 0; from < text.length; from += PART_UNITS, parts++)
    if (isForeignPart(text.slice(from, from + PART_UNITS))) foreign++;
  return foreign > parts / 2;
}

function isForeignPart(text: string): boolean {
  const letters = text.match(LETTERS)?.length ?? 0;
  const latin = text.match(LATIN)?.length ?? 0;
  if (letters >= LEAST_WORDS && latin < letters / 2) return true;
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  if (words.length < LEAST_WORDS) return false;
  const share = words.filter((word) => FUNCTION_WORDS.has(word)).length / words.length;
  if (share >= ENGLISH_SHARE) return false;
  const ranked = francAll(text);
  const english = ranked.find(([language]) => language === "eng")?.[1] ?? 0;
  return ranked[0] !== undefined && ranked[0][0] !== "und" && english < ENGLISH_LIKELIHOOD;
}

/**
 * Whether a model reads a document. Only English can be told from all others, so a model of other languages gets all that is not surely English.
 * @param languages the model's, as ISO 639-1 codes; undefined where it does not say, and everything is read.
 */
export function readsText(languages: readonly string[] | undefined, document: string): boolean {
  if (languages === undefined || !languages.includes("en") || languages.some((language) => language !== "en"))
    return true;
  return !isForeign(document);
}
