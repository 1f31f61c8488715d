import { AttacheError, printable } from "@attache/base"
import { type ArchiveLimits, archiveLimits } from "./limits.ts"

/** How a name in an archive is judged. */
export interface SafePathOptions {
  readonly limits?: Partial<Pick<ArchiveLimits, "nameBytes" | "depth">>
  /**
   * A leading `/`: `refuse`, or `root` for image layers, whose `/` is the image's root and so the folder unpacked to.
   * Default `refuse`.
   */
  readonly absolute?: "refuse" | "root"
}

/**
 * The path below the folder that a name in an archive means: relative, with `/`, without `.` and `..`; "" is the folder.
 *
 * Nothing that could be read as a place elsewhere comes through, on no system: `..`, backslashes, drive letters, control
 * characters. Errors: ATT_ARCHIVE_PATH, ATT_ARCHIVE_TOO_LARGE (length, depth).
 */
export function safeEntryPath(name: string, options: SafePathOptions = {}): string {
  const { nameBytes, depth } = archiveLimits(options.limits)
  if (Buffer.byteLength(name) > nameBytes) {
    throw tooLong(`the archive holds a name of more than ${nameBytes} bytes`, nameBytes)
  }
  if (name === "") throw refused(name, "is empty")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what a file name must not have
  if (/[\u0000-\u001f\u007f\\]/.test(name)) throw refused(name, "has a backslash or a control character")
  if (name.startsWith("/") && options.absolute !== "root") throw refused(name, "is absolute")
  if (/^[A-Za-z]:/.test(name)) throw refused(name, "begins with a drive letter")
  const parts = name.split("/").filter((part) => part !== "" && part !== ".")
  if (parts.includes("..")) throw refused(name, "has ..")
  if (parts.length > depth) throw tooLong(`the archive holds folders more than ${depth} deep`, depth)
  const long = parts.find((part) => Buffer.byteLength(part) > 255)
  if (long !== undefined) throw tooLong("the archive holds a file name of more than 255 bytes", 255)
  return parts.join("/")
}

function refused(name: string, reason: string): AttacheError {
  const shown = printable(name.length > 120 ? `${name.slice(0, 120)}...` : name)
  return new AttacheError("ATT_ARCHIVE_PATH", `the archive holds the name "${shown}", which ${reason}`, {
    facts: { name: shown },
  })
}

function tooLong(message: string, limit: number): AttacheError {
  return new AttacheError("ATT_ARCHIVE_TOO_LARGE", message, { facts: { limit } })
}
