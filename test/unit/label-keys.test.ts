import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";

interface Binding {
  readonly command: string;
  readonly key: string;
  readonly when?: string;
  readonly args?: unknown;
}

const { contributes } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly contributes: { readonly keybindings: readonly Binding[] };
};
/** What the mode keeps for itself: `RESERVED` of `label-keys.ts`. */
const RESERVED = "ajkruJKU";

describe("keys", () => {
  it("are each for one command where they hold under the same conditions", () => {
    const bound = contributes.keybindings.map(({ key, when = "" }) => `${key} when ${when}`);
    assert.deepEqual(
      bound.filter((one, index) => bound.indexOf(one) !== index),
      [],
    );
  });
});

describe("labels' own keys", () => {
  it("are bound for every letter that the mode does not keep, each where a label has it, and go before the mode's", () => {
    const letters = Array.from("abcdefghijklmnopqrstuvwxyz", (letter) => [letter, letter.toUpperCase()]).flat();
    const expected = letters
      .filter((letter) => !RESERVED.includes(letter))
      .map((letter) => ({
        command: "glossator.labelByKey",
        key: letter === letter.toUpperCase() ? `shift+${letter.toLowerCase()}` : letter,
        when: `editorTextFocus && glossator.active && glossator.reviewMode && glossator.labelKeys =~ /${letter}/`,
        args: letter,
      }));
    const byPlace = (a: Binding, b: Binding): number => String(a.args).localeCompare(String(b.args), "en");
    const { keybindings } = contributes;
    const bound = keybindings.filter(({ command }) => command === "glossator.labelByKey");
    assert.deepEqual([...bound].sort(byPlace), [...expected].sort(byPlace));
    // Of two bindings of a key that both hold, the editor takes the later one.
    const first = keybindings.findIndex(({ command }) => command === "glossator.labelByKey");
    assert.ok(keybindings.slice(first).every(({ command }) => command === "glossator.labelByKey"));
    const source = readFileSync(join(root, "src/editor/documents/label-keys.ts"), "utf8");
    assert.match(source, new RegExp(`RESERVED = new Set\\("${RESERVED}"\\)`));
  });
});
