// Types of what the tests use of processes.mjs.
export function cleanEnvironment(): NodeJS.ProcessEnv;
export function startable(
  command: string,
  args: readonly string[],
  platform?: NodeJS.Platform,
): { readonly command: string; readonly args: readonly string[]; readonly shell: boolean };
