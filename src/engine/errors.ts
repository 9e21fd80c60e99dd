/** What can go wrong with the model process. */
import type { ModelErrorCode } from "../model/errors";

/** What can go wrong between the client and the model process; the code is for programs, the message says what to do. */
export type EngineErrorCode =
  | ModelErrorCode
  /** The process stopped again and again; it is not started any more until asked to. */
  | "crashed-too-often"
  /** The caller's AbortSignal. */
  | "cancelled"
  /** This input stopped the process twice; it is set aside, everything else goes on. */
  | "poisoned-input"
  /** The client was disposed, or the engine stopped. */
  | "stopped"
  /** Anything the process reports that has no code of its own. */
  | "internal";

/** Thrown by the engine client. `message` is for people and says what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether an error is the caller's own cancellation, which is not worth a message. */
export function isCancelled(error: unknown): boolean {
  return error instanceof EngineError && error.code === "cancelled";
}
