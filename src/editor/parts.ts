import type { Answers } from "./answers";
import type { Catalog } from "./catalog";
import type { Decorator } from "./decorator";
import type { EngineService } from "./engine-service";
import type { Indexer } from "./indexer";
import type { Sessions } from "./sessions";
import type { Walk } from "./targets";

/** The parts that commands work on. */
export interface Parts {
  readonly engine: EngineService;
  readonly sessions: Sessions;
  readonly answers: Answers;
  readonly indexer: Indexer;
  readonly catalog: Catalog;
  readonly decorator: Decorator;
  readonly walk: Walk;
}
