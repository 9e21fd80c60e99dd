/** Label sets to begin with. The texts are data of the workspace that takes one, and stay as they are in every language of the editor. */
import { SPANS } from "../documents/tasks";
import { withLabel } from "./labelset";
import type { LabelDefinition, LabelSets } from "./labelset";

/** A label without its number. */
type Preset = Omit<LabelDefinition, "id">;

/** Their names, the most general first. */
export const PRESET_NAMES = ["general", "biomedical", "legal", "reviews"] as const;
/** One of {@link PRESET_NAMES}. */
export type PresetName = (typeof PRESET_NAMES)[number];

const of = (name: string, key: string, guideline: string): Preset => ({ name, key, guideline });

/** Labels of entities; keys are none of those that Review Mode keeps. */
const ENTITIES: Readonly<Record<PresetName, readonly Preset[]>> = {
  general: [
    of("PER", "p", "People, real or not, by their names. No titles (Dr.) and no pronouns."),
    of("ORG", "o", "Companies, authorities, parties, teams, bands: whoever acts as one."),
    of("LOC", "l", "Countries, towns, rivers, buildings: places by their names."),
    of("MISC", "m", "Other names: events, works, nationalities, languages."),
    of("DATE", "d", "Days, months, years, and spans of them."),
  ],
  biomedical: [
    of("DISEASE", "d", "Diseases, disorders and symptoms, with what specifies them: type 2 diabetes."),
    of("CHEMICAL", "c", "Drugs and other substances, brand names included."),
    of("GENE", "g", "Genes and their products: BRCA1, insulin receptor."),
    of("SPECIES", "s", "Organisms and viruses; patients and people are none."),
    of("ANATOMY", "b", "Organs, tissues, cells and cell lines."),
    of("PROCEDURE", "e", "What is done to examine or treat: biopsy, chemotherapy."),
  ],
  legal: [
    of("PARTY", "p", "Whoever is a side of the case or the contract, by name or by role as defined there."),
    of("COURT", "c", "Courts and tribunals, with their seat."),
    of("PERSON", "e", "Judges, lawyers, witnesses, by their names."),
    of("LAW", "l", "Statutes and their parts as cited: § 433 BGB, Article 6 GDPR."),
    of("CASE", "s", "Decisions as cited, with the reporter or the file number."),
    of("DATE", "d", "Dates and deadlines."),
    of("MONEY", "m", "Amounts with their currency."),
  ],
  reviews: [
    of("PRODUCT", "p", "What the review is about, by name or model."),
    of("BRAND", "b", "Who makes or sells it."),
    of("ASPECT", "s", "A part or a property that something is said about: battery, service."),
    of("PRICE", "m", "Amounts, and words for what it costs."),
  ],
};

/** Labels of entities from names alone. @throws {LabelSetError} if a name is there twice or not allowed */
function withEntities(sets: LabelSets, labels: readonly Preset[]): LabelSets {
  const none: LabelSets = { ...sets, [SPANS]: [] };
  return labels.reduce((before, label) => withLabel(before, SPANS, label), none);
}

/** The names of a preset's labels of entities, to show. */
export function presetLabels(name: PresetName): readonly string[] {
  return ENTITIES[name].map((label) => label.name);
}

/** Label sets with a preset's labels of entities, and the classes that there were. */
export function presetSets(name: PresetName, before: LabelSets): LabelSets {
  return withEntities(before, ENTITIES[name]);
}

/** As {@link presetSets}, with names that the user made up. @throws {LabelSetError} as {@link withLabel} */
export function ownSets(names: readonly string[], before: LabelSets): LabelSets {
  return withEntities(
    before,
    names.map((name) => ({ name })),
  );
}
