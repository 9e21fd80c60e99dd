// Where things are: the project, the extension under test, the tools the set-up brings.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { which } from "./processes.mjs";

/** The project's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder of the extension that is started or tested: the project, or what GLOSSATOR_EXTENSION names (an unpacked VSIX). */
export const extensionFolder = resolve(process.env["GLOSSATOR_EXTENSION"] ?? root);

/** Tools and states that may be deleted at any time; ignored by git. */
export const cache = join(root, ".cache");

/** Where the set-up puts code-server and its Node. */
export const codeServerFolder = join(cache, "code-server");

/** code-server's entry script. */
export const codeServerEntry = join(codeServerFolder, "node_modules/code-server/out/node/entry.js");

/** The npm package that holds the Node binary which code-server requires. */
export const nodePackage = `node-${process.platform}-${process.arch}`;

/** The Node binary that runs code-server, which accepts one major version only. */
export const codeServerNode = join(codeServerFolder, "node_modules", nodePackage, "bin/node");

/**
 * The Python of the project's virtual environment, which `ensurePython` of setup.mjs makes.
 * @param {NodeJS.Platform} [platform]
 */
export function venvPython(platform = process.platform) {
  return join(root, ".venv", ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/**
 * The Python that makes virtual environments. On Windows `python3` is no name, and `python` may be the shop's advertisement: the launcher `py` is
 * asked first.
 * @param {NodeJS.Platform} [platform]
 * @param {(name: string) => string | undefined} [find]
 */
export function systemPython(platform = process.platform, find = which) {
  if (platform !== "win32") return "python3";
  return find("py") === undefined ? "python" : "py";
}

/** Documents to try the extension on. */
export const samples = join(root, "samples");

/**
 * Desktop VS Code's executable: VSCODE_EXECUTABLE, or `code` on PATH.
 * @returns {string | undefined}
 * @throws {Error} when VSCODE_EXECUTABLE names nothing
 */
export function findDesktop() {
  const named = process.env["VSCODE_EXECUTABLE"];
  if (named === undefined || named === "") return which("code");
  if (!existsSync(named)) throw new Error(`VSCODE_EXECUTABLE names ${named}, which does not exist.`);
  return named;
}

/**
 * Chromium's or Chrome's executable: CHROME_PATH, or the usual names on PATH, or macOS's and Windows' places for applications.
 * @returns {string | undefined}
 * @throws {Error} when CHROME_PATH names nothing
 */
export function findBrowser() {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist.`);
    return named;
  }
  for (const name of ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]) {
    const path = which(name);
    if (path !== undefined) return path;
  }
  const inPrograms = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].flatMap((name) => process.env[name] ?? []);
  const places = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ...inPrograms.map((folder) => join(folder, "Google/Chrome/Application/chrome.exe")),
  ];
  return places.find((place) => existsSync(place));
}

/**
 * Makes an empty folder with a short path: the editors put Unix sockets inside, whose paths are limited to about 100 bytes.
 * @returns {Promise<{path: string, remove: () => Promise<void>}>}
 */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "gl-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/**
 * Copies the sample documents, so that whoever gets them may write beside them.
 * @param {string} folder
 */
export async function copySamples(folder) {
  await cp(samples, folder, { recursive: true });
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function readJson(path) {
  return JSON.parse(await readFile(path, "utf8"));
}

/**
 * @param {string} path
 * @param {unknown} value
 */
export async function writeJson(path, value) {
  await writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
