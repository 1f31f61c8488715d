import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf"
import { descriptorBytes, type TypeEntry, textAt } from "./descriptor-set.ts"
import {
  describeField,
  type FieldContext,
  localNameOf,
  noProto,
  type RawField,
  readField,
  type TypeLookup,
} from "./field-schema.ts"
import { flagAt, visitFields } from "./wire-fields.ts"

/** What the descriptor of a message says, read in one pass when its fields are first asked for. */
export interface MessageLayout {
  readonly fields: DescField[]
  readonly field: Record<string, DescField>
  readonly oneofs: DescOneof[]
  readonly members: (DescField | DescOneof)[]
  /** By simple name, without the entry messages of maps. */
  readonly nested: ReadonlyMap<string, TypeEntry>
  readonly deprecated: boolean
}

/**
 * Reads the descriptor of a message; types that its fields refer to are looked up later.
 *
 * Field numbers of DescriptorProto: field 2, nested_type 3, enum_type 4, options 7 (deprecated 3, map_entry 7), oneof_decl 8.
 */
export function readMessage(parent: DescMessage, entry: TypeEntry, lookup: TypeLookup): MessageLayout {
  const raws: RawField[] = []
  const oneofNames: string[] = []
  const nested = new Map<string, TypeEntry>()
  const mapEntries = new Map<string, TypeEntry>()
  let deprecated = false
  const bytes = descriptorBytes()
  visitFields(bytes, entry.start, entry.end, (no, _, start, end) => {
    if (no === 2) raws.push(readField(start, end))
    else if (no === 3 || no === 4) {
      const { name, mapEntry } = readHead(start, end, no === 3)
      const kind = no === 3 ? "message" : "enum"
      ;(mapEntry ? mapEntries : nested).set(name, { kind, file: entry.file, start, end })
    } else if (no === 7) deprecated = flagAt(bytes, start, end, 3)
    else if (no === 8) oneofNames.push(readHead(start, end, false).name)
  })
  return { ...assembleFields(raws, oneofNames, contextOf(parent, entry, mapEntries, lookup)), nested, deprecated }
}

function readHead(start: number, end: number, isMessage: boolean): { name: string; mapEntry: boolean } {
  const head = { name: "", mapEntry: false }
  const bytes = descriptorBytes()
  visitFields(bytes, start, end, (no, _, from, to) => {
    if (no === 1) head.name = textAt(from, to)
    else if (no === 7 && isMessage) head.mapEntry = flagAt(bytes, from, to, 7)
  })
  return head
}

function contextOf(
  parent: DescMessage,
  entry: TypeEntry,
  mapEntries: ReadonlyMap<string, TypeEntry>,
  lookup: TypeLookup,
): FieldContext {
  const prefix = `${parent.typeName}.`
  return {
    ...lookup,
    parent,
    proto3: entry.file.syntax === "proto3",
    mapEntry: (name) => {
      const found = name.startsWith(prefix) ? mapEntries.get(name.slice(prefix.length)) : undefined
      return found === undefined ? undefined : readMapEntry(found)
    },
  }
}

function assembleFields(raws: readonly RawField[], oneofNames: readonly string[], context: FieldContext) {
  const oneofs = oneofNames.map((name) => describeOneof(name, context.parent))
  const fields: DescField[] = []
  const members: (DescField | DescOneof)[] = []
  const field: Record<string, DescField> = {}
  for (const raw of raws) {
    const oneof = oneofs[raw.oneofIndex]
    const described = describeField(raw, oneof, context)
    fields.push(described)
    field[described.localName] = described
    if (oneof === undefined) members.push(described)
    else if (oneof.fields.push(described) === 1) members.push(oneof)
  }
  return { fields, field, members, oneofs: oneofs.filter((oneof) => oneof.fields.length > 0) }
}

function readMapEntry(entry: TypeEntry): readonly [RawField, RawField] {
  const fields: RawField[] = []
  visitFields(
    descriptorBytes(),
    entry.start,
    entry.end,
    (no, _, start, end) => void (no === 2 && fields.push(readField(start, end))),
  )
  const key = fields.find((field) => field.number === 1)
  const value = fields.find((field) => field.number === 2)
  if (key === undefined || value === undefined) throw new Error("a map entry has no key or no value")
  return [key, value]
}

function describeOneof(name: string, parent: DescMessage): DescOneof {
  const oneof = {
    kind: "oneof",
    name,
    localName: localNameOf(name, false),
    parent,
    fields: [] as DescField[],
    deprecated: false,
    get proto() {
      return noProto(`${parent.typeName}.${name}`)
    },
    toString: () => `oneof ${parent.typeName}.${name}`,
  }
  return oneof as unknown as DescOneof
}
