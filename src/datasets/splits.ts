/** Which document is for training and which is held out. A document never straddles splits, so no sentence is trained on and tested with its neighbours. */
import { createHash } from "node:crypto";
import type { WriterOptions } from "./document";
import type { Loss } from "./losses";

/** The names Hugging Face's libraries know. */
export const SPLITS = ["train", "validation", "test"] as const;

/** One of {@link SPLITS}. */
export type Split = (typeof SPLITS)[number];

/** A document to draw a split for, and what is in it. */
export interface SplitDocument {
  readonly path: string;
  /** How often each label occurs, by a name that is unique over tasks. */
  readonly labels: ReadonlyMap<string, number>;
}

/** Numbers of documents by split. */
function sizes(documents: number, validation: number, test: number): Record<Split, number> {
  const heldOut = Math.floor(documents * validation + 1e-9);
  const tested = Math.floor(documents * test + 1e-9);
  return { train: documents - heldOut - tested, validation: heldOut, test: tested };
}

/**
 * Draws a split for every document, so that each label has about its share of occurrences in every split: iterative stratification
 * (Sechidis, Tsoumakas & Vlahavas 2011), rarest label first, with exact numbers of documents. The same documents and seed give the same draw on every
 * machine. What is too little to hold out is reported.
 */
export function drawSplits(
  documents: readonly SplitDocument[],
  { seed, validation, test }: Pick<WriterOptions, "seed" | "validation" | "test">,
): { readonly of: ReadonlyMap<string, Split>; readonly losses: readonly Loss[] } {
  for (const share of [validation, test]) {
    if (!(share >= 0 && share < 1)) throw new RangeError(`A held-out share must be from 0 to below 1; it is ${share}.`);
  }
  if (validation + test >= 1) throw new RangeError("The held-out shares leave nothing to train on.");
  const rank = (path: string): string => createHash("sha256").update(`${seed}\n${path}`).digest("hex");
  const drawn = [...new Map(documents.map((document) => [document.path, document])).values()]
    .map((document) => ({ ...document, rank: rank(document.path) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const room = sizes(drawn.length, validation, test);
  const [heldOut, tested] = [room.validation, room.test];
  const shares: Readonly<Record<Split, number>> = { train: 1 - validation - test, validation, test };
  const of = new Map<string, Split>();
  const wanted = new Map<string, Record<Split, number>>();
  const totals = new Map<string, number>();
  for (const { labels } of drawn) {
    for (const [label, count] of labels) totals.set(label, (totals.get(label) ?? 0) + count);
  }
  for (const [label, total] of totals) {
    wanted.set(label, {
      train: total * shares.train,
      validation: total * shares.validation,
      test: total * shares.test,
    });
  }
  const place = (document: SplitDocument, label: string | undefined): void => {
    const open = SPLITS.filter((split) => room[split] > 0);
    const need = (split: Split): number => (label === undefined ? 0 : wanted.get(label)![split]);
    // The split that needs the label most; of equals the one with most room for its size.
    const best = open.reduce((a, b) => {
      const more = need(b) - need(a) || room[b] / shares[b] - room[a] / shares[a];
      return more > 1e-9 ? b : a;
    });
    of.set(document.path, best);
    room[best]--;
    for (const [name, count] of document.labels) {
      wanted.get(name)![best] -= count;
    }
  };
  const queue = rarestFirst(drawn);
  for (const { document, label } of queue) if (!of.has(document.path)) place(document, label);
  const losses: Loss[] = [];
  for (const [split, share, count] of [
    ["validation", validation, heldOut],
    ["test", test, tested],
  ] as const) {
    if (share === 0 || count > 0 || drawn.length === 0) continue;
    const reason = `${drawn.length} document(s) are too few for a share of ${share} in "${split}": all of that is in "train"`;
    losses.push({ kind: "merged", reason });
  }
  return { of, losses };
}

function holdersOf<T>(holders: Map<string, T[]>, label: string): T[] {
  const found = holders.get(label) ?? [];
  holders.set(label, found);
  return found;
}

/** Every document under the rarest of its labels, rarest labels first, documents in the order given; at last those without a label. */
function rarestFirst<T extends SplitDocument>(
  documents: readonly T[],
): { readonly document: T; readonly label?: string }[] {
  const holders = new Map<string, T[]>();
  for (const document of documents) {
    for (const label of document.labels.keys()) holdersOf(holders, label).push(document);
  }
  const byRarity = [...holders].sort(([a, some], [b, others]) => some.length - others.length || (a < b ? -1 : 1));
  return [
    ...byRarity.flatMap(([label, some]) => some.map((document) => ({ document, label }))),
    ...documents.map((document) => ({ document })),
  ];
}
