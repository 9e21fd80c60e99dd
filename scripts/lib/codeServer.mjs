// code-server on a loopback port, with one extension in it, and a Chromium to look at it.
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { codeServerEntry, codeServerNode, findBrowser, readJson, writeJson } from "./paths.mjs";
import { cleanEnvironment, killGroup, output, startGroup, stopGroup, which } from "./processes.mjs";

/** Settings that keep a fresh editor quiet; those a caller gives come on top. */
const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

/**
 * Writes the user settings that an editor with this user data folder starts with; desktop VS Code reads the same place.
 * @param {string} userDataDir
 * @param {Record<string, unknown>} [settings]
 */
export async function writeUserSettings(userDataDir, settings = {}) {
  await mkdir(join(userDataDir, "User"), { recursive: true });
  await writeJson(join(userDataDir, "User/settings.json"), { ...quietSettings, ...settings });
}

/**
 * Starts code-server without a password, for this machine alone.
 * @param {{
 *   dataDir: string,
 *   userDataDir?: string,
 *   extension?: string,
 *   vsix?: string,
 *   permissionsCount?: boolean,
 *   port?: number,
 *   workspaceTrust?: boolean,
 *   testDriver?: boolean,
 *   env?: NodeJS.ProcessEnv,
 * }} options `extension` is a folder that is installed as it lies there, `vsix` a file that the editor installs; `workspaceTrust: false`
 *   trusts every folder; `permissionsCount` makes a folder's permissions count for root, too; `testDriver` lets a page's address name an
 *   extension and its tests; port 0 takes a free one
 * @returns {Promise<{authority: string, origin: string, logFile: string, stop: () => Promise<void>, kill: () => Promise<void>}>}
 * @throws {Error} when it ends or says nothing for 60 seconds, with the end of its log
 */
export async function startCodeServer(options) {
  const { dataDir, extension, vsix, port = 0, workspaceTrust = true, testDriver = false, env = {} } = options;
  const folders = await foldersOf(dataDir, options.userDataDir);
  const logFile = join(dataDir, "server.log");
  if (extension !== undefined) await linkExtension(extension, join(dataDir, "e"));
  if (vsix !== undefined) await manageExtensions(dataDir, "--install-extension", vsix);

  const [command, ...first] = [...(options.permissionsCount === true ? withoutOverride() : []), codeServerNode];
  const server = startGroup(
    command,
    [
      ...first,
      codeServerEntry,
      ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
      ...folders,
      ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
      ...(workspaceTrust ? [] : ["--disable-workspace-trust"]),
      ...(testDriver ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ],
    { env: { ...cleanEnvironment(), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const log = createWriteStream(logFile);
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  const stop = async () => {
    await stopGroup(server);
    log.end();
  };
  const kill = async () => {
    await killGroup(server);
    log.end();
  };
  try {
    const authority = await listening(server);
    return { authority, origin: `http://${authority}`, logFile, stop, kill };
  } catch (error) {
    await stop();
    const tail = (await readFile(logFile, "utf8").catch(() => "")).slice(-3000);
    throw new Error(`${error.message}\n${tail}`, { cause: error });
  }
}

/**
 * Runs code-server for what it does with extensions and then ends: `--install-extension FILE`, `--list-extensions`,
 * `--uninstall-extension ID`.
 * @param {string} dataDir as for `startCodeServer`
 * @param {...string} args
 * @returns {Promise<string>} what it printed
 * @throws {import("./processes.mjs").CommandFailed} with what it printed
 */
export async function manageExtensions(dataDir, ...args) {
  return await output(codeServerNode, [codeServerEntry, ...(await foldersOf(dataDir)), ...args], cleanEnvironment());
}

/**
 * Makes the folders of an editor, and returns the options that name them.
 * @param {string} dataDir
 * @param {string} [userDataDir]
 */
async function foldersOf(dataDir, userDataDir = join(dataDir, "u")) {
  const [extensionsDir, config] = [join(dataDir, "e"), join(dataDir, "c.yaml")];
  await mkdir(extensionsDir, { recursive: true });
  await mkdir(userDataDir, { recursive: true });
  // Without a configuration of its own, code-server reads the one in the user's home folder.
  await writeFile(config, "");
  return ["--config", config, "--user-data-dir", userDataDir, "--extensions-dir", extensionsDir];
}

/**
 * What goes before a command to make it heed a folder's permissions: root may write anywhere unless it gives that power up.
 * @throws {Error} for root where setpriv (util-linux) is not there
 */
function withoutOverride() {
  if (process.getuid?.() !== 0) return [];
  const setpriv = which("setpriv");
  if (setpriv === undefined) throw new Error("As root, this needs setpriv of the package util-linux.");
  const powers = "-dac_override,-dac_read_search";
  return [setpriv, `--bounding-set=${powers}`, `--inh-caps=${powers}`];
}

/**
 * @param {import("node:child_process").ChildProcess} server
 * @returns {Promise<string>} host and port
 */
function listening(server) {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error("code-server did not answer within 60 seconds.")), 60_000);
    server.stdout.on("data", (chunk) => {
      output += String(chunk);
      const address = /HTTP server listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(output);
      if (address === null) return;
      clearTimeout(timer);
      resolve(address[1]);
    });
    server.once("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`code-server could not be started: ${error.message}. Run npm run setup.`));
    });
    server.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`code-server ended with ${code}.`));
    });
  });
}

/**
 * Installs an extension's folder by a link with the name that an installed extension's folder has; a junction, which needs no rights on Windows.
 * @param {string} folder
 * @param {string} extensionsDir
 */
async function linkExtension(folder, extensionsDir) {
  const { publisher, name, version } = await readJson(join(folder, "package.json"));
  const link = join(extensionsDir, `${publisher}.${name}-${version}`);
  await rm(link, { force: true });
  // The editor keeps its own list; without one it looks at the folders again.
  await rm(join(extensionsDir, "extensions.json"), { force: true });
  await symlink(folder, link, "junction");
}

/**
 * Starts headless Chromium.
 * @returns {Promise<import("playwright-core").Browser>}
 * @throws {Error} when no Chromium or Chrome is found
 */
export async function launchBrowser() {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium or Chrome is found. Run npm run setup.");
  const { chromium } = await import("playwright-core");
  // Chromium's sandbox does not start as root, and a container's /dev/shm is too small for it.
  const args = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  return await chromium.launch({ executablePath, args });
}
