// `npm test [-- SUITE…]`: sets up, checks, bundles and runs every suite, or the named ones; `quick` is a part of them that takes less
// than a minute and runs only when it is named. The last line sums up all suites:
// `N passed, N failed`, with `, N skipped` where any was. With CI=true a suite that is absent or a test that is skipped fails the run,
// and what failed runs once more, by itself: what passes then is counted as passed, and told before the last line.
import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { readJson, root, findDesktop } from "./lib/paths.mjs";
import { cleanEnvironment, startGroup, stopGroup } from "./lib/processes.mjs";
import { ensureBrowser, ensureCodeServer, ensureDependencies, ensurePython } from "./setup.mjs";

const results = join(root, "test-results");
const strict = process.env["CI"] === "true";
const minutes = 60_000;

/**
 * A suite prepares what it alone needs, then runs as one command that writes its own results. `files`: what it consists of; it is
 * absent without. `limit`: milliseconds after which its processes are stopped. `again`: the command for some of its files; absent where they all run.
 * @typedef {{files: string[], limit: number, prepare?: () => Promise<void>, command: (resultsFile: string) => string[] | Promise<string[]>, again?: (files: string[]) => Suite["command"], env?: (folder: string) => NodeJS.ProcessEnv}} Suite
 */

const node = (...args) => [process.execPath, ...args];
const mocha = (files, timeout) => (resultsFile) =>
  node("--import", "tsx", "test/run.ts", `--timeout=${timeout}`, `--results=${resultsFile}`, ...files);

const bundle = () => checked("bundle", node("esbuild.mjs", "--tests"));
const editor = async () => {
  if (findDesktop() !== undefined) return;
  await ensureCodeServer();
  await ensureBrowser();
};
const journeyHost = async () => {
  await ensureCodeServer();
  await ensureBrowser();
};

/**
 * Limits end what hangs, and say nothing of speed: a busy or slow machine takes several times as long as an idle one.
 * @param {string} folder @param {number} timeout of one test, in milliseconds @param {number} limit @returns {Suite}
 */
function plainSuite(folder, timeout, limit) {
  const files = filesUnder(folder, ".test.ts");
  const command = (some) => mocha(some, timeout);
  return { files, limit, command: command(files), again: command };
}

/** @param {string[]} files @param {string[]} flags @returns {Suite} */
function hostSuite(files, flags) {
  return {
    files,
    limit: 20 * minutes,
    prepare: editor,
    command: () => node("scripts/integration.mjs", ...flags),
    env: (folder) => ({ GLOSSATOR_TEST_RESULTS: folder, GLOSSATOR_TEST_TIMEOUT: "1000" }),
  };
}

/** Unit tests that take longest, most of them because they go through whole corpora, draw many cases, or start and kill processes. */
const slow =
  /(?:anchors-hold|compact|editor-texts|grouped|journal|long-exports|supervisor|fuzz|fuzz-models|places-in-slices|text-hostile|tokenizer-corpora|tokenizer-kinds|datasets-(?:all|cas|corpora|docbin|export|import|malformed|python|rows)|parquet|huggingface|text-segmented)\.test\.ts$/;

const isUntrusted = (file) => file.startsWith(join("test", "integration", "untrusted"));
const integrationFiles = filesUnder("test/integration", ".test.ts");

