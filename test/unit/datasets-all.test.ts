import { layersByKind } from "../../src/documents/layers";
import type { DecidedLabel, Labelled, Provenance } from "../../src/documents/labelled";
import { SPANS, TASK_NAMES, isLabelTask } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { detectFormats, WRITABLE, FORMATS, formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import type { LabelledDocument } from "../../src/datasets/document";
import { splitWords } from "../../src/text/words";
import { segmentDocument } from "../../src/text/document";
import { interopDocuments } from "../interop/documents";
import { bytesOf, roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const corpora = path.resolve(__dirname, "../../../shared/data/corpora");

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .map((name) => path.join(folder, name))
    .flatMap((file) => (statSync(file).isDirectory() ? filesIn(file) : [file]))
    .sort();

/** A stretch from the middle of a file, with labels on every seventh word or run of words; deterministic. */
function sampled(file: string, index: number): LabelledDocument {
  const whole = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const from = Math.floor(whole.length / 3);
  const text = whole
    .slice(from, from + 2500)
    .replace(/^[\udc00-\udfff]/, "")
    .replace(/[\ud800-\udbff]$/, "");
  const name = path.basename(file);
  const { sentences } = segmentDocument(text, name.endsWith(".md") ? "markdown" : "plaintext");
  const words = splitWords(text);
  const by = { author: "ann", time: "2026-01-02T03:04:05.000Z" };
  const entities: DecidedLabel[] = [];
  for (let i = index % 5; i < words.length; i += 7) {
    const [first, last] = [words[i]!, words[Math.min(words.length - 1, i + (i % 3))]!];
    const exact = text.slice(first.start, last.end);
    if (/\n\s*\n/.test(exact)) continue;
    const label = ["PER", "ORG", "LOC", "MISC"][i % 4]!;
    entities.push({ id: `e${i}`, start: first.start, end: last.end, exact, label, ...by });
  }
  const [sentence] = sentences;
  const sentiment = sentence && { id: "s0", start: sentence.start, end: sentence.end, label: "positive", ...by };
  const [answer] = entities;
  const classes = sentiment ? [{ ...sentiment, exact: text.slice(sentiment.start, sentiment.end) }] : [];
  const reviewed = [{ start: 0, end: text.length }];
  return {
    ...{ path: `${index} ${name}`, text, sentences },
    layers: layersByKind({ spans: entities, classes, reviewed, decided: entities }),
    questions: answer ? [{ id: "q0", question: "Who?", answers: [answer], plausible: [], ...by }] : [],
  };
}

describe("datasets: all formats", () => {
  it("know their own files among all others'", async () => {
    // A DocBin is written by spaCy, in a Python of its own test (datasets-docbin.test.ts).
    for (const name of WRITABLE.filter((format) => format !== "docbin")) {
      const files = bytesOf(await writeDataset(formatOf(name), interopDocuments(), WRITER_OPTIONS));
      assert.ok(files.size > 0, name);
      const [first] = detectFormats(files);
      assert.equal(first?.name, name, `${name} is taken for ${first?.name ?? "nothing"}: ${first?.reason ?? ""}`);
    }
  });

  it("keep who decided and when, or say that they do not", async () => {
    for (const name of WRITABLE.filter((format) => format !== "docbin")) {
      const format = formatOf(name);
      const { files, losses } = await writeDataset(format, interopDocuments(), WRITER_OPTIONS);
      const { documents } = await format.read!(bytesOf({ files, losses, counts: {} }), { misaligned: "refuse" });
      const authors = (lists: readonly (readonly Provenance[])[]): (string | undefined)[] => [
        ...new Set(lists.flat().map(({ author }) => author)),
      ];
      const said = losses.some(({ reason }) => reason.startsWith("authors, times, models and scores"));
      let labels = 0;
      for (const task of TASK_NAMES) {
        const of = (document: Labelled): readonly Provenance[] =>
          isLabelTask(task) ? document.layers[task].labels : document.questions;
        const read = documents.map(of);
        if (read.flat().length === 0) continue;
        labels += read.flat().length;
        const kept = isDeepStrictEqual(authors(read).sort(), authors(interopDocuments().map(of)).sort());
        assert.equal(kept, !said, `${name}, ${task}: ${authors(read).join(", ")}`);
      }
      assert.ok(labels > 0, name);
    }
  });

  const own: readonly FormatName[] = ["brat", "webanno", "cas", "xmi", "webannotation", "csv", "fasttext"];
  for (const name of own) {
    it(`${FORMATS[name].title}: real documents in many languages come back`, async function () {
      if (!existsSync(corpora)) this.skip();
      this.timeout(120_000);
      const files = filesIn(corpora).filter((file) => /\.(?:txt|md)$/.test(file));
      assert.ok(files.length > 10);
      const documents = files.map(sampled);
      // A format without paths tells documents apart by giving one at a time.
      const groups = name === "fasttext" ? documents.map((document) => [document]) : [documents];
      let entities = 0;
      for (const group of groups) {
        const { read } = await roundTrip(FORMATS[name], group);
        entities += read.documents.reduce((sum, document) => sum + document.layers[SPANS].labels.length, 0);
      }
      if (name !== "fasttext") assert.ok(entities > documents.length * 10);
    });
  }
});
