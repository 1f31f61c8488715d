import type { DescEnum, DescEnumValue, DescField, DescFile, DescMessage, DescOneof, Message } from "@bufbuild/protobuf"
import type { GenEnum, GenMessage } from "@bufbuild/protobuf/codegenv2"
import { type FileEntry, type TypeEntry, topLevelType } from "./descriptor-set.ts"
import { type EnumLayout, readEnum } from "./enum-layout.ts"
import { noProto, type TypeLookup } from "./field-schema.ts"
import { type MessageLayout, readMessage } from "./message-layout.ts"

const messages = new Map<string, LazyMessage>()
const enums = new Map<string, LazyEnum>()
const files = new Map<FileEntry, DescFile>()

const lookup: TypeLookup = {
  message: (typeName) => messageSchema(typeName),
  enum: (typeName) => enumSchema(typeName) as DescEnum,
}

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

/** Where the descriptor of this message or enum is, if Envoy's API has it. */
export function findType(typeName: string): TypeEntry | undefined {
  const dot = typeName.lastIndexOf(".")
  if (dot < 0) return undefined
  const [outer, name] = [typeName.slice(0, dot), typeName.slice(dot + 1)]
  const top = topLevelType(outer, name)
  if (top !== undefined) return top
  return findType(outer)?.kind === "message" ? lazyMessage(outer).layout.nested.get(name) : undefined
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
  #layout: MessageLayout | undefined

  get layout(): MessageLayout {
    this.#layout ??= readMessage(this, this.entry, lookup)
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
