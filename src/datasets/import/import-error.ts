/** An import that cannot be taken back; the message says why. Nothing was written. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}
