import { AttacheError } from "@attache/base"
import { foldersOf, type PackFile, sortedForPacking } from "./pack-file.ts"
import { tarBlockBytes, tarPadding } from "./tar-header.ts"

/**
 * A tar archive of files, as it is read: the same files give the same bytes, whoever packs them, when and where.
 *
 * Sorted by path, folders before what is in them, owner 0, time 0, modes 0644 and 0755. Names that do not fit into a
 * header are in a pax header. Errors: those of {@link sortedForPacking}, ATT_ARCHIVE_CHANGED, and those of the files.
 */
export async function* writeTar(files: readonly PackFile[]): AsyncGenerator<Uint8Array, void, undefined> {
  const folders = new Set<string>()
  for (const file of sortedForPacking(files)) {
    for (const folder of foldersOf(file.path)) {
      if (!folders.has(folder)) yield headerOf({ name: `${folder}/`, size: 0, mode: 0o755, type: "5" })
      folders.add(folder)
    }
    yield headerOf({ name: file.path, size: file.size, mode: file.isExecutable === true ? 0o755 : 0o644, type: "0" })
    yield* contentOf(file)
    yield Buffer.alloc(tarPadding(file.size))
  }
  yield Buffer.alloc(2 * tarBlockBytes)
}

async function* contentOf(file: PackFile): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0
  for await (const piece of file.open()) {
    length += piece.length
    if (length > file.size) break
    yield piece
  }
  if (length !== file.size) {
    throw new AttacheError("ATT_ARCHIVE_CHANGED", `${file.path} changed its length while it was packed`, {
      retry: "now",
      facts: { path: file.path },
    })
  }
}

interface HeaderFields {
  readonly name: string
  readonly size: number
  readonly mode: number
  readonly type: string
}

function headerOf(fields: HeaderFields): Uint8Array {
  const split = splitName(fields.name)
  const isLarge = fields.size > 0o77777777777
  if (split !== undefined && !isLarge) return block(fields, split)
  const records = [...(split === undefined ? [["path", fields.name]] : []), ...(isLarge ? [["size", fields.size]] : [])]
  const body = Buffer.from(records.map(([key, value]) => paxRecord(`${key}=${value}`)).join(""))
  const extended = { name: "pax", size: body.length, mode: 0o644, type: "x" }
  return Buffer.concat([
    block(extended, { name: "pax", prefix: "" }),
    body,
    Buffer.alloc(tarPadding(body.length)),
    block({ ...fields, size: isLarge ? 0 : fields.size }, split ?? { name: "long", prefix: "" }),
  ])
}

/** The two parts of a name in a header: at a slash, 155 and 100 bytes; only plain ASCII, which no program misreads. */
function splitName(name: string): { readonly name: string; readonly prefix: string } | undefined {
  if (!/^[\x20-\x7e]*$/.test(name)) return undefined
  if (name.length <= 100) return { name, prefix: "" }
  const slash = name.indexOf("/", name.length - 101)
  if (slash < 1 || slash > 155 || slash === name.length - 1) return undefined
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) }
}

/** The length of a record counts its own digits. */
function paxRecord(text: string): string {
  const rest = Buffer.byteLength(text) + 2
  let length = rest + String(rest).length
  if (String(length).length !== String(rest).length) length = rest + String(length).length
  return `${length} ${text}\n`
}

function block({ size, mode, type }: HeaderFields, { name, prefix }: { name: string; prefix: string }): Buffer {
  const header = Buffer.alloc(tarBlockBytes)
  const octal = (value: number, offset: number, length: number): void => {
    header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1")
  }
  header.write(name, 0, "latin1")
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  header.fill(0x20, 148, 156)
  header.write(type, 156, "latin1")
  header.write("ustar\x0000", 257, "latin1")
  octal(0, 329, 8)
  octal(0, 337, 8)
  header.write(prefix, 345, "latin1")
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return header
}
