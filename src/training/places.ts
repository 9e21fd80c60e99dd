/** Where the versions of a model are kept for a workspace: below a folder of the user's, never in the workspace. */
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";

/**
 * The folder of the versions of one model for one workspace: what one project's texts teach serves that project alone.
 * @param home the user's folder for such things
 * @param model the folder of the model as it came, or a name that stands for it
 */
export function versionsFolder(home: string, workspace: string, model: string): string {
  return join(home, "taught", named(resolve(workspace)), named(model));
}

/** A readable name, made the only one by a mark. */
function named(what: string): string {
  const readable = basename(what)
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^\.+/, "")
    .slice(0, 40);
  return `${readable}-${createHash("sha256").update(what).digest("hex").slice(0, 12)}`;
}
