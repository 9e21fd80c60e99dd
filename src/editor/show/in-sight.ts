/** Which labels of a document carry a mark. Offsets are UTF-16 code units. */
import type { Annotation } from "../../labels/annotation";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import type { DocumentSession } from "../documents/session";

/** Labels where they are proposed to be, marked as what they are: not decided. */
function proposed(session: DocumentSession): Annotation[] {
  const stale = session.labels?.annotations({ status: "stale" }) ?? [];
  return stale.flatMap((item) => (item.proposal === undefined ? [] : [{ ...item, span: item.proposal }]));
}

/** The labels and proposals with a mark that touch a region. */
export function markedLabels(session: DocumentSession, region: Span): Annotation[] {
  const there = (session.labels?.annotations({ region }) ?? []).filter(({ status }) => status !== "stale");
  const here = proposed(session).filter(({ span }) => overlaps(span, region));
  return [...there, ...here].filter((item) => !session.isUnmarked(item));
}
