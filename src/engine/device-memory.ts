/** Which devices stopped the model process, remembered across restarts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Devices that stopped the process while they were tried, kept across restarts of everything. */
export class DeviceMemory {
  readonly #file: string | undefined;
  #crashed: Set<string>;

  /** @param dir folder for `devices.json`; without one nothing outlives this object. */
  constructor(dir: string | undefined) {
    this.#file = dir === undefined ? undefined : join(dir, "devices.json");
    this.#crashed = new Set(this.#read());
  }

  /** Devices not to try. */
  list(): string[] {
    return [...this.#crashed];
  }

  /** Remembers that a device stopped the process. */
  add(device: string): void {
    this.#crashed.add(device);
    this.#write();
  }

  /** Tries every device again: the user asked for it. */
  clear(): void {
    if (this.#crashed.size === 0) return;
    this.#crashed = new Set();
    this.#write();
  }

  #read(): string[] {
    if (this.#file === undefined || !existsSync(this.#file)) return [];
    try {
      const value: unknown = JSON.parse(readFileSync(this.#file, "utf8"));
      return Array.isArray(value) ? value.filter((v) => typeof v === "string") : [];
    } catch {
      // A damaged list costs one more trial, no more.
      return [];
    }
  }

  #write(): void {
    if (this.#file === undefined) return;
    try {
      mkdirSync(join(this.#file, ".."), { recursive: true });
      writeFileSync(this.#file, JSON.stringify(this.list()));
    } catch {
      // A folder that cannot be written costs one more trial after the next start, no more.
    }
  }
}
