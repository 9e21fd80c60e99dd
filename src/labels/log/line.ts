/** One line of a log: writing it with a checksum, reading it with suspicion. */
import { createHash, hash } from "node:crypto";
import { isQuestionTask, isTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { EVENT_KINDS, EVENT_VERSIONS } from "../events";
import type { DecisionEvent } from "../events";
import { lineSafeJson } from "../../text/print";

/** A line that was understood, or why it was not. `edited`: valid, but not as it was written. */
export type DecodedLine =
  | { readonly event: DecisionEvent; readonly edited: boolean }
  | { readonly event?: undefined; readonly kind: "corrupt" | "version"; readonly reason: string };

/** The checksum guards against accidents, not against intent: 8 hex digits of SHA-256. */
function checksum(json: string): string {
  return sha256(json).slice(0, 8);
}

/** In one call where the runtime can (Node 20.12): for lines as short as these most of the time goes into making the object otherwise. */
const sha256: (text: string) => string =
  typeof hash === "function"
    ? (text) => hash("sha256", text, "hex")
    : (text) => createHash("sha256").update(text).digest("hex");

/** `,"sum":"01234567"}` */
const SUM_UNITS = 18;

/** Whether a line is exactly as {@link encodeLine} wrote it. Looks at the line's own text: writing the event anew would cost more than all else. */
function asWritten(line: string): boolean {
  if (!line.startsWith(',"sum":"', line.length - SUM_UNITS) || !line.endsWith('"}')) return false;
  return line.slice(-SUM_UNITS + 8, -2) === checksum(`${line.slice(0, -SUM_UNITS)}}`);
}

/** The line of an event, `\n` included. The checksum comes last, as `sum`, over the line without it. */
export function encodeLine(event: DecisionEvent): string {
  const json = lineSafeJson(event);
  return `${json.slice(0, -1)},"sum":"${checksum(json)}"}\n`;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === "string";
const name: Check = (value) => typeof value === "string" && value !== "";
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** The first field that does not fit. A plain loop: a log of 100,000 events has some two million fields. */
function fit(value: Fields, checks: readonly (readonly [string, Check])[]): string | undefined {
  for (let i = 0; i < checks.length; i++) {
    const [field, check] = checks[i]!;
    if (!check(value[field])) return field;
  }
  return undefined;
}
const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(fields);
  return (value) => isFields(value) && fit(value, checks) === undefined;
};

const offset: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const offsets = shape({ start: offset, end: offset });
const span: Check = (value) => offsets(value) && (value as { start: number }).start <= (value as { end: number }).end;
const quote = shape({
  ...{ exact: text, prefix: text, suffix: text },
  line: optional(shape({ name, before: offset })),
  once: optional((value) => value === "near" || value === "all" || value === "never"),
});
const anchor = shape({ span, quote });
const attributes: Check = (value) => isFields(value) && Object.values(value).every(text);
const labelValue = shape({
  ...{ label: name, span, quote },
  attributes: optional(attributes),
  further: optional(listOf(anchor)),
});
const version = shape({ author: name, values: listOf(labelValue) });
const suggested: Check = (value) =>
  labelValue(value) && typeof (value as Fields)["score"] === "number" && Number.isFinite((value as Fields)["score"]);
const region = shape({ span, head: text, tail: text, digest: name });
/** Words in order, none empty, within the region. */
const words: Check = (value) =>
  listOf(offset)(value) &&
  (value as number[]).length % 2 === 0 &&
  (value as number[]).every(
    (at, index, all) => index === 0 || (index % 2 === 0 ? all[index - 1]! <= at : all[index - 1]! < at),
  );
const tokenizedRegion: Check = (value) => {
  if (!region(value) || !words((value as Fields)["words"])) return false;
  const { span: of, words: list } = value as { span: { start: number; end: number }; words: number[] };
  return list.length > 0 && list.at(-1)! <= of.end - of.start;
};

const EVERY: Readonly<Record<string, Check>> = {
  id: name,
  act: name,
  time: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  author: name,
  task: isTask,
  layer: optional(name),
  unit: (value) => value === "utf16",
  model: optional(shape({ name, version: text })),
  origin: optional(
    shape({
      format: name,
      author: optional(name),
      time: optional((value) => typeof value === "string" && !Number.isNaN(Date.parse(value))),
      score: optional((value) => typeof value === "number" && Number.isFinite(value)),
    }),
  ),
};
const byEdit = optional((value) => value === "edit");
const ANNOTATION = {
  ...{ annotation: name, question: optional(text), replaces: optional(listOf(suggested)) },
  // Another word than ours is a later version's: the decision holds all the same.
  suggestedBy: optional(text),
  several: optional((value) => value === true),
};
const FIELDS: Readonly<Record<DecisionEvent["kind"], Readonly<Record<string, Check>>>> = {
  accepted: { ...ANNOTATION, new: labelValue },
  rejected: { ...ANNOTATION, old: labelValue },
  relabelled: { ...ANNOTATION, old: labelValue, new: labelValue },
  resized: { ...ANNOTATION, old: labelValue, new: labelValue, cause: byEdit },
  added: { ...ANNOTATION, new: labelValue },
  removed: { ...ANNOTATION, old: optional(labelValue) },
  answered: {
    ...ANNOTATION,
    question: name,
    context: optional(region),
    sourceId: optional(name),
    old: optional(listOf(labelValue)),
    new: listOf(labelValue),
    cause: byEdit,
  },
  reviewed: { regions: listOf(region) },
  tokenized: { sentences: listOf(tokenizedRegion) },
  related: { annotation: name, type: name, from: name, to: name, attributes: optional(attributes) },
  undone: { undoes: name },
  adjudicated: {
    annotation: name,
    region: optional(anchor),
    question: optional(name),
    versions: listOf(version),
    chosen: optional(name),
    old: optional(listOf(labelValue)),
    new: listOf(labelValue),
    cause: byEdit,
  },
};

const CHECKS = new Map(
  EVENT_KINDS.map((kind) => [kind as string, { kind, fields: Object.entries({ ...EVERY, ...FIELDS[kind] }) }]),
);

/** Reads one line (without its line ending). Valid JSON that fits an event is accepted also if its checksum does not match or is absent. */
export function decodeLine(line: string): DecodedLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { kind: "corrupt", reason: "not JSON" };
  }
  if (!isFields(parsed)) return { kind: "corrupt", reason: "not a JSON object" };
  if (!EVENT_VERSIONS.includes(parsed["v"])) {
    const version = parsed["v"] === undefined ? "absent" : JSON.stringify(parsed["v"]);
    return {
      kind: "version",
      reason: `version is ${version}, this program reads ${EVENT_VERSIONS.join(", ")}`,
    };
  }
  const known = CHECKS.get(parsed["kind"] as string);
  if (known === undefined) return { kind: "corrupt", reason: `unknown kind ${JSON.stringify(parsed["kind"])}` };
  const { kind, fields } = known;
  const wrong = fit(parsed, fields);
  if (wrong !== undefined) return { kind: "corrupt", reason: `property "${wrong}" is missing or wrong for "${kind}"` };
  const subject = isQuestionTask(parsed["task"] as Task) ? "question" : "region";
  if (kind === "adjudicated" && parsed[subject] === undefined)
    return { kind: "corrupt", reason: `property "${subject}" is missing: it says what was in dispute` };
  if (asWritten(line)) {
    delete (parsed as { sum?: unknown }).sum;
    return { event: parsed as unknown as DecisionEvent, edited: false };
  }
  const { sum, ...event } = parsed;
  return { event: event as unknown as DecisionEvent, edited: sum !== checksum(lineSafeJson(event)) };
}
