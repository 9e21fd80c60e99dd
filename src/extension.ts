/** The extension: builds the parts, connects them, disposes of them. */
import path from "node:path";
import { ExtensionMode, l10n, languages, window, workspace } from "vscode";
import type { ExtensionContext } from "vscode";
import { DatasetProcess } from "./datasets/process/client";
import { acceptAboveCommands } from "./editor/commands/accept-above";
import { agreementCommands } from "./editor/commands/agreement";
import { Answers } from "./editor/documents/answers";
import { askCommands } from "./editor/commands/ask";
import { bulkCommands } from "./editor/commands/bulk";
import { changeCommands } from "./editor/commands/changes";
import { Consistency } from "./editor/documents/consistency";
import { ConsistencyProblems } from "./editor/show/consistency-problems";
import { consistencyCommands } from "./editor/commands/consistency";
import { DecidedIn } from "./editor/documents/decided-in";
import { everywhereCommands } from "./editor/commands/everywhere";
import { SharedActs } from "./editor/documents/shared-acts";
import { Catalog } from "./editor/documents/catalog";
import { Changes } from "./editor/documents/changes";
import { LabelActions } from "./editor/show/code-actions";
import { registerCommands } from "./editor/base/command-table";
import * as config from "./editor/base/config";
import { compactCommands } from "./editor/commands/compact";
import { classCommands } from "./editor/commands/classify";
import { occurrencesCommands } from "./editor/commands/occurrences";
import { giveCommands } from "./editor/commands/give";
import { LabelKeys } from "./editor/documents/label-keys";
import { decideCommands } from "./editor/commands/decide";
import { recutCommands } from "./editor/commands/recut";
import { editLabelSetCommands } from "./editor/commands/edit-label-set";
import { attributeCommands } from "./editor/commands/attributes";
import { relateCommands } from "./editor/commands/relate";
import { Decorator } from "./editor/show/decorator";
import { Disagreements } from "./editor/documents/disagreements";
import { EngineService } from "./editor/documents/engine-service";
import { exportCommands } from "./editor/commands/export";
import { importCommands } from "./editor/commands/import";
import { LabelHovers } from "./editor/show/hover";
import { LabelNames } from "./editor/show/names";
import { LabelOutline } from "./editor/show/outline";
import { LabelReferences } from "./editor/show/references";
import { Indexer } from "./editor/documents/indexer";
import { Journals } from "./editor/documents/journals";
import { background, log } from "./editor/base/log";
import { showWarning } from "./editor/base/messages";
import { movedLabelCommands } from "./editor/commands/moved-labels";
import { keysCommands } from "./editor/commands/keys";
import type { Manifest } from "./editor/commands/keys";
import { LabelsView } from "./editor/show/labels-view";
import { labelsViewCommands } from "./editor/commands/labels-view";
import { labelLanguageCommands } from "./editor/commands/label-language";
import { labelSetCommands, watchLabelSets } from "./editor/commands/label-set";
import { modelCommands } from "./editor/commands/model";
import { Repeats } from "./editor/documents/repeats";
import { ReviewLock } from "./editor/documents/review-lock";
import { Sessions, documentSelector, registerForLanguages } from "./editor/documents/sessions";
import { Status } from "./editor/show/status";
import { TeachingItem } from "./editor/show/teaching-item";
import { teachCommands } from "./editor/commands/teach";
import { trainingJobCommands } from "./editor/commands/training-job";
import { Teacher } from "./editor/documents/teacher";
import { DriftWatch } from "./editor/documents/drift-watch";
import { TeachingNeed } from "./editor/documents/teaching-need";
import { TeachingOffer } from "./editor/documents/teaching-offer";
import { Walk } from "./editor/documents/targets";
import { Unopened } from "./editor/documents/unopened";
import { createTestApi } from "./editor/test-api";
import type { TestApi } from "./editor/test-api";
import { walkCommands } from "./editor/commands/walk";
import { cancelAll } from "./editor/base/with-cancel";
import { ReviewQueue } from "./editor/show/review-queue";
import { queueCommands } from "./editor/commands/queue";
import { Reports } from "./views/reports";
import { readCommands } from "./editor/commands/read";
import { resizeCommands } from "./editor/commands/resize";
import { settleCommands } from "./editor/commands/settle";
import { nextFileCommands } from "./editor/commands/next-file";
import { summaryCommands } from "./editor/commands/summary";

let stop: (() => Promise<void>) | undefined;

