// CHANGELOG.md and versions. Without an argument, as `npm version` runs it: gives the heading "Unreleased" the new version. `--tag vX.Y.Z`
// prints what a version changed, and fails where package.json or CHANGELOG.md do not know it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { readJson, root } from "./lib/paths.mjs";
import { releaseNotes, withRelease } from "./lib/changelog.mjs";

const file = join(root, "CHANGELOG.md");
const { values } = parseArgs({ options: { tag: { type: "string" } } });
try {
  const { version } = await readJson(join(root, "package.json"));
  const text = await readFile(file, "utf8");
  if (values.tag === undefined) {
    await writeFile(file, withRelease(text, version));
  } else {
    if (values.tag !== `v${version}`) throw new Error(`The tag is ${values.tag}, package.json has ${version}.`);
    console.log(releaseNotes(text, version));
  }
} catch (error) {
  console.error(`changelog: ${error.message}`);
  process.exitCode = 1;
}
