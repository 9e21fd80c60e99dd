import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { launchBrowser, startCodeServer, writeUserSettings } from "../../scripts/lib/codeServer.mjs";
import type { CodeServer } from "../../scripts/lib/codeServer.mjs";
import { copySamples, extensionFolder, readJson, temporaryFolder, writeJson } from "../../scripts/lib/paths.mjs";
import { tellOnFailure } from "../failures";
import { tellOfPage } from "./tell";

/** The editor's built-in themes, one of each kind that an extension has to be readable in. */
export type ColorTheme =
  "Default Light Modern" | "Default Dark Modern" | "Default High Contrast" | "Default High Contrast Light";

/** What the editor's page says of each. */
const THEME_CLASSES: Readonly<Record<ColorTheme, string>> = {
  "Default Light Modern": "vs",
  "Default Dark Modern": "vs-dark",
  "Default High Contrast": "hc-black",
  "Default High Contrast Light": "hc-light",
};

/** What a journey starts with; the defaults are a dark theme, a trusted copy of the samples and the project's own extension. */
export interface JourneyOptions {
  readonly theme?: ColorTheme;
  /** Window size in CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** User settings on top of those that keep a fresh editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False opens the workspace untrusted. */
  readonly trusted?: boolean;
  /** Fills the workspace's folder, which is empty, in place of the samples. @returns what is opened: the folder, or a `.code-workspace` file */
  readonly prepare?: (folder: string) => Promise<string>;
  /** Environment variables of the server, and so of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** Makes an extension's folder, given an empty one, in place of the project's. */
  readonly prepareExtension?: (folder: string) => Promise<void>;
  /** The display language that extensions are told; the editor's own texts stay English. */
  readonly language?: string;
  /** A VSIX that the editor installs by itself, in place of the project's folder. */
  readonly vsix?: string;
  /** Whether a folder's permissions count for root, too. */
  readonly permissionsCount?: boolean;
}

/** Milliseconds an element may take to appear: a cold editor on a busy machine needs many seconds. */
const patience = 60_000;

/** Whose decisions a journey's are: the name of their log. */
export const annotator = "tester";

/**
 * A user at the editor: the built extension in code-server, on a copy of the samples, in headless Chromium. Each step waits for what a
 * person would wait for: a title, a value, a text on the screen. Waiting methods throw Playwright's TimeoutError after a minute.
 */
export class Journey {
  #workspace: string;
  readonly #stopTelling = tellOnFailure((folder, title) => tellOfPage(this.page, folder, title));

  private constructor(
    readonly page: Page,
    workspace: string,
    private opened: string,
    private current: CodeServer,
    private readonly browser: Browser,
    private readonly startServer: () => Promise<CodeServer>,
    private readonly temporary: { readonly path: string; readonly remove: () => Promise<void> },
  ) {
    this.#workspace = workspace;
  }

  /** The absolute path of the opened folder; the journey may write there. */
  get workspace(): string {
    return this.#workspace;
  }

  /** The editor's server; after {@link kill} the one that {@link revive} starts. */
  get server(): CodeServer {
    return this.current;
  }

  /** The folder that the editor keeps everything in: user data in `u`, extensions in `e`. */
  get dataDir(): string {
    return this.temporary.path;
  }

