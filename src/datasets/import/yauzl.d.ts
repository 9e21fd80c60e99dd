/** What is used of yauzl, which comes without types. */
declare module "yauzl" {
  import type { Readable } from "node:stream";

  /** A member of an archive, as its central directory has it; sizes are in bytes. */
  interface Entry {
    readonly fileNameRaw: Buffer;
    readonly extraFields: readonly unknown[];
    readonly generalPurposeBitFlag: number;
    readonly externalFileAttributes: number;
    readonly versionMadeBy: number;
    readonly crc32: number;
    /** As it is said; the stream fails where it is not true. */
    readonly uncompressedSize: number;
    isEncrypted(): boolean;
    canDecodeFileData(): boolean;
  }

  interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
  }

  interface Options {
    readonly decodeStrings?: boolean;
  }

  function fromBufferPromise(bytes: Buffer, options: Options): Promise<ZipFile>;
  function getFileNameLowLevel(
    generalPurposeBitFlag: number,
    fileNameRaw: Buffer,
    extraFields: readonly unknown[],
    strictFileNames: boolean,
  ): string;
  /** What is wrong with a name; null: nothing. */
  function validateFileName(name: string): string | null;
}