/** @type {Record<string, Suite>} */
const suites = {
  // The tokenizer is compared with the Rust library's Python package over the corpora, where they are.
  unit: {
    ...plainSuite("test/unit", 60_000, 20 * minutes),
    prepare: async () => void (existsSync(join(root, "../shared/data")) && (await ensurePython())),
  },
  // Debian's Chromium brings the software GPU of the WebGPU test.
  engine: { ...plainSuite("test/engine", 180_000, 20 * minutes), prepare: ensureBrowser },
  integration: hostSuite(
    integrationFiles.filter((file) => !isUntrusted(file)),
    [],
  ),
  untrusted: hostSuite(integrationFiles.filter(isUntrusted), ["--untrusted"]),
  hostile: { ...plainSuite("test/hostile", 240_000, 20 * minutes), prepare: journeyHost },
  journey: { ...plainSuite("test/journey", 240_000, 30 * minutes), prepare: journeyHost },
  // Builds the VSIX and installs it as a user does.
  installed: { ...plainSuite("test/installed", 300_000, 20 * minutes), prepare: journeyHost },
  docs: {
    ...plainSuite("test/docs", 400_000, 25 * minutes),
    prepare: async () => {
      await ensureCodeServer();
      await ensurePython();
    },
  },
  python: {
    files: filesUnder("training/tests", ".py").filter((file) => /(^|[\\/])test_[^\\/]*\.py$/.test(file)),
    limit: 30 * minutes,
    prepare: async () => {
      // Here, since Python is not set up for the other checks.
      const ruff = [await ensurePython(), "-m", "ruff"];
      const where = ["--no-cache", "--config=training/pyproject.toml", "training", "test", "bench"];
      await checked("python lint", [...ruff, "check", ...where]);
      await checked("python format", [...ruff, "format", "--check", ...where]);
    },
    command: async (resultsFile) => [
      await ensurePython(),
      ...["-m", "pytest", "-q", "training/tests", "-p", "no:cacheprovider", `--junit-xml=${resultsFile}.xml`],
    ],
    env: () => ({ PYTHONPATH: join(root, "training"), PYTHONDONTWRITEBYTECODE: "1" }),
  },
};

/** Suites that run beside the others, on the second core; what they print is shown when they have ended. */
const beside = ["python"];

/** Suites that run only when they are named. @type {Record<string, Suite>} */
const named = {
  quick: {
    files: suites.unit.files.filter((file) => !slow.test(file)),
    limit: 6 * minutes,
    command: mocha(
      suites.unit.files.filter((file) => !slow.test(file)),
      60_000,
    ),
  },
};

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => void Promise.all([...running].map(stopGroup)).finally(() => process.exit(1)));
}

const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed, with its suite, told again at the end: the words of a suite that ran early are far up by then. @type {string[]} */
const failures = [];
/** What failed and passed when it ran once more. @type {string[]} */
const unsteady = [];
try {
  await main();
} catch (error) {
  total.failed += 1;
  failures.push(error.message);
}
tell("what passed only when it ran once more", unsteady);
tell("what failed", failures);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || (strict && total.skipped > 0) ? 1 : 0;

async function main() {
  const { positionals } = parseArgs({ allowPositionals: true });
  const known = { ...suites, ...named };
  const unknown = positionals.filter((name) => !(name in known) && name !== "checks");
  if (unknown.length > 0) {
    throw new Error(`There is no suite ${unknown.join(", ")}. Suites: checks, ${Object.keys(known).join(", ")}.`);
  }
  const chosen = positionals.length > 0 ? positionals : ["checks", ...Object.keys(suites)];
  if (strict) {
    const leftOut = ["checks", ...Object.keys(suites)].filter((name) => !chosen.includes(name));
    leftOut.forEach((name) => count(name, { failed: 1 }, "left out, with CI=true"));
  }
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  await ensureDependencies();
  const others = chosen.some((name) => !beside.includes(name));
  const later = [];
  for (const name of chosen.filter((each) => others && beside.includes(each)))
    later.push(await startSuite(name, known[name], true));
  if (chosen.includes("checks")) {
    await checked("types", node("node_modules/typescript/bin/tsc"));
    await checked("lint", node("node_modules/eslint/bin/eslint.js", "."));
    await checked("rooms", node("node_modules/dependency-cruiser/bin/dependency-cruise.mjs", "src"));
    await checked("format", node("node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."));
    await checked("workflows", node("scripts/lint-workflows.mjs"));
  }
  const present = chosen.filter((name) => name !== "checks" && known[name].files.length > 0);
  // The Python and the quick tests need no bundle; every other suite may start one of the bundles.
  const unbundled = ["python", "quick"];
  const bundled = present.every((name) => unbundled.includes(name)) || (await bundle());
  for (const name of chosen) {
    if (name === "checks" || (others && beside.includes(name))) continue;
    if (unbundled.includes(name) || bundled) await runSuite(name, known[name]);
    else count(name, { failed: 1 }, "left out: the bundle could not be built");
  }
  for (const finish of later) await finish();
}

