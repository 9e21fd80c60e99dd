// Types of what the tests use of paths.mjs.
export const root: string;
export const extensionFolder: string;
export function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }>;
export const samples: string;
export function copySamples(folder: string): Promise<void>;
