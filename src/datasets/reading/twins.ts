/** Rows that say they are the same one. */
import type { Loss } from "../losses";
import type { RowPlace } from "./ledger";

/** Tells of rows that have what another one has already: both are taken. */
export class Twins {
  readonly #lines = new Map<string, number>();

  constructor(private readonly losses: Loss[]) {}

  /** @param what such as "its id 7" */
  note(key: string, what: string, { file, line }: RowPlace): void {
    const first = this.#lines.get(key);
    if (first === undefined) this.#lines.set(key, line);
    else this.losses.push({ kind: "assumed", file, line, reason: `${what} is also on line ${first}: both are taken` });
  }
}
