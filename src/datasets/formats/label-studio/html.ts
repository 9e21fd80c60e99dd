/** The text that a piece of HTML shows, as far as offsets into it need. Nothing is run or loaded. */

const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", shy: "\u00ad" },
  ...{ ndash: "–", mdash: "—", hellip: "…", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", laquo: "«", raquo: "»" },
  ...{ euro: "€", pound: "£", copy: "©", reg: "®", trade: "™", deg: "°", middot: "·", times: "×", sect: "§" },
};

function decoded(html: string): string {
  const entity = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi;
  return html.replace(entity, (all: string, hex?: string, decimal?: string, name?: string) => {
    if (hex === undefined && decimal === undefined) return NAMED[name ?? ""] ?? all;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const scalar = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return scalar ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** Whether a text has no tags and no entities, so that it shows itself. */
export function isPlain(html: string): boolean {
  return !/<[a-z!/?]|&(?:#|[a-z])/i.test(html);
}

/**
 * A browser's `textContent` of the HTML: tags and comments gone, entities decoded. Scripts and styles show nothing and are left out.
 */
export function visibleText(html: string): string {
  const text = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(script|style|template)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<\/?[a-z!?](?:[^<>"']|"[^"]*"|'[^']*')*>/gi, "");
  return decoded(text);
}
