// Types of what the tests use of contents.mjs.
export function allowed(target: string): RegExp[];
