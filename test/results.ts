import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Runner, Test } from "mocha";

/** What one Mocha run came to, as `npm test` reads it. Durations are in milliseconds. */
export interface SuiteResults {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly duration: number;
  /** `file`: where the test is, if Mocha loaded the file itself. */
  readonly failures: readonly { readonly title: string; readonly message: string; readonly file?: string }[];
  readonly skippedTitles: readonly string[];
}

/**
 * Writes a run's results to a JSON file when the run ends, so that a process outside can count them. Failures of hooks count:
 * they are failures of the run, though no test of that name exists.
 */
export function recordResults(runner: Runner, file: string): void {
  const failures: SuiteResults["failures"][number][] = [];
  const skippedTitles: string[] = [];
  const started = Date.now();
  let passed = 0;
  runner.on("pass", () => passed++);
  runner.on("fail", (test: Test, error: unknown) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push({ title: test.fullTitle(), message, ...(test.file !== undefined && { file: test.file }) });
  });
  runner.on("pending", (test: Test) => skippedTitles.push(test.fullTitle()));
  runner.once("end", () => {
    const results: SuiteResults = {
      passed,
      failed: failures.length,
      skipped: skippedTitles.length,
      duration: Date.now() - started,
      failures,
      skippedTitles,
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  });
}
