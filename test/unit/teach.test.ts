import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LabelTask } from "../../src/documents/tasks";
import { readManifest } from "../../src/model/manifest/manifest";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import type { Tokenizer } from "../../src/model/tokenizer/tokenizer";
import { Checkpoint } from "../../src/training/checkpoint";
import { examplesOf } from "../../src/training/examples/collect";
import type { DecisionEvent } from "../../src/labels/events";
import { DocumentLabels } from "../../src/labels/store";
import { decisionsMade } from "../../src/training/examples/decided";
import { decisionsOf } from "../../src/training/examples/example";
import type { TeachExample } from "../../src/training/examples/example";
import { foldsOf } from "../../src/training/folds";
import { judge, probesOf } from "../../src/training/gate";
import { JobRunningError, lockJobs } from "../../src/training/lock";
import { planOutputs } from "../../src/training/outputs";
import { batchAt } from "../../src/training/random";
import { countsOf, scoreOf, sumOf } from "../../src/training/score";
import { classTargets, IGNORED, spanTargets } from "../../src/training/targets";
import { teachWorkspace } from "../../src/training/teach";
import { isTeachable } from "../../src/training/teachable";
import { DEFAULT_SETTINGS } from "../../src/training/trainer";
import { Versions } from "../../src/training/versions";
import type { Version } from "../../src/training/versions";
import { Decider } from "./support/decided";
import { mayMount, NAMESPACE } from "./support/mount";

const dir = resolve(__dirname, "../../models/glossator-minilm");
const NAMES = new Set(["PER", "ORG", "LOC", "MISC"]);
const TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"];
const row = (tag: string): number => {
  assert.ok(TAGS.includes(tag), tag);
  return TAGS.indexOf(tag);
};

describe("examples from decisions on spans", () => {
  const text = "Anna Berg left Oslo. The firm Acme grew. Nobody came.";
  const examples = (work: (by: Decider) => void, taught = NAMES): ReturnType<typeof examplesOf> => {
    const by = new Decider("a.txt", text);
    work(by);
    return examplesOf(by.document(), "entities", taught);
  };
  const said = ({ text: of, labels, rejected }: TeachExample): string[] => [
    ...labels.map(({ start, end, label, how }) => `${how} ${label} ${of.slice(start, end)}`),
    ...rejected.map(({ start, end, label, how }) => `${how} ${label} ${of.slice(start, end)}`),
  ];

  it("tell what was accepted, corrected, added and rejected, and hold no sentence of which nothing was said", () => {
    const { examples: found, left } = examples((by) => {
      const [anna, oslo, acme] = by.suggest("entities", ["Anna", "PER"], ["Oslo", "ORG"], ["Acme", "PER"]) as [
        string,
        string,
        string,
      ];
      by.labels.accept(anna);
      by.labels.relabel(oslo, "LOC");
      by.labels.reject(acme);
      by.labels.add("entities", by.at("firm"), "ORG");
    });
    assert.deepEqual(found.map(said), [
      ["accepted PER Anna", "corrected LOC Oslo"],
      ["added ORG firm", "rejected PER Acme"],
    ]);
    assert.deepEqual(
      found.map(({ weight }) => weight),
      [2, 2],
    );
    assert.deepEqual(found.map(decisionsOf), [2, 2]);
    assert.deepEqual(left, []);
  });

  it("take reviewed text without labels for nothing there, and only that", () => {
    const { examples: found } = examples((by) => by.labels.markReviewed(by.at("Nobody came."), "entities"));
    assert.equal(found.length, 1);
    assert.deepEqual(found[0]!.reviewed, [{ start: 0, end: 12 }]);
    assert.deepEqual(said(found[0]!), []);
  });

  it("leave out what tags cannot hold and labels that are not taught, and say so", () => {
    const { examples: found, left } = examples((by) => {
      by.labels.add("entities", by.at("Anna Berg"), "PER");
      by.labels.add("entities", by.at("Berg"), "LOC");
      by.labels.add("entities", by.at("Oslo"), "CITY");
      by.labels.markReviewed(by.at("Anna Berg left Oslo."), "entities");
    });
    assert.deepEqual(found.map(said), [["added PER Anna Berg"]]);
    assert.equal(found[0]!.unknown.length, 1);
    assert.deepEqual(
      left.map(({ exact, reason }) => [exact, reason.replace(/;.*/, "")]),
      [
        ["Oslo", "its label CITY is not in labels.json"],
        ["Berg", "it overlaps PER at 0–9"],
      ],
    );
  });

  it("join the sentences that a label runs across, and read markup as blanks", () => {
    const by = new Decider("a.md", "We saw **Dr. No**. It was *good*.");
    by.labels.add("entities", { start: 9, end: 23 }, "MISC");
    const { examples: found } = examplesOf(by.document(), "entities", NAMES);
    assert.equal(found.length, 1);
    assert.equal(found[0]!.text, "We saw   Dr. No  . It was  good .");
  });

  it("are none of what was taken back", () => {
    const { examples: found } = examples((by) => {
      by.labels.add("entities", by.at("Oslo"), "LOC");
      by.labels.undo();
    });
    assert.deepEqual(found, []);
  });
});

