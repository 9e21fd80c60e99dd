/** The labels a workspace uses, `.glossator/labels.json`: fixed integer ids that no later edit may move, with names, colours, keys and guidelines. */
import { CLASS_TASKS, isSpanTask, isTask, LABEL_TASKS, perTask, TASKS } from "../documents/tasks";
import type { ClassTask, LabelTask, Task, TaskKind, TaskUnit } from "../documents/tasks";

/** One label. */
export interface LabelDefinition {
  /** The number in exported data. Never changes, and is never given to another label. */
  readonly id: number;
  readonly name: string;
  /** `#rrggbb`. */
  readonly colour?: string;
  /** One character, to choose it by. */
  readonly key?: string;
  /** Other names of it: what the model suggests under them is offered as this label, and decisions under them count as this label. */
  readonly aliases?: readonly string[];
  /** When to use it, for annotators. */
  readonly guideline?: string;
  /** Its place in lists, and so its digit, the lowest first; default: its id. */
  readonly order?: number;
  /** No longer offered; kept so that its id stays taken and old decisions keep their meaning. */
  readonly retired?: boolean;
}

/** The labels by task, in order of id. */
export interface LabelSets extends Readonly<Record<LabelTask, readonly LabelDefinition[]>> {
  /** Tasks of whose classes one text may have several at once; of all others classes exclude each other. */
  readonly multiple?: readonly ClassTask[];
}

/** Whether one text may have several labels of the task: spans may lie on the same words anyhow, classes where the label set says so. */
export function allowsSeveral({ multiple = [] }: Pick<LabelSets, "multiple">, task: Task): boolean {
  return multiple.some((one) => one === task);
}

/** Label sets in which texts may have several classes of these tasks, beside those of which they may already. */
export function withSeveral<T extends LabelSets>(sets: T, tasks: readonly ClassTask[]): T {
  const multiple = CLASS_TASKS.filter((task) => allowsSeveral(sets, task) || tasks.includes(task));
  return multiple.length === 0 ? sets : { ...sets, multiple };
}

/** Something that a label can say beside its name, such as how certain it is. */
export interface AttributeDefinition {
  readonly name: string;
  /** Those that may be chosen; absent: any text. */
  readonly values?: readonly string[];
}

/** A layer of labels, of which every document may have some. */
export interface LayerDefinition {
  /** What events name it by; none of the tasks' names. */
  readonly name: string;
  readonly kind: TaskKind;
  readonly unit: TaskUnit;
  /** In order of id. Empty for questions, whose answers have none. */
  readonly labels: readonly LabelDefinition[];
  readonly attributes?: readonly AttributeDefinition[];
}

/** What a `labels.json` says: the labels of the tasks, and whatever else it declares. */
export interface DeclaredLabels extends LabelSets {
  /** Where an editor finds the schema of the file. */
  readonly $schema?: string;
  /** Layers beyond the tasks. They are read and written; no version yet draws them. */
  readonly layers?: readonly LayerDefinition[];
}

/** `labels.json` does not say what it must. The message names the file and the property. */
export class LabelSetError extends Error {
  override readonly name = "LabelSetError";

