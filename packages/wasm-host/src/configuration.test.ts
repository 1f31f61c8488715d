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
    ["a BoolValue", any("BoolValue", true), [8, 1]],
    ["a Struct, as protobuf", any("Struct", { a: "x" }), [10, 8, 10, 1, 97, 18, 3, 26, 1, 120]],
  ])("gives the bytes of %s", (_what, input, want) => expect([...configurationBytes(input).bytes]).toEqual(want))
  it("says what is a Struct", () => {
    expect(configurationBytes(any("Struct", {})).isStruct).toBe(true)
    expect(configurationBytes({}).isStruct).toBe(false)
  })
})