describe("decisions since the last job", () => {
  it("are those on labels; what is undone counts no more, and a dataset's, answers and reviewed text never", () => {
    const events: DecisionEvent[] = [];
    let count = 0;
    const journal = {
      append: (added: readonly DecisionEvent[]) => {
        count += decisionsMade(added, events);
        events.push(...added);
        return Promise.resolve();
      },
    };
    const text = "Anna Berg left Oslo. It is good.";
    const labels = new DocumentLabels({ text, author: "ann", sink: journal });
    labels.add("entities", { start: 0, end: 9 }, "PER");
    labels.add("sentiment", { start: 21, end: 32 }, "positive");
    labels.markReviewed({ start: 0, end: 32 }, "entities");
    assert.equal(count, 2);
    labels.answer("Who left?", [{ start: 0, end: 9 }]);
    assert.equal(count, 2);
    labels.undo();
    labels.undo();
    assert.equal(count, 2);
    labels.undo();
    assert.equal(count, 1);
    labels.redo();
    assert.equal(count, 2);
  });
});

describe("examples from decisions on classes", () => {
  it("tell the class of a sentence, or what it is not", () => {
    const by = new Decider("a.txt", "It is good. It is bad. It is there.");
    const [good, bad, there] = by.suggest(
      "sentiment",
      ["It is good.", "positive"],
      ["It is bad.", "positive"],
      ["It is there.", "negative"],
    ) as [string, string, string];
    by.labels.accept(good);
    by.labels.relabel(bad, "negative");
    by.labels.reject(there);
    const names = ["negative", "positive", "neutral"];
    const { examples } = examplesOf(by.document(), "sentiment", new Set(names));
    assert.deepEqual(
      examples.map(({ text, labels, rejected }) => [
        text,
        ...[...labels, ...rejected].map(({ how, label }) => `${how} ${label}`),
      ]),
      [
        ["It is good.", "accepted positive"],
        ["It is bad.", "corrected negative"],
        ["It is there.", "rejected negative"],
      ],
    );
    const targets = examples.map((example) => classTargets(example, (label) => names.indexOf(label)));
    assert.deepEqual(
      targets.map(({ right }) => [...right]),
      [[1], [0], [IGNORED]],
    );
    assert.deepEqual([...targets[2]!.wrong.get(0)!], [0]);
  });
});

