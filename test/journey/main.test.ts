import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FrameLocator, Locator } from "playwright-core";
import { Journal } from "../../src/labels/journal";
import { DocumentLabels } from "../../src/labels/store";
import { Journey } from "./harness";

interface LoggedEvent {
  readonly kind: string;
  readonly task: string;
  readonly act?: string;
  readonly undoes?: string;
  readonly new?: {
    readonly label: string;
    readonly span: { start: number; end: number };
    readonly quote: { exact: string };
  };
}

/** Tries `check` until it gives a value. */
async function eventually<T>(
  what: string,
  check: () => T | undefined | Promise<T | undefined>,
  ms = 60_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Waited ${ms / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

describe("a user labels, corrects, asks and exports", function () {
  this.timeout(240_000);
  let journey: Journey;

  /** Decisions on one document, as they stand on disk. */
  const events = (document: string): LoggedEvent[] => {
    const folder = join(journey.workspace, ".glossator/log", document);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LoggedEvent);
  };
  const event = (document: string, kind: string, task: string): Promise<LoggedEvent> =>
    eventually(`an event "${kind}"`, () => events(document).find((e) => e.kind === kind && e.task === task));

  /** Texts that decorations add after spans, as they are on the screen. */
  const marks = (): Promise<string[]> =>
    // As a string: the page's globals are not this program's.
    journey.page.evaluate<string[]>(`
      [...document.querySelectorAll(".view-line span")].flatMap((element) =>
        ["::before", "::after"].map((pseudo) => getComputedStyle(element, pseudo).content).filter((content) => /[A-Z▲▼]/.test(content)))`);

  /** Presses keys at a typist's pace: a chord's second key is lost when it comes before the editor has read the first. */
  const type = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      await journey.press(key);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  };

  /** The report in front, which is a page in a page. */
  const report = (): FrameLocator =>
    journey.page.frameLocator("iframe.webview.ready >> nth=-1").frameLocator("iframe#active-frame");

  before(async () => {
    journey = await Journey.start();
    await journey.openFile("elections.txt");
  });
  after(() => journey.dispose());

  it("sees labels in words, not only in colour", async () => {
    const seen = await eventually("labels", async () => {
      const texts = await marks();
      return texts.some((t) => t.includes("PER")) && texts.some((t) => t.includes("LOC")) ? texts : undefined;
    });
    assert.ok(seen.length > 3);
    assert.equal(events("elections.txt").length, 0, "nothing is decided before the user decides");
  });

  it("accepts one and corrects one by keyboard", async () => {
    await journey.goTo(1, 1);
    await type("Control+Alt+g", "g", "j", "a");
    const accepted = await event("elections.txt", "accepted", "entities");
    const text = readFileSync(join(journey.workspace, "elections.txt"), "utf8");
    assert.ok(text.includes(accepted.new!.quote.exact));
    await type("j", "l");
    await journey.chooseByText("MISC", "MISC");
    const relabelled = await event("elections.txt", "relabelled", "entities");
    assert.equal(relabelled.new!.label, "MISC");
    await type("Escape");
  });

  it("takes a decision back", async () => {
    await type("Control+Alt+g", "u");
    await eventually("an undo", () => events("elections.txt").find((e) => e.kind === "undone"));
  });

  it("asks a question, sees the answer in the text, and accepts it", async () => {
    await journey.openFile("penicillin.txt");
    await journey.runCommand("Glossator: Ask About This File…");
    await journey.answerInput("Who discovered penicillin?");
    const rows = journey.quickInput.locator(".monaco-list-row");
    await rows.first().waitFor({ timeout: 60_000 });
    const best = await rows.first().innerText();
    assert.match(best, /Fleming/);
    await journey.press("Enter");
    await rows.first().waitFor({ state: "hidden" });
    await type("Control+Alt+g", "o");
    const answered = await event("penicillin.txt", "answered", "answers");
    assert.match(JSON.stringify(answered), /"exact":"[^"]*Fleming"/);
  });

  /** Answers a question of a dialog: a list with one answer by its text, one with several as it stands but for what is toggled. */
  const asked = async (
    title: string,
    { pick, toggle }: { readonly pick?: string; readonly toggle?: string } = {},
  ): Promise<void> => {
    await journey.quickInput.getByText(title, { exact: false }).first().waitFor();
    const row = (text: string): Locator => journey.quickInput.locator(".monaco-list-row", { hasText: text }).first();
    if (toggle !== undefined) await row(toggle).click();
    if (pick === undefined) await journey.quickInput.getByRole("button", { name: "OK", exact: true }).click();
    else await row(pick).click();
  };

  it("exports what was decided in the documents chosen, and the files hold it", async () => {
    // As a colleague's log comes by git.
    const colleague = new Journal(join(journey.workspace, ".glossator"), "eiffel-tower.md", "ben");
    const theirs = readFileSync(join(journey.workspace, "eiffel-tower.md"), "utf8");
    const labels = new DocumentLabels({ text: theirs, author: "ben", sink: colleague });
    const start = theirs.indexOf("Gustave Eiffel");
    await labels.add("entities", { start, end: start + 14 }, "PER").saved;
    await journey.runCommand("Glossator: Export Dataset…");
    // The palette's own list looks the same and is gone only a moment later.
    await journey.quickInput.getByText("Export Dataset: formats").waitFor();
    await journey.quickInput.locator(".monaco-list-row").first().waitFor();
    await type("Enter");
    await asked("Export Dataset: tasks");
    await asked("Export Dataset: documents", { toggle: "eiffel-tower.md" });
    for (const question of ["Export Dataset: Files", "Export Dataset: splits"]) {
      await journey.quickInput.getByText(question).waitFor();
      await journey.quickInput.locator(".monaco-list-row").first().waitFor();
      await type("Enter");
    }
    const input = journey.quickInput.locator(".quick-input-box input").first();
    await eventually("the folder dialog", async () => ((await input.inputValue()).startsWith("/") ? true : undefined));
    await input.fill(`${journey.workspace}/`);
    await journey.quickInput.getByRole("button", { name: "Export Here" }).click();
    const folder = join(journey.workspace, "huggingface");
    await eventually("the export", () => (existsSync(join(folder, "losses.json")) ? true : undefined));
    const entities = readdirSync(join(folder, "entities")).filter((name) => name.endsWith(".jsonl"));
    const rows = entities.flatMap((name) =>
      readFileSync(join(folder, "entities", name), "utf8")
        .trim()
        .split("\n"),
    );
    const spans = rows.flatMap((row) => {
      const { text, spans: found } = JSON.parse(row) as {
        text: string;
        spans: { start: number; end: number; label: string }[];
      };
      return found.map((span) => ({ ...span, exact: Array.from(text).slice(span.start, span.end).join("") }));
    });
    assert.ok(!rows.some((row) => row.includes("Gustave Eiffel")), "a document that was not chosen is in the export");
    const accepted = events("elections.txt").find((e) => e.kind === "accepted")!;
    assert.ok(
      spans.some((s) => s.exact === accepted.new!.quote.exact && s.label === accepted.new!.label),
      JSON.stringify(spans),
    );
    const answers = readdirSync(join(folder, "answers")).filter((name) => name.endsWith(".jsonl"));
    assert.ok(answers.some((name) => statSync(join(folder, "answers", name)).size > 0));
    await report().locator("h1", { hasText: "Exported" }).waitFor();
  });

  it("imports through the dialogs, settles a conflict by hand, and takes it all back after a restart", async () => {
    const { span } = events("elections.txt").find((e) => e.kind === "accepted")!.new!;
    const text = readFileSync(join(journey.workspace, "elections.txt"), "utf8");
    const free = text.indexOf("Dean Acheson");
    const source = join(journey.workspace, "others.csv");
    writeFileSync(
      source,
      [
        "document,start_utf16,end_utf16,label,text",
        `elections.txt,${span.start},${span.end},MISC,${text.slice(span.start, span.end)}`,
        `elections.txt,${free},${free + 12},PER,Dean Acheson`,
        `penicillin.txt,0,10,MISC,Penicillin\n`,
      ].join("\n"),
    );
    const before = events("elections.txt").length;
    await journey.runCommand("Glossator: Import Dataset…");
    await journey.quickInput.getByText("File…").first().click();
    const input = journey.quickInput.locator(".quick-input-box input").first();
    await eventually("the file dialog", async () => ((await input.inputValue()).startsWith("/") ? true : undefined));
    await input.fill(source);
    await journey.quickInput.getByRole("button", { name: "Import" }).click();
    await asked("Import Dataset: format", { pick: "CSV" });
    await asked("Import Dataset: tasks");
    await asked("Import Dataset: documents", { pick: "Only documents" });
    await asked("Import Dataset: options");
    await report().locator("h1", { hasText: "What the import would do" }).waitFor();
    await journey.quickInput.locator(".monaco-list-row", { hasText: "settle the conflict" }).waitFor();
    await asked("Import Dataset", { pick: "Choose documents" });
    await asked("Import Dataset: documents to take", { toggle: "penicillin.txt" });
    await journey.quickInput.locator(".monaco-list-row", { hasText: "in 1 document" }).waitFor();
    // The preview must leave the keyboard to the question.
    await type("ArrowDown", "ArrowDown", "Enter");
    await asked("Conflict 1 of 1: elections.txt", { pick: "Take theirs" });

    const imported = await eventually("the import in the log", () => {
      const found = events("elections.txt").slice(before);
      return found.some((e) => e.new?.quote.exact === "Dean Acheson") ? found : undefined;
    });
    assert.ok(imported.some((e) => e.new?.label === "MISC" && e.new.span.start === span.start));
    const acts = new Set(imported.map(({ act }) => act));
    assert.equal(acts.size, 1);
    assert.ok(!events("penicillin.txt").some((e) => acts.has(e.act)), "a document that was not chosen was written to");

    await journey.restart();
    await journey.openFile("elections.txt");
    await journey.waitForStatus(/Glossator/, 60_000);
    await journey.runCommand("Glossator: Undo Import");
    // A window knows its own imports only; of others it asks first.
    await journey.page.locator(".monaco-dialog-box").getByRole("button", { name: "Take It Back" }).click();
    const undone = await eventually("the undo", () => events("elections.txt").find((e) => acts.has(e.undoes)));
    assert.equal(undone.kind, "undone");
  });
});
