/** A process of this program's own: started in the same way from every host, spoken to by messages, and ended. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** How to run a process. */
export interface ProcessOptions {
  /** The bundled script. */
  readonly serverPath: string;
  /** Node executable; the one that runs this when absent. */
  readonly execPath?: string;
  /** Options of Node for the process, such as its memory. */
  readonly execArgv?: readonly string[];
}

/** A process that runs, or has ended. It is sent values of `Sent` and sends values of `Received`, which structured cloning takes. */
export class NodeProcess<Sent extends object, Received> {
  readonly #child: ChildProcess;

  /** Resolves when the process is gone, with how it ended in a few words; never rejects. */
  readonly ended: Promise<string>;

  constructor({ serverPath, execPath, execArgv = [] }: ProcessOptions) {
    const child = fork(serverPath, [], {
      ...(execPath === undefined ? {} : { execPath }),
      execArgv: [...execArgv],
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // VS Code's own executable behaves as Node with the first, and reads archives as plain files with the second.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ELECTRON_NO_ASAR: "1" },
    });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      // Not "close": after `disconnect()` Node 20 does not emit it.
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      // A process that could not be started says so here, and there is no other sign of its end.
      child.on("error", (error) => child.pid === undefined && resolve(error.message));
    });
  }

  /** The process's id; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Calls `listener` with each message. Returns how to stop. */
  onMessage(listener: (message: Received) => void): () => void {
    this.#child.on("message", listener);
    return () => this.#child.off("message", listener);
  }

  /** Calls `listener` with each line that the process prints. */
  onLine(listener: (line: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on("line", listener);
  }

  /** Sends a message. One that has just ended says so by {@link ended}. */
  send(message: Sent): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Ends the process at once, whatever it is doing. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Closes the channel, by which the process ends itself. */
  disconnect(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  /** Lets the process end itself, kills it if that takes longer than `withinMs`, and resolves when it is gone. */
  async end(withinMs: number): Promise<void> {
    this.disconnect();
    const timer = setTimeout(() => this.kill(), withinMs);
    await this.ended;
    clearTimeout(timer);
  }
}
