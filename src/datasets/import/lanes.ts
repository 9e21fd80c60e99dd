/** Work on many files at a time. */

/** Fsyncs wait for the disk, not for the processor: this many files are worked on at a time. */
const AT_ONCE = 16;

/** Runs work on every item, some at a time, in order of starting; stops starting at the first failure. @throws what the work throws first */
export async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  const broken = lanes.find((result) => result.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}
