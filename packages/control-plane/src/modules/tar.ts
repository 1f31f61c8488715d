// The little of tar that modules need. Names in an archive are never used, so no path can escape.

const blockBytes = 512

/** Entries looked at before a file must have come: folders and extended headers stand before it. */
const maxEntries = 64

/** Whether bytes begin as a tar archive of this century does (POSIX or GNU). */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= blockBytes && textAt(bytes, 257, 5) === "ustar"
}

/** Content of the first regular file of a tar archive, as a view; undefined when there is none or the archive is damaged. */
export function fileInTar(bytes: Uint8Array): Uint8Array | undefined {
  let at = 0
  for (let entry = 0; entry < maxEntries && at + blockBytes <= bytes.length; entry++) {
    const header = bytes.subarray(at, at + blockBytes)
    const size = sizeIn(header)
    const begin = at + blockBytes
    if (size === undefined || begin + size > bytes.length) return undefined
    const kind = textAt(header, 156, 1)
    if (kind === "0" || kind === "\0" || kind === "7") return bytes.subarray(begin, begin + size)
    at = begin + Math.ceil(size / blockBytes) * blockBytes
  }
  return undefined
}

function sizeIn(header: Uint8Array): number | undefined {
  const text = textAt(header, 124, 12).replace(/[\0 ]+$/, "")
  return /^ *[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString("latin1")
}
