/** What a workspace that nobody trusts may set: every setting of the manifest has a decision. */
import assert from "node:assert/strict";
import { capabilities, contributes } from "../../package.json";
import { HARMLESS, RESTRICTED } from "../../src/editor/base/trust";

interface Value {
  readonly type: string;
  readonly maximum?: number;
  readonly enum?: readonly string[];
}

interface Setting extends Value {
  readonly scope: string;
  readonly additionalProperties?: Value;
}

const settings = new Map<string, Setting>(
  contributes.configuration.flatMap(({ properties }) => Object.entries(properties)),
);
const prefixed = (names: readonly string[]): string[] => names.map((name) => `glossator.${name}`);

describe("settings in an untrusted workspace", () => {
  it("are each decided on: restricted, or harmless for a reason", () => {
    const decided = [...prefixed(RESTRICTED), ...prefixed(Object.keys(HARMLESS))];
    assert.deepEqual(
      [...settings.keys()].sort(),
      decided.sort(),
      "a new setting needs a place in src/editor/base/trust.ts",
    );
    for (const [name, reason] of Object.entries(HARMLESS)) assert.ok(reason.length > 20, name);
  });

  it("are restricted by the manifest as they are by the code", () => {
    assert.deepEqual(
      [...capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      prefixed(RESTRICTED).sort(),
    );
  });

  it("that anybody may make hold no text of one's own and no number without an end", () => {
    for (const name of prefixed(Object.keys(HARMLESS))) {
      const setting = settings.get(name)!;
      // Numbers by the names of labels, which are compared with those of the model and nothing else.
      const byLabel = name.endsWith(".labelConfidence");
      if (byLabel) assert.equal(setting.type, "object", name);
      const { type, maximum, enum: words } = byLabel ? setting.additionalProperties! : setting;
      // One of a few words is no text of one's own.
      if (words !== undefined) continue;
      // A text may be a path, a name or a program; language identifiers alone are compared and nothing else.
      assert.ok(["boolean", "number", "integer"].includes(type) || name === "glossator.languages", name);
      if (type !== "boolean" && type !== "array") assert.ok(maximum !== undefined && maximum <= 50, name);
    }
  });
});
