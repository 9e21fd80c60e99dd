/** Texts to measure on: the novel where the shared data is, else the samples, repeated. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { sentenceSegments } from "../src/commands/labelling";
import { root } from "./options";

const NOVEL = resolve(root, "../shared/data/corpora/war-and-peace_pg2600.txt");
const PLAY = resolve(root, "../shared/data/corpora/tinyshakespeare_1.1MB.txt");
/** Where the novel's text begins, after the table of contents. */
const OPENING = "Well, Prince, so Genoa and Lucca";

/** What {@link longText} is taken from, for the report. */
export const source = existsSync(NOVEL) ? "a novel" : "the samples, repeated";

/** All the text there is, once. */
function book(): string {
  if (!existsSync(NOVEL)) {
    const folder = resolve(root, "samples");
    const names = readdirSync(folder).filter((name) => /\.(?:md|txt)$/.test(name));
    return names.map((name) => readFileSync(resolve(folder, name), "utf8")).join("\n\n");
  }
  const novel = readFileSync(NOVEL, "utf8").replaceAll("\r\n", "\n");
  return novel.slice(Math.max(0, novel.indexOf(OPENING)));
}

/** A text of exactly `units` UTF-16 units; repeated, with numbered chapters, where there is not enough. */
export function longText(units: number): string {
  const once = book();
  const parts = [once];
  if (once.length < units && existsSync(PLAY)) parts.push(readFileSync(PLAY, "utf8"));
  for (let length = parts.join("").length; length < units; length += once.length)
    parts.push(`\n\nPart ${parts.length}.\n\n${once}`);
  return parts.join("").slice(0, units);
}

/** Documents with at least `sentences` sentences together, of about 8,000 units each, cut at paragraphs. */
export function documents(sentences: number): { path: string; text: string }[] {
  const text = longText(sentences * 400);
  const result: { path: string; text: string }[] = [];
  let counted = 0;
  for (let from = 0; from < text.length && counted < sentences;) {
    const paragraph = text.indexOf("\n\n", from + 8000);
    const end = paragraph < 0 ? text.length : paragraph + 2;
    const document = { path: `part-${result.length + 1}.txt`, text: text.slice(from, end) };
    counted += [...sentenceSegments(document, "plaintext")].length;
    result.push(document);
    from = end;
  }
  return result;
}
