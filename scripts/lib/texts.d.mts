// Types of what the tests use of texts.mjs.
export function textSources(): Promise<string[]>;
export function exportedTexts(): Promise<Record<string, string>>;
