// Archives that must be refused, each wrong in one way, and the code of the refusal.
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { ByteStream } from "../src/archive/byte-reader.ts"
import { compress } from "../src/archive/compress.ts"
import type { Compression } from "../src/archive/decompress.ts"
import type { ArchiveLimits } from "../src/archive/limits.ts"
import { repeated } from "./byte-streams.ts"
import { paxRecord, type RawEntry, rawEntry, rawHeader, rawTar } from "./raw-tar.ts"

/** An archive that must be refused, and with which code. */
export interface HostileArchive {
  readonly name: string
  readonly code: string
  readonly bytes: () => Uint8Array | ByteStream
  readonly compression?: Compression
  readonly limits?: Partial<ArchiveLimits>
  /** Most bytes that may be taken from the source. */
  readonly taken?: number
}

const file = { name: "a", content: "1" }
const pax = (...records: readonly (readonly [string, string])[]): RawEntry => ({
  name: "x",
  type: "x",
  content: records.map(([key, value]) => paxRecord(key, value)).join(""),
})
const tar =
  (...entries: readonly RawEntry[]) =>
  (): Uint8Array =>
    rawTar(...entries)
const gz = (bytes: Uint8Array | string) => (): Uint8Array => gzipSync(bytes)

const paths: readonly HostileArchive[] = [
  { name: "a name that climbs out", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "../escaped" }) },
  { name: "a name that climbs out from a folder", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "d/../../escaped" }) },
  { name: "a name that climbs and comes back", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "d/../a" }) },
  { name: "a folder that climbs out", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "../d/", type: "5" }) },
  { name: "an absolute name", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "/tmp/escaped" }) },
  { name: "two slashes first", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "//tmp/escaped" }) },
  { name: "a Windows path", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "..\\escaped" }) },
  { name: "a drive letter", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "C:/escaped" }) },
  { name: "a control character in a name", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "a\u001b[2Jb" }) },
  { name: "an empty name", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "" }) },
  { name: "a second name part that climbs", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "a", prefix: ".." }) },
  { name: "a pax path that climbs", code: "ATT_ARCHIVE_PATH", bytes: tar(pax(["path", "../../a"]), file) },
  { name: "a pax path with a zero in it", code: "ATT_ARCHIVE_PATH", bytes: tar(pax(["path", "a\0/../b"]), file) },
  {
    name: "a GNU long name that climbs",
    code: "ATT_ARCHIVE_PATH",
    bytes: tar({ name: "l", type: "L", content: "../a\0" }, file),
  },
  { name: "a whiteout that climbs", code: "ATT_ARCHIVE_PATH", bytes: tar({ name: "../.wh.etc" }) },
]

const kinds: readonly HostileArchive[] = [
  {
    name: "a symbolic link out",
    code: "ATT_ARCHIVE_LINK",
    bytes: tar({ name: "out", type: "2", linkName: "/tmp" }, { name: "out/a" }),
  },
  {
    name: "a symbolic link inside",
    code: "ATT_ARCHIVE_LINK",
    bytes: tar(file, { name: "b", type: "2", linkName: "a" }),
  },
  { name: "a hard link out", code: "ATT_ARCHIVE_LINK", bytes: tar({ name: "p", type: "1", linkName: "/etc/passwd" }) },
  { name: "a hard link inside", code: "ATT_ARCHIVE_LINK", bytes: tar(file, { name: "b", type: "1", linkName: "a" }) },
  { name: "a character device", code: "ATT_ARCHIVE_ENTRY_KIND", bytes: tar({ name: "null", type: "3" }) },
  { name: "a block device", code: "ATT_ARCHIVE_ENTRY_KIND", bytes: tar({ name: "sda", type: "4" }) },
  { name: "a named pipe", code: "ATT_ARCHIVE_ENTRY_KIND", bytes: tar({ name: "pipe", type: "6" }) },
  { name: "a GNU sparse file", code: "ATT_ARCHIVE_ENTRY_KIND", bytes: tar({ name: "s", type: "S", content: "1" }) },
  {
    name: "a pax sparse file of a terabyte",
    code: "ATT_ARCHIVE_ENTRY_KIND",
    bytes: tar(
      pax(["GNU.sparse.major", "1"], ["GNU.sparse.minor", "0"], ["GNU.sparse.realsize", "1099511627776"]),
      file,
    ),
  },
  {
    name: "an older pax sparse file",
    code: "ATT_ARCHIVE_ENTRY_KIND",
    bytes: tar(pax(["GNU.sparse.size", "1099511627776"]), file),
  },
  { name: "an entry of an unknown kind", code: "ATT_ARCHIVE_ENTRY_KIND", bytes: tar({ name: "a", type: "Z" }) },
  {
    name: "a volume continued from elsewhere",
    code: "ATT_ARCHIVE_ENTRY_KIND",
    bytes: tar({ name: "a", type: "M", content: "1" }),
  },
]

