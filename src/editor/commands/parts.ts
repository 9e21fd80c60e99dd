import type { Answers } from "../documents/answers";
import type { Catalog } from "../documents/catalog";
import type { Decorator } from "../show/decorator";
import type { EngineService } from "../documents/engine-service";
import type { Indexer } from "../documents/indexer";
import type { ReviewLock } from "../documents/review-lock";
import type { SharedActs } from "../documents/shared-acts";
import type { Sessions } from "../documents/sessions";
import type { Walk } from "../documents/targets";
import type { Unopened } from "../documents/unopened";

/** The parts that commands work on. */
export interface Parts {
  readonly engine: EngineService;
  readonly sessions: Sessions;
  readonly answers: Answers;
  readonly indexer: Indexer;
  readonly catalog: Catalog;
  readonly decorator: Decorator;
  readonly unopened: Unopened;
  readonly walk: Walk;
  readonly lock: ReviewLock;
  readonly shared: SharedActs;
}
