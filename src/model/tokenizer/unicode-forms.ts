/** The Unicode normalisation forms with alignment, as the Rust library's `unicode_normalization` computes them. */
import type { AlignedText } from "./aligned";
import type { Change } from "./aligned";
import { combiningClass, isDecomposed } from "./tables";

/** Names of the forms, as in `tokenizer.json`. */
export type Form = "NFC" | "NFD" | "NFKC" | "NFKD";

/** Below U+00C0 nothing decomposes or composes; compatibility begins at U+00A0. */
const PLAIN = 0xa0;

/** Brings a text into a normalisation form. */
export function toForm(text: AlignedText, form: Form): AlignedText {
  if (text.codes.every((code) => code < PLAIN)) return text;
  const changes = decompose(text.codes, form.includes("K"));
  return text.transform(form.endsWith("C") ? compose(changes) : changes);
}

/** UAX 15: each character decomposed, marks in the order of their combining class. The changes are sorted along with the marks. */
function decompose(codes: readonly number[], compatible: boolean): Change[] {
  const out: Change[] = [];
  let pending: { readonly change: Change; readonly order: number }[] = [];
  const flush = (): void => {
    // Stable, so that marks of one class keep their order.
    if (pending.length > 1) pending.sort((a, b) => a.order - b.order);
    for (const { change } of pending) out.push(change);
    pending = [];
  };
  for (const code of codes) {
    decomposition(code, compatible).forEach((part, i) => {
      const order = combiningClass(part);
      if (order === 0) flush();
      pending.push({ change: { code: part, taken: i === 0 ? 0 : 1 }, order });
    });
  }
  flush();
  return out;
}

/** UAX 15: marks composed with the starter before them, unless another of the same or a higher class stands between. */
function compose(changes: readonly Change[]): Change[] {
  const out: Change[] = [];
  let starter = -1;
  let last: number | undefined;
  for (const change of changes) {
    const order = combiningClass(change.code);
    const open = starter >= 0 && (last === undefined || last < order);
    const composite = open ? pair(out[starter]!.code, change.code) : undefined;
    if (composite !== undefined) {
      out[starter] = { code: composite, taken: out[starter]!.taken + change.taken - 1 };
      continue;
    }
    out.push(change);
    if (order === 0) {
      starter = out.length - 1;
      last = undefined;
    } else if (starter >= 0) last = order;
  }
  return out;
}

const decompositions = {
  canonical: new Map<number, readonly number[]>(),
  compatible: new Map<number, readonly number[]>(),
};

function decomposition(code: number, compatible: boolean): readonly number[] {
  if (code < PLAIN) return [code];
  const known = compatible ? decompositions.compatible : decompositions.canonical;
  let parts = known.get(code);
  if (!parts) {
    const char = String.fromCodePoint(code);
    parts = isDecomposed(code)
      ? Array.from(char.normalize(compatible ? "NFKD" : "NFD"), (part) => part.codePointAt(0)!)
      : [code];
    known.set(code, parts);
  }
  return parts;
}

const pairs = new Map<string, number | undefined>();

function pair(first: number, second: number): number | undefined {
  if (second < PLAIN) return undefined;
  const both = String.fromCodePoint(first, second);
  if (!pairs.has(both)) {
    const composed = both.normalize("NFC");
    const code = composed.codePointAt(0)!;
    pairs.set(both, composed.length === (code > 0xffff ? 2 : 1) && isDecomposed(code) ? code : undefined);
  }
  return pairs.get(both);
}
