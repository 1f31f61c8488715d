import { closeLength, openLength, putDouble, putString, putVarint } from "./wire-writer.ts"

const fieldsTag = 1 * 8 + 2
const nullTag = 1 * 8
const numberTag = 2 * 8 + 1
const stringTag = 3 * 8 + 2
const boolTag = 4 * 8
const structTag = 5 * 8 + 2
const listTag = 6 * 8 + 2

/** Writes a JSON object as the content of a `google.protobuf.Struct`, keys sorted; `undefined` members are left out. */
export function putStruct(value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object")
  const object = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(object).sort()) {
    if (object[key] === undefined) continue
    putVarint(fieldsTag)
    const entry = openLength()
    putVarint(1 * 8 + 2)
    putString(key)
    putVarint(2 * 8 + 2)
    putValue(object[key])
    closeLength(entry)
  }
}

/** Writes a JSON value as a `google.protobuf.Value` with its length in front. */
function putValue(value: unknown): void {
  const start = openLength()
  switch (typeof value) {
    case "string":
      putVarint(stringTag)
      putString(value)
      break
    case "number":
      putVarint(numberTag)
      putDouble(value)
      break
    case "boolean":
      putVarint(boolTag)
      putVarint(value ? 1 : 0)
      break
    case "object":
      putObject(value)
      break
    default:
      throw new Error(`not a JSON value: ${typeof value}`)
  }
  closeLength(start)
}

function putObject(value: object | null): void {
  if (value === null) {
    putVarint(nullTag)
    putVarint(0)
    return
  }
  putVarint(Array.isArray(value) ? listTag : structTag)
  const start = openLength()
  if (Array.isArray(value)) {
    for (const item of value) {
      putVarint(1 * 8 + 2)
      putValue(item)
    }
  } else putStruct(value)
  closeLength(start)
}
