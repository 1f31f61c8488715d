import { AttacheError, messageOf } from "@attache/base"
import {
  type DescField,
  type DescMessage,
  fromJson as esFromJson,
  type JsonValue,
  type MessageShape,
} from "@bufbuild/protobuf"
import { depthLimit, type Finding, memberPath, tooDeep, unknownField, unknownType } from "./finding.ts"
import { registry, schemaOf } from "./registry.ts"
import { findMessage } from "./schema.ts"
import { typeNameOf } from "./type-urls.ts"
import { hasOwnJsonForm } from "./well-known.ts"

/** A message read from JSON and what was wrong with the JSON. */
export interface ParsedMessage<S extends DescMessage> {
  /** Everything that was understood; undefined if a value was wrong or the nesting too deep. */
  readonly message: MessageShape<S> | undefined
  readonly findings: readonly Finding[]
}

/**
 * Reads protobuf's JSON form: field names in camel case or as in the .proto file, nested `Any` messages by `@type`.
 *
 * Never throws for what it is given: unknown fields and `Any` messages of unknown types are left out and listed, wrong
 * values are listed and leave no message.
 */
export function parseJson<S extends DescMessage>(type: S | string, json: unknown): ParsedMessage<S> {
  const schema = schemaOf(type) as S
  const findings: Finding[] = []
  const clean: Visit = (desc, value, path, depth) =>
    mapChildren({ desc, value, path, depth }, clean, (finding) => void findings.push(finding))
  const known = clean(schema, json as JsonValue, "", 0)
  if (findings.some((finding) => finding.code === "ATT_PROTO_DEPTH")) return { message: undefined, findings }
  try {
    return { message: esFromJson(schema, known ?? {}, { registry }), findings }
  } catch {
    findings.push(...wrongValues(schema, known ?? {}, "", 0))
    return { message: undefined, findings }
  }
}

/**
 * Like {@link parseJson}, for JSON that must be right.
 *
 * @throws AttacheError with the code and place of the first finding
 */
export function fromJson<S extends DescMessage>(type: S | string, json: unknown): MessageShape<S> {
  const { message, findings } = parseJson(type, json)
  const [first] = findings
  if (message !== undefined && first === undefined) return message
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ""
  throw new AttacheError(
    first?.code ?? "ATT_PROTO_VALUE",
    `${first?.path || schemaOf(type).typeName}: ${first?.message}${more}`,
  )
}

interface Node {
  readonly desc: DescMessage
  readonly value: JsonValue
  readonly path: string
  readonly depth: number
}

type Visit = (desc: DescMessage, value: JsonValue, path: string, depth: number) => JsonValue | undefined

/** A copy of a message's JSON with each nested message replaced by what `visit` gives, undefined for none. */
function mapChildren(node: Node, visit: Visit, report: (finding: Finding) => void): JsonValue | undefined {
  const { desc, value, path, depth } = node
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value
  if (depth > depthLimit) return void report(tooDeep(path))
  if (desc.typeName === "google.protobuf.Any") return mapAny(node, value, visit, report)
  if (hasOwnJsonForm(desc.typeName)) return value
  const copy: Record<string, JsonValue> = {}
  for (const [key, member] of Object.entries(value)) {
    const field = fieldsByKey(desc).get(key)
    const at = memberPath(path, key)
    if (field === undefined) report(unknownField(at, desc.typeName, key))
    else
      define(
        copy,
        key,
        mapField(field, member, at, (child, json, inner) => visit(child, json, inner, depth + 1)),
      )
  }
  return copy
}

function mapAny(
  node: Node,
  value: { readonly [key: string]: JsonValue },
  visit: Visit,
  report: (finding: Finding) => void,
) {
  const { "@type": typeUrl, ...rest } = value
  if (typeof typeUrl !== "string") return value
  const desc = findMessage(typeNameOf(typeUrl))
  if (desc === undefined) return void report(unknownType(node.path, typeUrl))
  if (hasOwnJsonForm(desc.typeName)) {
    const inner =
      rest.value === undefined ? undefined : visit(desc, rest.value, memberPath(node.path, "value"), node.depth + 1)
    return inner === undefined ? value : { "@type": typeUrl, value: inner }
  }
  const inner = visit(desc, rest, node.path, node.depth + 1)
  return inner === undefined ? undefined : { "@type": typeUrl, ...(inner as object) }
}

function mapField(
  field: DescField,
  value: JsonValue,
  path: string,
  visit: (desc: DescMessage, json: JsonValue, path: string) => JsonValue | undefined,
): JsonValue | undefined {
  const desc = field.message
  if (desc === undefined || value === null) return value
  if (field.fieldKind === "message") return visit(desc, value, path)
  if (typeof value !== "object" || Array.isArray(value) !== (field.fieldKind === "list")) return value
  if (Array.isArray(value))
    return value.map((item, i) => visit(desc, item, memberPath(path, i))).filter((item) => item !== undefined)
  const copy: Record<string, JsonValue> = {}
  for (const [key, member] of Object.entries(value)) define(copy, key, visit(desc, member, memberPath(path, key)))
  return copy
}

// Assignment would lose a key named __proto__.
function define(target: Record<string, JsonValue>, key: string, value: JsonValue | undefined): void {
  if (value !== undefined)
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The innermost messages that protobuf-es refuses, with its reasons. */
function wrongValues(desc: DescMessage, value: JsonValue, path: string, depth: number): Finding[] {
  const inner: Finding[] = []
  const search: Visit = (child, json, at, childDepth) => {
    inner.push(...wrongValues(child, json, at, childDepth))
    return json
  }
  mapChildren({ desc, value, path, depth }, search, () => undefined)
  if (inner.length > 0) return inner
  try {
    esFromJson(desc, value, { registry })
    return []
  } catch (error) {
    return [{ code: "ATT_PROTO_VALUE", path, message: messageOf(error) }]
  }
}

const keyTables = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>()

function fieldsByKey(desc: DescMessage): ReadonlyMap<string, DescField> {
  let table = keyTables.get(desc)
  if (table === undefined) {
    table = new Map(desc.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]))
    keyTables.set(desc, table)
  }
  return table
}
