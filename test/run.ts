// Runs one suite of `npm test` in plain Node: node --import tsx test/run.ts --timeout=MS --results=FILE [--grep=TITLE] TEST-FILE…
import Mocha from "mocha";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { onFailure } from "./failures";
import { recordResults } from "./results";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      timeout: { type: "string", default: "10000" },
      results: { type: "string" },
      grep: { type: "string" },
    },
    allowPositionals: true,
  });
  const mocha = new Mocha({
    ui: "bdd",
    timeout: Number(values.timeout),
    forbidOnly: process.env["CI"] === "true",
    ...(values.grep !== undefined && { grep: values.grep }),
  });
  if (values.results !== undefined) mocha.rootHooks(onFailure(dirname(values.results)));
  for (const file of positionals) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    if (values.results !== undefined) recordResults(runner, values.results);
  });
  // Set and left: what a test forgot to close keeps the process alive, and `npm test` then says so by its time limit.
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
