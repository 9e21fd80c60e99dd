/** What a run of the benchmark is asked to do. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** The project's folder. */
export const root = resolve(__dirname, "..");
/** The bundled model process, as shipped. */
export const serverPath = resolve(root, "out/engine.js");
/** The default model, as shipped. */
export const modelDir = resolve(root, "models/glossator-minilm");
/** Models and results that may be deleted at any time. */
export const cache = resolve(root, ".cache/bench-models");

/** Settings of a run. */
export interface BenchOptions {
  /** Numbers of the rows to measure, 1 to 12. */
  readonly rows: ReadonlySet<number>;
  /** Small sizes: shows that every row works; its figures mean nothing. */
  readonly quick: boolean;
  readonly json: boolean;
  /** Threads of one operator, the same for every side. */
  readonly threads: number;
  /** Model folder of row 5. */
  readonly model: string;
}

/** The rows there are. */
export const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/**
 * Reads the command line.
 * @throws Error saying what is wrong with an argument, or what has to be built first.
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      threads: { type: "string" },
      model: { type: "string", default: modelDir },
    },
  });
  const rows = values.only === undefined ? [...ROWS] : values.only.split(",").map(Number);
  const unknown = rows.find((row) => !ROWS.some((known) => known === row));
  if (unknown !== undefined) throw new Error(`--only takes numbers from 1 to ${ROWS.length}, separated by commas.`);
  const threads = values.threads === undefined ? availableParallelism() : Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new Error("--threads takes a whole number from 1.");
  const model = resolve(values.model);
  for (const file of [serverPath, resolve(modelDir, "manifest.json"), resolve(model, "manifest.json")])
    if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run bundle\`, and see models/.`);
  return { rows: new Set(rows), quick: values.quick, json: values.json, threads, model };
}
