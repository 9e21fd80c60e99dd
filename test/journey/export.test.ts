import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { copySamples } from "../../scripts/lib/paths.mjs";
import { logLabel } from "./decisions";
import { Journey } from "./harness";

describe("a user exports what was decided", function () {
  this.timeout(240_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  it("chooses documents in the dialogs, and the files hold their labels", async () => {
    await journey.openNew("exported", async (folder) => {
      await copySamples(folder);
      await logLabel(folder, "elections.txt", "Konrad Adenauer", "PER");
      await logLabel(folder, "eiffel-tower.md", "Gustave Eiffel", "PER", "ben");
    });
    await journey.openFile("elections.txt");
    await journey.runCommand("Glossator: Export Dataset…");
    await journey.answerList("Export Dataset: formats");
    await journey.answerList("Export Dataset: tasks");
    await journey.answerList("Export Dataset: documents", { toggle: "eiffel-tower.md" });
    await journey.takeFirst("Export Dataset: Files");
    await journey.takeFirst("Export Dataset: splits");
    await journey.answerFileDialog(`${journey.workspace}/`, "Export Here");
    const folder = join(journey.workspace, "huggingface");
    await journey.report.locator("h1", { hasText: "Exported" }).waitFor();
    assert.ok(existsSync(join(folder, "losses.json")));
    const rows = readdirSync(join(folder, "entities"))
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) =>
        readFileSync(join(folder, "entities", name), "utf8")
          .trim()
          .split("\n"),
      );
    const labels = rows.flatMap((row) => {
      const { text, spans } = JSON.parse(row) as {
        text: string;
        spans: { start: number; end: number; label: string }[];
      };
      return spans.map(({ start, end, label }) => `${Array.from(text).slice(start, end).join("")} ${label}`);
    });
    assert.deepEqual(labels, ["Konrad Adenauer PER"], "the document that was not chosen is left out");
  });
});