const duplicates: readonly HostileArchive[] = [
  { name: "a file twice", code: "ATT_ARCHIVE_DUPLICATE", bytes: tar(file, { name: "./a", content: "2" }) },
  { name: "a file that becomes a folder", code: "ATT_ARCHIVE_DUPLICATE", bytes: tar(file, { name: "a/b" }) },
  { name: "a folder that becomes a file", code: "ATT_ARCHIVE_DUPLICATE", bytes: tar({ name: "a/", type: "5" }, file) },
  { name: "a whiteout twice", code: "ATT_ARCHIVE_DUPLICATE", bytes: tar({ name: ".wh.a" }, { name: ".wh.a" }) },
]

const sizes: readonly HostileArchive[] = [
  { name: "a long name", code: "ATT_ARCHIVE_TOO_LARGE", bytes: tar(pax(["path", "a/".repeat(700)]), file) },
  { name: "a long file name", code: "ATT_ARCHIVE_TOO_LARGE", bytes: tar(pax(["path", "a".repeat(300)]), file) },
  {
    name: "a deep name",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: tar(pax(["path", "a/".repeat(40)]), { name: "d", type: "5" }),
  },
  {
    name: "a pax header of a gigabyte",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => rawHeader({ name: "x", type: "x", size: 2 ** 30 }),
    taken: 512,
  },
  {
    name: "a GNU long name of a gigabyte",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => rawHeader({ name: "x", type: "L", size: 2 ** 30 }),
    taken: 512,
  },
  {
    name: "a file of eight gigabytes",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => rawHeader({ name: "a", size: "77777777777" }),
    taken: 512,
  },
  {
    name: "a pax size of a petabyte",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: tar(pax(["size", "999999999999999"]), file),
  },
  {
    name: "a binary size beyond all numbers",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ name: "a", size: "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" }),
  },
  {
    name: "more entries than allowed",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => manyFolders(3_000),
    limits: { entries: 1_000 },
    taken: 600_000,
  },
  {
    name: "a file larger than allowed",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: tar({ name: "a", content: "12345" }),
    limits: { entryBytes: 4 },
  },
  {
    name: "zeros without end after the archive",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => repeated(0, 10 ** 9),
    limits: { expandedBytes: 10 ** 6 },
    taken: 1_100_000,
  },
]

const bombs: readonly HostileArchive[] = [
  {
    name: "a gzip bomb",
    code: "ATT_ARCHIVE_BOMB",
    bytes: () => compress(repeated(0, 10 ** 9), "gzip"),
    compression: "gzip",
    taken: 200_000,
  },
  {
    name: "a zstd bomb",
    code: "ATT_ARCHIVE_BOMB",
    bytes: () => compress(repeated(0, 10 ** 9), "zstd"),
    compression: "zstd",
    taken: 200_000,
  },
  {
    name: "a gzip bomb within its ratio",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => compress(repeated(0, 10 ** 9), "gzip"),
    compression: "gzip",
    limits: { ratio: 10_000, expandedBytes: 10 ** 6 },
    taken: 200_000,
  },
  {
    name: "a bomb of many gzip members",
    code: "ATT_ARCHIVE_BOMB",
    bytes: () => manyMembers(gzipSync(Buffer.alloc(10 ** 6)), 500),
    compression: "gzip",
    taken: 200_000,
  },
  {
    name: "a bomb of many zstd frames",
    code: "ATT_ARCHIVE_BOMB",
    bytes: () => manyMembers(zstdCompressSync(Buffer.alloc(10 ** 6)), 500),
    compression: "zstd",
    taken: 200_000,
  },
  {
    name: "a zstd frame with a window of 3 TiB",
    code: "ATT_ARCHIVE_TOO_LARGE",
    bytes: () => Buffer.from("28b52ffd00ff0100000", "hex"),
    compression: "zstd",
  },
]

