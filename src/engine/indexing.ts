/** Getting a document's passages ready to be asked, and finding among them. */
import {
  BACKGROUND_BATCH_TOKENS,
  distinct,
  encodeAsked,
  encodeContexts,
  indexWords,
  rankings,
  readable,
} from "./candidates";
import type { Parts } from "./candidates";
import type { DocumentPassages, Rankings, Work } from "./protocol";
import type { JobStep } from "./queue";

/** Steps that index a document's words, then encode those of its passages that were not. */
export function* planIndex(
  parts: Parts,
  work: DocumentPassages,
  onProgress: (done: number, total: number) => void,
): Generator<JobStep> {
  yield* indexWords(parts, work);
  if (!parts.model.network.embed) return;
  const all = distinct(work.contexts, readable(work));
  const unknown = all.filter((i) => !parts.cache.embedding(work.contexts[i]!));
  let done = all.length - unknown.length;
  onProgress(done, all.length);
  yield* encodeContexts(parts, work, unknown, BACKGROUND_BATCH_TOKENS, (count) =>
    onProgress((done += count), all.length),
  );
}

/** Steps that rank passages for each question, into `found`. */
export function* planRank(
  parts: Parts,
  work: Extract<Work, { kind: "rank" }>,
  found: Rankings[],
  onProgress: (done: number, total: number) => void,
): Generator<JobStep> {
  yield* planIndex(parts, work, () => undefined);
  for (const question of work.questions) {
    const asked = parts.model.network.embed ? yield* encodeAsked(parts, question) : undefined;
    found.push(rankings(parts, work, question, asked, work.top));
    onProgress(found.length, work.questions.length);
  }
}