  constructor(
    readonly file: string,
    /** Such as `entities[2].id`; empty for the file as a whole. */
    readonly property: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${property === "" ? "" : `, ${property}`}: ${problem}`, options);
  }
}

/** Label sets in which there is nothing. */
export const NO_LABEL_SETS: LabelSets = perTask(LABEL_TASKS, () => []);

/** Label sets for a model's labels. BIO tags are taken apart, `O` is left out; ids follow the model's order. A task the model lacks gets the usual labels. */
export function defaultLabelSets(labels: Readonly<Partial<Record<Task, readonly string[]>>> = {}): LabelSets {
  const numbered = (list: readonly string[]): LabelDefinition[] => [...new Set(list)].map((name, id) => ({ id, name }));
  return perTask(LABEL_TASKS, (task) => {
    const names = labels[task] ?? TASKS[task].labels;
    return numbered(
      isSpanTask(task) ? names.filter((name) => name !== "O").map((name) => name.replace(/^[BIESLU]-/, "")) : names,
    );
  });
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^\S+$/.test(value);
}

function parseLabel(value: unknown, file: string, at: string): LabelDefinition {
  const fail = (property: string, problem: string): never => {
    throw new LabelSetError(file, `${at}${property}`, problem);
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("", "must be an object.");
  const fields = value as Record<string, unknown>;
  const { id, name, colour, key, aliases, guideline, order, retired } = fields;
  const known = ["id", "name", "colour", "key", "aliases", "guideline", "order", "retired"];
  const odd = Object.keys(fields).find((field) => !known.includes(field));
  if (odd !== undefined) return fail(`.${odd}`, `is not a property of a label; those are ${known.join(", ")}.`);
  if (!Number.isSafeInteger(id) || (id as number) < 0) return fail(".id", "must be an integer from 0.");
  if (!isName(name)) return fail(".name", "must be a name without white space.");
  if (name === "O") return fail(".name", '"O" means "no label" in every tag scheme; choose another name.');
  if (colour !== undefined && !(typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour))) {
    return fail(".colour", 'must be a colour such as "#3b82f6".');
  }
  if (key !== undefined && !(typeof key === "string" && Array.from(key).length === 1)) {
    return fail(".key", "must be one character.");
  }
  if (aliases !== undefined && !(Array.isArray(aliases) && aliases.every(isName)))
    return fail(".aliases", "must be a list of names without white space.");
  if (guideline !== undefined && typeof guideline !== "string") return fail(".guideline", "must be text.");
  if (order !== undefined && !Number.isSafeInteger(order)) return fail(".order", "must be an integer.");
  if (retired !== undefined && typeof retired !== "boolean") return fail(".retired", "must be true or false.");
  return fields as unknown as LabelDefinition;
}

function parseLabels(value: unknown, file: string, at: string): readonly LabelDefinition[] {
  if (!Array.isArray(value)) throw new LabelSetError(file, at, "must be a list of labels.");
  const labels = value.map((item, index) => parseLabel(item, file, `${at}[${index}]`));
  for (const field of ["id", "name", "key"] as const) {
    const first = new Map<unknown, number>();
    for (const [index, label] of labels.entries()) {
      if (label[field] === undefined || (field === "key" && label.retired)) continue;
      const other = first.get(label[field]);
      if (other !== undefined) {
        const problem = `${JSON.stringify(label[field])} is also the ${field} of ${at}[${other}]; each label needs its own.`;
        throw new LabelSetError(file, `${at}[${index}].${field}`, problem);
      }
      first.set(label[field], index);
    }
  }
  checkAliases(labels, file, at);
  return [...labels].sort((a, b) => a.id - b.id);
}

/** A name that meant two labels would turn decisions round. */
function checkAliases(labels: readonly LabelDefinition[], file: string, at: string): void {
  const taken = new Map(labels.map(({ name }, index) => [name, `the name of ${at}[${index}]`]));
  for (const [index, { aliases = [] }] of labels.entries())
    for (const [number, alias] of aliases.entries()) {
      const other = taken.get(alias);
      if (other !== undefined)
        throw new LabelSetError(file, `${at}[${index}].aliases[${number}]`, `"${alias}" is also ${other}.`);
      taken.set(alias, `an alias of ${at}[${index}]`);
    }
}

/** The units that each kind of layer may have. */
const UNITS: Readonly<Record<TaskKind, readonly TaskUnit[]>> = {
  spans: ["word"],
  classes: ["sentence", "document"],
  questions: ["question"],
};

const FIELDS = ["name", "kind", "unit", "labels", "attributes"];

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, known: readonly string[], what: string, file: string, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LabelSetError(file, at, "must be an object.");
  const odd = Object.keys(value).find((field) => !known.includes(field));
  if (odd === undefined) return value as Fields;
  throw new LabelSetError(file, `${at}.${odd}`, `is not a property of ${what}; those are ${known.join(", ")}.`);
}

function nameIn({ name }: Fields, taken: readonly string[], file: string, at: string): string {
  if (typeof name !== "string" || !/^\S+$/.test(name))
    throw new LabelSetError(file, `${at}.name`, "must be a name without white space.");
  if (taken.includes(name))
    throw new LabelSetError(file, `${at}.name`, `"${name}" is there already; each needs its own name.`);
  return name;
}

function listIn(value: unknown, file: string, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new LabelSetError(file, at, "must be a list.");
}

function parseAttributes(value: unknown, file: string, at: string): AttributeDefinition[] {
  const attributes: AttributeDefinition[] = [];
  for (const [index, item] of listIn(value, file, at).entries()) {
    const here = `${at}[${index}]`;
    const fields = fieldsOf(item, ["name", "values"], "an attribute", file, here);
    const name = nameIn(
      fields,
      attributes.map((one) => one.name),
      file,
      here,
    );
    if (fields["values"] === undefined) attributes.push({ name });
    else {
      const values = listIn(fields["values"], file, `${here}.values`);
      const odd = values.findIndex((one) => typeof one !== "string" || one === "");
      if (odd >= 0) throw new LabelSetError(file, `${here}.values[${odd}]`, "must be text that is not empty.");
      attributes.push({ name, values: values as readonly string[] });
    }
  }
  return attributes;
}

/** Reads the layers of `labels.json`. @throws {LabelSetError} naming the property. */
function parseLayers(value: unknown, file: string): readonly LayerDefinition[] {
  const layers: LayerDefinition[] = [];
  for (const [index, item] of listIn(value, file, "layers").entries()) {
    const at = `layers[${index}]`;
    const fields = fieldsOf(item, FIELDS, "a layer", file, at);
    const { kind, unit, labels = [], attributes } = fields;
    const name = nameIn(
      fields,
      layers.map((one) => one.name),
      file,
      at,
    );
    if (isTask(name))
      throw new LabelSetError(file, `${at}.name`, `"${name}" is there by itself: its labels stand under its name.`);
    if (typeof kind !== "string" || !Object.hasOwn(UNITS, kind))
      throw new LabelSetError(file, `${at}.kind`, `must be one of ${Object.keys(UNITS).join(", ")}.`);
    const units = UNITS[kind as TaskKind];
    if (!units.includes(unit as TaskUnit))
      throw new LabelSetError(file, `${at}.unit`, `must be ${units.join(" or ")} where the kind is "${kind}".`);
    layers.push({
      name,
      kind: kind as TaskKind,
      unit: unit as TaskUnit,
      labels: parseLabels(labels, file, `${at}.labels`),
      ...(attributes !== undefined && { attributes: parseAttributes(attributes, file, `${at}.attributes`) }),
    });
  }
  return layers;
}

function parseMultiple(value: unknown, file: string): readonly ClassTask[] {
  const named = listIn(value, file, "multiple");
  const odd = named.findIndex((one) => !CLASS_TASKS.some((task) => task === one));
  if (odd >= 0)
    throw new LabelSetError(
      file,
      `multiple[${odd}]`,
      `must be a task with classes; those are ${CLASS_TASKS.join(", ")}.`,
    );
  return CLASS_TASKS.filter((task) => named.includes(task));
}

/**
 * Reads the text of `labels.json`. A task that is absent takes its labels from `defaults`.
 * @throws {LabelSetError} naming the file and the property.
 */
export function parseLabelSets(json: string, file: string, defaults: LabelSets = defaultLabelSets()): DeclaredLabels {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LabelSetError(file, "", `is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new LabelSetError(file, "", "must be an object with a list of labels a task.");
  }
  const fields = parsed as Record<string, unknown>;
  const known: readonly string[] = ["$schema", ...LABEL_TASKS, "multiple", "layers"];
  const odd = Object.keys(fields).find((field) => !known.includes(field));
  if (odd !== undefined)
    throw new LabelSetError(file, odd, `is not a task with labels; those are ${LABEL_TASKS.join(", ")}.`);
  const { $schema: schema, multiple, layers } = fields;
  return {
    ...(typeof schema === "string" && { $schema: schema }),
    ...perTask(LABEL_TASKS, (task) =>
      fields[task] === undefined ? defaults[task] : parseLabels(fields[task], file, task),
    ),
    ...(multiple !== undefined && { multiple: parseMultiple(multiple, file) }),
    ...(layers !== undefined && { layers: parseLayers(layers, file) }),
  };
}

