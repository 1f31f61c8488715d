/** Header fields of {@link rawTar}, taken as they are: nothing keeps an archive from being wrong. */
export interface RawEntry {
  readonly name: string
  /** Default `0`, a file. */
  readonly type?: string
  readonly content?: Uint8Array | string
  /** Default: length of the content. A text is written into the field as it is. */
  readonly size?: number | string
  readonly linkName?: string
  readonly prefix?: string
  /** Default 0644. */
  readonly mode?: number
  /** Default POSIX. */
  readonly magic?: string
  /** Default: the right one. */
  readonly checksum?: number
}

/** A tar header of exactly these fields. */
export function rawHeader(entry: RawEntry): Buffer {
  const { name, type = "0", content = "", linkName = "", prefix = "", mode = 0o644, magic = "ustar\x0000" } = entry
  const size = entry.size ?? Buffer.byteLength(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100, "utf8")
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100, "latin1")
  header.write("0000000\x000000000\0", 108, "latin1")
  header.write(typeof size === "string" ? size : `${size.toString(8).padStart(11, "0")}\0`, 124, 12, "latin1")
  header.write("00000000000\0        ", 136, "latin1")
  header.write(type, 156, 1, "latin1")
  header.write(linkName, 157, 100, "utf8")
  header.write(magic, 257, 8, "latin1")
  header.write(prefix, 345, 155, "utf8")
  const sum = entry.checksum ?? header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8, "latin1")
  return header
}

/** An entry: header, content and what fills its last block. */
export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? "")
  return Buffer.concat([rawHeader(entry), content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}

/** A tar archive of entries, with its end. */
export function rawTar(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), Buffer.alloc(1024)])
}

/** A pax record with its length. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(`${key}=${value}`) + 2
  let length = rest + 1
  while (length !== rest + String(length).length) length++
  return `${length} ${key}=${value}\n`
}
