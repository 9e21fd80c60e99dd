/** No program of ours opens a connection: what the kernel was asked for, as strace saw it, while the command line and its model process label a text. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./support";

/** Whether there is strace, and it may look at processes here. */
const traces = (): boolean =>
  spawnSync("strace", ["-f", "-e", "trace=network", "-o", "/dev/null", "true"]).status === 0;

describe("the model process, watched by strace", function () {
  this.timeout(120_000);

  it("makes no socket but the pairs that connect processes", function () {
    if (!traces()) {
      console.log("      no strace that may trace: left out");
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "glossator-network-"));
    try {
      const [text, seen] = [join(folder, "a.txt"), join(folder, "seen.txt")];
      writeFileSync(text, "Angela Merkel visited Paris. The food was terrible.\n");
      const watch = ["-f", "-e", "trace=network", "-o", seen, process.execPath];
      const run = spawnSync("strace", [...watch, join(root, "out/cli.js"), "label", text, "--device", "cpu"]);
      assert.equal(run.status, 0, run.stderr.toString());
      assert.match(run.stdout.toString(), /Angela Merkel/);
      const calls = readFileSync(seen, "utf8").split("\n");
      assert.ok(
        calls.some((call) => call.includes("socketpair(AF_UNIX")),
        "the model process was started and watched",
      );
      assert.deepEqual(
        calls.filter((call) => /\b(?:socket|connect|bind|listen|sendto)\(|AF_INET/.test(call)),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
