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
  /** The fields of the rows of each file, each with the first of its values and how often it has one. */
  readonly fields: Map<string, Map<string, { value: unknown; count: number }>>;
}

/** Rows whose names of fields are data have no end of them. */
const MOST_FIELDS = 1000;

const current = new AsyncLocalStorage<Ledger>();

/** Runs a reader with a ledger of its own. */
export async function withLedger<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly ledger: Ledger }> {
  const ledger: Ledger = { opened: new Set(), rows: [], fields: new Map() };
  return { result: await current.run(ledger, async () => run()), ledger };
}

/** Notes that a file was opened. */
export function noteFile(file: string): void {
  current.getStore()?.opened.add(file);
}

/** Notes a row and its fields, so that it is taken, told of, or reported as neither. */
export function noteRow(place: RowPlace, row: Readonly<Record<string, unknown>> = {}): void {
  const ledger = current.getStore();
  if (ledger === undefined) return;
  ledger.rows.push(place);
  const fields = ledger.fields.get(place.file) ?? new Map<string, { value: unknown; count: number }>();
  ledger.fields.set(place.file, fields);
  for (const [name, value] of Object.entries(row)) {
    if (value === null || value === undefined || value === "") continue;
    const known = fields.get(name);
    if (known !== undefined) known.count++;
    else if (fields.size < MOST_FIELDS) fields.set(name, { value, count: 1 });
  }
}
