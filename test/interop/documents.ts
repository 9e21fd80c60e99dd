/** Labelled documents for other programs to read: everything that offsets go wrong on, in a few lines. */
import { layersByKind } from "../../src/documents/layers";
import type { Provenance } from "../../src/documents/labelled";
import { SPANS } from "../../src/documents/tasks";
import type { LabelledDocument } from "../../src/datasets/document";
import { labelled, VECTOR } from "../unit/support/labelled";

const TEXT = [
  "Ada Lovelace 👩🏽‍🚀 flew to Zürich.\r\nIt was a great day!\r\n\r\n",
  "東京 is big. The University of Zürich\u2028said so.\n",
  "שלום to Bob; 𝒳 is e\u0301lan. \ufeffNobody cares.",
].join("");

const BY: Provenance & { author: string } = {
  author: "Böb",
  time: "2026-01-02T03:04:05.006Z",
  model: { name: "glossator-minilm", version: "v1" },
  score: 0.75,
};

/** Two documents with entities, sentiment, questions, a rejection, relations, and all of it reviewed. */
export function interopDocuments(): LabelledDocument[] {
  const first = labelled("vector.txt", VECTOR, {
    entities: [
      ["Zürich", "LOC"],
      ["Acme", "ORG"],
    ],
    sentiment: [[VECTOR, "positive"]],
    questions: [["Which firm?", ["Acme"]]],
    reviewed: true,
  });
  const second = labelled("sub/b c.md", TEXT, {
    entities: [
      ["Ada Lovelace", "PER"],
      ["Zürich", "LOC"],
      ["東京", "LOC"],
      ["University of Zürich", "ORG"],
      ["Bob", "PER"],
      ["e\u0301lan", "MISC"],
    ],
    sentiment: [["It was a great day!", "positive"]],
    questions: [
      ["Who “flew”?\nSay it.", ["Ada Lovelace", "Bob"]],
      ["Why?", []],
    ],
    reviewed: true,
  });
  const at = TEXT.indexOf("𝒳");
  const [ada, zurich, tokyo, university] = second.layers[SPANS].labels.map(({ id }) => id);
  return [
    first,
    {
      ...second,
      layers: layersByKind(
        {
          spans: second.layers[SPANS].labels.map((item, index) => (index % 2 === 0 ? item : { ...item, ...BY })),
          rejected: [{ task: SPANS, label: "PER", start: at, end: at + 2, exact: "𝒳", ...BY }],
        },
        second.layers,
      ),
      relations: [
        { id: "r1", type: "has been in", from: ada!, to: tokyo!, ...BY, attributes: { sure: "no" } },
        { id: "r2", type: "isIn", from: university!, to: zurich!, ...BY },
      ],
    },
  ];
}
