// `npm run package [-- --target linux-x64 | --all] [--out DIR]`: makes the VSIX of this platform, of a named one, or of all. Binaries of
// all platforms are in onnxruntime-node's npm package, so any machine can package any of them, without a network after the set-up.
import { copyFile, cp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { Transform } from "node:stream";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import { readJson, root, temporaryFolder, writeJson } from "./lib/paths.mjs";
import { ensureDependencies } from "./setup.mjs";

/** Platforms that onnxruntime-node has a binary for, in VS Code's names. */
const supported = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];
const here = `${process.platform}-${process.arch}`;

/** Packages that are shipped as they are: the bundler cannot take native code. */
const unbundled = ["node_modules/onnxruntime-node", "node_modules/onnxruntime-common"];

/**
 * Libraries that are left out. ONNX Runtime loads DirectML.dll only when that device is asked for (it is a delayed import), Windows has
 * one of its own, and WebGPU serves the same GPUs: 9 MB packed.
 */
const leftOut = new Set(["DirectML.dll"]);

try {
  await main();
} catch (error) {
  console.error(`package: ${error.message}`);
  process.exitCode = error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" || error.usage ? 2 : 1;
}

async function main() {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true },
      all: { type: "boolean", default: false },
      out: { type: "string", default: process.cwd() },
    },
  });
  const targets = values.all ? supported : (values.target ?? [here]);
  const unknown = targets.filter((target) => !supported.includes(target));
  if (unknown.length > 0) {
    const message = `ONNX Runtime has no binary for ${unknown.join(", ")}. Platforms: ${supported.join(", ")}.`;
    throw Object.assign(new Error(message), { usage: true });
  }
  await ensureDependencies();
  const temporary = await temporaryFolder();
  try {
    await stage(temporary.path);
    await mkdir(values.out, { recursive: true });
    const made = [];
    for (const target of targets) made.push(await pack(temporary.path, target, resolve(values.out)));
    await report(made);
  } finally {
    await temporary.remove();
  }
}

/**
 * Puts everything that some VSIX may hold into a folder, so that nothing else can get in and the project's own `out` stays as it is.
 * @param {string} folder
 */
async function stage(folder) {
  const { bundle } = await import("./lib/bundle.mjs");
  const { notices } = await import("./lib/package/notices.mjs");
  const { standaloneReadme } = await import("./lib/package/readme.mjs");
  const metafile = await bundle({ outdir: join(folder, "out"), minify: true, sourcemap: false });
  for (const name of ["CHANGELOG.md", "LICENSE", ".vscodeignore"]) await copyFile(join(root, name), join(folder, name));
  const localized = (await readdir(root)).filter((name) => /^package\.nls(?:\.[\w-]+)?\.json$/.test(name));
  for (const name of localized) await copyFile(join(root, name), join(folder, name));
  for (const name of ["media", "l10n", "models/glossator-minilm", ...unbundled]) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  // What an exported training job is trained with: sources alone.
  await mkdir(join(folder, "training"));
  for (const name of ["requirements.txt", "requirements-cluster.txt"])
    await copyFile(join(root, "training", name), join(folder, "training", name));
  await cp(join(root, "training/glossator_training"), join(folder, "training/glossator_training"), {
    recursive: true,
    filter: async (source) =>
      source.endsWith(".py") || ((await stat(source)).isDirectory() && !/__pycache__$/.test(source)),
  });
  const readme = await readFile(join(root, "README.md"), "utf8");
  await writeFile(join(folder, "README.md"), standaloneReadme(readme));
  await writeFile(join(folder, "THIRD_PARTY_NOTICES.txt"), await notices(root, metafile, unbundled));
  await writeJson(
    join(folder, "package.json"),
    runtimeOnly(await readJson(join(root, "package.json")), /^onnxruntime-/),
  );
  for (const name of unbundled) {
    const file = join(folder, name, "package.json");
    // What onnxruntime-node needs beside its own files serves its install script alone.
    await writeJson(file, runtimeOnly(await readJson(file), /^onnxruntime-/));
  }
}

/**
 * A package.json without what only serves development.
 * @param {Record<string, any>} manifest
 * @param {RegExp} kept names of dependencies that stay
 */
