/**
 * spaCy's training data as `spacy convert` and `docs_to_json` of version 2 write it (spacy.io/api/data-formats#json-input): documents with paragraphs, these with
 * their text, sentences of tokens with BILUO tags, and classes. A paragraph is a text here.
 */
import { CLASSES, SPANS } from "../../../documents/tasks";
import type { Span } from "../../../text/span";
import { decodeTags, detectScheme, TAG_SCHEMES } from "../../../text/tags";
import type { RawLabel, RawText } from "../../codecs/texts";
import { joinWords } from "../../format";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { Input } from "../../reading/drive";
import { jsonObjects } from "../../reading/json";
import type { JsonElement } from "../../reading/json";
import type { RowPlace } from "../../reading/ledger";
import { anything, anyText, fields, has, list, number, object, perhaps, take, text } from "../../reading/shape";
import type { Of } from "../../reading/shape";

/** From this share a class is taken for right; spaCy's `textcat` decides by the same. */
export const THRESHOLD = 0.5;

const DOCUMENT = object({ id: anything, paragraphs: list(fields) });
const TOKEN = object({ orth: anyText, ner: perhaps(text) }, "orth");
const PARAGRAPH = object({
  raw: perhaps(anyText),
  sentences: list(object({ tokens: list(TOKEN) })),
  cats: list(object({ label: text, value: number }, "label", "value")),
});

/** Whether a file's text begins as one of version 2's. */
export function hasParagraphs(start: string): boolean {
  return /"paragraphs"\s*:/.test(start) && /"orth"\s*:/.test(start) && /"tokens"\s*:/.test(start);
}

/** Whether a row is one of {@link paragraphs}, and no dictionary with a text that has sentences besides. */
export const isParagraph = (row: unknown): boolean =>
  fields.fits(row) && !has(row, "text") && Array.isArray((row as { sentences?: unknown }).sentences);

/** The paragraphs of a file, with the line of their document. */
export function* paragraphs(whole: string, file: string, losses: Loss[]): Generator<JsonElement> {
  for (const { line, row } of jsonObjects(whole, file, losses)) {
    const of = take(DOCUMENT, row, { file, line }, losses);
    for (const paragraph of of?.paragraphs ?? []) yield { line, row: paragraph };
  }
}

type Token = Of<typeof TOKEN>;

/** Where tokens are in a text, in UTF-16 units; undefined for one that is not the next thing in it. */
function placed(raw: string, tokens: readonly Token[]): readonly (Span | undefined)[] {
  let at = 0;
  return tokens.map(({ orth }) => {
    // A token of white space is white space.
    const blank = /^\s*/.exec(raw.slice(at, at + 1000))![0].length;
    const start = raw.startsWith(orth, at) ? at : at + blank;
    if (orth === "" || !raw.startsWith(orth, start)) return undefined;
    at = start + orth.length;
    return { start, end: at };
  });
}

interface Placed {
  readonly text: string;
  readonly kind: RawText["kind"];
  /** A list for each sentence. */
  readonly spans: readonly (readonly (Span | undefined)[])[];
}

function textOf({ raw }: Of<typeof PARAGRAPH>, sentences: readonly (readonly Token[])[]): Placed {
  if (raw === undefined) {
    const { text: joined, words } = joinWords(sentences.map((tokens) => tokens.map(({ orth }) => orth)));
    return { text: joined, kind: "tokens", spans: words };
  }
  const all = placed(raw, sentences.flat());
  let from = 0;
  return { text: raw, kind: "whole", spans: sentences.map(({ length }) => all.slice(from, (from += length))) };
}

/** Tags of tokens; `-` and none at all say that nothing is known. */
const tagOf = ({ ner }: Token): string | undefined => (ner === undefined || ner === "-" ? undefined : ner);

/** What tokens say beside their text and tag, by name. */
export class BesideTokens {
  readonly #counts = new Map<string, { file: string; name: string; count: number }>();

