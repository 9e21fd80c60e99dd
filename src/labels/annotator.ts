/** The name decisions are signed with where no setting and no option names one. */
import { execFile } from "node:child_process";
import { homedir, userInfo } from "node:os";

let gitUser: Promise<string | undefined> | undefined;

/** Git's global user name, else the account's. */
export async function defaultAnnotator(): Promise<string> {
  gitUser ??= new Promise((resolve) => {
    // Only the user's own git settings: a workspace may come from anywhere.
    execFile("git", ["config", "--global", "user.name"], { cwd: homedir(), timeout: 3000 }, (error, stdout) =>
      resolve(error === null && stdout.trim() !== "" ? stdout.trim() : undefined),
    );
  });
  return (await gitUser) ?? accountName();
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database, as in some containers.
    return "annotator";
  }
}
