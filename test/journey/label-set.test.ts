import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { logLabel } from "./decisions";
import { Journey, eventually } from "./harness";

describe("a label set", function () {
  this.timeout(300_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  const file = (): string => join(journey.workspace, ".glossator", "labels.json");
  const labels = (): { name: string; key?: string; order?: number; retired?: boolean; aliases?: string[] }[] =>
    (JSON.parse(readFileSync(file(), "utf8")) as { entities: [] }).entities;

  it("that lacks labels in use asks what becomes of them when it is saved: kept, counted as another, or retired", async () => {
    await journey.openNew("lacking");
    await logLabel(journey.workspace, "elections.txt", "Konrad Adenauer", "HUMAN");
    await logLabel(journey.workspace, "elections.txt", "Kurt Schumacher", "HUMAN");
    await logLabel(journey.workspace, "elections.txt", "Bonn", "TOWN");
    await logLabel(journey.workspace, "elections.txt", "Cologne", "OLD");
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await mkdir(join(journey.workspace, ".glossator"), { recursive: true });
    await writeFile(file(), JSON.stringify({ entities: [{ id: 0, name: "PER" }] }));
    await journey.answerNotification(
      /4 decisions have labels that the label set lacks.*HUMAN \(2\)/,
      "Choose What They Become…",
    );
    await journey.takeByKeyboard("HUMAN", "It is PER");
    await journey.takeByKeyboard("OLD", "Retire OLD");
    await journey.takeByKeyboard("TOWN", "Keep TOWN");
    await eventually("the label set", () => (labels().length === 3 ? true : undefined));
    assert.deepEqual(
      labels().map(({ name, retired, aliases }) => ({ name, retired, aliases })),
      [
        { name: "PER", retired: undefined, aliases: ["HUMAN"] },
        { name: "OLD", retired: true, aliases: undefined },
        { name: "TOWN", retired: undefined, aliases: undefined },
      ],
    );
    await eventually("decisions under the label's name, and suggestions of no other", async () => {
      const marks = (await journey.marks()).map((mark) => mark.replaceAll('"', "").trim());
      const names = new Set(marks.map((mark) => mark.replace("?", "")));
      return names.has("PER") && names.has("TOWN") && !names.has("HUMAN") && !names.has("LOC") ? names : undefined;
    });
    await journey.page.locator(".statusbar-item[aria-label*='lacks']").waitFor();
  });

  it("is made from a preset and changed by keyboard: a name, a key, a label more", async () => {
    await journey.openNew("made");
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await journey.runCommand("Glossator: New Label Set…");
    await journey.takeByKeyboard("New Label Set", "Legal");
    await eventually("the file", () => existsSync(file()) || undefined);
    assert.deepEqual(
      labels().map(({ name }) => name),
      ["PARTY", "COURT", "PERSON", "LAW", "CASE", "DATE", "MONEY"],
    );
    await eventually("no name of a label that is not offered any more", async () =>
      (await journey.marks()).length === 0 ? true : undefined,
    );
    await journey.runCommand("Glossator: Edit Label Set…");
    await journey.takeByKeyboard("Label Set", "COURT");
    await journey.takeByKeyboard("COURT", "Rename…");
    await journey.answerInput("COURT", "TRIBUNAL");
    await eventually("the new name", () => labels()[1]?.name === "TRIBUNAL" || undefined);
    assert.deepEqual(labels()[1]?.aliases, ["COURT"]);
    await journey.takeByKeyboard("Label Set", "TRIBUNAL");
    await journey.takeByKeyboard("TRIBUNAL", "Key…");
    // Of another label: that is said, and nothing changes.
    await journey.answerInput("TRIBUNAL", "p");
    await journey.page.locator(".notification-toast", { hasText: /also the key of/ }).waitFor();
    assert.equal(labels()[1]?.key, "c");
    await journey.takeByKeyboard("Label Set", "Add a Label…");
    await journey.answerInput("New label", "SHIP");
    await eventually("the new label", () => labels().some(({ name }) => name === "SHIP") || undefined);
    await journey.takeByKeyboard("Label Set", "SHIP");
    await journey.takeByKeyboard("SHIP", "Move Up");
    await eventually("its new place", () => labels().at(-1)?.order === 6 || undefined);
    assert.deepEqual(
      labels().map(({ order }) => order),
      [0, 1, 2, 3, 4, 5, 7, 6],
    );
    await journey.leaveLists();
    await journey.clearNotifications();
    await journey.runCommand("Glossator: New Label Set…");
    await journey.takeByKeyboard("New Label Set", "General");
    await journey.page.locator(".notification-toast", { hasText: /has a label set already/ }).waitFor();
    assert.equal(labels().length, 8);
  });
});
