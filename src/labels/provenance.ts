/** Who is said to have decided, outside of the log. */
import type { Provenance } from "../documents/labelled";
import type { DecidedBy } from "./annotation";

/** Of an imported decision, what the file said; of any other, what the log says. */
export function provenance(of: DecidedBy, score?: number): Provenance & { readonly author: string } {
  const { author, time, model, origin } = of;
  const from =
    origin === undefined
      ? { author, time }
      : { author: origin.author ?? author, ...(origin.time !== undefined && { time: origin.time }) };
  const value = origin?.score ?? score;
  return { ...from, ...(model && { model }), ...(value !== undefined && { score: value }) };
}
