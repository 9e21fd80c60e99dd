import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { releaseNotes, withRelease } from "../../scripts/lib/changelog.mjs";
import { root } from "../../scripts/lib/paths.mjs";

const text = "# Changes\n\n## Unreleased\n\n- New.\n\n## 0.1.0\n\nFirst version.\n";

describe("the changelog", () => {
  it("gives what is unreleased the new version", () => {
    const released = withRelease(text, "0.2.0");
    assert.equal(releaseNotes(released, "0.2.0"), "- New.");
    assert.equal(releaseNotes(released, "0.1.0"), "First version.");
  });

  it("refuses a release of nothing, and a version that is there already", () => {
    assert.throws(() => withRelease(text.replace("- New.", ""), "0.2.0"), /nothing under "## Unreleased"/);
    assert.throws(() => withRelease(text, "0.1.0"), /already/);
    assert.throws(() => releaseNotes(text, "0.3.0"), /nothing under "## 0.3.0"/);
  });

  it("of the project knows the version of package.json", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    assert.notEqual(releaseNotes(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version), "");
  });
});
