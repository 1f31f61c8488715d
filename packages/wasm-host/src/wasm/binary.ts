import type { Signature, ValueType } from "../abi/signature.ts"
import { decodeUtf8 } from "../byte-string.ts"

/** What an import or export is. */
export type ExternKind = "function" | "table" | "memory" | "global" | "tag"

/** One import. */
export interface ModuleImport {
  readonly module: string
  readonly name: string
  readonly kind: ExternKind
  /** Only for functions. */
  readonly signature?: Signature
  /** Only for memories and tables: smallest and largest size. */
  readonly limits?: Limits
}

/** One export. */
export interface ModuleExport {
  readonly name: string
  readonly kind: ExternKind
  readonly index: number
  /** Only for functions. */
  readonly signature?: Signature
}

/** Sizes of a memory in pages of 64 KiB, or of a table in entries. */
export interface Limits {
  readonly initial: number
  readonly maximum?: number
}

/** A section of the file. */
export interface Section {
  readonly id: number
  /** `type`, `import`, ...; custom sections by their own name. */
  readonly name: string
  /** First byte of the content, after id and size. */
  readonly start: number
  /** Bytes of content. */
  readonly size: number
}

/** The parts of a module the host reads. */
export interface ModuleLayout {
  readonly bytes: Uint8Array
  readonly sections: readonly Section[]
  readonly imports: readonly ModuleImport[]
  readonly exports: readonly ModuleExport[]
  readonly memories: readonly Limits[]
  /** Whether the module has a start section. */
  readonly hasStart: boolean
  readonly functionCount: number
  /** Function names of the name section by index. */
  readonly functionNames: ReadonlyMap<number, string>
  /** Whether a part that Envoy leaves to its engine cannot be read; the engine refuses such a module. */
  readonly isBroken: boolean
}

/** Largest number of sections, imports, exports or names read; more is taken for a broken file. */
export const layoutLimits = { items: 1_000_000 } as const

const sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
]
const kinds: readonly ExternKind[] = ["function", "table", "memory", "global", "tag"]
const types = new Map<number, ValueType>([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
  [0x70, "funcref"],
  [0x6f, "externref"],
])

/** A cursor over bytes; reading past the end throws a `RangeError`. */
export interface Cursor {
  at: number
  readonly end: number
  byte(): number
  u32(): number
  name(): string
  skip(count: number): void
}

/** A cursor over a part of the bytes. */
export function createCursor(bytes: Uint8Array, at = 0, end = bytes.length): Cursor {
  const cursor: Cursor = {
    at,
    end,
    byte: () => {
      const value = cursor.at < end ? bytes[cursor.at] : undefined
      if (value === undefined) throw new RangeError("unexpected end of module")
      cursor.at++
      return value
    },
    u32: () => {
      let value = 0
      for (let shift = 0; shift < 35; shift += 7) {
        const b = cursor.byte()
        value += (b & 0x7f) * 2 ** shift
        if (b < 0x80) return value
      }
      throw new RangeError("number too long")
    },
    name: () => {
      const length = cursor.u32()
      const start = cursor.at
      cursor.skip(length)
      return decodeUtf8(bytes.subarray(start, cursor.at))
    },
    skip: (count) => {
      if (cursor.at + count > end) throw new RangeError("unexpected end of module")
      cursor.at += count
    },
  }
  return cursor
}

/** Whether bytes begin with Wasm's magic; Envoy leaves the version to its engine. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && [0, 0x61, 0x73, 0x6d].every((b, i) => bytes[i] === b)
}

/** Whether the version behind the magic is 1, that of modules; components have another. */
export function isVersion1(bytes: Uint8Array): boolean {
  return [1, 0, 0, 0].every((b, i) => bytes[4 + i] === b)
}

/**
 * Reads the outline of a module; undefined when the file is not Wasm, or broken where Envoy looks itself: sections, exports
 * and names. Code and data are not looked into. Source: proxy-wasm-cpp-host `BytecodeUtil`.
 */
