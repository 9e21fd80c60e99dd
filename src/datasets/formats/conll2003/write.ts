/** CoNLL-2003: four columns with single spaces, `-DOCSTART-` before each document, tags in IOB2 or another scheme. Parts of speech and chunks are not known and say `-X-`. */
import { perCent } from "../../../text/print";
import { readConll2003, tagShare } from "./read";
import { chosenOption } from "../../document";
import type { FormatOption, LabelledDocument } from "../../document";
import { entityExamples } from "../../examples/entities";
import type { DatasetFormat } from "../../format";
import { SPANS } from "../../../documents/tasks";
import type { Split } from "../../splits";
import { decodeTags, encodeTags, TAG_SCHEMES } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";
import type { Output } from "../../writing/output";

const FILES: Readonly<Record<Split, string>> = { train: "train.txt", validation: "valid.txt", test: "test.txt" };

const SCHEME: FormatOption = {
  name: "scheme",
  title: "Tag scheme",
  values: TAG_SCHEMES.filter((name) => name !== "IO"),
};

/** Writes reviewed sentences with their entities. */
function write(document: LabelledDocument, out: Output): void {
  const { labels, choices } = out.options;
  const scheme = chosenOption(SCHEME, choices) as TagScheme;
  const { examples, losses } = entityExamples(document, labels[SPANS]);
  out.report(losses);
  if (examples.length === 0) return;
  const lines = examples.map(({ words, tags }) => {
    const own = encodeTags(words.length, decodeTags(tags, "IOB2").entities, scheme);
    return words
      .map(({ start, end }, index) => `${document.text.slice(start, end)} -X- -X- ${own[index] ?? "O"}\n`)
      .join("");
  });
  out.row(FILES[out.split], `${["-DOCSTART- -X- -X- O\n", ...lines].join("\n")}\n`, examples.length);
}

/** The format. */
export const conll2003: DatasetFormat = {
  title: "CoNLL-2003",
  holds: {
    tasks: [SPANS],
    rejected: [],
    provenance: false,
    reviewed: "marked",
    attributes: false,
    overlaps: false,
    severalClasses: false,
    paths: false,
    words: true,
    surrogates: "skipped",
  },
  options: [SCHEME],
  extensions: ["txt", "conll", "iob", "iob2", "bio", "tsv", "conllu", "annotated"],
  write,
  read: readConll2003,
  signs: [
    { has: [/^-DOCSTART-(?:[ \t]|\r?$)/m], confidence: 0.95, says: "has -DOCSTART- lines" },
    {
      test: ({ start }) => tagShare(start) > 0.9,
      confidence: 0.7,
      says: ({ start }) => `has a tag on ${perCent(tagShare(start))} % of its lines`,
    },
  ],
};
