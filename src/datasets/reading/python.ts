/** Runs a small Python script of ours in a Python the user named, for formats that only a Python library can write. */
import { spawn } from "node:child_process";
import os from "node:os";

/** The Python could not be run, or the script failed; the message says what to do. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

const LAST_ERRORS = 2000;

/**
 * Gives a script a JSON value on standard input and returns the one it writes. Isolated (`-I`): neither the working folder nor environment variables
 * choose what it imports. @param python an executable the user named, never one that a workspace names.
 * @throws {PythonError} if it cannot be started, fails, or writes no JSON.
 */
export async function runPython(python: string, script: string, input: unknown): Promise<unknown> {
  const child = spawn(python, ["-I", "-X", "utf8", "-c", script], {
    cwd: os.tmpdir(),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-LAST_ERRORS)));
  // A script that ends early closes its input; its exit code says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(input));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", (error) => {
      const advice = "Name the executable of a Python, such as /usr/bin/python3, that has the library.";
      reject(new PythonError(`${python} cannot be run: ${error.message}. ${advice}`, { cause: error }));
    });
  });
  const last = errors.trim().split("\n").at(-1) ?? "";
  if (code !== 0) throw new PythonError(`${python} failed (exit code ${code}): ${last}`);
  try {
    return JSON.parse(Buffer.concat(out).toString()) as unknown;
  } catch (error) {
    throw new PythonError(`${python} gave no result: ${last}`, { cause: error });
  }
}
