import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseLog } from "../../src/labels/log/read-log";
import { Journey } from "./harness";

/** Times the editor is killed; GLOSSATOR_KILLS sets another number, for a longer run by hand. */
const KILLS = Number(process.env["GLOSSATOR_KILLS"] ?? 5);
/** A decision takes some tens of milliseconds from the key to the disk: the kill comes anywhere within and around that. */
const SPREAD_MS = 400;
const DOCUMENT = "elections.txt";

describe(`the whole editor killed in mid-decision, ${KILLS} times`, function () {
  this.timeout(120_000 * KILLS);
  let journey: Journey;
  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  const log = (): string => {
    const folder = join(journey.workspace, ".glossator/log", DOCUMENT);
    const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith(".jsonl")) : undefined;
    return name === undefined ? "" : readFileSync(join(folder, name), "utf8");
  };
  const until = async (what: string, check: () => boolean): Promise<void> => {
    for (const end = Date.now() + 60_000; !check(); await new Promise((resolve) => setTimeout(resolve, 20)))
      if (Date.now() > end) throw new Error(`Waited 60 s for ${what}.`);
  };
  /** Marks one line as reviewed, with the palette open and its row chosen; Enter decides. */
  const aim = async (line: number): Promise<void> => {
    await journey.goTo(line);
    await journey.press("Home", "Shift+End", "F1");
    const input = journey.quickInput.locator("input.input, .input-box input, input").first();
    await input.fill(">Glossator: Mark Selection as Reviewed");
    await journey.quickInput.locator(".monaco-list-row", { hasText: "Mark Selection as Reviewed" }).first().waitFor();
  };

  it("loses no decision that was on disk, tears at most the last line, and goes on", async () => {
    let torn = 0;
    let decided = 0;
    let landed = 0;
    for (let round = 0; round < KILLS; round++) {
      if (round > 0) await journey.revive();
      await journey.openFile(DOCUMENT);
      // Before the log is read a command says so, and decides nothing.
      await journey.waitForLabels();
      // One decision that is waited for: it shows that this session reads the log and writes to it.
      const before = log();
      await aim(1);
      await journey.press("Enter");
      await until(`round ${round}: a decision on disk`, () => log().length > before.length && log().endsWith("\n"));
      const acknowledged = log();
      assert.ok(acknowledged.startsWith(before), `round ${round}: what was on disk before the kill is still there`);
      decided++;
      // One that is killed.
      await aim(3);
      const wait = Math.floor(Math.random() * SPREAD_MS);
      await Promise.all([
        journey.press("Enter"),
        new Promise((resolve) => setTimeout(resolve, wait)).then(() => journey.kill()),
      ]);
      const after = log();
      assert.ok(
        after.startsWith(acknowledged),
        `round ${round}, killed after ${wait} ms: an acknowledged decision is gone`,
      );
      const { events, issues } = parseLog(after, DOCUMENT);
      assert.ok(events.length >= decided, `round ${round}: ${events.length} events of ${decided} decisions`);
      if (!after.endsWith("\n")) torn++;
      if (after.length > acknowledged.length && after.endsWith("\n")) {
        landed++;
        decided++;
      }
      assert.ok(
        issues.length <= torn && issues.every(({ kind }) => kind === "torn"),
        `round ${round}: ${issues.map(({ reason }) => reason).join("; ")}`,
      );
    }
    console.log(
      `      ${KILLS} kills: ${decided} decisions on disk, ${landed} of them while killed, ${torn} lines torn`,
    );
  });
});
