import assert from "node:assert/strict";
import { decided, eventsOn } from "./decisions";
import { Journey, eventually } from "./harness";

describe("the Review Queue", function () {
  this.timeout(300_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  it("is opened by its icon, decided by key, and emptied of what the model is sure of", async () => {
    const { page } = journey;
    await page.locator(".activitybar .action-item a[aria-label^='Glossator']").first().click();
    const queue = page.locator(".pane", { has: page.locator(".pane-header", { hasText: "Review Queue" }) });
    await queue.getByText("Open a text or Markdown file.").waitFor();
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await queue.locator(".monaco-list-row[aria-label*=' of elections.txt']").first().click();
    await journey.waitForStatus(/suggested, \d+ %/);
    // The order may have changed while the click was on its way.
    const says = await queue.locator(".monaco-list-row.selected").getAttribute("aria-label");
    assert.match(says ?? "", /^.+, \w+, \d+ %, if not, .+, \d+ %, line \d+ of elections\.txt/);
    await journey.press("a");
    await queue.locator(`.monaco-list-row[aria-label="${says}"]`).waitFor({ state: "detached" });
    // The next one has the keyboard.
    await queue.locator(".monaco-list-row.selected.focused").waitFor();
    const first = await decided(journey.workspace, "elections.txt", "accepted");
    assert.ok(says!.startsWith(first.new!.quote.exact.slice(0, 40)));

    const before = eventsOn(journey.workspace, "elections.txt").length;
    await journey.runCommand("Glossator: Accept All of Label Above Confidence…");
    await journey.answerList("Accept all of which label", { pick: "LOC" });
    await journey.answerList("of at least which confidence", { pick: "and more" });
    const preview = (await journey.question("suggestions of LOC?")).locator(".monaco-list-row").first();
    const listed = Number(await preview.getAttribute("aria-setsize"));
    await journey.answerList("suggestions of LOC?", { toggle: await preview.locator(".label-name").innerText() });
    await journey.waitForStatus(/suggestions accepted/);
    const events = await eventually("the decisions on disk", () => {
      const found = eventsOn(journey.workspace, "elections.txt").slice(before);
      return found.length > 0 ? found : undefined;
    });
    assert.ok(events.every((event) => event.kind === "accepted" && event.new?.label === "LOC"));
    assert.equal(events.length, listed - 1, "one was taken out");
    assert.equal(new Set(events.map(({ act }) => act)).size, 1);
    await journey.runCommand("Glossator: Undo Decision");
    await journey.waitForStatus(/undone/);
  });
});
