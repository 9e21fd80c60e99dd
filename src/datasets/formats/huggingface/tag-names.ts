/** What the tags of rows are called, where they are numbers. */
import { SPANS } from "../../../documents/tasks";
import type { NumberNames } from "../../format";
import { classNamesIn } from "../../reading/column-types";
import type { Input } from "../../reading/drive";
import type { LabelNames } from "../../reading/label-names";
import type { Found } from "./columns";
import type { Placed } from "./rows";
import type { ShapedRow } from "./row-shape";

type Tags = Found<readonly (string | number)[]>;

/** Tags of all rows by name; numbers without one stay numbers. */
export class TagNames {
  /** Columns in which most words have the number 0, which no name has: taken for outside, as it is in every dataset that counts from there. */
  readonly #outside: ReadonlySet<string>;

  /** Tells of the columns whose 0 is taken for outside. */
  constructor(
    rows: readonly ShapedRow[],
    private readonly names: LabelNames,
    losses: Input["losses"],
  ) {
    const counts = new Map<string, { zero: number; all: number; of: Placed }>();
    for (const placed of rows) {
      const found = placed.shape.kind === "tokens" ? placed.shape.tags : undefined;
      if (found === undefined || this.#named(placed, found.name) !== undefined) continue;
      const numbers = found.value.filter((tag) => typeof tag === "number");
      const count = counts.get(found.name) ?? { zero: 0, all: 0, of: placed };
      counts.set(found.name, count);
      count.zero += numbers.filter((tag) => tag === 0).length;
      count.all += numbers.length;
    }
    const outside = [...counts].filter(([, { zero, all }]) => zero > 0 && zero * 2 >= all);
    this.#outside = new Set(outside.map(([name]) => name));
    for (const [name, { zero, all, of }] of outside) {
      const reason = `the number 0 of "${name}", which ${zero} of ${all} words have, is taken for "no label"`;
      losses.push({ kind: "assumed", file: of.file, line: of.line, task: SPANS, reason });
    }
  }

  #named({ types }: Placed, name: string): NumberNames | undefined {
    return this.names.of(SPANS, classNamesIn(types[name]));
  }

  /** Whether a number among the tags has no name. */
  unnamed(placed: Placed, { name, value }: Tags): boolean {
    const names = this.#named(placed, name);
    return value.some((tag) => typeof tag === "number" && tag !== -1 && names?.[tag] === undefined);
  }

  /** Tags by name, those of a row's words; "" for one that is unknown. Takes note of what has no name. */
  of(placed: Placed, tags: Tags, tokens: readonly string[]): string[] {
    const sample = (): string => tokens.map((token, index) => `${token}/${tags.value[index] ?? ""}`).join(" ");
    const own = classNamesIn(placed.types[tags.name]);
    return this.plain(placed, tags, (tag) => this.names.name(tag, SPANS, placed, sample, own));
  }

  /** As {@link of}, without taking note of what has no name. */
  plain(placed: Placed, { name, value }: Tags, other: (tag: number) => string = String): string[] {
    const names = this.#named(placed, name);
    return value.map((tag) => {
      if (typeof tag === "string") return tag;
      if (tag === -1) return "";
      return names?.[tag] ?? (tag === 0 && this.#outside.has(name) ? "O" : other(tag));
    });
  }
}
