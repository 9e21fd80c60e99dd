/**
 * CoNLL-U with entities in MISC: `Entity=` with brackets, which nest and overlap (CorefUD 1.0, `global.Entity = eid-etype`), and `NE=` with one IOB2 tag
 * a word, which spaCy's converter reads. Nothing is known of lemmas, parts of speech and heads.
 */
import type { DecidedLabel } from "../../../documents/labelled";
import { overlaps } from "../../../text/span";
import type { Span } from "../../../text/span";
import { readConllu, START } from "./read";
import { chosenOption } from "../../document";
import type { Documents, FormatOption, LabelledDocument } from "../../document";
import { entityExamples } from "../../examples/entities";
import type { EntityExample } from "../../examples/entities";
import { wordsIn } from "../../source-tokens";
import { excerpt } from "../../losses";
import type { Loss, LossKind } from "../../losses";
import { distinct } from "../../codecs/marks";
import { SPANS } from "../../../documents/tasks";
import type { DatasetFormat } from "../../format";
import { encodeTags } from "../../../text/tags";
import type { WordRange } from "../../../text/tags";
import { cutWords } from "../../../text/words";
import type { Output } from "../../writing/output";

const MISC: FormatOption = { name: "misc", title: "How MISC holds entities", values: ["Entity+NE", "Entity", "NE"] };

/** Characters that CoNLL-U or the brackets have a meaning for. */
const RESERVED = /[-()|=[\]\s]/g;

/** Names that can stand in brackets; two labels never get the same. */
function safeNames(labels: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(labels);
  for (const label of [...new Set(labels)].sort()) {
    let name = label.replace(RESERVED, "_");
    for (let n = 2; name !== label && taken.has(name); n++) name = `${label.replace(RESERVED, "_")}_${n}`;
    taken.add(name);
    names.set(label, name);
  }
  return names;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ " ": "\\s", "\t": "\\t", "\n": "\\n", "\r": "\\r", "|": "\\p", "\\": "\\\\" },
  // Line ends to some readers; white space of the same length here.
  ...{ "\u0085": "\\s", "\u2028": "\\s", "\u2029": "\\s", "\v": "\\s", "\f": "\\s" },
};

/** What stands between two words, as UDPipe writes it: markup that is no word, too, so that the text can be put together again. */
function escaped(gap: string): string {
  return gap.replace(/[ \t\n\r|\\\u0085\u2028\u2029\v\f]/g, (character) => ESCAPES[character] ?? character);
}

interface Placed extends WordRange {
  readonly item: DecidedLabel;
}

class SentenceWriter {
  readonly #words: readonly Span[];
  readonly #placed: readonly Placed[];

  constructor(
    private readonly example: EntityExample,
    private readonly names: ReadonlyMap<string, string>,
    private readonly losses: Loss[],
  ) {
    const { document, span, entities } = example;
    const plain = wordsIn(document, span);
    const all = distinct(entities);
    const edges = [...new Set(all.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
    this.#words = cutWords(plain, edges);
    this.#placed = all.flatMap((item) => this.#place(item, plain));
    if (all.length < entities.length) this.#repeated(all);
  }

  #report(kind: LossKind, item: DecidedLabel, reason: string): void {
    const { start, end, label, exact } = item;
    const of = { document: this.example.document.path, task: SPANS, span: { start, end }, label } as const;
    this.losses.push({ kind, ...of, exact: excerpt(exact), reason });
  }

  #repeated(once: readonly DecidedLabel[]): void {
    for (const item of this.example.entities) {
      if (!once.includes(item)) this.#report("merged", item, "labelled the same more than once");
    }
  }

