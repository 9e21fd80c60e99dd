// Types of what the tests use of processes.mjs.
export function cleanEnvironment(): NodeJS.ProcessEnv;
