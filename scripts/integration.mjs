// Runs the integration suite inside an extension host: desktop VS Code where VSCODE_EXECUTABLE names it or `code` is on PATH, else
// code-server. `--untrusted` opens the workspace without trusting it. Needs `npm run setup` and `node esbuild.mjs --tests`.
import { runTests } from "@vscode/test-electron";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { writeUserSettings } from "./lib/codeServer.mjs";
import { copySamples, extensionFolder, findDesktop, temporaryFolder } from "./lib/paths.mjs";
import { CommandFailed, cleanEnvironment, run, which } from "./lib/processes.mjs";

const untrusted = process.argv.includes("--untrusted");
const launcher = fileURLToPath(new URL("code-server-launcher.mjs", import.meta.url));
const temporary = await temporaryFolder();
try {
  const desktop = findDesktop();
  const executable = desktop === undefined ? launcher : await onDisplay(desktop);
  console.log(`integration: ${untrusted ? "untrusted" : "trusted"} workspace on ${desktop ?? "code-server"}`);
  const workspace = join(temporary.path, "w");
  const userDataDir = join(temporary.path, "u");
  await copySamples(workspace);
  // Untrusted without the question whether to trust, which is modal.
  // All suites decide on the same few names, each in documents of its own: what one decides must not be suggested, or compared, in another's.
  await writeUserSettings(userDataDir, {
    "security.workspace.trust.startupPrompt": "never",
    "glossator.repeatDecisions": false,
    "glossator.consistency": "off",
  });
  const testsPath = join(extensionFolder, "out/test/integration/index");
  const launchArgs = [
    ...[workspace, `--user-data-dir=${userDataDir}`, `--extensions-dir=${join(temporary.path, "e")}`],
    ...["--disable-extensions", "--disable-gpu", "--disable-telemetry"],
  ];
  if (untrusted) {
    // `runTests` always disables workspace trust; these are its arguments without that one.
    const testArgs = ["--no-sandbox", "--disable-gpu-sandbox", "--disable-updates", "--skip-welcome"];
    const paths = [`--extensionTestsPath=${testsPath}`, `--extensionDevelopmentPath=${extensionFolder}`];
    await run(executable, [...launchArgs, ...testArgs, "--skip-release-notes", ...paths]);
  } else {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: extensionFolder,
      extensionTestsPath: testsPath,
      launchArgs,
    });
  }
} catch (error) {
  console.error(`integration: ${error instanceof CommandFailed ? "the suite failed" : error.message}`);
  process.exitCode = 1;
} finally {
  await temporary.remove();
}

/**
 * @param {string} desktop
 * @returns {Promise<string>} one executable that starts desktop VS Code, on a virtual display when there is none
 * @throws {Error} when a display is needed and xvfb is not there
 */
async function onDisplay(desktop) {
  const unset = Object.keys(process.env).filter((name) => !(name in cleanEnvironment()));
  for (const name of unset) delete process.env[name];
  if (process.platform !== "linux" || process.env["DISPLAY"] !== undefined) return desktop;
  const xvfb = which("xvfb-run");
  if (xvfb === undefined) {
    throw new Error("Desktop VS Code needs a display: install xvfb, or unset VSCODE_EXECUTABLE and PATH's code.");
  }
  const script = join(temporary.path, "code-on-xvfb");
  await writeFile(script, `#!/bin/sh\nexec "${xvfb}" -a "${desktop}" "$@"\n`, { mode: 0o755 });
  return script;
}
