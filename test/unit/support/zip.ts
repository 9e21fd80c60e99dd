/** Archives of zip, made byte by byte (PKWARE's APPNOTE, 4.3), so that what is said in them may be untrue. */
import { crc32, deflateRawSync } from "node:zlib";

/** A member. What is not said follows from its bytes. */
export interface Member {
  readonly name: string;
  readonly bytes?: string | Uint8Array;
  /** Unix's mode; absent: the archive was made on DOS, and says none. */
  readonly mode?: number;
  /** The size that is claimed. */
  readonly size?: number;
  /** 0: as it is, 8: deflate. */
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
}

/** An archive. */
export function zip(members: readonly Member[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, bytes = "", mode, size, method = 8, flags = 0x800, crc } of members) {
    const data = Buffer.from(bytes);
    const packed = method === 8 ? deflateRawSync(data) : data;
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? data.length, 18);
    common.writeUInt16LE(title.length, 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common, title, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode === undefined ? 0 : (mode << 16) >>> 0, 6);
    tail.writeUInt32LE(at, 10);
    const made = Buffer.from([20, mode === undefined ? 0 : 3]);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02"), made, common, tail, title]));
    local.push(head);
    at += head.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...local, list, Buffer.from("PK\x05\x06"), end]);
}
