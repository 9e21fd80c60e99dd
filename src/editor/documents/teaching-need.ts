/** How many decisions are missing until the model can be taught, so that nobody has to try. It looks after decisions of this window, until there are enough. */
import { EventEmitter, l10n, workspace } from "vscode";
import type { Subscription } from "../../labels/contract";
import { plural } from "../../text/counted";
import { LEAST_DECISIONS } from "../../training/gate";
import { missingDecisions } from "../../training/missing";
import * as config from "../base/config";
import { background } from "../base/log";
import { Quiet } from "../base/quiet";
import type { Journals } from "./journals";
import type { Sessions } from "./sessions";
import type { Teacher } from "./teacher";

/** Decisions come in bursts: so long after one they are counted, in ms. */
const PAUSE_MS = 300;

/** Owner of the count. */
export class TeachingNeed implements Subscription {
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #quiet = new Quiet();
  readonly #abort = new AbortController();
  readonly #disposables: Subscription[];
  #timer: NodeJS.Timeout | undefined;
  #missing: number | undefined;
  #counting = false;
  #again = false;

  constructor(
    private readonly sessions: Sessions,
    private readonly teacher: Teacher,
    journals: Journals,
  ) {
    this.#disposables = [
      this.#changed,
      this.#quiet,
      journals.onDidDecide((by) => {
        // Once there are enough, only taking some back can make them too few.
        if (this.#missing !== 0 || by < 0) this.#soon();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (config.concernsEngine(event) && this.#missing !== undefined) this.#soon();
      }),
    ];
  }

  /** From 1 to one less than are needed; undefined: none is missing, none is made yet, or it is not known. */
  get missing(): number | undefined {
    const some = this.#missing !== undefined && this.#missing > 0 && this.#missing < LEAST_DECISIONS;
    return some && !this.teacher.isTeaching ? this.#missing : undefined;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    for (const item of this.#disposables) item.dispose();
  }

  #soon(): void {
    this.#again = this.#counting;
    if (this.#counting) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => background("decisions to teach by", this.#count()), PAUSE_MS);
  }

  async #count(): Promise<void> {
    this.#counting = true;
    try {
      await this.#quiet.come();
      const missing = await this.#look();
      if (this.#abort.signal.aborted || missing === this.#missing) return;
      this.#missing = missing;
      this.#changed.fire();
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    } finally {
      this.#counting = false;
      if (this.#again) this.#soon();
    }
  }

  /** Of several folders that which lacks least; undefined where nothing can be taught. */
  async #look(): Promise<number | undefined> {
    if (!workspace.isTrusted || !(await this.teacher.isTeachable())) return undefined;
    await Promise.all(this.sessions.all.map(({ journal }) => journal.flush()));
    let least: number | undefined;
    for (const { uri } of workspace.workspaceFolders ?? []) {
      if (uri.scheme !== "file" || least === 0) continue;
      const request = await this.teacher.request(uri.fsPath);
      least = Math.min(least ?? Infinity, await missingDecisions(request, this.#abort.signal));
    }
    return least;
  }
}

/** "3 more decisions until Teach Model can run."; nothing where none is missing. */
export function needInWords({ missing }: Pick<TeachingNeed, "missing">): string | undefined {
  if (missing === undefined) return undefined;
  return plural(
    missing,
    l10n.t("1 more decision until Teach Model can run."),
    l10n.t("{0} more decisions until Teach Model can run.", missing),
  );
}
