import assert from "node:assert/strict";
import type { Uri } from "vscode";
import { readUnopened } from "../../src/editor/documents/unopened-document";
import type { ReadingOptions, UnopenedFile } from "../../src/editor/documents/unopened-document";
import { EngineError } from "../../src/engine/errors";
import type { LabelOptions } from "../../src/engine/options";
import type { Segment, SegmentLabels } from "../../src/engine/protocol";
import { isTextFile } from "../../src/datasets/workspace/text-files";
import { DecidedWords } from "../../src/labels/doubt";
import type { DecisionEvent } from "../../src/labels/events";
import { DocumentLabels } from "../../src/labels/store";
import { finish } from "../../src/text/slices";

/** Takes each word with a capital for a person. */
class Names {
  readonly asked: string[] = [];
  options: LabelOptions = {};
  onLabel: () => void = () => undefined;

  label(segments: readonly Segment[], _: unknown, options: LabelOptions = {}): Promise<SegmentLabels[]> {
    this.options = options;
    this.asked.push(...segments.map(({ text }) => text));
    this.onLabel();
    if (options.signal?.aborted === true) return Promise.reject(new EngineError("cancelled", "Cancelled."));
    return Promise.resolve(segments.map(({ text }) => namesIn(text)));
  }
}

function namesIn(text: string): SegmentLabels {
  const entities = [...text.matchAll(/[A-Z]\w+/g)].map(({ 0: word, index }) => {
    return { start: index, end: index + word.length, label: "PER", score: 0.6 };
  });
  return { entities };
}

describe("a file that nobody has open", () => {
  const file = (text: string, events: readonly DecisionEvent[] = [], languageId = "plaintext"): UnopenedFile => {
    return { id: "file:///a.txt", uri: JSON.parse(`{"path":"/a.txt"}`) as Uri, text, languageId, events };
  };
  const options = (engine: Names, more: Partial<ReadingOptions> = {}): ReadingOptions => ({
    ...{ author: "ann", engine, lookup: () => undefined, signal: new AbortController().signal },
    placing: {
      tasks: ["entities"],
      model: { name: "names", version: "1" },
      offered: (_, label) => label,
      showing: { minimumConfidence: { entities: 0.5 } },
    },
    ...more,
  });
  const words = (items: readonly { readonly quote: { readonly exact: string } }[]): string[] =>
    items.map(({ quote }) => quote.exact);

  it("has its suggestions with line and context, below all other work", async () => {
    const engine = new Names();
    const read = await readUnopened(file("nobody\r\n\r\nthen Ada met Bell.\r\n"), options(engine));
    assert.deepEqual(words(read.found.items), ["Ada", "Bell"]);
    const [ada] = read.found.items;
    assert.equal(read.lineOf(ada!), 3);
    assert.match(read.around(ada!), /then Ada met Bell/);
    assert.equal(read.found.more, false);
    assert.equal(engine.options.priority, "background");
  });

  it("does not suggest again what was decided, and counts it among the words that were", async () => {
    const text = "Ada met Bell.\nBell left.\n";
    const events: DecisionEvent[] = [];
    const sink = { append: (added: readonly DecisionEvent[]) => Promise.resolve(void events.push(...added)) };
    const labels = new DocumentLabels({ text, author: "ann", sink });
    labels.add("entities", { start: 0, end: 3 }, "ORG");
    const engine = new Names();
    const read = await readUnopened(file(text, events), options(engine));
    assert.deepEqual(words(read.found.items), ["Bell", "Bell"]);
    const all = new DecidedWords();
    finish(read.addDecided(all));
    const suggested = { task: "entities" as const, label: "PER", quote: { exact: "Ada", prefix: "", suffix: "" } };
    assert.deepEqual(all.contradicted(suggested), { labels: ["ORG"], times: 1 });
  });

  it("does not ask for what is known, nor for code", async () => {
    const engine = new Names();
    const lookup = (text: string): SegmentLabels | undefined => (text.startsWith("Ada") ? namesIn(text) : undefined);
    const text = "Ada left.\n\n```\nBell()\n```\n\nCarl came.\n";
    const read = await readUnopened(file(text, [], "markdown"), options(engine, { lookup }));
    assert.deepEqual(words(read.found.items), ["Ada", "Carl"]);
    assert.deepEqual(engine.asked, ["Carl came."]);
  });

  it("stops where enough is found, and reads a huge file in part", async () => {
    const engine = new Names();
    const many = await readUnopened(file("Ada met Bell.\n\n".repeat(1000)), options(engine));
    assert.ok(many.found.more && many.found.items.length >= 500 && many.found.items.length < 1000);
    const huge = await readUnopened(
      file(`${"nobody came here today ".repeat(80)}\n\n`.repeat(600)),
      options(new Names()),
    );
    assert.deepEqual(huge.found, { items: [], more: true });
    assert.deepEqual((await readUnopened(file(""), options(engine))).found, { items: [], more: false });
  });

  it("is left when it is no longer wanted", async () => {
    const engine = new Names();
    const abort = new AbortController();
    engine.onLabel = () => abort.abort();
    await assert.rejects(
      readUnopened(file("Ada met Bell.\n\n".repeat(5000)), options(engine, { signal: abort.signal })),
    );
    assert.ok(engine.asked.length <= 128);
  });

  it("is a text by its name, outside of packages and hidden folders", () => {
    for (const name of ["a.txt", "b/c.TEXT", "notes/d.md", "e.markdown", "node_modules.md"])
      assert.ok(isTextFile(name));
    for (const name of ["a.ts", ".hidden.txt", ".git/a.txt", "x/node_modules/y/readme.md", "a.txt/b.js"])
      assert.ok(!isTextFile(name), name);
  });
});