  note(row: unknown, file: string): void {
    const { sentences } = row as { readonly sentences: readonly unknown[] };
    const add = (name: string, count: number): void => {
      const one = this.#counts.get(`${name} ${file}`) ?? { file, name, count: 0 };
      one.count += count;
      this.#counts.set(`${name} ${file}`, one);
    };
    for (const sentence of sentences) {
      if (!fields.fits(sentence)) continue;
      const { brackets, tokens } = sentence as { readonly brackets?: unknown; readonly tokens?: unknown };
      if (Array.isArray(brackets) && brackets.length > 0) add("brackets", brackets.length);
      for (const token of Array.isArray(tokens) ? (tokens as readonly unknown[]) : []) {
        if (!fields.fits(token)) continue;
        for (const [name, value] of Object.entries(token as object)) {
          if (!["id", "orth", "ner"].includes(name) && value !== null && value !== "" && value !== "-") add(name, 1);
        }
      }
    }
  }

  losses(): Loss[] {
    return [...this.#counts.values()].map(({ file, name, count }) => ({
      kind: "beside",
      ...{
        file,
        count,
        reason: name === "brackets" ? "brackets of sentences" : `the field "${excerpt(name)}" of tokens`,
      },
    }));
  }
}

/** A paragraph with its labels; undefined, and a loss, for one without text. */
export function paragraphText(
  value: unknown,
  at: RowPlace,
  { options, losses }: Input,
  beside: BesideTokens,
): RawText | undefined {
  const row = take(PARAGRAPH, value, at, losses);
  const sentences = (row?.sentences ?? []).map(({ tokens = [] }) => tokens);
  if (row === undefined || ((row.raw ?? "") === "" && sentences.flat().length === 0)) {
    losses.push({ kind: "dropped", ...at, reason: "a paragraph without text" });
    return undefined;
  }
  beside.note(value, at.file);
  const { text: whole, kind, spans } = textOf(row, sentences);
  const [tokens, places] = [sentences.flat(), spans.flat()];
  const tags = tokens.map((token) => tagOf(token) ?? "O");
  const scheme = TAG_SCHEMES.find((one) => one === options.scheme) ?? detectScheme([tags]).value;
  const { entities, problems } = decodeTags(tags, scheme);
  for (const { index, reason } of problems)
    losses.push({ kind: "assumed", ...at, task: SPANS, exact: excerpt(tokens[index]!.orth), reason });
  const labels = entities.flatMap(({ first, last, label }): RawLabel[] => {
    const [start, end] = [places[first]?.start, places[last]?.end];
    if (start !== undefined && end !== undefined) return [{ task: SPANS, span: { start, end }, label, by: [{}] }];
    const exact = excerpt(
      tokens
        .slice(first, last + 1)
        .map(({ orth }) => orth)
        .join(" "),
    );
    losses.push({
      kind: "dropped",
      ...at,
      task: SPANS,
      label,
      exact,
      reason: "its tokens are not in the paragraph's text",
    });
    return [];
  });
  const classes = (row.cats ?? []).flatMap(({ label, value: share }): RawLabel[] =>
    share >= THRESHOLD ? [{ task: CLASSES, label, by: [{}] }] : [],
  );
  const words = places.filter(
    (place): place is Span => place !== undefined && whole.slice(place.start, place.end).trim() !== "",
  );
  const bounds = sentences.map((some, index): { readonly span: Span | undefined; readonly tagged: boolean } => {
    const mine = (spans[index] ?? []).filter((place) => place !== undefined);
    const span = mine.length === 0 ? undefined : { start: mine[0]!.start, end: mine.at(-1)!.end };
    return { span, tagged: some.every((token) => tagOf(token) !== undefined) };
  });
  // Where there are classes, tokens are outside because nobody asked.
  const asked = classes.length === 0 || labels.length > 0;
  const reviewed = bounds.flatMap(({ span, tagged }) => (span !== undefined && tagged && asked ? [span] : []));
  return {
    ...{ ...at, text: whole, kind, unit: "utf16", labels: [...labels, ...classes], reviewed, rejected: [] },
    ...(words.length > 0 && { words, sentences: bounds.flatMap(({ span }) => span ?? []) }),
  };
}
