/** fp16 values as they stand in files. Millions are converted at a time: a table, and a few operations on bits, are a hundred times as fast as the library. */
import { getFloat16 } from "@petamoriken/float16";

let table: Float32Array | undefined;
/** The value of each of the 65,536 halves. */
function values(): Float32Array {
  if (!table) {
    table = new Float32Array(1 << 16);
    const view = new DataView(new ArrayBuffer(2));
    for (let bits = 0; bits < table.length; bits++) {
      view.setUint16(0, bits);
      table[bits] = getFloat16(view, 0);
    }
  }
  return table;
}

/** fp16 → fp32. */
export function widened(halves: Uint16Array): Float32Array {
  const known = values();
  const wide = new Float32Array(halves.length);
  for (let i = 0; i < wide.length; i++) wide[i] = known[halves[i]!]!;
  return wide;
}

/** From here on in size, as the bits of fp32: 2^-14, the least half with all its digits. */
const NORMAL = 0x38800000;
/** What fp16's exponents are behind fp32's, as bits of a half. */
const BIAS = (127 - 15) << 10;

/**
 * fp32 → fp16, to the nearest, of two as near to the even one (IEEE 754, 4.3.1).
 * @throws RangeError for a value that fp16 cannot store, with the value.
 */
export function narrowed(data: Float32Array): Uint16Array {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const halves = new Uint16Array(data.length);
  const sum = new Float32Array(1);
  const sumBits = new Uint32Array(sum.buffer);
  for (let i = 0; i < halves.length; i++) {
    const value = data[i]!;
    if (!(Math.abs(value) < 65_520)) throw new RangeError(`${value}`);
    const size = bits[i]! & 0x7fffffff;
    let half: number;
    if (size >= NORMAL) half = ((size + 0xfff + ((size >>> 13) & 1)) >>> 13) - BIAS;
    else {
      // Beside .5 the last digit of fp32 is the last one of such a half: adding rounds to it.
      sum[0] = Math.abs(value) + 0.5;
      half = sumBits[0]! - 0x3f000000;
    }
    halves[i] = ((bits[i]! >>> 16) & 0x8000) | half;
  }
  return halves;
}
