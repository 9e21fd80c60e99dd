import assert from "node:assert/strict";
import { copyFile, link, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { BASE, sentencesAbout, VEHICLES } from "../fixtures/traffic";
import { decided, eventsOn } from "./decisions";
import { annotator, eventually, Journey } from "./harness";

/** A job takes seconds; on a machine with no time to spare, minutes. */
const JOB_MS = 600_000;
const LINES = VEHICLES.flatMap(sentencesAbout);

describe("teaching the model", function () {
  this.timeout(900_000);
  let journey: Journey;
  let model: string;

  /** The model that comes with the extension, with little text to be kept to. */
  async function makeModel(): Promise<void> {
    model = await mkdtemp(join(tmpdir(), "glossator-model-"));
    const from = resolve(__dirname, "../../models/glossator-minilm");
    for (const name of await readdir(from))
      if (name !== "base-text.txt")
        await link(join(from, name), join(model, name)).catch(() => copyFile(join(from, name), join(model, name)));
    await writeFile(join(model, "base-text.txt"), BASE.map((line) => `${line}\tus\n`).join(""));
  }

  /** A text with a label set and decisions of earlier days on all but the last lines, and one that nobody touched. */
  async function prepare(folder: string): Promise<string> {
    const text = `${LINES.join("\n\n")}\n\nThe yacht was late again.\n`;
    await writeFile(join(folder, "traffic.txt"), text);
    await writeFile(
      join(folder, "unseen.txt"),
      "Somebody took the tram home at noon.\n\nThe ferry was late again, said Maria Keller.\n",
    );
    const root = join(folder, ".glossator");
    await mkdir(root);
    const names = ["PER", "ORG", "LOC", "MISC", "VEHICLE"];
    const entities = names.map((name, id) => ({ id, name, ...(name === "VEHICLE" && { key: "v" }) }));
    await writeFile(join(root, "labels.json"), JSON.stringify({ entities }));
    const journal = new Journal(root, "traffic.txt", annotator);
    const labels = new DocumentLabels({ text, author: annotator, sink: journal });
    for (const what of VEHICLES)
      for (const start of [text.indexOf(what), text.lastIndexOf(what)])
        await labels.add("entities", { start, end: start + what.length }, "VEHICLE").saved;
    await labels.markReviewed({ start: 0, end: text.indexOf("The yacht") }, "entities").saved;
    return folder;
  }

  before(async () => {
    await makeModel();
    journey = await Journey.start({ prepare, settings: { "glossator.model": model } });
  });
  after(async () => {
    await journey.dispose();
    await rm(model, { recursive: true, force: true });
  });

  /** Whether the text in front has a suggestion of the new label. */
  const vehicle = async (): Promise<boolean> => (await journey.marks()).some((mark) => /^"?\s*VEHICLE\?/.test(mark));

  it("by a label that is new to it, seeing what changes elsewhere, and going back", async () => {
    const { page } = journey;
    await journey.openFile("unseen.txt");
    await journey.waitForLabels();
    assert.equal(await vehicle(), false);
    await journey.openFile("traffic.txt");
    await journey.waitForLabels();
    await journey.goTo(2 * LINES.length + 1, "The y".length);
    await journey.chord("e");
    await journey.question('Label "yacht"');
    await journey.press("v");
    await eventually("the label on disk", () =>
      eventsOn(journey.workspace, "traffic.txt").find(({ new: value }) => value?.quote.exact === "yacht"),
    );
    assert.equal((await decided(journey.workspace, "traffic.txt", "added")).new!.label, "VEHICLE");

    await journey.runCommand("Glossator: Teach Model");
    await page
      .locator(".notification-list-item", { hasText: "The model has learned" })
      .first()
      .waitFor({ timeout: JOB_MS });
    await journey.answerNotification("The model has learned", "What Changed");
    await journey.answerList("What Would Change", { pick: "All Text Files of the Folder" });
    const list = await journey.question("What Changed: ");
    await page.keyboard.type("unseen");
    const row = list.locator(".monaco-list-row", { hasText: "unseen.txt" }).first();
    assert.match(await row.innerText(), /(tram|ferry)[^]*nothing → VEHICLE[^]*unseen\.txt, line [13]/);
    await row.click();
    await journey.waitFor('.tab.active[data-resource-name="unseen.txt"]');
    // Said once the list is gone and the text has the keyboard: going through the list showed the text, too.
    await journey.waitForStatus(/\d+ of \d+, entities: /);
    await journey.waitForStatus(/\([45] selected\)/);
    await eventually("the new label in a file that nobody touched", async () => (await vehicle()) || undefined);

    await journey.runCommand("Glossator: Model Versions…");
    await journey.answerList("Model Versions", { pick: "in use" });
    await list.locator(".monaco-list-row", { hasText: "Go Back" }).first().click();
    await eventually("the labels of before", async () => !(await vehicle()) || undefined);
  });
});
