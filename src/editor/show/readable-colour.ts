/** Colours of label sets, made readable on the theme in use. Pure, so that a test can measure it. */
import {
  clampChroma,
  formatHex,
  modeLrgb,
  modeOklab,
  modeOklch,
  modeRgb,
  useMode as registered,
  wcagContrast,
} from "culori/fn";

/** The kinds of theme that an editor has. */
export type ThemeKind = "light" | "dark" | "highContrast" | "highContrastLight";

interface Ground {
  /** The least favourable background of common themes of the kind. */
  readonly background: string;
  /** Contrast to reach, as WCAG 2.2 counts it: 1.4.3 (AA) of text, in high contrast 1.4.6 (AAA). */
  readonly contrast: number;
  /** Where lightness leads away from the background, of Oklch's 0 to 1. */
  readonly away: 0 | 1;
}

const GROUNDS: Readonly<Record<ThemeKind, Ground>> = {
  light: { background: "#f2f2f2", contrast: 4.5, away: 0 },
  dark: { background: "#303030", contrast: 4.5, away: 1 },
  highContrast: { background: "#000000", contrast: 7, away: 1 },
  highContrastLight: { background: "#ffffff", contrast: 7, away: 0 },
};

/** Halvings of the way: less than a step of eight bits is left. */
const STEPS = 10;
/** Of 0 to 1: light enough for text to be read on it. */
const FAINT = 0.16;

for (const mode of [modeRgb, modeLrgb, modeOklab]) registered(mode as typeof modeRgb);
const toOklch = registered(modeOklch);

/** A colour as `#rrggbb` that can be read on a theme's background: itself, or of the same hue and as near in lightness as the contrast allows. */
export function readableColour(colour: string, kind: ThemeKind): string {
  const { background, contrast, away } = GROUNDS[kind];
  const enough = (candidate: string): boolean => wcagContrast(candidate, background) >= contrast;
  if (enough(colour)) return colour;
  const own = toOklch(colour);
  if (own === undefined) return colour;
  const lit = (l: number): string => formatHex(clampChroma({ ...own, l }, "oklch"));
  let [near, far] = [own.l, away as number];
  for (let step = 0; step < STEPS; step++) {
    const middle = (near + far) / 2;
    if (enough(lit(middle))) far = middle;
    else near = middle;
  }
  return lit(far);
}

/** The colour as the background of its label, `#rrggbbaa`; none in high contrast, where backgrounds stay as they are. */
export function faintColour(colour: string, kind: ThemeKind): string | undefined {
  if (kind === "highContrast" || kind === "highContrastLight") return undefined;
  const alpha = Math.round(FAINT * 255).toString(16);
  return `${readableColour(colour, kind)}${alpha.padStart(2, "0")}`;
}
