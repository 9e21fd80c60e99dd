/** The user's settings, typed. Nothing else reads `glossator.*`. */
import { homedir } from "node:os";
import path from "node:path";
import { ConfigurationTarget, workspace } from "vscode";
import type { ConfigurationChangeEvent, TextDocument, Uri } from "vscode";
import { defaultAnnotator } from "../../labels/annotator";
import { MINIMUM_CONFIDENCE } from "../../labels/shown";
import { addressOf, isCell } from "./cells";
import type { Harmless, Restricted } from "./trust";
import type { AutomaticTask } from "../../documents/tasks";

/** Values of `glossator.device`. */
export type DeviceSetting = "auto" | "cpu" | "cpu-int8" | "webgpu" | "dml" | "coreml" | "cuda";

/** Which suggestions of a task are shown. */
export interface TaskSetting {
  readonly enabled: boolean;
  /** Calibrated probability, 0 to 1; suggestions below it are not shown. */
  readonly minimumConfidence: number;
}

const SECTION = "glossator";
/** Settings that the model process is started with. */
const ENGINE_SETTINGS = ["model", "models", "device", "threads"];
/** Stands for the built-in model in `glossator.models`. */
export const BUILT_IN = "built-in";

/** A setting that anybody may make, if it is of the type of its default. Of an address alone VS Code does not know the language, which some settings may differ by. */
function read<T>(key: Harmless, fallback: T, scope?: Uri | TextDocument): T {
  // The address of a cell's text lies in no folder.
  const of =
    scope !== undefined && "languageId" in scope && isCell(scope)
      ? { uri: addressOf(scope), languageId: scope.languageId }
      : scope;
  return fitting(workspace.getConfiguration(SECTION, of ?? null).get<unknown>(key), fallback);
}

/** A setting of which only the user's own value counts where the workspace is not trusted: VS Code sees to it by the manifest, and this does again. */
function readOwn<T>(key: Restricted, fallback: T): T {
  const settings = workspace.getConfiguration(SECTION);
  if (workspace.isTrusted) return fitting(settings.get<unknown>(key), fallback);
  const inspected = settings.inspect<unknown>(key);
  return fitting(inspected?.globalValue ?? inspected?.defaultValue, fallback);
}

/** Settings are JSON from anywhere: VS Code marks what does not fit its schema, and hands it on. */
function fitting<T>(value: unknown, fallback: T): T {
  const fits =
    typeof value === typeof fallback &&
    Array.isArray(value) === Array.isArray(fallback) &&
    !(typeof value === "number" && !Number.isFinite(value));
  return fits ? (value as T) : fallback;
}

/** A number between two, both included. */
function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Whether documents are labelled at all. */
export function isEnabled(scope?: Uri): boolean {
  return read("enabled", true, scope);
}

/** Language ids whose documents are labelled. */
export function languages(): readonly string[] {
  return read<unknown[]>("languages", ["plaintext", "markdown"]).filter((id): id is string => typeof id === "string");
}