describe("targets of tokens", function () {
  this.timeout(60_000);
  let tokenizer: Tokenizer;
  before(async () => (tokenizer = await loadTokenizer(dir)));
  const example = (text: string, parts: Partial<TeachExample> = {}): TeachExample => ({
    ...{ task: "entities", document: "a.txt", span: { start: 0, end: text.length }, text },
    ...{ labels: [], rejected: [], reviewed: [], unknown: [], weight: 1 },
    ...parts,
  });
  const label = (start: number, end: number, name: string): TeachExample["labels"][number] => ({
    ...{ start, end, label: name, how: "added" },
  });
  const targets = (of: TeachExample): ReturnType<typeof spanTargets> => spanTargets(of, tokenizer.encode(of.text), row);
  const whole = (text: string): TeachExample["reviewed"] => [{ start: 0, end: text.length }];

  it("are on the first token of each word, and nothing where nobody looked", () => {
    // "Szczepan" and "Wojciechowski" are cut into pieces; the emoji is two UTF-16 units.
    const text = "😀 Szczepan Wojciechowski left.";
    const { words } = tokenizer.encode(text);
    const open = targets(example(text, { labels: [label(3, 25, "PER")] }));
    open.right.forEach((target, i) => assert.ok(target === IGNORED || words[i] !== words[i - 1]));
    assert.deepEqual(
      [...open.right].filter((target) => target !== IGNORED),
      [1, 2],
    );
    assert.ok(open.open);
    const closed = targets(example(text, { labels: [label(3, 25, "PER")], reviewed: whole(text) }));
    assert.deepEqual(
      [...closed.right].filter((target) => target !== IGNORED),
      [0, 1, 2, 0, 0],
    );
    assert.ok(!closed.open);
  });

  it("cover a word that a label only touches, and part two that stand side by side", () => {
    const text = "Anna Bob";
    assert.deepEqual([...targets(example(text, { labels: [label(0, 4, "PER"), label(5, 8, "PER")] })).right], [1, 1]);
    assert.deepEqual([...targets(example(text, { labels: [label(0, 6, "PER")] })).right], [1, 2]);
  });

  it("say of a rejected span that it is not this, and not that it is nothing", () => {
    const { right, wrong, open } = targets(
      example("Anna Bob", { rejected: [{ ...label(0, 4, "PER"), how: "rejected" }] }),
    );
    assert.deepEqual([...right], [IGNORED, IGNORED]);
    assert.deepEqual(
      [...wrong].map(([unit, rows]) => [unit, [...rows]]),
      [[0, [1, 2]]],
    );
    assert.ok(open);
  });

  it("leave text with a label that is not taught alone, though it was reviewed", () => {
    const { right, open } = targets(
      example("Anna Bob", { reviewed: whole("Anna Bob"), unknown: [{ start: 5, end: 8 }] }),
    );
    assert.deepEqual([...right], [0, IGNORED]);
    assert.ok(open);
  });

  it("are refused where a label holds no word", () => {
    assert.throws(() => targets(example("Anna  Bob", { labels: [label(4, 5, "PER")] })), /holds no word/);
  });
});

describe("the output layer of a job", () => {
  const decoder = { labels: TAGS };
  it("has new rows after the old ones, each like an old one, behind it where that is served as well", () => {
    const used = ["PER", "ORG", "LOC", "MISC", "VESSEL", "EMPTY"];
    const { all, served, like, change } = planOutputs(
      "entities",
      decoder,
      used,
      new Set(["PER", "VESSEL"]),
      () => "MISC",
    );
    assert.deepEqual(all, [...TAGS, "B-VESSEL", "I-VESSEL"]);
    assert.deepEqual(served, [...all.keys()]);
    assert.deepEqual([...like], [["VESSEL", "MISC"]]);
    assert.deepEqual(change.like!.get("I-VESSEL"), { row: "I-MISC", behind: 1 });
  });

  it("serves another label set alone, and keeps the old rows", () => {
    const { all, served, held, change } = planOutputs(
      "entities",
      decoder,
      ["person"],
      new Set(["person"]),
      () => "PER",
    );
    assert.deepEqual(all, [...TAGS, "B-person", "I-person"]);
    assert.deepEqual(served, [0, 9, 10]);
    assert.deepEqual(held, [...TAGS.keys()]);
    assert.equal(change.like!.get("B-person")!.behind, 0);
  });
});

