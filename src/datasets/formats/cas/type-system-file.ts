/** Type systems as UIMA describes them in XML (`typeSystemDescription`), and which of several a file of XMI is about. */
import type { Input } from "../../reading/drive";
import { textsIn } from "../../reading/drive";
import { isTypeSystem } from "../../reading/column-types";
import { readXml } from "./xml";
import type { TypeSystem } from "./type-system";

/** The types that a description declares; what is cut off is left out. */
function typesOfXml(text: string): TypeSystem {
  const types = new Map<string, { parent?: string; features: Map<string, string> }>();
  const way: string[] = [];
  let type: { name?: string; parent?: string; features: Map<string, string> } = { features: new Map() };
  let feature: { name?: string; range?: string } = {};
  const problem = readXml(text, {
    open: ({ local }) => {
      way.push(local);
      if (local === "typeDescription") type = { features: new Map() };
      if (local === "featureDescription") feature = {};
    },
    close: (raw) => {
      const [local, within] = [way.pop(), way.at(-1)];
      const value = raw.trim();
      if (within === "typeDescription" && local === "name") type.name = value;
      if (within === "typeDescription" && local === "supertypeName") type.parent = value;
      if (within === "featureDescription" && local === "name") feature.name = value;
      if (within === "featureDescription" && local === "rangeTypeName") feature.range = value;
      if (local === "featureDescription" && feature.name !== undefined && feature.range !== undefined)
        type.features.set(feature.name, feature.range);
      if (local === "typeDescription" && type.name !== undefined) types.set(type.name, type);
    },
  });
  // A description that is cut off says too little of its last type, and nothing of those after it.
  return problem === undefined ? types : new Map();
}

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/") + 1);

/** The type system for each file: the one in its folder, else in the nearest above, else the only one there is. None: nothing is known of types. */
export function typeSystems(input: Input): (file: string) => TypeSystem {
  const { files, options } = input;
  const found = new Map<string, TypeSystem>();
  const all = new Map([...(options.beside ?? []), ...files]);
  const names = [...all.keys()].filter(isTypeSystem);
  for (const { file, text } of textsIn({ ...input, files: all }, names)) {
    if (text.includes("typeSystemDescription")) found.set(folderOf(file), typesOfXml(text));
  }
  const only = found.size === 1 ? [...found.values()][0] : undefined;
  return (file) => {
    for (let folder = folderOf(file); ; folder = folderOf(folder.slice(0, -1))) {
      const types = found.get(folder);
      if (types !== undefined) return types;
      if (folder === "") return only ?? new Map();
    }
  };
}
