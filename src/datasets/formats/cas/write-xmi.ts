/**
 * Writes UIMA CAS XMI (UIMA References, "XMI CAS Serialization") with what CAS JSON has: a file a document, and one `TypeSystem.xml` for all of them. XML
 * 1.0, since neither libxml2 nor what is made of it reads 1.1.
 */
import { CHARACTER, declaredTypes, SOFA } from "../../codecs/dkpro-types";
import type { DeclaredType } from "../../codecs/dkpro-types";
import type { LabelledDocument } from "../../document";
import type { FinishedOutput, Output } from "../../writing/output";
import { safePath } from "../../writing/writable";
import { CasWriter } from "./write";
import type { MadeCas } from "./write";
import { attributeValue, countedNames, unheldIn } from "./xml-values";
import type { Unheld } from "./xml-values";

const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>';
const XMI = "http://www.omg.org/XMI";
/** Prefixes that have a meaning already. */
const RESERVED = ["xmi", "cas", "xml", "xmlns"];

/** A type's package, with the name in it. */
function parted(type: string): { readonly space: string; readonly name: string } {
  const dot = type.lastIndexOf(".");
  return { space: type.slice(0, Math.max(0, dot)), name: type.slice(dot + 1) };
}

/** The prefix of each package, and the attributes that declare them. A package's is its last part, as in UIMA's own files. */
function namespaces(types: readonly string[]): {
  readonly prefixes: ReadonlyMap<string, string>;
  readonly all: string;
} {
  const prefixes = new Map([["uima.cas", "cas"]]);
  const taken = new Set(RESERVED);
  for (const { space } of types.map(parted)) {
    if (prefixes.has(space)) continue;
    const last = space.slice(space.lastIndexOf(".") + 1);
    let prefix = last;
    for (let number = 2; taken.has(prefix); number++) prefix = `${last}${number}`;
    taken.add(prefix);
    prefixes.set(space, prefix);
  }
  const declared = [...prefixes].map(
    ([space, prefix]) => ` xmlns:${prefix}="http:///${space.replaceAll(".", "/")}.ecore"`,
  );
  return { prefixes, all: declared.join("") };
}

function xmiOf({ structures, members, types }: MadeCas): string {
  const { prefixes, all } = namespaces([...types].sort());
  const element = (type: string, attributes: Readonly<Record<string, string | number>>): string => {
    const { space, name } = parted(type);
    const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeValue(String(value))}"`);
    return `  <${prefixes.get(space)!}:${name}${said.join("")}/>`;
  };
  return [
    PROLOGUE,
    `<xmi:XMI xmlns:xmi="${XMI}"${all} xmi:version="2.0">`,
    element("uima.cas.NULL", { "xmi:id": 0 }),
    ...structures.map(({ "%ID": id, "%TYPE": type, ...features }) => {
      const said = Object.entries(features).map(([name, value]) => [name.replace(/^@/, ""), value] as const);
      return element(String(type), { "xmi:id": id!, ...Object.fromEntries(said) });
    }),
    element("uima.cas.View", { sofa: 1, members: members.join(" ") }),
    "</xmi:XMI>",
    "",
  ].join("\n");
}

/** Types of all documents of an export, and the features that they have besides. */
interface UsedTypes {
  readonly types: Set<string>;
  readonly features: Map<string, Set<string>>;
}
const noTypes = (): UsedTypes => ({ types: new Set(), features: new Map() });

/** What no file of XML has as it is: of the text it comes back, of values it does not. */
function reportUnheld(out: Output, { path }: LabelledDocument, text: readonly Unheld[], { structures }: MadeCas): void {
  if (text.length > 0) {
    const reason = `${countedNames(text)} in the text: XML cannot hold them, so other programs see U+FFFD; an import of this puts them back`;
    out.report([{ kind: "partial", document: path, count: text.length, reason }]);
  }
  const values = structures.flatMap((one) =>
    one["%TYPE"] === SOFA ? [] : Object.values(one).flatMap((value) => unheldIn(String(value))),
  );
  if (values.length === 0) return;
  const reason = `${countedNames(values)} in what labels, questions and names say: XML cannot hold them, so U+FFFD stands there`;
  out.report([{ kind: "renamed", document: path, count: values.length, reason }]);
}

/** Writes all tasks, a file a document. */
export function writeXmi(document: LabelledDocument, out: Output): void {
  const name = out.unique(`${out.split}/${safePath(document.path)}`);
  const unheld = unheldIn(document.text);
  const made = new CasWriter(document).made(
    unheld.map(({ at, name: value }) => ({ type: CHARACTER, start: at, end: at + 1, value })),
  );
  const used = out.once(noTypes);
  for (const type of made.types) used.types.add(type);
  for (const [type, features] of made.features)
    used.features.set(type, new Set([...(used.features.get(type) ?? []), ...features]));
  reportUnheld(out, document, unheld, made);
  out.file(`${name}.xmi`, xmiOf(made));
  out.count(out.split);
}

function description({ name, parent, features }: DeclaredType): string {
  const own = features.map(
    ([feature, range]) =>
      `        <featureDescription><name>${feature}</name><description/><rangeTypeName>${range}</rangeTypeName></featureDescription>`,
  );
  return [
    "    <typeDescription>",
    `      <name>${name}</name>`,
    "      <description/>",
    `      <supertypeName>${parent}</supertypeName>`,
    ...(own.length === 0 ? [] : ["      <features>", ...own, "      </features>"]),
    "    </typeDescription>",
  ].join("\n");
}

/** Writes the types of all documents, without which UIMA's programs read none of them. */
export function writeTypeSystem(out: FinishedOutput): void {
  const { types, features } = out.once(noTypes);
  const all = declaredTypes([...types].sort(), features).map(description);
  const lines = [
    PROLOGUE,
    '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">',
    "  <types>",
    ...all,
    "  </types>",
    "</typeSystemDescription>",
    "",
  ];
  out.file("TypeSystem.xml", lines.join("\n"));
}
