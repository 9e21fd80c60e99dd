/** CoNLL-2003: four columns with single spaces, `-DOCSTART-` before each document, tags in IOB2 or another scheme. Parts of speech and chunks are not known and say `-X-`. */
import { addTo, append } from "../../../text/grouped";
import { perCent } from "../../../text/print";
import { readConll2003, tagShare } from "./read";
import { chosenOption } from "../../document";
import type { FormatOption, LabelledDocument, WriterOptions } from "../../document";
import { entityExamples } from "../../examples/entities";
import { head } from "../../reading/bytes";
import type { Loss } from "../../losses";
import { provenanceLoss } from "../../codecs/provenance";
import type { DatasetFiles, DatasetFormat, Detection } from "../../format";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { decodeTags, encodeTags, TAG_SCHEMES } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";
import { decisionLosses } from "../../writing/unheld";
import { inSplits, rejectedLosses, staleLosses } from "../../writing/writer";
import type { Written } from "../../writing/writer";

const FILES: Readonly<Record<Split, string>> = { train: "train.txt", validation: "valid.txt", test: "test.txt" };

const SCHEME: FormatOption = {
  name: "scheme",
  title: "Tag scheme",
  values: TAG_SCHEMES.filter((name) => name !== "IO"),
};

/** Writes reviewed sentences with their entities. Other tasks have no place in this format; that is reported. */
export function writeConll2003(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const split = inSplits(documents, options);
  const losses: Loss[] = [...split.losses, ...staleLosses(documents).filter(({ task }) => task === "entities")];
  const scheme = chosenOption(SCHEME, options.choices) as TagScheme;
  const blocks = new Map<Split, string[]>();
  const sentences = new Map<Split, number>();
  for (const [document, of] of split.documents) {
    const { examples, losses: lost } = entityExamples(document, options.labels.entities);
    append(losses, lost);
    const right = { ...document, rejected: [] };
    append(losses, decisionLosses(right, ["sentiment", "answers"], "the format holds entities only"));
    append(losses, rejectedLosses(document));
    if (examples.length === 0) continue;
    const lines = examples.map(({ words, tags }) => {
      const own = encodeTags(words.length, decodeTags(tags, "IOB2").entities, scheme);
      return words
        .map(({ start, end }, index) => `${document.text.slice(start, end)} -X- -X- ${own[index] ?? "O"}\n`)
        .join("");
    });
    addTo(blocks, of, [["-DOCSTART- -X- -X- O\n", ...lines].join("\n")]);
    sentences.set(of, (sentences.get(of) ?? 0) + examples.length);
  }
  const files = new Map<string, string>();
  const counts: Record<string, number> = {};
  for (const name of SPLITS) {
    const some = blocks.get(name);
    if (some === undefined) continue;
    files.set(FILES[name], `${some.join("\n")}\n`);
    counts[FILES[name]] = sentences.get(name) ?? 0;
  }
  append(losses, provenanceLoss(files));
  return { files, losses, counts };
}

function detect(files: DatasetFiles): Detection {
  for (const [file, bytes] of files) {
    const start = head(bytes);
    if (/^-DOCSTART-[ \t]/m.test(start)) return { confidence: 0.95, reason: `"${file}" has -DOCSTART- lines` };
    const share = tagShare(start);
    if (share > 0.9) return { confidence: 0.7, reason: `${perCent(share)} % of the lines of "${file}" end in a tag` };
  }
  return { confidence: 0, reason: "no -DOCSTART- line, and no file whose lines end in tags" };
}

/** The format. */
export const conll2003: DatasetFormat = {
  title: "CoNLL-2003",
  tasks: ["entities"],
  options: [SCHEME],
  extensions: ["txt", "conll", "iob", "iob2", "bio", "tsv"],
  write: writeConll2003,
  read: readConll2003,
  detect,
};
