/** What only benchmarks and pictures need has a package of its own, `bench/package.json`: start and tests stay small. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Loads a package of `bench/node_modules`, which is installed on first use.
 * @throws Error when npm cannot install it.
 */
export function fromBench(name: string): unknown {
  if (!existsSync(join(__dirname, "node_modules", name))) {
    console.error("Installing the packages of bench/ …");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    execFileSync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: __dirname,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
  }
  return createRequire(join(__dirname, "package.json"))(name);
}
