/** The extension's pages as axe sees them, with the editor's own colours. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import { logLabel } from "./decisions";
import { Journey } from "./harness";
import type { ColorTheme } from "./harness";

/** A theme of each kind, and what a page is told of it. */
const themes: Readonly<Record<ColorTheme, string>> = {
  "Default Dark Modern": "vscode-dark",
  "Default Light Modern": "vscode-light",
  "Default High Contrast": "vscode-high-contrast",
  "Default High Contrast Light": "vscode-high-contrast-light",
};

/** Commands that show a page, and its heading. */
const pages: Readonly<Record<string, string>> = {
  "Glossator: Show Dataset Summary": "Dataset summary",
  "Glossator: Show Agreement": "Agreement",
  // One of the reports, which are Markdown that the editor renders.
  "Glossator: Show Training Examples": "Training Examples",
};

/** What is wrong with the page in front, a line each. The editor draws it in a frame in which axe never ends, so it is looked at in a page of its own: its colours are variables that it brings along. */
async function faults(journey: Journey): Promise<string[]> {
  const html = await journey.report.locator("html").evaluate((element) => (element as { outerHTML: string }).outerHTML);
  assert.match(html, /--vscode-editor-background:/, "without the theme's colours");
  const page = await journey.page.context().browser()!.newPage();
  try {
    await page.setContent(`<!DOCTYPE html>${html}`);
    // The editor's background lies behind the frame.
    await page.evaluate('document.documentElement.style.background = "var(--vscode-editor-background)"');
    // The value of a script goes to the caller: all of axe would take minutes.
    await page.evaluate(`${axe.source}; undefined`);
    const { violations, passes } = await page.evaluate<AxeResults>("axe.run(document)");
    assert.ok(
      passes.some(({ id }) => id === "color-contrast"),
      "axe looked at no text",
    );
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html: of, failureSummary = "" }) => `${id}: ${help}: ${of.slice(0, 200)} ${failureSummary}`),
    );
  } finally {
    await page.close();
  }
}

describe("pages, as axe sees them", function () {
  this.timeout(240_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
    await logLabel(journey.workspace, "elections.txt", "Washington", "ORG", "ada");
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await journey.runCommand("Glossator: Accept All in Document");
    await journey.waitForStatus(/accepted/);
  });
  after(() => journey.dispose());

  for (const [theme, kind] of Object.entries(themes) as [ColorTheme, string][])
    it(`have no fault that it knows: ${theme}`, async () => {
      await journey.setTheme(theme);
      for (const [title, heading] of Object.entries(pages)) {
        await journey.runCommand("View: Close All Editors");
        await journey.page.locator("iframe.webview").waitFor({ state: "detached" });
        await journey.runCommand(title);
        await journey.report.locator("h1", { hasText: heading }).waitFor();
        await journey.report.locator(`body.${kind}`).waitFor();
        assert.deepEqual(await faults(journey), [], heading);
      }
    });
});
