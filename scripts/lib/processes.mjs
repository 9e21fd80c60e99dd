// Child processes: run one to its end, or keep one and stop it with everything it started.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** A command that ended with something other than 0; `output` holds what it printed when it ran quietly. */
export class CommandFailed extends Error {
  /** @param {string} command @param {number | null} code @param {string} output */
  constructor(command, code, output) {
    super(`${command} ended with ${code === null ? "a signal" : `exit code ${code}`}${output ? `:\n${output}` : ""}`);
    this.code = code;
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean}} [options] `quiet` keeps the output for the error only.
 * @returns {Promise<void>}
 * @throws {CommandFailed} when it ends with anything but 0
 */
export async function run(command, args, { cwd, env, quiet = false } = {}) {
  await toItsEnd(command, args, { cwd, env: { ...process.env, ...env } }, quiet);
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env its whole environment
 * @returns {Promise<string>} what it printed, the last 4,000 characters
 * @throws {CommandFailed} when it ends with anything but 0
 */
export async function output(command, args, env) {
  return await toItsEnd(command, args, { env }, true);
}

/**
 * What starts a command. Windows runs `.cmd` files (npm, code) by a shell only, and Node gives one its arguments as they are.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.Platform} [platform]
 * @returns {{command: string, args: string[], shell: boolean}}
 */
export function startable(command, args, platform = process.platform) {
  if (platform !== "win32" || !/\.(?:cmd|bat)$/i.test(command)) return { command, args, shell: false };
  const quoted = (text) => (/[\s&|<>^()%!"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return { command: quoted(command), args: args.map(quoted), shell: true };
}

/** @param {string} command @param {string[]} args @param {import("node:child_process").SpawnOptions} options @param {boolean} quiet */
async function toItsEnd(command, args, options, quiet) {
  const stream = quiet ? "pipe" : "inherit";
  const start = startable(command, args);
  const child = spawn(start.command, start.args, { ...options, shell: start.shell, stdio: ["ignore", stream, stream] });
  let printed = "";
  const keep = (chunk) => (printed = (printed + String(chunk)).slice(-4000));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new CommandFailed([command, ...args].join(" "), code, printed);
  return printed;
}

/**
 * The full path of an executable on PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function which(name) {
  const extensions = process.platform === "win32" ? [".cmd", ".exe"] : [""];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const extension of extensions) {
      const path = join(folder, name + extension);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

/**
 * The environment without what an enclosing VS Code leaves in its terminals: with these set, a new editor would talk to
 * the old one or start as plain Node.
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment() {
  const entries = Object.entries(process.env);
  return Object.fromEntries(
    entries.filter(([name]) => !name.startsWith("VSCODE_") && name !== "ELECTRON_RUN_AS_NODE" && name !== "PORT"),
  );
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const groups = new Set();
let guarded = false;

/** A group of its own gets no Ctrl-C from the terminal, so this process must end it whenever it ends itself. */
function guardGroups() {
  guarded = true;
  process.once("exit", () => groups.forEach((group) => signalGroup(group, "SIGKILL")));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // Who listens already stops its groups in its own way.
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(1));
  }
}

/**
 * Starts a process as the leader of its own group, so that `stopGroup` reaches everything it starts. A group that is left
 * over is killed when this process ends.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
export function startGroup(command, args, options) {
  const child = spawn(command, args, { ...options, detached: process.platform !== "win32" });
  if (!guarded) guardGroups();
  groups.add(child);
  return child;
}

/**
 * Stops a process of `startGroup` and its descendants: asked first, so that those with groups of their own can stop these, killed
 * after 10 seconds.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<void>}
 */
export async function stopGroup(child) {
  const deadline = Date.now() + 10_000;
  let alive = signalGroup(child, "SIGTERM");
  while (alive && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    alive = signalGroup(child, 0);
  }
  if (alive) signalGroup(child, "SIGKILL");
  groups.delete(child);
}

/**
 * Kills a process of `startGroup` and its descendants in its group, as a crash of the machine would: nobody is asked. Resolves once they are gone.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<void>}
 */
export async function killGroup(child) {
  while (signalGroup(child, "SIGKILL")) await new Promise((resolve) => setTimeout(resolve, 5));
  groups.delete(child);
}

/**
 * Windows knows neither groups of processes nor signals: there a command ends a process and all below it, at once and whatever the signal.
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 * @param {NodeJS.Platform} [platform]
 * @returns {string[] | undefined} the command; undefined where a signal does it
 */
export function treeKill(pid, signal, platform = process.platform) {
  return platform === "win32" && signal !== 0 ? ["taskkill", "/pid", String(pid), "/T", "/F"] : undefined;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals | 0} signal 0 only asks
 * @returns {boolean} whether there was a process to signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return false;
  const kill = treeKill(child.pid, signal);
  if (kill !== undefined && child.exitCode === null && child.signalCode === null) {
    spawnSync(kill[0], kill.slice(1), { stdio: "ignore" });
    return true;
  }
  try {
    return process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
    return false;
  }
}
