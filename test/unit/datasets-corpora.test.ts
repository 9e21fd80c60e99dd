import { layersByKind } from "../../src/documents/layers";
import { SPANS } from "../../src/documents/tasks";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { LabelledDocument } from "../../src/datasets/document";
import { formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { segmentDocument } from "../../src/text/document";
import { roundTrip } from "./support/round-trip";

const CORPORA = path.resolve(__dirname, "../../../shared/data/corpora");
const FORMATS: readonly FormatName[] = ["doccano", "prodigy", "labelstudio", "spacy", "conllu"];
const UNITS = 12_000;
const MOST_LABELS = 60;

/** The middle of a document, with labels on every so many words, some of them nested, the first half reviewed. */
function sample(file: string): LabelledDocument {
  const all = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const start = all.indexOf("\n", Math.max(0, all.length / 2 - UNITS / 2)) + 1;
  const text = all.slice(start, start + UNITS).replace(/\p{Cs}/gu, "?");
  const language = file.endsWith(".md") ? "markdown" : "plaintext";
  const sentences = segmentDocument(text, language).sentences;
  const words = [...text.matchAll(/(?:\p{L}|\p{N}|\p{M}|\p{Emoji_Presentation}|\u200d|\ufe0f)+/gu)];
  const step = Math.max(1, Math.floor(words.length / MOST_LABELS));
  const span = (from: number, to: number): { start: number; end: number; exact: string } => {
    const first = words[Math.min(from, words.length - 1)]!;
    const last = words[Math.min(to, words.length - 1)]!;
    const end = last.index + last[0].length;
    return { start: first.index, end, exact: text.slice(first.index, end) };
  };
  const by = { author: "ann", time: "2026-03-01T09:00:00.000Z" };
  const entities = words.flatMap((_, index) => {
    if (index % step !== 0) return [];
    const one = {
      id: `e${index}`,
      ...span(index, index + (index % 3)),
      label: ["PER", "ORG", "LOC"][index % 3]!,
      ...by,
    };
    return index % 5 === 0 ? [one, { ...one, id: `n${index}`, ...span(index, index), label: "MISC" }] : [one];
  });
  const reviewed = text.slice(0, text.length / 2).trimEnd();
  const classes = sentences.slice(0, 5).map((one, index) => {
    return {
      id: `s${index}`,
      start: one.start,
      end: one.end,
      exact: text.slice(one.start, one.end),
      label: "neutral",
      ...by,
    };
  });
  const layers = layersByKind({
    ...{ spans: entities, classes, decided: entities },
    reviewed: [{ start: 0, end: reviewed.length }],
  });
  return { path: path.basename(file), text, sentences, layers, questions: [] };
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:txt|md)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

describe("datasets: real documents", function () {
  this.timeout(120_000);

  for (const format of FORMATS) {
    it(`come back from ${format}`, async function () {
      if (!existsSync(CORPORA)) this.skip();
      // Every third: languages, plays, novels and Markdown are each among them.
      const documents = files(CORPORA)
        .filter((_, index) => index % 3 === 0)
        .map(sample)
        .filter(({ layers }) => layers[SPANS].labels.length > 0);
      const named = documents.map((one, index) => ({ ...one, path: `${index}-${one.path}` }));
      await roundTrip(formatOf(format), named);
    });
  }
});
