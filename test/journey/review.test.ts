import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { copySamples } from "../../scripts/lib/paths.mjs";
import { decided, eventsOn } from "./decisions";
import { Journey, eventually } from "./harness";

/**
 * Every key of a keyboard, by its place on it, but those by which the browser loads the page anew: F5, and now and then NumpadEnter after a list
 * was left, for a reason that is not known yet. Enter itself is among them.
 */
const KEYS = [
  ...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (letter) => `Key${letter}`),
  ...Array.from("0123456789", (digit) => `Digit${digit}`),
  ...Array.from("0123456789", (digit) => `Numpad${digit}`),
  ...["Minus", "Equal", "BracketLeft", "BracketRight", "Backslash", "Semicolon", "Quote", "Backquote", "Comma"],
  ...["Period", "Slash", "Space", "Enter", "Tab", "Backspace", "Delete", "Insert", "Home", "End"],
  ...["PageUp", "PageDown", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "NumpadAdd", "NumpadSubtract"],
  ...["NumpadMultiply", "NumpadDivide", "NumpadDecimal"],
  ...Array.from({ length: 12 }, (_, i) => `F${i + 1}`).filter((key) => key !== "F5"),
];
/** With Control and Alt many keys are commands of the browser, which end the page: that the text is read-only in the mode keeps those away, and is tested below. */
const MODIFIERS = ["", "Shift+"];

/** Labels with keys of their own: of the mode's letters one that a label may take, and one that it may not. */
const LABELS = {
  entities: [
    { id: 0, name: "PER", key: "p" },
    { id: 1, name: "ORG", key: "G" },
    { id: 2, name: "LOC", key: "l" },
    { id: 3, name: "MISC", key: "a" },
  ],
  sentiment: [
    { id: 0, name: "negative", key: "n" },
    { id: 1, name: "positive" },
    { id: 2, name: "neutral" },
  ],
};

