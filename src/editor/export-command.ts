/** Export Dataset…: which formats, where to, and what got lost. */
import path from "node:path";
import { ProgressLocation, Uri, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import { exportDataset } from "../datasets/export";
import type { ExportReport } from "../datasets/export";
import { FORMAT_NAMES, formatOf, holds } from "../datasets/formats";
import type { FormatName } from "../datasets/formats";
import { LabelsError } from "../labels/contract";
import { defaultLabelSets } from "../labels/labelset";
import { segmentDocument } from "../text/document";
import type { CommandTable, Parts } from "./commands";
import { withCancel } from "./with-cancel";

/** What the command takes when it is not asked by a person. */
interface ExportRequest {
  readonly formats: readonly FormatName[];
  /** Each format gets a folder of its name in it. */
  readonly target: string;
  readonly overwrite?: boolean;
}

const MARKDOWN = /\.(?:md|markdown|mdown|mkd)$/i;

function isRequest(value: unknown): value is ExportRequest {
  const { formats, target } = (value ?? {}) as Partial<ExportRequest>;
  return Array.isArray(formats) && typeof target === "string";
}

async function pickFolder(): Promise<WorkspaceFolder> {
  const folders = workspace.workspaceFolders ?? [];
  const picked =
    folders.length > 1 ? await window.showWorkspaceFolderPick({ placeHolder: "Export the decisions of" }) : folders[0];
  if (picked === undefined) throw new LabelsError("Open a folder first: decisions are exported folder by folder.");
  if (picked.uri.scheme !== "file")
    throw new LabelsError("This workspace is virtual: its decisions cannot be exported.");
  return picked;
}

async function pickRequest(folder: WorkspaceFolder): Promise<ExportRequest | undefined> {
  const items = FORMAT_NAMES.map((name) => ({
    label: formatOf(name).title,
    description: holds(formatOf(name)),
    name,
    picked: name === "huggingface",
  }));
  const formats = await window.showQuickPick(items, { title: "Export Dataset: formats", canPickMany: true });
  if (formats === undefined || formats.length === 0) return undefined;
  const [target] =
    (await window.showOpenDialog({
      title: "Export Dataset: folder",
      openLabel: "Export Here",
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: folder.uri,
    })) ?? [];
  return target && { formats: formats.map(({ name }) => name), target: target.fsPath };
}

/** What is exported is what is on disk: unsaved text would be missed. False if the user leaves. */
async function saved(): Promise<boolean> {
  const dirty = workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === "file");
  if (dirty.length === 0) return true;
  const save = "Save and Export";
  const question = `${dirty.length === 1 ? "A document has" : `${dirty.length} documents have`} unsaved changes. The export reads documents from disk.`;
  if ((await window.showWarningMessage(question, { modal: true }, save)) !== save) return false;
  for (const document of dirty) {
    if (!(await document.save()))
      throw new LabelsError(`${document.fileName} could not be saved, so nothing was exported.`);
  }
  return true;
}

async function run(
  { engine, sessions }: Parts,
  folder: WorkspaceFolder,
  request: ExportRequest,
): Promise<ExportReport[]> {
  // What was decided a moment ago may still be on its way to the log.
  await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
  return withCancel({ location: ProgressLocation.Notification, title: "Exporting" }, async (progress, signal) => {
    const reports: ExportReport[] = [];
    for (const format of request.formats) {
      const { title } = formatOf(format);
      const report = await exportDataset({
        format,
        workspace: folder.uri.fsPath,
        target: path.join(request.target, format),
        ...(request.overwrite !== undefined && { overwrite: request.overwrite }),
        defaults: defaultLabelSets(engine.info?.labels),
        sentences: (text, document) =>
          segmentDocument(text, MARKDOWN.test(document) ? "markdown" : "plaintext").sentences,
        onProgress: ({ done, total, item }) => progress.report({ message: `${title}: ${done} of ${total}, ${item}` }),
        signal,
      });
      reports.push(report);
    }
    return reports;
  });
}

/** The export command. Returns its reports, for whoever ran it by hand. */
export function exportCommands(parts: Parts): CommandTable {
  return {
    exportDataset: async (given): Promise<ExportReport[] | undefined> => {
      const folder = await pickFolder();
      const asked = isRequest(given) ? given : await pickRequest(folder);
      if (asked === undefined || !(await saved())) return undefined;
      const request = isRequest(given) ? asked : await settleOverwrite(asked);
      if (request === undefined) return undefined;
      const reports = await run(parts, folder, request);
      if (!isRequest(given)) void tell(reports);
      return reports;
    },
  };
}

async function settleOverwrite(request: ExportRequest): Promise<ExportRequest | undefined> {
  const taken = await Promise.all(
    request.formats.map((format) =>
      workspace.fs.stat(Uri.file(path.join(request.target, format))).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!taken.includes(true)) return request;
  const replace = "Replace";
  const choice = await window.showWarningMessage(
    "There is an earlier export in this folder.",
    { modal: true },
    replace,
  );
  return choice === replace ? { ...request, overwrite: true } : undefined;
}

async function tell(reports: readonly ExportReport[]): Promise<void> {
  const losses = reports.reduce((sum, report) => sum + report.losses.length, 0);
  const examples = reports.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
  const [first] = reports;
  if (first === undefined) return;
  const open = "Open Loss Report";
  const rest = losses === 0 ? "Nothing was left out." : `${losses} things did not fit or were left out.`;
  if (
    (await window.showInformationMessage(
      `${examples} examples exported to ${path.dirname(first.target)}. ${rest}`,
      open,
    )) !== open
  )
    return;
  for (const { target } of reports) {
    await window.showTextDocument(Uri.file(path.join(target, "LOSSES.md")), { preview: false });
  }
}
