import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { readManifest } from "../../src/model/manifest/manifest";
import type { EncoderManifest } from "../../src/model/manifest/manifest";
import { EncoderNetwork } from "../../src/model/network/network";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { planLabels } from "../../src/model/tasks/labelling";
import type { PlacedChange } from "../../src/training/changes";
import { BaseStates } from "../../src/training/base-states";
import { Checkpoint } from "../../src/training/checkpoint";
import { collectTaught, teachesLabels } from "../../src/training/examples/collect";
import { planOutputs } from "../../src/training/outputs";
import { startTeaching } from "../../src/training/process/client";
import { heldRow, readTexts, taughtRow } from "../../src/training/rows";
import type { ReadText } from "../../src/training/rows";
import { teachWorkspace } from "../../src/training/teach";
import { changeText } from "../../src/training/report";
import type { TeachRequest } from "../../src/training/request";
import type { TaskProgress } from "../../src/training/teach";
import { versionsFolder } from "../../src/training/places";
import { DEFAULT_SETTINGS, train } from "../../src/training/trainer";
import type { RunState, TrainingRun } from "../../src/training/trainer";
import { VersionError, Versions } from "../../src/training/versions";
import { BASE, sentencesAbout, VEHICLES } from "../fixtures/traffic";
import { modelDir, root } from "./support";

const teachPath = resolve(root, "out/teach.js");
const session = { device: "cpu", threads: 2 } as const;

