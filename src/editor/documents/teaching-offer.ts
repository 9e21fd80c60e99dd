/** One quiet offer to teach the model, after so many decisions, or where its suggestions got worse: how many there are since the last job, kept over restarts, and when it is time. */
import { EventEmitter, workspace } from "vscode";
import type { Memento } from "vscode";
import type { Subscription } from "../../labels/contract";
import type { Drift } from "../../labels/drift";
import { LEAST_DECISIONS } from "../../training/gate";
import * as config from "../base/config";
import { background } from "../base/log";
import type { DriftWatch } from "./drift-watch";
import type { Journals } from "./journals";
import type { Teacher } from "./teacher";

/** In the workspace's own state. */
const KEY = "decisionsSinceTeaching";

/** Owner of the count. */
export class TeachingOffer implements Subscription {
  readonly #changed = new EventEmitter<void>();
  /** It is time to offer, or not any more. */
  readonly onDidChange = this.#changed.event;
  readonly #disposables: Subscription[];
  #count: number;
  #teachable = false;

  constructor(
    private readonly teacher: Teacher,
    journals: Journals,
    private readonly drifting: DriftWatch,
    private readonly state: Memento,
  ) {
    const kept = state.get<unknown>(KEY);
    this.#count = typeof kept === "number" && Number.isFinite(kept) ? kept : 0;
    this.#disposables = [
      this.#changed,
      journals.onDidDecide((by) => this.#set(Math.max(0, this.#count + by))),
      drifting.onDidChange(() => this.#set(this.#count)),
      teacher.onDidTeach(() => this.decline()),
      teacher.onDidChange(() => this.#changed.fire()),
      workspace.onDidGrantWorkspaceTrust(() => this.#set(this.#count)),
      workspace.onDidChangeConfiguration((event) => {
        if (!config.concernsOffer(event)) return;
        // Another model may be one that cannot be taught.
        this.#teachable = false;
        this.#set(this.#count);
      }),
    ];
    this.#set(this.#count);
  }

  /** Decisions since the last job, or since the offer was declined, if so many are worth an offer, or suggestions got worse; undefined: there is none now. */
  get decisions(): number | undefined {
    return this.#due && this.#teachable && !this.teacher.isTeaching ? this.#count : undefined;
  }

  /** What got worse, where that is why it is offered. */
  get drift(): Drift | undefined {
    return this.decisions === undefined ? undefined : this.drifting.found;
  }

  /** Not now: offers again after as many more. */
  decline(): void {
    this.drifting.dismiss();
    this.#set(0);
  }

  dispose(): void {
    for (const item of this.#disposables) item.dispose();
  }

  get #due(): boolean {
    const after = config.offersTeachingAfter();
    if (!workspace.isTrusted || after === 0) return false;
    // Fewer could not be taught.
    return this.drifting.found !== undefined || this.#count >= Math.max(after, LEAST_DECISIONS);
  }

  #set(count: number): void {
    if (count !== this.#count) background("count of decisions", this.state.update(KEY, count));
    this.#count = count;
    if (!this.#due || this.#teachable) {
      this.#changed.fire();
      return;
    }
    const looked = this.teacher.isTeachable().then((teachable) => {
      this.#teachable = teachable;
      this.#changed.fire();
    });
    background("offer to teach", looked);
  }
}