  /**
   * Starts the server and the browser, and waits until the workbench is there.
   * @throws Error when code-server or Chromium is missing or does not start; nothing is left running then
   */
  static async start(options: JourneyOptions = {}): Promise<Journey> {
    const temporary = await temporaryFolder();
    let server: CodeServer | undefined;
    let browser: Browser | undefined;
    try {
      const workspace = join(temporary.path, "samples");
      let opened = workspace;
      if (options.prepare === undefined) await copySamples(workspace);
      else {
        await mkdir(workspace);
        opened = await options.prepare(workspace);
      }
      let extension = extensionFolder;
      if (options.prepareExtension !== undefined) {
        extension = join(temporary.path, "x");
        await mkdir(extension);
        await options.prepareExtension(extension);
      }
      await writeUserSettings(join(temporary.path, "u"), {
        "workbench.colorTheme": options.theme ?? "Default Dark Modern",
        "window.autoDetectColorScheme": false,
        "security.workspace.trust.startupPrompt": "never",
        "files.simpleDialog.enable": true,
        "glossator.annotator": annotator,
        // Journeys decide on a few names that their documents share, and count what is suggested besides.
        "glossator.repeatDecisions": false,
        ...options.settings,
      });
      const startServer = (vsix?: string): Promise<CodeServer> =>
        startCodeServer({
          dataDir: temporary.path,
          ...(options.vsix === undefined ? { extension } : {}),
          ...(vsix === undefined ? {} : { vsix }),
          workspaceTrust: options.trusted === false,
          permissionsCount: options.permissionsCount === true,
          ...(options.env === undefined ? {} : { env: options.env }),
        });
      server = await startServer(options.vsix);
      browser = await launchBrowser();
      const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
      page.setDefaultTimeout(patience);
      // What a language pack would set: the page has it before the editor's own scripts run.
      if (options.language !== undefined)
        await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)};`);
      const journey = new Journey(page, workspace, opened, server, browser, () => startServer(), temporary);
      await journey.restart();
      return journey;
    } catch (error) {
      await browser?.close();
      await server?.stop();
      await temporary.remove();
      throw error;
    }
  }

  /** Opens the folder in a window of its own extension host: what was only in memory is gone. */
  async restart(): Promise<void> {
    const files = this.page.locator(".explorer-folders-view .monaco-list-row").first();
    await this.#go(this.opened);
    // On a machine with no time to spare the editor now and then gives up on its own server; a person loads the page again.
    await files.waitFor().catch(async () => {
      await this.#go(this.opened);
      await files.waitFor();
    });
  }

  /** Opens another folder, in a window of its own extension host. */
  async open(folder: string): Promise<void> {
    this.#workspace = this.opened = folder;
    await this.#go(folder);
  }

  /** Opens a window without a folder. */
  async openEmptyWindow(): Promise<void> {
    await this.#go();
  }

  /** Makes a folder and opens it, so that a test finds nothing of what another left. @param fill puts files into it */
  async openNew(name: string, fill: (folder: string) => Promise<void> = copySamples): Promise<void> {
    const folder = join(this.dataDir, name);
    await mkdir(folder, { recursive: true });
    await fill(folder);
    await this.open(folder);
  }

  /** Loads the page of a folder, of a `.code-workspace` file, or of nothing. */
  async #go(opened?: string): Promise<void> {
    const kind = opened?.endsWith(".code-workspace") === true ? "workspace" : "folder";
    const query = opened === undefined ? "ew=true" : `${kind}=${encodeURIComponent(opened)}`;
    // A page that still has questions, about unsaved text, would keep the browser from leaving it.
    await this.page.goto("about:blank");
    await this.page.goto(`${this.server.origin}/?${query}`, { waitUntil: "domcontentloaded" });
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor();
  }

  /** Chooses another color theme in the settings' file, which the editor reads as its page is loaded, and loads it. */
  async setTheme(theme: ColorTheme): Promise<void> {
    const file = join(this.dataDir, "u/User/settings.json");
    await writeJson(file, { ...(await readJson(file)), "workbench.colorTheme": theme });
    await this.restart();
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[theme]}`).waitFor();
  }

  /** Kills the whole editor at once: server, extension host, model process. Only the page is left. */
  async kill(): Promise<void> {
    await this.server.kill();
  }

  /** Starts the editor anew after {@link kill}, with the same settings and files. */
  async revive(): Promise<void> {
    this.current = await this.startServer();
    await this.restart();
  }

  /** The text area of the editor that has the focus, as lines of rendered text. */
  get editor(): Locator {
    return this.page.locator(".editor-group-container.active .monaco-editor .view-lines").first();
  }

  /** The input with a list below it: quick open, the command palette, and every `showQuickPick` and `showInputBox`. */
  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /** The report in front, which is a page in a page. */
  get report(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready >> nth=-1").frameLocator("iframe#active-frame");
  }

  /**
   * Runs a command by the title that the command palette shows (`Category: Title`).
   * @throws TimeoutError when the palette offers no command of exactly this title
   */
  async runCommand(title: string): Promise<void> {
    // The palette lists what was enabled when it opened: a command that becomes so a moment later is in the next one only.
    for (let attempts = 5; attempts > 0; attempts--) {
      await this.page.keyboard.press("F1");
      if (attempts === 1 || (await this.#shows(`>${title}`, title))) break;
      await this.leaveLists();
    }
    await this.chooseByText(`>${title}`, title);
  }

  /**
   * Opens a file of the workspace by quick open and waits for its tab.
   * @param name a file name that is unique in the workspace
   */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+p");
    await this.chooseByText(name, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.editor.locator(".view-line").first().waitFor();
  }

  /** Types into the open quick input and picks the first row whose label is exactly `label`. */
  async chooseByText(text: string, label: string): Promise<void> {
    await this.#shows(text, label);
    await this.#row(label).click();
  }

  /** The first row of the quick input whose label is exactly `label`. */
  #row(label: string): Locator {
    return this.quickInput
      .locator(".monaco-list-row")
      .filter({ has: this.page.locator(".label-name").getByText(label, { exact: true }) })
      .first();
  }

  get #input(): Locator {
    return this.quickInput.locator("input.input, .input-box input, input").first();
  }

  /** Types into the open quick input; whether it then shows such a row. It is left when a text behind it takes the focus late. */
  async #shows(text: string, label: string): Promise<boolean> {
    // The palette may still put its own text in when it opens, after ours: then ours is typed again.
    for (let attempts = 2; attempts > 0; attempts--) {
      const shown = await this.#input
        .fill(text, { timeout: 10_000 })
        .then(() => this.#row(label).waitFor({ timeout: 5_000 }))
        .then(
          () => true,
          () => false,
        );
      if (shown) return true;
    }
    return false;
  }

  /** Waits until the quick input asks a question: a list or an input box with this title. */
  async question(title: string): Promise<Locator> {
    await this.quickInput.locator(".quick-input-title", { hasText: title }).waitFor();
    return this.quickInput;
  }

  /**
   * Answers an input box.
   * @param title the box's, so that no other is answered: the same element shows all of them
   */
  async answerInput(title: string, text: string): Promise<void> {
    await this.question(title);
    await this.#input.fill(text);
    await this.#input.press("Enter");
  }

  /**
   * Answers a list: picks the row that has a text, or takes what is ticked, with some rows ticked or unticked before.
   * @param title the list's
   */
  async answerList(
    title: string,
    { pick, toggle }: { readonly pick?: string; readonly toggle?: string } = {},
  ): Promise<void> {
    await this.question(title);
    const row = (text: string): Locator => this.quickInput.locator(".monaco-list-row", { hasText: text }).first();
    if (toggle !== undefined) await row(toggle).click();
    if (pick !== undefined) await row(pick).click();
    else await this.quickInput.getByRole("button", { name: "OK", exact: true }).click();
  }

  /** Takes the row of a list that has the focus when it opens. @param title the list's */
  async takeFirst(title: string): Promise<void> {
    await this.question(title);
    await this.quickInput.locator(".monaco-list-row.focused").waitFor();
    await this.press("Enter");
  }

  /** Leaves whatever list or box is open, and one that comes up in its place. */
  async leaveLists(): Promise<void> {
    await eventually("lists to be left", async () => {
      if (!(await this.quickInput.isVisible())) return true;
      await this.press("Escape");
      // Not again while it goes: with no list open Escape means something else.
      return await this.quickInput.waitFor({ state: "hidden", timeout: 5_000 }).then(
        () => true,
        () => undefined,
      );
    });
  }

  /** Goes to a row of a list with the arrow keys and takes it. @param title the list's @param text which the row has */
  async takeByKeyboard(title: string, text: string): Promise<void> {
    const list = await this.question(title);
    const row = list.locator(".monaco-list-row", { hasText: text }).first();
    const asked = list.locator(".quick-input-title", { hasText: title });
    await eventually(`"${text}" to be taken`, async () => {
      // The next list may have a row of the same text, and comes up in the same place.
      if (!(await asked.isVisible()) || !(await row.isVisible())) return true;
      const focused = ((await row.getAttribute("class", { timeout: 5_000 })) ?? "").includes("focused");
      await this.press(focused ? "Enter" : "ArrowDown");
      if (!focused) return undefined;
      // Not again while the list goes: a second Enter would be typed into the text below it.
      const gone = { state: "hidden", timeout: 5_000 } as const;
      return await Promise.any([row.waitFor(gone), asked.waitFor(gone)]).then(
        () => true,
        () => undefined,
      );
    });
  }

  /** Answers the dialog that asks for a file or folder. @param button the one that takes it */
  async answerFileDialog(path: string, button: string): Promise<void> {
    const take = this.quickInput.getByRole("button", { name: button, exact: true });
    await take.waitFor();
    // The dialog first shows the folder it starts in, and would put that over what was typed before.
    await eventually("the dialog's folder", async () => (await this.#input.inputValue()).startsWith("/") || undefined);
    // What is pressed while the dialog still reads a folder may only lead into that folder; then a person presses again.
    await eventually("the dialog to end", async () => {
      if (!(await take.isVisible())) return true;
      if ((await this.#input.inputValue()) !== path) await this.#input.fill(path);
      await take.click({ timeout: 5_000 }).catch(() => undefined);
      return await take.waitFor({ state: "hidden", timeout: 5_000 }).then(
        () => true,
        () => undefined,
      );
    });
  }

  /** Presses keys one after the other, in Playwright's notation: `F8`, `Alt+Enter`, `ControlOrMeta+z`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Presses a second key after Ctrl+Alt+G, once the editor says that it waits for one. */
  async chord(key: string): Promise<void> {
    await this.press("Control+Alt+g");
    await this.waitForStatus(/was pressed/);
    await this.press(key);
  }

  /** Does something that moves the cursor or the selection, and waits until it has moved. */
  async move(act: () => Promise<void>): Promise<void> {
    const position = this.page.locator(".statusbar-item", { hasText: /Ln \d+/ }).first();
    const before = await position.innerText();
    await act();
    await eventually("the cursor elsewhere", async () => (await position.innerText()) !== before || undefined);
  }

  /** Puts the cursor at a line and column, both 1-based; columns count UTF-16 code units. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.press("Control+g");
    await this.#input.waitFor();
    await this.#input.fill(`:${line}:${column}`);
    await this.#input.press("Enter");
    // Where the cursor is there already, the position alone would not tell that the text has the keyboard again.
    await this.quickInput.waitFor({ state: "hidden" });
    await this.waitForStatus(new RegExp(`Ln ${line}, Col ${column}(?!\\d)`));
  }

  /** Waits until an element of this CSS selector is visible, and returns it. */
  async waitFor(selector: string, timeout = patience): Promise<Locator> {
    const element = this.page.locator(selector).first();
    await element.waitFor({ timeout });
    return element;
  }

  /** Waits until the status bar shows an item whose text matches. */
  async waitForStatus(text: string | RegExp, timeout = patience): Promise<void> {
    await this.page.locator(".statusbar-item", { hasText: text }).first().waitFor({ timeout });
  }

  /** Waits until all of the document in front is labelled. */
  async waitForLabels(): Promise<void> {
    await this.page.locator(".statusbar-item[aria-label*='sentences are labelled'][aria-label*='All ']").waitFor();
  }

  /** Texts that decorations and inlay hints add to what is in view, as they are on the screen: labels and signs of opinion. */
  marks(): Promise<string[]> {
    // As a string: the page's globals are not this program's.
    return this.page.evaluate<string[]>(`
      [...document.querySelectorAll(".view-line span")].flatMap((element) => [
        ...["::before", "::after"].map((pseudo) => getComputedStyle(element, pseudo).content),
        ...(/\\bdyn-rule/.test(element.className) ? [element.textContent] : []),
      ].filter((content) => /[A-Z▲▼]/.test(content)))`);
  }

  /** Waits for a notification with this text and presses a button of it. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    const toast = this.page.locator(".notification-list-item", { hasText: text }).first();
    await toast.waitFor();
    await toast.getByRole("button", { name: button, exact: true }).click();
  }

  /** Dismisses every notification, for instance before a picture is taken. */
  async clearNotifications(): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
  }

  /** Writes a PNG of the whole window. */
  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file });
  }

  /** Closes the browser, stops the server with all its processes, deletes the workspace. */
  async dispose(): Promise<void> {
    this.#stopTelling();
    await this.browser.close();
    await this.server.stop();
    await this.temporary.remove();
  }
}

/**
 * Tries `check` until it gives a value.
 * @throws Error naming `what` after `ms` milliseconds
 */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | Promise<T | undefined>,
  ms = patience,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Waited ${ms / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
