import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as unknown;
const texts = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")) as Record<string, string>;
/** Properties of the manifest that a user reads. Names of the product and its category are the same in every language. */
const READ = new Set([
  ...["title", "contextualTitle", "description", "markdownDescription", "enumDescriptions", "markdownEnumDescriptions"],
  "contents",
]);

/** Texts that users read, with the property each is in. */
function* readable(value: unknown, property = ""): Generator<string> {
  if (typeof value === "string") {
    if (READ.has(property)) yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      // A view's name is read, the extension's is an identifier.
      const shown = key === "name" && "id" in value ? "title" : key;
      yield* readable(inner, Array.isArray(value) ? property : shown);
    }
  }
}

describe("the texts of package.json", () => {
  it("are all in package.nls.json, so that they can be translated", () => {
    const named = [...readable(manifest)];
    assert.ok(named.length > 100);
    for (const text of named) {
      const key = /^%(.+)%$/.exec(text)?.[1];
      assert.ok(key !== undefined && (texts[key] ?? "") !== "", text);
    }
    assert.deepEqual(
      Object.keys(texts).filter((key) => !named.includes(`%${key}%`)),
      [],
    );
  });
});
