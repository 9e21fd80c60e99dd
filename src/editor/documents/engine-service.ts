/** The model process as the editor sees it: one at a time, started when first needed, restarted when its settings change. */
import { isDeepStrictEqual } from "node:util";
import { EventEmitter, l10n } from "vscode";
import type { Disposable } from "vscode";
import { EngineClient } from "../../engine/client";
import type { EngineInfo } from "../../engine/protocol";
import { Scheduler } from "../../engine/scheduler";
import { LabelsError } from "../../labels/contract";
import * as config from "../base/config";
import { background, log, messageOf } from "../base/log";
import { taughtFolders } from "./teacher";

/** What the status item shows. */
export type EngineState = "stopped" | "starting" | "ready" | "restarting" | "failed";

/** Where the parts of the engine are. */
export interface EnginePlaces {
  /** The bundled `engine.js`. */
  readonly server: string;
  /** The model that comes with the extension. */
  readonly builtInModel: string;
  /** Where the device probe remembers what crashed. */
  readonly state: string;
}

interface Wish {
  readonly modelDirs: readonly string[];
  readonly device: config.DeviceSetting;
  readonly threads: number | undefined;
}

/** A running engine: both are replaced together, so that no cached label outlives its model. */
interface Engine {
  readonly client: EngineClient;
  readonly scheduler: Scheduler;
  readonly disposables: (() => void)[];
}

/** Owner of the {@link EngineClient} and its {@link Scheduler}. */
export class EngineService implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #labelled = new EventEmitter<{ document: string; done: number; total: number }>();
  /** State, message, info or scheduler changed. */
  readonly onDidChange = this.#changed.event;
  /** Sentences of a document were labelled. */
  readonly onDidLabel = this.#labelled.event;
  #engine: Engine | undefined;
  #wish: Wish | undefined;
  #state: EngineState = "stopped";
  #message: string | undefined;
  #code: string | undefined;
  #restarting: Promise<void> | undefined;
  #again = false;
  /** What crashed before is forgotten with the next start. */
  #forgetful = false;
  #disposed = false;

  constructor(private readonly places: EnginePlaces) {}

  get state(): EngineState {
    return this.#state;
  }

  /** What went wrong, in words, if something did. */
  get message(): string | undefined {
    return this.#message;
  }

  /** The `EngineError.code` of a failure. */
  get code(): string | undefined {
    return this.#code;
  }

  /** Model and device, once ready. */
  get info(): EngineInfo | undefined {
    return this.#state === "ready" ? this.#engine?.client.info : undefined;
  }

  get client(): EngineClient | undefined {
    return this.#engine?.client;
  }

  get scheduler(): Scheduler | undefined {
    return this.#engine?.scheduler;
  }

  /** Whether the setting names a model other than the built-in one, and it counts. */
  get usesOwnModel(): boolean {
    return config.modelFolders().some((folder) => folder !== config.BUILT_IN);
  }

  /** Starts the engine unless it runs, starts or has failed; a failure waits for {@link restart} or other settings. */
  ensureStarted(): void {
    if (this.#state === "stopped" && this.#restarting === undefined) background("engine start", this.restart());
  }

  /** Restarts only if model, its version, device or threads are not those the engine runs with. */
  async applySettings(): Promise<void> {
    const wanted = await this.#wanted();
    if (this.#wish === undefined || isDeepStrictEqual(this.#wish, wanted)) return this.#restarting;
    // Whoever asks again while the engine is being restarted is served by that.
    this.#wish = wanted;
    return this.restart();
  }

  /** As {@link restart}; what crashed before, devices included, is tried again, since the user asked for it. */
  restartAnew(): Promise<void> {
    this.#forgetful = true;
    return this.restart();
  }

  /** Ends the engine if it runs and starts it with the settings of now. Calls during a restart make one more, not many. */
  restart(): Promise<void> {
    if (this.#restarting !== undefined) {
      this.#again = true;
      return this.#restarting;
    }
    this.#restarting = this.#restartUntilSettled().finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  /**
   * The client once its process runs, which it is started for if need be.
   * @throws what `EngineClient.start` throws.
   */
  async running(): Promise<{ readonly client: EngineClient; readonly info: EngineInfo }> {
    await (this.#restarting ?? (this.#engine === undefined ? this.restart() : undefined));
    const client = this.#engine?.client;
    if (client === undefined) throw new LabelsError(l10n.t("The model is not running."));
    return { client, info: await client.start() };
  }

  /** A client for other models, on the device that this engine runs on: what differs is the models' doing. Whoever asks for it disposes of it. */
  beside(modelDirs: readonly string[], device: string): EngineClient {
    return new EngineClient({
      ...{ serverPath: this.places.server, modelDir: modelDirs, device },
      ...(config.threads() !== undefined && { threads: config.threads()! }),
      log: (line) => log.info(line),
    });
  }

  async stop(): Promise<void> {
    this.#disposed = true;
    await this.#end();
  }

  dispose(): void {
    background("engine stop", this.stop());
    this.#changed.dispose();
    this.#labelled.dispose();
  }

  async #restartUntilSettled(): Promise<void> {
    do {
      this.#again = false;
      await this.#end();
      if (this.#disposed) return;
      await this.#begin();
    } while (this.#shouldRepeat());
  }

  /** A method: the compiler would take the field for unchanged since the start of the loop. */
  #shouldRepeat(): boolean {
    return this.#again && !this.#disposed;
  }

  async #wanted(): Promise<Wish> {
    const { state, builtInModel } = this.places;
    return {
      modelDirs: await taughtFolders({ storage: state, builtInModel }, config.modelFolders()),
      device: config.device(),
      threads: config.threads(),
    };
  }

  async #begin(): Promise<void> {
    this.#set("starting");
    const wish = await this.#wanted();
    this.#wish = wish;
    if (this.#disposed) return;
    const client = new EngineClient({
      serverPath: this.places.server,
      modelDir: wish.modelDirs,
      device: wish.device,
      ...(wish.threads !== undefined && { threads: wish.threads }),
      stateDir: this.places.state,
      log: (line) => log.info(line),
    });
    const scheduler = new Scheduler(client);
    let starting = true;
    const engine: Engine = { client, scheduler, disposables: [] };
    this.#engine = engine;
    engine.disposables.push(
      client.onState((state, message) => {
        // A start that fails is told below, with its code.
        if (this.#engine === engine && !(state === "failed" && starting)) this.#set(state, message);
      }),
    );
    scheduler.onDidLabel((document, done, total) => {
      if (this.#engine === engine && !this.#disposed) this.#labelled.fire({ document, done, total });
    });
    scheduler.onError((error) => log.error(`Labelling stopped: ${messageOf(error)}`));
    try {
      const forgetful = this.#forgetful;
      this.#forgetful = false;
      await (forgetful ? client.restart() : client.start());
      starting = false;
    } catch (error) {
      starting = false;
      log.error(`The model could not be started: ${messageOf(error)}`);
      if (this.#engine === engine) this.#set("failed", messageOf(error), (error as { code?: string }).code);
    }
  }

  async #end(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    if (engine === undefined) return;
    for (const dispose of engine.disposables) dispose();
    await engine.client.dispose();
    this.#set("stopped");
  }

  #set(state: EngineState, message?: string, code?: string): void {
    this.#state = state;
    this.#message = message;
    this.#code = code;
    if (!this.#disposed) this.#changed.fire();
  }
}
