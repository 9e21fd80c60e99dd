/** Measures where opinions are marked: on README files and expository text, which hold few, and on reviews, which are full of them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SegmentLabels } from "../engine/protocol";
import { MINIMUM_CONFIDENCE, shownLabels } from "../labels/shown";
import type { Showing, ShownSegment } from "../labels/shown";
import { segmentDocument, sentenceText } from "../text/document";
import { append } from "../text/grouped";
import type { SegmentKind } from "../text/segment-kind";
import { CorpusError, readSquad, readSst2, sample } from "./corpora";
import { CORPORA, labelAll } from "./evaluate";
import type { Engine, EvaluateOptions } from "./evaluate";
import { share } from "./metrics";
import type { Share } from "./metrics";

/** How many segments carry a mark. */
export interface Marks {
  /** As editor and command line mark them, at the default confidence. */
  readonly marked: Share;
  /** By the model's label and the default confidence alone, whatever the kind of text. */
  readonly regardless: Share;
}

/** Marks by kind of text, at the default confidence. */
export interface MarkScores {
  /** Segments of README files. */
  readonly readmes: Marks & {
    readonly files: number;
    readonly kinds: Readonly<Partial<Record<SegmentKind, Marks>>>;
  };
  /** Sentences of SQuAD's development paragraphs (Wikipedia). */
  readonly expository: Marks;
  /** Opinions of SST-2's development set that are marked, and the right ones among those. */
  readonly opinions: { readonly marked: Share; readonly right: Share };
}

/** Sentences of encyclopedia paragraphs that are drawn: enough to tell 1 % from 2 %. */
const EXPOSITORY = 2000;

/**
 * Measures marks on the README files of `readmes/<package>/` and of the data folder's `corpora/`, on SQuAD's paragraphs and on SST-2.
 * @throws {CorpusError}; what the engine throws.
 */
export async function evaluateMarks(engine: Engine, options: EvaluateOptions): Promise<MarkScores> {
  const { data, limit, seed = 0 } = options;
  const showing: Showing = { minimumConfidence: MINIMUM_CONFIDENCE, unmarked: engine.info.unmarked };
  const paragraphs = new Set((await readSquad(join(data, "squad", "dev-v1.1.json"))).map(({ context }) => context));
  const reviews = sample(await readSst2(join(data, "sst2", "dev.tsv")), limit, seed);
  const files = await readmeFiles(options);
  const segments: Required<ShownSegment>[] = [];
  for (const file of files) append(segments, segmentsOf(await readFile(file, "utf8"), "markdown"));
  const drawn = sample(segments, limit, seed);
  const expository = sample(
    [...paragraphs].flatMap((text) => segmentsOf(text, "plaintext")),
    Math.min(limit ?? EXPOSITORY, EXPOSITORY),
    seed,
  );

  const onReadmes = await labelAll(engine, drawn, CORPORA.marks, "README files", options);
  const kinds = [...new Set(drawn.map(({ kind }) => kind))].sort();
  const ofKind = (kind: SegmentKind): Marks => {
    const indices = [...drawn.keys()].filter((i) => drawn[i]!.kind === kind);
    return marksOf(
      indices.map((i) => drawn[i]!),
      indices.map((i) => onReadmes[i]!),
      showing,
    );
  };
  const onReviews = await labelAll(engine, reviews, CORPORA.marks, "SST-2 dev", options);
  const said = reviews.map((review, i) => shownLabels(review, onReviews[i]!, showing)[CORPORA.marks]?.label);
  const right = said.filter((label, i) => label === (reviews[i]!.positive ? "positive" : "negative")).length;
  const markedReviews = said.filter((label) => label !== undefined).length;
  return {
    readmes: {
      files: files.length,
      ...marksOf(drawn, onReadmes, showing),
      kinds: Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)])),
    },
    expository: marksOf(
      expository,
      await labelAll(engine, expository, CORPORA.marks, "expository sentences", options),
      showing,
    ),
    opinions: { marked: share(markedReviews, reviews.length), right: share(right, markedReviews) },
  };
}

function segmentsOf(text: string, languageId: string): Required<ShownSegment>[] {
  return segmentDocument(text, languageId).sentences.map((sentence) => ({
    text: sentenceText(text, sentence),
    kind: sentence.kind,
  }));
}

function marksOf(segments: readonly ShownSegment[], labels: readonly SegmentLabels[], showing: Showing): Marks {
  const marked = (bare: boolean): number =>
    segments.filter((segment, i) => {
      const shown = shownLabels(bare ? { text: segment.text } : segment, labels[i]!, showing);
      return shown[CORPORA.marks] !== undefined;
    }).length;
  return { marked: share(marked(false), segments.length), regardless: share(marked(true), segments.length) };
}

/** The files to read, in order of their names. @throws {CorpusError} when there is none. */
async function readmeFiles({ data, readmes }: EvaluateOptions): Promise<string[]> {
  const names = async (folder: string): Promise<string[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return entries.map(({ name }) => name).sort();
  };
  const found: string[] = [];
  for (const name of await names(join(data, "corpora")))
    if (/\.md$/i.test(name)) found.push(join(data, "corpora", name));
  const folders: string[] = [];
  for (const name of readmes === undefined ? [] : await names(readmes)) {
    if (!name.startsWith("@")) folders.push(join(readmes!, name));
    else for (const scoped of await names(join(readmes!, name))) folders.push(join(readmes!, name, scoped));
  }
  for (const folder of folders)
    for (const name of await names(folder)) if (/^readme\.md$/i.test(name)) found.push(join(folder, name));
  if (found.length === 0)
    throw new CorpusError(
      `there is no README file in ${readmes ?? join(data, "corpora")}: name a folder of packages with --readmes.`,
    );
  return found;
}
