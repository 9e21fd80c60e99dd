/** A file of fp32 matrices by name, with some values beside them: appears whole, and is read whole and undamaged or not at all. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { writeWhole } from "../files/write-whole";
import type { Matrix } from "../model/onnx/onnx-file";

/** Of the file's form; a file of another is not read. */
const FORM = 2;

interface Header<T> {
  readonly form: number;
  readonly beside: T;
  /** In the order of their values. */
  readonly matrices: readonly { readonly name: string; readonly dims: readonly number[] }[];
  /** SHA-256 of the values. */
  readonly digest: string;
}

/** What such a file holds. */
export interface MatrixFile<T> {
  readonly beside: T;
  readonly matrices: ReadonlyMap<string, Matrix>;
}

const digestOf = (parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/** Writes it in the place of an earlier one. @param beside plain values, as JSON takes them. @throws as `writeWhole`. */
export async function writeMatrices<T>(file: string, { beside, matrices }: MatrixFile<T>): Promise<void> {
  const parts = [...matrices.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const header: Header<T> = {
    ...{ form: FORM, beside, matrices: [...matrices].map(([name, { dims }]) => ({ name, dims })) },
    digest: digestOf(parts),
  };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  await writeWhole(file, Buffer.concat([size, text, ...parts]));
}

/** Reads it; undefined if there is none, or it is damaged, or of another form. */
export async function readMatrices<T>(file: string): Promise<MatrixFile<T> | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const size = bytes.readUInt32LE(0);
    const header = JSON.parse(bytes.subarray(4, 4 + size).toString()) as Header<T>;
    // A copy, since the values in the file are not aligned.
    const values = new Uint8Array(bytes.subarray(4 + size));
    if (header.form !== FORM || header.digest !== digestOf([values])) return undefined;
    let at = 0;
    const matrices = header.matrices.map(({ name, dims }): [string, Matrix] => {
      const count = dims.reduce((a, b) => a * b, 1);
      const data = new Float32Array(values.buffer, 4 * at, count);
      at += count;
      return [name, { dims, data }];
    });
    return { beside: header.beside, matrices: new Map(matrices) };
  } catch {
    // Half a file, or none of ours.
    return undefined;
  }
}
