import { layersByKind } from "../../src/documents/layers";
import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { formatOf } from "../../src/datasets/formats";
import type { LabelledDocument } from "../../src/datasets/document";
import { addTo, append } from "../../src/text/grouped";
import { labelled } from "./support/labelled";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

describe("long lists", () => {
  it("grow by more values than a call takes arguments", () => {
    const many = Array.from({ length: 300_000 }, (_, i) => i);
    const list = [-1];
    append(list, many);
    assert.equal(list.length, 300_001);
    const groups = new Map<string, number[]>();
    addTo(groups, "a", many);
    addTo(groups, "a", many);
    assert.equal(groups.get("a")?.length, 600_000);
    groups.get("a")!.length = 0;
    assert.equal(many.length, 300_000, "the first list is not taken over");
  });

  it("of labels go out and come back", async function () {
    this.timeout(120_000);
    // Those that hold a label a row.
    const names = ["csv", "webannotation"] as const;
    const sentence = "Ada met Bob in Oslo. ";
    const one = labelled("a.txt", sentence.repeat(40), {
      entities: [["Ada", "PER"]],
      reviewed: true,
    });
    const entities = Array.from({ length: 40 }, (_, i) => {
      const start = i * sentence.length;
      return { ...one.layers[SPANS].labels[0]!, id: `e${i}`, start, end: start + 3, exact: "Ada" };
    });
    const documents = Array.from({ length: 3500 }, (_, i): LabelledDocument => ({
      ...one,
      path: `${i}.txt`,
      layers: layersByKind({ spans: entities, decided: entities }, one.layers),
    }));
    for (const name of names) {
      const format = formatOf(name);
      const read = await format.read!(bytesOf(await writeDataset(format, documents, WRITER_OPTIONS)), {
        misaligned: "refuse",
      });
      const count = read.documents.reduce((sum, document) => sum + document.layers[SPANS].labels.length, 0);
      assert.equal(count, 140_000, name);
    }
  });
});
