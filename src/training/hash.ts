/** Values by their content. */
import { createHash } from "node:crypto";

/** SHA-256 over values. */
export function hashOf(values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}
