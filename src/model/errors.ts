/** What can be wrong with a model folder or a device; the code is for programs, the message says what to do. */
export type ModelErrorCode =
  | "model-missing"
  | "manifest-invalid"
  | "model-corrupt"
  | "model-too-large"
  | "tokenizer-missing"
  | "model-unsupported"
  | "device-failed";

/** A model cannot be used. `message` names the file and says what to do about it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  constructor(
    readonly code: ModelErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
