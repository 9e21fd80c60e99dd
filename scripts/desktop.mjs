// `node scripts/desktop.mjs [VERSION]`: downloads desktop VS Code where there is a network, and prints `VSCODE_EXECUTABLE=…`, which the
// tests then use. The public CI runs it; nothing else does.
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import process from "node:process";

/** Says on standard error what is downloaded: standard output is for the result alone. */
const reporter = {
  report: (progress) => console.error(`VS Code: ${progress.stage}`),
  error: (error) => console.error(error),
};

console.log(`VSCODE_EXECUTABLE=${await downloadAndUnzipVSCode({ version: process.argv[2] ?? "stable", reporter })}`);
