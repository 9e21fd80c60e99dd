/** What is exchanged with the extension host, in one JSON file: the order, then in its place the figures. */

/** What to measure. Paths are absolute. */
export interface HostOrder {
  readonly megabyte: string;
  readonly tenMegabytes: string;
  /** Another file of the same text, for the editor alone. */
  readonly tenMegabytesAgain: string;
  readonly edits: number;
  /** Time for the first labels to settle before the first edit. */
  readonly settleMs: number;
  readonly longSeconds: number;
}

/** What was measured. */
export interface HostFigures {
  readonly activationMs: number;
  /** From an edit to the labels of all that is visible, in milliseconds. */
  readonly latencies: readonly number[];
  /** While the document of 10 MB was cut and labelled. */
  readonly longestBlockMs: number;
  /** The same with labelling switched off: what the editor and its own extensions do. */
  readonly editorBlockMs: number;
  readonly status: string;
  /** Whether the document of 10 MB showed labels. */
  readonly drawn: boolean;
}