function runtimeOnly(manifest, kept) {
  const result = { ...manifest };
  delete result.scripts;
  delete result.devDependencies;
  const dependencies = Object.entries(manifest.dependencies ?? {}).filter(([name]) => kept.test(name));
  if (manifest.dependencies !== undefined) result.dependencies = Object.fromEntries(dependencies);
  return result;
}

/**
 * @param {string} folder what `stage` made
 * @param {string} target
 * @param {string} out
 * @returns {Promise<{target: string, file: string, size: number, entries: {name: string, size: number, packed: number}[]}>}
 * @throws {Error} when the VSIX holds what it may not, lacks something, or is too large; it is removed then
 */
async function pack(folder, target, out) {
  const { createVSIX } = await import("@vscode/vsce");
  const { faultsOf, readContents } = await import("./lib/package/contents.mjs");
  const { repository, version } = await readJson(join(folder, "package.json"));
  const file = join(out, `glossator-${version}-${target}.vsix`);
  const ignoreFile = join(folder, `ignore-${target}`);
  const libraries = await librariesOf(folder, target);
  const list = await readFile(join(folder, ".vscodeignore"), "utf8");
  await writeFile(ignoreFile, list + libraries.map((name) => `!${name}\n`).join(""));
  await packedTightly(() =>
    createVSIX({
      cwd: folder,
      packagePath: file,
      target,
      ignoreFile,
      useYarn: false,
      allowMissingRepository: repository === undefined,
      rewriteRelativeLinks: false,
    }),
  );
  const [entries, { size }] = [await readContents(file), await stat(file)];
  const faults = faultsOf(target, entries, size);
  if (faults.length === 0) return { target, file, size, entries };
  await rm(file);
  throw new Error(`the VSIX of ${target} is not as it should be:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
}

/**
 * Has files that are written into an archive meanwhile compressed by zlib as it is published, at its best level: Node has Chromium's, which is made to be fast, and
 * the libraries of a platform come out half a megabyte larger. vsce has no option for it.
 * @param {() => Promise<void>} work
 */
async function packedTightly(work) {
  const { default: pako } = await import("pako");
  const { DeflateRaw } = zlib;
  zlib.DeflateRaw = class extends Transform {
    #parts = [];
    _transform(part, _encoding, done) {
      this.#parts.push(part);
      done();
    }
    _flush(done) {
      done(null, Buffer.from(pako.deflateRaw(Buffer.concat(this.#parts), { level: 9 })));
    }
  };
  try {
    await work();
  } finally {
    zlib.DeflateRaw = DeflateRaw;
  }
}

/**
 * The native files of a platform. Of a library that is there under two names (npm has no links) only the one that the binding asks
 * for is taken: it is 45 MB.
 * @param {string} folder
 * @param {string} target
 * @returns {Promise<string[]>} relative to `folder`
 */
async function librariesOf(folder, target) {
  const binaries = join(folder, "node_modules/onnxruntime-node/bin/napi-v6", ...target.split("-"));
  const binding = await readFile(join(binaries, "onnxruntime_binding.node"));
  const names = (await readdir(binaries)).filter((name) => !leftOut.has(name));
  const contents = new Map();
  for (const name of names) contents.set(name, await readFile(join(binaries, name)));
  const isCopy = (name) => names.some((other) => other !== name && contents.get(other).equals(contents.get(name)));
  return names
    .filter((name) => !isCopy(name) || binding.includes(`/${name}\0`))
    .map((name) => relative(folder, join(binaries, name)).replaceAll("\\", "/"));
}

/** @param {Awaited<ReturnType<typeof pack>>[]} made */
async function report(made) {
  const { default: Table } = await import("cli-table3");
  const { megabytes } = await import("./lib/package/contents.mjs");
  const parts = { model: /\/models\//, "ONNX Runtime": /\/node_modules\//, bundles: /\/out\//, rest: /(?:)/ };
  const table = new Table({
    head: ["platform", ...Object.keys(parts), "files", "VSIX"],
    style: { head: [], border: [] },
  });
  for (const { target, entries, size } of made) {
    const sums = Object.fromEntries(Object.keys(parts).map((part) => [part, 0]));
    for (const { name, packed } of entries) {
      sums[Object.entries(parts).find(([, pattern]) => pattern.test(name))[0]] += packed;
    }
    table.push([target, ...Object.values(sums).map(megabytes), entries.length, megabytes(size)]);
  }
  console.log(table.toString());
  for (const { file } of made) console.log(relative(process.cwd(), file));
}
