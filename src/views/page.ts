/** The frame of a page in a tab: no script, no request, styles by nonce only. Pure. */

/** Text as HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
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

/** The whole page. `nonce` is of this page alone: only its own style sheet is applied. */
export function pageHtml({ title, body, style }: Page, nonce: string): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
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
