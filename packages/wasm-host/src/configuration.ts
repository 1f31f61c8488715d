import { utf8 } from "./byte-string.ts"
import { writeField } from "./protobuf.ts"

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
    case "google.protobuf.Int64Value":
    case "google.protobuf.UInt64Value":
      return raw(intField(1, toInteger(value)))
    case "google.protobuf.FloatValue":
      return raw(Number(value ?? 0) === 0 ? new Uint8Array(0) : floatField(1, Number(value)))
    case "google.protobuf.DoubleValue":
      return raw(Number(value ?? 0) === 0 ? new Uint8Array(0) : doubleField(1, Number(value)))
    case "google.protobuf.Duration":
      return raw(secondsAndNanos(...durationOf(String(value ?? "0s"))))
    case "google.protobuf.Timestamp":
      return raw(secondsAndNanos(...timestampOf(String(value ?? ""))))
    case "google.protobuf.Empty":
      return raw(new Uint8Array(0))
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

/** The bytes of a `google.protobuf.Struct`. */
export function structBytes(fields: Readonly<Record<string, unknown>>): Uint8Array {
  return join(
    Object.entries(fields).map(([key, value]) =>
      writeField(1, join([writeField(1, utf8(key)), writeField(2, valueBytes(value))])),
    ),
  )
}

function listBytes(values: readonly unknown[]): Uint8Array {
  return join(values.map((value) => writeField(1, valueBytes(value))))
}

/** A number of the JSON form: 64 bits come as text. */
function toInteger(value: unknown): bigint {
  const text = String(value ?? 0)
  return /^-?\d+$/.test(text) ? BigInt(text) : 0n
}

/** A varint field; negative numbers take ten bytes. Zero is left out, as protobuf does. */
function intField(field: number, value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0)
  const out = [field * 8]
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...out, Number(rest)])
    out.push(Number(rest & 127n) + 128)
  }
}

function secondsAndNanos(seconds: bigint, nanos: number): Uint8Array {
  return join([intField(1, seconds), intField(2, BigInt(nanos))])
}

/** Seconds and nanoseconds of a text such as `1.5s`. */
function durationOf(text: string): readonly [seconds: bigint, nanos: number] {
  const [, sign = "", whole = "0", part = ""] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text) ?? []
  const of = sign === "-" ? -1 : 1
  return [BigInt(whole) * BigInt(of), Number(part.padEnd(9, "0")) * of]
}

/** Seconds and nanoseconds of a text of RFC 3339. */
function timestampOf(text: string): readonly [seconds: bigint, nanos: number] {
  const [, whole = "", part = "", zone = ""] = /^([^.]*?\d)(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)$/.exec(text) ?? []
  const milliseconds = Date.parse(`${whole}${zone}`)
  return [Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds / 1000), Number(part.padEnd(9, "0"))]
}

function floatField(field: number, value: number): Uint8Array {
  const out = new Uint8Array(5)
  out[0] = field * 8 + 5
  new DataView(out.buffer).setFloat32(1, value, true)
  return out
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