export function readLayout(bytes: Uint8Array): ModuleLayout | undefined {
  if (!isWasm(bytes)) return undefined
  try {
    return layoutOf(bytes)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function layoutOf(bytes: Uint8Array): ModuleLayout {
  const sections = readSections(bytes)
  const at = (name: string): Cursor | undefined => {
    const section = sections.find((s) => s.name === name && s.id !== 0)
    return section === undefined ? undefined : createCursor(bytes, section.start, section.start + section.size)
  }
  const { rawExports, isWhole } = readExports(bytes, sections)
  const functionNames = readFunctionNames(bytes, sections)
  const inner = readInner(at)
  const { imports, own, signatures } = inner ?? { imports: [], own: [], signatures: [] }
  const imported = imports.filter(({ kind }) => kind === "function")
  const signatureAt = (index: number): Signature | undefined =>
    index < imported.length ? imported[index]?.signature : signatures[own[index - imported.length] ?? -1]
  return {
    bytes,
    sections,
    imports,
    exports: rawExports.map((one): ModuleExport => {
      const signature = one.kind === "function" ? signatureAt(one.index) : undefined
      return { ...one, ...(signature === undefined ? {} : { signature }) }
    }),
    memories: [
      ...imports.flatMap((one) => (one.kind === "memory" && one.limits !== undefined ? [one.limits] : [])),
      ...(inner?.memories ?? []),
    ],
    hasStart: at("start") !== undefined,
    functionCount: imported.length + own.length,
    functionNames,
    isBroken: inner === undefined || !isWhole || !isVersion1(bytes),
  }
}

/** Exports as far as they can be read. Envoy reads up to the marker of the ABI: what is broken behind it is the engine's business. */
function readExports(bytes: Uint8Array, sections: readonly Section[]) {
  const section = sections.find(({ id }) => id === 7)
  const rawExports: Pick<ModuleExport, "name" | "kind" | "index">[] = []
  if (section === undefined) return { rawExports, isWhole: true }
  const c = createCursor(bytes, section.start)
  try {
    const count = c.u32()
    if (count > layoutLimits.items) throw new RangeError("too many items")
    for (let i = 0; i < count; i++) rawExports.push({ name: c.name(), kind: kinds[c.byte()] ?? "tag", index: c.u32() })
  } catch (error) {
    if (!(error instanceof RangeError) || !rawExports.some(({ name }) => name.startsWith("proxy_abi_version_")))
      throw error
    return { rawExports, isWhole: false }
  }
  return { rawExports, isWhole: c.at === section.start + section.size }
}

/** What Envoy leaves to its engine; undefined when it cannot be read. */
function readInner(at: (name: string) => Cursor | undefined) {
  try {
    const signatures = list(at("type"), readSignature)
    return {
      signatures,
      imports: list(at("import"), (c) => readImport(c, signatures)),
      own: list(at("function"), (c) => c.u32()),
      memories: list(at("memory"), readLimits),
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readSections(bytes: Uint8Array): readonly Section[] {
  const sections: Section[] = []
  const c = createCursor(bytes, 8)
  while (c.at < bytes.length) {
    const id = c.byte()
    const size = c.u32()
    const start = c.at
    c.skip(size)
    const name = id === 0 ? createCursor(bytes, start, c.at).name() : (sectionNames[id] ?? `section ${id}`)
    sections.push({ id, name, start, size })
  }
  return sections
}

function list<T>(c: Cursor | undefined, read: (c: Cursor) => T): readonly T[] {
  if (c === undefined) return []
  const count = c.u32()
  if (count > layoutLimits.items) throw new RangeError("too many items")
  return Array.from({ length: count }, () => read(c))
}

function readSignature(c: Cursor): Signature {
  if (c.byte() !== 0x60) throw new RangeError("only function types are known")
  const take = (): ValueType[] => Array.from({ length: bounded(c.u32(), c) }, () => types.get(c.byte()) ?? "externref")
  return { params: take(), results: take() }
}

function bounded(count: number, c: Cursor): number {
  if (count > c.end - c.at) throw new RangeError("unexpected end of module")
  return count
}

function readImport(c: Cursor, signatures: readonly Signature[]): ModuleImport {
  const base = { module: c.name(), name: c.name(), kind: kinds[c.byte()] ?? "tag" } as const
  if (base.kind === "function") {
    const signature = signatures[c.u32()]
    return { ...base, ...(signature === undefined ? {} : { signature }) }
  }
  if (base.kind === "table") c.byte()
  if (base.kind === "table" || base.kind === "memory") return { ...base, limits: readLimits(c) }
  c.skip(2)
  return base
}

function readLimits(c: Cursor): Limits {
  const flags = c.byte()
  const initial = c.u32()
  return (flags & 1) === 1 ? { initial, maximum: c.u32() } : { initial }
}

function readFunctionNames(bytes: Uint8Array, sections: readonly Section[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const section = sections.find(({ id, name }) => id === 0 && name === "name")
  if (section === undefined) return names
  const c = createCursor(bytes, section.start)
  c.name()
  while (c.at < section.start + section.size) {
    const id = c.byte()
    const size = c.u32()
    const end = c.at + size
    if (id === 1) for (let n = c.u32(); n > 0; n--) names.set(c.u32(), c.name())
    else c.skip(size)
    if (c.at !== end) throw new RangeError("names of another length")
  }
  return names
}
