/** Files of the program's own that are written whole or not at all: what there was, or what there is now, whatever stops the program. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./durable";
import { patiently } from "./patiently";

/** Writes a file in the place of an earlier one in one step, and knows that it is on disk. Makes its folder. Not for two writers at a time. @throws the file system's error. */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.part`;
  const handle = await open(beside, "w");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    // On a full disk half a file would take the room that is needed.
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  await patiently(() => rename(beside, file));
  await syncFolder(dirname(file));
}