/** Runs a check that either passes or fails as a whole. @param {string} name @param {string[]} command */
async function checked(name, command) {
  heading(name);
  const { code } = await execute(command, 15 * minutes, {});
  count(name, code === 0 ? { passed: 1 } : { failed: 1 }, code === 0 ? undefined : "its words are above");
  return code === 0;
}

/** @param {string} name @param {Suite} suite */
async function runSuite(name, suite) {
  const finish = await startSuite(name, suite, false);
  await finish();
}

/**
 * Prepares a suite and starts it. What it gives waits for the suite's end and counts its results.
 * @param {string} name @param {Suite} suite @param {boolean} quiet keeps its output until it has ended
 * @returns {Promise<() => Promise<void>>}
 */
async function startSuite(name, suite, quiet) {
  heading(name);
  if (suite.files.length === 0) {
    count(name, { failed: strict ? 1 : 0 }, "absent: it has no test files");
    return async () => {};
  }
  const folder = join(results, name);
  const resultsFile = join(folder, "results.json");
  const output = quiet ? join(folder, "output.txt") : undefined;
  await mkdir(folder, { recursive: true });
  let outcome;
  try {
    await suite.prepare?.();
    outcome = execute(await suite.command(resultsFile), suite.limit, suite.env?.(folder) ?? {}, output);
    outcome = outcome.catch((error) => ({ code: 1, reason: error.message }));
  } catch (error) {
    count(name, { failed: 1 }, error.message);
    return async () => {};
  }
  const began = Date.now();
  return async () => {
    const { code, reason } = await outcome;
    const seconds = Math.round((Date.now() - began) / 1000);
    if (output) console.log(`\n=== ${name}, which ran beside the others\n${await readFile(output, "utf8")}`);
    else console.log(`[${name}] took ${seconds} s`);
    let run = { code, reason, results: await readResults(name, resultsFile) };
    if (strict && name !== "python" && (code !== 0 || run.results === undefined))
      run = await runAgain(name, suite, folder, run);
    const { results } = run;
    failures.push(...told(name, results));
    if (results === undefined) count(name, { failed: 1 }, `no results: ${run.reason}`);
    // A run may fail beside its tests: a crash after the last one, or a process that does not end.
    else if (run.code !== 0 && results.failed === 0) count(name, { ...results, failed: 1 }, run.reason);
    else if (results.passed + results.failed === 0) count(name, { ...results, failed: 1 }, "no test ran");
    else count(name, results);
  };
}

/**
 * Runs a suite's files with failures once more, or all where nothing says which they are: an editor, a browser and a slow machine may fail a test that is
 * right. A test that passes then does not pass quietly: the run tells it at its end.
 * @typedef {{code: number | null, reason: string, results: Results | undefined}} Run
 * @param {string} name @param {Suite} suite @param {string} folder @param {Run} first
 * @returns {Promise<Run>} what both came to
 */
async function runAgain(name, suite, folder, first) {
  heading(`${name}, once more`);
  const failed = first.results?.failures ?? [];
  const files = [...new Set(failed.map(({ file }) => file))];
  const some = failed.length > 0 && !files.includes(undefined) && suite.again !== undefined;
  const again = join(folder, "again");
  await mkdir(again, { recursive: true });
  const file = join(again, "results.json");
  const command = await (some ? suite.again(files) : suite.command)(file);
  const outcome = await execute(command, suite.limit, suite.env?.(again) ?? {});
  const second = await readResults(name, file);
  if (second === undefined) return first;
  const still = new Set(second.failures.map(({ title }) => title));
  unsteady.push(...told(name, { failures: failed.filter(({ title }) => !still.has(title)) }));
  if (failed.length === 0) unsteady.push(`[${name}] ${first.reason}`);
  // Of some of the files: the others count as they did.
  const passed = some ? first.results.passed + failed.length - second.failed : second.passed;
  return {
    ...outcome,
    results: { ...(first.results ?? second), passed, failed: second.failed, failures: second.failures },
  };
}

