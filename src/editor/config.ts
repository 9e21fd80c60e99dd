/** The user's settings, typed. Nothing else reads `glossator.*`. */
import { homedir } from "node:os";
import path from "node:path";
import { ConfigurationTarget, workspace } from "vscode";
import type { ConfigurationChangeEvent, Uri } from "vscode";
import { defaultAnnotator } from "../labels/annotator";
import type { Reader } from "../model/readers";

/** Values of `glossator.device`. */
export type DeviceSetting = "auto" | "cpu" | "webgpu" | "dml" | "coreml" | "cuda";

/** Which suggestions of a task are shown. */
export interface TaskSetting {
  readonly enabled: boolean;
  /** Calibrated probability, 0 to 1; suggestions below it are not shown. */
  readonly minimumConfidence: number;
}

const SECTION = "glossator";
/** Settings that the model process is started with. */
const ENGINE_SETTINGS = ["model", "device", "threads", "answers.cacheSize"];

function read<T>(key: string, fallback: T, scope?: Uri): T {
  return workspace.getConfiguration(SECTION, scope ?? null).get<T>(key) ?? fallback;
}

/** Whether documents are labelled at all. */
export function isEnabled(scope?: Uri): boolean {
  return read("enabled", true, scope);
}

/** Language ids whose documents are labelled. */
export function languages(): readonly string[] {
  return read<string[]>("languages", ["plaintext", "markdown"]);
}

/** Settings of one of the tasks that run by themselves. */
export function taskSetting(task: "entities" | "sentiment", scope?: Uri): TaskSetting {
  return {
    enabled: read(`${task}.enabled`, true, scope),
    minimumConfidence: read(`${task}.minimumConfidence`, task === "sentiment" ? 0.8 : 0.5, scope),
  };
}

/** The largest document that is labelled, in UTF-16 code units. */
export function maxDocumentSize(): number {
  return read("maxDocumentSize", 50) * 1024 * 1024;
}

/** How many answers a question gets at most. */
export function answerCount(): number {
  return Math.max(1, Math.round(read("answers.count", 5)));
}

/** Answers less probable than this, 0 to 1, are not shown. */
export function answerConfidence(): number {
  return read("answers.minimumConfidence", 0.02);
}

/** How passages are read; `auto` is the model's own way. */
export function answerReader(): Reader | "auto" {
  return read<Reader | "auto">("answers.reader", "auto");
}

/** When documents are indexed for questions. */
export function answerIndex(): "onAsk" | "onOpen" | "never" {
  return read<"onAsk" | "onOpen" | "never">("answers.index", "onAsk");
}

/** Bytes of hidden states of passages that the model process keeps. */
export function passageBytes(): number {
  return Math.max(0, read("answers.cacheSize", 256)) * 1024 * 1024;
}

/** The device asked for. In an untrusted workspace only the user's own choice counts. */
export function device(): DeviceSetting {
  return trustedDevice() ?? "auto";
}

/** Threads of the model process; undefined leaves it to ONNX Runtime. */
export function threads(): number | undefined {
  const count = read<number>("threads", 0);
  return count > 0 ? Math.round(count) : undefined;
}

/**
 * The folder of the model to use instead of the built-in one, absolute; undefined for the built-in one. A relative path counts
 * from the first workspace folder. An untrusted workspace gets the built-in model, whatever any setting says.
 */
export function modelFolder(): string | undefined {
  if (!workspace.isTrusted) return undefined;
  const value = read("model", "").trim();
  if (value === "") return undefined;
  const home = value.startsWith("~/") ? path.join(homedir(), value.slice(2)) : value;
  return path.resolve(workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir(), home);
}

/** Points the setting `glossator.model` at a folder, or with `undefined` back at the built-in model, wherever it is set now. */
export async function setModelFolder(folder: string | undefined): Promise<void> {
  const settings = workspace.getConfiguration(SECTION);
  const inspected = settings.inspect<string>("model");
  if (inspected?.workspaceValue !== undefined) await settings.update("model", folder, ConfigurationTarget.Workspace);
  else await settings.update("model", folder, ConfigurationTarget.Global);
}

/** Whether a change asks for a restart of the model process. */
export function concernsEngine(event: ConfigurationChangeEvent): boolean {
  return ENGINE_SETTINGS.some((key) => event.affectsConfiguration(`${SECTION}.${key}`));
}

/** Whether a change concerns this extension. */
export function concernsUs(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(SECTION);
}

/** The name decisions are signed with: the setting, else git's global user name, else the account's. */
export async function annotator(): Promise<string> {
  const set = read("annotator", "").trim();
  return set === "" ? defaultAnnotator() : set;
}

function trustedDevice(): DeviceSetting | undefined {
  const settings = workspace.getConfiguration(SECTION);
  if (workspace.isTrusted) return settings.get<DeviceSetting>("device");
  const inspected = settings.inspect<DeviceSetting>("device");
  return inspected?.globalValue ?? inspected?.defaultValue;
}
