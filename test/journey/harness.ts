import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser, startCodeServer, writeUserSettings, type CodeServer } from "../../scripts/lib/codeServer.mjs";
import { copySamples, extensionFolder, temporaryFolder } from "../../scripts/lib/paths.mjs";

/** The editor's built-in themes, one of each kind that an extension has to be readable in. */
export type ColorTheme =
  "Default Light Modern" | "Default Dark Modern" | "Default High Contrast" | "Default High Contrast Light";

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
}

/** Milliseconds an element may take to appear: a cold editor on a busy machine needs several seconds. */
const patience = 30_000;

/**
 * A user at the editor: the built extension installed in code-server, on a copy of the samples, in headless Chromium.
 * Waiting methods throw Playwright's TimeoutError after 30 seconds.
 */
export class Journey {
  private constructor(
    readonly page: Page,
    /** The absolute path of the opened folder; the journey may write there. */
    readonly workspace: string,
    private readonly opened: string,
    private readonly server: CodeServer,
    private readonly browser: Browser,
    private readonly removeFiles: () => Promise<void>,
  ) {}

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
      await writeUserSettings(join(temporary.path, "u"), {
        "workbench.colorTheme": options.theme ?? "Default Dark Modern",
        "window.autoDetectColorScheme": false,
        "security.workspace.trust.startupPrompt": "never",
        "files.simpleDialog.enable": true,
        ...options.settings,
      });
      server = await startCodeServer({
        dataDir: temporary.path,
        extension: extensionFolder,
        workspaceTrust: options.trusted === false,
        ...(options.env === undefined ? {} : { env: options.env }),
      });
      browser = await launchBrowser();
      const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
      page.setDefaultTimeout(patience);
      const journey = new Journey(page, workspace, opened, server, browser, temporary.remove);
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
    const kind = this.opened.endsWith(".code-workspace") ? "workspace" : "folder";
    const address = `${this.server.origin}/?${kind}=${encodeURIComponent(this.opened)}`;
    await this.page.goto(address, { waitUntil: "domcontentloaded", timeout: 3 * patience });
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor();
    await this.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  }

  /** The text area of the editor that has the focus, as lines of rendered text. */
  get editor(): Locator {
    return this.page.locator(".editor-group-container.active .monaco-editor .view-lines").first();
  }

  /** The input with a list below it: quick open, the command palette, and every `showQuickPick` and `showInputBox`. */
  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /**
   * Runs a command by the title that the command palette shows (`Category: Title`).
   * @throws TimeoutError when the palette offers no command of exactly this title
   */
  async runCommand(title: string): Promise<void> {
    // The palette lists what was enabled when it opened: a command that becomes so a moment later is in the next one only.
    for (let attempts = 3; attempts > 0; attempts--) {
      await this.page.keyboard.press("F1");
      if (attempts === 1 || (await this.shows(`>${title}`, title))) break;
      await this.page.keyboard.press("Escape");
      await this.quickInput.waitFor({ state: "hidden" });
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
    await this.shows(text, label);
    await this.row(label).click();
  }

  /** The first row of the quick input whose label is exactly `label`. */
  private row(label: string): Locator {
    return this.quickInput
      .locator(".monaco-list-row")
      .filter({ has: this.page.locator(".label-name").getByText(label, { exact: true }) })
      .first();
  }

  /** Types into the open quick input; whether it then shows such a row. */
  private async shows(text: string, label: string): Promise<boolean> {
    const input = this.quickInput.locator("input.input, .input-box input, input").first();
    await input.waitFor();
    // The palette may still put its own text in when it opens, after ours: then ours is typed again.
    for (let attempts = 2; attempts > 0; attempts--) {
      await input.fill(text);
      const shown = await this.row(label)
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
      if (shown) return true;
    }
    return false;
  }

  /** Answers an open input box and waits until it is gone. */
  async answerInput(text: string): Promise<void> {
    const input = this.quickInput.locator("input.input, .input-box input, input").first();
    await input.waitFor();
    await input.fill(text);
    await input.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** Presses keys one after the other, in Playwright's notation: `F8`, `Alt+Enter`, `ControlOrMeta+z`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Puts the cursor at a line and column, both 1-based; columns count UTF-16 code units. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press("Control+g");
    await this.answerInput(`:${line}:${column}`);
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
    await this.browser.close();
    await this.server.stop();
    await this.removeFiles();
  }
}
