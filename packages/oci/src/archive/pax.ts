import { AttacheError } from "@attache/base"
import { utf8Of } from "./tar-header.ts"

/** Largest extended header, in bytes. Source: GNU tar and Go accept 1 MiB; names here are much shorter. */
export const maxPaxBytes = 65_536

/** What an extended header says that matters here. */
export interface PaxRecords {
  readonly path?: string
  readonly linkpath?: string
  readonly size?: number
  /** Whether the entry is a sparse file in one of GNU's forms. */
  readonly isSparse: boolean
}

/**
 * The records of a pax extended header: `LENGTH KEY=VALUE\n`, the length counting itself.
 *
 * Keys other than path, linkpath, size and those of sparse files have no bearing on content and are passed over.
 * Error: ATT_ARCHIVE_DAMAGED. Source: POSIX.1-2017 `pax`.
 */
export function parsePax(bytes: Uint8Array): PaxRecords {
  const values = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const digits = space < 0 || space - at > 6 ? "" : Buffer.from(bytes.subarray(at, space)).toString("latin1")
    const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0
    const end = at + length
    if (end <= space + 1 || end > bytes.length || bytes[end - 1] !== 0x0a) throw damaged("is malformed")
    const record = bytes.subarray(space + 1, end - 1)
    const equals = record.indexOf(0x3d)
    if (equals < 1) throw damaged("has a record without key")
    const key = utf8Of(record.subarray(0, equals))
    if (values.has(key) && decisive.has(key)) throw damaged(`has ${key} twice`)
    // Others may be anything: extended attributes, such as the capabilities of a program, are plain bytes.
    values.set(key, decisive.has(key) ? utf8Of(record.subarray(equals + 1)) : "")
    at = end
  }
  return recordsOf(values)
}

/** Records on which content or name depend. */
const decisive = new Set(["path", "linkpath", "size"])

function recordsOf(values: ReadonlyMap<string, string>): PaxRecords {
  const path = values.get("path")
  const linkpath = values.get("linkpath")
  const sizeText = values.get("size")
  const size = sizeText === undefined ? undefined : /^[0-9]{1,15}$/.test(sizeText) ? Number(sizeText) : Number.NaN
  if (Number.isNaN(size)) throw damaged("has a size that is no number")
  return {
    ...(path === undefined || path === "" ? {} : { path }),
    ...(linkpath === undefined || linkpath === "" ? {} : { linkpath }),
    ...(size === undefined ? {} : { size }),
    isSparse: [...values.keys()].some((key) => key.startsWith("GNU.sparse.")),
  }
}

function damaged(reason: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DAMAGED", `the archive cannot be read: an extended tar header ${reason}`)
}
