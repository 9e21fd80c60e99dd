/** Whether there is a choice of words for an export. */
import path from "node:path";
import { loggedDocuments, readLogs } from "../../labels/log/read-log";
import { activeActs } from "../../labels/state";

/** Whether some document of a workspace has the words and sentences of a dataset. Reads logs until it finds one. */
export async function hasTokens(workspace: string): Promise<boolean> {
  const root = path.join(path.resolve(workspace), ".glossator");
  for await (const { logs } of readLogs(root, await loggedDocuments(root))) {
    for (const { events } of logs) {
      if (!events.some(({ kind }) => kind === "tokenized")) continue;
      const active = activeActs(events);
      if (events.some(({ kind, act }) => kind === "tokenized" && active(act))) return true;
    }
  }
  return false;
}
