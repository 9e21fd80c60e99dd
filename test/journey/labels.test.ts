import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decided, eventsOn } from "./decisions";
import { Journey, eventually } from "./harness";

describe("a user sees labels and corrects them by keyboard", function () {
  this.timeout(240_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  const openLabelled = async (folder: string): Promise<void> => {
    await journey.openNew(folder);
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    // No suggestion begins here, so that going to the next one moves the cursor.
    await journey.goTo(3, 1);
  };
  /** Review Mode goes to the next suggestion by itself. */
  const startReview = async (): Promise<void> => {
    await journey.move(() => journey.chord("g"));
    await journey.waitForStatus("Review");
  };

  it("sees labels in words, not only in colour", async () => {
    await openLabelled("seen");
    const seen = await eventually("labels", async () => {
      const texts = await journey.marks();
      return texts.some((t) => t.includes("PER")) && texts.some((t) => t.includes("LOC")) ? texts : undefined;
    });
    assert.ok(seen.length > 3);
    assert.equal(eventsOn(journey.workspace, "elections.txt").length, 0, "nothing is decided before the user decides");
  });

  it("reads wrapped lines to their ends, names of labels included", async () => {
    await journey.openNew("wrapped");
    const people = ["Angela Merkel", "Barack Obama", "Emmanuel Macron", "Theresa May", "Justin Trudeau", "Mario Monti"];
    const places = ["Paris", "London", "Berlin", "Toronto", "Madrid", "Rome", "Vienna", "Lisbon"];
    const sentences = Array.from({ length: 40 }, (_, i) => {
      return `${people[i % people.length]} of Microsoft met ${people[(i + 1) % people.length]} in ${places[i % places.length]}.`;
    });
    await writeFile(join(journey.workspace, "wrapped.md"), `${sentences.join(" ")}\n`);
    await journey.openFile("wrapped.md");
    await journey.waitForLabels();
    await eventually("names", async () => {
      const text = await journey.page.locator(".view-lines").first().innerText();
      return /PER\?/.test(text) && /LOC\?/.test(text) ? text : undefined;
    });
    const over = await journey.page.evaluate<number[]>(`(() => {
      const lines = document.querySelector(".editor-scrollable");
      const right = lines.getBoundingClientRect().right;
      return [...lines.querySelectorAll(".view-line > span")]
        .map((line) => Math.ceil(line.getBoundingClientRect().right - right))
        .filter((more) => more > 0);
    })()`);
    assert.deepEqual(over, [], "pixels beyond the right edge");
    // The editor's own default leaves out what exceeds some characters a line, and this is all one line.
    const names = (await journey.marks()).filter((name) => /^\s*(PER|ORG|LOC|MISC)\?\s*$/.test(name));
    assert.ok(names.length >= 100, `${names.length} names`);
  });

  it("goes on to the next label in Review Mode and accepts it", async () => {
    await openLabelled("accepted");
    await startReview();
    await journey.move(() => journey.press("j"));
    await journey.press("a");
    const accepted = await decided(journey.workspace, "elections.txt", "accepted");
    const text = readFileSync(join(journey.workspace, "elections.txt"), "utf8");
    const { span, quote } = accepted.new!;
    assert.equal(text.slice(span.start, span.end), quote.exact);
  });

  it("chooses another label from the list", async () => {
    await openLabelled("relabelled");
    await startReview();
    await journey.press("l");
    await journey.question("Relabel");
    await journey.chooseByText("MISC", "MISC");
    const relabelled = await decided(journey.workspace, "elections.txt", "relabelled");
    assert.equal(relabelled.new!.label, "MISC");
  });

  it("types nothing into the document in Review Mode, whatever the key, and types again after it", async () => {
    await openLabelled("keys");
    await startReview();
    const file = join(journey.workspace, "elections.txt");
    const before = readFileSync(file, "utf8");
    const tab = journey.page.locator(".tab.active");
    const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    const others = ["Space", "Enter", "Tab", "Backspace", "Delete", "Shift+Delete"].flatMap((key) => [
      key,
      `Alt+${key}`,
    ]);
    const edits = ["v", "x", "Backspace", "Delete", "Enter", "z", "y", "/"].map((key) => `ControlOrMeta+${key}`);
    for (const key of [...printable, ...others, ...edits]) {
      await journey.press(key);
      // A key that opens a list would take the keys after it.
      await journey.leaveLists();
    }
    await journey.page.keyboard.insertText("é漢字");
    await journey.leaveLists();
    await journey.waitForStatus("Review");
    assert.ok(!(await tab.getAttribute("class"))!.includes("dirty"), "nothing is unsaved");
    assert.equal(readFileSync(file, "utf8"), before);
    await eventually("Review Mode to be left", async () => {
      await journey.leaveLists();
      await journey.press("Escape");
      return await journey.waitForStatus(/^Glossator/, 5_000).then(
        () => true,
        () => undefined,
      );
    });
    await journey.goTo(3, 1);
    const letters = async (): Promise<number> => (await journey.editor.innerText()).split("Q").length;
    const there = await letters();
    await journey.press("Q");
    // Anywhere: what was pressed before may still be done, and take the cursor away once more.
    await eventually("a typed letter", async () => (await letters()) === there + 1 || undefined);
  });

  it("splits a label by one key, and makes one of two by another", async () => {
    await openLabelled("recut");
    await startReview();
    await journey.goTo(1, 1);
    await journey.press("b");
    const first = await decided(journey.workspace, "elections.txt", "resized");
    const second = await decided(journey.workspace, "elections.txt", "added");
    assert.deepEqual(
      [first.new, second.new].map((part) => part!.quote.exact),
      ["Konrad", "Adenauer"],
    );
    assert.equal(first.act, second.act);
    await journey.goTo(1, 1);
    await journey.press("Shift+B");
    await decided(journey.workspace, "elections.txt", "removed");
  });

  it("gives a label an attribute by keys: its name typed once, chosen by a digit from then on", async () => {
    await openLabelled("attributes");
    await startReview();
    await journey.goTo(1, 1);
    await journey.press("v");
    await journey.answerInput('Attribute of "Konrad Adenauer"', "elected");
    await journey.question('elected of "Konrad Adenauer"');
    // The mode goes on to the next label.
    await journey.move(() => journey.press("1"));
    const accepted = await decided(journey.workspace, "elections.txt", "accepted");
    assert.deepEqual(accepted.new?.attributes, { elected: "true" });
    await journey.press("v");
    await journey.question("Attribute of ");
    await journey.press("1");
    await journey.question("elected of ");
    await journey.press("1");
    const second = await eventually("a second label", () =>
      eventsOn(journey.workspace, "elections.txt").find(
        (event) => event.kind === "accepted" && event.new?.quote.exact !== "Konrad Adenauer",
      ),
    );
    assert.deepEqual(second.new?.attributes, { elected: "true" });
  });

  it("takes a decision back, in a new window, too", async () => {
    await openLabelled("undone");
    await journey.move(() => journey.chord("n"));
    await journey.chord("a");
    await decided(journey.workspace, "elections.txt", "accepted");
    await journey.restart();
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await journey.goTo(1, 1);
    await journey.chord("u");
    await decided(journey.workspace, "elections.txt", "undone");
  });
});
