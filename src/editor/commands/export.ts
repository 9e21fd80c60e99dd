/** Export Dataset…: which formats, where to, and what got lost. */
import path from "node:path";
import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import type { Progress } from "../../datasets/workspace/walk";
import type { TokenChoice } from "../../datasets/document";
import { holds } from "../../datasets/format";
import type { FormatName, FormatSummary } from "../../datasets/formats";
import { UnknownLabelsError } from "../../datasets/export/unknown-labels";
import { inProcess } from "../../datasets/process/client";
import type { DatasetProcess } from "../../datasets/process/client";
import type { ExportOutcome } from "../../datasets/process/protocol";
import { readShares } from "../../datasets/export/shares";
import type { Shares } from "../../datasets/export/shares";
import { LabelsError } from "../../labels/contract";
import { defaultLabelSets } from "../../labels/labelset";
import { loggedDocuments } from "../../labels/log/read-log";
import type { Task } from "../../documents/tasks";
import { plural } from "../../text/counted";
import { MOST_LOSSES } from "../../views/reports";
import type { Reports } from "../../views/reports";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { pythonExecutable } from "../base/config";
import { settleLacking } from "./label-set";
import { documentsSaved, pickDocuments, pickFolder, pickTasks } from "./pick-dataset";
import { askFirst, askWhich, showInformation } from "../base/messages";
import { askText, pickOne, pickSome } from "../base/picks";
import type { Choice } from "../base/picks";
import { withCancel } from "../base/with-cancel";

/** What the command takes when it is not asked by a person. */
interface ExportRequest {
  readonly formats: readonly FormatName[];
  /** Each format gets a folder of its name in it. */
  readonly target: string;
  readonly overwrite?: boolean;
  /** Go on without decisions whose label the label set lacks. */
  readonly leaveOutUnknownLabels?: boolean;
  /** Absent: all. */
  readonly tasks?: readonly Task[];
  /** Paths relative to the workspace folder, with `/`; absent: every document with decisions. */
  readonly documents?: readonly string[];
  /** Whose words formats of tokens get; default: those of the dataset that a text came from. */
  readonly tokens?: TokenChoice;
  /** Options of formats, by format. */
  readonly choices?: Readonly<Partial<Record<FormatName, Readonly<Record<string, string>>>>>;
  readonly validation?: number;
  readonly test?: number;
}

/** Shares of documents held out, the usual one first. */
const SPLITS: readonly (Choice & { readonly shares?: Shares })[] = [
  { label: l10n.t("20 % for validation"), shares: { validation: 0.2, test: 0 } },
  { label: l10n.t("10 % for validation, 10 % for testing"), shares: { validation: 0.1, test: 0.1 } },
  { label: l10n.t("None"), description: l10n.t("everything is for training"), shares: { validation: 0, test: 0 } },
  { label: l10n.t("Other shares…") },
];

function isRequest(value: unknown): value is ExportRequest {
  const { formats, target } = (value ?? {}) as Partial<ExportRequest>;
  return Array.isArray(formats) && typeof target === "string";
}

/** Documents with decisions, all to begin with. @throws {LabelsError} if there are none. */
async function pickDecided({ sessions }: Parts, folder: WorkspaceFolder): Promise<readonly string[] | undefined> {
  // What was decided a moment ago may be the first of its document.
  await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
  const documents = await loggedDocuments(path.join(folder.uri.fsPath, ".glossator"));
  if (documents.length === 0) throw new LabelsError(l10n.t("There are no decisions yet: nothing could be exported."));
  const choices = documents.map((document) => ({ path: document }));
  return pickDocuments(l10n.t("Export Dataset: documents"), folder, choices);
}

