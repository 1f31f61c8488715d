import { utf8 } from "./byte-string.ts"
import { writeField, writeVarint } from "./protobuf.ts"

/** A protobuf Any in JSON form, as a control plane writes a configuration. */
export interface AnyConfiguration {
  readonly "@type": string
  readonly value?: unknown
}

/** A configuration as people give it: text, bytes, an object that is sent as JSON text, or an Any. */
export type ConfigurationInput = string | Uint8Array | AnyConfiguration | Readonly<Record<string, unknown>> | undefined

/** The bytes the module reads, and whether they are a Struct's protobuf bytes, which plugin authors rarely expect. */
export interface ConfigurationBytes {
  readonly bytes: Uint8Array
  readonly isStruct: boolean
}

/** The bytes Envoy 1.40 hands to the module: StringValue and BytesValue raw, every other message serialized, a Struct too. */
export function configurationBytes(input: ConfigurationInput): ConfigurationBytes {
  const raw = (bytes: Uint8Array): ConfigurationBytes => ({ bytes, isStruct: false })
  if (input === undefined) return raw(new Uint8Array(0))
  if (typeof input === "string") return raw(utf8(input))
  if (input instanceof Uint8Array) return raw(input)
  const type = "@type" in input && typeof input["@type"] === "string" ? input["@type"].split("/").at(-1) : undefined
  if (type === undefined) return raw(utf8(JSON.stringify(input)))
  const { value } = input as AnyConfiguration
  switch (type) {
    case "google.protobuf.StringValue":
      return raw(utf8(String(value ?? "")))
    case "google.protobuf.BytesValue":
      return raw(Uint8Array.from(atob(String(value ?? "")), (c) => c.charCodeAt(0)))
    case "google.protobuf.BoolValue":
      return raw(value === true ? Uint8Array.of(8, 1) : new Uint8Array(0))
    case "google.protobuf.Int32Value":
    case "google.protobuf.UInt32Value":
      return raw(Number(value ?? 0) === 0 ? new Uint8Array(0) : Uint8Array.from([8, ...writeVarint(Number(value))]))
    case "google.protobuf.DoubleValue":
      return raw(Number(value ?? 0) === 0 ? new Uint8Array(0) : doubleField(1, Number(value)))
    case "google.protobuf.Struct":
      return { bytes: structBytes((value ?? {}) as Readonly<Record<string, unknown>>), isStruct: true }
    case "google.protobuf.ListValue":
      return { bytes: listBytes((value ?? []) as readonly unknown[]), isStruct: true }
    case "google.protobuf.Value":
      return { bytes: valueBytes(value), isStruct: true }
  }
  return raw(utf8(JSON.stringify(value ?? {})))
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function structBytes(fields: Readonly<Record<string, unknown>>): Uint8Array {
  return join(
    Object.entries(fields).map(([key, value]) =>
      writeField(1, join([writeField(1, utf8(key)), writeField(2, valueBytes(value))])),
    ),
  )
}

function listBytes(values: readonly unknown[]): Uint8Array {
  return join(values.map((value) => writeField(1, valueBytes(value))))
}

function doubleField(field: number, value: number): Uint8Array {
  const out = new Uint8Array(9)
  out[0] = field * 8 + 1
  new DataView(out.buffer).setFloat64(1, value, true)
  return out
}

function valueBytes(value: unknown): Uint8Array {
  if (value === null || value === undefined) return Uint8Array.of(8, 0)
  if (typeof value === "number") return doubleField(2, value)
  if (typeof value === "string") return writeField(3, utf8(value))
  if (typeof value === "boolean") return Uint8Array.of(0x20, Number(value))
  if (Array.isArray(value)) return writeField(6, listBytes(value))
  return writeField(5, structBytes(value as Readonly<Record<string, unknown>>))
}