  #place(item: DecidedLabel, plain: readonly Span[]): Placed[] {
    const first = this.#words.findIndex((word) => overlaps(word, item));
    const last = this.#words.findLastIndex((word) => overlaps(word, item));
    if (first < 0) {
      this.#report("dropped", item, "holds no word, only white space, markup or invisible characters");
      return [];
    }
    if (this.#words[first]!.start !== item.start || this.#words[last]!.end !== item.end) {
      this.#report("trimmed", item, "white space, markup or invisible characters at its ends are no part of a word");
    }
    if (plain.some((word) => [item.start, item.end].some((at) => word.start < at && at < word.end))) {
      this.#report("split", item, "begins or ends inside a word: the word is cut there");
    }
    const label = this.names.get(item.label) ?? item.label;
    if (label !== item.label) this.#report("renamed", item, `the name cannot stand in MISC: it is ${label} there`);
    return [{ first, last, label, item }];
  }

  /** `Entity=` values by word. @param next gives each entity its number in the document. */
  #brackets(next: () => number): string[] {
    const words = this.#words.map(() => ({ begun: "", whole: "", inner: "", ended: "" }));
    const order = [...this.#placed].sort(
      (a, b) => a.first - b.first || b.last - a.last || (a.label < b.label ? -1 : 1),
    );
    for (const { first, last, label } of order) {
      const id = `e${next()}`;
      const word = words[first]!;
      if (first === last) {
        word.whole += `(${id}-${label})`;
        word.inner += `(${id}-${label})`;
        continue;
      }
      word.begun += `(${id}-${label}`;
      word.inner += `(${id}-${label}`;
      const end = words[last]!;
      // What was opened last is closed first.
      end.ended = `${id})${end.ended}`;
    }
    // An end right after a beginning would close that one.
    return words.map(({ begun, whole, inner, ended }) => (ended === "" ? inner : whole + ended + begun));
  }

  /** `NE=` values by word: of entities that overlap, the longest. */
  #tags(report: boolean): string[] {
    const kept: Placed[] = [];
    for (const one of [...this.#placed].sort((a, b) => b.last - b.first - (a.last - a.first) || a.first - b.first)) {
      const other = kept.find((item) => item.first <= one.last && one.first <= item.last);
      if (other === undefined) kept.push(one);
      else if (report) this.#report("dropped", one.item, `overlaps ${other.label}; a word holds one tag`);
    }
    kept.sort((a, b) => a.first - b.first);
    return encodeTags(this.#words.length, kept, "IOB2");
  }

  lines(id: string, misc: string, next: () => number): string {
    const { text } = this.example.document;
    const brackets = misc === "NE" ? [] : this.#brackets(next);
    const tags = misc === "Entity" ? [] : this.#tags(misc === "NE");
    let whole = "";
    const rows = this.#words.map(({ start, end }, index) => {
      const form = text.slice(start, end);
      const next = this.#words[index + 1];
      const gap = next === undefined ? " " : text.slice(end, next.start);
      whole += gap === "" || next === undefined ? form : `${form} `;
      const [entity = "", tag = ""] = [brackets[index], tags[index]];
      const parts = [
        ...(entity === "" ? [] : [`Entity=${entity}`]),
        ...(tag === "" ? [] : [`NE=${tag}`]),
        ...(gap === "" ? ["SpaceAfter=No"] : gap === " " ? [] : [`SpacesAfter=${escaped(gap)}`]),
      ];
      return [index + 1, form, ...Array<string>(7).fill("_"), parts.join("|") || "_"].join("\t");
    });
    const start = this.#words[0]?.start ?? 0;
    return [`# sent_id = ${id}`, `# ${START} = ${start}`, `# text = ${whole}`, ...rows, "", ""].join("\n");
  }
}

/** Names for the labels of an export, which are the same in all its documents. */
function namesOf(documents: Documents): ReadonlyMap<string, string> {
  const used = new Set<string>();
  for (const { layers } of documents) for (const { label } of layers[SPANS].labels) used.add(label);
  return safeNames([...used]);
}

/** Writes reviewed sentences with their entities. */
function write(document: LabelledDocument, out: Output): void {
  const misc = chosenOption(MISC, out.options.choices);
  const { examples, losses: lost, ofTags } = entityExamples(document, out.options.labels[SPANS]);
  const losses = lost.filter((loss) => !ofTags.has(loss));
  let count = 0;
  const id = document.path.replace(/[\r\n\t]/g, encodeURIComponent);
  const start = [`# newdoc id = ${id}`, ...(misc === "NE" ? [] : ["# global.Entity = eid-etype"]), ""].join("\n");
  for (const [index, example] of examples.entries()) {
    const writer = new SentenceWriter(example, out.once(namesOf), losses);
    const lines = writer.lines(`d${out.number}s${index + 1}`, misc, () => ++count);
    out.row(`${out.split}.conllu`, index === 0 ? start + lines : lines);
  }
  out.report(losses);
}

const LINE = /^\d+(?:-\d+|\.\d+)?\t[^\t\n]+(?:\t[^\t\n]*){8}\r?$/m;
const COLUMNS = "has CoNLL-U's ten columns and comments";

/** The format. */
export const conllu: DatasetFormat = {
  title: "CoNLL-U with entities",
  holds: {
    tasks: [SPANS],
    rejected: [],
    provenance: false,
    reviewed: "marked",
    attributes: false,
    overlaps: true,
    severalClasses: false,
    paths: true,
    words: true,
    surrogates: "refused",
  },
  options: [MISC],
  extensions: ["conllu", "conll", "txt"],
  write,
  read: readConllu,
  signs: [
    { has: [LINE, /^# newdoc|^# sent_id|^# global\.Entity/m], confidence: 0.97, says: COLUMNS },
    { name: /\.conllu$/i, has: [LINE], confidence: 0.97, says: COLUMNS },
    { has: [LINE], confidence: 0.85, says: "has ten columns with numbers in the first" },
  ],
};
