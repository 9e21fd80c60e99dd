/** Paths of documents as files of others name them: which an import may touch, and how it calls what it makes. */
import { isOurFolder } from "../../files/names";
import { isDeviceName } from "../../labels/log/paths";
import { languageOf } from "../../text/document";
import { cellOfPath } from "../../text/notebooks";
import { head } from "../../text/print";

/** A path from a file as one below a workspace, with `/`; undefined if it is absolute, leaves the workspace, or is no path at all. */
export function safePath(given: string): string | undefined {
  const windows = given.replaceAll("\\", "/");
  if (windows.startsWith("/") || /^[a-z]:/i.test(windows) || /^[a-z][a-z0-9+.-]*:\/\//i.test(windows)) return undefined;
  // Control characters, and what Windows keeps from names.
  if (/\p{Cc}/u.test(given)) return undefined;
  const parts = windows.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) return undefined;
  if (parts.some(isOurFolder)) return undefined;
  return parts.join("/");
}

/** A name for a document to make: what file systems do not take is replaced. */
export function documentName(given: string): string {
  const parts = given.split("/").map((part) => {
    const clean = part
      .replace(/[<>:"|?*]/g, "_")
      .replace(/[. ]+$/, "_")
      .replace(/^\.+/, "_")
      .replace(/^[^.]*/, (base) => (isDeviceName(base) ? `${base.trimEnd()}_` : base));
    return clean === "" ? "_" : head(clean, 120);
  });
  const name = parts.join("/");
  // No file may have the name that stands for a cell of a notebook.
  if (cellOfPath(name) !== undefined) return `${name}.md`;
  return /\.txt$/i.test(name) || languageOf(name) === "markdown" ? name : `${name}.txt`;
}
