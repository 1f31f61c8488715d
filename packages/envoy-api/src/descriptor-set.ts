import { readFileSync } from "node:fs"
import { visitFields } from "./wire-fields.ts"

/** What is known of a .proto file without reading its types. */
export interface FileEntry {
  /** Such as `envoy/config/core/v3/base.proto`. */
  readonly path: string
  readonly packageName: string
  readonly syntax: "proto2" | "proto3"
}

/** Where the descriptor of one message or enum is: `bytes[start..end)` of {@link descriptorBytes}. */
export interface TypeEntry {
  readonly kind: "message" | "enum"
  readonly file: FileEntry
  readonly start: number
  readonly end: number
}

/** The types of one package; its files are scanned when one of them is first asked for. */
interface PackageEntry {
  /** Start and end of each `FileDescriptorProto`, one after the other. */
  readonly files: number[]
  types: Map<string, TypeEntry> | undefined
}

let loaded: Buffer | undefined
let packages: Map<string, PackageEntry> | undefined

/** Envoy 1.40's descriptor set (a `FileDescriptorSet`, 0.95 MB), read from disk on first use and kept. */
export function descriptorBytes(): Buffer {
  loaded ??= readFileSync(new URL("../descriptors/envoy-api.binpb", import.meta.url))
  return loaded
}

/** Where the top-level message or enum of this package and simple name is, if there is one. */
export function topLevelType(packageName: string, name: string): TypeEntry | undefined {
  packages ??= indexPackages(descriptorBytes())
  const entry = packages.get(packageName)
  if (entry === undefined) return undefined
  entry.types ??= scanFiles(descriptorBytes(), entry.files)
  return entry.types.get(name)
}

/** The text of a length-delimited field; all of it is ASCII in Envoy's API. */
export function textAt(start: number, end: number): string {
  return descriptorBytes().toString("latin1", start, end)
}

// All descriptors are written by one deterministic encoder, in the order of field numbers: a file begins with its path (1)
// and package (2), a message or enum with its name (1), and these are shorter than 128 bytes.
function indexPackages(bytes: Buffer): Map<string, PackageEntry> {
  const index = new Map<string, PackageEntry>()
  visitFields(bytes, 0, bytes.length, (_set, _value, start, end) => {
    const afterPath = skipText(bytes, start, 10)
    const packageName = textAt(afterPath + 2, skipText(bytes, afterPath, 18))
    const entry = index.get(packageName) ?? { files: [], types: undefined }
    entry.files.push(start, end)
    index.set(packageName, entry)
  })
  return index
}

// FileDescriptorProto: name = 1, message_type = 4, enum_type = 5, syntax = 12.
function scanFiles(bytes: Buffer, ranges: readonly number[]): Map<string, TypeEntry> {
  const types = new Map<string, TypeEntry>()
  for (let i = 0; i < ranges.length; i += 2) {
    const file: { path: string; packageName: string; syntax: "proto2" | "proto3" } = {
      path: "",
      packageName: "",
      syntax: "proto2",
    }
    visitFields(bytes, ranges[i] ?? 0, ranges[i + 1] ?? 0, (no, _, start, end) => {
      if (no === 1) file.path = textAt(start, end)
      else if (no === 2) file.packageName = textAt(start, end)
      else if (no === 12) file.syntax = textAt(start, end) === "proto3" ? "proto3" : "proto2"
      else if (no === 4 || no === 5) {
        const name = textAt(start + 2, skipText(bytes, start, 10))
        types.set(name, { kind: no === 4 ? "message" : "enum", file, start, end })
      }
    })
  }
  return types
}

/** The end of the short text field at `start`, which must have this tag. */
function skipText(bytes: Buffer, start: number, tag: number): number {
  const length = bytes[start + 1] ?? 128
  if (bytes[start] !== tag || length > 127) throw new Error("the descriptor set is not in the order it was written in")
  return start + 2 + length
}
