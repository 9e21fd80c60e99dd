/** Hostile repositories in the real editor, in Restricted Mode: nothing of the user's gets in or out, no request, no command, no waiting. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import path from "node:path";
import { Journey } from "../journey/harness";
import { ANNOTATOR, BAIT, IMPOSED, makeRepositories } from "./repositories";

/** The column of a label in `message.txt`. */
const BOB = 23;

/** Names and contents of all files below a folder; links and pipes by name only. */
function inventory(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return `${file}${entry.isFile() ? `\n${readFileSync(file, "utf8")}` : ""}`;
    })
    .sort()
    .join("\n");
}

/** Sets the times of a file so that reading it once shows, where the file system keeps the time of reading at all. */
function arm(file: string): void {
  utimesSync(file, new Date(2020, 1), new Date(2021, 1));
}

function wasRead(file: string): boolean {
  return statSync(file).atimeMs > new Date(2020, 2).getTime();
}

async function eventually<T>(what: string, check: () => Promise<T | undefined>, ms = 60_000): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const value = await check();
    if (value !== undefined) return value;
    assert.ok(Date.now() < end, `waited ${ms / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// Links need a right of their own on Windows, and there are no pipes in its file system.
(process.platform === "win32" ? describe.skip : describe)("hostile repositories in Restricted Mode", function () {
  this.timeout(120_000);
  let journey: Journey;
  let started = false;
  let server: Server;
  let repositories: string;
  let outside: string;
  let planted: string;
  let connections = 0;
  const requests: string[] = [];
  const bait = (): string => path.join(outside, "bait.txt");
  const control = (): string => path.join(outside, "control.txt");

  /** Texts of decorations on the screen. As a string: the page's globals are not this program's. */
  const marks = (): Promise<string[]> =>
    journey.page.evaluate<string[]>(`
      [...document.querySelectorAll(".view-line span")].flatMap((element) =>
        ["::before", "::after"].map((pseudo) => getComputedStyle(element, pseudo).content).filter((content) => content !== "none"))`);
  const mark = (what: RegExp): Promise<string> =>
    eventually(`a mark like ${what.source}`, async () => (await marks()).find((text) => what.test(text)));
  /** A message on the screen; those that went by are in the list of all. */
  const message = (what: RegExp): Promise<string> => {
    let looks = 0;
    return eventually(`a message like ${what.source}`, async () => {
      const texts = await journey.page.locator(".notification-list-item-message").allInnerTexts();
      const found = texts.find((text) => what.test(text));
      if (found !== undefined) return found;
      // Only what is in view of the list is on the screen: it is gone through from the top, again and again.
      const list = journey.page.locator(".notifications-center .monaco-list");
      if (looks++ === 0) await journey.runCommand("Notifications: Show Notifications");
      else if (await list.isVisible()) {
        await list.focus();
        await journey.press(looks % 12 === 2 ? "Home" : "PageDown");
      }
      return undefined;
    });
  };

  before(async () => {
    // A connection is proof enough: nobody has to be at its other end.
    server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as { port: number };
    journey = await Journey.start({
      trusted: false,
      settings: { "glossator.annotator": ANNOTATOR, "glossator.device": "cpu" },
      prepare: async (folder) => {
        const made = await makeRepositories(folder, port);
        ({ repositories, outside } = made);
        writeFileSync(control(), "x");
        for (const file of [bait(), control()]) arm(file);
        readFileSync(control());
        return made.workspaceFile;
      },
    });
    started = true;
    journey.page.setDefaultTimeout(60_000);
    planted = inventory(repositories);
    journey.page.on("request", (request) => requests.push(request.url()));
  });
  after(async () => {
    if (started) await journey.dispose();
    await new Promise((resolve) => server.close(resolve));
  });

  it("opens them as it says: not trusted", async () => {
    await journey.page.getByText("Restricted Mode").first().waitFor({ timeout: 60_000 });
  });

  it("shows a label of any name as text: no string of a style sheet ends, no request is made", async () => {
    await journey.openFile("style.txt");
    assert.match(await mark(/^"x/), /^"x⟨U\+000C⟩;content:url/);
    assert.deepEqual(
      requests.filter((url) => url.includes("/style")),
      [],
    );
    assert.equal(connections, 0);
  });

  it("makes no link of a label's or property's name in a message, a list or a hover", async () => {
    await journey.openFile("message.txt");
    await message(/labels\.json, \[Click\] \(command:/);
    await mark(/Click/);
    await journey.goTo(1, BOB);
    await journey.runCommand("Glossator: Describe Label at Cursor");
    await message(/^\[Click\] \(command:.*: Bob/);
    await journey.runCommand("Glossator: Show Labels of This Document");
    await journey.chooseByText("Grace", "Grace Hopper");
    await message(/"Grace Hopper" is no longer in the document. The label \[Click\] \(command:/);
    // The one link in a message that there may be is the editor's own.
    assert.equal(await journey.page.locator(".notification-list-item-message a").count(), 0);
    await journey.press("Escape");
    await journey.goTo(1, BOB);
    await journey.runCommand("Show or Focus Hover");
    const hover = await journey.waitFor(".monaco-hover:not(.hidden) .hover-row");
    await eventually("the hover's words", async () => ((await hover.innerText()).includes("Click") ? true : undefined));
    const links = await journey.page
      .locator(".monaco-hover a")
      .evaluateAll((all) =>
        (all as unknown as { readonly dataset: { readonly href?: string }; readonly href: string }[]).map(
          ({ dataset, href }) => dataset.href ?? href,
        ),
      );
    assert.ok(links.length > 0, "the hover has its own links");
    for (const link of links) assert.match(link, /^(command:glossator\.(remove|relabel|relate)\?|$|#|https?:\/\/127)/);
    assert.equal(await journey.page.locator(".terminal-wrapper").count(), 0);
  });

  it("waits for no pipe and reads no device", async () => {
    await journey.openFile("device.txt");
    await journey.openFile("pipes.txt");
    await mark(/PIPED/);
  });

  it("follows no link to read, and takes no name from the workspace", async () => {
    for (const name of ["labelsfile.txt", "before.txt"]) await journey.openFile(name);
    await mark(/PER/);
    // What was refused is said by name.
    await message(/\.jsonl\.before is a symbolic link/);
    await journey.press("Escape");
    const log = path.join(repositories, "before", ".glossator", "log", "before.txt");
    assert.deepEqual(
      readdirSync(log).sort(),
      [ANNOTATOR, IMPOSED].flatMap((name) => [`${name}.jsonl`, `${name}.jsonl.before`]).sort(),
    );
  });

  it("follows no link to write: the decision stays in memory, and the user is told", async () => {
    for (const name of ["logfile", "logfolder", "dotfolder"]) {
      await journey.openFile(`${name}.txt`);
      await journey.goTo(1, 1);
      await journey.press("Control+Shift+ArrowRight");
      await journey.runCommand("Glossator: Label Selection or Word…");
      // The palette's list looks the same: keys pressed too early would be typed into the text.
      await journey.question('Label "');
      await journey.press("1");
      await mark(/[A-Z]/);
      await message(new RegExp(`Decisions could not be written to .*${name}.* is a symbolic link`));
    }
  });

  it("has read nothing outside, changed nothing, asked nobody and run nothing", () => {
    assert.equal(inventory(repositories), planted);
    assert.ok(!planted.includes(BAIT));
    assert.deepEqual(readdirSync(outside).sort(), ["bait.txt", "control.txt", "empty"]);
    assert.deepEqual(readdirSync(path.join(outside, "empty")), []);
    // Where the file system keeps the time of reading: the file beside it shows that it would have been seen.
    if (wasRead(control())) assert.ok(!wasRead(bait()), "the private file was read");
    assert.equal(readFileSync(bait(), "utf8").includes(BAIT), true);
    assert.equal(connections, 0);
    assert.deepEqual(
      // The editor itself asks its gallery for the page of an extension.
      requests.filter((url) => !/^https?:\/\/(?:127\.0\.0\.1|open-vsx\.org)[:/]/.test(url) && /^https?:/.test(url)),
      [],
    );
  });
});
