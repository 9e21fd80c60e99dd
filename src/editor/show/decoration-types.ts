/** The looks of labels: one decoration type per label and status, made once, coloured by theme colours, never by colour alone. */
import { ColorThemeKind, DecorationRangeBehavior, l10n, OverviewRulerLane, ThemeColor, window } from "vscode";
import type { DecorationRenderOptions, Disposable, TextEditorDecorationType } from "vscode";
import { describeTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import type { LabelDefinition } from "../../labels/labelset";
import { decorationText, shownName } from "../../text/shown";
import type { Density } from "../base/config";
import { faintColour, readableColour } from "./readable-colour";
import type { ThemeKind } from "./readable-colour";

/** Labels with a contributed colour of their own; every other name takes one of the numbered colours. */
const NAMED = new Set(["PER", "ORG", "LOC", "MISC"]);
const NUMBERED = 8;
const SMALL = "none; font-size: 0.72em; font-weight: 600; letter-spacing: 0.02em; vertical-align: 0.1em";

/** The theme colour slot of an entity label: its own, else one that only depends on the name. */
export function colourSlot(label: string): string {
  if (NAMED.has(label)) return label;
  let hash = 0;
  for (const character of label) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return `other${(hash % NUMBERED) + 1}`;
}

/** How an annotation is drawn, apart from what it says. */
export interface LookOptions {
  /** The answer that next and previous start from. */
  readonly current?: boolean;
  /** Its name is shown by something else. */
  readonly nameless?: boolean;
  /** Absent: `full`. */
  readonly density?: Density;
  /** What else stands before the same text: the editor draws one text before a place, whatever number of decorations has one there. */
  readonly more?: readonly string[];
  /** Among labels that overlap each other, from 0; absent: 0. */
  readonly lane?: number;
}

/** So many labels on the same text look different: framed, underlined, outlined. */
export const LANES = 3;

/** What a look depends on; equal keys share a decoration type. */
export function lookOf(
  { task, label, status }: Pick<Annotation, "task" | "label" | "status">,
  { current = false, nameless = false, density = "full", more = [], lane = 0 }: LookOptions = {},
): string {
  const of = [task, label, status, current ? "current" : "", nameless ? "nameless" : "", density, lane || ""];
  return [...of, ...more].join("\u0000");
}

/** Whether the name of a label is shown: not of what is decided where marks are compact, and of nothing where they are quiet. */
export function isNamed({ status }: Pick<Annotation, "status">, density: Density): boolean {
  return density === "full" || (density === "compact" && status !== "accepted");
}

/** What stands beside a label, such as `PER?` for a suggestion; before a sentence, its sign. */
export function nameOf({ task, label, status }: Pick<Annotation, "task" | "label" | "status">): string {
  const suggested = status !== "accepted";
  switch (describeTask(task).kind) {
    case "spans":
      return suggested ? `${shownName(label)}?` : shownName(label);
    case "classes":
      return classGlyph(label, suggested);
    case "questions":
      return suggested ? l10n.t("answer?") : l10n.t("answer");
  }
}

/** The kind of the theme in use. */
function themeKind(): ThemeKind {
  switch (window.activeColorTheme.kind) {
    case ColorThemeKind.Light:
      return "light";
    case ColorThemeKind.Dark:
      return "dark";
    case ColorThemeKind.HighContrast:
      return "highContrast";
    case ColorThemeKind.HighContrastLight:
      return "highContrastLight";
  }
}

/** What a look is made from. */
interface Look {
  readonly label: string;
  readonly suggested: boolean;
  /** Absent: something else shows it, or nothing does. */
  readonly name: string | undefined;
  /** A line under the text and nothing around it. */
  readonly quiet: boolean;
  readonly lane: number;
}

/** A name after the text of a label. */
function after(name: string | undefined, color: string | ThemeColor): DecorationRenderOptions {
  if (name === undefined) return {};
  const margin = "0 0.15em 0 0.3em";
  return { after: { contentText: decorationText(name), color, margin, textDecoration: SMALL } };
}

/** A frame; quiet: a line below, dotted until it is decided, which takes no room and hides nothing. */
function framed(suggested: boolean, quiet: boolean, px = 1): DecorationRenderOptions {
  if (!quiet) return { border: `${px}px ${suggested ? "dashed" : "solid"}`, borderRadius: "2px" };
  return { borderStyle: suggested ? "dotted" : "solid", borderWidth: `0 0 ${px}px 0` };
}

/**
 * The lines of a label in its lane. Where labels overlap, the editor gives the text the properties of all of them, and of two that set the same one only one shows: so each lane has another.
 * @param variable the colour as CSS has it
 */
function lines({ lane, suggested, quiet }: Look, line: string | ThemeColor, variable: string): DecorationRenderOptions {
  const style = suggested ? "dashed" : "solid";
  switch (lane) {
    case 0:
      return { ...framed(suggested, quiet), borderColor: line };
    case 1:
      return { textDecoration: `underline ${style} 2px ${variable}; text-underline-offset: 3px` };
    default:
      return { outlineWidth: "1px", outlineStyle: style, outlineColor: line };
  }
}

function spanLook(look: Look, definition: LabelDefinition | undefined): DecorationRenderOptions {
  const { label, name, quiet } = look;
  const slot = colourSlot(label);
  const own = definition?.colour;
  const line = own === undefined ? new ThemeColor(`glossator.entity.${slot}.border`) : readableColour(own, themeKind());
  const faint = own === undefined ? undefined : faintColour(own, themeKind());
  return {
    ...(!quiet && { backgroundColor: faint ?? new ThemeColor(`glossator.entity.${slot}.background`) }),
    ...lines(look, line, typeof line === "string" ? line : `var(--vscode-glossator-entity-${slot}-border)`),
    ...after(name, line),
  };
}

/** A triangle for good and bad, filled once decided; any other class shows its name. */
export function classGlyph(label: string, suggested: boolean): string {
  if (label === "positive") return suggested ? "△" : "▲";
  if (label === "negative") return suggested ? "▽" : "▼";
  return `${suggested ? "◇" : "◆"} ${shownName(label)}`;
}

function classLook({ label, name }: Look, definition: LabelDefinition | undefined): DecorationRenderOptions {
  const slot = label === "positive" || label === "negative" ? label : "other";
  const own = definition?.colour;
  const colour = own === undefined ? new ThemeColor(`glossator.sentiment.${slot}`) : readableColour(own, themeKind());
  return {
    ...(name !== undefined && {
      before: { contentText: decorationText(name), color: colour, margin: "0 0.3em 0 0" },
    }),
    overviewRulerColor: colour,
    overviewRulerLane: OverviewRulerLane.Right,
  };
}

function answerLook({ suggested, name, quiet }: Look, current: boolean): DecorationRenderOptions {
  const part = current ? "currentAnswer" : "answer";
  const line = new ThemeColor(`glossator.${part}.border`);
  return {
    ...(!quiet && { backgroundColor: new ThemeColor(`glossator.${part}.background`) }),
    ...framed(suggested, quiet, current ? 2 : 1),
    borderColor: line,
    overviewRulerColor: line,
    overviewRulerLane: OverviewRulerLane.Center,
    ...after(name, line),
  };
}

/** Keeper of the types. They follow the theme by themselves; label colours of a workspace need {@link reset}, after a change of theme too. */
export class DecorationTypes implements Disposable {
  readonly #types = new Map<string, TextEditorDecorationType>();

  constructor(private readonly find: (task: Annotation["task"], label: string) => LabelDefinition | undefined) {}

  get(look: string): TextEditorDecorationType {
    const known = this.#types.get(look);
    if (known !== undefined) return known;
    const [task, label, status, current, nameless, density, lane, ...more] = look.split("\u0000") as [
      Task,
      string,
      Annotation["status"],
      string,
      string,
      Density,
      string,
      ...string[],
    ];
    const named = nameless === "" && isNamed({ status }, density);
    const name = named ? [nameOf({ task, label, status }), ...more].join("  ") : undefined;
    const shown = { label, suggested: status !== "accepted", name, quiet: density === "quiet", lane: Number(lane) };
    const options = this.#options(task, shown, current === "current");
    const type = window.createTextEditorDecorationType({
      ...options,
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    });
    this.#types.set(look, type);
    return type;
  }

  #options(task: Task, look: Look, current: boolean): DecorationRenderOptions {
    switch (describeTask(task).kind) {
      case "spans":
        return spanLook(look, this.find(task, look.label));
      case "classes":
        return classLook(look, this.find(task, look.label));
      case "questions":
        return answerLook(look, current);
    }
  }

  /** Forgets every type; what they drew disappears. */
  reset(): void {
    for (const type of this.#types.values()) type.dispose();
    this.#types.clear();
  }

  dispose(): void {
    this.reset();
  }
}
