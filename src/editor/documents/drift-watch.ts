/** Looks now and then, as decisions are made, whether the model's suggestions are corrected or rejected more often than they used to be. */
import path from "node:path";
import { EventEmitter, workspace } from "vscode";
import type { Memento } from "vscode";
import type { Subscription } from "../../labels/contract";
import { driftOf } from "../../labels/drift";
import type { Drift } from "../../labels/drift";
import { readLogs } from "../../labels/log/read-log";
import { judging } from "../../labels/verdicts";
import type { Verdict } from "../../labels/verdicts";
import { append } from "../../text/grouped";
import * as config from "../base/config";
import { background } from "../base/log";
import { Quiet } from "../base/quiet";
import type { Journals } from "./journals";

/** In the workspace's own state: the time up to which it was told of. */
const KEY = "driftToldUntil";
/** Reading all logs costs a second where there are many: it is done after so many decisions in this window, and never at a start. */
const LOOK_AFTER = 25;

/** Owner of what was found. */
export class DriftWatch implements Subscription {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #listener: Subscription;
  readonly #quiet = new Quiet();
  #decisions = 0;
  #looking = false;
  #found: Drift | undefined;

  constructor(
    journals: Journals,
    private readonly state: Memento,
  ) {
    this.#listener = journals.onDidDecide((by) => {
      this.#decisions += Math.abs(by);
      if (!this.#looking) background("suggestions and their corrections", this.#look());
    });
  }

  /** What is to be told; undefined: nothing. */
  get found(): Drift | undefined {
    return this.#found;
  }

  /** It was told: it is not told again of the same decisions. */
  dismiss(): void {
    if (this.#found === undefined) return;
    background("drift", this.state.update(KEY, this.#found.until));
    this.#found = undefined;
    this.#changed.fire();
  }

  /** Reads the user's own logs, if it is time; and again, where as much was decided meanwhile. */
  async #look(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#decisions >= LOOK_AFTER && workspace.isTrusted && config.offersTeachingAfter() > 0) {
        this.#decisions = 0;
        const told = this.state.get<unknown>(KEY);
        this.#found = driftOf(await ownVerdicts(this.#quiet), typeof told === "string" ? told : "");
        this.#changed.fire();
      }
    } finally {
      this.#looking = false;
    }
  }

  dispose(): void {
    this.#listener.dispose();
    this.#quiet.dispose();
    this.#changed.dispose();
  }
}

/** @param quiet a log with many decisions is seconds of work, which is done in slices and not while somebody types. */
async function ownVerdicts(quiet: Quiet): Promise<Verdict[]> {
  const author = await config.annotator();
  const verdicts: Verdict[] = [];
  for (const { uri } of workspace.workspaceFolders ?? []) {
    if (uri.scheme !== "file") continue;
    for await (const { logs } of readLogs(path.join(uri.fsPath, ".glossator")))
      for (const { events } of logs) {
        await quiet.come();
        const own = events.filter((event) => event.author.trim() === author);
        const judged = own.length === 0 ? undefined : await quiet.slowly(judging(own));
        append(verdicts, judged?.verdicts ?? []);
      }
  }
  return verdicts;
}
