/** Examples of a task whose labels are classes of a unit, from the decisions on a document. Offsets are UTF-16 code units. */
import type { DecidedLabel, Rejection } from "../../documents/labelled";
import type { ClassTask } from "../../documents/tasks";
import type { LabelledDocument } from "../../datasets/document";
import { excerpt } from "../../datasets/losses";
import { overlapping } from "../../datasets/source-tokens";
import { addTo } from "../../text/grouped";
import { blankOut } from "../../text/sentences";
import type { Span } from "../../text/span";
import { weightOf } from "./example";
import type { Correction, Examples, LeftOut, TaughtLabel, TeachExample } from "./example";

/**
 * Examples of a document, in order: one a stretch that has a class, or of which was said what it is not. The model gives a text one class: a stretch that has
 * several is no example, since each of them would say that the others are wrong.
 * @param taught names of the labels that the model shall know
 * @param several a text may have several classes
 */
export function classExamples(
  document: LabelledDocument,
  task: ClassTask,
  taught: ReadonlySet<string>,
  several = false,
): Examples {
  const { text, path, sentences, layers } = document;
  const { labels, rejected } = layers[task];
  const left: LeftOut[] = [];
  const leave = ({ start, end }: Span, reason: string): void => {
    left.push({ document: path, task, span: { start, end }, exact: excerpt(text.slice(start, end)), reason });
  };
  const decided = new Map<string, DecidedLabel>();
  const unclear = several ? withSeveralClasses(labels) : new Map<string, readonly string[]>();
  // Ids sort by time: of two labels on one unit the later one counts.
  for (const item of [...labels].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    const other = decided.get(key(item));
    const classes = unclear.get(key(item));
    if (classes !== undefined)
      leave(item, `it has several classes (${classes.join(", ")}), and the model gives a text one`);
    else if (!taught.has(item.label)) leave(item, `its label ${item.label} is not in labels.json`);
    else if (other === undefined) decided.set(key(item), item);
    else if (other.label !== item.label) leave(item, `it was labelled ${other.label} later, by ${other.author}`);
  }
  const denied = new Map<string, Rejection[]>();
  const wrong = rejected.filter((item) => !unclear.has(key(item)));
  for (const item of wrong) addTo(denied, key(item), [item]);
  const places = new Map<string, Span>([...decided.values(), ...wrong].map((item) => [key(item), item]));
  const examples = [...places.values()]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end }): TeachExample => {
      const unit = { start, end };
      const whole = { start: 0, end: end - start };
      const label = decided.get(key(unit));
      const not = denied.get(key(unit)) ?? [];
      const how: Correction = not.length > 0 ? "corrected" : label?.score === undefined ? "added" : "accepted";
      const right = label === undefined ? [] : [{ ...whole, label: label.label, how }];
      // What is labelled otherwise is not only said to be wrong: what is right is known.
      const said =
        label === undefined ? not.map((item): TaughtLabel => ({ ...whole, label: item.label, how: "rejected" })) : [];
      const masks = overlapping(sentences, unit).flatMap(({ masked = [] }) => masked);
      return {
        ...{ task, document: path, span: unit, text: blankOut(text, unit, masks) },
        ...{ labels: right, rejected: said, reviewed: [], unknown: [], weight: weightOf([...right, ...said]) },
      };
    })
    .filter((example) => {
      if (example.text.trim() !== "") return true;
      leave(example.span, "it holds no word, only white space or markup");
      return false;
    });
  return { examples, left };
}

const key = ({ start, end }: Span): string => `${start}:${end}`;

/** The names of classes of each stretch that has more than one, in order. */
function withSeveralClasses(labels: readonly DecidedLabel[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const item of labels) names.set(key(item), (names.get(key(item)) ?? new Set()).add(item.label));
  return new Map([...names].filter(([, some]) => some.size > 1).map(([at, some]) => [at, [...some].sort()]));
}
