// Types of changelog.mjs for the tests.
export function releaseNotes(text: string, version: string): string;
export function withRelease(text: string, version: string): string;
