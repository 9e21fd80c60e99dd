/** Import Dataset…: from a file or folder to decisions, with a preview before anything is written. */
import { commands, l10n } from "vscode";
import type { WorkspaceFolder } from "vscode";
import type { FormatName } from "../../datasets/formats";
import type { Choice } from "../../datasets/import/conflicts";
import { carryOutIn, inProcess } from "../../datasets/process/client";
import type { DatasetProcess } from "../../datasets/process/client";
import type { UndoneImport } from "../../datasets/import/undo";
import type { ImportOutcome, PlanSummary, Settled } from "../../datasets/process/protocol";
import { LabelsError } from "../../labels/contract";
import { defaultLabelSets } from "../../labels/labelset";
import { plural } from "../../text/counted";
import { MOST_LOSSES } from "../../views/reports";
import type { Reports } from "../../views/reports";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import * as config from "../base/config";
import { documentsSaved, pickDocuments, pickFolder } from "./pick-dataset";
import { askFirst, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import { withCancel } from "../base/with-cancel";
import { IMPORT_TITLE, IMPORTING, pickImport, plainly } from "./pick-import";
import type { Asked } from "./pick-import";
import { chooseColumns } from "./choose-columns";
import type { Columns } from "./choose-columns";
import { withNames } from "./name-numbers";
import { settleOneByOne } from "./settle-conflicts";

/** What the command takes when it is not asked by a person. */
interface ImportRequest {
  readonly source: string;
  readonly format?: FormatName;
  readonly into?: string;
  /** For every conflict; default: keep mine. */
  readonly conflicts?: Choice;
}

function isRequest(value: unknown): value is ImportRequest {
  return typeof (value as Partial<ImportRequest> | undefined)?.source === "string";
}

async function pickTargets(datasets: DatasetProcess, folder: WorkspaceFolder): Promise<readonly string[] | undefined> {
  const choices = (await datasets.call("documents", undefined)).map(
    ({ path: document, isNew, added, same, conflicts }) => {
      const differ = plural(conflicts, l10n.t("1 conflict"), l10n.t("{0} conflicts", conflicts));
      const parts = [l10n.t("{0} new", added), l10n.t("{0} known", same), ...(conflicts === 0 ? [] : [differ])];
      const numbers = parts.join(", ");
      return { path: document, description: isNew ? l10n.t("will be made: {0}", numbers) : numbers };
    },
  );
  return pickDocuments(l10n.t("Import Dataset: documents to take"), folder, choices);
}

/**
 * Shows what the import would do and asks, anew where the user takes some documents only. Gives how conflicts are settled; undefined if the user
 * leaves.
 */
async function confirm(
  { added, same, conflicts, documents, tables, markdown }: PlanSummary,
  datasets: DatasetProcess,
  folder: WorkspaceFolder,
  reports: Reports,
  again: (columns: Columns) => Promise<PlanSummary | undefined>,
): Promise<Settled | undefined> {
  await reports.show(l10n.t("Import Preview"), markdown);
  const empty = added === 0 && conflicts === 0;
  if (empty && (tables.length === 0 || same > 0)) {
    const known = plural(
      same,
      l10n.t("The decision in it is known already."),
      l10n.t("All {0} decisions in it are known already.", same),
    );
    const why = same > 0 ? known : l10n.t("None of it can be taken.");
    void showWarning([l10n.t("Nothing was imported."), why, l10n.t("The report says why.")].join(" "));
    return undefined;
  }
  const where = plural(documents, l10n.t("in 1 document"), l10n.t("in {0} documents", documents));
  const ways = [
    {
      label: plural(added, l10n.t("Import 1 decision"), l10n.t("Import {0} decisions", added)),
      detail: conflicts === 0 ? where : l10n.t("{0}; conflicts: keep mine", where),
      way: "mine",
    },
    { label: l10n.t("Import, and take theirs where there is a conflict"), way: "theirs" },
    {
      label: plural(
        conflicts,
        l10n.t("Import, and settle the conflict"),
        l10n.t("Import, and settle {0} conflicts one by one", conflicts),
      ),
      way: "each",
    },
    { label: l10n.t("Choose documents…"), detail: l10n.t("the preview is then of these"), way: "some" },
    { label: l10n.t("Choose columns…"), detail: l10n.t("what was taken for what is in the preview"), way: "columns" },
  ] as const;
  const offers: Readonly<Record<(typeof ways)[number]["way"], boolean>> = {
    ...{ mine: !empty, theirs: conflicts > 0, each: conflicts > 0 },
    ...{ some: documents > 1, columns: tables.length > 0 },
  };
  const offered = ways.filter(({ way }) => offers[way]);
  const picked = await pickOne(offered, {
    title: IMPORT_TITLE,
    placeHolder: l10n.t("The preview is open beside this"),
    ignoreFocusOut: true,
  });
  if (picked === undefined) return undefined;
  const { way } = picked;
  if (way === "some") {
    const some = await pickTargets(datasets, folder);
    if (some === undefined) return undefined;
    const narrowed = await datasets.call("narrow", { documents: some, most: MOST_LOSSES });
    return confirm(narrowed, datasets, folder, reports, again);
  }
  if (way === "columns") {
    const chosen = await chooseColumns(tables[0]!);
    const other = chosen && (await again(chosen));
    return other && confirm(other, datasets, folder, reports, again);
  }
  return way === "each" ? settleOneByOne(await datasets.call("conflicts", undefined)) : way;
}

async function run(
  { engine, sessions }: Parts,
  folder: WorkspaceFolder,
  asked: Asked,
  unattended: Choice | undefined,
  reports: Reports,
  datasets: DatasetProcess,
): Promise<ImportOutcome | undefined> {
  // What was decided a moment ago may still be on its way to the log.
  await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
  const author = await config.annotator();
  const workspace = folder.uri.fsPath;
  const python = config.pythonExecutable();
  const options = {
    ...{ ...asked, workspace, author, defaults: defaultLabelSets(engine.info?.labels) },
    reader: { ...asked.reader, ...(python !== undefined && { python }) },
  };
  const most = MOST_LOSSES;
  const planOf = (reader: typeof options.reader): Promise<PlanSummary> =>
    plainly(
      withCancel(IMPORTING, (progress, signal) =>
        datasets.call(
          "plan",
          { options: { ...options, reader }, most },
          {
            signal,
            onProgress: ({ done, total, item }) =>
              progress.report({ message: l10n.t("reading {0} of {1}, {2}", done, total, item) }),
          },
        ),
      ),
    );
  const attended = async (reader: typeof options.reader): Promise<PlanSummary | undefined> =>
    withNames(await planOf(reader), datasets, (names) => planOf({ ...reader, names }));
  const plan = await (unattended === undefined ? attended : planOf)(options.reader);
  if (plan === undefined) return undefined;
  const again = (columns: Columns): Promise<PlanSummary | undefined> => attended({ ...options.reader, columns });
  const settled = unattended ?? (await confirm(plan, datasets, folder, reports, again));
  if (settled === undefined) return undefined;
  try {
    return await plainly(
      withCancel(IMPORTING, (progress, signal) =>
        carryOutIn(
          datasets,
          { workspace, settled, most },
          {
            signal,
            onProgress: ({ done, total, item }) =>
              progress.report({ message: l10n.t("writing {0} of {1}, {2}", done, total, item) }),
          },
        ),
      ),
    );
  } finally {
    // Also what was written and taken back is in the logs.
    sessions.reload();
  }
}

/** An import to take back. */
interface Undoable {
  readonly act: string;
  readonly workspace: string;
}

/** The commands of import. Files are read and logs written in a process of their own, one a command. */
export function importCommands(parts: Parts, reports: Reports, newProcess: () => DatasetProcess): CommandTable {
  // What was imported in this window is taken back without a question; else the logs are asked, and then the user.
  let latest: Undoable | undefined;
  return {
    importDataset: (given): Promise<ImportOutcome | undefined> =>
      inProcess(newProcess, async (datasets) => {
        const folder = await pickFolder(l10n.t("Import decisions into"));
        const asked: Asked | undefined = isRequest(given) ? given : await pickImport(folder, datasets);
        if (asked === undefined) return undefined;
        if (!(await documentsSaved(l10n.t("Save and Import"), l10n.t("The import reads documents from disk."))))
          return undefined;
        const unattended = isRequest(given) ? (given.conflicts ?? "mine") : undefined;
        const report = await run(parts, folder, asked, unattended, reports, datasets);
        if (report === undefined) return undefined;
        if (report.act !== undefined) latest = { act: report.act, workspace: folder.uri.fsPath };
        if (isRequest(given)) return report;
        await reports.show(l10n.t("Import Report"), report.markdown);
        const undo = l10n.t("Undo Import");
        const { decisions, losses } = report;
        const said = l10n.t(
          "{0}, {1}.",
          plural(decisions, l10n.t("1 decision imported"), l10n.t("{0} decisions imported", decisions)),
          plural(losses, l10n.t("1 thing not taken as it is"), l10n.t("{0} things not taken as they are", losses)),
        );
        void showInformation(said, ...(report.act === undefined ? [] : [undo])).then((choice) => {
          if (choice === undo) void commands.executeCommand("glossator.undoImport");
        });
        return report;
      }),
    undoImport: (): Promise<UndoneImport | undefined> =>
      inProcess(newProcess, async (datasets) => {
        const undoable = latest ?? (await offerLogged(datasets));
        if (undoable === undefined) return undefined;
        latest = undefined;
        await Promise.all(parts.sessions.all.map(({ journal }) => journal.flush()));
        const undone = await plainly(datasets.call("undoImport", undoable));
        parts.sessions.reload();
        tellUndone(undone);
        return undone;
      }),
  };
}

/** Says what is gone with an import, and what stays. */
function tellUndone({ documents, removed, kept }: UndoneImport): void {
  const back = plural(
    documents.length,
    l10n.t("The import was taken back in 1 document."),
    l10n.t("The import was taken back in {0} documents.", documents.length),
  );
  const gone = plural(
    removed.length,
    l10n.t("1 document that it made is gone."),
    l10n.t("{0} documents that it made are gone.", removed.length),
  );
  const [first] = kept;
  const said = removed.length === 0 ? [back] : [back, gone];
  if (first === undefined) {
    void showInformation(said.join(" "));
    return;
  }
  const stays = plural(
    kept.length,
    l10n.t("{0} stays: {1}.", first.what, first.reason),
    l10n.t("{0} things that it made stay, {1} among them: {2}.", kept.length, first.what, first.reason),
  );
  void showWarning([...said, stays].join(" "));
}

/** The latest import of the logs, if the user means it: it may be somebody else's. */
async function offerLogged(datasets: DatasetProcess): Promise<Undoable | undefined> {
  const workspace = (await pickFolder(l10n.t("Take back the latest import of"))).uri.fsPath;
  const found = await datasets.call("lastImport", workspace);
  if (found === undefined) throw new LabelsError(l10n.t("No import is left here that could be taken back."));
  const { act, documents, format, time } = found;
  const take = l10n.t("Take It Back");
  const when = new Date(time).toLocaleString();
  const { length } = documents;
  const message = plural(
    length,
    l10n.t("Take back the import of {0}? It is from {1} and changed 1 document.", when, format),
    l10n.t("Take back the import of {0}? It is from {1} and changed {2} documents.", when, format, length),
  );
  const made = l10n.t("Documents that it made are deleted, unless something was changed or decided in them since.");
  const detail = [made, "", ...documents.slice(0, 5), ...(documents.length > 5 ? ["…"] : [])].join("\n");
  const choice = await askFirst(message, take, detail);
  return choice === take ? { act, workspace } : undefined;
}
