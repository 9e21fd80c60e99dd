/**
 * Whether labels stay on their own words when a text changes outside the editor:
 * `npx tsx bench/anchors.ts [--seed N] [--share S] [--texts NAME] [--only CHANGE] [--number I] [--show]`.
 * Texts: look-alikes that are generated, and the entities of GUM and CoNLL-2003 where `../shared/data` is there. Every change has a number and a seed of its
 * own, so that one can be made again: `--texts gum --only "random script" --number 17` shows what it did to the text, and every label that moved.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { deleteLineAt, lookAlikes, move, random, randomScript, reformat } from "../test/unit/support/edit-scripts";
import type { Changed, LabelledSource } from "../test/unit/support/edit-scripts";
import { measure, noFate } from "../test/unit/support/measure-anchors";
import type { Fate, How } from "../test/unit/support/measure-anchors";
import { nameOf } from "../src/text/lines";
import type { Span } from "../src/text/span";

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const seed = Number(option("seed") ?? 15);
const share = Number(option("share") ?? 1);
const number = option("number");
const show = number !== undefined || process.argv.includes("--show");

/** Documents of some 60 sentences, one a line, with their entities. */
function corpus(file: string, column: number): LabelledSource[] {
  const documents: LabelledSource[] = [];
  let text = "";
  let spans: Span[] = [];
  let sentences = 0;
  let open: number | undefined;
  const close = (): void => {
    if (open !== undefined) spans.push({ start: open, end: text.length });
    open = undefined;
  };
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const fields = line.trim().split(/\s+/);
    const [word = ""] = column < 0 ? [fields[0]] : [fields[column]];
    if (line.trim() === "" || word === "-DOCSTART-") {
      close();
      if (text !== "" && !text.endsWith("\n")) text += "\n";
      if (++sentences % 60 === 0 && text !== "") {
        documents.push({ text, spans });
        text = "";
        spans = [];
      }
      continue;
    }
    const tag = fields.at(-1)!;
    if (!tag.startsWith("I-")) close();
    if (text !== "" && !text.endsWith("\n")) text += " ";
    if (tag !== "O" && open === undefined) open = text.length;
    text += word;
  }
  close();
  return [...documents, { text, spans }].filter((one) => one.spans.length > 0);
}

/** What a change did: every line of the new text with the number of the line that it was, and the lines that are gone. */
function difference(text: string, { text: now, origin }: Changed): string {
  const lineAt = (at: number): number => text.slice(0, at).split("\n").length;
  const there = new Set<number>();
  const rows: string[] = [];
  let from = 0;
  for (const line of now.split("\n")) {
    const olds = origin.slice(from, from + line.length + 1).filter((one) => one >= 0);
    const old = olds.length === 0 ? "new" : String(lineAt(olds[0]!));
    for (const one of olds) there.add(lineAt(one));
    rows.push(`${String(rows.length + 1).padStart(4)} ${old.padStart(5)}  ${line}`);
    from += line.length + 1;
  }
  const gone = text
    .split("\n")
    .flatMap((line, i) => (there.has(i + 1) ? [] : [`gone ${String(i + 1).padStart(5)}  ${line}`]));
  return [...rows, ...gone].join("\n");
}

const made = random(seed);
const sources: Record<string, LabelledSource[]> = { "look-alikes": Array.from({ length: 40 }, () => lookAlikes(made)) };
const data = path.resolve("../shared/data");
if (existsSync(data)) {
  sources["conll2003"] = corpus(path.join(data, "conll2003/eng.testa"), 0);
  sources["gum"] = corpus(path.join(data, "gum/gum-test.conll"), 0);
}

const ALL: Record<string, (text: string, span: Span, next: () => number) => Changed> = {
  "line deleted": (text, { start }) => deleteLineAt(text, start),
  "random script": (text, _, next) => randomScript(text, next),
  moved: (text, _, next) => move(text, next),
  reformatted: (text, _, next) => reformat(text, next),
};
const COUNTS: Record<string, number> = { "line deleted": 10_000, "random script": 1000, moved: 1000, reformatted: 600 };

/** A change's own seed. */
const seedOf = (name: string, kind: string, change: number): number =>
  Number.parseInt(nameOf(`${seed} ${name} ${kind} ${change}`).slice(0, 8), 16);

console.log(`seed ${seed}`);
for (const [name, documents] of Object.entries(sources)) {
  if ((option("texts") ?? name) !== name) continue;
  for (const [kind, change] of Object.entries(ALL)) {
    if ((option("only") ?? kind) !== kind) continue;
    for (const how of ["log", "open"] satisfies How[]) {
      const fate: Fate = noFate();
      const numbers =
        number === undefined ? Array.from({ length: COUNTS[kind]! * share }, (_, i) => i) : [Number(number)];
      for (const i of numbers) {
        const next = random(seedOf(name, kind, i));
        const source = documents[Math.floor(next() * documents.length)]!;
        const span = source.spans[Math.floor(next() * source.spans.length)]!;
        const spans = kind === "line deleted" ? [span] : source.spans;
        const changed = change(source.text, span, next);
        const moved = measure(source, spans, changed, how, fate);
        if (number !== undefined && how === "log") console.log(difference(source.text, changed));
        if (show) for (const example of moved) console.log(`    number ${i} ${how}: ${example}`);
      }
      const { labels, alive, kept, moved, twins } = fate;
      console.log(
        [
          name,
          kind,
          how,
          `labels ${labels}`,
          `alive ${alive}`,
          `kept ${kept}`,
          `moved ${moved - twins}`,
          `twins ${twins}`,
        ].join("\t"),
      );
    }
  }
}
