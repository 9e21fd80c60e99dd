/** Large datasets in little memory. */
import v8 from "node:v8";

/**
 * Has the heap of this process grow by a fifth of what is in use before V8 looks for what is no longer used, rather than to about twice: reading 100 MB took
 * 2.4 GB otherwise, 1.2 with it; an import of it took as long. For processes and commands that do nothing but read and write datasets.
 */
export function growInSmallSteps(): void {
  v8.setFlagsFromString("--heap-growing-percent=20");
}
