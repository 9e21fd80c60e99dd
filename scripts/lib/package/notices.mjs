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
  "(Apache-2.0 AND BSD-3-Clause)",
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

const isc = (owner) => `ISC License

Copyright (c) ${owner}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the
above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

/** Packages whose npm archive has no licence file, with what their repository has. */
const missing = {
  "@bufbuild/protobuf": `Copyright 2021-2026 Buf Technologies, Inc. Apache License, Version 2.0: its text is in LICENSE.

The code for reading and writing varints (wire/varint) is under these terms:

Copyright 2008 Google Inc.  All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are
met:

* Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
* Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the
  documentation and/or other materials provided with the distribution.
* Neither the name of Google Inc. nor the names of its contributors may be used to endorse or promote products derived from this software
  without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT
LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT
OWNER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY
THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`,
  "franc-min": mit("2014 Titus Wormer <tituswormer@gmail.com>"),
  "onnxruntime-node": mit("2018 - present Microsoft Corporation"),
  "onnxruntime-common": mit("2018 - present Microsoft Corporation"),
  // Forked from sax; String.fromCodePoint is of a third.
  saxes: [
    isc("Contributors"),
    isc("Isaac Z. Schlueter and Contributors (sax)"),
    mit("Mathias Bynens <https://mathiasbynens.be/> (String.fromCodePoint)"),
  ].join("\n\n"),
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
  {
    name: "Sentences of Wikinews and Wikipedia, with questions of QAMR and SQuAD (models/glossator-minilm/base-text.txt)",
    licence: "CC BY 2.5; CC BY-SA 4.0; MIT",
    text: "Each line names its page; questions about Wikinews are QAMR's (https://github.com/uwnlp/qamr), those about Wikipedia SQuAD's. https://creativecommons.org/licenses/by/2.5/ and https://creativecommons.org/licenses/by-sa/4.0/",
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
