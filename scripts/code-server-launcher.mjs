#!/usr/bin/env node
// Takes the arguments of desktop VS Code and runs the extension tests they name on code-server and headless Chromium, so that
// `runTests({ vscodeExecutablePath: <this file> })` of @vscode/test-electron needs no desktop. Exit code: the suite's.
// GLOSSATOR_TEST_TIMEOUT: seconds until a run is given up (600).
import { appendFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { format, parseArgs } from "node:util";
import { launchBrowser, startCodeServer, writeUserSettings } from "./lib/codeServer.mjs";
import { temporaryFolder } from "./lib/paths.mjs";

const { values, positionals } = parseArgs({
  options: {
    extensionDevelopmentPath: { type: "string", multiple: true },
    extensionTestsPath: { type: "string" },
    "user-data-dir": { type: "string" },
    "disable-workspace-trust": { type: "boolean" },
  },
  // Desktop VS Code has many more options, none of which matters here.
  strict: false,
  allowPositionals: true,
});
if (values.extensionDevelopmentPath === undefined || values.extensionTestsPath === undefined) {
  console.error(
    "usage: code-server-launcher.mjs [FOLDER] --extensionDevelopmentPath=DIR --extensionTestsPath=FILE [VS Code options]",
  );
  process.exit(2);
}

/** Begins each console line of the suite's report, which the suite learns from GLOSSATOR_TEST_MARK. */
const reportMark = "glossator-test|";

let reported = false;
/** What the host complained of, without what code-server complains of when its native modules are not built. */
const errors = [];
const expected = /bindings file|native-watchdog|Release\/watchdog|getaddrinfo|DefaultAccount/;

/** Ends a wait from outside: a signal, or the time that is up. */
let giveUp = () => {};
const givenUp = new Promise((_, reject) => (giveUp = (reason) => reject(new Error(reason))));
givenUp.catch(() => {});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => giveUp(`stopped by ${signal}`));

const temporary = await temporaryFolder();
const closers = [temporary.remove];
try {
  process.exitCode = await Promise.race([runSuite(), givenUp]);
} catch (error) {
  console.error(`code-server-launcher: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const close of closers.reverse()) await close().catch((error) => console.error(error.message));
}

/** @returns {Promise<number>} the suite's exit code */
async function runSuite() {
  const logs = process.env["GLOSSATOR_TEST_RESULTS"] ?? temporary.path;
  await mkdir(logs, { recursive: true });
  const userDataDir = values["user-data-dir"];
  if (userDataDir === undefined) await writeUserSettings(join(temporary.path, "u"));
  const server = await startCodeServer({
    dataDir: temporary.path,
    ...(userDataDir === undefined ? {} : { userDataDir: resolve(userDataDir) }),
    workspaceTrust: values["disable-workspace-trust"] !== true,
    testDriver: true,
  });
  closers.push(server.stop);
  const browser = await launchBrowser();
  closers.push(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });

  const finished = new Promise((resolveExit) => {
    // The workbench finds these two on its window, and calls the second when the tests' `run()` has settled.
    void page.exposeFunction("codeAutomationExit", (code) => resolveExit(code));
  });
  await page.exposeFunction("codeAutomationLog", (type, args) => printLine(logs, type, args));
  page.on("crash", () => giveUp("the browser page crashed"));

  const seconds = Number(process.env["GLOSSATOR_TEST_TIMEOUT"] ?? 600);
  const timer = setTimeout(() => giveUp(`the tests did not end within ${seconds} seconds`), seconds * 1000);
  try {
    await page.goto(testAddress(server.authority), { waitUntil: "domcontentloaded", timeout: 60_000 });
    return await Promise.race([finished, givenUp]);
  } finally {
    clearTimeout(timer);
    // Tests that could not even be loaded report nothing themselves.
    if (!reported) console.error(`No test reported. The errors of the host:\n${errors.slice(-10).join("\n")}`);
  }
}

/** @param {string} authority @returns {string} the page that opens the folder and runs the tests */
function testAddress(authority) {
  const remote = (path) => `vscode-remote://${authority}${resolve(path)}`;
  // What the tests read from their environment, as they would on the desktop.
  const passedOn = Object.entries(process.env).filter(([name]) => /^(GLOSSATOR_|CI$)/.test(name));
  const environment = { ...Object.fromEntries(passedOn), GLOSSATOR_TEST_MARK: reportMark };
  const payload = [
    ...values.extensionDevelopmentPath.map((path) => ["extensionDevelopmentPath", remote(path)]),
    ["extensionTestsPath", remote(values.extensionTestsPath)],
    ["extensionEnvironment", JSON.stringify(environment)],
    ["skipWelcome", "true"],
  ];
  const folder = positionals[0] === undefined ? "" : `folder=${encodeURIComponent(resolve(positionals[0]))}&`;
  return `http://${authority}/?${folder}payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * Prints what the tests report; the rest of the host's console is much and mostly about parts that are not built, so it goes
 * to `host.log`.
 * @param {string} logs
 * @param {string} type
 * @param {unknown[]} args
 */
async function printLine(logs, type, args) {
  const text = format(...args);
  if (text.startsWith(reportMark)) {
    reported = true;
    console.log(text.slice(reportMark.length));
  } else {
    if (type === "error" && !expected.test(text)) errors.push(text.slice(0, 600));
    await appendFile(join(logs, "host.log"), `${type}: ${text}\n`);
  }
}
