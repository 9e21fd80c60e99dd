import { spawnSync } from "node:child_process";

/** What runs a command where it may mount: root gets a mount namespace of its own, anybody else a user namespace too, where the system allows it. */
export const NAMESPACE = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
/** Whether it may. */
export const mayMount =
  process.platform === "linux" &&
  spawnSync("unshare", [...NAMESPACE, "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]).status === 0;
