// `npm start [-- FOLDER] [--port N] [--no-open]`: sets up, bundles, and opens an editor with the extension: desktop VS Code where
// `code` exists, else code-server at an address that is printed. FOLDER defaults to a copy of the samples in `.cache/workspace`,
// which is kept, so that decisions are still there the next time.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { cache, copySamples, extensionFolder, findDesktop, root } from "./lib/paths.mjs";
import { cleanEnvironment, run, which } from "./lib/processes.mjs";
import { startCodeServer, writeUserSettings } from "./lib/codeServer.mjs";
import { ensureCodeServer, ensureDependencies } from "./setup.mjs";

try {
  await start();
} catch (error) {
  console.error(`start: ${error.message}`);
  process.exitCode = 1;
}

async function start() {
  const { values, positionals } = parseArgs({
    options: { port: { type: "string", default: "8090" }, "no-open": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is not a port number.`);
  const workspace = resolve(positionals[0] ?? join(cache, "workspace"));
  if (positionals[0] !== undefined && !existsSync(workspace)) throw new Error(`There is no folder ${workspace}.`);

  await ensureDependencies();
  await run(process.execPath, ["esbuild.mjs"], { cwd: root });
  if (!existsSync(workspace)) await copySamples(workspace);

  const desktop = findDesktop();
  if (desktop !== undefined) {
    console.log(`Opening ${workspace} in ${desktop}.`);
    const args = ["--new-window", `--extensionDevelopmentPath=${extensionFolder}`, workspace];
    await run(desktop, args, { env: cleanEnvironment() });
    return;
  }
  await ensureCodeServer();
  await serve(workspace, port, values["no-open"]);
}

/**
 * @param {string} workspace
 * @param {number} port
 * @param {boolean} noOpen
 */
async function serve(workspace, port, noOpen) {
  const dataDir = join(cache, "start");
  // Kept between starts, so only a first start writes it: what a user sets there stays.
  if (!existsSync(join(dataDir, "u/User/settings.json"))) {
    await writeUserSettings(join(dataDir, "u"), { "security.workspace.trust.startupPrompt": "never" });
  }
  const stopped = new Promise((resolveSignal) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolveSignal);
  });
  const server = await startCodeServer({ dataDir, extension: extensionFolder, port, workspaceTrust: false });
  const address = `${server.origin}/?folder=${encodeURIComponent(workspace)}`;
  console.log(`\nGlossator runs at ${address}\nCtrl-C stops it.`);
  if (!noOpen) openInBrowser(address);
  await stopped;
  await server.stop();
}

/** @param {string} address */
function openInBrowser(address) {
  const hasDisplay = process.env["DISPLAY"] !== undefined || process.env["WAYLAND_DISPLAY"] !== undefined;
  const opener = process.platform === "darwin" ? "open" : hasDisplay ? which("xdg-open") : undefined;
  if (opener === undefined) return;
  // The address is printed anyhow; a browser that does not open is no failure.
  spawn(opener, [address], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
