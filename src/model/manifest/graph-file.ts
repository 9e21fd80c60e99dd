/** A graph on disk. */

/** One ONNX graph of a model folder. */
export interface GraphFile {
  /** Absolute path. */
  readonly path: string;
  /** Hex digest the manifest promises, if it does. */
  readonly sha256?: string;
  /** A graph of the same part that multiplies by int8 matrices; it reads the weights of this one. */
  readonly int8?: GraphFile;
}

/** The graph of an encoder, and what belongs to it. */
export interface EncoderFile extends GraphFile {
  readonly hiddenSize: number;
}
