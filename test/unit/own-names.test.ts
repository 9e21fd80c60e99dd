import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { compareDocuments } from "../../src/datasets/workspace/compare";
import { exportDataset } from "../../src/datasets/export/export";
import { UnknownLabelsError } from "../../src/datasets/export/unknown-labels";
import { receivedError, sentError } from "../../src/datasets/process/errors";
import { LabelSetError, parseLabelSets } from "../../src/labels/labelset";
import { Journal } from "../../src/labels/log/journal";
import { labelNamed, underOwnNames } from "../../src/labels/own-names";
import { DocumentLabels } from "../../src/labels/store";
import type { DecisionEvent } from "../../src/labels/events";

const TEXT = "Ada met Bob in Paris.";
const SET = {
  entities: [
    { id: 4, name: "PERSON", aliases: ["PER", "Human"] },
    { id: 2, name: "LOC" },
  ],
};

describe("labels under the names of the label set", () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-names-"));
    await mkdir(path.join(workspace, ".glossator"));
    await writeFile(path.join(workspace, "a.txt"), TEXT);
    for (const [author, names] of [
      ["ann", ["PER", "Human", "LOC"]],
      ["bob", ["PERSON", "PER", "LOC"]],
    ] as const) {
      const labels = new DocumentLabels({
        text: TEXT,
        author,
        sink: new Journal(path.join(workspace, ".glossator"), "a.txt", author),
      });
      for (const [index, exact] of ["Ada", "Bob", "Paris"].entries()) {
        const start = TEXT.indexOf(exact);
        await labels.add("entities", { start, end: start + exact.length }, names[index]!).saved;
      }
      await labels.markReviewed({ start: 0, end: TEXT.length }, "entities").saved;
    }
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));
  const declare = (sets: unknown): Promise<void> =>
    writeFile(path.join(workspace, ".glossator", "labels.json"), JSON.stringify(sets));
  const exportTo = async (options: object = {}): Promise<string> => {
    const target = path.join(workspace, "out");
    await exportDataset({ workspace, target, format: "conll2003", overwrite: true, ...options });
    return readFile(path.join(target, "train.txt"), "utf8");
  };

  it("are exported under their own name and number, whatever decisions called them", async () => {
    await declare(SET);
    const written = await exportTo();
    assert.match(written, /Ada .*B-PERSON/);
    assert.match(written, /Bob .*B-PERSON/);
    assert.ok(!/PER\b|Human/.test(written.replaceAll("PERSON", "")), written);
  });

  it("are no disagreement where people called one label differently", async () => {
    await declare(SET);
    const { documents } = await compareDocuments({ workspace });
    const said = documents[0]!.annotators.map(({ layers }) => layers.entities.labels.map(({ label }) => label));
    assert.deepEqual(said, [
      ["PERSON", "PERSON", "LOC"],
      ["PERSON", "PERSON", "LOC"],
    ]);
  });

  it("stop an export that would leave decisions out, which says how many and of which label", async () => {
    await declare({ entities: [{ id: 2, name: "LOC" }] });
    await assert.rejects(exportTo(), (error) => {
      assert.ok(error instanceof UnknownLabelsError);
      assert.equal(error.decisions, 4);
      assert.match(
        error.message,
        /4 decisions have labels that labels\.json lacks.*PER \(2\), Human \(1\), PERSON \(1\)/,
      );
      const received = receivedError(sentError(error));
      assert.ok(received instanceof UnknownLabelsError && received.decisions === 4, "also from another process");
      return true;
    });
    await assert.rejects(readFile(path.join(workspace, "out", "train.txt")), "nothing is written");
  });

  it("let an export go on without them when told to, with each in the report", async () => {
    // The label that the others' sentence has must not be lost with them.
    await declare({ entities: [{ id: 2, name: "LOC" }] });
    await writeFile(path.join(workspace, "b.txt"), "Paris is far.");
    const sink = new Journal(path.join(workspace, ".glossator"), "b.txt", "ann");
    await new DocumentLabels({ text: "Paris is far.", author: "ann", sink }).add(
      "entities",
      { start: 0, end: 5 },
      "LOC",
    ).saved;
    assert.match(await exportTo({ leaveOutUnknownLabels: true }), /Paris .*B-LOC/);
    const report = await readFile(path.join(workspace, "out", "LOSSES.md"), "utf8");
    assert.equal(report.split("its label is not in labels.json").length - 1, 4);
  });

  it("never mean two labels", () => {
    for (const [aliases, problem] of [
      [["LOC"], /entities\[0\]\.aliases\[0\]: "LOC" is also the name of entities\[1\]/],
      [["PERSON"], /is also the name of entities\[0\]/],
      [["A", "A"], /aliases\[1\]: "A" is also an alias of entities\[0\]/],
      [["A B"], /aliases: must be a list of names/],
      ["PER", /aliases: must be a list of names/],
    ] as const) {
      const entities = [{ id: 0, name: "PERSON", aliases }, SET.entities[1]];
      assert.throws(
        () => parseLabelSets(JSON.stringify({ entities }), "labels.json"),
        (error) => error instanceof LabelSetError && problem.test(error.message),
      );
    }
  });

  it("leave events alone that say nothing under an alias", () => {
    const sets = parseLabelSets(JSON.stringify(SET), "labels.json");
    assert.equal(labelNamed(sets, "entities", "Human")?.id, 4);
    assert.equal(labelNamed(sets, "entities", "ORG"), undefined);
    assert.equal(labelNamed(sets, "answers", "PER"), undefined);
    const value = { label: "LOC", span: { start: 0, end: 1 }, quote: { exact: "x", prefix: "", suffix: "" } };
    const event = { kind: "added", task: "entities", new: value } as unknown as DecisionEvent;
    assert.equal(underOwnNames([event], sets)[0], event);
    const other = { ...event, layer: "roles", new: { ...value, label: "PER" } } as unknown as DecisionEvent;
    assert.equal(underOwnNames([other], sets)[0], other, "a declared layer has labels of its own");
  });
});