describe("teaching by the decisions of a workspace", function () {
  this.timeout(600_000);
  let home: string;
  let workspace: string;

  /** Decides on a document: sentences with a word each that is labelled, all of it looked at. */
  async function decide(
    name: string,
    said: readonly (readonly [sentence: string, word: string, label: string])[],
  ): Promise<void> {
    const text = said.map(([sentence]) => sentence).join("\n\n");
    writeFileSync(join(workspace, name), text);
    const journal = new Journal(join(workspace, ".glossator"), name, "ann");
    await journal.load();
    const labels = new DocumentLabels({ text, author: "ann", sink: journal });
    let at = 0;
    for (const [sentence, word, label] of said) {
      const start = text.indexOf(word, at);
      await labels.add("entities", { start, end: start + word.length }, label).saved;
      at += sentence.length + 2;
    }
    await labels.markReviewed({ start: 0, end: text.length }, "entities").saved;
    await journal.flush();
  }

  const vehicles = (): Promise<void> =>
    decide(
      "traffic.txt",
      VEHICLES.flatMap((what, i) => sentencesAbout(what, i).map((sentence) => [sentence, what, "VEHICLE"] as const)),
    );

  const request = (more: Partial<TeachRequest> = {}): TeachRequest => ({
    ...{
      workspace,
      modelFolder: modelDir,
      versions: versionsFolder(home, workspace, "built-in"),
      baseText: join(home, "base.txt"),
    },
    ...{ threads: 2, settings: { steps: 14, rows: 8, learningRate: 5e-4, outputLearningRate: 3e-3 } },
    ...more,
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "glossator-teach-"));
    workspace = join(home, "work");
    mkdirSync(workspace);
    writeFileSync(join(home, "base.txt"), `# From here.\n${BASE.map((line) => `${line}\tme`).join("\n")}\n`);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const labelsOf = async (folder: string, text: string): Promise<string[]> => {
    const manifest = (await readManifest(folder)) as EncoderManifest;
    const model = {
      ...{ manifest, tokenizer: await loadTokenizer(folder) },
      network: await EncoderNetwork.open(manifest, session),
    };
    try {
      const { steps } = planLabels(model, [{ text }], { entities: true }, 512);
      const [labels] = (await steps[0]!.run()).values();
      return labels!.entities!.map(({ label, start, end }) => `${label} ${text.slice(start, end)}`);
    } finally {
      await model.network.close();
    }
  };

  it("says how many decisions are missing below ten, and makes no job", async () => {
    await decide("few.txt", [["The tram was late.", "tram", "VEHICLE"]]);
    const { outcomes } = await teachWorkspace(request());
    assert.deepEqual(outcomes, [{ kind: "few", task: "entities", decisions: 1, more: 9 }]);
    assert.ok(!existsSync(join(request().versions, "versions")));
  });

  it("gives a version that finds the new label in text it never saw, and is taken back", async () => {
    await vehicles();
    const progress: TaskProgress[] = [];
    const { outcomes, left } = await teachWorkspace(request(), { onProgress: (item) => progress.push(item) });
    assert.deepEqual(left, []);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "judged");
    const { version, verdict } = outcome;
    assert.ok(verdict.accepted, verdict.reasons.join(" "));
    assert.ok(verdict.all.after.f1 > verdict.all.before.f1);
    assert.equal(version.decisions, 14);
    assert.deepEqual(Object.keys(version.newLabels), ["VEHICLE"]);
    const phases = [...new Set(progress.map(({ phase }) => phase))];
    assert.deepEqual(phases, ["reading", "folds", "training", "measuring", "writing"]);
    assert.ok(progress.every(({ done, total }) => done <= total));

    const versions = new Versions(request().versions);
    assert.equal((await versions.active())?.id, version.id);
    const text = "Yesterday Maria Keller missed the tram to the station in Hamburg.";
    assert.deepEqual(await labelsOf(version.folder, text), ["PER Maria Keller", "VEHICLE tram", "LOC Hamburg"]);
    assert.deepEqual(await labelsOf(modelDir, text), ["PER Maria Keller", "LOC Hamburg"]);
    // Other tasks' graphs are the parent's own files.
    for (const file of ["encoder.onnx", "sentiment.onnx", "answers.onnx"])
      assert.deepEqual(readFileSync(join(version.folder, file)), readFileSync(join(modelDir, file)), file);
    assert.deepEqual(readdirSync(join(request().versions, "jobs")), [], "what was worked out is not kept");
    assert.equal(readdirSync(join(request().versions, "states")).length, 1);

    // The same decisions are not taught again, as after a crash between two tasks.
    const { outcomes: again } = await teachWorkspace(request());
    assert.deepEqual(again, [outcome]);
    assert.equal((await versions.list()).length, 1);

    await assert.rejects(versions.remove(version.id), VersionError);
    // The command line, in a process of its own, knows the same versions.
    const cli = (...words: string[]): string =>
      execFileSync(
        process.execPath,
        [join(root, "out/cli.js"), "teach", ...words, "--workspace", workspace, "--store", home],
        {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
    const listed = JSON.parse(cli("--versions", "--json")) as { active: string; versions: { id: string }[] };
    assert.deepEqual([listed.active, listed.versions.map(({ id }) => id)], [version.id, [version.id]]);
    assert.match(cli("--versions"), /\* +\d{8}-\d{6} +as it came +entities, 14 decisions, F1/);
    assert.match(
      cli("--dry-run"),
      /14 decisions in 14 examples[^]*traffic\.txt[^]*added: VEHICLE "tram"; reviewed: nothing else here/,
    );
    // What it changed, and, once it is not used any more, what it would change, in a text that nobody touched.
    writeFileSync(join(workspace, "unseen.txt"), `${"x".repeat(40)}\n${text}\n`);
    const changes = (): unknown[] => {
      const { changes: all } = JSON.parse(cli("--what-changes", version.id, "--json")) as { changes: PlacedChange[] };
      return all
        .filter(({ path }) => path === "unseen.txt")
        .map((change) => [change.at, change.exact, changeText(change)]);
    };
    const changed = changes();
    assert.deepEqual(changed, [["2:35", "tram", "nothing → VEHICLE"]]);
    cli("--back");
    assert.deepEqual(changes(), changed);
    assert.equal(await versions.active(), undefined);
    cli("--activate", version.id);
    assert.equal((await versions.active())?.id, version.id);
    // A model that cannot be opened is one in the exit code, too.
    const graph = join(version.folder, "entities.onnx");
    const bytes = readFileSync(graph);
    writeFileSync(graph, bytes.subarray(1));
    assert.throws(() => cli("--what-changes", version.id), { status: 3 });
    writeFileSync(graph, bytes);
    assert.throws(() => cli("--activate", "20260101-000000"), /There is no version 20260101-000000/);
    assert.equal(await versions.back(), undefined);
    assert.equal(await versions.active(), undefined);
    await assert.rejects(versions.back(), /nothing to go back to/);
    await assert.rejects(versions.activate("20260101-000000"), /There is no version/);
    await versions.activate(version.id);
    assert.equal((await versions.active())?.id, version.id);
    // What a crash leaves half written is nothing: the pointer names what it named, and a folder is whole or not there.
    writeFileSync(join(request().versions, "active.json.part"), '{"ver');
    mkdirSync(join(request().versions, "versions", `.${version.id}-x`));
    assert.equal((await versions.active())?.id, version.id);
    assert.equal((await versions.list()).length, 1);
    await versions.activate(undefined);
    await versions.remove(version.id);
    assert.deepEqual(await versions.list(), []);

    // Decisions on a document that is gone teach nothing, and are told of.
    renameSync(join(workspace, "traffic.txt"), join(workspace, "moved.txt"));
    const dry = ["teach", "--dry-run", "--workspace", workspace, "--store", home];
    const { stderr } = spawnSync(process.execPath, [join(root, "out/cli.js"), ...dry], { encoding: "utf8" });
    assert.match(stderr, /traffic\.txt: .*does not exist/);
  });

  it("teaches a class of sentences, too, and leaves the other tasks as they are", async () => {
    const asked = [
      "Where is it",
      "Who came",
      "When do we go",
      "What does it cost",
      "Why is that",
      "How far is it",
      "Which one",
    ];
    const said = [
      "It is there",
      "Anna came",
      "We go at six",
      "It costs a lot of time",
      "That is so",
      "It is a mile",
      "This one",
    ];
    const lines = asked.flatMap((line, i) => [`${line}?`, `${said[i]!}.`]);
    const text = lines.join("\n\n");
    writeFileSync(join(workspace, "asked.txt"), text);
    const journal = new Journal(join(workspace, ".glossator"), "asked.txt", "ann");
    await journal.load();
    const labels = new DocumentLabels({ text, author: "ann", sink: journal });
    for (const line of lines) {
      const start = text.indexOf(line);
      const label = line.endsWith("?") ? "question" : "neutral";
      await labels.add("sentiment", { start, end: start + line.length }, label).saved;
    }
    await journal.flush();
    const { outcomes } = await teachWorkspace(request());
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "judged" && outcome.task === "sentiment");
    const { version, verdict } = outcome;
    const question = verdict.labels.find(({ label }) => label === "question")!;
    assert.ok(question.after.f1 > question.before.f1, JSON.stringify(question));
    const { tasks } = await readManifest(version.folder);
    assert.deepEqual(tasks.sentiment!.labels, ["negative", "positive", "neutral", "question"]);
    assert.equal(tasks.sentiment!.unmarked, "neutral");
    for (const file of ["encoder.onnx", "entities.onnx", "answers.onnx"])
      assert.deepEqual(readFileSync(join(version.folder, file)), readFileSync(join(modelDir, file)), file);
  });

  it("keeps what it cannot show to be better aside, with the reason, and goes on using what there was", async () => {
    // The same word is now this, now that, now nothing: there is nothing to learn.
    await decide(
      "noise.txt",
      VEHICLES.flatMap((what, i) => {
        const [taken, late] = sentencesAbout(what, i);
        return [
          [taken, ["Somebody", "home", "took"][i % 3]!, "LOC"],
          [late, ["late", "again", what][(i + 1) % 3]!, i % 2 === 0 ? "ORG" : "PER"],
        ] as const;
      }),
    );
    const { outcomes } = await teachWorkspace(request());
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "judged");
    assert.ok(!outcome.verdict.accepted);
    assert.ok(outcome.verdict.reasons.length > 0);
    const versions = new Versions(request().versions);
    assert.equal(await versions.active(), undefined);
    const [version] = await versions.list();
    assert.equal(version!.accepted, false);
    assert.deepEqual(version!.verdict.reasons, outcome.verdict.reasons);
    assert.deepEqual((await teachWorkspace(request())).outcomes, [outcome]);
  });

  it("stops at numbers that are none, and writes nothing", async () => {
    await vehicles();
    const settings = { steps: 4, rows: 8, learningRate: 1e30, outputLearningRate: 1e30 };
    await assert.rejects(teachWorkspace(request({ settings })), /the learning rate is too high/);
    assert.deepEqual(await new Versions(request().versions).list(), []);
    // The lock is free again.
    await assert.rejects(teachWorkspace(request({ settings })), /the learning rate is too high/);
  });

  it("says that a model without step graphs cannot be taught", async () => {
    await vehicles();
    const copy = join(home, "model");
    mkdirSync(copy);
    for (const name of readdirSync(modelDir).filter((file) => !file.startsWith("step-")))
      writeFileSync(join(copy, name), readFileSync(join(modelDir, name)));
    await assert.rejects(teachWorkspace(request({ modelFolder: copy })), /holds no graph that trains entities/);
  });

  it("ends as it would have when a run is interrupted and gone on with, to the bit", async () => {
    await vehicles();
    const manifest = (await readManifest(modelDir)) as EncoderManifest;
    const tokenizer = await loadTokenizer(modelDir);
    const network = await EncoderNetwork.open(manifest, session);
    const { tasks } = await collectTaught({ workspace, manifest });
    const [taught] = tasks.filter(teachesLabels);
    const { examples, labels } = taught!;
    const decoder = manifest.tasks.entities!;
    const outputs = planOutputs("entities", decoder, labels, new Set(["VEHICLE"]), () => "MISC");
    const read = async (texts: readonly string[], keptOf?: BaseStates["of"]): Promise<ReadText[]> =>
      (await readTexts({ network, tokenizer }, "entities", texts, { ...(keptOf && { keptOf }) })) as ReadText[];
    const base = await read(BASE);
    const states = new BaseStates(join(home, "states"), manifest.encoder.sha256, BASE);
    await states.keep(base);
    await states.load();
    // Not run again: it would show.
    const encode = network.encode.bind(network);
    network.encode = () => Promise.reject(new Error("the encoder is not asked"));
    assert.deepEqual(await read(BASE, states.of), base, "kept states give the same logits, to the bit");
    network.encode = encode;
    const texts = await read(examples.map(({ text }) => text));
    const run: TrainingRun = {
      ...{ manifest, task: "entities", outputs, session },
      taught: texts.map((text, i) => taughtRow("entities", examples[i]!, text, outputs, 1)),
      held: base.map((text) => heldRow(text, outputs)),
      settings: { ...DEFAULT_SETTINGS, steps: 8, rows: 4, enough: 0 },
    };
    await network.close();
    const whole = await train(run);
    const checkpoint = new Checkpoint(join(home, "job"));
    const abort = new AbortController();
    const interrupted = train({
      ...run,
      ...{ signal: abort.signal, keepEvery: 3 },
      onState: (state) => checkpoint.keepRun("all", state),
      onStep: ({ step }) => step === 5 && abort.abort(new Error("enough")),
    });
    await assert.rejects(interrupted, /enough/);
    const from = (await checkpoint.run("all")) as RunState;
    assert.equal(from.losses.length, 3);
    const steps: number[] = [];
    const resumed = await train({ ...run, from, onStep: ({ step }) => steps.push(step) });
    assert.deepEqual(steps, [4, 5, 6, 7, 8]);
    assert.deepEqual(resumed.losses, whole.losses);
    for (const [name, { data }] of whole.parameters) assert.deepEqual(resumed.parameters.get(name)!.data, data, name);
  });

  it("goes on in a new process when its own is killed, and is cancelled at once", async () => {
    await vehicles();
    const killed = new Set<number>();
    const running = startTeaching({ serverPath: teachPath }, request(), {
      onProgress: ({ phase, done }) => {
        if (phase !== "folds" || done < 3 || killed.size > 0) return;
        killed.add(running.pid!);
        process.kill(running.pid!, "SIGKILL");
      },
    });
    const { outcomes } = await running.report;
    assert.equal(killed.size, 1);
    assert.equal(outcomes[0]!.kind, "judged");
    const versions = new Versions(request().versions);
    assert.equal((await versions.list()).length, 1);

    await decide("more.txt", [["The yacht was late.", "yacht", "VEHICLE"]]);
    const abort = new AbortController();
    const second = startTeaching({ serverPath: teachPath }, request(), {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error("no more")),
    });
    await assert.rejects(second.report, /no more/);
    assert.equal((await versions.list()).length, 1);
  });
});