/** What becomes of a label that is in use and not in the set: it is offered as any other; it counts as another one; or it is kept for the decisions that have it. */
export type Lacking = { readonly keep: true } | { readonly as: string } | { readonly retire: true };

/**
 * Label sets in which a label that they lacked has its place.
 * @throws {LabelSetError} if the name is not allowed; as {@link withLabel}
 */
export function withLacking<T extends LabelSets>(sets: T, task: LabelTask, name: string, becomes: Lacking): T {
  if ("keep" in becomes) return withLabel(sets, task, { name });
  if ("retire" in becomes) return withLabel(sets, task, { name, retired: true });
  const labels = sets[task].map((label) =>
    label.name === becomes.as ? { ...label, aliases: [...(label.aliases ?? []), name] } : label,
  );
  return { ...sets, [task]: parseLabels(labels, "labels.json", task) };
}

/** What of a label may be changed: its number is for ever. `undefined`: it has none any more. */
export type LabelChange = {
  readonly [Field in keyof Omit<LabelDefinition, "id">]?: LabelDefinition[Field] | undefined;
};

/**
 * Label sets in which something is said otherwise of a label. A label that gets another name keeps the old one as an alias: decisions and suggestions under it count as this label.
 * @throws {LabelSetError} for a label that is not there, a name or key that another has, or a value that is not allowed
 */
