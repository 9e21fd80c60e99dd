/** How many decisions a workspace lacks until its model can be taught. Runs no model, and loads no library that does. */
import { join } from "node:path";
import { isLabelTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { readLogs } from "../labels/log/read-log";
import { reduce } from "../labels/state";
import { LEAST_DECISIONS } from "./gate";
import { readTaught } from "./read-taught";
import type { TeachRequest } from "./request";

/** So many decisions of a task in the logs are enough for sure, whatever of them cannot be learned from: then no document is read. */
const SURELY = 5 * LEAST_DECISIONS;

/**
 * Decisions that the task which is nearest to it lacks, from 0 to {@link LEAST_DECISIONS}, as *Teach Model* counts them.
 * @throws as `readTaught`.
 */
export async function missingDecisions(
  request: Pick<TeachRequest, "workspace" | "modelFolder" | "versions">,
  signal?: AbortSignal,
): Promise<number> {
  if (await hasPlenty(request.workspace, signal)) return 0;
  const { tasks } = await readTaught(request, signal);
  return Math.max(0, LEAST_DECISIONS - Math.max(0, ...tasks.map(({ decisions }) => decisions)));
}

/** Whether the logs hold so many decisions that the documents need not be read. */
async function hasPlenty(workspace: string, signal: AbortSignal | undefined): Promise<boolean> {
  const counts = new Map<LabelTask, number>();
  for await (const { logs } of readLogs(join(workspace, ".glossator")))
    for (const { events } of logs) {
      signal?.throwIfAborted();
      const { annotations, rejected } = reduce(events);
      for (const { task } of [...annotations.values(), ...rejected])
        if (isLabelTask(task)) {
          const count = (counts.get(task) ?? 0) + 1;
          if (count >= SURELY) return true;
          counts.set(task, count);
        }
    }
  return false;
}
