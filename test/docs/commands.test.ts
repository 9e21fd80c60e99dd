import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromMarkdown } from "mdast-util-from-markdown";
import { cleanEnvironment } from "../../scripts/lib/processes.mjs";
import { codeServerEntry, codeServerNode, findDesktop, root, temporaryFolder } from "../../scripts/lib/paths.mjs";
import { logLabel } from "../journey/decisions";

/** Where a newcomer finds commands. */
const documents = ["README.md", "docs/guide.md", "docs/command-line.md", "CONTRIBUTING.md"];

/** Commands that are not run as they stand, and why not. */
const exceptions = new Map<string, string>([
  ["npm start", "it runs until it is stopped: the last test here starts and stops it"],
  ["npm test", "it would run this test again"],
  ["npm test -- unit engine", "the same"],
  ["npm run test:quick", "the same"],
  ["npm run typecheck", "the suite checks runs it"],
  ["npm run lint", "the suite checks runs it"],
  ["npm run format", "the suite checks asks whether it would change anything"],
  ["npm run bench", "it takes many minutes"],
  ["npm run screenshots", "it takes many minutes"],
  ["npm run package -- --all", "it takes a minute more than one platform, which is made here"],
  ["npm version minor", "it makes a commit and a tag"],
  ["git push --follow-tags", "it leaves this machine"],
  ["python3 -m venv .venv", "the set-up of the tests has made it"],
  [".venv/bin/python -m pip install -r training/requirements.txt", "the set-up of the tests has installed it"],
  ["node out/cli.js evaluate --data ../shared/data", "it takes many minutes; the suite engine runs it on a small set"],
]);

/** The commands of a document's `sh` blocks, one a line, without their comments. */
function commandsOf(document: string): string[] {
  const { children } = fromMarkdown(readFileSync(join(root, document), "utf8"));
  return children
    .flatMap((node) => (node.type === "code" && node.lang === "sh" ? node.value.split("\n") : []))
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** A clone's folder, as far as commands may tell: everything is a link but what they write to. */
function scratchClone(folder: string): void {
  const written = new Set(["samples", "models", ".git", ".cache", "test-results"]);
  for (const name of readdirSync(root)) {
    if (!written.has(name) && !name.endsWith(".vsix")) symlinkSync(join(root, name), join(folder, name));
  }
  cpSync(join(root, "samples"), join(folder, "samples"), { recursive: true });
  mkdirSync(join(folder, "models"));
  for (const name of readdirSync(join(root, "models"))) {
    symlinkSync(join(root, "models", name), join(folder, "models", name));
  }
  // `code` of a VS Code that has nothing but this profile.
  const bin = join(folder, ".bin");
  mkdirSync(bin);
  const profile = `--user-data-dir "${folder}/.u" --extensions-dir "${folder}/.e" --config "${folder}/.c.yaml"`;
  writeFileSync(join(folder, ".c.yaml"), "");
  writeFileSync(join(bin, "code"), `#!/bin/sh\nexec "${codeServerNode}" "${codeServerEntry}" ${profile} "$@"\n`);
  chmodSync(join(bin, "code"), 0o755);
}

describe("the commands that the documents name", function () {
  this.timeout(400_000);

  for (const document of documents) {
    it(`${document}: each does what it says, in their order`, async () => {
      const scratch = await temporaryFolder();
      try {
        scratchClone(scratch.path);
        // Decisions to export, as a newcomer has made some by then.
        await logLabel(join(scratch.path, "samples"), "elections.txt", "Konrad Adenauer", "PER", "newcomer");
        await logLabel(join(scratch.path, "samples"), "elections.txt", "Bonn", "LOC", "newcomer");
        const commands = commandsOf(document);
        assert.ok(commands.length > 0);
        for (const command of commands) {
          if (exceptions.has(command)) continue;
          try {
            execFileSync("bash", ["-c", command], {
              cwd: scratch.path,
              env: { ...cleanEnvironment(), PATH: `${scratch.path}/.bin:${process.env["PATH"] ?? ""}` },
              stdio: ["ignore", "pipe", "pipe"],
              encoding: "utf8",
            });
          } catch (error) {
            const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
            assert.fail(`"${command}" ended with ${status}:\n${stdout.slice(-1500)}\n${stderr.slice(-1500)}`);
          }
        }
      } finally {
        await scratch.remove();
      }
    });
  }

  it("leaves no exception that no document names", () => {
    const named = new Set(documents.flatMap(commandsOf));
    assert.deepEqual(
      [...exceptions.keys()].filter((command) => !named.has(command)),
      [],
    );
  });

  it("npm start: prints an address that answers, and ends when it is told to", async function () {
    // Desktop VS Code opens a window instead, which nobody would close.
    if (findDesktop() !== undefined) this.skip();
    const child = spawn(process.execPath, [join(root, "scripts/start.mjs"), "--port", "0", "--no-open"], {
      cwd: root,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      let printed = "";
      const address = await new Promise<string>((resolve, reject) => {
        child.stdout.on("data", (chunk: Buffer) => {
          printed += chunk.toString();
          const found = /Glossator runs at (\S+)/.exec(printed)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.once("exit", (code) => reject(new Error(`npm start ended with ${String(code)}: ${printed}`)));
      });
      const page = await fetch(address);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /workbench/);
    } finally {
      child.removeAllListeners("exit");
      child.kill("SIGINT");
      if (child.exitCode === null) await once(child, "exit");
    }
  });
});
