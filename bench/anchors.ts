/**
 * Whether labels stay on their own words when a text changes outside the editor: `npx tsx bench/anchors.ts [--seed N] [--show]`.
 * Texts: look-alikes that are generated, and the entities of GUM and CoNLL-2003 where `../shared/data` is there.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { deleteLineAt, lookAlikes, move, random, randomScript, reformat } from "../test/unit/support/edit-scripts";
import type { Changed, LabelledSource } from "../test/unit/support/edit-scripts";
import { measure, noFate } from "../test/unit/support/measure-anchors";
import type { Fate, How } from "../test/unit/support/measure-anchors";
import type { Span } from "../src/text/span";

const at = process.argv.indexOf("--seed");
const seed = at < 0 ? 15 : Number(process.argv[at + 1]);
const part = process.argv.indexOf("--share");
const share = part < 0 ? 1 : Number(process.argv[part + 1]);
const show = process.argv.includes("--show");

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

const next = random(seed);
const sources: Record<string, LabelledSource[]> = { "look-alikes": Array.from({ length: 40 }, () => lookAlikes(next)) };
const data = path.resolve("../shared/data");
if (existsSync(data)) {
  sources["conll2003"] = corpus(path.join(data, "conll2003/eng.testa"), 0);
  sources["gum"] = corpus(path.join(data, "gum/gum-test.conll"), 0);
}

const ALL: Record<string, (source: LabelledSource, span: Span) => Changed> = {
  "line deleted": ({ text }, { start }) => deleteLineAt(text, start),
  "random script": ({ text }) => randomScript(text, next),
  moved: ({ text }) => move(text, next),
  reformatted: ({ text }) => reformat(text, next),
};
const COUNTS: Record<string, number> = { "line deleted": 10_000, "random script": 1000, moved: 1000, reformatted: 600 };

console.log(`seed ${seed}`);
for (const [name, documents] of Object.entries(sources)) {
  for (const [kind, change] of Object.entries(ALL)) {
    for (const how of ["log", "open"] satisfies How[]) {
      const fate: Fate = noFate();
      const examples: string[] = [];
      for (let i = 0; i < COUNTS[kind]! * share; i++) {
        const source = documents[Math.floor(next() * documents.length)]!;
        const span = source.spans[Math.floor(next() * source.spans.length)]!;
        const spans = kind === "line deleted" ? [span] : source.spans;
        examples.push(...measure(source, spans, change(source, span), how, fate));
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
      if (show) for (const example of examples.slice(0, 3)) console.log(`    ${example}`);
    }
  }
}
