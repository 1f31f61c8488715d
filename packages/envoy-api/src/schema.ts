import type { DescEnum, DescEnumValue, DescField, DescFile, DescMessage, DescOneof, Message } from "@bufbuild/protobuf"
import type { GenEnum, GenMessage } from "@bufbuild/protobuf/codegenv2"
import { descriptorBytes, type FileEntry, type TypeEntry, textAt, topLevelTypes } from "./descriptor-set.ts"
import { describeField, localNameOf, noProto, type RawField, readField, safeProperty } from "./field-schema.ts"
import { visitFields } from "./wire-fields.ts"

/** What the descriptor of a message says, read in one pass when its fields are first asked for. */
interface Layout {
  readonly fields: DescField[]
  readonly field: Record<string, DescField>
  readonly oneofs: DescOneof[]
  readonly members: (DescField | DescOneof)[]
  readonly nested: ReadonlyMap<string, TypeEntry>
  readonly mapEntries: ReadonlyMap<string, TypeEntry>
  readonly deprecated: boolean
}

interface EnumLayout {
  readonly values: DescEnumValue[]
  readonly value: Record<number, DescEnumValue>
  readonly sharedPrefix: string | undefined
  readonly deprecated: boolean
}

const messages = new Map<string, LazyMessage>()
const enums = new Map<string, LazyEnum>()
const files = new Map<FileEntry, DescFile>()

/**
 * The schema of a message by full name, for protobuf-es' functions and for `encode`. Costs nothing until it is used.
 *
 * One name always gives the same object. A name that the set does not hold is our mistake and throws on first use; ask
 * `findMessage` for names from outside.
 */
export function messageSchema<T extends Message>(typeName: string): GenMessage<T> {
  let schema = messages.get(typeName)
  if (schema === undefined) {
    schema = new LazyMessage(typeName)
    messages.set(typeName, schema)
  }
  return schema as unknown as GenMessage<T>
}

/** The schema of an enum by full name; like {@link messageSchema}. */
export function enumSchema<T extends number>(typeName: string): GenEnum<T> {
  let schema = enums.get(typeName)
  if (schema === undefined) {
    schema = new LazyEnum(typeName)
    enums.set(typeName, schema)
  }
  return schema as unknown as GenEnum<T>
}

/** The schema of the message with this full name, or undefined if Envoy's API has none. */
export function findMessage(typeName: string): DescMessage | undefined {
  return findType(typeName)?.kind === "message" ? messageSchema(typeName) : undefined
}

/** The schema of the enum with this full name, or undefined if Envoy's API has none. */
export function findEnum(typeName: string): DescEnum | undefined {
  return findType(typeName)?.kind === "enum" ? (enumSchema(typeName) as DescEnum) : undefined
}

function findType(typeName: string): TypeEntry | undefined {
  const top = topLevelTypes().get(typeName)
  if (top !== undefined) return top
  const dot = typeName.lastIndexOf(".")
  if (dot < 0) return undefined
  const parent = typeName.slice(0, dot)
  if (findType(parent)?.kind !== "message") return undefined
  return lazyMessage(parent).layout.nested.get(typeName.slice(dot + 1))
}

function lazyMessage(typeName: string): LazyMessage {
  return messageSchema(typeName) as unknown as LazyMessage
}

class LazyType {
  readonly typeName: string
  #entry: TypeEntry | undefined

  constructor(typeName: string) {
    this.typeName = typeName
  }

  get entry(): TypeEntry {
    this.#entry ??= findType(this.typeName)
    if (this.#entry === undefined) throw new Error(`Envoy's API has no type ${this.typeName}`)
    return this.#entry
  }

  get name(): string {
    return this.typeName.slice(this.typeName.lastIndexOf(".") + 1)
  }

  get file(): DescFile {
    return describeFile(this.entry.file)
  }

  get parent(): DescMessage | undefined {
    const dot = this.typeName.lastIndexOf(".")
    const outer = this.typeName.slice(0, dot)
    return outer === this.entry.file.packageName ? undefined : messageSchema(outer)
  }

  get proto(): never {
    return noProto(this.typeName)
  }
}

class LazyMessage extends LazyType implements DescMessage {
  readonly kind = "message"
  #layout: Layout | undefined

  get layout(): Layout {
    this.#layout ??= readMessage(this, this.entry)
    return this.#layout
  }

  get fields(): DescField[] {
    return this.layout.fields
  }

  get field(): Record<string, DescField> {
    return this.layout.field
  }

  get oneofs(): DescOneof[] {
    return this.layout.oneofs
  }

  get members(): (DescField | DescOneof)[] {
    return this.layout.members
  }

  get nestedMessages(): DescMessage[] {
    return this.#nested("message").map((name) => messageSchema(name))
  }

  get nestedEnums(): DescEnum[] {
    return this.#nested("enum").map((name) => enumSchema(name) as DescEnum)
  }

  get nestedExtensions(): [] {
    return []
  }

  get deprecated(): boolean {
    return this.layout.deprecated
  }

  override toString(): string {
    return `message ${this.typeName}`
  }

  #nested(kind: TypeEntry["kind"]): string[] {
    return [...this.layout.nested]
      .filter(([, entry]) => entry.kind === kind)
      .map(([name]) => `${this.typeName}.${name}`)
  }
}

class LazyEnum extends LazyType implements DescEnum {
  readonly kind = "enum"
  #layout: EnumLayout | undefined

