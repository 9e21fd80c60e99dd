/** Names of labels as files have them: strings, or numbers. A number is no name: it has one where the file, a list beside it or the user says so, and else stays a number. */
import type { Task } from "../../documents/tasks";
import type { NumberNames, ReaderOptions, UnnamedLabels } from "../format";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import type { Input } from "./drive";
import type { RowPlace } from "./ledger";
import { nameListIn } from "./name-lists";

const MOST_SAMPLES = 5;

/**
 * A label's name. A number is looked up among `names`; one without a name there is called by its digits, and `problem` says so. No name at all if
 * it is neither.
 */
export function labelName(
  value: unknown,
  names: NumberNames | undefined,
): { readonly name?: string; readonly problem?: string } {
  if (typeof value === "string" && value !== "") return { name: value };
  if (typeof value === "number" && Number.isInteger(value)) {
    const name = names?.[value];
    if (name !== undefined) return { name };
    return { name: String(value), problem: `the label is the number ${value} and nothing says its name` };
  }
  return { problem: `the label is no name: ${value === undefined ? "absent" : excerpt(JSON.stringify(value))}` };
}

interface Unnamed {
  readonly at: RowPlace;
  readonly task: Task;
  readonly counts: Map<number, number>;
  readonly samples: string[];
}

/** The names of an import's numbers, and which have none. What has none is told of once a file. */
export class LabelNames {
  readonly #unnamed = new Map<string, Unnamed>();
  readonly #options: ReaderOptions;
  readonly #losses: Loss[];
  readonly #list: ReturnType<typeof nameListIn>;
  #listUsed = false;

  constructor({ files, options, losses }: Input) {
    this.#options = options;
    this.#losses = losses;
    this.#list = nameListIn(options.beside ?? files) ?? nameListIn(files);
  }

  /** The names of a task's numbers: what the user says, else what the file says (`own`), else a list beside it. */
  of(task: Task, own?: NumberNames): NumberNames | undefined {
    const said = this.#options.names?.[task] ?? own;
    if (said !== undefined || this.#list === undefined) return said;
    this.#listUsed = true;
    return this.#list.names;
  }

  /** A number's name, or its digits. @param sample the row, for a person who is to name the number */
  name(number: number, task: Task, at: RowPlace, sample: () => string, own?: NumberNames): string {
    const name = this.of(task, own)?.[number];
    if (name !== undefined) return name;
    const key = `${task} ${at.file}`;
    const found: Unnamed = this.#unnamed.get(key) ?? { at, task, counts: new Map(), samples: [] };
    this.#unnamed.set(key, found);
    found.counts.set(number, (found.counts.get(number) ?? 0) + 1);
    if (found.samples.length < MOST_SAMPLES && !found.samples.some((one) => one.startsWith(`${number}: `)))
      found.samples.push(`${number}: ${excerpt(sample())}`);
    return String(number);
  }

  /** Tells of numbers without names, and of where names are from. For the user to name them: what is without one. */
  finish(): { readonly unnamed: readonly UnnamedLabels[] } {
    if (this.#listUsed && this.#list !== undefined)
      this.#losses.push({ kind: "assumed", reason: `the numbers of labels have the names in ${this.#list.file}` });
    const unnamed = [...this.#unnamed.values()].map(({ at, task, counts, samples }): UnnamedLabels => {
      const numbers = [...counts.keys()].sort((a, b) => a - b);
      const list = numbers.slice(0, 20).join(", ") + (numbers.length > 20 ? ", …" : "");
      const count = [...counts.values()].reduce((sum, one) => sum + one, 0);
      const reason = `labels that are numbers (${list}), and nothing names them: they stay numbers; name them with --labels`;
      this.#losses.push({ kind: "assumed", ...at, task, count, reason });
      return { task, numbers, samples };
    });
    return { unnamed };
  }
}
