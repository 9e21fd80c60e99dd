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
  /** The fields of the rows of each file, each with the first of its values and how often it has one that says something. */
  readonly fields: Map<string, Map<string, { value: unknown; count: number }>>;
}

/** Rows whose names of fields are data have no end of them. */
const MOST_FIELDS = 1000;

const current = new AsyncLocalStorage<Ledger>();

function empty(): Ledger {
  return { opened: new Set(), rows: [], fields: new Map() };
}

/** Runs a reader with a ledger of its own. */
export async function withLedger<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly ledger: Ledger }> {
  const ledger = empty();
  return { result: await current.run(ledger, async () => run()), ledger };
}

/** Looks ahead at what may be no row of the reader's: nothing is noted of it. */
export function lookingAhead<T>(look: () => T): T {
  return current.run(empty(), look);
}

/** Notes that a file was opened. */
export function noteFile(file: string): void {
  current.getStore()?.opened.add(file);
}

/** Whether a value is a list without items, which says nothing that could be lost. */
export function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
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
    const count = isEmptyList(value) ? 0 : 1;
    const known = fields.get(name);
    if (known !== undefined) known.count += count;
    else if (fields.size < MOST_FIELDS) fields.set(name, { value, count });
  }
}
