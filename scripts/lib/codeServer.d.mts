// Types of codeServer.mjs for the tests, which are TypeScript.
import type { Browser } from "playwright-core";

export interface CodeServerOptions {
  readonly dataDir: string;
  readonly userDataDir?: string;
  readonly extension?: string;
  readonly vsix?: string;
  readonly permissionsCount?: boolean;
  readonly port?: number;
  readonly workspaceTrust?: boolean;
  readonly testDriver?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface CodeServer {
  readonly authority: string;
  readonly origin: string;
  readonly logFile: string;
  readonly stop: () => Promise<void>;
  /** Kills all its processes at once, asking nobody. */
  readonly kill: () => Promise<void>;
}

export function writeUserSettings(userDataDir: string, settings?: Record<string, unknown>): Promise<void>;
export function startCodeServer(options: CodeServerOptions): Promise<CodeServer>;
export function manageExtensions(dataDir: string, ...args: string[]): Promise<string>;
export function launchBrowser(): Promise<Browser>;