/** Called once by VS Code. Only listeners are made here; the model process starts with the first document to label. */
export function activate(context: ExtensionContext): TestApi | undefined {
  const started = performance.now();
  const builtInModel = context.asAbsolutePath(path.join("models", "glossator-minilm"));
  const storage = context.globalStorageUri.fsPath;
  const engine = new EngineService({
    server: context.asAbsolutePath(path.join("out", "engine.js")),
    builtInModel,
    state: storage,
  });
  const catalog = new Catalog((message, file) => {
    void showWarning(message, l10n.t("Open File")).then((choice) => {
      if (choice !== undefined) void window.showTextDocument(file);
    });
  });
  const journals = new Journals(context);
  const sessions = new Sessions(engine, journals, catalog);
  const indexer = new Indexer(sessions, engine);
  const answers = new Answers(sessions, engine, indexer);
  const names = new LabelNames(sessions);
  const decorator = new Decorator(sessions, answers, names, catalog);
  const walk = new Walk();
  const newProcess = (): DatasetProcess =>
    new DatasetProcess({ serverPath: context.asAbsolutePath(path.join("out", "datasets.js")) });
  const teacher = new Teacher({
    server: context.asAbsolutePath(path.join("out", "teach.js")),
    ...{ builtInModel, storage, trainingPackage: context.asAbsolutePath("training") },
  });
  const drift = new DriftWatch(journals, context.workspaceState);
  const offer = new TeachingOffer(teacher, journals, drift, context.workspaceState);
  const need = new TeachingNeed(sessions, teacher, journals);
  // Its item says that the mode is over before texts take keys again: it is the first to hear of it.
  const status = new Status(engine, sessions, indexer, teacher, need);
  const lock = new ReviewLock(sessions, context.workspaceState);
  const unopened = new Unopened(engine, catalog, journals, context.workspaceState);
  const outline = new LabelOutline(sessions);
  const shared = new SharedActs(sessions, context.workspaceState);
  const parts = { engine, sessions, answers, indexer, catalog, decorator, unopened, walk, lock, shared };
  const decided = new DecidedIn(sessions);
  const consistency = new Consistency(sessions, decided, catalog, context.workspaceState);
  const disagreements = new Disagreements(sessions, catalog);
  const changes = new Changes(engine, sessions, teacher);
  const reports = new Reports();
  const keys = new LabelKeys(catalog);
  const labelsView = new LabelsView(sessions, catalog);
  const queue = new ReviewQueue(sessions, engine, catalog, unopened, need, context.workspaceState);

  context.subscriptions.push(
    ...[
      walk,
      lock,
      keys,
      queue,
      unopened,
      labelsView,
      status,
      teacher,
      disagreements,
      changes,
      new Repeats(sessions, decided),
      outline,
      new ConsistencyProblems(consistency, sessions),
      consistency,
      decided,
      new TeachingItem(offer),
      offer,
      need,
      drift,
      reports,
      decorator,
      names,
      answers,
      indexer,
      sessions,
      catalog,
      engine,
      log,
    ],
    watchLabelSets(catalog),
    ...registerCommands(
      decideCommands(parts),
      recutCommands(parts),
      relateCommands(parts),
      attributeCommands(parts),
      editLabelSetCommands(parts),
      resizeCommands(parts),
      giveCommands(parts),
      classCommands(parts),
      walkCommands(parts),
      movedLabelCommands(parts),
      everywhereCommands(parts),
      occurrencesCommands(parts),
      consistencyCommands(parts, consistency),
      bulkCommands(parts),
      readCommands(parts),
      queueCommands(parts, queue),
      labelsViewCommands(parts),
      acceptAboveCommands(parts, queue),
      askCommands(parts, context.workspaceState),
      indexer.commands,
      exportCommands(parts, reports, newProcess),
      importCommands(parts, reports, newProcess),
      summaryCommands(parts),
      nextFileCommands(parts),
      agreementCommands(parts, disagreements),
      settleCommands(parts, disagreements),
      compactCommands(parts),
      labelSetCommands(parts),
      labelLanguageCommands(parts),
      keysCommands(parts, context.extension.packageJSON as Manifest),
      modelCommands(parts),
      teachCommands(parts, teacher, offer, reports),
      trainingJobCommands(parts, teacher, reports),
      changeCommands(parts, teacher, changes),
      status.commands,
    ),
    registerForLanguages(() => languages.registerHoverProvider(documentSelector(), new LabelHovers(sessions, catalog))),
    registerForLanguages(() =>
      languages.registerReferenceProvider(documentSelector(), new LabelReferences(sessions, catalog)),
    ),
    registerForLanguages(() => outline.register()),
    registerForLanguages(() => languages.registerInlayHintsProvider(documentSelector(), names)),
    registerForLanguages(() =>
      languages.registerCodeActionsProvider(documentSelector(), new LabelActions(sessions, catalog, consistency), {
        providedCodeActionKinds: LabelActions.kinds,
      }),
    ),
    engine.onDidChange(() => {
      if (engine.info !== undefined) catalog.setModelLabels(engine.info.labels);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (config.concernsEngine(event)) background("restart", engine.applySettings());
      if (config.concernsUs(event)) sessions.applySettings();
    }),
    // Another window, or the command line, may have chosen another version.
    window.onDidChangeWindowState(({ focused }) => {
      if (focused) background("restart", engine.applySettings());
    }),
    workspace.onDidGrantWorkspaceTrust(() => background("restart", engine.applySettings())),
  );
  stop = async () => {
    await Promise.all([engine.stop(), cancelAll()]);
  };
  sessions.openVisible();

  if (context.extensionMode !== ExtensionMode.Test) return undefined;
  return createTestApi(parts, { status, offer, queue, labelsView }, performance.now() - started);
}

/** Called by VS Code before it ends the extension host. */
export async function deactivate(): Promise<void> {
  await stop?.();
}
