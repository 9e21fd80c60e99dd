/** Names of files as disks compare them. Pure. */

/**
 * A name as the least particular of disks compares it: NTFS and APFS tell no case apart, HFS+ and APFS no normal form (HFS+ even hands names back in
 * another one). Two names that differ and are folded alike may be two files here and one on somebody else's disk.
 */
export function foldedName(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** This program's own folder. */
const OWN = ".glossator";
/** Folders of git's and of this program's own. */
const OURS = new Set([".git", OWN]);

/**
 * Whether some disk takes a part of a path for the folder of git or of this program: case is not told apart, HFS+ ignores characters that are not
 * seen, Windows drops dots and blanks at the end and has `git~1` as a short name.
 */
export function isOurFolder(part: string): boolean {
  const bare = foldedName(part.replace(/\p{Default_Ignorable_Code_Point}/gu, "").replace(/[. ]+$/, ""));
  return OURS.has(bare) || /^(?:git|glossa)~\d+$/.test(bare);
}

/** Whether a file is one of this program's own, such as a log: decisions are no text to label. @param path with `/` or `\\` */
export function isOwnFile(path: string): boolean {
  return path.split(/[\\/]/).some((part) => foldedName(part) === OWN);
}
