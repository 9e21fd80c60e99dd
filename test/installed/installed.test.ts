import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { manageExtensions } from "../../scripts/lib/codeServer.mjs";
import { root, samples, temporaryFolder } from "../../scripts/lib/paths.mjs";
import { decided } from "../journey/decisions";
import { Journey, annotator, eventually } from "../journey/harness";

const SAMPLE = "elections.txt";
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

/** Command lines of running processes that name a path. */
function processesNaming(path: string): string[] {
  const all = existsSync("/proc/self/cmdline")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
          } catch {
            return "";
          }
        })
    : execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(path));
}

/** Files of a name below a folder, at any depth. */
function named(folder: string, name: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(`/${name}`))
    .map((path) => join(folder, path));
}

describe("the VSIX, installed by the editor itself, alone in a fresh profile", function () {
  this.timeout(300_000);
  let journey: Journey;
  let built: Awaited<ReturnType<typeof temporaryFolder>>;
  let vsix: string;

  /** Opens a new folder with one sample in it, and the sample. */
  const openSample = async (folder: string): Promise<void> => {
    await journey.openNew(folder, (path) => copyFile(join(samples, SAMPLE), join(path, SAMPLE)));
    await journey.openFile(SAMPLE);
    await journey.waitForLabels();
  };
  /** Goes to a suggestion by keyboard and accepts it. */
  const acceptOne = async (): Promise<void> => {
    // From a line without labels, so that the cursor is seen to move.
    await journey.goTo(2, 1);
    await journey.move(() => journey.chord("n"));
    await journey.chord("a");
  };
  const seesLabels = (): Promise<string[]> =>
    eventually("labels in words", async () => {
      const marks = await journey.marks();
      return marks.some((mark) => mark.includes("PER")) ? marks : undefined;
    });
  /** Goes through the export's questions as they stand, into a folder. @returns rows of the entities */
  const exportTo = async (folder: string): Promise<{ text: string; spans: { label: string }[] }[]> => {
    await journey.runCommand("Glossator: Export Dataset…");
    await journey.answerList("Export Dataset: formats");
    await journey.answerList("Export Dataset: tasks");
    // With one document there is nothing to choose.
    await journey.takeFirst("Export Dataset: Files");
    await journey.takeFirst("Export Dataset: splits");
    await journey.answerFileDialog(`${folder}/`, "Export Here");
    await eventually("the export", () => existsSync(join(folder, "huggingface/losses.json")) || undefined);
    const file = join(folder, "huggingface/entities/train.jsonl");
    return readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((row) => JSON.parse(row) as { text: string; spans: { label: string }[] });
  };

  before(async () => {
    built = await temporaryFolder();
    const platform = `${process.platform}-${process.arch}`;
    execFileSync(process.execPath, [join(root, "scripts/package.mjs"), "--out", built.path], {
      stdio: ["ignore", 2, 2],
    });
    vsix = join(built.path, `glossator-${version}-${platform}.vsix`);
    journey = await Journey.start({ vsix, permissionsCount: true });
  });
  after(async () => {
    await (journey as Journey | undefined)?.dispose();
    await built.remove();
  });

  /** Ids alone: beside them the program complains about modules it lacks, by paths that may hold any name. */
  const installedExtensions = async (): Promise<string[]> => {
    const said = await manageExtensions(journey.dataDir, "--list-extensions");
    return said.split("\n").filter((line) => /^[\w-]+\.[\w-]+$/.test(line));
  };

  it("is the only extension there", async () => {
    assert.deepEqual(await installedExtensions(), ["glossator.glossator"]);
  });

  it("labels, keeps a decision and exports it in a folder that was empty", async () => {
    await openSample("fresh");
    await seesLabels();
    await acceptOne();
    const { new: accepted } = await decided(journey.workspace, SAMPLE, "accepted");
    const rows = await exportTo(journey.workspace);
    assert.ok(rows.some(({ text, spans }) => text.includes(accepted!.quote.exact) && spans.length === 1));
  });

  it("labels, keeps a decision elsewhere and exports it in a folder that may not be written", async () => {
    await journey.openNew("locked", async (path) => {
      await copyFile(join(samples, SAMPLE), join(path, SAMPLE));
      await chmod(path, 0o555);
    });
    await journey.openFile(SAMPLE);
    await journey.waitForLabels();
    await seesLabels();
    await acceptOne();
    await journey.answerNotification(/kept in memory/, "Keep in Storage Folder");
    const storage = join(journey.dataDir, "u/User/globalStorage/glossator.glossator/decisions");
    const log = await eventually("the log in the storage folder", () => {
      const logs = named(storage, `${annotator}.jsonl`).filter((path) => path.includes("/locked/"));
      return logs.find((path) => readFileSync(path, "utf8").includes('"accepted"'));
    });
    assert.ok(!existsSync(join(journey.workspace, ".glossator")));
    assert.match(log, /elections\.txt/);
  });

  it("labels and keeps decisions on a text that has no folder and no file", async () => {
    await journey.openEmptyWindow();
    await journey.runCommand("File: New Untitled Text File");
    await journey.editor.waitFor();
    await journey.page.keyboard.insertText("Marie Curie was born in Warsaw. She worked in Paris.\n");
    await seesLabels();
    await acceptOne();
    const decisions = await eventually("a decision in the extension's storage", () =>
      named(join(journey.dataDir, "u/User"), `${annotator}.jsonl`)
        .filter((path) => path.includes("/untitled/"))
        .map((path) => readFileSync(path, "utf8"))
        .find((text) => text.includes('"accepted"')),
    );
    assert.match(decisions, /Marie Curie|Warsaw|Paris/);
  });

  it("shows its page without a picture or a link that leads nowhere", async () => {
    await journey.runCommand("Extensions: Show Installed Extensions");
    await (await journey.waitFor(".extensions-list .monaco-list-row[data-extension-id='glossator.glossator']")).click();
    const page = journey.report;
    await page.locator("h1", { hasText: "Glossator" }).waitFor();
    await page.locator("h2", { hasText: "Privacy" }).waitFor();
    assert.equal(await page.locator("img").count(), 0);
    const addresses = await page
      .locator("a[href]")
      .evaluateAll((links) =>
        links.map((link) => (link as unknown as { getAttribute: (name: string) => string }).getAttribute("href")),
      );
    assert.deepEqual(
      addresses.filter((address) => !/^(?:https:|#)/.test(address)),
      [],
    );
  });

  it("leaves no process and no file of its own behind when it is uninstalled", async () => {
    await openSample("last");
    const extensions = join(journey.dataDir, "e");
    await eventually("the model process", () => processesNaming(join(extensions, "glossator")).length > 0 || undefined);
    await manageExtensions(journey.dataDir, "--uninstall-extension", "glossator.glossator");
    // As a user does afterwards; the window's extension host ends and with it the model process.
    await journey.page.goto("about:blank");
    await journey.server.stop();
    await eventually("the end of its processes", () => processesNaming(extensions).length === 0 || undefined, 30_000);
    assert.deepEqual(await installedExtensions(), []);
  });
});
