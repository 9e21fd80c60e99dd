/** What the processor can do, as far as its system says. */
import { readFileSync } from "node:fs";

/** Instructions that add up products of eight bits in 32: AVX-512 VNNI, AVX-VNNI, AMX. */
const EXACT = /^flags\s*:.*\b(?:avx512_vnni|avx_vnni|amx_int8)\b/m;

/** Whether an x64 processor adds up products of eight bits without overflow, by Linux's account of it (`/proc/cpuinfo`). */
export function listsExactSums(cpuinfo: string): boolean {
  return EXACT.test(cpuinfo);
}

let known: boolean | undefined;

/** Whether this processor does: all of ARM do, of x64 those that {@link listsExactSums}; false where the system does not say. */
export function sumsAreExact(): boolean {
  known ??= process.arch === "arm64" || read();
  return known;
}

function read(): boolean {
  if (process.platform !== "linux") return false;
  try {
    return listsExactSums(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return false;
  }
}
