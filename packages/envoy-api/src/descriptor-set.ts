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

let loaded: Buffer | undefined
let index: Map<string, TypeEntry> | undefined

/** Envoy 1.40's descriptor set (a `FileDescriptorSet`, 0.95 MB), read from disk on first use and kept. */
export function descriptorBytes(): Buffer {
  loaded ??= readFileSync(new URL("../descriptors/envoy-api.binpb", import.meta.url))
  return loaded
}

/** Top-level messages and enums of the set by full name; built on first use in about 2 ms. */
export function topLevelTypes(): ReadonlyMap<string, TypeEntry> {
  index ??= indexTypes(descriptorBytes())
  return index
}

/** The text of a length-delimited field. */
export function textAt(start: number, end: number): string {
  return descriptorBytes().toString("utf8", start, end)
}

// Numbers are those of google/protobuf/descriptor.proto: FileDescriptorSet.file = 1; FileDescriptorProto.name = 1,
// package = 2, message_type = 4, enum_type = 5, syntax = 12; the name of a message or enum = 1 and is written first.
function indexTypes(bytes: Buffer): Map<string, TypeEntry> {
  const types = new Map<string, TypeEntry>()
  visitFields(bytes, 0, bytes.length, (_set, _value, fileStart, fileEnd) => {
    const file: { path: string; packageName: string; syntax: "proto2" | "proto3" } = {
      path: "",
      packageName: "",
      syntax: "proto2",
    }
    visitFields(bytes, fileStart, fileEnd, (no, _, start, end) => {
      if (no === 1) file.path = textAt(start, end)
      else if (no === 2) file.packageName = textAt(start, end)
      else if (no === 12) file.syntax = textAt(start, end) === "proto3" ? "proto3" : "proto2"
      else if (no === 4 || no === 5) {
        types.set(`${file.packageName}.${leadingName(bytes, start)}`, {
          kind: no === 4 ? "message" : "enum",
          file,
          start,
          end,
        })
      }
    })
  })
  return types
}

// All descriptors are written by one deterministic encoder, in the order of field numbers; names are below 128 bytes.
function leadingName(bytes: Buffer, start: number): string {
  if (bytes[start] !== 10) throw new Error("descriptor does not begin with its name")
  return textAt(start + 2, start + 2 + (bytes[start + 1] ?? 0))
}
