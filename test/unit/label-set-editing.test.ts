/** Label sets as they are made and changed in the editor: presets, names of one's own, and single labels. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { labelNameProblem } from "../../src/labels/label-name";
import {
  defaultLabelSets,
  inOrder,
  LabelSetError,
  parseLabelSets,
  withChange,
  withLabel,
  withMove,
} from "../../src/labels/labelset";
import type { LabelSets } from "../../src/labels/labelset";
import { changeLabelSets, labelsFile, loadLabelSets, makeLabelSets } from "../../src/labels/labelset-file";
import { labelNamed } from "../../src/labels/own-names";
import { ownSets, PRESET_NAMES, presetLabels, presetSets } from "../../src/labels/presets";

/** What Review Mode keeps for itself: `RESERVED` of `label-keys.ts`. */
const RESERVED = "ajkruJKU";

describe("a label set that is made", () => {
  it("from a preset is one that the file's reader takes, with keys that the mode leaves free and guidelines", () => {
    for (const name of PRESET_NAMES) {
      const sets = presetSets(name, defaultLabelSets());
      assert.deepEqual(parseLabelSets(JSON.stringify(sets), "labels.json"), sets, name);
      assert.deepEqual(
        sets.entities.map((label) => label.name),
        presetLabels(name),
      );
      assert.deepEqual(
        sets.entities.map(({ id }) => id),
        sets.entities.map((_, index) => index),
      );
      assert.deepEqual(sets.sentiment, defaultLabelSets().sentiment);
      for (const label of sets.entities) {
        assert.equal(labelNameProblem(label.name), undefined);
        assert.ok(label.guideline!.length > 10 && !RESERVED.includes(label.key!), `${name} ${label.name}`);
      }
    }
  });

  it("from names has them in their order, and refuses a name twice", () => {
    const sets = ownSets(["Ship", "Port"], defaultLabelSets());
    assert.deepEqual(sets.entities, [
      { id: 0, name: "Ship" },
      { id: 1, name: "Port" },
    ]);
    assert.throws(() => ownSets(["Ship", "Ship"], defaultLabelSets()), LabelSetError);
  });
});

describe("a label that is changed", () => {
  const sets: LabelSets = {
    ...defaultLabelSets(),
    entities: [
      { id: 0, name: "PER", key: "p" },
      { id: 3, name: "LOC", aliases: ["GPE"], colour: "#112233", retired: true },
    ],
  };

  it("keeps its number and what is not changed; its old name is an alias, under which its decisions count", () => {
    const renamed = withChange(sets, "entities", 3, { name: "Place" });
    const place = { id: 3, name: "Place", colour: "#112233", retired: true, aliases: ["GPE", "LOC"] };
    assert.deepEqual(renamed.entities, [sets.entities[0], place]);
    assert.equal(labelNamed(renamed, "entities", "LOC")?.name, "Place");
    // Back to a name that it had, which is no alias then.
    const back = withChange(renamed, "entities", 3, { name: "LOC" });
    const [, again] = back.entities;
    assert.deepEqual([again?.name, again?.aliases], ["LOC", ["GPE", "Place"]]);
  });

  it("moves in lists, and keeps its number and its place in exports", () => {
    const three: LabelSets = { ...defaultLabelSets(), entities: ["A", "B", "C"].map((name, id) => ({ id, name })) };
    const names = (of: LabelSets): string =>
      inOrder(of.entities)
        .map(({ name }) => name)
        .join("");
    const moved = withMove(three, "entities", 2, -1);
    assert.equal(names(moved), "ACB");
    assert.deepEqual(
      moved.entities.map(({ id, name }) => `${id}${name}`),
      ["0A", "1B", "2C"],
    );
    assert.deepEqual(parseLabelSets(JSON.stringify(moved), "labels.json").entities, moved.entities);
    assert.equal(names(withMove(withMove(moved, "entities", 2, -1), "entities", 2, -1)), "CAB");
    assert.equal(names(withLabel(moved, "entities", { name: "D" })), "ACBD");
    // As before: nothing is said of their order.
    assert.deepEqual(withMove(moved, "entities", 2, 1), three);
    assert.throws(() => withMove(three, "entities", 9, 1), LabelSetError);
    const odd = { entities: [{ id: 0, name: "A", order: 0.5 }] };
    assert.throws(() => parseLabelSets(JSON.stringify(odd), "labels.json"), /order: must be an integer/);
  });

  it("loses what is said of it no longer", () => {
    const plain = withChange(sets, "entities", 3, { colour: undefined, retired: undefined });
    assert.deepEqual(plain.entities[1], { id: 3, name: "LOC", aliases: ["GPE"] });
    const said = withChange(sets, "entities", 0, { guideline: "People.", key: "h" });
    assert.deepEqual(said.entities[0], { id: 0, name: "PER", key: "h", guideline: "People." });
  });

  it("takes no name, key or alias of another, and nothing that is not allowed", () => {
    for (const [change, wrong] of [
      [{ name: "PER" }, /PER/],
      [{ name: "O" }, /no label/],
      [{ name: "a b" }, /white space/],
      [{ key: "p", retired: undefined }, /key/],
      [{ key: "pp" }, /one character/],
      [{ colour: "red" }, /colour/],
    ] as const)
      assert.throws(() => withChange(sets, "entities", 3, change), wrong, JSON.stringify(change));
    assert.throws(() => withChange(sets, "entities", 0, { name: "GPE" }), /GPE/);
    assert.throws(() => withChange(sets, "entities", 9, { name: "X" }), /no label 9/);
  });
});

describe("a file of label sets", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), "glossator-sets-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const root = (): string => path.join(folder, ".glossator");

  it("is made where there is none, and never in place of another, whatever that is", async () => {
    assert.equal(await makeLabelSets(root(), presetSets("legal", defaultLabelSets())), true);
    const made = await readFile(labelsFile(root()), "utf8");
    assert.equal((await loadLabelSets(root())).entities[0]?.name, "PARTY");
    assert.equal(await makeLabelSets(root(), presetSets("general", defaultLabelSets())), false);
    assert.equal(await readFile(labelsFile(root()), "utf8"), made);
    await writeFile(labelsFile(root()), "not JSON");
    assert.equal(await makeLabelSets(root(), presetSets("general", defaultLabelSets())), false);
    assert.equal(await readFile(labelsFile(root()), "utf8"), "not JSON");
  });

  it("is not written through a link", async function () {
    if (process.platform === "win32") return this.skip();
    await makeLabelSets(root(), presetSets("legal", defaultLabelSets()));
    const elsewhere = path.join(folder, "elsewhere.json");
    await writeFile(elsewhere, "{}");
    await rm(labelsFile(root()));
    await symlink(elsewhere, labelsFile(root()));
    await makeLabelSets(root(), presetSets("legal", defaultLabelSets())).catch(() => undefined);
    assert.equal(await readFile(elsewhere, "utf8"), "{}");
  });

  it("is changed as it is now, and stays as it is where a change does not fit", async () => {
    await makeLabelSets(root(), presetSets("legal", defaultLabelSets()));
    await changeLabelSets(root(), defaultLabelSets(), (sets) => withChange(sets, "entities", 1, { name: "Tribunal" }));
    assert.equal((await loadLabelSets(root())).entities[1]?.name, "Tribunal");
    const before = await readFile(labelsFile(root()), "utf8");
    const wrong = changeLabelSets(root(), defaultLabelSets(), (sets) =>
      withChange(sets, "entities", 1, { name: "PARTY" }),
    );
    await assert.rejects(wrong, LabelSetError);
    assert.equal(await readFile(labelsFile(root()), "utf8"), before);
  });
});