describe("folds", () => {
  const make = (document: string, text: string): TeachExample => ({
    ...{ task: "entities", document, span: { start: 0, end: text.length }, text, weight: 1 },
    ...{ labels: [], rejected: [], reviewed: [], unknown: [] },
  });
  it("hold out each of few examples once, the same ones each time, and never one that is learned from", () => {
    const examples = Array.from({ length: 40 }, (_, i) => make("a.txt", `sentence ${i % 30}`));
    const folds = foldsOf(examples);
    assert.equal(folds.length, 3);
    assert.deepEqual(
      folds.flatMap(({ measured }) => measured).sort((a, b) => a - b),
      [...examples.keys()],
    );
    for (const { learned, measured } of folds)
      for (const i of measured) assert.ok(!learned.some((j) => examples[j]!.text === examples[i]!.text));
    assert.deepEqual(foldsOf(examples), folds);
    assert.deepEqual(foldsOf([...examples, make("a.txt", "one more")]).length, 3);
  });
  it("keep documents whole where there are some, and cut many examples once", () => {
    const examples = Array.from({ length: 600 }, (_, i) => make(`${i % 20}.txt`, `sentence ${i}`));
    const folds = foldsOf(examples);
    assert.equal(folds.length, 1);
    const out = new Set(folds[0]!.measured.map((i) => examples[i]!.document));
    assert.ok(folds[0]!.learned.every((i) => !out.has(examples[i]!.document)));
  });
  it("draw batches that hold each example once a round, whoever asks for which", () => {
    const draw = batchAt(5, 2, 7);
    const rounds = [0, 1, 2, 3, 4].flatMap((step) => draw(step));
    assert.deepEqual(rounds.slice(0, 5).sort(), [0, 1, 2, 3, 4]);
    assert.deepEqual(batchAt(5, 2, 7)(3), draw(3));
  });
});

describe("the gate", () => {
  const text = "Anna met Bob in Oslo.";
  const example: TeachExample = {
    ...{ task: "entities", document: "a.txt", span: { start: 0, end: text.length }, text, weight: 1 },
    labels: [{ start: 0, end: 4, label: "PER", how: "added" }],
    rejected: [{ start: 9, end: 12, label: "ORG", how: "rejected" }],
    ...{ reviewed: [], unknown: [] },
  };
  const give = (start: number, end: number, label: string, score = 0.99) => ({ start, end, label, score });

  it("counts only where people said something", () => {
    assert.deepEqual(countsOf("entities", example, [give(0, 4, "PER"), give(16, 20, "LOC")]), {
      PER: { right: 1, wrong: 0, missed: 0 },
    });
    assert.deepEqual(countsOf("entities", example, [give(0, 8, "PER"), give(9, 12, "ORG")]), {
      PER: { right: 0, wrong: 1, missed: 1 },
      ORG: { right: 0, wrong: 1, missed: 0 },
    });
    const reviewed = { ...example, reviewed: [{ start: 0, end: text.length }] };
    assert.deepEqual(sumOf([countsOf("entities", reviewed, [give(16, 20, "LOC")])]), { right: 0, wrong: 1, missed: 1 });
    assert.equal(scoreOf({ right: 3, wrong: 1, missed: 2 }).f1, 6 / 9);
  });

  const counts = (right: number, of: number, label = "PER") =>
    Array.from({ length: of }, (_, i) => ({
      [label]: { right: Number(i < right), wrong: 0, missed: Number(i >= right) },
    }));
  const fine = { agreement: 1, sure: 100 };

  it("accepts what is better beyond chance", () => {
    const { accepted, all, reasons } = judge(["PER"], { before: counts(5, 30), after: counts(20, 30) }, fine, 1);
    assert.ok(accepted, reasons.join(" "));
    assert.ok(all.gain.low > 0 && all.interval.low < all.after.f1 && all.after.f1 < all.interval.high);
  });

  it("refuses, in words, what is not better, may be so by chance, loses a label, or forgets", () => {
    const refused = (before: number, after: number, probes = fine): string => {
      const { accepted, reasons } = judge(["PER"], { before: counts(before, 30), after: counts(after, 30) }, probes, 1);
      assert.ok(!accepted);
      return reasons.join(" ");
    };
    assert.match(refused(20, 20), /not better: F1 80\.0 before, 80\.0 after/);
    assert.match(refused(20, 5), /not better.*PER got worse/);
    assert.match(refused(5, 20, { agreement: 0.99, sure: 100 }), /changes 1\.0 % of the labels/);
    const before = [...counts(9, 10), ...counts(0, 30, "LOC")];
    const mixed = { before, after: [...counts(0, 10), ...counts(25, 30, "LOC")] };
    assert.match(judge(["PER", "LOC"], mixed, fine, 1).reasons.join(" "), /^PER got worse/);
    // One of two ways that a coin may fall.
    const coin = { before: counts(1, 2), after: [...counts(0, 1), ...counts(1, 1)] };
    assert.ok(!judge(["PER"], coin, fine, 1).accepted);
  });

  it("compares what the old model was sure of, by what new labels are like", () => {
    const old = [[give(0, 4, "PER"), give(9, 12, "MISC", 0.5)]];
    assert.deepEqual(probesOf(old, [[give(0, 4, "PER")]]), { agreement: 1, sure: 1 });
    assert.equal(probesOf(old, [[]]).agreement, 0);
    assert.equal(probesOf(old, [[give(0, 4, "person")]], new Map([["person", "PER"]])).agreement, 1);
    assert.equal(probesOf(old, [[give(0, 4, "PER"), give(16, 20, "LOC")]]).agreement, 2 / 3);
    assert.equal(probesOf(old, [[give(0, 4, "PER"), give(16, 20, "DATE")]], new Map([["DATE", "MISC"]])).agreement, 1);
  });
});