/** Asked where a format has words and some document has those of a dataset. Undefined if the user leaves. */
async function pickTokens(
  formats: readonly FormatSummary[],
  folder: WorkspaceFolder,
  datasets: DatasetProcess,
): Promise<{ readonly tokens?: TokenChoice } | undefined> {
  const wanted = formats.some(({ holds: { words } }) => words === true);
  if (!wanted || !(await datasets.call("hasTokens", folder.uri.fsPath))) return {};
  const items: readonly (Choice & { readonly tokens: TokenChoice })[] = [
    {
      label: l10n.t("Words of the dataset that a text came from"),
      detail: l10n.t("where the text is as it was"),
      tokens: "source",
    },
    { label: l10n.t("Words as Glossator cuts them"), tokens: "own" },
  ];
  const picked = await pickOne(items, { ignoreFocusOut: true, title: l10n.t("Export Dataset: words and sentences") });
  return picked && { tokens: picked.tokens };
}

/** Undefined if the user leaves. */
async function pickShares(): Promise<Shares | undefined> {
  const title = l10n.t("Export Dataset: splits");
  const picked = await pickOne(SPLITS, {
    ignoreFocusOut: true,
    title,
    placeHolder: l10n.t("Which documents are held out"),
  });
  if (picked === undefined || picked.shares !== undefined) return picked?.shares;
  const text = await askText({
    ignoreFocusOut: true,
    title,
    prompt: l10n.t("Percent of documents for validation, and for testing"),
    value: "15 15",
    validateInput: (value) =>
      readShares(value) === undefined
        ? l10n.t("Two numbers that leave something to train on, such as 15 15.")
        : undefined,
  });
  return text === undefined ? undefined : readShares(text);
}

async function pickRequest(
  parts: Parts,
  folder: WorkspaceFolder,
  datasets: DatasetProcess,
): Promise<ExportRequest | undefined> {
  const formats = await datasets.call("formats", undefined);
  const items = formats
    .filter(({ writable }) => writable)
    .map((format) => ({
      label: format.title,
      description: holds(format),
      format,
      picked: format.name === "huggingface",
    }));
  const picked = await pickSome(items, {
    ignoreFocusOut: true,
    title: l10n.t("Export Dataset: formats"),
  });
  if (picked === undefined || picked.length === 0) return undefined;
  const chosen = picked.map(({ format }) => format);
  const tasks = await pickTasks(l10n.t("Export Dataset: tasks"), chosen);
  const documents = tasks === undefined ? undefined : await pickDecided(parts, folder);
  if (tasks === undefined || documents === undefined) return undefined;
  const choices: Partial<Record<FormatName, Record<string, string>>> = {};
  for (const { name, options = [], title } of chosen) {
    for (const option of options) {
      const value = await pickOne(
        option.values.map((label) => ({ label })),
        {
          ignoreFocusOut: true,
          title: l10n.t("Export Dataset: {0} ({1})", option.title, title),
        },
      );
      if (value === undefined) return undefined;
      choices[name] = { ...choices[name], [option.name]: value.label };
    }
  }
  const tokens = await pickTokens(chosen, folder, datasets);
  const shares = tokens === undefined ? undefined : await pickShares();
  if (shares === undefined) return undefined;
  const [target] =
    (await window.showOpenDialog({
      title: l10n.t("Export Dataset: folder"),
      openLabel: l10n.t("Export Here"),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: folder.uri,
    })) ?? [];
  if (target === undefined) return undefined;
  const names = chosen.map(({ name }) => name);
  return { formats: names, target: target.fsPath, tasks, documents, choices, ...tokens, ...shares };
}

async function run(
  { engine, sessions }: Parts,
  folder: WorkspaceFolder,
  request: ExportRequest,
  datasets: DatasetProcess,
): Promise<ExportOutcome[]> {
  // What was decided a moment ago may still be on its way to the log.
  await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
  const place = { location: ProgressLocation.Notification, title: l10n.t("Exporting") };
  return withCancel(place, async (progress, signal) => {
    const reports: ExportOutcome[] = [];
    const titles = new Map((await datasets.call("formats", undefined)).map(({ name, title }) => [name, title]));
    const python = pythonExecutable();
    for (const format of request.formats) {
      const title = titles.get(format) ?? format;
      const options = {
        format,
        workspace: folder.uri.fsPath,
        target: path.join(request.target, format),
        ...(request.overwrite !== undefined && { overwrite: request.overwrite }),
        ...(request.leaveOutUnknownLabels !== undefined && { leaveOutUnknownLabels: request.leaveOutUnknownLabels }),
        ...(request.tasks && { tasks: request.tasks }),
        ...(request.documents && { documents: request.documents }),
        choices: request.choices?.[format] ?? {},
        ...(request.tokens && { tokens: request.tokens }),
        ...(request.validation !== undefined && { validation: request.validation }),
        ...(request.test !== undefined && { test: request.test }),
        ...(python !== undefined && { python }),
        defaults: defaultLabelSets(engine.info?.labels),
      };
      const onProgress = ({ done, total, item }: Progress): void =>
        progress.report({ message: l10n.t("{0}: {1} of {2}, {3}", title, done, total, item) });
      reports.push(await datasets.call("exportDataset", { options, most: MOST_LOSSES }, { onProgress, signal }));
    }
    return reports;
  });
}

