// Types of what the tests use of paths.mjs.
export const root: string;
export const extensionFolder: string;
export const samples: string;
export function venvPython(platform?: NodeJS.Platform): string;
export function systemPython(platform?: NodeJS.Platform, find?: (name: string) => string | undefined): string;
export const codeServerEntry: string;
export const codeServerNode: string;
export function findDesktop(): string | undefined;
export function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }>;
export function copySamples(folder: string): Promise<void>;
export function readJson(path: string): Promise<Record<string, unknown>>;
export function writeJson(path: string, value: unknown): Promise<void>;
