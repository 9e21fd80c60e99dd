/** Which of its old labels a new one is like: by its name, else by what the model gives most to what people labelled with it. */
import { isSpanTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { softmax } from "../model/tasks/bio";
import { overlaps } from "../text/span";
import type { TeachExample } from "./examples/example";
import { labelsOfRows, rowsOfLabel } from "./outputs";
import type { ReadText } from "./rows";

/** Letters that an old name must have to be the short form of a new one: `PER` of `person`, `LOC` of `location`. */
const SHORT_NAME = 3;

/**
 * Probabilities of the old labels, added up over the places of each label. An old label that the model gives to everything here says little: it counts by
 * how much oftener it is given to this label than to all of them.
 * @param rows names of the rows of the old output layer. @param before special tokens in front of a text's own.
 * @returns the nearest old label of a label; undefined where no example has it.
 */
export function nearestLabels(
  task: LabelTask,
  examples: readonly { readonly example: TeachExample; readonly read: ReadText }[],
  rows: readonly string[],
  before: number,
): (label: string) => string | undefined {
  const old = labelsOfRows(task, rows);
  const sums = new Map<string, { units: number; each: Float64Array }>();
  const all = { units: 0, each: new Float64Array(old.length) };
  const found = new Float32Array(rows.length);
  for (const { example, read } of examples)
    for (const label of example.labels) {
      const sum = sums.get(label.label) ?? { units: 0, each: new Float64Array(old.length) };
      sums.set(label.label, sum);
      const { starts, ends } = read.encoding;
      const units = isSpanTask(task)
        ? [...starts.keys()].filter((i) => overlaps(label, { start: starts[i]!, end: ends[i]! })).map((i) => i + before)
        : [0];
      for (const unit of units) {
        softmax(read.logits, unit * rows.length, rows.length, 1, found, 0);
        for (const to of [sum, all]) {
          to.units++;
          old.forEach((name, i) => {
            for (const row of rowsOfLabel(task, name)) to.each[i]! += found[rows.indexOf(row)] ?? 0;
          });
        }
      }
    }
  return (label) => {
    const named = old.find((name) => name.length >= SHORT_NAME && label.toLowerCase().startsWith(name.toLowerCase()));
    const sum = sums.get(label);
    if (named !== undefined || sum === undefined) return sum && named;
    const scores = old.map((_, i) => {
      const [here, usual] = [sum, all].map(({ units, each }) => each[i]! / units) as [number, number];
      return (here * here) / Math.max(usual, 1e-9);
    });
    return old[scores.indexOf(Math.max(...scores))];
  };
}
