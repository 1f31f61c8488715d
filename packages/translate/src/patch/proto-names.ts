// Spelling of field names in protobuf's JSON: that of the .proto files, in which patches name fields.
import { type DescMessage, findMessage, typeNameOf } from "@attache/envoy-api"
import type { DescField } from "@bufbuild/protobuf"
import { isJsonObject, type Json, type JsonMembers } from "./json-value.ts"

/**
 * The JSON form of a message with all fields named as in the .proto files, also inside of every `Any`.
 *
 * Unknown names stay. Of two spellings of one field the later wins and `onDuplicate` hears of it.
 */
export function withProtoNames(schema: DescMessage, json: Json, onDuplicate: (name: string) => void = () => {}): Json {
  return rename(schema, json, onDuplicate)
}

function rename(schema: DescMessage, json: Json, onDuplicate: (name: string) => void): Json {
  if (!isJsonObject(json)) return json
  if (schema.typeName === "google.protobuf.Any") {
    const type = json["@type"]
    const inner = typeof type === "string" ? findMessage(typeNameOf(type)) : undefined
    return inner === undefined ? json : renameFields(inner, json, onDuplicate)
  }
  return renameFields(schema, json, onDuplicate)
}

function renameFields(schema: DescMessage, json: JsonMembers, onDuplicate: (name: string) => void): Json {
  // Their JSON has no fields, or any fields.
  if (schema.typeName.startsWith("google.protobuf.")) return json
  const fields = fieldsByName(schema)
  const renamed = new Map<string, Json>()
  for (const [key, value] of Object.entries(json)) {
    const field = fields.get(key)
    const name = field?.name ?? key
    if (renamed.has(name)) onDuplicate(name)
    renamed.set(name, field?.message === undefined ? value : renameValue(field, field.message, value, onDuplicate))
  }
  return Object.fromEntries(renamed)
}

function renameValue(field: DescField, schema: DescMessage, value: Json, onDuplicate: (name: string) => void): Json {
  if (field.fieldKind === "list" && Array.isArray(value))
    return value.map((item: Json) => rename(schema, item, onDuplicate))
  if (field.fieldKind === "map" && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(schema, item, onDuplicate)]))
  }
  return field.fieldKind === "message" ? rename(schema, value, onDuplicate) : value
}

const cache = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>()

function fieldsByName(schema: DescMessage): ReadonlyMap<string, DescField> {
  let fields = cache.get(schema)
  if (fields === undefined) {
    fields = new Map(schema.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]))
    cache.set(schema, fields)
  }
  return fields
}
