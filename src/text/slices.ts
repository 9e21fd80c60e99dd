/** Long work in steps of bounded cost, so that whoever does it can give way to others between two of them. */

/** Work that stops after each step and can be left there; its result comes with the last. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Milliseconds of work between two turns of the event loop. */
export const SLICE_MS = 8;

/** Resolves when the event loop went round once. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Does all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  return next.value;
}

/** Goes on for so many milliseconds and a step. @returns the result once there is one */
export function advance<T>(steps: Steps<T>, ms: number): { readonly value: T } | undefined {
  const until = performance.now() + ms;
  for (;;) {
    const next = steps.next();
    if (next.done === true) return { value: next.value };
    if (performance.now() >= until) return undefined;
  }
}

/** Does all steps, the first ones at once, and gives way to other work every few milliseconds. @throws the signal's reason */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const result = advance(steps, SLICE_MS);
    if (result !== undefined) return result.value;
    await nextTurn();
  }
}