describe("Review Mode", function () {
  this.timeout(600_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start({ settings: { "files.autoSave": "afterDelay", "files.autoSaveDelay": 100 } });
  });
  after(() => journey.dispose());

  const open = async (folder: string, labels?: unknown): Promise<void> => {
    await journey.openNew(folder, async (root) => {
      await copySamples(root);
      if (labels === undefined) return;
      await mkdir(join(root, ".glossator"), { recursive: true });
      await writeFile(join(root, ".glossator", "labels.json"), JSON.stringify(labels));
    });
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await journey.goTo(3, 1);
  };
  const review = async (): Promise<void> => {
    await journey.move(() => journey.chord("g"));
    await journey.waitForStatus("Review");
  };
  const text = (): string => readFileSync(join(journey.workspace, "elections.txt"), "utf8");

  /** What would keep a key from the text in front: a list, another editor, a view, the rest of a chord. */
  const astray = (): Promise<string | undefined> =>
    journey.page.evaluate<string | undefined>(`(() => {
      const shown = (selector) => [...document.querySelectorAll(selector)].some((element) => element.offsetParent !== null);
      if (shown(".quick-input-widget")) return "list";
      if (shown(".monaco-dialog-box")) return "dialog";
      if ([...document.querySelectorAll(".statusbar-item")].some((item) => /was pressed/.test(item.textContent))) return "chord";
      if (document.querySelector(".editor-group-container.active .tab.active")?.getAttribute("data-resource-name") !== "elections.txt") return "tab";
      if (document.activeElement?.closest(".editor-instance .monaco-editor") === null) return "focus";
      if (![...document.querySelectorAll(".statusbar-item")].some((item) => /^\\s*Review/.test(item.textContent))) return "mode";
      return undefined;
    })()`);
  /** Brings the keyboard back to the text, in the mode. */
  const back = async (after = "what was done"): Promise<void> => {
    await eventually(
      `the text to have the keyboard in the mode after ${after}`,
      async () => {
        const where = await astray();
        if (where === undefined) return true;
        if (where === "list") await journey.leaveLists();
        else if (where === "dialog" || where === "chord") await journey.press("Escape");
        else if (where === "mode") {
          await journey.chord("g");
          await journey.waitForStatus("Review", 20_000).catch(() => undefined);
        }
        // To the first group of editors, wherever else a key led.
        else if (where === "focus") await journey.press("Control+1");
        else {
          await journey.press("Control+p");
          await journey.chooseByText("elections.txt", "elections.txt");
        }
        return undefined;
      },
      180_000,
    );
  };

  for (const modifiers of MODIFIERS)
    it(`lets no key of the keyboard reach the text with ${modifiers === "" ? "no modifier" : modifiers.slice(0, -1)}`, async () => {
      await open(`keys${modifiers}`);
      await review();
      const before = text();
      for (const key of KEYS) {
        await journey.press(modifiers + key);
        await back(modifiers + key);
        const now = text();
        if (now === before) continue;
        const at = Array.from(now).findIndex((character, index) => character !== before[index]);
        const around = now.slice(Math.max(0, at - 10), at + 10);
        assert.fail(`${modifiers}${key}, or a key just before it, changed the text: "${around}"`);
      }
      await journey.page.waitForTimeout(500);
      assert.equal(text(), before);
    });

  it("lets neither an input method nor the clipboard reach the text", async () => {
    await open("composed");
    await review();
    const before = text();
    const { page } = journey;
    const context = page.context();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate(`navigator.clipboard.writeText("PASTED")`);
    await journey.press("Control+v", "Shift+Insert", "Control+x");
    await page.keyboard.insertText("é漢字");
    const devtools = await context.newCDPSession(page);
    for (const composed of ["ｋ", "か", "かん"])
      await devtools.send("Input.imeSetComposition", { text: composed, selectionStart: 1, selectionEnd: 1 });
    await devtools.send("Input.insertText", { text: "漢" });
    await journey.leaveLists();
    await back();
    const tab = page.locator(".tab.active");
    await page.waitForTimeout(500);
    assert.ok(!(await tab.getAttribute("class"))!.includes("dirty"), "nothing is unsaved");
    assert.equal(text(), before);
    await journey.press("Escape");
    await journey.waitForStatus(/^Glossator/);
    await journey.goTo(3, 1);
    await journey.press("Q");
    await eventually("the typed letter on disk", () => text().includes("QThe") || undefined);
  });

  it("stays away from a text that is shown later, and gives both back when it is left", async () => {
    await open("two");
    await review();
    await journey.openFile("penicillin.txt");
    await journey.waitForLabels();
    await journey.waitForStatus("Review");
    const file = join(journey.workspace, "penicillin.txt");
    const before = readFileSync(file, "utf8");
    await journey.press("q", "w", "z");
    await journey.page.waitForTimeout(500);
    assert.equal(readFileSync(file, "utf8"), before);
    await journey.press("Escape");
    await journey.waitForStatus(/^Glossator/);
    for (const name of ["elections.txt", "penicillin.txt"]) {
      await journey.openFile(name);
      await journey.goTo(1, 1);
      await eventually(`a letter in ${name}`, async () => {
        await journey.press("Q");
        return readFileSync(join(journey.workspace, name), "utf8").startsWith("Q") || undefined;
      });
    }
  });

  it("says each move and each decision where screen readers hear it, the same words twice, too", async () => {
    await open("heard");
    await review();
    const devtools = await journey.page.context().newCDPSession(journey.page);
    const heard = (what: RegExp): Promise<string> =>
      eventually(`${what} in a live region`, async () => {
        const { nodes } = await devtools.send("Accessibility.getFullAXTree");
        const live = nodes.filter(({ properties }) =>
          properties?.some(({ name, value }) => name === "live" && value.value === "assertive"),
        );
        return live.map(({ name }) => String(name?.value ?? "")).find((said) => what.test(said));
      });
    const first = await heard(/suggested, \d+ %/);
    await journey.press("j");
    await eventually("another label", async () => (await heard(/suggested, \d+ %/)) !== first || undefined);
    await journey.press("9");
    const refused = await heard(/no label number 9/);
    await journey.press("9");
    await eventually("the words anew", async () => (await heard(/no label number 9/)) !== refused || undefined);
    await journey.press("a");
    await decided(journey.workspace, "elections.txt", "accepted");
  });

  it("shows all its keys, labels' own among them, and does what is chosen", async () => {
    await open("list", LABELS);
    await review();
    await journey.press("Shift+Slash");
    const list = await journey.question("Keys of Review Mode");
    const row = (text: string): Locator => list.locator(".monaco-list-row", { hasText: text }).first();
    await row("Accept Label").waitFor();
    // A label has this one's key, and the mode has it no more.
    await list.locator("input").first().fill("Relabel");
    await row("Accept Label").waitFor({ state: "detached" });
    assert.equal(await row("Relabel…").count(), 0);
    await list.locator("input").first().fill("");
    await row("Accept Label").waitFor();
    await journey.takeByKeyboard("Keys of Review Mode", "Accept Label");
    await decided(journey.workspace, "elections.txt", "accepted");
    await journey.press("Control+z");
    await decided(journey.workspace, "elections.txt", "undone");
  });

  it("gives the label whose own key is pressed, unless the mode needs the key", async () => {
    await open("own", LABELS);
    await review();
    // The mode lists labels by this key, where no label has it.
    await journey.press("l");
    const first = await decided(journey.workspace, "elections.txt", "relabelled");
    assert.equal(first.new?.label, "LOC");
    await journey.press("Shift+G");
    await eventually("a label ORG", () =>
      eventsOn(journey.workspace, "elections.txt").some(
        ({ kind, new: now }) => ["relabelled", "accepted"].includes(kind) && now?.label === "ORG",
      )
        ? true
        : undefined,
    );
    const labels = eventsOn(journey.workspace, "elections.txt").length;
    // Accept: a label may not take the mode's own way to say yes.
    await journey.press("a");
    await eventually("the suggestion accepted", () => {
      const [event] = eventsOn(journey.workspace, "elections.txt").slice(labels);
      return event?.kind === "accepted" && event.new?.label !== "MISC" ? true : undefined;
    });
  });

  it("labels the word under the cursor, or what is selected, by a key", async () => {
    await open("word", LABELS);
    await review();
    await journey.goTo(3, 6);
    const word = /^\S+\s(\w+)/.exec(text().split("\n")[2]!)![1]!;
    await journey.press("p");
    const added = await eventually("a label of the word", () =>
      eventsOn(journey.workspace, "elections.txt").find(({ kind }) => kind === "added"),
    );
    assert.equal(added.new?.quote.exact, word);
    assert.equal(added.new.label, "PER");
  });
});
