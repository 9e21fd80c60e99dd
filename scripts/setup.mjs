// `npm run setup`: everything that `npm start` and `npm test` need, on a machine that has only Node and git.
// It uses only Node's own modules, because it runs before the dependencies are there. What is in place already is left alone.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  codeServerEntry,
  codeServerFolder,
  codeServerNode,
  findBrowser,
  nodePackage,
  readJson,
  root,
  systemPython,
  venvPython,
  writeJson,
} from "./lib/paths.mjs";
import { run, which } from "./lib/processes.mjs";

/** code-server 4.137 and later pass `--vscode-option` on, which the integration suite needs; each requires one Node major. */
const codeServerVersion = "4.139.1";
const nodeVersion = "24.9.0";

/** Nothing we depend on needs its install script; onnxruntime-node's would fetch CUDA libraries. */
const npmEnvironment = { ONNXRUNTIME_NODE_INSTALL: "skip", npm_config_fund: "false", npm_config_audit: "false" };

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Installs the locked npm dependencies, unless exactly these are there. */
export async function ensureDependencies() {
  if (await dependenciesMatchLock()) return;
  say("installing the npm dependencies");
  await run(npm, ["ci", "--ignore-scripts"], { cwd: root, env: npmEnvironment, quiet: true });
  // Mends of dependencies that damaged files could keep busy for ever; see patches/.
  await run(process.execPath, [join(root, "node_modules/patch-package/index.js")], { cwd: root, quiet: true });
}

/** @returns {Promise<boolean>} whether node_modules holds every locked package in its locked version */
async function dependenciesMatchLock() {
  const installedPath = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const [locked, installed] = [await readJson(join(root, "package-lock.json")), await readJson(installedPath)];
  return Object.entries(locked.packages).every(
    ([path, entry]) => path === "" || entry.optional || installed.packages[path]?.version === entry.version,
  );
}

/**
 * Finds Chromium or Chrome, or installs Debian's Chromium.
 * @returns {Promise<string>} the executable
 * @throws {Error} when there is none and apt cannot bring one
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  await installDebianPackages(
    ["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"],
    "set CHROME_PATH to a Chromium or Chrome executable",
  );
  const installed = findBrowser();
  if (installed === undefined) throw new Error("apt installed chromium, but no chromium executable is on PATH.");
  return installed;
}

/**
 * @param {string[]} packages
 * @param {string} otherwise what a user may do instead
 */
async function installDebianPackages(packages, otherwise) {
  const names = packages.join(" ");
  const byHand = `Install ${names} by hand, or ${otherwise}.`;
  if (which("apt-get") === undefined) throw new Error(`${names} is missing, and there is no apt-get. ${byHand}`);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && which("sudo") === undefined) {
    throw new Error(`${names} is missing, and installing it needs root or sudo. ${byHand}`);
  }
  say(`installing ${names} from Debian`);
  const apt = (...args) =>
    isRoot
      ? run("apt-get", args, { env: { DEBIAN_FRONTEND: "noninteractive" }, quiet: true })
      : run("sudo", ["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args], { quiet: true });
  try {
    await apt("update");
    await apt("install", "-y", "--no-install-recommends", ...packages);
  } catch (error) {
    throw new Error(`apt-get could not install ${names}. ${byHand}\n${error.message}`, { cause: error });
  }
}

/**
 * Puts code-server and the Node it requires into `.cache/code-server`, from npm alone and without a compiler: its native
 * modules for terminals and file search stay unbuilt, which nothing here uses.
 */
export async function ensureCodeServer() {
  const stamp = join(codeServerFolder, "stamp");
  const wanted = `code-server ${codeServerVersion} ${nodePackage} ${nodeVersion}\n`;
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return;
  if (process.platform === "win32")
    throw new Error("code-server does not run on Windows. Install VS Code, or set VSCODE_EXECUTABLE to its Code.exe.");
  say(`installing code-server ${codeServerVersion} with Node ${nodeVersion} into .cache (about 800 MB, once)`);
  await rm(codeServerFolder, { recursive: true, force: true });
  await mkdir(codeServerFolder, { recursive: true });
  await writeJson(join(codeServerFolder, "package.json"), {
    private: true,
    dependencies: { "code-server": codeServerVersion, [nodePackage]: nodeVersion },
  });
  const install = (cwd, ...args) =>
    run(npm, ["install", "--ignore-scripts", "--omit=dev", ...args], { cwd, env: npmEnvironment, quiet: true });
  await install(codeServerFolder);
  // code-server's own postinstall would do this second step, and build native modules with it.
  await install(join(codeServerFolder, "node_modules/code-server/lib/vscode"), "--legacy-peer-deps");
  await run(codeServerNode, [codeServerEntry, "--version"], { quiet: true });
  await writeFile(stamp, wanted);
}

/**
 * Makes `.venv` with what the Python tests need, from `training/requirements-test.txt` and `requirements-test-no-deps.txt`.
 * @returns {Promise<string>} the virtual environment's Python
 */
export async function ensurePython() {
  const python = venvPython();
  if (!existsSync(python)) {
    say("making .venv");
    await makeVirtualEnvironment();
  }
  const requirements = join(root, "training/requirements-test.txt");
  const bare = join(root, "training/requirements-test-no-deps.txt");
  if (!existsSync(requirements)) return python;
  // Each names the next one.
  const named = ["requirements-cluster.txt", "requirements.txt"].map((name) => join(root, "training", name));
  const hash = createHash("sha256");
  for (const file of [requirements, bare, ...named]) hash.update(await readFile(file));
  const wanted = hash.digest("hex");
  const stamp = join(root, ".venv/requirements-test.sha256");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return python;
  say("installing training/requirements-test.txt into .venv");
  const pip = ["-m", "pip", "install", "--disable-pip-version-check"];
  await run(python, [...pip, "-r", requirements], { cwd: root, quiet: true });
  await run(python, [...pip, "--no-deps", "-r", bare], { cwd: root, quiet: true });
  await writeFile(stamp, wanted);
  return python;
}

async function makeVirtualEnvironment() {
  const make = () => run(systemPython(), ["-m", "venv", ".venv"], { cwd: root, quiet: true });
  try {
    await make();
  } catch {
    // Debian ships Python without venv; a failed attempt leaves half an environment behind.
    await rm(join(root, ".venv"), { recursive: true, force: true });
    await installDebianPackages(["python3", "python3-venv"], "put a python3 with the venv module on PATH");
    await make();
  }
}

/** @param {string} message */
function say(message) {
  console.log(`set-up: ${message}`);
}

async function main() {
  try {
    await ensureDependencies();
    await ensureBrowser();
    await ensureCodeServer();
    say("done");
  } catch (error) {
    console.error(`set-up failed: ${error.message}`);
    process.exitCode = 1;
  }
}

// Not awaited: the benchmarks are loaded as CommonJS, which has no await outside functions.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) void main();
