// A route configuration under a patch, piece by piece: only the routes that are new to the patch are decoded, and only
// those that it changes are checked and encoded. What is not plain is left to the way of all resources.
import { type DescMessage, decode, encode, parseJson, toJson, violationOf } from "@attache/envoy-api"
import { RouteSchema, VirtualHostSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { elementHead, joinBytes } from "../emit/elements.ts"
import { isJsonObject, type Json, type JsonMembers } from "./json-value.ts"
import { withProtoNames } from "./proto-names.ts"

/** What one patch has read so far; belongs to that patch. */
export interface PieceMemory {
  documents: Documents
  /** Where a document came from. A patch may move it to where another kind of message is wanted. */
  readonly sources: WeakMap<JsonMembers, { readonly schema: DescMessage; readonly bytes: Uint8Array }>
}

/** Documents by schema and by the bytes they were read from, as text. */
type Documents = ReadonlyMap<DescMessage, Map<string, JsonMembers>>

/** A message, and the repeated field in it whose elements are pieces. */
interface Piece {
  readonly schema: DescMessage
  readonly pieces?: { readonly field: number; readonly name: string; readonly of: Piece }
}

const routeConfiguration: Piece = {
  schema: RouteConfigurationSchema,
  pieces: {
    field: 2,
    name: "virtual_hosts",
    of: { schema: VirtualHostSchema, pieces: { field: 3, name: "routes", of: { schema: RouteSchema } } },
  },
}

/** Nothing read yet. */
export function createPieceMemory(): PieceMemory {
  return { documents: noDocuments(), sources: new WeakMap() }
}

function noDocuments(): Documents {
  return new Map([RouteConfigurationSchema, VirtualHostSchema, RouteSchema].map((schema) => [schema, new Map()]))
}

/** The JSON form of a route configuration, with names as in the .proto files. Undefined: something cannot be read. */
export function routesDocument(bytes: Uint8Array, memory: PieceMemory): JsonMembers | undefined {
  const before = memory.documents
  // What is not used this time is gone the next.
  memory.documents = noDocuments()
  return readPiece(routeConfiguration, bytes, memory, before)
}

/** The bytes of a changed document that {@link routesDocument} gave. Undefined: something in it is wrong. */
export function routesBytes(document: Json, memory: PieceMemory): Uint8Array | undefined {
  return writePiece(routeConfiguration, document, memory)
}

function readPiece(piece: Piece, bytes: Uint8Array, memory: PieceMemory, before: Documents): JsonMembers | undefined {
  const { schema } = piece
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
  const known = before.get(schema)?.get(text)
  const document = known ?? readAnew(piece, bytes, memory, before)
  if (document === undefined) return undefined
  memory.documents.get(schema)?.set(text, document)
  memory.sources.set(document, { schema, bytes })
  return document
}

function readAnew(
  { schema, pieces }: Piece,
  bytes: Uint8Array,
  memory: PieceMemory,
  before: Documents,
): JsonMembers | undefined {
  if (pieces === undefined) return readMessage(schema, bytes)
  const { rest, elements } = takeOut(bytes, pieces.field)
  const members = readMessage(schema, rest)
  if (members === undefined) return undefined
  const list: Json[] = []
  for (const element of elements) {
    const document = readPiece(pieces.of, element, memory, before)
    if (document === undefined) return undefined
    list.push(document)
  }
  return list.length === 0 ? members : withMember(schema, members, pieces, list)
}

function readMessage(schema: DescMessage, bytes: Uint8Array): JsonMembers | undefined {
  let isReadable = true
  const json = toJson(schema, decode(schema, bytes), () => {
    isReadable = false
  })
  const named = withProtoNames(schema, json as Json)
  return isReadable && isJsonObject(named) ? named : undefined
}

/** Members stand in the order of field numbers, which a JSONPath may notice. */
function withMember(
  schema: DescMessage,
  members: JsonMembers,
  { field, name }: { readonly field: number; readonly name: string },
  list: readonly Json[],
): JsonMembers {
  const numbers = new Map(schema.fields.map((each) => [each.name, each.number]))
  const isBefore = ([key]: readonly [string, Json]): boolean => (numbers.get(key) ?? 0) < field
  const entries = Object.entries(members)
  return Object.fromEntries([...entries.filter(isBefore), [name, list], ...entries.filter((entry) => !isBefore(entry))])
}

function writePiece(piece: Piece, document: Json | undefined, memory: PieceMemory): Uint8Array | undefined {
  if (!isJsonObject(document)) return undefined
  const { schema, pieces } = piece
  const known = memory.sources.get(document)
  if (known?.schema === schema) return known.bytes
  if (pieces === undefined) return writeMessage(schema, document)
  const { [pieces.name]: list, ...members } = document
  if (list !== undefined && !Array.isArray(list)) return undefined
  const rest = writeMessage(schema, members, pieces.name)
  if (rest === undefined) return undefined
  const parts: Uint8Array[] = []
  for (const item of (list ?? []) as readonly Json[]) {
    const bytes = writePiece(pieces.of, item, memory)
    if (bytes === undefined) return undefined
    parts.push(elementHead(pieces.field, bytes.length), bytes)
  }
  const at = endOfFieldsBelow(rest, pieces.field)
  return joinBytes([rest.subarray(0, at), ...parts, rest.subarray(at)])
}

/** @param absent a field that must not come in by another spelling */
function writeMessage(schema: DescMessage, json: JsonMembers, absent?: string): Uint8Array | undefined {
  let isPlain = true
  const named = withProtoNames(schema, json, () => {
    isPlain = false
  })
  if (!isPlain || !isJsonObject(named) || (absent !== undefined && Object.hasOwn(named, absent))) return undefined
  const { message, findings } = parseJson(schema, named)
  if (message === undefined || findings.length > 0 || violationOf(schema, message) !== undefined) return undefined
  return encode(schema, message)
}

interface Field {
  readonly number: number
  /** Of the key, the value without its length, and the field behind it. */
  readonly start: number
  readonly value: number
  readonly end: number
}

/** The elements of a repeated message, and the message without them. */
function takeOut(
  bytes: Uint8Array,
  field: number,
): { readonly rest: Uint8Array; readonly elements: readonly Uint8Array[] } {
  const elements: Uint8Array[] = []
  const kept: Uint8Array[] = []
  for (const { number, start, value, end } of fieldsOf(bytes)) {
    if (number === field) elements.push(bytes.subarray(value, end))
    else kept.push(bytes.subarray(start, end))
  }
  return { rest: joinBytes(kept), elements }
}

/** Fields are encoded in the order of their numbers. */
function endOfFieldsBelow(bytes: Uint8Array, field: number): number {
  for (const { number, start } of fieldsOf(bytes)) if (number > field) return start
  return bytes.length
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (let at = 0; at < bytes.length; ) {
    const start = at
    const key = readVarint(bytes, at)
    const type = key.value & 7
    let value = key.end
    let end = value
    if (type === 2) {
      const length = readVarint(bytes, value)
      value = length.end
      end = value + length.value
    } else if (type === 0) end = readVarint(bytes, value).end
    else if (type === 1) end = value + 8
    else if (type === 5) end = value + 4
    else throw new Error(`wire type ${type} is none of ours`)
    yield { number: Math.floor(key.value / 8), start, value, end }
    at = end
  }
}

function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0
  let scale = 1
  for (let end = at; end < bytes.length; end++) {
    const byte = bytes[end] as number
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, end: end + 1 }
    scale *= 128
  }
  throw new Error("the message ends within a number")
}
