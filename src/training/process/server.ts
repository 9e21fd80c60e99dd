/** The process in which a model is taught, below all else that the machine has to do. It ends with its parent; what was worked out is kept on disk. */
import os from "node:os";
import process from "node:process";
import { sentError } from "../../datasets/process/errors";
import { exportJob } from "../exchange/export-job";
import { importTrained } from "../exchange/import-trained";
import { teachWorkspace } from "../teach";
import type { TeachHooks } from "../teach";
import type { FromTeacher, TeacherWork, ToTeacher } from "./protocol";

function send(message: FromTeacher): void {
  if (process.connected) process.send?.(message);
}

try {
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Some systems do not let a process do that: then it works at the usual priority.
}

const hooks: TeachHooks = { onProgress: (progress) => send({ type: "progress", progress }) };

process.on("message", (message: ToTeacher) => {
  done(message).then(
    (report) => send({ type: "done", report }),
    (error: unknown) => send({ type: "failed", error: sentError(error) }),
  );
});

async function done(message: ToTeacher): Promise<TeacherWork[keyof TeacherWork]["report"]> {
  switch (message.type) {
    case "teach":
      return teachWorkspace(message.request, hooks);
    case "export":
      return exportJob(message.request, hooks);
    case "import":
      return importTrained(message.request, hooks);
  }
}

// Whoever asked is gone, or cancelled: a run takes up again from what it kept.
process.on("disconnect", () => process.exit());
