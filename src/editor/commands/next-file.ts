/** Open Next Unreviewed File: the text file that is to be done next. */
import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import { nextFile } from "../../datasets/workspace/progress";
import { isTextFile } from "../../datasets/workspace/text-files";
import { SafeFolder } from "../../files/safe-folder";
import { LabelsError } from "../../labels/contract";
import { pathInFolder } from "../../labels/log/paths";
import { languageOf } from "../../text/document";
import { fileOf } from "../base/cells";
import type { CommandTable } from "../base/command-table";
import * as config from "../base/config";
import { messageOf } from "../base/log";
import { show } from "../base/reveal";
import { withCancel } from "../base/with-cancel";
import type { Parts } from "./parts";

/** Which text files are to be labelled, as the Review Queue has them. */
export function filesToLabel({ uri }: Pick<WorkspaceFolder, "uri">): {
  readonly languages: readonly string[];
  readonly wanted: (document: string) => boolean;
} {
  const languages = config.languages();
  const wanted = (document: string): boolean =>
    languages.includes(languageOf(document)) && config.isEnabled(Uri.joinPath(uri, document));
  return { languages, wanted };
}

/** The command. A link of the dashboard says which file; without that it is the next one after the file in front. */
export function nextFileCommands({ sessions }: Parts): CommandTable {
  return {
    openNextUnreviewedFile: async (folder: unknown, document: unknown): Promise<string | undefined> => {
      if (!workspace.isTrusted) throw new LabelsError(l10n.t("In Restricted Mode only open documents are read."));
      if (typeof folder === "string" && typeof document === "string") {
        const named = foldersOnDisk().find(({ uri }) => uri.toString() === folder);
        if (named === undefined || !isTextFile(document, config.languages()))
          throw new LabelsError(l10n.t("There is no such text file in this workspace."));
        return open(named, document);
      }
      await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
      const found = await lookedFor();
      if (found === undefined)
        throw new LabelsError(l10n.t("There is no other text file in this workspace that is left to review."));
      return open(found.folder, found.document);
    },
  };
}

function foldersOnDisk(): WorkspaceFolder[] {
  const all = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (all.length === 0) throw new LabelsError(l10n.t("Open a folder first: decisions are kept folder by folder."));
  return all;
}

/** The next file after the one in front; its folder comes first, and then those after it. */
async function lookedFor(): Promise<{ readonly folder: WorkspaceFolder; readonly document: string } | undefined> {
  const editor = window.activeTextEditor;
  const front = editor && fileOf(editor.document);
  const own = front && workspace.getWorkspaceFolder(front);
  const folders = foldersOnDisk();
  const from = Math.max(0, own === undefined ? 0 : folders.findIndex(({ index }) => index === own.index));
  const place = { location: ProgressLocation.Window, title: l10n.t("Looking for a file to review") };
  return withCancel(place, async (_, signal) => {
    for (const folder of [...folders.slice(from), ...folders.slice(0, from)]) {
      const after =
        front !== undefined && own?.index === folder.index ? pathInFolder(folder.uri.fsPath, front.fsPath) : undefined;
      const options = { workspace: folder.uri.fsPath, ...filesToLabel(folder), signal };
      const document = await nextFile(options, after);
      if (document !== undefined) return { folder, document };
    }
    return undefined;
  });
}

/** @throws {LabelsError} if it cannot be opened, as where there is a link in its place. */
async function open({ uri }: WorkspaceFolder, document: string): Promise<string> {
  try {
    // The editor follows links, and a link on the page may be older than one on disk.
    await (await new SafeFolder(uri.fsPath).openToRead(document)).close();
    await show(await workspace.openTextDocument(Uri.joinPath(uri, document)));
  } catch (error) {
    throw new LabelsError(messageOf(error));
  }
  return document;
}
