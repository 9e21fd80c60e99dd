/** Hidden states small enough to keep: int8 with a scale for each token, a quarter of fp32. */

/** States of some tokens, row-major [tokens × width]. */
export interface CompactStates {
  readonly values: Int8Array;
  /** One for each token: state ≈ value · scale. */
  readonly scales: Float32Array;
}

const LARGEST = 127;

/** Bytes the states take. */
export const compactBytes = ({ values, scales }: CompactStates): number => values.byteLength + scales.byteLength;

/**
 * Symmetric int8 for each token. No value is off by more than half its token's scale, which is the token's largest magnitude over 127.
 * @param states row-major; `tokens` rows of `width` from the row `first` are taken.
 */
export function compact(states: Float32Array, first: number, tokens: number, width: number): CompactStates {
  const values = new Int8Array(tokens * width);
  const scales = new Float32Array(tokens);
  for (let t = 0; t < tokens; t++) {
    const from = (first + t) * width;
    let largest = 0;
    for (let i = from; i < from + width; i++) {
      const magnitude = Math.abs(states[i]!);
      if (magnitude > largest) largest = magnitude;
    }
    const scale = Math.fround(largest / LARGEST);
    scales[t] = scale;
    if (scale === 0) continue;
    for (let i = 0; i < width; i++)
      values[t * width + i] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(states[from + i]! / scale)));
  }
  return { values, scales };
}

/** The inverse of {@link compact}, written into `into` from the row `at`. */
export function widen({ values, scales }: CompactStates, into: Float32Array, at: number): void {
  const width = scales.length === 0 ? 0 : values.length / scales.length;
  for (let t = 0; t < scales.length; t++) {
    const scale = scales[t]!;
    const to = (at + t) * width;
    const from = t * width;
    for (let i = 0; i < width; i++) into[to + i] = values[from + i]! * scale;
  }
}
