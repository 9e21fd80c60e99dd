import Mocha from "mocha";
import { join } from "node:path";
import { format } from "node:util";
import { workspace } from "vscode";
import { recordResults } from "../results";

/**
 * Entry point of `--extensionTestsPath`: runs the suites inside the extension host, in the order they are imported here.
 * With GLOSSATOR_TEST_RESULTS set, the results go to `results.json` in that folder.
 * @throws Error when a test failed, or when there was none: the host then ends with a code other than 0.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, color: false, forbidOnly: process.env["CI"] === "true" });
  // On a host whose console is not this suite's alone, the launcher picks our lines out by their mark.
  const mark = process.env["GLOSSATOR_TEST_MARK"] ?? "";
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(mark + format(...args));
  // The files are part of this bundle, so Mocha cannot load them itself: its globals have to be there before they are evaluated.
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  if (workspace.isTrusted) {
    await import("./activation.test");
    await import("./labels.test");
    await import("./decisions.test");
    await import("./classes.test");
    await import("./queue.test");
    await import("./repeats.test");
    await import("./consistency.test");
    await import("./answers.test");
    await import("./export.test");
    await import("./import.test");
    await import("./summary.test");
    await import("./agreement.test");
    await import("./trouble.test");
    await import("./virtual.test");
    await import("./notebooks.test");
    await import("./model.test");
    await import("./teach.test");
  } else {
    await import("./untrusted/activation.test");
    await import("./untrusted/model.test");
  }

  const results = process.env["GLOSSATOR_TEST_RESULTS"];
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    if (results !== undefined) recordResults(runner, join(results, "results.json"));
    runner.once("end", () => {
      if (runner.stats?.tests === 0) resolve(1);
    });
  });
  if (failed > 0) throw new Error(`${failed} tests failed.`);
}
