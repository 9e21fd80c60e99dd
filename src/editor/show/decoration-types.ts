/** The looks of labels: one decoration type per label and status, made once, coloured by theme colours, never by colour alone. */
import { DecorationRangeBehavior, l10n, OverviewRulerLane, ThemeColor, window } from "vscode";
import type { DecorationRenderOptions, Disposable, TextEditorDecorationType } from "vscode";
import type { Annotation } from "../../labels/annotation";
import type { LabelDefinition } from "../../labels/labelset";
import { decorationText, shownName } from "../../text/shown";

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

/** What a look depends on; equal keys share a decoration type. */
export function lookOf(
  { task, label, status }: Pick<Annotation, "task" | "label" | "status">,
  current = false,
): string {
  return [task, label, status, current ? "current" : ""].join("\u0000");
}

function entityLook(
  label: string,
  suggested: boolean,
  definition: LabelDefinition | undefined,
): DecorationRenderOptions {
  const slot = colourSlot(label);
  const own = definition?.colour;
  const line = own ?? new ThemeColor(`glossator.entity.${slot}.border`);
  return {
    backgroundColor: new ThemeColor(`glossator.entity.${slot}.background`),
    border: `1px ${suggested ? "dashed" : "solid"}`,
    borderColor: line,
    borderRadius: "2px",
    after: {
      contentText: decorationText(suggested ? `${shownName(label)}?` : shownName(label)),
      color: line,
      margin: "0 0.15em 0 0.3em",
      textDecoration: SMALL,
    },
  };
}

/** A triangle for good and bad, filled once decided; any other class shows its name. */
export function sentimentGlyph(label: string, suggested: boolean): string {
  if (label === "positive") return suggested ? "△" : "▲";
  if (label === "negative") return suggested ? "▽" : "▼";
  return `${suggested ? "◇" : "◆"} ${shownName(label)}`;
}

function sentimentLook(
  label: string,
  suggested: boolean,
  definition: LabelDefinition | undefined,
): DecorationRenderOptions {
  const slot = label === "positive" || label === "negative" ? label : "other";
  const colour = definition?.colour ?? new ThemeColor(`glossator.sentiment.${slot}`);
  return {
    before: { contentText: decorationText(sentimentGlyph(label, suggested)), color: colour, margin: "0 0.3em 0 0" },
    overviewRulerColor: colour,
    overviewRulerLane: OverviewRulerLane.Right,
  };
}

function answerLook(suggested: boolean, current: boolean): DecorationRenderOptions {
  const part = current ? "currentAnswer" : "answer";
  const line = new ThemeColor(`glossator.${part}.border`);
  return {
    backgroundColor: new ThemeColor(`glossator.${part}.background`),
    border: `${current ? 2 : 1}px ${suggested ? "dashed" : "solid"}`,
    borderColor: line,
    borderRadius: "2px",
    overviewRulerColor: line,
    overviewRulerLane: OverviewRulerLane.Center,
    after: {
      contentText: decorationText(suggested ? l10n.t("answer?") : l10n.t("answer")),
      color: line,
      margin: "0 0.15em 0 0.3em",
      textDecoration: SMALL,
    },
  };
}

/** Keeper of the types. They follow the theme by themselves; label colours of a workspace need {@link reset}. */
export class DecorationTypes implements Disposable {
  readonly #types = new Map<string, TextEditorDecorationType>();

  constructor(private readonly find: (task: Annotation["task"], label: string) => LabelDefinition | undefined) {}

  get(look: string): TextEditorDecorationType {
    const known = this.#types.get(look);
    if (known !== undefined) return known;
    const [task, label = "", status, current] = look.split("\u0000");
    const suggested = status !== "accepted";
    const options =
      task === "entities"
        ? entityLook(label, suggested, this.find("entities", label))
        : task === "sentiment"
          ? sentimentLook(label, suggested, this.find("sentiment", label))
          : answerLook(suggested, current === "current");
    const type = window.createTextEditorDecorationType({
      ...options,
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    });
    this.#types.set(look, type);
    return type;
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
