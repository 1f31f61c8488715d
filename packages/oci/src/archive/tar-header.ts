import { AttacheError } from "@attache/base"

/** Length of a header, and the unit that content is filled up to. */
export const tarBlockBytes = 512

/** A tar header as it stands, before extended headers are applied. Source: POSIX.1-2017 `pax`, GNU tar 1.35. */
export interface TarHeader {
  readonly name: string
  readonly mode: number
  /** Length of what follows, in bytes. */
  readonly size: number
  /** Kind of the entry, one character. */
  readonly type: string
  readonly linkName: string
}

/**
 * The header in a block.
 *
 * Read strictly, for a header that two programs read differently hides content from one of them: the checksum must fit,
 * numbers must be numbers, names must be UTF-8. Error: ATT_ARCHIVE_DAMAGED.
 */
export function parseTarHeader(block: Uint8Array): TarHeader {
  checkSum(block)
  const name = textIn(block, 0, 100)
  const isPosix = latinIn(block, 257, 6) === "ustar\0"
  const prefix = isPosix ? textIn(block, 345, 155) : ""
  const type = String.fromCharCode(block[156] ?? 0)
  const full = prefix === "" ? name : `${prefix}/${name}`
  return {
    name: full,
    mode: numberIn(block, 100, 8) & 0o7777,
    size: numberIn(block, 124, 12),
    // Archives from before 1988 mark a folder by its name alone.
    type: type === "\0" ? (full.endsWith("/") ? "5" : "0") : type,
    linkName: textIn(block, 157, 100),
  }
}

/** Whether a block is one of the two zero blocks that end an archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0)
}

/** Whether bytes begin as a POSIX or GNU tar archive does. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= tarBlockBytes && latinIn(bytes, 257, 5) === "ustar"
}

/** Bytes between the end of content and the next block. */
export function tarPadding(size: number): number {
  return (tarBlockBytes - (size % tarBlockBytes)) % tarBlockBytes
}

function checkSum(block: Uint8Array): void {
  let unsigned = 0
  let signed = 0
  for (const [at, byte] of block.entries()) {
    const counted = at >= 148 && at < 156 ? 0x20 : byte
    unsigned += counted
    signed += counted > 127 ? counted - 256 : counted
  }
  const stated = numberIn(block, 148, 8)
  // Some old programs added up signed characters.
  if (stated !== unsigned && stated !== signed) throw damaged("the checksum of a tar header is wrong")
}

/** Octal text, or big endian binary where the first bit is set (GNU, for sizes of 8 GiB and more). */
function numberIn(block: Uint8Array, offset: number, length: number): number {
  const first = block[offset] ?? 0
  if ((first & 0x80) !== 0) {
    const bytes = block.subarray(offset, offset + length)
    const value = bytes.reduce((sum, byte, at) => sum * 256 + (at === 0 ? byte & 0x7f : byte), 0)
    if (!Number.isSafeInteger(value)) throw damaged("a number in a tar header is negative or too large")
    return value
  }
  const digits = latinIn(block, offset, length)
    .replace(/^[\0 ]+/, "")
    .replace(/[\0 ].*$/s, "")
  if (digits === "") return 0
  if (!/^[0-7]+$/.test(digits)) throw damaged("a number in a tar header is no octal number")
  return Number.parseInt(digits, 8)
}

function textIn(block: Uint8Array, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return utf8Of(end < 0 ? field : field.subarray(0, end))
}

/** UTF-8 text of a name in an archive. Other bytes: ATT_ARCHIVE_DAMAGED. */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new AttacheError("ATT_ARCHIVE_DAMAGED", "the archive cannot be read: a name is not UTF-8", { cause })
  }
}

function latinIn(block: Uint8Array, offset: number, length: number): string {
  return Buffer.from(block.buffer, block.byteOffset + offset, length).toString("latin1")
}

function damaged(reason: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DAMAGED", `the archive cannot be read: ${reason}`)
}