  get #read(): EnumLayout {
    this.#layout ??= readEnum(this, this.entry)
    return this.#layout
  }

  get open(): boolean {
    return this.entry.file.syntax === "proto3"
  }

  get values(): DescEnumValue[] {
    return this.#read.values
  }

  get value(): Record<number, DescEnumValue> {
    return this.#read.value
  }

  get sharedPrefix(): string | undefined {
    return this.#read.sharedPrefix
  }

  get deprecated(): boolean {
    return this.#read.deprecated
  }

  override toString(): string {
    return `enum ${this.typeName}`
  }
}

// Only what protobuf-es asks of a file: its edition (proto2 998, proto3 999) and, for names in messages, its package.
function describeFile(entry: FileEntry): DescFile {
  let file = files.get(entry)
  if (file === undefined) {
    const described = {
      kind: "file",
      edition: entry.syntax === "proto3" ? 999 : 998,
      name: entry.path.replace(/\.proto$/, ""),
      proto: { name: entry.path, package: entry.packageName },
      dependencies: [],
      enums: [],
      messages: [],
      extensions: [],
      services: [],
      deprecated: false,
      toString: () => `file ${entry.path}`,
    }
    file = described as unknown as DescFile
    files.set(entry, file)
  }
  return file
}

// DescriptorProto: field = 2, nested_type = 3, enum_type = 4, options = 7 (deprecated = 3, map_entry = 7), oneof_decl = 8.
function readMessage(parent: LazyMessage, entry: TypeEntry): Layout {
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
    } else if (no === 7) deprecated = flagAt(start, end, 3)
    else if (no === 8) oneofNames.push(readHead(start, end, false).name)
  })
  return { ...assembleFields(parent, raws, oneofNames, mapEntries), nested, mapEntries, deprecated }
}

function readHead(start: number, end: number, isMessage: boolean): { name: string; mapEntry: boolean } {
  const head = { name: "", mapEntry: false }
  const bytes = descriptorBytes()
  visitFields(bytes, start, end, (no, _, from, to) => {
    if (no === 1) head.name = textAt(from, to)
    else if (no === 7 && isMessage) head.mapEntry = flagAt(from, to, 7)
  })
  return head
}

function assembleFields(
  parent: LazyMessage,
  raws: RawField[],
  oneofNames: string[],
  mapEntries: ReadonlyMap<string, TypeEntry>,
) {
  const oneofs = oneofNames.map((name) => describeOneof(name, parent))
  const context = {
    parent,
    proto3: parent.entry.file.syntax === "proto3",
    message: (name: string): DescMessage => messageSchema(name),
    enum: (name: string): DescEnum => enumSchema(name) as DescEnum,
    mapEntry: (name: string) => {
      const entry = mapEntries.get(name.slice(parent.typeName.length + 1))
      return entry === undefined || !name.startsWith(`${parent.typeName}.`) ? undefined : readMapEntry(entry)
    },
  }
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

function describeOneof(name: string, parent: LazyMessage): DescOneof {
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

/** Whether a boolean option is set in the options message in `[start..end)`. */
function flagAt(start: number, end: number, option: number): boolean {
  let flag = false
  visitFields(descriptorBytes(), start, end, (no, value) => {
    if (no === option) flag = value !== 0
  })
  return flag
}

// EnumDescriptorProto: value = 2 (name = 1, number = 2, options = 3 with deprecated = 1), options = 3 with deprecated = 3.
function readEnum(parent: LazyEnum, entry: TypeEntry): EnumLayout {
  const raws: { name: string; number: number; deprecated: boolean }[] = []
  const bytes = descriptorBytes()
  let deprecated = false
  visitFields(bytes, entry.start, entry.end, (no, _, start, end) => {
    if (no === 3) deprecated = flagAt(start, end, 3)
    if (no !== 2) return
    const raw = { name: "", number: 0, deprecated: false }
    visitFields(bytes, start, end, (part, value, from, to) => {
      if (part === 1) raw.name = textAt(from, to)
      else if (part === 2) raw.number = value > 0x7fffffff ? Number(BigInt.asIntN(32, BigInt(value))) : value
      else if (part === 3) raw.deprecated = flagAt(from, to, 1)
    })
    raws.push(raw)
  })
  const sharedPrefix = sharedPrefixOf(parent.name, raws)
  const values = raws.map((raw) => describeValue(raw, parent, sharedPrefix))
  const value: Record<number, DescEnumValue> = {}
  for (const described of values) value[described.number] ??= described
  return { values, value, sharedPrefix, deprecated }
}

function sharedPrefixOf(enumName: string, values: readonly { name: string }[]): string | undefined {
  const prefix = `${enumName.slice(0, 1)}${enumName.slice(1).replace(/[A-Z]/g, "_$&")}_`.toLowerCase()
  const shared = values.every(
    ({ name }) => name.toLowerCase().startsWith(prefix) && /^\D/.test(name.slice(prefix.length)),
  )
  return shared ? prefix : undefined
}

function describeValue(
  raw: { name: string; number: number; deprecated: boolean },
  parent: LazyEnum,
  prefix: string | undefined,
): DescEnumValue {
  const value = {
    kind: "enum_value",
    name: raw.name,
    localName: safeProperty(raw.name.slice(prefix?.length ?? 0)),
    number: raw.number,
    jsonName: raw.name,
    parent,
    deprecated: raw.deprecated,
    get proto() {
      return noProto(`${parent.typeName}.${raw.name}`)
    },
    toString: () => `enum value ${parent.typeName}.${raw.name}`,
  }
  return value as unknown as DescEnumValue
}
