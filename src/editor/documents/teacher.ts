/** Teaching as the editor sees it: one job at a time, and the versions of the model for a workspace folder. */
import { EventEmitter, l10n, workspace } from "vscode";
import type { Disposable } from "vscode";
import { LabelsError } from "../../labels/contract";
import { baseTextOf } from "../../training/base-text";
import { versionsFolder } from "../../training/places";
import type { ExportedJob, ExportJobRequest } from "../../training/exchange/export-job";
import type { ImportTrainedRequest } from "../../training/exchange/import-trained";
import { startWork } from "../../training/process/client";
import type { TeacherWork } from "../../training/process/protocol";
import type { TeachRequest } from "../../training/request";
import type { TaskProgress, TeachReport } from "../../training/teach";
import { isTeachable } from "../../training/teachable";
import type { TrainingSettings } from "../../training/trainer";
import { Versions } from "../../training/versions";
import type { Version } from "../../training/versions";
import * as config from "../base/config";
import { log } from "../base/log";

/** Where the parts of teaching are. */
export interface TeacherPlaces {
  /** The bundled `teach.js`. */
  readonly server: string;
  /** The model that comes with the extension. */
  readonly builtInModel: string;
  /** The folder of the package `glossator_training`. */
  readonly trainingPackage: string;
  /** The extension's own storage, where versions are kept. */
  readonly storage: string;
}

/** Threads of a job where the user does not say: what serves the editor goes on beside it. */
const THREADS = 2;

/** Owner of the job that runs, if one does. */
export class Teacher implements Disposable {
  readonly #changed = new EventEmitter<void>();
  /** A job began, went on or ended. */
  readonly onDidChange = this.#changed.event;
  readonly #taught = new EventEmitter<void>();
  /** A job came to its end, whatever it found. */
  readonly onDidTeach = this.#taught.event;
  #progress: TaskProgress | undefined;
  #abort: AbortController | undefined;

  constructor(private readonly places: TeacherPlaces) {}

  /** How far the job is; undefined while there is none, or nothing is known of it yet. */
  get progress(): TaskProgress | undefined {
    return this.#progress;
  }

  /** Whether a job runs. */
  get isTeaching(): boolean {
    return this.#abort !== undefined;
  }

  /** @throws {LabelsError} while a job runs. */
  checkFree(): void {
    if (this.isTeaching) throw new LabelsError(l10n.t("The model is being taught already."));
  }

  /** The versions of a model for a workspace folder. @param model as the settings name it. */
  versionsOf(folder: string, model: string = this.#model): Versions {
    return new Versions(versionsFolder(this.places.storage, folder, model));
  }

  /** Whether there is a folder to teach for, and a model that can be taught. */
  async isTeachable(): Promise<boolean> {
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
    return folder !== undefined && isTeachable((await this.foldersWith(undefined))[0]!);
  }

  /** The folders of the models to use if this version, or the model as it came, were the one of a workspace folder. */
  async foldersWith(version: Version | undefined): Promise<string[]> {
    const [, ...others] = await taughtFolders(this.places, config.modelFolders());
    const model = this.#model;
    return [version?.folder ?? (model === config.BUILT_IN ? this.places.builtInModel : model), ...others];
  }

  /** What is asked of a job for a workspace folder. */
  async request(folder: string, settings?: Partial<TrainingSettings>): Promise<TeachRequest> {
    const model = this.#model;
    const modelFolder = model === config.BUILT_IN ? this.places.builtInModel : model;
    return {
      ...{ workspace: folder, modelFolder, versions: this.versionsOf(folder).folder },
      baseText: await baseTextOf(modelFolder, this.places.builtInModel),
      threads: config.threads() ?? THREADS,
      ...(settings && { settings }),
    };
  }

  /**
   * Runs a job to its end.
   * @param onProgress called with each step
   * @throws {LabelsError} while one runs; else as `startWork`.
   */
  async teach(
    request: TeachRequest,
    signal: AbortSignal,
    onProgress: (progress: TaskProgress) => void,
  ): Promise<TeachReport> {
    const report = await this.#run("teach", request, signal, onProgress);
    this.#taught.fire();
    return report;
  }

  /** Writes a training job for another machine. @param request without the package, which is the extension's. @throws as {@link teach} */
  exportJob(request: Omit<ExportJobRequest, "trainingPackage">, signal: AbortSignal): Promise<ExportedJob> {
    return this.#run("export", { ...request, trainingPackage: this.places.trainingPackage }, signal);
  }

  /** Measures what a job was trained to, and makes a version of it. @throws as {@link teach} */
  async importTrained(request: ImportTrainedRequest, signal: AbortSignal): Promise<TeachReport> {
    const report = await this.#run("import", request, signal);
    this.#taught.fire();
    return report;
  }

  async #run<W extends keyof TeacherWork>(
    type: W,
    request: TeacherWork[W]["request"],
    signal: AbortSignal,
    onProgress?: (progress: TaskProgress) => void,
  ): Promise<TeacherWork[W]["report"]> {
    this.checkFree();
    const abort = new AbortController();
    this.#abort = abort;
    this.#changed.fire();
    try {
      const options = { serverPath: this.places.server, log: (line: string) => log.info(line) };
      return await startWork(options, type, request, {
        signal: AbortSignal.any([signal, abort.signal]),
        onProgress: (progress) => {
          this.#progress = progress;
          onProgress?.(progress);
          this.#changed.fire();
        },
      }).report;
    } finally {
      this.#abort = undefined;
      this.#progress = undefined;
      this.#changed.fire();
    }
  }

  /** Cancels the job that runs. What it worked out is kept for the next one. */
  cancel(): void {
    this.#abort?.abort();
  }

  dispose(): void {
    this.cancel();
    this.#taught.dispose();
    this.#changed.dispose();
  }

  /** The model that is taught: the first of those that are used. */
  get #model(): string {
    return config.modelFolders()[0] ?? config.BUILT_IN;
  }
}

/**
 * The folders of models to use for the first workspace folder: of each, the version that was taught there and is active, else the model as it came. In an
 * untrusted workspace always that.
 * @param folders as the settings name them
 */
export async function taughtFolders(
  { storage, builtInModel }: Pick<TeacherPlaces, "storage" | "builtInModel">,
  folders: readonly string[],
): Promise<string[]> {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  return Promise.all(
    folders.map(async (name) => {
      const asItCame = name === config.BUILT_IN ? builtInModel : name;
      if (folder === undefined || !workspace.isTrusted) return asItCame;
      return (await new Versions(versionsFolder(storage, folder, name)).active())?.folder ?? asItCame;
    }),
  );
}