export function withChange<T extends LabelSets>(sets: T, task: LabelTask, id: number, change: LabelChange): T {
  const old = sets[task].find((label) => label.id === id);
  if (old === undefined) throw new LabelSetError("labels.json", task, `has no label ${id} any more.`);
  const { name = old.name, aliases = old.aliases ?? [] } = change;
  const others = [...new Set([...aliases, ...(name === old.name ? [] : [old.name])])].filter((one) => one !== name);
  const fields = { ...old, ...change, name, aliases: others.length > 0 ? others : undefined };
  const changed = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const labels = sets[task].map((label) => (label.id === id ? changed : label));
  return { ...sets, [task]: parseLabels(labels, "labels.json", task) };
}

/** Labels as lists and digits have them: in their {@link LabelDefinition.order}. */
export function inOrder(labels: readonly LabelDefinition[]): LabelDefinition[] {
  return [...labels].sort((a, b) => placeOf(a) - placeOf(b) || a.id - b.id);
}

const placeOf = ({ order, id }: LabelDefinition): number => order ?? id;

/**
 * Label sets in which a label has changed places with the one before or after it in lists; nothing changes at their ends. Ids, and so exported data, stay.
 * @throws {LabelSetError} for a label that is not there
 */
export function withMove<T extends LabelSets>(sets: T, task: LabelTask, id: number, by: -1 | 1): T {
  const labels = inOrder(sets[task]);
  const from = labels.findIndex((label) => label.id === id);
  if (from < 0) throw new LabelSetError("labels.json", task, `has no label ${id} any more.`);
  const to = Math.max(0, Math.min(labels.length - 1, from + by));
  labels.splice(to, 0, ...labels.splice(from, 1));
  const places = new Map(labels.map((label, place) => [label.id, place]));
  const sorted = labels.every((label, place) => place === 0 || labels[place - 1]!.id < label.id);
  const moved = sets[task].map((label): LabelDefinition => {
    const { order, ...rest } = { ...label, order: places.get(label.id)! };
    return sorted ? rest : { ...rest, order };
  });
  return { ...sets, [task]: moved };
}

/** Label sets with one more label; its id is above every id so far, those of retired labels included. @throws {LabelSetError} if the name is taken or not allowed. */
export function withLabel<T extends LabelSets>(
  sets: T,
  task: LabelTask,
  label: Omit<LabelDefinition, "id">,
  file = "labels.json",
): T {
  const id = sets[task].reduce((most, { id }) => Math.max(most, id), -1) + 1;
  // Behind all others in lists, too.
  const last = Math.max(-1, ...sets[task].map(placeOf));
  const order = last < id ? {} : { order: last + 1 };
  return { ...sets, [task]: parseLabels([...sets[task], { ...order, ...label, id }], file, task) };
}
