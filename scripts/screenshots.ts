/**
 * `npm run screenshots [-- NAME…]`: takes the pictures of the README from the real extension with the real model, in code-server and
 * Chromium, in a light, a dark and a high-contrast theme. Writes `docs/images/NAME-THEME.png`. Needs `npm run setup` and `npm run bundle`.
 */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fromBench } from "../bench/install";
import { Journal } from "../src/labels/log/journal";
import { DocumentLabels } from "../src/labels/store";
import { Journey } from "../test/journey/harness";
import type { ColorTheme } from "../test/journey/harness";

const folder = resolve(__dirname, "../docs/images");
/** Larger pictures make the README slow to load. */
const MAXIMUM_BYTES = 150_000;

const themes: Readonly<Record<string, ColorTheme>> = {
  light: "Default Light Modern",
  dark: "Default Dark Modern",
  "high-contrast": "Default High Contrast",
};

/** The part of sharp that is used here. */
type Sharp = (input: Buffer) => { png(options: Record<string, unknown>): { toBuffer(): Promise<Buffer> } };

/** Opens a document and waits until all of it has labels. */
async function open(journey: Journey, name: string): Promise<void> {
  await journey.openFile(name);
  await journey.waitForLabels();
}

/** Moves the pointer away from what has a tooltip, and waits until nothing moves any more: the cursor's blink is switched off by a setting. */
async function settle(journey: Journey): Promise<void> {
  await journey.page.mouse.move(200, 500);
  await journey.page.waitForTimeout(800);
}

/** Accepts what the model suggests in some of the samples, and lets a second annotator see some of it otherwise. */
async function decided(journey: Journey): Promise<void> {
  for (const name of ["penicillin.txt", "reviews.md", "elections.txt"]) {
    await open(journey, name);
    await journey.runCommand("Glossator: Accept All in Document");
    await journey.waitForStatus(/accepted/);
    await settle(journey);
  }
  const text = await readFile(join(journey.workspace, "elections.txt"), "utf8");
  const sink = new Journal(join(journey.workspace, ".glossator"), "elections.txt", "ada");
  const labels = new DocumentLabels({ text, author: "ada", sink });
  for (const [exact, label] of Object.entries({
    "Konrad Adenauer": "PER",
    Bonn: "LOC",
    Cologne: "LOC",
    "National Socialists": "ORG",
    "Christian Democratic Union": "ORG",
    Bavarian: "MISC",
    "Social Democratic Party": "ORG",
    "Kurt Schumacher": "PER",
    "Theodor Heuss": "PER",
    Washington: "ORG",
    "Dean Acheson": "PER",
    Paris: "LOC",
    "Robert Schuman": "PER",
    Belgium: "LOC",
    Italy: "LOC",
  })) {
    const start = text.indexOf(exact);
    await labels.add("entities", { start, end: start + exact.length }, label).saved;
  }
  await labels.markReviewed({ start: 0, end: text.indexOf("The European Coal") }, "entities").saved;
}

/** Closes the texts and shows the page of a command alone. */
async function alone(journey: Journey, command: string): Promise<void> {
  await journey.runCommand("View: Close All Editors");
  await journey.runCommand(command);
  const page = journey.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  await page.locator("h1").waitFor();
}

/** Code with people, places and firms in its comments. */
const CODE = `"""Clusters points by k-means.

Stuart Lloyd found the algorithm at Bell Labs in 1957, and published it in 1982;
Edward Forgy had published it before, in Biometrics. The first centres are drawn
as David Arthur and Sergei Vassilvitskii proposed at Stanford in 2007.
"""

import random

DEFAULT = "Lloyd"


def nearest(point, centres):
    """The index of the nearest centre.

    @param point - coordinates, as NumPy has them
    """
    # Charles Elkan of San Diego showed how to leave out most distances.
    return min(range(len(centres)), key=lambda i: distance(point, centres[i]))


def first_centres(points, k):
    chosen = [random.choice(points)]  # Hugo Steinhaus began so, too, in Warsaw.
    # chosen = points[:k]
    while len(chosen) < k:
        chosen.append(farthest(points, chosen))
    return chosen
`;

