/**
 * Damaged model folders: a clear error or a model that works, in a process of its own, which must neither hang nor die. `GLOSSATOR_FUZZ` and `GLOSSATOR_SEED`
 * as for `fuzz.test.ts`.
 */
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const FOLDERS = [
  "answers-model",
  "huggingface/ner-wordpiece",
  "huggingface/sentiment-bpe",
  "huggingface/answers-unigram",
];
const EACH = Math.ceil(Number(process.env["GLOSSATOR_FUZZ"] ?? 1000) * 0.02);
/** A test of every day finds what it found the day before; a longer run draws its own. */
const OTHER_SEED = Number(
  process.env["GLOSSATOR_SEED"] ?? (process.env["GLOSSATOR_FUZZ"] === undefined ? 704_312 : Date.now() % 1_000_000),
);
/** A model that opens does so in well under a second; one that takes so long hangs. */
const HANGS_MS = 60_000;

/** Opens damaged copies. @returns the last word on each */
async function opened(folder: string, seed: number, scratch: string): Promise<string[]> {
  const [fixtures, program] = [path.resolve("test/fixtures"), path.resolve("test/fixtures/open-damaged-models.ts")];
  const args = ["--import", "tsx", program, path.join(fixtures, folder), String(seed), "0", String(EACH), scratch];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const lines: string[] = [];
  const kill = (): void => void child.kill("SIGKILL");
  let silence = setTimeout(kill, HANGS_MS);
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(`${code ?? "no code"}, ${signal ?? "no signal"}`)),
  );
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    clearTimeout(silence);
    silence = setTimeout(kill, HANGS_MS);
  }
  const end = await ended;
  clearTimeout(silence);
  assert.equal(end, "0, no signal", `seed ${seed}, ${folder}: hangs (SIGKILL) or died after "${lines.at(-1)}"`);
  return lines.filter((line) => !line.startsWith("begin"));
}

describe("damaged model folders", function () {
  this.timeout(600_000);
  let scratch: string;
  before(() => (scratch = mkdtempSync(path.join(os.tmpdir(), "glossator-models-"))));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const [title, seed] of [
    ["with the fixed seed", 20_26],
    [`with seed ${OTHER_SEED}`, OTHER_SEED],
  ] as const) {
    it(`are refused with what is wrong, or work, ${title}`, async () => {
      const results = (
        await Promise.all(FOLDERS.map((folder) => opened(folder, seed, mkdtempSync(path.join(scratch, "m")))))
      ).flat();
      assert.equal(results.length, FOLDERS.length * EACH);
      for (const line of results) {
        assert.match(line, /^(?:ok \d+$|refused \d+ .{20})/, `seed ${seed}`);
        assert.doesNotMatch(line, /undefined|\[object/, `seed ${seed}: ${line}`);
      }
      assert.ok(results.some((line) => line.startsWith("refused")));
      console.log(
        `      seed ${seed}: ${results.length} folders, ${results.filter((line) => line.startsWith("ok")).length} work`,
      );
    });
  }
});