describe("a job on disk", () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-job-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("keeps the state of a run to the bit, and forgets it once the run is done", async () => {
    const checkpoint = new Checkpoint(join(home, "job"));
    const matrix = (value: number) => ({
      dims: [2, 3],
      data: Float32Array.from({ length: 6 }, (_, i) => value / (i + 3)),
    });
    const values = new Map([["entities.output.weight", { now: matrix(1), m: matrix(2), v: matrix(3) }]]);
    await checkpoint.keepRun("all", { state: { count: 7, values }, losses: [0.5, 0.25] });
    assert.deepEqual(await checkpoint.run("all"), { state: { count: 7, values }, losses: [0.5, 0.25] });
    assert.equal(await checkpoint.run("fold-0"), undefined);
    await checkpoint.keep("all", { found: 1 });
    assert.equal(await checkpoint.run("all"), undefined);
    assert.deepEqual(await checkpoint.found("all"), { found: 1 });
  });

  it("is forgotten when a job of other decisions on the same task begins", async () => {
    const job = (name: string): Checkpoint => new Checkpoint(join(home, "jobs", name));
    for (const name of ["entities-1", "entities-2", "sentiment-1"]) await job(name).keep("fold-0", name);
    await job("entities-2").clearOthers("entities-");
    assert.deepEqual(readdirSync(join(home, "jobs")).sort(), ["entities-2", "sentiment-1"]);
    await job("entities-2").clear();
    assert.equal(await job("entities-2").found("fold-0"), undefined);
  });

  it("is one at a time", async () => {
    const lock = await lockJobs(home);
    await assert.rejects(lockJobs(home), JobRunningError);
    await lock.release();
    await (await lockJobs(home)).release();
  });
});

