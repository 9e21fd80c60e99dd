import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textFiles } from "../../src/datasets/workspace/text-files";
import type { Segment, SegmentLabels } from "../../src/engine/protocol";
import { changedBy, changesBetween, changesOf } from "../../src/training/changes";
import type { ComparedDocument, PlacedName, Side } from "../../src/training/changes";
import type { TeachOutcome } from "../../src/training/job";
import { changeText } from "../../src/training/report";

const name = (start: number, end: number, label: string): PlacedName => ({ start, end, label });

describe("what a version of a model changes", () => {
  it("is what one of two says alone; labels that overlap each other are one change", () => {
    const changes = changesBetween(
      "entities",
      [name(0, 4, "PER"), name(10, 14, "LOC"), name(20, 24, "ORG"), name(40, 44, "PER")],
      [name(0, 4, "PER"), name(6, 14, "LOC"), name(20, 24, "MISC"), name(30, 34, "ORG")],
    );
    assert.deepEqual(
      changes.map(({ start, end, before, after }) => [start, end, before.length, after.length]),
      [
        [6, 14, 1, 1],
        [20, 24, 1, 1],
        [30, 34, 0, 1],
        [40, 44, 1, 0],
      ],
    );
    // Side by side is not one over the other.
    const apart = changesBetween(
      "entities",
      [name(0, 8, "PER")],
      [name(0, 4, "PER"), name(4, 8, "PER"), name(8, 9, "X")],
    );
    assert.deepEqual(
      apart.map(({ start, end, after }) => [start, end, after.length]),
      [
        [0, 8, 2],
        [8, 9, 1],
      ],
    );
  });

  /** A model that gives a label to each place where a word stands. */
  const says = (words: Readonly<Record<string, string>>, asked: string[] = []): Side => ({
    unmarked: { sentiment: "neutral" },
    offered: (_, label) => (label === "HIDDEN" ? undefined : label),
    engine: {
      label: (segments: readonly Segment[]): Promise<SegmentLabels[]> =>
        Promise.resolve(
          segments.map(({ text }) => {
            asked.push(text);
            const entities = Object.entries(words)
              .filter(([word]) => word !== "*")
              .flatMap(([word, label]) =>
                [...text.matchAll(new RegExp(word, "g"))].map(({ index }) => ({
                  ...{ start: index, end: index + word.length, label, score: label === "UNSURE" ? 0.1 : 0.99 },
                })),
              );
            if (text.includes("poison")) return { error: "It stopped the process." };
            const label = words["*"] ?? "neutral";
            return { entities, sentiment: { label, score: 0.999, scores: { [label]: 0.999 } } };
          }),
        ),
    },
  });
  const compare = async (before: Side, after: Side, text: string, languageId = "plaintext") => {
    const all: ComparedDocument[] = [];
    const tasks = ["entities", "sentiment"] as const;
    for await (const found of changesOf([{ path: "a.txt", text, languageId, tasks }], before, after, {
      least: () => ({ minimumConfidence: { entities: 0.5, sentiment: 0.5 } }),
    }))
      all.push(found);
    assert.equal(all.length, 1);
    return all[0]!;
  };

  it("is told with its place and words, as the editor would show it", async () => {
    const text = "He took the tram.\r\nNobody 😀 saw the **tram** in York.\r\n";
    const before = says({ York: "LOC", Nobody: "UNSURE", saw: "HIDDEN" });
    const { changes, unread } = await compare(before, says({ tram: "VEHICLE", "York.": "LOC" }), text, "markdown");
    assert.equal(unread, 0);
    assert.deepEqual(
      changes.map((change) => [change.at, change.exact, changeText(change)]),
      [
        ["1:13", "tram", "nothing → VEHICLE"],
        ["2:21", "tram", "nothing → VEHICLE"],
        ["2:31", "York.", 'LOC "York" → LOC'],
      ],
    );
  });

  it("holds opinions that come or go, and none where the mark stays away", async () => {
    const text = "It was a good day for all of us.";
    const { changes } = await compare(says({}), says({ "*": "positive" }), text);
    assert.deepEqual(
      changes.map((change) => [change.exact, changeText(change)]),
      [[text, "nothing → positive"]],
    );
    assert.deepEqual((await compare(says({ "*": "other" }), says({ "*": "other" }), text)).changes, []);
  });

  it("counts sentences that a model could not read, and compares the others", async () => {
    const found = await compare(says({}), says({ tram: "VEHICLE" }), "The tram is poison.\n\nThe tram came.");
    assert.deepEqual([found.unread, found.changes.length], [1, 1]);
  });

  it("stops when it is told to", async () => {
    const documents = [{ path: "a.txt", text: "The tram.", languageId: "plaintext", tasks: ["entities"] as const }];
    const signal = AbortSignal.abort(new Error("enough"));
    const all = changesOf(documents, says({}), says({}), { signal, least: () => ({ minimumConfidence: {} }) });
    await assert.rejects(all.next(), /enough/);
  });
});

describe("what tells what a job changed", () => {
  const judged = (id: string, accepted = true): TeachOutcome =>
    ({ kind: "judged", version: { id }, verdict: { accepted } }) as unknown as TeachOutcome;
  const few: TeachOutcome = { kind: "few", task: "sentiment", decisions: 1, more: 9 };

  it("is what it came to beside what was used before", () => {
    assert.deepEqual(changedBy([judged("b"), few], "a", "b"), { version: "b", against: "a" });
    assert.deepEqual(changedBy([judged("b"), judged("c")], undefined, "c"), { version: "c", against: "none" });
    assert.deepEqual(changedBy([judged("b"), judged("c", false)], "a", "b"), { version: "b", against: "a" });
    assert.deepEqual(changedBy([judged("c"), judged("a")], "b", "c"), { version: "c", against: "b" }, "a is of before");
  });

  it("is what is used, beside what that was taught from, where all was taught before", () => {
    assert.deepEqual(changedBy([judged("a"), judged("b")], "b", "b"), { version: "b" });
    assert.deepEqual(changedBy([judged("b"), judged("a")], "b", "b"), { version: "b" });
  });

  it("is what would be, where it was kept aside", () => {
    assert.deepEqual(changedBy([judged("b", false)], "a", "a"), { version: "b" });
    assert.deepEqual(changedBy([judged("b", false)], undefined, undefined), { version: "b" });
    assert.equal(changedBy([few], "a", "a"), undefined);
  });
});

describe("the text files of a workspace", () => {
  it("are those with names of plain text and Markdown, without packages, hidden folders and links", async () => {
    const home = mkdtempSync(join(tmpdir(), "glossator-texts-"));
    try {
      for (const folder of ["b/c", ".glossator/log", ".git", "node_modules/x", "outside"])
        mkdirSync(join(home, "w", folder), { recursive: true });
      for (const file of ["z.txt", "a.MD", "b/c/d.text", "e.ts", ".f.txt", ".git/g.txt", "node_modules/x/README.md"])
        writeFileSync(join(home, "w", file), "");
      mkdirSync(join(home, "elsewhere"));
      writeFileSync(join(home, "elsewhere/h.txt"), "");
      symlinkSync(join(home, "elsewhere"), join(home, "w/link"), "junction");
      symlinkSync(join(home, "elsewhere/h.txt"), join(home, "w/i.txt"));
      const found: string[] = [];
      for await (const file of textFiles(join(home, "w"))) found.push(file);
      assert.deepEqual(found, ["a.MD", "z.txt", "b/c/d.text"]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