/** @param {string} what @param {string[]} list */
function tell(what, list) {
  if (list.length > 0) console.log(`\n=== ${what}\n\n${list.join("\n\n")}`);
}

/** @param {string} name @param {Pick<Results, "failures" | "skippedTitles"> | undefined} results */
function told(name, results) {
  const failed = (results?.failures ?? []).map(({ title, message }) => `[${name}] ${title}\n${shortened(message)}`);
  const skipped = strict ? (results?.skippedTitles ?? []) : [];
  return [...failed, ...skipped.map((title) => `[${name}] ${title}\n    skipped, with CI=true`)];
}

/**
 * @typedef {{passed: number, failed: number, skipped: number, failures: {title: string, message: string, file?: string}[], skippedTitles?: string[]}} Results
 * @param {string} name
 * @param {string} file
 * @returns {Promise<Results | undefined>}
 */
async function readResults(name, file) {
  if (name === "python") return await readJUnit(`${file}.xml`);
  return existsSync(file) ? await readJson(file) : undefined;
}

/** @param {string} file pytest's report; its root's attributes hold the counts @returns {Promise<Results | undefined>} */
async function readJUnit(file) {
  if (!existsSync(file)) return undefined;
  // Not at the top: before set-up no dependency is there.
  const { SaxesParser } = await import("saxes");
  const failures = [];
  let counts = {};
  let test = "";
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "testsuite") counts = attributes;
    else if (name === "testcase") test = `${attributes.classname} ${attributes.name}`;
    else if (name === "failure" || name === "error") failures.push({ title: test, message: attributes.message ?? "" });
  });
  parser.write(await readFile(file, "utf8")).close();
  const number = (key) => Number(counts[key] ?? 0);
  const failed = number("failures") + number("errors");
  return { failed, skipped: number("skipped"), passed: number("tests") - failed - number("skipped"), failures };
}

/** The first lines of what a test said, each of a width that a terminal shows. @param {string} message */
function shortened(message) {
  const lines = message.split("\n").slice(0, 12);
  return lines.map((line) => `    ${line.length > 200 ? `${line.slice(0, 200)} …` : line}`).join("\n");
}

/**
 * @param {string[]} command
 * @param {number} limit milliseconds
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [output] a file for what it prints, in place of this process's own output
 * @returns {Promise<{code: number | null, reason: string}>}
 */
async function execute([command, ...args], limit, env, output) {
  const file = output === undefined ? undefined : openSync(output, "w");
  const stdio = file === undefined ? "inherit" : ["ignore", file, file];
  const child = startGroup(command, args, { cwd: root, env: { ...cleanEnvironment(), ...env }, stdio });
  if (file !== undefined) closeSync(file);
  running.add(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void stopGroup(child);
  }, limit);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  clearTimeout(timer);
  await stopGroup(child);
  running.delete(child);
  return { code, reason: late ? `stopped after ${limit / 1000} seconds` : `exit code ${code}` };
}

/** @param {string} name @param {{passed?: number, failed?: number, skipped?: number}} counts @param {string} [remark] */
function count(name, { passed = 0, failed = 0, skipped = 0 }, remark) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0 && remark) failures.push(`[${name}] ${remark}`);
  const ok = failed > 0 || (strict && skipped > 0) ? "FAILED" : "ok";
  const state = passed + failed + skipped === 0 ? "absent" : ok;
  console.log(
    `[${name}] ${state}: passed ${passed}, failed ${failed}, skipped ${skipped}${remark ? ` (${remark})` : ""}`,
  );
}

/** @param {string} name */
function heading(name) {
  console.log(`\n=== ${name}`);
}

/** @param {string} folder @param {string} ending @returns {string[]} paths from the root, sorted */
function filesUnder(folder, ending) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
