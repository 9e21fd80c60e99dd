/** The judge of all formats is judged: a reader that loses or changes something in silence does not pass. */
import { layersByKind, mapLayers } from "../../src/documents/layers";
import type { Label } from "../../src/documents/labelled";
import { replaceRelations } from "../../src/documents/relations";
import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { WRITABLE, formatOf } from "../../src/datasets/formats";
import type { LabelledDocument } from "../../src/datasets/document";
import type { DatasetFormat, ReadDocument, ReadResult } from "../../src/datasets/format";
import { defaultLabelSets } from "../../src/labels/labelset";
import type { LabelDefinition, LabelSets } from "../../src/labels/labelset";
import { interopDocuments } from "../interop/documents";
import { roundTrip } from "./support/round-trip";

/** The document with other labels on spans. */
function spansOf(document: ReadDocument, change: (spans: readonly Label[]) => readonly Label[]): ReadDocument {
  return { ...document, layers: layersByKind({ spans: change(document.layers[SPANS].labels) }, document.layers) };
}

/** What a bad reader does to what a good one has read. */
const MUTATIONS: Readonly<Record<string, (document: ReadDocument) => ReadDocument>> = {
  "drops all entities": (document) => spansOf(document, () => []),
  "drops the last entity": (document) => spansOf(document, (spans) => spans.slice(0, -1)),
  "drops all classes": (document) => ({ ...document, layers: layersByKind({ classes: [] }, document.layers) }),
  "drops all questions": (document) => ({ ...document, questions: [] }),
  "takes answered questions for unanswerable ones": (document) => ({
    ...document,
    questions: document.questions.map((item) => ({ ...item, answers: "none" })),
  }),
  "takes every entity for a MISC": (document) =>
    spansOf(document, (spans) => spans.map((item) => ({ ...item, label: "MISC" }))),
  "reads every label twice, the second time as another": (document) =>
    spansOf(document, (spans) => spans.flatMap((item) => [item, { ...item, label: `${item.label}2` }])),
  "cuts the last character off every entity": (document) =>
    spansOf(document, (spans) =>
      spans.map((item) => {
        const exact = Array.from(item.exact).slice(0, -1).join("");
        return { ...item, exact, end: item.start + exact.length };
      }),
    ),
  "drops all relations": (document) => replaceRelations(document, []),
  "turns relations around": (document) => ({
    ...document,
    ...(document.relations && { relations: document.relations.map((one) => ({ ...one, from: one.to, to: one.from })) }),
  }),
  "drops what entities say besides": (document) =>
    spansOf(document, (spans) =>
      spans.map(({ attributes, ...item }) => (attributes === undefined ? item : { ...item })),
    ),
  "takes another value": (document) =>
    spansOf(document, (spans) =>
      spans.map((item) => (item.attributes === undefined ? item : { ...item, attributes: { certainty: "none" } })),
    ),
  "drops every document but the first": (document) => document,
};

/** A format whose reader is spoilt. @param says told whenever the spoilt reader gives something else than the good one */
function spoilt(format: DatasetFormat, mutation: string, says: () => unknown): DatasetFormat {
  return {
    ...format,
    read: async (files, options): Promise<ReadResult> => {
      const good = await format.read!(files, options);
      const documents =
        mutation === "drops every document but the first"
          ? good.documents.slice(0, 1)
          : good.documents.map(MUTATIONS[mutation]!);
      if (JSON.stringify(documents) !== JSON.stringify(good.documents)) says();
      return { ...good, documents };
    },
  };
}

// Names that many formats have to change: the loss that says so speaks of these labels alone.
const odd = ["a b", "Ä|x", "__label__", "]["];
const defaults = defaultLabelSets();
const more = (list: readonly LabelDefinition[]): LabelDefinition[] => [
  ...list,
  ...odd.map((name, index) => ({ id: list.length + index, name })),
];
const labels: LabelSets = { entities: more(defaults.entities), sentiment: more(defaults.sentiment) };

const documents: readonly LabelledDocument[] = interopDocuments().map((document) => ({
  ...document,
  layers: mapLayers(document.layers, ({ labels: all }, task) => ({
    // Ids are of all labels, whatever their task.
    labels: all.map((item, index) => ({
      ...item,
      id: task === SPANS ? item.id : `${task}-${item.id}`,
      ...(index % 2 === 0 && { attributes: { certainty: "low" } }),
    })),
  })),
}));

describe("the judge of formats", () => {
  for (const name of WRITABLE.filter((format) => format !== "docbin")) {
    it(`sees what a bad reader of ${name} does`, async () => {
      const format = formatOf(name);
      const missed: string[] = [];
      for (const mutation of Object.keys(MUTATIONS)) {
        for (const document of documents) {
          const changes: string[] = [];
          const run = roundTrip(
            spoilt(format, mutation, () => changes.push(mutation)),
            [document],
            { write: { labels } },
          );
          const passed = await run.then(
            () => true,
            (error: unknown) => {
              assert.ok(error instanceof assert.AssertionError, String(error));
              return false;
            },
          );
          if (passed && changes.length > 0) missed.push(`${mutation} (${document.path})`);
          if (changes.length === 0) assert.ok(passed, `${name}: the good reader fails on ${document.path}`);
        }
      }
      assert.deepEqual(missed, []);
    });
  }
});
