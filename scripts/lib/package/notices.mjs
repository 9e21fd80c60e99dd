// THIRD_PARTY_NOTICES.txt: the licence of everything in the VSIX that others wrote, from what the bundler says it used.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../paths.mjs";

/** Licences under which a package may be bundled into ours; another one stops the packaging until somebody has read it. */
const accepted = new Set([
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "MIT-0",
  "BlueOak-1.0.0",
]);

const mit = (owner) => `MIT License

Copyright (c) ${owner}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Packages whose npm archive has no licence file, with what their repository has. */
const missing = {
  "franc-min": mit("2014 Titus Wormer <tituswormer@gmail.com>"),
  "onnxruntime-node": mit("2018 - present Microsoft Corporation"),
  "onnxruntime-common": mit("2018 - present Microsoft Corporation"),
};

/** What is shipped beside npm packages. */
const others = [
  {
    name: "dxcompiler.dll, dxil.dll (Windows)",
    licence: "University of Illinois/NCSA and Microsoft licences",
    text: "https://github.com/microsoft/DirectXShaderCompiler has their terms. They come with onnxruntime-node.",
  },
  {
    name: "What ONNX Runtime's library is built from",
    licence: "several",
    text: "https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt lists it.",
  },
  {
    name: "all-MiniLM-L6-v2, from which the built-in model's encoder was trained",
    licence: "Apache-2.0",
    text: "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2; the text of the licence is in LICENSE.",
  },
];

/**
 * @param {string} root the project
 * @param {import("esbuild").Metafile} metafile of the bundles that are shipped
 * @param {string[]} unbundled folders of packages that are shipped as they are, relative to `root`
 * @returns {Promise<string>}
 * @throws {Error} naming each package that has no licence file, or a licence that nobody has accepted yet
 */
export async function notices(root, metafile, unbundled) {
  const bundled = Object.keys(metafile.inputs).map(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0],
  );
  const folders = [...new Set([...bundled.filter((folder) => folder !== undefined), ...unbundled])];
  const packages = await Promise.all(folders.map((folder) => licenceOf(root, folder)));
  const wrong = packages.filter(({ licence, text }) => text === undefined || !accepted.has(licence));
  if (wrong.length > 0) {
    const list = wrong.map(({ name, licence }) => `${name} (${licence})`).join(", ");
    throw new Error(`No licence file, or a licence that is not accepted in scripts/lib/package/notices.mjs: ${list}.`);
  }
  const key = ({ name, version = "" }) => `${name} ${version}`.trim();
  const sorted = [...packages.sort((a, b) => (key(a) < key(b) ? -1 : 1)), ...others];
  const sections = new Map(
    sorted.map((entry) => [key(entry), `${key(entry)}\n${entry.licence}\n\n${entry.text.trim()}\n`]),
  );
  return `Glossator contains work of others, under these licences.\n\n${[...sections.values()].join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** @param {string} root @param {string} folder @returns {Promise<{name: string, version: string, licence: string, text: string | undefined}>} */
async function licenceOf(root, folder) {
  const { name, version, license } = await readJson(join(root, folder, "package.json"));
  const file = (await readdir(join(root, folder))).find((entry) => /^(?:licen[cs]e|copying)(?:[.-].*)?$/i.test(entry));
  const text = file === undefined ? missing[name] : await readFile(join(root, folder, file), "utf8");
  return { name, version, licence: license, text };
}
