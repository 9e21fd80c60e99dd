/** What a reader was given, so that what came in can be set against what it took and what it told of. */
import { AsyncLocalStorage } from "node:async_hooks";

/** Where a row is. */
export interface RowPlace {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Kept while one reader runs. */
export interface Ledger {
  /** Files whose text was decoded. */
  readonly opened: Set<string>;
  readonly rows: RowPlace[];
}

const current = new AsyncLocalStorage<Ledger>();

/** Runs a reader with a ledger of its own. */
export async function withLedger<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly ledger: Ledger }> {
  const ledger: Ledger = { opened: new Set(), rows: [] };
  return { result: await current.run(ledger, async () => run()), ledger };
}

/** Notes that a file was opened. */
export function noteFile(file: string): void {
  current.getStore()?.opened.add(file);
}

/** Notes a row, so that it is taken, told of, or reported as neither. */
export function noteRow(place: RowPlace): void {
  current.getStore()?.rows.push(place);
}
