/** Which strings of JSON are text: by their keys and by what they hold. */
import { TEXT_FIELDS } from "../front-matter";

/** What a key says of its value: `text` holds names or sentences, `never` holds none, nor does anything inside of it; `any` has to be looked at. */
export type Holds = "text" | "any" | "never";

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** By the last word of a key, in the singular: `user_id`, `imageUrl`, `ner_tags`. */
const NEVER = set(
  "id uid uuid guid key hash sha md checksum digest url uri href link path file filename filepath dir directory folder domain host ip email mail slug username " +
    "date time timestamp datetime created updated modified lang language locale label tag type class category genre split version license licence status role state " +
    "html xml code diff patch sql regex token word lemma pos upos xpos ner chunk span entity offset embedding vector base image img thumbnail audio video mime encoding format " +
    "model revision commit branch color colour",
);

/** As for {@link NEVER}, beside what a front matter calls its texts. */
const TEXT = new Set([
  ...TEXT_FIELDS,
  ...set(
    "text content contents body selftext message msg headline tldr question answer context passage paragraph sentence sent document doc article section prompt completion " +
      "response instruction input output premise hypothesis query review comment utterance dialogue dialog conversation turn story reply post tweet quote note caption " +
      "rationale explanation reasoning reason claim evidence fact statement reference highlight lyric plot synopsis transcript transcription translation definition example feedback " +
      "chosen rejected",
  ),
]);

/** Whether a word or what it is the plural of is among others. */
const among = (words: ReadonlySet<string>, word: string): boolean =>
  words.has(word) || (word.endsWith("s") && words.has(word.slice(0, -1))) || words.has(word.replace(/ies$/, "y"));

/** What a key says of its value. Its last word counts: numbers and single letters behind it (`sentence1`, `text_b`) do not. */
export function holdsOf(key: string): Holds {
  const words = key
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
  while (words.length > 1 && words.at(-1)!.length === 1) words.pop();
  const last = words.at(-1);
  if (last === undefined) return "any";
  // The name of a class, a file, a model.
  const named = last === "name" || last === "names" ? words.slice(0, -1) : [];
  if (among(NEVER, last) || named.some((word) => among(NEVER, word))) return "never";
  return among(TEXT, last) ? "text" : "any";
}

/** So many words a value must have where its key says that it is text, and where it does not. */
const LEAST_WORDS = { text: 2, any: 3 } as const;
/** Of what is no white space so much must be letters. */
const LETTERS_SHARE = 0.5;

const EDGES = /^[^\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+$/gu;
/** No address, path, number or name of a variable. */
const WORD = /^\p{L}[\p{L}\p{M}]*(?:['’-][\p{L}\p{M}]+)*$/u;
/** Words of dates say nothing. */
const DATE =
  /^(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|[ap]m|gmt|utc|[ece]t|[ce]?est|at)$/i;
const LETTERS = /[\p{L}\p{M}]/gu;
const NO_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu;
/** What has neither blanks nor characters of such scripts, which all lie beyond these, is one word at most. */
const SEVERAL = /[\s\u0e00-\uffff]/;
/** So many characters are a word in scripts without spaces. */
const CHARACTERS_A_WORD = 2;

/**
 * Whether a value is text: two words where its key says so, else three, one of which has three letters; at least half of it is letters. Two characters of a script without spaces count as a
 * word. What is one token is no text, whatever it is: an id, an address, a path, base64.
 * @param read its first thousand units or so, with escapes read
 */
export function isProse(read: string, holds: Holds): boolean {
  if (holds === "never" || !SEVERAL.test(read)) return false;
  let words = 0;
  let long = false;
  for (const token of read.split(/\s+/)) {
    const bare = token.replace(EDGES, "");
    const characters = bare.match(NO_SPACES)?.length ?? 0;
    if (characters > 0) {
      words += characters / CHARACTERS_A_WORD;
      long = true;
    } else if (WORD.test(bare) && !DATE.test(bare)) {
      words++;
      long ||= bare.length >= 3;
    }
  }
  if (words < LEAST_WORDS[holds] || (holds === "any" && !long)) return false;
  const letters = read.match(LETTERS)?.length ?? 0;
  return letters >= LETTERS_SHARE * read.replace(/\s+/g, "").length;
}
