import { describe, expect, it } from "vitest"
import { type ConfigurationInput, configurationBytes } from "./configuration.ts"

const any = (type: string, value: unknown): ConfigurationInput => ({
  "@type": `type.googleapis.com/google.protobuf.${type}`,
  value,
})

describe("configurationBytes", () => {
  it.each<[string, ConfigurationInput, readonly number[]]>([
    ["nothing", undefined, []],
    ["text", "ä", [0xc3, 0xa4]],
    ["bytes", Uint8Array.of(0, 255), [0, 255]],
    ["an object, as JSON", { a: 1 }, [...'{"a":1}'].map((c) => c.charCodeAt(0))],
    ["a StringValue", any("StringValue", "x"), [120]],
    ["a BytesValue", any("BytesValue", "AQID"), [1, 2, 3]],
    ["an Int32Value", any("Int32Value", 5), [8, 5]],
    ["a negative Int32Value", any("Int32Value", -1), [8, ...Array<number>(9).fill(255), 1]],
    ["an Int64Value, as text", any("Int64Value", "300"), [8, 0xac, 2]],
    ["a UInt64Value of 0", any("UInt64Value", 0), []],
    ["a FloatValue", any("FloatValue", 0.5), [13, 0, 0, 0, 63]],
    ["a DoubleValue", any("DoubleValue", 2.5), [9, 0, 0, 0, 0, 0, 0, 4, 64]],
    ["a Duration", any("Duration", "1.5s"), [8, 1, 16, 0x80, 0xca, 0xb5, 0xee, 1]],
    ["a Timestamp", any("Timestamp", "1970-01-01T00:01:00.000000007Z"), [8, 60, 16, 7]],
    ["an Empty", any("Empty", {}), []],
    ["a BoolValue", any("BoolValue", true), [8, 1]],
    ["a Struct, as protobuf", any("Struct", { a: "x" }), [10, 8, 10, 1, 97, 18, 3, 26, 1, 120]],
  ])("gives the bytes of %s", (_what, input, want) => expect([...configurationBytes(input).bytes]).toEqual(want))
  it("says what is a Struct", () => {
    expect(configurationBytes(any("Struct", {})).isStruct).toBe(true)
    expect(configurationBytes({}).isStruct).toBe(false)
  })
})
