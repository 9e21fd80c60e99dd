import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { readManifest } from "../../src/model/manifest/manifest";
import type { EncoderManifest } from "../../src/model/manifest/manifest";
import { EncoderNetwork } from "../../src/model/network/network";
import { planAnswers } from "../../src/model/tasks/answering";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { startTeaching } from "../../src/training/process/client";
import type { TeachRequest } from "../../src/training/request";
import { teachWorkspace } from "../../src/training/teach";
import { Versions } from "../../src/training/versions";
import { BASE, BASE_QUESTIONS, timetableOf, VEHICLES } from "../fixtures/traffic";
import { modelDir, root } from "./support";

const session = { device: "cpu", threads: 2 } as const;

describe("teaching answers by the decisions of a workspace", function () {
  this.timeout(600_000);
  let home: string;
  let workspace: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "glossator-answers-"));
    workspace = join(home, "work");
    mkdirSync(workspace);
    writeFileSync(join(home, "base.txt"), BASE.map((line, i) => `${line}\tme\t${BASE_QUESTIONS[i]}\n`).join(""));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const request = (more: Partial<TeachRequest> = {}): TeachRequest => ({
    ...{ workspace, modelFolder: modelDir, versions: join(home, "versions"), baseText: join(home, "base.txt") },
    ...{ threads: 2, settings: { steps: 12 } },
    ...more,
  });

  /** Answers the questions about some documents. */
  async function decide(things: readonly string[]): Promise<void> {
    for (const [i, what] of things.entries()) {
      const { text, asked } = timetableOf(what, i);
      writeFileSync(join(workspace, `${what}.txt`), text);
      const journal = new Journal(join(workspace, ".glossator"), `${what}.txt`, "ann");
      await journal.load();
      const labels = new DocumentLabels({ text, author: "ann", sink: journal });
      for (const { question, answer } of asked) {
        const start = text.indexOf(answer);
        await labels.answer(question, [{ start, end: start + answer.length }]).saved;
      }
      await journal.flush();
    }
  }

  const answerOf = async (folder: string, question: string, text: string): Promise<string> => {
    const manifest = (await readManifest(folder)) as EncoderManifest;
    const model = {
      ...{ manifest, tokenizer: await loadTokenizer(folder) },
      network: await EncoderNetwork.open(manifest, session),
    };
    try {
      const [step] = planAnswers(model, question, [text], 1, 512);
      const [answers] = (await step!.run()).values();
      return text.slice(answers![0]!.start, answers![0]!.end);
    } finally {
      await model.network.close();
    }
  };

  it("gives a version that answers as people do in text it never saw, in a process that is killed on the way", async () => {
    await decide(VEHICLES);
    let killed = 0;
    const running = startTeaching({ serverPath: resolve(root, "out/teach.js") }, request(), {
      onProgress: ({ task, phase, done }) => {
        assert.equal(task, "answers");
        if (phase !== "folds" || done < 13 || killed > 0) return;
        killed = running.pid!;
        process.kill(killed, "SIGKILL");
      },
    });
    const { outcomes, left, notYet } = await running.report;
    assert.ok(killed > 0);
    assert.deepEqual([left, notYet], [[], []]);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "judged" && outcome.task === "answers");
    const { version, verdict } = outcome;
    assert.ok(verdict.all.after.f1 > verdict.all.before.f1 + 0.1, JSON.stringify(verdict.all));
    assert.equal(version.decisions, 14);
    assert.ok(verdict.probes.sure > 0);
    const { text, asked } = timetableOf("balloon", 11);
    const { question, answer } = asked[0]!;
    assert.equal(await answerOf(version.folder, question, text), answer);
    assert.notEqual(await answerOf(modelDir, question, text), answer);
    // All else is the parent's own: other tasks say the same, to the bit.
    const changed = readdirSync(version.folder).filter(
      (file) => !readFileSync(join(version.folder, file)).equals(readFileSync(join(modelDir, file))),
    );
    assert.deepEqual(changed.sort(), ["answers.onnx", "manifest.json"]);

    // A job that nobody disturbed comes to just the same.
    const other = await teachWorkspace(request({ versions: join(home, "undisturbed") }));
    const [calm] = other.outcomes;
    assert.ok(calm?.kind === "judged");
    assert.deepEqual(calm.verdict, verdict);
    assert.deepEqual(
      readFileSync(join(calm.version.folder, "answers.onnx")),
      readFileSync(join(version.folder, "answers.onnx")),
    );
  });

  it("says how many questions are missing below ten, and that without questions to replay none can be taught", async () => {
    await decide(VEHICLES.slice(0, 2));
    const { outcomes } = await teachWorkspace(request());
    assert.deepEqual(outcomes, [{ kind: "few", task: "answers", decisions: 4, more: 6 }]);
    await decide(VEHICLES);
    const cli = (...words: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(
        process.execPath,
        [join(root, "out/cli.js"), "teach", ...words, "--workspace", workspace, "--store", home],
        { encoding: "utf8" },
      );
    assert.match(
      String(cli("--dry-run").stdout),
      /answers: 14 decisions in 14 examples[^]*When does the tram leave\? +added: "The tram leaves the old harbour/,
    );
    const exported = cli("--export-job", join(home, "job"));
    assert.notEqual(exported.status, 0);
    assert.match(String(exported.stderr), /holds labels alone, and no answers/);
    writeFileSync(join(home, "base.txt"), BASE.map((line) => `${line}\tme\n`).join(""));
    const report = await teachWorkspace(request());
    assert.deepEqual([report.outcomes, report.notYet], [[], [{ task: "answers", decisions: 14 }]]);
    assert.deepEqual(await new Versions(request().versions).list(), []);
  });
});