/** The export command. Returns its reports, for whoever ran it by hand. */
export function exportCommands(parts: Parts, reports: Reports, newProcess: () => DatasetProcess): CommandTable {
  return {
    exportDataset: async (given): Promise<ExportOutcome[] | undefined> => {
      const folder = await pickFolder(l10n.t("Export the decisions of"));
      const asked = isRequest(given)
        ? given
        : await inProcess(newProcess, (datasets) => pickRequest(parts, folder, datasets));
      if (
        asked === undefined ||
        !(await documentsSaved(l10n.t("Save and Export"), l10n.t("The export reads documents from disk.")))
      )
        return undefined;
      const request = isRequest(given) ? asked : await settleOverwrite(asked);
      if (request === undefined) return undefined;
      const write = (what: ExportRequest): Promise<ExportOutcome[]> =>
        inProcess(newProcess, (datasets) => run(parts, folder, what, datasets));
      if (isRequest(given)) return write(request);
      const written = await asking(parts, folder, request, write);
      if (written !== undefined) void tell(written, reports);
      return written;
    },
  };
}

/** Writes; before decisions would be left out since the label set lacks their labels, the user says what becomes of them. Undefined if they leave. */
async function asking(
  { catalog }: Parts,
  folder: WorkspaceFolder,
  request: ExportRequest,
  write: (request: ExportRequest) => Promise<ExportOutcome[]>,
): Promise<ExportOutcome[] | undefined> {
  for (let now = request; ;) {
    try {
      return await write(now);
    } catch (error) {
      if (!(error instanceof UnknownLabelsError)) throw error;
      const choose = l10n.t("Choose What They Become…");
      const leave = l10n.t("Leave Them Out");
      const question = plural(
        error.decisions,
        l10n.t("1 decision has a label that the label set lacks. It would be left out."),
        l10n.t("{0} decisions have labels that the label set lacks. They would be left out.", error.decisions),
      );
      const answer = await askWhich(question, error.labels, choose, leave);
      if (answer === undefined) return undefined;
      if (answer === choose && !(await settleLacking(catalog, folder))) return undefined;
      // Formats before the one that stopped are written: they are made anew.
      now = { ...now, overwrite: true, ...(answer === leave && { leaveOutUnknownLabels: true }) };
    }
  }
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
  const replace = l10n.t("Replace");
  const choice = await askFirst(l10n.t("There is an earlier export in this folder."), replace);
  return choice === replace ? { ...request, overwrite: true } : undefined;
}

async function tell(written: readonly ExportOutcome[], reports: Reports): Promise<void> {
  const losses = written.reduce((sum, report) => sum + report.losses, 0);
  const examples = written.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
  const [first] = written;
  if (first === undefined) return;
  const folder = path.dirname(first.target);
  const done = plural(
    examples,
    l10n.t("1 example exported to {0}.", folder),
    l10n.t("{0} examples exported to {1}.", examples, folder),
  );
  const someLeft = plural(
    losses,
    l10n.t("1 thing did not fit or was left out."),
    l10n.t("{0} things did not fit or were left out.", losses),
  );
  void showInformation([done, losses === 0 ? l10n.t("Nothing was left out.") : someLeft].join(" "));
  const page = [`# ${l10n.t("Exported")}`, "", ...written.map(({ markdown }) => markdown)].join("\n");
  await reports.show(l10n.t("Export Report"), page);
}
