import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { extensionFolder } from "../../scripts/lib/paths.mjs";
import { Journey } from "./harness";

/** VS Code's name for a language that is nobody's. */
const language = "qps-ploc";
const bundle = "l10n/bundle.l10n.json";

/** The extension as it is, with a translation that puts every text into brackets. */
async function withTranslation(folder: string): Promise<void> {
  for (const name of await readdir(extensionFolder))
    if (name !== "l10n" && name !== "out") await symlink(join(extensionFolder, name), join(folder, name));
  // The editor tells extensions apart by where their code really lies.
  await cp(join(extensionFolder, "out"), join(folder, "out"), { recursive: true });
  await mkdir(join(folder, "l10n"));
  const texts = JSON.parse(await readFile(join(extensionFolder, bundle), "utf8")) as Record<string, string>;
  const translated = Object.fromEntries(Object.keys(texts).map((text) => [text, `⟦${text}⟧`]));
  await writeFile(join(folder, `l10n/bundle.l10n.${language}.json`), JSON.stringify(translated));
}

describe("the extension in another language", () => {
  let journey: Journey;

  before(async () => {
    journey = await Journey.start({ language, prepareExtension: withTranslation });
    await journey.openFile("penicillin.txt");
    await journey.waitForLabels();
  });
  after(() => journey.dispose());

  it("speaks it in the status bar, to screen readers too", async () => {
    const item = await journey.waitFor(".statusbar-item[aria-label*='sentences are labelled']");
    assert.match((await item.getAttribute("aria-label")) ?? "", /⟦Glossator: ⟦All \d+ sentences are labelled\.⟧.*⟧/);
  });

  it("speaks it in lists", async () => {
    await journey.runCommand("Glossator: Show Status");
    const labels = journey.quickInput.locator(".monaco-list-row .label-name");
    await labels.filter({ hasText: "⟦Review Mode⟧" }).waitFor();
    for (const label of await labels.allInnerTexts()) assert.match(label, /⟦.*⟧/);
    await journey.press("Escape");
  });

  it("speaks it in messages", async () => {
    await journey.runCommand("Glossator: Undo Decision");
    await journey.waitFor(".notification-list-item:has-text('⟦There is no decision to undo in this document.⟧')");
    await journey.clearNotifications();
  });

  it("speaks it on pages, which say which language they are in", async () => {
    await journey.runCommand("Glossator: Show Agreement");
    await journey.report.getByRole("heading", { name: "⟦Agreement⟧" }).waitFor();
    assert.equal(await journey.report.locator("html").getAttribute("lang"), language);
    await journey.waitFor(".tab.active:has-text('⟦Agreement⟧')");
  });
});
