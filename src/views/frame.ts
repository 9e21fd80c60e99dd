/** The frame of a page that is about to be shown. */
import { randomBytes } from "node:crypto";
import { env, l10n } from "vscode";
import type { Frame } from "./page";

/** A frame for one page whose texts are in the editor's language, or in English where there is no translation. */
export function newFrame(): Frame {
  return { ...newEnglishFrame(), language: l10n.bundle === undefined ? "en" : env.language };
}

/** A frame for one page whose texts are in English whatever the editor's language is: those of lower floors. */
export function newEnglishFrame(): Frame {
  return { nonce: randomBytes(16).toString("hex"), language: "en" };
}
