/** A graph on disk. */

/** One ONNX graph of a model folder. */
export interface GraphFile {
  /** Absolute path. */
  readonly path: string;
  /** Hex digest the manifest promises, if it does. */
  readonly sha256?: string;
}
