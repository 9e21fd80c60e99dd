/** The passages of open documents, cut without holding up the extension host and kept until the text changes. */
import { documentPassages } from "../../text/document-passages";
import type { DocumentPassage } from "../../text/document-passages";
import type { DocumentSession } from "./session";

/** Collecting passages yields to the event loop this often. */
const SLICE_MS = 8;

const kept = new WeakMap<DocumentSession, { readonly text: string; readonly passages: readonly DocumentPassage[] }>();

/** The passages of a document as it is now. @throws the signal's reason. */
export async function sessionPassages(
  session: DocumentSession,
  signal: AbortSignal,
): Promise<readonly DocumentPassage[]> {
  for (;;) {
    await session.cut(signal);
    signal.throwIfAborted();
    const { text } = session;
    const known = kept.get(session);
    if (known?.text === text) return known.passages;
    const passages: DocumentPassage[] = [];
    let since = performance.now();
    for (const passage of documentPassages(text, session.sentences(), session.layout)) {
      passages.push(passage);
      if (performance.now() - since < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      if (session.text !== text) break;
      since = performance.now();
    }
    // An edit in between moved what is yet to come.
    if (session.text === text) kept.set(session, { text, passages });
  }
}
