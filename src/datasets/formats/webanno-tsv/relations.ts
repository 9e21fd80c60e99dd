/** Relation layers of WebAnno TSV: a relation is on the line of the word where its target begins, and names the word of its source. */
import type { Relation } from "../../../documents/labelled";
import { attributesOf } from "../../codecs/attributes";
import { cellValues, unescapeValue } from "./escapes";
import type { WebannoColumn, WebannoUnit } from "./sentences";

/** What names the annotations that a layer's relations join. */
const BASE = "BT_";

/** A relation layer. */
export interface RelationLayer {
  readonly type: string;
  /** The layer of the annotations that its relations join. */
  readonly of: string;
  /** The column that names the sources. */
  readonly base: number;
  readonly features: ReadonlyMap<string, number>;
}

/** The relation layers of a file that join annotations of these layers. */
export function relationLayers(columns: readonly WebannoColumn[], labels: ReadonlySet<string>): RelationLayer[] {
  return [...columns.entries()].flatMap(([base, { kind, type, feature = "" }]): RelationLayer[] => {
    const of = feature.slice(BASE.length);
    if (kind !== "relation" || !feature.startsWith(BASE) || !labels.has(of)) return [];
    const features = [...columns.entries()].flatMap(([index, one]): [string, number][] =>
      one.kind === "relation" && one.type === type && index !== base && one.feature !== undefined
        ? [[one.feature, index]]
        : [],
    );
    return [{ type, of, base, features: new Map(features) }];
  });
}

/** How many relations a cell of a column names: the features of a relation are not counted once more. */
export function relationsNamed({ feature = "" }: WebannoColumn, cell: string): number {
  return feature.startsWith(BASE) ? cellValues(cell).length : 0;
}

/** An annotation on a word, by its number where there are several. */
export interface OnWord {
  readonly id: string | undefined;
  /** The label's id; undefined: it has none. */
  readonly label: string | undefined;
}

/** Finds the labels of a layer on a word. */
export type LabelsOn = (unit: string, layer: string) => readonly OnWord[];

const REFERENCE = /^(\d+-\d+(?:\.\d+)?)(?:\[(\d+)_(\d+)\])?$/;

function labelOf(on: readonly OnWord[], number = "0"): string | undefined {
  const [only, ...more] = on;
  const found =
    number === "0" ? (on.find(({ id }) => id === undefined) ?? (more.length === 0 ? only : undefined)) : undefined;
  return (found ?? on.find(({ id }) => id === number))?.label;
}

/** The relations of a layer that end on a word. What joins something else than labels is told, one by one. */
export function relationsOn(
  layer: RelationLayer,
  { id, line, cells }: WebannoUnit,
  labels: LabelsOn,
  tell: (reason?: string) => void,
): Relation[] {
  const said = [...layer.features].map(([name, index]) => [name, cellValues(cells[index]!)] as const);
  return cellValues(cells[layer.base]!).flatMap(({ raw }, index): Relation[] => {
    const [, source = "", from, to] = REFERENCE.exec(raw) ?? [];
    const ends = [labelOf(labels(source, layer.of), from), labelOf(labels(id, layer.of), to)] as const;
    if (ends[0] === undefined || ends[1] === undefined) {
      tell();
      return [];
    }
    const values = said.flatMap(([name, all]): [string, string][] => {
      const value = all[index]?.raw ?? "*";
      return value === "*" ? [] : [[name, unescapeValue(value)]];
    });
    const named =
      values.find(([name]) => name === "value" || name === "label") ?? (said.length === 1 ? values[0] : undefined);
    const type = named?.[1] ?? layer.type.slice(layer.type.lastIndexOf(".") + 1);
    const beside = attributesOf(
      values.filter((one) => one !== named),
      tell,
    );
    return [{ type, from: ends[0], to: ends[1], ...beside, line }];
  });
}
