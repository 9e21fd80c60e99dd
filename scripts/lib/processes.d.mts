// Types of what the tests use of processes.mjs.
export function cleanEnvironment(): NodeJS.ProcessEnv;
export function startable(
  command: string,
  args: readonly string[],
  platform?: NodeJS.Platform,
): { readonly command: string; readonly args: readonly string[]; readonly shell: boolean };
export function treeKill(pid: number, signal: NodeJS.Signals | 0, platform?: NodeJS.Platform): string[] | undefined;
