/** The frame of a page in a tab: no script, no request, styles by nonce only. Pure. */
import type { l10n } from "vscode";

/** Where a page's texts come from: a parameter, so that it can be made outside the editor. */
export type Texts = Pick<typeof l10n, "t">;

/** Text as HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A translated text as HTML, with trusted HTML where it has `{0}`, `{1}` …: an element in the midst of a sentence stands where the translation
 * wants it.
 */
export function filledHtml(text: string, ...parts: readonly string[]): string {
  return escapeHtml(text).replace(/\{(\d+)\}/g, (place, index: string) => parts[Number(index)] ?? place);
}

const STYLE = `
body { font: var(--vscode-font-size) var(--vscode-font-family); color: var(--vscode-foreground); padding: 0 1.5em 2em; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; font-variant-numeric: tabular-nums; border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); }
th { font-weight: normal; }
thead th { font-weight: 600; }`;

/** What a page shows. */
export interface Page {
  readonly title: string;
  /** Trusted HTML; texts in it went through {@link escapeHtml}. */
  readonly body: string;
  /** More styles than tables and text have anyway. */
  readonly style: string;
}

/** What a page is besides its contents. */
export interface Frame {
  /** Of this page alone: only its own style sheet is applied. */
  readonly nonce: string;
  /** The language of its texts, as BCP 47 names it: what reads the page aloud needs it. */
  readonly language: string;
}

/** The whole page. */
export function pageHtml({ title, body, style }: Page, { nonce, language }: Frame): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLE}
${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
