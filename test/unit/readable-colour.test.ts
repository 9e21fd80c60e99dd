import assert from "node:assert/strict";
import { wcagContrast } from "culori";
import fc from "fast-check";
import { faintColour, readableColour } from "../../src/editor/show/readable-colour";
import type { ThemeKind } from "../../src/editor/show/readable-colour";

/** Backgrounds of the editor's own themes, and what is asked of text on them. */
const THEMES: readonly (readonly [ThemeKind, string, number])[] = [
  ["light", "#ffffff", 4.5],
  ["dark", "#1f1f1f", 4.5],
  ["highContrast", "#000000", 7],
  ["highContrastLight", "#ffffff", 7],
];

const colours = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, "0")}`);

describe("the colours of a label set", () => {
  it("can be read on every kind of theme, whatever they are", () => {
    for (const [kind, background, contrast] of THEMES) {
      fc.assert(
        fc.property(colours, (colour) => {
          const shown = readableColour(colour, kind);
          assert.match(shown, /^#[0-9a-f]{6}$/);
          assert.ok(wcagContrast(shown, background) >= contrast, `${colour} is ${shown} on ${kind}`);
        }),
      );
    }
  });

  it("stay as they are where they can be read", () => {
    assert.equal(readableColour("#1d4ed8", "light"), "#1d4ed8");
    assert.equal(readableColour("#fde047", "dark"), "#fde047");
    assert.notEqual(readableColour("#1d4ed8", "dark"), "#1d4ed8");
    assert.notEqual(readableColour("#fde047", "light"), "#fde047");
  });

  it("are faint behind their labels, and in high contrast not there", () => {
    assert.match(faintColour("#1d4ed8", "light")!, /^#1d4ed829$/);
    assert.equal(faintColour("#1d4ed8", "highContrast"), undefined);
  });
});
