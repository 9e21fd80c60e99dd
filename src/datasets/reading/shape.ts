/**
 * The one way from JSON to typed fields. Values come in as `unknown`; a shape gives them their types, and tells of each that is not as it should be, with its
 * place, once. So a check that is forgotten is an error of the compiler, and a refusal that nobody hears of cannot be written by accident.
 */
import type { Span } from "../../text/span";
import { typeName } from "./json-types";
import type { Loss } from "../losses";

/** A row in a file. */
type Place = Pick<Loss, "file" | "line">;

/** Where a value is: its row, and the way to it in the row. */
class Where {
  readonly #way: (string | number)[];
  #told = 0;

  constructor(
    private readonly place: Place,
    private readonly losses: Loss[],
    way: readonly (string | number)[],
  ) {
    this.#way = [...way];
  }

  /** How many refusals were told. */
  get told(): number {
    return this.#told;
  }

  /** Takes a field or an item, from inside it. */
  inside<T>(step: string | number, shape: Shape<T>, value: unknown): T | undefined {
    this.#way.push(step);
    const taken = shape.take(value, this);
    this.#way.pop();
    return taken;
  }

  /** Tells that nothing is taken from a field of the value here, or from the value itself. */
  refuse(value: unknown, wanted: string, ...more: (string | number)[]): void {
    const way = [...this.#way, ...more];
    const steps = way.map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${step}`));
    const what = steps.length === 0 ? "the row" : `"${steps.join("")}"`;
    const is = value === "" ? "empty" : typeName(value);
    this.#told++;
    this.losses.push({
      kind: "dropped",
      ...this.place,
      reason: `${what} is ${is}, not ${wanted}: nothing was taken from it`,
    });
  }
}

/** What is wanted of a value, and the type it then has. */
export interface Shape<T> {
  /** In words, as a message has it after "not". */
  readonly wanted: string;
  /** Whether the value is of the right kind; what is in it is not looked at. */
  readonly fits: (value: unknown) => boolean;
  /** The value with its type; undefined for what was refused, and told of, and for what is as if it were absent: `null`, as a rule. */
  readonly take: (value: unknown, where: Where) => T | undefined;
}

/** The type that a shape gives. */
export type Of<S> = S extends Shape<infer T> ? T : never;

/** Tells of a value that does not fit, unless it is as if it were absent. */
function unfit(value: unknown, wanted: string, where: Where): void {
  if (value !== undefined && value !== null) where.refuse(value, wanted);
}

/** A shape of values of one kind; all others are refused. */
function kind<V, T>(
  wanted: string,
  fits: (value: unknown) => value is V,
  from: (value: V, where: Where) => T | undefined,
): Shape<T> {
  const take = (value: unknown, where: Where): T | undefined => {
    if (fits(value)) return from(value, where);
    unfit(value, wanted, where);
    return undefined;
  };
  return { wanted, fits, take };
}

/** A value that a check of its type holds for. */
export function checked<T>(wanted: string, fits: (value: unknown) => value is T): Shape<T> {
  return kind(wanted, fits, (value) => value);
}

/** A text that may be empty. */
export const anyText: Shape<string> = checked("a text", (value) => typeof value === "string");
/** A text; an empty one is as if it were absent. */
export const text: Shape<string> = {
  ...anyText,
  take: (value, where) => (value === "" ? undefined : anyText.take(value, where)),
};
/** A number. */
export const number: Shape<number> = checked("a number", (value) => typeof value === "number");
/** True or false. */
export const flag: Shape<boolean> = checked("true or false", (value) => typeof value === "boolean");
/** Anything, `null` too: for what the reader tells apart, and tells of, by itself. */
export const anything: Shape<unknown> = { wanted: "anything", fits: () => true, take: (value) => value };

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): Shape<T> {
  return checked(`one of ${words.join(", ")}`, (value): value is T => (words as readonly unknown[]).includes(value));
}

/** What stands among others, where `null` is no absence but a wrong value. */
function member<T>(shape: Shape<T>, value: unknown, step: string | number, where: Where): T | undefined {
  if (value !== null || shape.fits(null)) return where.inside(step, shape, value);
  where.refuse(value, shape.wanted, step);
  return undefined;
}

/** A list, with undefined in the place of each item that was refused. */
export function places<T>(item: Shape<T>): Shape<readonly (T | undefined)[]> {
  return kind("a list", isList, (value, where) => value.map((one, index) => member(item, one, index, where)));
}

/** A list; items that are refused are left out. */
export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return mapped(places(item), (items) => items.filter((one) => one !== undefined) as T[]);
}

/** One value or a list of several, as a list; items that are refused are left out. */
export function oneOrMore<T>(item: Shape<T>): Shape<readonly T[]> {
  return either(
    list(item),
    mapped(item, (one) => [one]),
  );
}

/** The first items of a list, of a shape each; refused as a whole if one is refused or absent. What follows is left alone. */
export function tuple<T extends readonly unknown[]>(...items: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const wanted = `a list of ${items.map((item) => item.wanted).join(", ")}`;
  return kind(wanted, isList, (value, where) => {
    const taken: unknown[] = [];
    for (const [index, item] of items.entries()) {
      const one = needed(item, value[index], index, where);
      if (one === undefined && item !== anything) return undefined;
      taken.push(one);
    }
    return taken as unknown as T;
  });
}

/** A field or item without which there is nothing: its absence is a refusal, too. */
function needed<T>(shape: Shape<T>, value: unknown, step: string | number, where: Where): T | undefined {
  const before = where.told;
  const taken = where.inside(step, shape, value);
  if (taken === undefined && where.told === before && shape !== anything) where.refuse(value, shape.wanted, step);
  return taken;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an object with a field of this name, whatever is in it. */
export function has(value: unknown, name: string): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
/** Fields by name: those that are needed are there. */
type Taken<F extends Fields, N> = { readonly [K in keyof F]: Of<F[K]> | (K extends N ? never : undefined) };

/** An object with fields of any name and any type. */
export const fields: Shape<Readonly<Record<string, unknown>>> = checked("an object", isObject);

/** An object by its fields; those beside them are left alone. Without one of those that are needed it is refused as a whole. */
export function object<F extends Fields, N extends keyof F & string = never>(
  fields: F,
  ...need: readonly N[]
): Shape<Taken<F, N>> {
  const known = Object.entries(fields).map(([name, shape]) => ({ name, shape, must: need.includes(name as N) }));
  return kind("an object", isObject, (value, where) => {
    const result: Record<string, unknown> = {};
    for (const { name, shape, must } of known) {
      const one = Object.hasOwn(value, name) ? value[name] : undefined;
      if (must) {
        const taken = needed(shape, one, name, where);
        if (taken === undefined) return undefined;
        result[name] = taken;
      } else result[name] = one === undefined ? undefined : where.inside(name, shape, one);
    }
    return result as Taken<F, N>;
  });
}

/** An object whose fields' names are data, of one shape each; those that are refused are left out. */
export function record<T>(field: Shape<T>): Shape<readonly (readonly [string, T])[]> {
  return kind("an object", isObject, (value, where) =>
    Object.entries(value).flatMap(([name, one]): [string, T][] => {
      const taken = member(field, one, name, where);
      return taken === undefined ? [] : [[name, taken]];
    }),
  );
}

/** The first of two shapes that a value fits. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  const wanted = `${first.wanted} or ${second.wanted}`;
  const take = (value: unknown, where: Where): A | B | undefined => {
    if (first.fits(value)) return first.take(value, where);
    if (second.fits(value)) return second.take(value, where);
    unfit(value, wanted, where);
    return undefined;
  };
  return { wanted, fits: (value) => first.fits(value) || second.fits(value), take };
}

/** A shape whose values are brought into another form. */
export function mapped<T, U>(shape: Shape<T>, map: (value: T) => U): Shape<U> {
  const take = (value: unknown, where: Where): U | undefined => {
    const taken = shape.take(value, where);
    return taken === undefined ? undefined : map(taken);
  };
  return { wanted: shape.wanted, fits: shape.fits, take };
}

/** A text, or a number as a text: an id, or a name. */
export const textOrNumber: Shape<string> = either(text, mapped(number, String));

/** A shape under another name, for messages. */
export function named<T>(wanted: string, shape: Shape<T>): Shape<T> {
  const take = (value: unknown, where: Where): T | undefined => {
    if (shape.fits(value)) return shape.take(value, where);
    unfit(value, wanted, where);
    return undefined;
  };
  return { wanted, fits: shape.fits, take };
}

/** For {@link either}: a shape for objects that have one of some fields. */
export function having<T>(names: readonly string[], shape: Shape<T>): Shape<T> {
  return { ...shape, fits: (value) => names.some((name) => has(value, name)) };
}

/** A shape together with the value as it came, for messages. */
export function withRaw<T>(shape: Shape<T>): Shape<{ readonly fields: T; readonly raw: unknown }> {
  const take = (raw: unknown, where: Where): { readonly fields: T; readonly raw: unknown } | undefined => {
    const fields = shape.take(raw, where);
    return fields === undefined ? undefined : { fields, raw };
  };
  return { wanted: shape.wanted, fits: shape.fits, take };
}

/** Of a shape what fits, and nothing is told of what does not: for fields that other tools use for something else. */
export function perhaps<T>(shape: Shape<T>): Shape<T> {
  return {
    wanted: shape.wanted,
    fits: () => true,
    take: (value, where) => (shape.fits(value) ? shape.take(value, where) : undefined),
  };
}

/** The fields of a span. */
export const SPAN = { start: number, end: number };
/** A span by its fields. */
export const span: Shape<Span> = object(SPAN, "start", "end");

/**
 * Takes a row, or any value in it, as a shape. What is refused is added to `losses`; undefined if that is the value itself.
 * @param way from the row to the value
 */
export function take<T>(
  shape: Shape<T>,
  value: unknown,
  { file, line }: Place,
  losses: Loss[],
  ...way: (string | number)[]
): T | undefined {
  const place = { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
  return shape.take(value, new Where(place, losses, way));
}
