/** Relations between the labels of a CAS: annotations of relation layers, and features of labels that refer to other labels, alone or in links with a role. */
import type { LabelFeature } from "./label-features";
import { featuresBeside, FROM, shortName, TO } from "./label-features";
import { featuresOf } from "./structures";
import type { Cas, Structure } from "./structures";
import { isValue } from "./type-system";
import { SENTIMENT } from "../../codecs/dkpro-types";

/** A relation as a file has it, with the structure that says it; a feature of a label has none of its own. */
export interface CasRelation {
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly structure?: Structure;
}

/** The ids that a value refers to: one, or in XML several in one text. */
function idsIn(value: unknown): readonly number[] {
  if (Number.isSafeInteger(value)) return [value as number];
  if (Array.isArray(value)) return (value as readonly unknown[]).flatMap(idsIn);
  return typeof value === "string" && /^\s*\d+(?:\s+\d+)*\s*$/.test(value) ? value.trim().split(/\s+/).map(Number) : [];
}

/** What labels of one file have to do with each other. */
export class CasRelations {
  readonly found: readonly CasRelation[];
  /** Ids of the labels that relations name. */
  readonly named: ReadonlySet<number>;
  /** Relation annotations that join something else than labels. */
  readonly loose: readonly Structure[];
  /** Features of labels that are told in relations, by the label. */
  readonly #features = new Map<Structure, Set<string>>();

  constructor(
    private readonly cas: Cas,
    private readonly labels: ReadonlyMap<string, LabelFeature>,
  ) {
    const found: CasRelation[] = [];
    const loose: Structure[] = [];
    for (const structure of cas.structures) {
      const feature = labels.get(structure.type);
      if (feature?.relation === true) {
        const one = this.#annotation(structure, feature);
        if (one === undefined) loose.push(structure);
        else found.push(one);
      } else if (this.#isLabel(structure)) found.push(...this.#references(structure, feature));
    }
    this.found = found;
    this.loose = loose;
    this.named = new Set(found.flatMap(({ from, to }) => [from, to]));
  }

  /** Whether a feature of a label is among the relations. */
  told(structure: Structure, feature: string): boolean {
    return this.#features.get(structure)?.has(feature) === true;
  }

  #isLabel({ type }: Structure): boolean {
    const feature = this.labels.get(type);
    if (type === SENTIMENT) return true;
    return (feature?.name !== undefined || feature?.label !== undefined) && feature.relation !== true;
  }

  #labelAt(id: number): boolean {
    const structure = this.cas.byId.get(id);
    return structure !== undefined && this.#isLabel(structure);
  }

  #annotation(structure: Structure, { name }: LabelFeature): CasRelation | undefined {
    const features = new Map(featuresOf(structure));
    const [[from], [to]] = [idsIn(features.get(FROM)), idsIn(features.get(TO))];
    if (from === undefined || to === undefined || !this.#labelAt(from) || !this.#labelAt(to)) return undefined;
    const said = name === undefined ? undefined : features.get(name);
    const type = typeof said === "string" && said !== "" ? said : shortName(structure.type);
    return { type, from, to, structure };
  }

  /** Labels that a label's features refer to. A feature of which not everything is a label is no relation as a whole. */
  #references(structure: Structure, feature: LabelFeature | undefined): CasRelation[] {
    return featuresBeside(this.cas, structure, structure.type === SENTIMENT ? "value" : feature?.name).others.flatMap(
      ([name, value]) => {
        const known =
          Object.hasOwn(structure.raw, `@${name}`) || isValue(this.cas.types, structure.type, name) === false;
        const ids = idsIn(value).flatMap((id) => this.#elements(id));
        const ends = ids.map((id): CasRelation | undefined => {
          if (known && this.#labelAt(id)) return { type: name, from: structure.id, to: id };
          return this.#link(structure, name, id);
        });
        const relations = ends.flatMap((one) => one ?? []);
        if (relations.length === 0 || relations.length < ends.length) return [];
        const told = this.#features.get(structure) ?? new Set();
        this.#features.set(structure, told.add(name));
        return relations;
      },
    );
  }

  /** What a list has in it; of any other structure itself. */
  #elements(id: number): readonly number[] {
    const structure = this.cas.byId.get(id);
    if (structure === undefined || !/(?:\[\]|FSArray)$/.test(structure.type)) return [id];
    return idsIn(structure.raw["%ELEMENTS"] ?? structure.raw["elements"]);
  }

  /** A slot: a structure that has a target, and may have a role. */
  #link(from: Structure, name: string, id: number): CasRelation | undefined {
    const link = this.cas.byId.get(id);
    if (link === undefined) return undefined;
    const features = new Map(featuresOf(link));
    const [to, ...more] = idsIn(features.get("target"));
    if (to === undefined || more.length > 0 || !this.#labelAt(to)) return undefined;
    const role = features.get("role");
    return { type: typeof role === "string" && role.trim() !== "" ? role : name, from: from.id, to };
  }
}
