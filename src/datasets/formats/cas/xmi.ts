/**
 * UIMA CAS XMI (UIMA References, chapter "XMI CAS Serialization"), which INCEpTION, WebAnno, cTAKES and dkpro-cassis write: a file a document, its types
 * in a `TypeSystem.xml` beside it, or above. Offsets are UTF-16 code units. `write-xmi.ts` writes it.
 */
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import type { Loss } from "../../losses";
import { ATTRIBUTE, PROVENANCE, SOFA } from "../../codecs/dkpro-types";
import { pathsWith } from "../../reading/bytes";
import { reader, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { take } from "../../reading/shape";
import { ALL_IN_VIEW, readingCas } from "./read";
import { CAS_FILE, casOf } from "./structures";
import type { Cas } from "./structures";
import { typeSystems } from "./type-system-file";
import { writeTypeSystem, writeXmi } from "./write-xmi";
import { readXml } from "./xml";

const VIEW = "uima.cas.View";
/** What is no text in every type system. */
const NUMBERS = new Set(["begin", "end", "sofa"]);

/** The name of a type by its element: packages are in the namespace. Undefined for an element of no type. */
function typeOf(uri: string, local: string): string | undefined {
  const space = /^http:\/\/\/(.+)\.ecore$/.exec(uri)?.[1]?.replaceAll("/", ".");
  if (space === undefined) return undefined;
  return space === "uima.noNamespace" ? local : `${space}.${local}`;
}

const decimal = (value: string): string | number =>
  value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;

const numeric = (value: string): string | number => (/^-?\d+$/.test(value) ? Number(value) : value);

/** Sets a field of any name: to set one called `__proto__` sets something else. */
function put(row: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A structure's features as CAS JSON has them. */
function structureOf(type: string, attributes: ReadonlyMap<string, string>): Record<string, unknown> {
  const provenance = type === PROVENANCE;
  const refers = provenance || type === ATTRIBUTE;
  const made: Record<string, unknown> = { "%TYPE": type };
  for (const [name, value] of attributes) {
    if (name === "xmi:id") made["%ID"] = numeric(value);
    else if (refers && name === "of") made["@of"] = numeric(value);
    else if (NUMBERS.has(name) || (provenance && name === "score")) made[name] = decimal(value);
    else if (!name.includes(":") && name !== "xmlns") put(made, name, value);
  }
  return made;
}

/** A file in the form of CAS JSON, as far as it is well-formed. */
function rawCas(text: string, file: string, losses: Loss[]): Readonly<Record<string, unknown>> {
  const structures: Record<string, unknown>[] = [];
  const views: { readonly sofa: unknown; readonly members: readonly unknown[] }[] = [];
  let nameless = 0;
  let current: Record<string, unknown> | undefined;
  let several = new Map<string, string[]>();
  let values: string[] = [];
  const valuesOf = (feature: string): string[] => {
    const found = several.get(feature) ?? [];
    several.set(feature, found);
    return found;
  };
  const problem = readXml(text, {
    open: ({ uri, local, attributes }, depth) => {
      if (depth === 2) values = valuesOf(local);
      if (depth !== 1) return;
      current = undefined;
      several = new Map();
      const type = typeOf(uri, local);
      if (type === undefined) nameless++;
      else if (type === VIEW) {
        const members = (attributes.get("members") ?? "").split(/\s+/).filter((id) => id !== "");
        views.push({ sofa: numeric(attributes.get("sofa") ?? ""), members: members.map(numeric) });
      } else if (type !== "uima.cas.NULL") structures.push((current = structureOf(type, attributes)));
    },
    close: (value, depth) => {
      // Below structures are the values of features that have several.
      if (depth === 2) values.push(value);
      else if (depth === 1 && current !== undefined) for (const [name, all] of several) put(current, name, all);
    },
  });
  if (problem !== undefined) {
    const { line, reason } = problem;
    losses.push({ kind: "dropped", file, line, reason: `not XML, or cut off: ${reason}` });
    if (views.length === 0) losses.push({ kind: "assumed", file, reason: ALL_IN_VIEW });
  }
  if (nameless > 0)
    losses.push({ kind: "dropped", file, count: nameless, reason: "an element whose namespace names no type of UIMA" });
  const names = new Map(
    structures.flatMap((one) => (one["%TYPE"] === SOFA ? [[one["%ID"], String(one["sofaID"])]] : [])),
  );
  const named = views.flatMap(({ sofa, members }): [string, unknown][] => {
    const name = names.get(sofa);
    return name === undefined ? [] : [[name, { "%MEMBERS": members }]];
  });
  return { "%FEATURE_STRUCTURES": structures, "%VIEWS": Object.fromEntries(named) };
}

function* casesIn(input: Input): Generator<Cas> {
  const { files, losses } = input;
  const typesFor = typeSystems(input);
  for (const { file, text } of textsIn(input, pathsWith(files, "xmi", "xml"))) {
    if (!isXmi(text)) continue;
    const value = take(CAS_FILE, rawCas(text, file, losses), { file }, losses);
    const cas = value && casOf(value, { file, idName: "xmi:id", types: typesFor(file) }, losses);
    if (cas !== undefined) yield cas;
  }
}

/** Whether a text is a CAS, or the beginning of one: the namespace of UIMA's own types is at its root. */
function isXmi(text: string): boolean {
  return text.includes("http:///uima/cas.ecore");
}

/** Reads every file that is a CAS. */
export const readXmi = reader<Cas>("No UIMA CAS with a text in the files", (input) =>
  readingCas(casesIn(input), input),
);

/** The format. */
export const casXmi: DatasetFormat = {
  title: "UIMA CAS XMI",
  holds: { ...HOLDS_ALL, relations: true, words: true, reviewed: "none" },
  extensions: ["xmi"],
  beside: ["TypeSystem.xml"],
  write: writeXmi,
  finish: writeTypeSystem,
  read: readXmi,
  signs: [
    {
      name: /\.(?:xmi|xml)$/i,
      test: ({ start }) => isXmi(start),
      confidence: 1,
      says: "is an XMI file with the types of UIMA",
    },
  ],
};
