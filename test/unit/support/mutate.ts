/** Damage to files: what a crash, a merge, another program or a hand does to them. */

const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)]!;

const WRONG = ["null", "[]", "{}", '""', "0", "-1", "1e999", "true", "[[[]]]", '{"toString":1}', '"\\ud800"', "[null]"];

/** A damaged copy of some bytes: cut short, with bytes changed, taken out, doubled or put in; with a value of another type; with parts of another file. */
export function mutate(bytes: Uint8Array, other: Uint8Array, next: () => number): Uint8Array {
  let result = Buffer.from(bytes);
  const times = 1 + Math.floor(next() * 3);
  for (let i = 0; i < times; i++) {
    const at = Math.floor(next() * (result.length + 1));
    const to = Math.min(result.length, at + Math.floor(next() * 40));
    const splice = (put: Uint8Array): Buffer => Buffer.concat([result.subarray(0, at), put, result.subarray(to)]);
    switch (Math.floor(next() * 9)) {
      case 0:
        result = result.subarray(0, at);
        break;
      case 1:
        result = splice(Buffer.alloc(0)) as Buffer<ArrayBuffer>;
        break;
      case 2:
        result = splice(Buffer.from([Math.floor(next() * 256), 0, 0xff])) as Buffer<ArrayBuffer>;
        break;
      case 3:
        result = splice(result.subarray(at, Math.min(result.length, at + 300))) as Buffer<ArrayBuffer>;
        break;
      case 4:
        result = splice(other.subarray(0, 500)) as Buffer<ArrayBuffer>;
        break;
      case 5:
        result = splice(
          Buffer.from(pick(next, ["\n", "\r", "\t", '"', "\\", "{", "[", "]", "}", ",", " ", "\u2028", "\ufeff"])),
        ) as Buffer<ArrayBuffer>;
        break;
      default: {
        // A JSON value by one of another type; in other files some word.
        const text = result.toString("latin1");
        const values = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)/g)];
        if (values.length === 0) break;
        const value = pick(next, values);
        const start = value.index + value[0].length - value[1]!.length;
        result = Buffer.from(text.slice(0, start) + pick(next, WRONG) + text.slice(start + value[1]!.length), "latin1");
      }
    }
  }
  return result;
}