const damages: readonly HostileArchive[] = [
  { name: "no gzip", code: "ATT_ARCHIVE_DAMAGED", bytes: () => rawTar(file), compression: "gzip" },
  {
    name: "nothing where gzip should be",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.alloc(0),
    compression: "gzip",
  },
  {
    name: "gzip cut short",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => gzipSync(rawTar(file)).subarray(0, -6),
    compression: "gzip",
  },
  {
    name: "gzip with a wrong checksum",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => flipped(gzipSync(rawTar(file)), -8),
    compression: "gzip",
  },
  {
    name: "gzip with something after it",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.concat([gzipSync(rawTar(file)), Buffer.from("more")]),
    compression: "gzip",
  },
  { name: "no zstd", code: "ATT_ARCHIVE_DAMAGED", bytes: () => rawTar(file), compression: "zstd" },
  {
    name: "nothing where zstd should be",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.alloc(0),
    compression: "zstd",
  },
  {
    name: "zstd cut short",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => zstdCompressSync(rawTar(file)).subarray(0, -3),
    compression: "zstd",
  },
  {
    name: "zstd with something after it",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.concat([zstdCompressSync(rawTar(file)), Buffer.from("more")]),
    compression: "zstd",
  },
  {
    name: "zstd that needs a dictionary",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.from("28b52ffd210105000000", "hex"),
    compression: "zstd",
  },
  { name: "text where tar should be", code: "ATT_ARCHIVE_DAMAGED", bytes: () => Buffer.from("hello ".repeat(200)) },
  {
    name: "gzip in gzip where tar should be",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: gz(gzipSync(rawTar(file))),
    compression: "gzip",
  },
  { name: "tar cut in a header", code: "ATT_ARCHIVE_DAMAGED", bytes: () => rawTar(file).subarray(0, 300) },
  {
    name: "tar cut in content",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => rawTar({ name: "a", content: "x".repeat(900) }).subarray(0, 1_200),
  },
  { name: "tar cut after an extended header", code: "ATT_ARCHIVE_DAMAGED", bytes: () => rawEntry(pax(["path", "b"])) },
  { name: "a wrong header checksum", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ ...file, checksum: 1 }) },
  { name: "a size that is no number", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ ...file, size: "zzz" }) },
  { name: "a negative size", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ ...file, size: "-1" }) },
  { name: "a name that is not UTF-8", code: "ATT_ARCHIVE_DAMAGED", bytes: () => renamed(Buffer.from([0xff, 0xfe])) },
  {
    name: "content after the end",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.concat([rawTar(file), rawEntry({ name: "hidden" })]),
  },
  {
    name: "content after one zero block",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: () => Buffer.concat([rawEntry(file), Buffer.alloc(512), rawTar({ name: "hidden" })]),
  },
  { name: "a folder with content", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ name: "d/", type: "5", content: "1" }) },
  { name: "a hard link with content", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ name: "h", type: "1", content: "1" }) },
  { name: "a file with the name of a folder", code: "ATT_ARCHIVE_DAMAGED", bytes: tar({ name: "d/", content: "1" }) },
  {
    name: "two extended headers for one entry",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar(pax(["path", "b"]), pax(["path", "c"]), file),
  },
  {
    name: "two long names of different kinds",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar(pax(["path", "b"]), { name: "l", type: "L", content: "c\0" }, file),
  },
  { name: "a pax key twice", code: "ATT_ARCHIVE_DAMAGED", bytes: tar(pax(["path", "b"], ["path", "c"]), file) },
  {
    name: "a pax record that is too long",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ name: "x", type: "x", content: "99 path=b\n" }, file),
  },
  {
    name: "a pax record without length",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ name: "x", type: "x", content: "path=b\n" }, file),
  },
  {
    name: "a pax record that is shorter than its length's own digits",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ name: "x", type: "x", content: "2 \n" }, file),
  },
  {
    name: "a pax record without key",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ name: "x", type: "x", content: "6 =bc\n" }, file),
  },
  { name: "a pax size that is no number", code: "ATT_ARCHIVE_DAMAGED", bytes: tar(pax(["size", "-5"]), file) },
  {
    name: "a name for all entries",
    code: "ATT_ARCHIVE_DAMAGED",
    bytes: tar({ ...pax(["path", "b"]), type: "g" }, file),
  },
]

/** All of them, by what is wrong. */
export const hostileArchives: readonly (readonly [group: string, cases: readonly HostileArchive[]])[] = [
  ["paths", paths],
  ["kinds", kinds],
  ["duplicates", duplicates],
  ["sizes", sizes],
  ["bombs", bombs],
  ["damages", damages],
]

function* folders(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield rawHeader({ name: `d${i}/`, type: "5" })
}

async function* manyFolders(count: number): AsyncGenerator<Uint8Array> {
  yield* folders(count)
}

async function* manyMembers(member: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield member
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes)
  const index = at < 0 ? copy.length + at : at
  copy[index] = (copy[index] ?? 0) ^ 0xff
  return copy
}

/** An archive with a name of these bytes and the right checksum. */
function renamed(name: Uint8Array): Uint8Array {
  const header = rawHeader({ name: "" })
  header.set(name, 0)
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return header
}