/** Sets {@link languages} where they are set now; else for the workspace, without a folder for the user. */
export async function setLanguages(ids: readonly string[]): Promise<void> {
  const settings = workspace.getConfiguration(SECTION);
  const { workspaceValue, globalValue } = settings.inspect("languages") ?? {};
  const own = workspaceValue !== undefined || (globalValue === undefined && workspace.workspaceFolders !== undefined);
  await settings.update("languages", ids, own ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

/** Whether text is labelled in a language that the model does not read. */
export function labelsOtherLanguages(scope?: Uri): boolean {
  return read<string>("otherLanguages", "unmarked", scope) === "labelled";
}

/** Settings of one of the tasks that run by themselves. */
export function taskSetting(task: AutomaticTask, scope?: Uri): TaskSetting {
  return {
    enabled: read(`${task}.enabled`, true, scope),
    minimumConfidence: between(0, read(`${task}.minimumConfidence`, MINIMUM_CONFIDENCE[task], scope), 1),
  };
}

/** The least confidence of a task's labels, by name, where it differs from the task's. */
export function labelConfidence(task: AutomaticTask, scope?: Uri): ReadonlyMap<string, number> {
  const set = Object.entries(read<Record<string, unknown>>(`${task}.labelConfidence`, {}, scope));
  return new Map(set.flatMap(([label, least]) => (typeof least === "number" ? [[label, between(0, least, 1)]] : [])));
}

/** Whether a label that somebody gave is suggested wherever the same words stand. */
export function repeatsDecisions(scope?: Uri): boolean {
  return read("repeatDecisions", true, scope);
}

/** Where labels of the same words are compared: in each document by itself, or in all that are open. */
export type ConsistencyScope = "off" | "document" | "open";

/** See {@link ConsistencyScope}. */
export function consistency(scope?: Uri): ConsistencyScope {
  const set = read<string>("consistency", "open", scope);
  return set === "off" || set === "document" ? set : "open";
}

/** How words with several labels are told of. */
export function consistencySeverity(scope?: Uri): "information" | "warning" {
  return read<string>("consistencySeverity", "information", scope) === "warning" ? "warning" : "information";
}

/** Which documents have their labels in the outline: `auto` are those whose outline is empty without. */
export function outline(document: TextDocument): "auto" | "on" | "off" {
  const set = read<string>("outline", "auto", document);
  return set === "on" || set === "off" ? set : "auto";
}

/** How the names of labels are shown. */
export function labelNames(document: TextDocument): "auto" | "decorations" | "inlayHints" {
  return read<"auto" | "decorations" | "inlayHints">("labelNames", "auto", document);
}

/** How much of a label is drawn in the text. */
export type Density = "full" | "compact" | "quiet";

/** See {@link Density}. */
export function density(document: TextDocument): Density {
  const set = read<string>("density", "full", document);
  return set === "compact" || set === "quiet" ? set : "full";
}

/** Whether Review Mode stops at sentences in which nothing is suggested, too. */
export function visitsSentences(document: TextDocument): boolean {
  return read<string>("review.visit", "sentences", document) !== "suggestions";
}

/** Whose suggestions the Review Queue has. */
export type QueueScope = "open" | "all";

/** See {@link QueueScope}: until the user chooses. */
export function queueScope(): QueueScope {
  return readOwn<string>("reviewQueue.documents", "open") === "all" ? "all" : "open";
}

/** The largest document that is labelled, in UTF-16 code units. */
export function maxDocumentSize(): number {
  return between(0, readOwn("maxDocumentSize", 50), 50) * 1024 * 1024;
}

/** How many answers a question gets at most. */
export function answerCount(): number {
  return between(1, Math.round(read("answers.count", 5)), 50);
}

/** Answers less probable than this, 0 to 1, are not shown. */
export function answerConfidence(): number {
  return between(0, read("answers.minimumConfidence", MINIMUM_CONFIDENCE.answers), 1);
}

/** When documents are indexed for questions. */
export function answerIndex(): "onAsk" | "onOpen" | "never" {
  return readOwn<"onAsk" | "onOpen" | "never">("answers.index", "onAsk");
}

/** Decisions after which teaching is offered; 0 for never. */
export function offersTeachingAfter(): number {
  return between(0, Math.round(readOwn("teach.offerAfter", 50)), 100_000);
}

/** The device asked for. In an untrusted workspace only the user's own choice counts. */
export function device(): DeviceSetting {
  return readOwn<DeviceSetting>("device", "auto");
}

/** Threads of the model process; undefined leaves it to ONNX Runtime. */
export function threads(): number | undefined {
  const count = Math.round(readOwn("threads", 0));
  return count > 0 ? between(1, count, 256) : undefined;
}

/** A path that begins with the user's home folder, written as `~/` or, on Windows, `~\`. */
function inHome(name: string): string {
  const begins = name.startsWith("~/") || name.startsWith(`~${path.sep}`);
  return begins ? path.join(homedir(), name.slice(2)) : name;
}

/**
 * The folders of the models to use, absolute, {@link BUILT_IN} for the built-in one. A relative path counts from the first workspace
 * folder. An untrusted workspace gets the built-in model, whatever any setting says.
 */
export function modelFolders(): readonly string[] {
  if (!workspace.isTrusted) return [BUILT_IN];
  const names = readOwn<unknown[]>("models", [])
    .filter((name): name is string => typeof name === "string")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) names.push(readOwn("model", "").trim() || BUILT_IN);
  return names.map((name) => {
    if (name === BUILT_IN) return name;
    return path.resolve(workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir(), inHome(name));
  });
}

/**
 * The Python that reads and writes formats which only a Python library can; undefined if none is set. The user's own setting alone: no
 * workspace names an executable, and in an untrusted one none is run.
 */
export function pythonExecutable(): string | undefined {
  if (!workspace.isTrusted) return undefined;
  const value = workspace.getConfiguration(SECTION).inspect<string>("python")?.globalValue?.trim() ?? "";
  if (value === "") return undefined;
  return inHome(value);
}

/** Points the settings `glossator.model` and `glossator.models` at folders, or with none back at the built-in model, wherever they are set now. */
export async function setModelFolders(folders: readonly string[]): Promise<void> {
  const settings = workspace.getConfiguration(SECTION);
  const set = async (key: string, value: unknown, always: boolean): Promise<void> => {
    const { workspaceValue, globalValue } = settings.inspect(key) ?? {};
    if (workspaceValue !== undefined) await settings.update(key, value, ConfigurationTarget.Workspace);
    else if (always || globalValue !== undefined) await settings.update(key, value, ConfigurationTarget.Global);
  };
  await set("models", folders.length > 1 ? folders : undefined, folders.length > 1);
  await set("model", folders.length === 1 ? folders[0] : undefined, folders.length < 2);
}

/** Whether a change asks for a restart of the model process. */
export function concernsEngine(event: ConfigurationChangeEvent): boolean {
  return ENGINE_SETTINGS.some((key) => event.affectsConfiguration(`${SECTION}.${key}`));
}

/** Settings by which other documents, or other suggestions of them, are listed. */
const LABELLING_SETTINGS = [
  "enabled",
  "languages",
  "otherLanguages",
  "entities",
  "sentiment",
  "repeatDecisions",
  "maxDocumentSize",
  "annotator",
];

/** Whether a change has other documents labelled, or labelled otherwise. */
export function concernsLabelling(event: ConfigurationChangeEvent): boolean {
  return LABELLING_SETTINGS.some((key) => event.affectsConfiguration(`${SECTION}.${key}`));
}

/** Whether a change says when teaching is offered, or for which model. */
export function concernsOffer(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(`${SECTION}.teach`) || concernsEngine(event);
}

/** Whether a change concerns this extension. */
export function concernsUs(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(SECTION);
}

/** The name decisions are signed with: the setting (in an untrusted workspace the user's own), else git's global user name, else the account's. */
export async function annotator(): Promise<string> {
  const set = readOwn("annotator", "").trim();
  return set === "" ? defaultAnnotator() : set;
}
