/** What a reader was given, so that what came in can be set against what it took and what it told of. */
import { AsyncLocalStorage } from "node:async_hooks";
import { typeName } from "./json-types";
import type { Loss } from "./losses";

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
  /** Values of a type that the reader did not ask for. */
  readonly problems: Loss[];
}

const current = new AsyncLocalStorage<Ledger>();
const places = new WeakMap<object, RowPlace & { readonly at: string; readonly told: Set<string> }>();

/** Runs a reader with a ledger of its own. */
export async function withLedger<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly ledger: Ledger }> {
  const ledger: Ledger = { opened: new Set(), rows: [], problems: [] };
  return { result: await current.run(ledger, async () => run()), ledger };
}

/** Notes that a file was opened. */
export function noteFile(file: string): void {
  current.getStore()?.opened.add(file);
}

/** Notes a row, so that it is taken, told of, or reported as neither. */
export function noteRow(row: object, place: RowPlace): void {
  current.getStore()?.rows.push(place);
  places.set(row, { ...place, at: "", told: new Set() });
}

/** Notes an object inside a noted one, for messages. */
export function noteInside(row: object, name: string, inside: unknown, index?: number): void {
  const place = places.get(row);
  if (place === undefined || typeof inside !== "object" || inside === null) return;
  const at = `${place.at}${name}${index === undefined ? "" : `[${index}]`}.`;
  if (!places.has(inside)) places.set(inside, { ...place, at });
}

/** Tells that a value is of a type nothing can be taken from; once for each field of a row. */
export function noteType(row: object, name: string, value: unknown, wanted: string): void {
  const place = places.get(row);
  const ledger = current.getStore();
  if (place === undefined || ledger === undefined) return;
  const field = `${place.at}${name}`;
  if (place.told.has(field)) return;
  place.told.add(field);
  const reason = `"${field}" is ${typeName(value)}, not ${wanted}: nothing was taken from it`;
  ledger.problems.push({ kind: "dropped", file: place.file, line: place.line, reason });
}
