/** Plots as SVG, each with its numbers in a table beside it. Colours are the theme's; nothing is told by colour alone. Pure. */
import { perCent, shortenedTo } from "../text/print";
import { escapeHtml } from "./page";
import type { Texts } from "./page";

/** Longer tables are cut, and say so. */
const MOST_ROWS = 500;
/** Bars of a plot, and plots of a kind. */
export const MOST_BARS = 30;
const ROW = 22;
const LEFT = 150;
/** In pixels, as in the style. */
const WIDTH = 520;

/** A bar, from left to right. */
export interface Bar {
  readonly name: string;
  /** Its parts: the first is filled, another one is an outline. */
  readonly parts: readonly number[];
  /** Its numbers, written beside it. */
  readonly says: string;
}

/** A share from 0 to 1 in words. */
export function percent(share: number, l10n: Texts): string {
  return l10n.t("{0} %", perCent(share, share > 0 && share < 0.1 ? 1 : 0));
}

/** What stands where a list was cut. */
export function moreOf(count: number, l10n: Texts): string {
  return escapeHtml(l10n.t("… and {0} more.", count));
}

/** A paragraph. */
export function paragraph(...sentences: readonly string[]): string {
  return `<p>${escapeHtml(sentences.join(" "))}</p>`;
}

/** A table whose rows have their heads in the first column. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  l10n: Texts,
): string {
  const cells = rows.slice(0, MOST_ROWS).map(([first, ...rest]) => {
    const numbers = rest.map((value) => `<td>${escapeHtml(String(value))}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(String(first))}</th>${numbers}</tr>`;
  });
  const more = rows.length > MOST_ROWS ? `<p>${moreOf(rows.length - MOST_ROWS, l10n)}</p>` : "";
  const head = heads.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  return `<div><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${cells.join("")}</tbody></table>${more}</div>`;
}

/** Bars, a row each, with their numbers written on them. @param room for the numbers, in pixels */
export function barChart(title: string, bars: readonly Bar[], l10n: Texts, room = 70): string {
  const shown = bars.slice(0, MOST_BARS);
  const width = WIDTH - LEFT - room;
  const most = shown.reduce((max, { parts }) => Math.max(max, lengthOf(parts)), 1e-9);
  const rows = shown.map(({ name, parts, says }, index) => {
    const y = index * ROW;
    let x = LEFT;
    const drawn = parts.map((value, part) => {
      const extent = value === 0 ? 0 : Math.max(1, (width * value) / most);
      const rect = `<rect${part === 0 ? "" : ' class="rest"'} x="${x.toFixed(1)}" y="${y + 3}" width="${extent.toFixed(1)}" height="${ROW - 6}"></rect>`;
      x += extent;
      return value === 0 ? "" : rect;
    });
    return (
      `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(shortenedTo(name, 20))}</text>` +
      `${drawn.join("")}<text x="${(x + 6).toFixed(1)}" y="${y + 15}">${escapeHtml(says)}</text>`
    );
  });
  const size = `viewBox="0 0 ${WIDTH} ${Math.max(ROW, shown.length * ROW)}"`;
  // The table beside it says the same: a reader aloud needs it once.
  const said = escapeHtml(l10n.t("{0}; the table after it has the numbers", title));
  return `<svg role="img" aria-label="${said}" ${size}>${rows.join("")}</svg>`;
}

function lengthOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}

/** A plot and its numbers, under a heading. @param more what stands below them, and `before`, above: trusted HTML */
export function section(title: string, plot: string, numbers: string, { before = "", more = "" } = {}): string {
  return `<section><h2>${escapeHtml(title)}</h2>${before}<div class="pair">${plot}${numbers}</div>${more}</section>`;
}

/** Of plots, tables and sections. */
export const CHART_STYLE = `
.pair { display: flex; flex-wrap: wrap; gap: 2em; align-items: flex-start; }
.pair div { max-width: 100%; overflow-x: auto; }
svg { width: 520px; max-width: 100%; font-size: 12px; }
svg text { fill: var(--vscode-foreground); }
svg rect { fill: var(--vscode-charts-blue, var(--vscode-foreground)); stroke: var(--vscode-contrastBorder, transparent); }
.vscode-high-contrast svg rect { fill: var(--vscode-foreground); }
svg rect.rest { fill: none; stroke: var(--vscode-foreground); }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
th, td { padding: .2em .8em .2em 0; }
td { text-align: right; }
th[scope=row] { overflow-wrap: anywhere; }`;
