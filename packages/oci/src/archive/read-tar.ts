import { AttacheError } from "@attache/base"
import { type ByteReader, type ByteStream, collectBytes, createByteReader, endedEarly } from "./byte-reader.ts"
import { type ArchiveLimits, archiveLimits } from "./limits.ts"
import { maxPaxBytes, type PaxRecords, parsePax } from "./pax.ts"
import { type SafePathOptions, safeEntryPath } from "./safe-path.ts"
import { isZeroBlock, parseTarHeader, type TarHeader, tarBlockBytes, tarPadding, utf8Of } from "./tar-header.ts"

/** What an entry of an archive is; `other` are devices, pipes, sparse files and kinds unknown. */
export type TarEntryKind = "file" | "folder" | "symlink" | "hardlink" | "other"

/** An entry of a tar archive. */
export interface TarEntry {
  /** Judged by {@link safeEntryPath}: relative, without `.` and `..`; "" is the archive's own folder. */
  readonly path: string
  readonly kind: TarEntryKind
  /** Length of the content of a file in bytes, 0 of others. */
  readonly size: number
  /** Permissions, the last twelve bits. */
  readonly mode: number
  /** Where a link points, as it stands: not judged, never to be followed. */
  readonly linkName: string
  /** Kind in the header, one character. */
  readonly type: string
  /** The content, once, before the next entry is asked for; what is left of it is skipped. */
  readonly content: ByteStream
}

/** How an archive is read. */
export interface ReadTarOptions {
  readonly limits?: Partial<ArchiveLimits>
  /** See {@link SafePathOptions}. */
  readonly absolute?: SafePathOptions["absolute"]
}

/**
 * The entries of a tar archive (ustar, pax, GNU), in order, as the bytes come. Nothing is written and no link followed.
 *
 * The stream is read to its end, for what it was made from is verified only there; zeros may follow the archive, other
 * bytes may not. The caller says what becomes of links and of kind `other`.
 * Errors: ATT_ARCHIVE_DAMAGED, ATT_ARCHIVE_TOO_LARGE, ATT_ARCHIVE_PATH.
 */
export async function* readTar(
  stream: ByteStream,
  options: ReadTarOptions = {},
): AsyncGenerator<TarEntry, void, undefined> {
  const limits = archiveLimits(options.limits)
  const reader = createByteReader(stream)
  const budget = { entries: 0, limit: limits.entries }
  try {
    for (let header = await nextHeader(reader, budget); header !== undefined; ) {
      const entry = entryOf(header, reader, limits, options)
      yield entry.entry
      await reader.skip(entry.left())
      await reader.skip(tarPadding(entry.entry.size))
      header = await nextHeader(reader, budget)
    }
    await onlyZeros(reader)
  } finally {
    await reader.close()
  }
}

/** A header with its extended ones applied. */
interface FullHeader extends TarHeader {
  readonly isSparse: boolean
}

interface Budget {
  entries: number
  readonly limit: number
}

async function nextHeader(reader: ByteReader, budget: Budget): Promise<FullHeader | undefined> {
  const extended = new Map<string, PaxRecords>()
  for (;;) {
    const block = await reader.read(tarBlockBytes)
    if (block === undefined || isZeroBlock(block)) {
      if (extended.size > 0) throw endedEarly()
      return undefined
    }
    budget.entries++
    if (budget.entries > budget.limit) {
      throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `the archive holds more than ${budget.limit} entries`, {
        facts: { limit: budget.limit },
      })
    }
    const header = parseTarHeader(block)
    if (!"xgLK".includes(header.type)) return withExtended(header, [...extended.values()])
    if (extended.has(header.type)) throw damaged("an entry has two extended headers of one kind")
    extended.set(header.type, await readExtended(header, reader))
    if (header.type === "g") extended.delete("g")
  }
}

async function readExtended(header: TarHeader, reader: ByteReader): Promise<PaxRecords> {
  const { size, type } = header
  if (size > maxPaxBytes) {
    throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `an extended tar header is larger than ${maxPaxBytes} bytes`, {
      facts: { limitBytes: maxPaxBytes },
    })
  }
  const bytes = await collectBytes(reader.pieces(size), maxPaxBytes)
  await reader.skip(tarPadding(size))
  if (type === "x") return parsePax(bytes)
  if (type === "L") return { path: untilZero(bytes), isSparse: false }
  if (type === "K") return { linkpath: untilZero(bytes), isSparse: false }
  const records = parsePax(bytes)
  // For all entries at once, a name or a length can only be meant to confuse; git's comment is what is seen in practice.
  if (records.path !== undefined || records.size !== undefined || records.linkpath !== undefined || records.isSparse) {
    throw damaged("a global header sets the name or size of every entry")
  }
  return records
}

function untilZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return utf8Of(end < 0 ? bytes : bytes.subarray(0, end))
}

function withExtended(header: TarHeader, extended: readonly PaxRecords[]): FullHeader {
  const paths = extended.flatMap(({ path }) => path ?? [])
  const links = extended.flatMap(({ linkpath }) => linkpath ?? [])
  if (paths.length > 1 || links.length > 1) throw damaged("an entry has two long names")
  const size = extended.find((records) => records.size !== undefined)?.size
  return {
    ...header,
    name: paths[0] ?? header.name,
    linkName: links[0] ?? header.linkName,
    size: size ?? header.size,
    isSparse: header.type === "S" || extended.some(({ isSparse }) => isSparse),
  }
}

const kinds: Readonly<Record<string, TarEntryKind>> = {
  "0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "folder",
}

function entryOf(
  header: FullHeader,
  reader: ByteReader,
  limits: ArchiveLimits,
  { absolute = "refuse" }: ReadTarOptions,
): { readonly entry: TarEntry; readonly left: () => number } {
  const kind = header.isSparse ? "other" : (kinds[header.type] ?? "other")
  const path = safeEntryPath(header.name, { limits, absolute })
  // Programs differ on whether such content is there, and so on where the next entry begins.
  if (header.size > 0 && "123456".includes(header.type)) throw damaged("a link, folder or device has content")
  if (header.size > limits.entryBytes) {
    throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `${path} is larger than ${limits.entryBytes} bytes`, {
      facts: { path, limitBytes: limits.entryBytes },
    })
  }
  if (kind === "file" && (path === "" || header.name.endsWith("/"))) throw damaged("a file has the name of a folder")
  let left = header.size
  const content = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    while (left > 0) {
      const piece = await reader.some(left)
      if (piece === undefined) throw endedEarly()
      left -= piece.length
      yield piece
    }
  }
  const { mode, linkName, type, size } = header
  return { entry: { path, kind, size, mode, linkName, type, content: content() }, left: () => left }
}

/** After the first zero block: a second one or the end, and then nothing but zeros. */
async function onlyZeros(reader: ByteReader): Promise<void> {
  for await (const piece of reader.rest()) {
    if (!isZeroBlock(piece)) throw damaged("bytes follow its end")
  }
}

function damaged(reason: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DAMAGED", `the archive cannot be read: ${reason}`)
}
