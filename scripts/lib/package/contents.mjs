// What a VSIX holds: read from the file itself, held against what may be in it and against a size budget.
import { promisify } from "node:util";
import yauzl from "yauzl";

/** Bytes that a VSIX of any platform may have. */
export const sizeBudget = 45_000_000;

/**
 * Everything that may be in a VSIX. A name that no pattern allows stops the packaging, and so does a pattern without a file.
 * @param {string} target platform and architecture, as in `linux-x64`
 * @returns {RegExp[]}
 */
export function allowed(target) {
  const [platform, arch] = target.split("-");
  const libraries = {
    linux: /(?:libonnxruntime\.so\.1)/,
    darwin: /(?:libonnxruntime\.1\.dylib)/,
    win32: /(?:onnxruntime|dxcompiler|dxil)\.dll/,
  }[platform];
  const inExtension = [
    /package(?:\.nls(?:\.[a-z-]+)?)?\.json/,
    /l10n\/bundle\.l10n(?:\.[a-z-]+)?\.json/,
    /(?:readme\.md|changelog\.md|LICENSE\.txt|THIRD_PARTY_NOTICES\.txt)/,
    /media\/(?:icon\.(?:png|svg)|glossator\.svg|labels\.schema\.json|walkthrough\/[a-z]+(?:\.nls\.[a-z-]+)?\.md)/,
    /models\/glossator-minilm\/README\.md/,
    /models\/glossator-minilm\/(?:manifest|tokenizer|tokenizer_config)\.json/,
    /models\/glossator-minilm\/(?:encoder|entities|sentiment|answers)(?:-int8)?\.onnx/,
    /models\/glossator-minilm\/step-(?:entities|sentiment|answers)(?:-layers)?\.onnx/,
    /models\/glossator-minilm\/base-text\.txt/,
    /training\/requirements(?:-cluster)?\.txt/,
    /training\/glossator_training\/(?:[a-z_]+\/)?[a-z_0-9]+\.py/,
    /out\/(?:extension|engine|datasets|teach|cli)\.js/,
    /node_modules\/onnxruntime-(?:common|node)\/package\.json/,
    /node_modules\/onnxruntime-common\/dist\/cjs\/(?:package\.json|[a-z-]+\.js)/,
    /node_modules\/onnxruntime-node\/dist\/[a-z]+\.js/,
    new RegExp(`node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/onnxruntime_binding\\.node`),
    new RegExp(`node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/${libraries.source}`),
  ];
  return [
    /^(?:extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
    ...inExtension.map(({ source }) => new RegExp(`^extension/${source}$`)),
  ];
}

/**
 * @param {string} file
 * @returns {Promise<{name: string, size: number, packed: number}[]>} each file in a VSIX, with its size in bytes whole and packed
 */
export async function readContents(file) {
  const zip = await promisify(yauzl.open)(file, { lazyEntries: true });
  return await new Promise((resolve, reject) => {
    const entries = [];
    zip.on("entry", ({ fileName, uncompressedSize, compressedSize }) => {
      entries.push({ name: fileName, size: uncompressedSize, packed: compressedSize });
      zip.readEntry();
    });
    zip.once("error", reject);
    zip.once("end", () => resolve(entries));
    zip.readEntry();
  });
}

/**
 * @param {string} target
 * @param {{name: string, packed: number}[]} entries
 * @param {number} size of the whole file in bytes
 * @returns {string[]} what is wrong with it, a sentence each
 */
export function faultsOf(target, entries, size) {
  const patterns = allowed(target);
  const foreign = entries.filter(({ name }) => !patterns.some((pattern) => pattern.test(name)));
  const absent = patterns.filter((pattern) => !entries.some(({ name }) => pattern.test(name)));
  return [
    ...foreign.map(
      ({ name }) => `${name} is not on the list of what a VSIX may hold (scripts/lib/package/contents.mjs).`,
    ),
    ...absent.map(({ source }) => `Nothing in it is named ${source}.`),
    ...(size > sizeBudget ? [`It has ${megabytes(size)}; the budget is ${megabytes(sizeBudget)}.`] : []),
  ];
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
