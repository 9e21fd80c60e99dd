// Types of what TypeScript uses of setup.mjs.
export function ensurePython(): Promise<string>;
export function ensureBrowser(): Promise<string>;
export function ensureCodeServer(): Promise<void>;