describe("a version that teaching would make again", () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-versions-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("is the latest one of its task in what is used, or was kept aside beside it", async () => {
    const versions = new Versions(home);
    const asItCame = await readManifest(dir);
    let second = 0;
    const made = async (
      parent: Version | undefined,
      task: LabelTask,
      taughtHash: string,
      accepted = true,
    ): Promise<Version> => {
      const manifest = parent ? await readManifest(parent.folder) : asItCame;
      const record = {
        made: `2026-01-01T00:00:0${second++}.000Z`,
        ...{ task, accepted, taughtHash, ...(parent && { parent: parent.id }) },
        verdict: judge([], { before: [], after: [] }, { agreement: 1, sure: 1 }, 1),
        ...{ decisions: 10, examples: 10, examplesHash: "", newLabels: {}, settings: DEFAULT_SETTINGS },
        ...{ steps: 1, seconds: 1 },
      };
      return versions.publish(manifest, { parameters: new Map() }, record);
    };
    const same = async (task: LabelTask, taughtHash: string, used?: Version): Promise<string | undefined> =>
      (await versions.sameAs(task, taughtHash, used?.id, used?.digest ?? asItCame.digest))?.id;

    const first = await made(undefined, "entities", "a");
    const other = await made(first, "sentiment", "a");
    assert.equal(await same("entities", "a", first), first.id);
    // Of two tasks, the second was taught from what the first left.
    assert.equal(await same("entities", "a", other), first.id);
    assert.equal(await same("sentiment", "a", other), other.id);
    assert.equal(await same("entities", "b", other), undefined);
    assert.equal(await same("entities", "a"), undefined, "who went back may teach again");

    // Decisions that were taken back are to be unlearned.
    const later = await made(other, "entities", "b");
    assert.equal(await same("entities", "b", later), later.id);
    assert.equal(await same("entities", "a", later), undefined);

    const aside = await made(later, "entities", "c", false);
    assert.equal(await same("entities", "c", later), aside.id);
    assert.equal(await same("entities", "c", other), undefined, "it would be made of another model");
    assert.equal(await same("entities", "c", aside), undefined, "it was chosen by hand");
    await versions.remove(aside.id);
    assert.equal(await same("entities", "c", later), undefined);
  });
});

describe("versions in trouble", function () {
  this.timeout(120_000);
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-trouble-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  if (mayMount)
    it("on a full disk, and where nothing may be written: it is said, and what was used is used, from a model that is read-only, too", () => {
      const [folder, model] = [join(home, "disk"), join(home, "model")];
      const readOnly = (at: string): string => `mount -o remount,bind,ro '${at}'`;
      const make = [
        `mkdir '${folder}' '${model}' && mount -t tmpfs -o size=72m none '${folder}'`,
        `mount --bind '${dir}' '${model}' && ${readOnly(model)}`,
      ].join(" && ");
      const script = [process.execPath, "--import", "tsx", resolve("test/fixtures/versions-in-trouble.ts")];
      const { stdout, stderr, status } = spawnSync(
        "unshare",
        [
          ...NAMESPACE,
          "sh",
          "-c",
          `${make} && exec "$@"`,
          "sh",
          ...script,
          folder,
          model,
          `mount -o remount,ro '${folder}'`,
        ],
        { encoding: "utf8" },
      );
      assert.equal(status, 0, stderr);
      const { id, full, kept } = JSON.parse(stdout) as { id: string; full: unknown[]; kept: unknown[] };
      const state = [id, [id], [id], false];
      assert.deepEqual(full.at(-1), state);
      for (const said of full.slice(0, -1))
        assert.match(String(said), /^StorageError: There is no room left on the disk/);
      assert.deepEqual(kept.at(-1), state);
      for (const said of kept.slice(0, -1))
        assert.match(
          String(said),
          /^StorageError: .*disk.taught, where versions are kept, cannot be written to \(EROFS\)/,
        );
    });

  it("where a file is in the way of their folder", async () => {
    writeFileSync(join(home, "taught"), "");
    const versions = join(home, "taught/w/m");
    const job = { workspace: home, modelFolder: dir, versions, baseText: "", threads: 1 };
    await assert.rejects(teachWorkspace(job), /^StorageError: .*cannot be written to/);
    await assert.rejects(new Versions(versions).activate(undefined), /^StorageError: .*cannot be written to/);
  });

  it("with a model that holds nothing to train it by: it is offered to nobody", async () => {
    assert.equal(await isTeachable(dir), true);
    assert.equal(await isTeachable(home), false);
    const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as Record<string, unknown>;
    for (const name of readdirSync(dir).filter((file) => file !== "manifest.json" && !file.startsWith("step-")))
      symlinkSync(join(dir, name), join(home, name));
    delete manifest["steps"];
    writeFileSync(join(home, "manifest.json"), JSON.stringify(manifest));
    assert.equal((await readManifest(home)).steps, undefined);
    assert.equal(await isTeachable(home), false);
  });
});
