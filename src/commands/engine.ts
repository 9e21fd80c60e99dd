/** The model process for the length of one command. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { EngineClient } from "../engine/client";
import { EngineError } from "../engine/errors";
import type { EngineInfo } from "../engine/protocol";
import { CommandError, EXIT } from "./exit";
import { BUILT_IN } from "./options";
import type { EngineOptions, Places } from "./options";
import type { Terminal } from "./terminal";

/** A started engine. */
export interface RunningEngine {
  readonly client: EngineClient;
  readonly info: EngineInfo;
}

/** Where the device trials remember what crashed, by the platform's custom. */
function stateFolder(): string {
  const cache =
    process.platform === "win32"
      ? process.env["LOCALAPPDATA"]
      : (process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"));
  return join(cache ?? join(homedir(), "AppData", "Local"), "glossator");
}

/** The folders of the models that were chosen: the options, `GLOSSATOR_MODEL`, or the built-in one. */
export function modelFolders(options: Pick<EngineOptions, "model">, places: Places): string[] {
  const names = (options.model ?? []).filter((name) => name !== "");
  return (names.length === 0 ? [BUILT_IN] : names).map((name) =>
    name === BUILT_IN ? places.builtInModel : resolve(name),
  );
}

/**
 * Starts the engine, does the work, and ends the engine whatever happened. When the terminal's signal aborts, work in hand fails.
 * @throws {CommandError} with {@link EXIT.model} when the engine cannot be used; what the work throws.
 */
export async function withEngine<T>(
  options: EngineOptions,
  places: Places,
  terminal: Terminal,
  work: (engine: RunningEngine) => Promise<T>,
): Promise<T> {
  const { signal } = terminal;
  signal.throwIfAborted();
  const client = new EngineClient({
    serverPath: places.server,
    modelDir: modelFolders(options, places),
    device: options.device,
    threads: options.threads,
    stateDir: stateFolder(),
    ...(options.verbose && { log: (line: string) => terminal.say(line) }),
  });
  client.onState((state, message) => {
    if (state === "restarting" && message !== undefined && !signal.aborted) terminal.say(message);
  });
  const stop = (): void => void client.dispose();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const info = await client.start();
    for (const note of info.notes) terminal.say(note);
    return await work({ client, info });
  } catch (error) {
    signal.throwIfAborted();
    // What one input did to the process is that input's failure; anything else says that the model cannot be used.
    if (error instanceof EngineError && error.code !== "poisoned-input")
      throw new CommandError(EXIT.model, error.message, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await client.dispose();
  }
}
