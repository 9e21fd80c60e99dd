// Makes the VSIX of one platform: `node scripts/package.mjs [--target linux-x64]`. All platforms' binaries are in onnxruntime-node's
// npm package, so any machine can package any target.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
  options: { target: { type: "string", default: `${process.platform}-${process.arch}` } },
});
const target = values.target;
const supported = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];
if (!supported.includes(target)) {
  console.error(`No onnxruntime binary for ${target}; targets are ${supported.join(", ")}.`);
  process.exit(2);
}
const [platform, arch] = target.split("-");
const folder = mkdtempSync(join(tmpdir(), "glossator-package-"));
try {
  const ignoreFile = join(folder, "vscodeignore");
  writeFileSync(
    ignoreFile,
    `${readFileSync(join(root, ".vscodeignore"), "utf8")}!node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/**\n`,
  );
  execFileSync(process.execPath, [join(root, "esbuild.mjs"), "--minify"], { cwd: root, stdio: "inherit" });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const out = join(root, `glossator-${version}-${target}.vsix`);
  const vsce = join(root, "node_modules/@vscode/vsce/vsce");
  execFileSync(
    process.execPath,
    [
      vsce,
      "package",
      "--target",
      target,
      "--ignoreFile",
      ignoreFile,
      "--out",
      out,
      "--skip-license",
      "--allow-missing-repository",
    ],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  console.log(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