const pictures: Readonly<Record<string, (journey: Journey) => Promise<void>>> = {
  labels: async (journey) => {
    await open(journey, "elections.txt");
    await journey.goTo(1);
  },
  hover: async (journey) => {
    await open(journey, "elections.txt");
    await journey.goTo(1, 8);
    await journey.runCommand("Show or Focus Hover");
    await journey.waitFor(".monaco-hover:not(.hidden) .hover-contents");
  },
  markdown: async (journey) => {
    await open(journey, "awk-notes.md");
    await journey.goTo(1);
  },
  code: async (journey) => {
    await writeFile(join(journey.workspace, "kmeans.py"), CODE);
    await journey.openFile("kmeans.py");
    await journey.runCommand("Glossator: Label Files of This Language");
    await journey.waitForLabels();
    await journey.goTo(1);
  },
  sentiment: async (journey) => {
    await open(journey, "reviews.md");
    await journey.goTo(1);
  },
  review: async (journey) => {
    await open(journey, "penicillin.txt");
    await journey.goTo(1);
    await journey.runCommand("Glossator: Toggle Review Mode");
    // A key that comes before the mode is on would be typed into the text.
    await settle(journey);
    for (const key of ["a", "a", "a", "j", "a", "j"]) {
      await journey.press(key);
      await settle(journey);
    }
    await journey.waitForStatus(/Review/);
  },
  queue: async (journey) => {
    // Before there is a badge, which would be clicked in its place.
    await journey.page.locator(".activitybar .action-item a[aria-label^='Glossator']").first().click();
    await open(journey, "penicillin.txt");
    await open(journey, "elections.txt");
    await journey.page.locator(".monaco-list-row[aria-label*=' of elections.txt']").first().click();
    await journey.waitForStatus(/suggested, \d+ %/);
  },
  ask: async (journey) => {
    await open(journey, "penicillin.txt");
    await journey.runCommand("Glossator: Ask About This File…");
    await journey.answerInput("Ask About This File", "Who settled the structure of penicillin?");
    await journey.waitFor(".quick-input-widget .monaco-list-row", 120_000);
    await journey.page.locator(".notifications-toasts .notification-toast").waitFor({ state: "hidden" });
  },
  summary: async (journey) => {
    await decided(journey);
    await alone(journey, "Glossator: Show Dataset Summary");
  },
  agreement: async (journey) => {
    await decided(journey);
    await alone(journey, "Glossator: Show Agreement");
  },
};

const wrapped = { "editor.wordWrap": "wordWrapColumn", "editor.wordWrapColumn": 76 };

/** Takes one picture in a fresh editor, so that no picture depends on the one before. */
async function take(name: string, theme: string): Promise<void> {
  const picture = pictures[name]!;
  const journey = await Journey.start({
    theme: themes[theme]!,
    viewport: { width: 1280, height: 800 },
    settings: {
      // Labels take room that the editor does not count when it wraps lines. By language, since the samples' own setting goes before others.
      "[plaintext]": wrapped,
      "[markdown]": wrapped,
      "editor.occurrencesHighlight": "off",
      "editor.fontSize": 14,
      "editor.lineHeight": 22,
      "editor.minimap.enabled": false,
      "editor.cursorBlinking": "solid",
      "editor.renderLineHighlight": "none",
      "workbench.layoutControl.enabled": false,
      "breadcrumbs.enabled": false,
      "glossator.annotator": "grace",
    },
  });
  const file = join(folder, `${name}-${theme}.png`);
  try {
    await picture(journey);
    await settle(journey);
    // An editor has few colours: a palette keeps them all but the finest edges of letters.
    const small = (fromBench("sharp") as Sharp)(await journey.page.screenshot());
    await writeFile(file, await small.png({ palette: true, quality: 95, effort: 10, compressionLevel: 9 }).toBuffer());
  } catch (error) {
    await journey
      .screenshot(join(folder, "../../test-results", `screenshot-${name}-${theme}.png`))
      .catch(() => undefined);
    throw error;
  } finally {
    await journey.dispose();
  }
  const { size } = await stat(file);
  console.log(`docs/images/${name}-${theme}.png  ${Math.round(size / 1000)} kB`);
  if (size > MAXIMUM_BYTES) throw new Error(`${file} is larger than ${MAXIMUM_BYTES} bytes: show less in it.`);
}

async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !(name in pictures));
  if (unknown !== undefined)
    throw new Error(`There is no picture ${unknown}; there are ${Object.keys(pictures).join(", ")}.`);
  await mkdir(folder, { recursive: true });
  for (const name of named.length > 0 ? named : Object.keys(pictures))
    for (const theme of Object.keys(themes)) await take(name, theme);
}

main().catch((error: unknown) => {
  console.error(`screenshots: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
